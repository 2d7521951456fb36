"""Other packages on the same model and faces, each in its best and in its ordinary use.

Best: the largest batches it takes, a traced predictor where it takes a function. Ordinary: as its own examples have it,
a face at a time, `model.predict`, its own batch size. Peers get inputs that are made for the model already.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from fer_xai import Classifier, Faces
from fer_xai.engine import answers
from fer_xai.explainers.segmenters import segment_faces

Job = Callable[[], object]


@dataclass(frozen=True)
class Given:
    """A model as its own library has it, inputs that are ready for it, and what is to be explained of each."""

    classifier: Classifier
    faces: Faces

    @cached_property
    def inputs(self) -> np.ndarray:
        return np.asarray(self.classifier.preprocess(self.faces.images()), np.float32)

    @cached_property
    def classes(self) -> np.ndarray:
        return answers(self.classifier, self.faces).argmax(axis=1)

    @property
    def one_hot(self) -> np.ndarray:
        return np.eye(len(self.classifier.emotions), dtype=np.float32)[self.classes]

    @property
    def model(self) -> Any:
        return self.classifier.model

    def one_by_one(self, job: Callable[[np.ndarray, int], object]) -> Job:
        """The job on each face alone, given its input (1, H, W, C) and class."""
        return lambda: [job(self.inputs[n : n + 1], int(self.classes[n])) for n in range(len(self.faces))]

    @cached_property
    def traced(self) -> Callable[[np.ndarray], np.ndarray]:
        import tensorflow as tf

        program = tf.function(lambda inputs: self.model(inputs, training=False), reduce_retracing=True)
        return lambda inputs: program(tf.constant(inputs, tf.float32)).numpy()

    def predicted(self, inputs: np.ndarray) -> np.ndarray:
        return np.asarray(self.model.predict(inputs.astype(np.float32), verbose=0))


class Peer(NamedTuple):
    """A package's method, beside the row of `ours.METHODS` that does the same, and on how many faces it is timed."""

    package: str
    module: str
    use: str
    ours: str
    faces: int
    prepare: Callable[[Given], Job]


def _lime(predict: str, **options: Any) -> Callable[[Given], Job]:
    def prepare(given: Given) -> Job:
        from lime.lime_image import LimeImageExplainer

        answer = getattr(given, predict)

        def segments(image: np.ndarray) -> np.ndarray:
            return segment_faces(image[None, ..., :1].astype(np.float32), "slic")[0]

        def job(one: np.ndarray, number: int) -> object:
            colour = np.repeat(one[0].astype(np.float64), 3 // one.shape[-1], axis=-1)
            with contextlib.redirect_stderr(io.StringIO()):
                return LimeImageExplainer(random_state=0, verbose=False).explain_instance(
                    colour, lambda some: answer(some[..., : one.shape[-1]]), labels=(number,), top_labels=None,
                    hide_color=0, num_samples=1000, segmentation_fn=segments, **options,
                )  # fmt: skip

        return given.one_by_one(job)

    return prepare


def _xplique(name: str, together: bool, **options: Any) -> Callable[[Given], Job]:
    def prepare(given: Given) -> Job:
        import xplique.attributions

        made = getattr(xplique.attributions, name)(given.model, **({"batch_size": 64} if together else {}), **options)
        if together:
            return lambda: np.asarray(made(given.inputs, given.one_hot))
        width = given.one_hot.shape[1]
        return given.one_by_one(lambda one, number: np.asarray(made(one, np.eye(width, dtype=np.float32)[[number]])))

    return prepare


def _tf_keras_vis(name: str, together: bool, **options: Any) -> Callable[[Given], Job]:
    def prepare(given: Given) -> Job:
        from tf_keras_vis.gradcam import Gradcam
        from tf_keras_vis.saliency import Saliency
        from tf_keras_vis.utils.scores import CategoricalScore

        made = {"Gradcam": Gradcam, "Saliency": Saliency}[name](given.model, clone=False)
        if together:
            return lambda: made(CategoricalScore(given.classes.tolist()), given.inputs, **options)
        return given.one_by_one(lambda one, number: made(CategoricalScore([number]), one, **options))

    return prepare


def _tf_explain(given: Given) -> Job:
    from tf_explain.core.occlusion_sensitivity import OcclusionSensitivity

    def job(one: np.ndarray, number: int) -> object:
        with contextlib.redirect_stdout(io.StringIO()):
            return OcclusionSensitivity(batch_size=64).explain((one, None), given.model, number, patch_size=8)

    return given.one_by_one(job)


def _shap_partition(predict: str, batch: int | str) -> Callable[[Given], Job]:
    def prepare(given: Given) -> Job:
        import shap

        answer = getattr(given, predict)
        fill = np.broadcast_to(given.inputs.mean(axis=(1, 2), keepdims=True), given.inputs.shape)
        makers = [shap.PartitionExplainer(answer, shap.maskers.Image(one)) for one in fill]
        options = {"max_evals": 1000, "batch_size": batch, "silent": True}
        return lambda: [
            maker(given.inputs[n : n + 1], outputs=[int(given.classes[n])], **options) for n, maker in enumerate(makers)
        ]

    return prepare


def _shap_gradient(given: Given) -> Job:
    import shap

    maker = shap.GradientExplainer(given.model, given.inputs, batch_size=64)
    return lambda: maker.shap_values(given.inputs, nsamples=200, ranked_outputs=1)


_IG = "integrated gradients-32"
_SMOOTH = {"smooth_samples": 20}
_PATCHES = {"patch_size": 8, "patch_stride": 4}

PEERS = (
    Peer("lime", "lime", "best", "LIME-1000", 4, _lime("traced", batch_size=250)),
    Peer("lime", "lime", "ordinary", "LIME-1000", 2, _lime("predicted")),
    Peer("xplique", "xplique", "best", "occlusion", 64, _xplique("Occlusion", True, **_PATCHES)),
    Peer("xplique", "xplique", "ordinary", "occlusion", 8, _xplique("Occlusion", False, **_PATCHES)),
    Peer("tf-explain", "tf_explain", "best", "occlusion-36", 32, _tf_explain),
    Peer("xplique", "xplique", "best", "SmoothGrad-20", 64, _xplique("SmoothGrad", True, nb_samples=20)),
    Peer("xplique", "xplique", "ordinary", "SmoothGrad-20", 8, _xplique("SmoothGrad", False, nb_samples=20)),
    Peer("tf-keras-vis", "tf_keras_vis", "best", "SmoothGrad-20", 64, _tf_keras_vis("Saliency", True, **_SMOOTH)),
    Peer("xplique", "xplique", "best", _IG, 64, _xplique("IntegratedGradients", True, steps=33)),
    Peer("xplique", "xplique", "ordinary", _IG, 8, _xplique("IntegratedGradients", False, steps=33)),
    Peer("xplique", "xplique", "best", "saliency", 64, _xplique("Saliency", True)),
    Peer("xplique", "xplique", "ordinary", "saliency", 16, _xplique("Saliency", False)),
    Peer("tf-keras-vis", "tf_keras_vis", "best", "saliency", 64, _tf_keras_vis("Saliency", True)),
    Peer("tf-keras-vis", "tf_keras_vis", "ordinary", "saliency", 16, _tf_keras_vis("Saliency", False)),
    Peer("xplique", "xplique", "best", "Grad-CAM", 64, _xplique("GradCAM", True)),
    Peer("xplique", "xplique", "ordinary", "Grad-CAM", 16, _xplique("GradCAM", False)),
    Peer("tf-keras-vis", "tf_keras_vis", "best", "Grad-CAM", 64, _tf_keras_vis("Gradcam", True)),
    Peer("tf-keras-vis", "tf_keras_vis", "ordinary", "Grad-CAM", 16, _tf_keras_vis("Gradcam", False)),
    Peer("shap partition", "shap", "best", "segment SHAP-1000", 2, _shap_partition("traced", 250)),
    Peer("shap partition", "shap", "ordinary", "segment SHAP-1000", 2, _shap_partition("predicted", "auto")),
    Peer("shap gradient", "shap", "best", "gradient SHAP-200", 4, _shap_gradient),
)  # fmt: skip


def present() -> tuple[list[Peer], list[str]]:
    """The peers that can be imported, and the packages that cannot."""
    missing = sorted({peer.package for peer in PEERS if find_spec(peer.module) is None})
    return [peer for peer in PEERS if peer.package not in missing], missing

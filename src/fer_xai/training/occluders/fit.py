"""Fit the occluder net and write it as ``.tflite``."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import ops

from fer_xai.atomic import write_bytes
from fer_xai.faces.occluders import KINDS
from fer_xai.training.occluders.composing import UNKNOWN, Composed, compose
from fer_xai.training.occluders.net import build

ROUNDS = 7  # sets of pictures, each composed anew
EPOCHS = 2  # over each set
BATCH = 64
RATE = 3e-3
DECAY = 0.01
FORGIVING = 0.4  # how little a pixel counts that is called seen and looks hidden: FER's own occluders are not labelled
RELABELLED = (2, 4)  # rounds before which the crops' own hair and glasses are looked for
NATURAL = KINDS[:2]
SURE, PERHAPS = 0.7, 0.3  # the chances from which they count as found, and as unknown
HELD_OUT = 1500  # of the crops, to follow the training


def train(
    crops: np.ndarray, points: np.ndarray, out: Path, seed: int = 0, report: Callable[[str], None] = print
) -> None:
    """Train on face crops and write the net to `out`, after every round, so that a killed run leaves the last one.

    Parameters
    ----------
    crops : ndarray of uint8, shape (N, 48, 48)
    points : ndarray, shape (N, 468, 2)
        Their meshes, without NaN.
    out : Path
    seed : int
        Seeds weights, occluders and order.
    report : callable
        Receives one line for each round.
    """
    keras.utils.set_random_seed(seed)
    order = np.random.default_rng(seed).permutation(len(crops))
    held, used = np.split(order, [min(HELD_OUT, len(crops) // 10)])
    watched = _pairs(compose(crops[held], points[held], (seed, ROUNDS)))
    net, model = _model(len(used))
    natural = None
    for number in range(ROUNDS):
        started = time.monotonic()
        if number in RELABELLED:
            natural = natural_occluders(model, crops[used])
        pictures, truth = _pairs(compose(crops[used], points[used], (seed, number), natural))
        composed = time.monotonic()
        model.fit(pictures, truth, batch_size=BATCH, epochs=EPOCHS, verbose=0)
        line = {"round": number, "composing": composed - started, "seconds": time.monotonic() - started}
        report(json.dumps({name: round(value, 1) for name, value in (line | _watch(model, *watched)).items()}))
        write(net, out)


def _pairs(composed: Composed) -> tuple[np.ndarray, np.ndarray]:
    return composed.pictures[..., None], composed.truth


def _model(faces: int) -> tuple[keras.Model, keras.Model]:
    net = build()
    steps = ROUNDS * EPOCHS * math.ceil(faces / BATCH)
    rate = keras.optimizers.schedules.CosineDecay(RATE / 20, steps, warmup_target=RATE, warmup_steps=steps // 30)
    model = keras.Sequential([keras.layers.Rescaling(1 / 255), net])
    model.compile(keras.optimizers.AdamW(rate, weight_decay=DECAY), hidden_loss)
    return net, model


def hidden_loss(truth: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Cross-entropy where something was laid, a forgiving loss where nothing was, nothing outside the oval.

    The forgiving one is (1 − p^q) / q (Zhang and Sabuncu 2018, "Generalized cross entropy loss"): a pixel that surely
    shows an occluder which nobody labelled moves the net little.
    """
    truth = ops.cast(truth, "int32")
    inside = ops.cast(truth != UNKNOWN, "float32")
    label = ops.where(truth == UNKNOWN, 0, truth)
    log_chance = ops.sum(ops.log_softmax(logits) * ops.one_hot(label, 1 + len(KINDS)), axis=-1)
    forgiving = (1 - ops.exp(FORGIVING * log_chance)) / FORGIVING
    loss = ops.where(label == 0, forgiving, -log_chance)
    return ops.sum(loss * inside) / ops.maximum(ops.sum(inside), 1)


def natural_occluders(model: keras.Model, crops: np.ndarray) -> np.ndarray:
    """Find the hair and the glasses that crops show already, as `compose` takes it: labelled, or unknown where unsure.

    Hands and things are not looked for: what the half-trained net takes for them is too often a bare cheek.
    """
    chances = ops.convert_to_numpy(ops.softmax(model.predict(crops[..., None], batch_size=BATCH, verbose=0)))
    own = chances[..., 1 : 1 + len(NATURAL)]
    found = np.where(
        own.max(axis=-1) >= SURE, 1 + own.argmax(axis=-1), np.where(own.sum(axis=-1) >= PERHAPS, UNKNOWN, 0)
    )
    return found.astype(np.uint8)


def _watch(model: keras.Model, pictures: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """In hundredths: the area under the ROC curve of each kind against seen pixels, on faces held out."""
    from sklearn.metrics import roc_auc_score

    chances = ops.convert_to_numpy(ops.softmax(model.predict(pictures, batch_size=BATCH, verbose=0)))
    found = {}
    for label, kind in enumerate(KINDS, start=1):
        asked = (truth == 0) | (truth == label)
        found[f"auc_{kind}"] = 100 * float(roc_auc_score(truth[asked] == label, chances[asked][:, label]))
    return found


def write(net: keras.Model, out: Path) -> None:
    """Write the net, answering with the kinds' chances, with float16 weights, whole or not at all."""
    import tensorflow as tf

    chances = keras.Model(net.input, keras.layers.Softmax()(net.output)[..., 1:])
    converter = tf.lite.TFLiteConverter.from_keras_model(chances)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    write_bytes(out, converter.convert())

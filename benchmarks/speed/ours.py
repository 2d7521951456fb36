"""Our methods, each with the bare passes that it needs for one face."""

from __future__ import annotations

from typing import Any, NamedTuple


class Timed(NamedTuple):
    """A method, its options, its passes per face; ``kind``: forward, gradient, layer (to the last convolution)."""

    method: str
    options: dict[str, Any]
    passes: int
    kind: str


METHODS = {
    "LIME-1000": Timed("lime:slic", {"samples": 1000}, 1000, "forward"),
    "occlusion": Timed("occlusion", {}, 122, "forward"),
    "RISE-1000": Timed("rise", {"samples": 1000}, 1000, "forward"),
    "SmoothGrad-20": Timed("smoothgrad", {"samples": 20}, 20, "gradient"),
    "integrated gradients-32": Timed("integrated_gradients", {"steps": 32, "max_steps": 32}, 33, "gradient"),
    "saliency": Timed("saliency", {}, 1, "gradient"),
    "Grad-CAM": Timed("gradcam", {}, 1, "layer"),
    "occlusion-36": Timed("occlusion", {"patch": 8, "stride": 8}, 37, "forward"),
    "segment SHAP-1000": Timed("shap:segments", {"samples": 1000}, 1000, "forward"),
    "gradient SHAP-200": Timed("shap:gradient", {"samples": 200}, 200, "gradient"),
}

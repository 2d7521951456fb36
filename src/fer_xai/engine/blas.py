"""Beside a model that explains, numpy's own matrix products keep to one thread.

OpenBLAS' threads go on spinning for tens of milliseconds after each product, on the cores that the model's next pass
needs: a Grad-CAM of 64 faces took twice as long for the product that had enlarged the maps before.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from fer_xai.classifier import Classifier


def calm_blas(classifier: Classifier) -> AbstractContextManager[Any]:
    """Hold BLAS to one thread within a ``with`` block, and give it its threads back after.

    A plain function keeps them: its passes may be BLAS' own.
    """
    return nullcontext() if classifier.function is not None else _controller().limit(limits=1, user_api="blas")


@cache
def _controller() -> Any:
    import numpy.linalg  # noqa: F401  (BLAS is found once it is loaded)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()

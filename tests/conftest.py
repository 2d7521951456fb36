"""Faces and models that the whole suite shares. No network, no GPU, no shared data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

from fer_xai.classifier import Classifier, load_classifier
from tests.stubs import BARE, STUBS

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data and models, where a developer has them beside the repository."""
    if not (SHARED / "data" / "fer2013.npz").exists():
        pytest.skip("needs the development data beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def sample_images() -> np.ndarray:
    """Sixteen of scikit-image's LFW faces at 48×48, (16, 48, 48, 1) float32 in [0, 1]."""
    from skimage.data import lfw_subset
    from skimage.transform import resize

    faces = resize(lfw_subset()[:16], (16, 48, 48), order=3)
    return np.clip(faces, 0, 1).astype(np.float32)[..., None]


@pytest.fixture(scope="session", params=BARE)
def any_model(request: pytest.FixtureRequest) -> Any:
    """Each stub that is a bare model, in turn."""
    return STUBS[request.param]()


@pytest.fixture(scope="session", params=sorted(STUBS))
def any_classifier(request: pytest.FixtureRequest) -> Classifier:
    """A classifier of each stub in turn."""
    return load_classifier(STUBS[request.param]())


@pytest.fixture(scope="session")
def stub_model() -> Any:
    """One small model for tests that need only some model."""
    return STUBS["softmax_in_dense"]()

"""An app on a black box, so that its tests need no model; and the photos that are sent to it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest

pytest.importorskip("flask")
pytest.importorskip("waitress")

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from fer_xai.classifier import Classifier
from fer_xai.web import Limits, make_app

EMOTIONS = ("happy", "sad", "neutral")


def by_mouth(faces: np.ndarray) -> np.ndarray:
    """Happy where the lower third of the crop is bright, sad where it is dark; neutral always gets a fifth."""
    bright = faces[:, 32:, :, :].mean(axis=(1, 2, 3))
    return np.stack([0.8 * bright, 0.8 * (1 - bright), np.full(len(faces), 0.2)], axis=1).astype(np.float32)


def stub(function: Callable[[np.ndarray], np.ndarray] = by_mouth, name: str = "stub") -> Classifier:
    """A classifier that is a plain function."""
    return Classifier.from_function(function, EMOTIONS, name=name)


def encoded(pixels: np.ndarray, kind: str = "PNG", **options: Any) -> bytes:
    """A picture as a file's bytes."""
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


@pytest.fixture(scope="session")
def photo() -> np.ndarray:
    """scikit-image's astronaut, who smiles in the upper half of the photo, (512, 512, 3) uint8."""
    from skimage.data import astronaut

    return astronaut()


@pytest.fixture(scope="session")
def pair(photo: np.ndarray) -> np.ndarray:
    """The astronaut twice, the left one larger."""
    small = np.asarray(Image.fromarray(photo).resize((384, 384)))
    wide = np.full((512, 1024, 3), 190, np.uint8)
    wide[:, :512], wide[64:448, 576:960] = photo, small
    return wide


@pytest.fixture(scope="session")
def crop(sample_images: np.ndarray) -> np.ndarray:
    """A face that is cropped already, (48, 48) uint8."""
    return np.rint(sample_images[0, ..., 0] * 255).astype(np.uint8)


@pytest.fixture(scope="session")
def client() -> FlaskClient:
    """A client of an app with one black box."""
    # A busy machine is slow to trace what is asked for the first time.
    return make_app({"stub": stub()}, Limits(seconds=600)).test_client()


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., Any]:
    """``post("explain", data, target="happy")`` sends a picture and gives the answer."""

    def sent(what: str, data: bytes, to: FlaskClient = client, **fields: str) -> Any:
        # Encoded in memory: the test client would leave large forms in temporary files that it never closes.
        image = FileStorage(BytesIO(data), "photo.jpg", "image")
        boundary, body = encode_multipart({"image": image, **fields})
        return to.post(f"/api/v1/{what}", data=body, content_type=f"multipart/form-data; boundary={boundary}")

    return sent


@pytest.fixture
def tight() -> Limits:
    """Limits that are quickly reached."""
    return Limits(megabytes=1, megapixels=1, places=2, seconds=1, sending=1)

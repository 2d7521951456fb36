"""What the API refuses: one clear JSON error each, with its code, and nothing of this machine in it."""

from __future__ import annotations

import struct
import time
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from fer_xai.classifier import Classifier
from fer_xai.web import Limits, make_app
from fer_xai.web.problems import PROBLEMS
from tests.web.conftest import EMOTIONS, encoded, stub


def told(response) -> str:
    """The code of a refusal, which has the shape, the status and the headers of one."""
    assert response.mimetype == "application/json"
    error = response.get_json()["error"]
    assert response.status_code == PROBLEMS[error["code"]][0]
    assert "\n" not in error["message"]
    assert "/work" not in response.text
    assert "fer_xai/" not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    return error["code"]


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header promises pixels that never come."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_image"),
        (b"hello", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_an_image"),
        (b"%PDF-1.7", "not_an_image"),
        (b"GIF89a", "not_an_image"),
        (encoded(np.zeros((300, 300), np.uint8), "TIFF"), "not_an_image"),
        (encoded(np.random.default_rng(0).integers(0, 255, (99, 99, 3), np.uint8), "JPEG")[:700], "broken_image"),
        (encoded(np.random.default_rng(0).integers(0, 255, (99, 99), np.uint8))[:2000], "broken_image"),
        (png_of_size(30_000, 30_000), "too_many_pixels"),
        (png_of_size(60_000, 1_000), "too_many_pixels"),
        (png_of_size(2**31 - 1, 1), "too_many_pixels"),
        (encoded(np.zeros((300, 400, 3), np.uint8)), "no_face"),
        (encoded(np.zeros((1, 2), np.uint8)), "no_face"),
    ],
)
def test_each_kind_of_bad_picture_has_its_code(post, data, code):
    assert told(post("predict", data)) == code
    assert told(post("explain", data)) == code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"model": "../../etc/passwd"}, "unknown_model"),
        ({"method": "magic"}, "unknown_method"),
        ({"method": "lime:magic"}, "unknown_method"),
        ({"method": "occlusion:x"}, "unknown_method"),
        ({"target": "hungry"}, "bad_target"),
        ({"target": "label"}, "bad_target"),
        ({"target": "happy-happy"}, "bad_target"),
        ({"target": "happy-sad-neutral"}, "bad_target"),
        ({"target": "surprise"}, "bad_target"),
        ({"target": "<script>alert(1)</script>"}, "bad_target"),
        ({"face": "1"}, "unknown_face"),
        ({"face": "-1"}, "bad_option"),
        ({"face": "٣"}, "bad_option"),
        ({"seed": "1.5"}, "bad_option"),
        ({"seed": "9" * 5000}, "bad_option"),
        ({"samples": "100"}, "bad_option"),
        ({"method": "lime", "samples": "1"}, "bad_option"),
        ({"method": "lime", "samples": "1000000"}, "bad_option"),
        ({"crop": "maybe"}, "bad_option"),
        ({"attributions": "perhaps"}, "bad_option"),
        ({"patch": "1"}, "unknown_parameter"),
    ],
)
def test_each_kind_of_bad_parameter_has_its_code(post, crop, fields, code):
    assert told(post("explain", encoded(crop), **fields)) == code


def test_a_parameter_counts_once(client, crop):
    twice = client.post("/api/v1/explain?target=sad&target=happy", data=encoded(crop), content_type="image/png")
    assert told(twice) == "unknown_parameter"


def test_a_request_without_a_picture(client):
    assert told(client.post("/api/v1/predict")) == "no_image"
    assert told(client.post("/api/v1/predict", data={"model": "stub"})) == "no_image"
    form = {"picture": (BytesIO(b"x"), "a.png")}
    assert told(client.post("/api/v1/predict", data=form, content_type="multipart/form-data")) == "no_image"
    two = {"image": [(BytesIO(b"x"), "a.png"), (BytesIO(b"y"), "b.png")]}
    assert told(client.post("/api/v1/predict", data=two, content_type="multipart/form-data")) == "no_image"


def test_other_addresses_and_methods(client):
    for path in ("/nothing", "/static/../app.py", "/static/%2e%2e/app.py", "/api/v1/explain/", "/static//etc/passwd"):
        assert told(client.get(path)) == "not_found", path
    assert told(client.get("/api/v1/explain")) == "method_not_allowed"
    assert told(client.delete("/api/v1/models")) == "method_not_allowed"
    assert client.get("/api/v1/explain").headers["Allow"]


def test_uploads_and_pictures_that_are_too_large(post, tight):
    app = make_app({"stub": stub()}, tight).test_client()
    large = encoded(np.random.default_rng(0).integers(0, 255, (900, 900, 3), np.uint8))
    assert len(large) > 2**20
    assert told(post("predict", large, to=app)) == "too_many_bytes"
    assert told(app.post("/api/v1/predict", data=large, content_type="image/png")) == "too_many_bytes"
    assert told(post("predict", encoded(np.zeros((1001, 1000), np.uint8)), to=app)) == "too_many_pixels"
    assert told(post("predict", encoded(np.zeros((1000, 1000), np.uint8)), to=app)) == "no_face", "just within"


def test_a_bomb_is_refused_before_it_is_decoded(client):
    import tracemalloc

    bomb = encoded(np.zeros((9000, 9000), np.uint8))
    assert len(bomb) < 2**20
    tracemalloc.start()
    try:
        assert told(client.post("/api/v1/predict", data=bomb, content_type="image/png")) == "too_many_pixels"
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20, "81 megapixels were never held"
    finally:
        tracemalloc.stop()


def test_a_jpeg_that_would_decode_for_hours_is_refused(client, photo):
    usual = encoded(photo, "JPEG", progressive=True)
    last = usual.rindex(b"\xff\xda")
    painted_over = usual[:-2] + usual[last:-2] * 300 + usual[-2:]
    begun = time.monotonic()
    answer = client.post("/api/v1/predict", data=painted_over, content_type="image/jpeg")
    assert told(answer) == "broken_image"
    assert "scans" in answer.text
    assert time.monotonic() - begun < 5
    assert client.post("/api/v1/predict", data=usual, content_type="image/jpeg").status_code == 200


def test_an_app_that_fails_says_so_and_no_more(post, crop, caplog):
    def failing(faces: np.ndarray) -> np.ndarray:
        raise RuntimeError("the weights in /home/someone/secret.keras are gone")

    app = make_app({"failing": Classifier.from_function(failing, EMOTIONS)}).test_client()
    answer = post("predict", encoded(crop), to=app)
    assert told(answer) == "internal"
    assert "secret" not in answer.text
    assert "secret" in caplog.text, "the log of the app has it"


def test_a_file_name_is_never_looked_at(client, crop):
    form = {"image": (BytesIO(encoded(crop)), "../../<img src=x onerror=alert(1)>.png")}
    answer = client.post("/api/v1/predict", data=form, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert "onerror" not in answer.text


def test_limits_are_at_least_one():
    with pytest.raises(ValueError, match="places=0"):
        Limits(places=0)


def test_pictures_of_every_kind_are_read_by_their_content(post, crop):
    pictures = {kind: encoded(crop, kind) for kind in ("PNG", "JPEG", "WEBP", "BMP", "GIF")}
    stream = BytesIO()
    Image.fromarray(crop).convert("RGB").convert("CMYK").save(stream, "JPEG")
    pictures["CMYK"] = stream.getvalue()
    stream = BytesIO()
    Image.fromarray(crop.astype(np.uint16) * 257).save(stream, "PNG")
    pictures["16 bits"] = stream.getvalue()
    stream = BytesIO()
    Image.fromarray(crop).save(stream, "GIF", save_all=True, append_images=[Image.fromarray(255 - crop)])
    pictures["animated"] = stream.getvalue()
    expected = post("predict", encoded(crop)).get_json()["faces"][0]["probabilities"]["happy"]
    for kind in pictures:
        found = post("predict", pictures[kind]).get_json()["faces"][0]["probabilities"]["happy"]
        assert found == pytest.approx(expected, abs=0.02), kind


def test_a_turned_photo_is_set_upright(post, photo):
    turned = Image.fromarray(np.rot90(photo, 1).copy())
    turned.getexif()[0x0112] = 6  # the camera says: turn it clockwise
    stream = BytesIO()
    turned.save(stream, "JPEG", exif=turned.getexif(), quality=95)
    upright = post("predict", encoded(photo, "JPEG", quality=95)).get_json()["faces"][0]["box"]
    found = post("predict", stream.getvalue()).get_json()["faces"][0]["box"]
    assert found == pytest.approx(upright, abs=0.01)


def test_a_large_photo_is_reduced_before_its_faces_are_looked_for(post, photo):
    large = np.asarray(Image.fromarray(photo).resize((3000, 3000)))
    answer = post("predict", encoded(large, "JPEG")).get_json()
    assert max(answer["photo"].values()) <= Limits().side
    assert len(answer["faces"]) == 1

"""Pictures and folders of them, and .npz archives."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fer_xai.errors import InputError
from fer_xai.faces import load_faces
from fer_xai.faces.crop import find_faces
from tests.fuzz.mutations import damaged, strange_texts
from tests.fuzz.outcome import cases, tried
from tests.web.test_refusals import png_of_size

_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F", "HSV", "LAB")
_KINDS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
_SIZES = ((48, 48), (1, 1), (8, 8), (9, 7), (64, 1), (1, 300))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all cases of this file; what looks for faces in photos is loaded before their time is taken."""
    find_faces(np.zeros((16, 16, 1), np.uint8), (48, 48), 1)
    return tmp_path_factory.mktemp("pictures")


def picture(mode: str, size: tuple[int, int], kind: str, frames: int = 1, turned: int | None = None) -> bytes | None:
    """A picture of some mode in a file of some kind; `None` where the kind cannot hold the mode."""
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    try:
        image = Image.fromarray(pixels).convert("L" if mode in ("LA", "PA", "I;16", "I", "F") else "RGB").convert(mode)
    except ValueError:
        image = Image.new(mode, size)
    options: dict[str, Any] = {}
    if frames > 1 and kind in ("GIF", "WEBP", "TIFF", "PNG"):
        options |= {"save_all": True, "append_images": [image] * (frames - 1)}
    if turned is not None and kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        exif = Image.Exif()
        exif[0x0112] = turned
        options["exif"] = exif.tobytes()
    stream = io.BytesIO()
    try:
        image.save(stream, kind, **options)
    except (OSError, KeyError, ValueError, RuntimeError):
        return None
    return stream.getvalue()


@st.composite
def pictures(draw: Any) -> bytes:
    """Any mode in any kind of file, one or several frames, perhaps turned."""
    made = picture(
        draw(st.sampled_from(_MODES)),
        draw(st.sampled_from(_SIZES)),
        draw(st.sampled_from(_KINDS)),
        draw(st.sampled_from((1, 3))),
        draw(st.sampled_from((None, 0, 3, 6, 8, 9, 65535))),
    )
    return made if made is not None else b""


@given(st.data())
@cases(70)
def test_a_picture(place, data):
    content, suffix = data.draw(pictures()), data.draw(st.sampled_from(_SUFFIXES))
    injured = data.draw(st.booleans())
    path = place / f"picture{suffix}"
    path.write_bytes(data.draw(damaged(content)) if injured else content)
    tried("pictures, damaged" if injured else "pictures, unusual", lambda: load_faces(path).images(), place)


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 1), (1, 2**31 - 1), (179_000, 1_001)])
def test_a_picture_of_more_pixels_than_memory_holds(place, size):
    path = place / "large.png"
    path.write_bytes(png_of_size(*size))
    assert tried("pictures, unusual", lambda: load_faces(path), place) == "refused"


def test_names_of_files_need_not_be_utf_8(place):
    root = place / "old" / "happy"
    root.mkdir(parents=True)
    content = picture("L", (48, 48), "PNG") or b""
    for name in (b"caf\xe9.png", b"caf\xe8.png"):
        (root / os.fsdecode(name)).write_bytes(content)
    faces = load_faces(root.parent)
    faces.table.to_parquet(place / "table.parquet")
    assert len(set(faces.ids)) == 2
    assert load_faces(root / os.fsdecode(b"caf\xe9.png")).ids[0].isprintable()


@given(st.data())
@cases(12)
def test_a_folder(place, data):
    root = place / "faces"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    names = ("angry", "happy", "HAPPY", "train", "test", "Training", "validation", ".hidden", "what", "a b", "é")
    for _ in range(data.draw(st.integers(1, 4))):
        folder = root.joinpath(*data.draw(st.lists(st.sampled_from(names), max_size=3)))
        folder.mkdir(parents=True, exist_ok=True)
        stem = data.draw(st.sampled_from(("a", "PrivateTest_12", "Training_99999999999999999999", "b", "PublicTest_0")))
        content = data.draw(pictures())
        path = folder / f"{stem}{data.draw(st.sampled_from(_SUFFIXES))}"
        path.write_bytes(data.draw(damaged(content)) if data.draw(st.booleans()) else content)
    if data.draw(st.booleans()):
        told = b"file_name,age,face\nhappy/a.png,3,x\na.png,4,y\n"
        (root / "metadata.csv").write_bytes(data.draw(damaged(told)))
    if data.draw(st.booleans()):
        (root / "around").symlink_to(root, target_is_directory=True)
    (root / "directory.png").mkdir()
    max_bad = data.draw(st.sampled_from((0.05, 1.0)))
    tried("folders", lambda: load_faces(root, max_bad=max_bad).images(), place)


def _packed(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


_IMAGES = np.random.default_rng(1).integers(0, 256, (3, 8, 8), np.uint8)
_ARRAYS = {
    "images": _IMAGES,
    "labels": np.array([0, 3, 6]),
    "classes": np.array(["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]),
    "usage": np.array(["Training", "PublicTest", "PrivateTest"]),
    "age": np.array([20, 30, 40]),
}


@st.composite
def strange_arrays(draw: Any) -> np.ndarray:
    """An array of any type and shape where another was expected."""
    shape = draw(
        st.sampled_from(((), (0,), (3,), (3, 8, 8), (3, 8, 8, 1), (3, 8, 8, 2), (3, 0, 8), (8, 8), (3, 3), (1, 1, 1)))
    )
    kind = draw(
        st.sampled_from(
            [
                "?",
                "u1",
                "i1",
                "i4",
                "i8",
                "u8",
                "f2",
                "f4",
                "f8",
                "c8",
                "U5",
                "S5",
                "M8[s]",
                "m8[s]",
                "O",
                "V4",
                "i4,f4",
            ]
        )
    )
    if kind == "O":
        return np.full(shape, {"a": 1}, dtype=object)
    array = np.zeros(shape, kind)
    if kind[0] in "fiu" and "," not in kind and array.size:
        array.flat[0] = draw(st.sampled_from((0, 1, 7, 100) if kind[0] != "f" else (0.5, 1.0, np.nan, np.inf, -1.0)))
    return array


@given(st.data())
@cases(50)
def test_an_archive(place, data):
    arrays = dict(_ARRAYS)
    for _ in range(data.draw(st.integers(0, 2))):
        name = data.draw(st.sampled_from((*arrays, "split", "face", "label", "unnamed: 0")))
        if data.draw(st.booleans()):
            arrays[name] = data.draw(strange_arrays())
        else:
            arrays.pop(name, None)
    if data.draw(st.booleans()):
        arrays["labels"] = np.array([data.draw(strange_texts()) for _ in range(3)])
    content = _packed(**arrays)
    if data.draw(st.booleans()):
        content = data.draw(damaged(content))
    path = place / "faces.npz"
    path.write_bytes(content)
    tried("npz", lambda: load_faces(path).images(), place)


def test_an_archive_that_unpacks_to_a_thousand_times_its_size(place):
    np.savez_compressed(place / "bomb.npz", images=np.zeros((100_000, 48, 48), np.uint8))
    assert (place / "bomb.npz").stat().st_size < 2**20
    with pytest.raises(InputError, match="unpacks to 230 MB"):
        load_faces(place / "bomb.npz")


def test_faces_that_compress_well_are_no_bomb(place):
    np.savez_compressed(place / "flat.npz", images=np.zeros((20_000, 48, 48), np.uint8))
    assert len(load_faces(place / "flat.npz")) == 20_000


@given(st.binary(max_size=200), st.sampled_from(("images.npy", "images", "labels.npy", "../images.npy")))
@cases(15)
def test_an_archive_of_something_else(place, content, name):
    path = place / "other.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)
    tried("npz", lambda: load_faces(path).images(), place)

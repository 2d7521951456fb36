"""One picture: a face crop, or a photo with one face."""

from __future__ import annotations

from pathlib import Path

from fer_xai.faces.crop import crop_face
from fer_xai.faces.faces import Faces, table_of
from fer_xai.faces.formats.folder import emotion_of
from fer_xai.faces.images import SUFFIXES, name_of, read_image, resize

WHAT = "a picture (" + " ".join(sorted(SUFFIXES)) + ")"
# Up to this side a square picture is taken for a crop: FER sets go from 48 to 224 pixels.
LARGEST_CROP = 256


def reads(source: str | Path) -> bool:
    """Whether this is a picture file."""
    return Path(source).suffix.lower() in SUFFIXES and Path(source).is_file()


def load(source: str | Path, size: tuple[int, int] | None) -> Faces:
    """One face: a small square picture as it is, the face of any other cut out, 48×48 or `size`.

    Its label is the emotion that its folder is named after; else it has none.
    """
    path = Path(source)
    pixels = read_image(path)
    height, width = pixels.shape[:2]
    if height == width <= LARGEST_CROP:
        face = resize(pixels, size or (height, width))
    else:
        face = crop_face(pixels, size or (48, 48), str(path))
    label = emotion_of((path.resolve().parent.name,))
    return Faces(face[None], table_of([name_of(path.name)], [label], ["test"], [name_of(path)]))

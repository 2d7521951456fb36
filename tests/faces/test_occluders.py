"""Occluders: found where we drew them, absent where nothing is, the same in any company and at any size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fer_xai.errors import InputError
from fer_xai.faces import load_faces
from fer_xai.faces.drawn import draw
from fer_xai.faces.occluders import FLAGGED, KINDS, Occluders, find_occluders, flag_faces, occluded_share
from fer_xai.faces.occluders.finding import BATCH
from fer_xai.facs import outline_masks

# Of the bundled faces, told by eye.
WITH_GLASSES = {4, 5, 8, 9, 10, 25, 32, 34, 35, 39, 44, 58, 59, 61, 68, 69, 76, 81, 85, 88, 89}
WITH_HAIR = {12, 17, 30, 64, 100}  # a cap, a fringe
CHANGED = 0.05  # of the brightness, where a drawn hand shows


@pytest.fixture(scope="module")
def sample() -> np.ndarray:
    return load_faces("sample").images()


@pytest.fixture(scope="module")
def found(sample: np.ndarray) -> Occluders:
    return find_occluders(sample)


def planted(kinds: dict[str, np.ndarray], shape: tuple[int, ...]) -> Occluders:
    """Occluders that are surely where they are said to be."""
    chances = np.zeros((shape[0], len(KINDS), *shape[1:]), np.float32)
    for kind, where in kinds.items():
        chances[:, KINDS.index(kind)] = where
    return Occluders(chances)


def test_a_drawn_hand_is_found_better_than_by_its_place_or_darkness() -> None:
    """The drawn hand is not the one that the net was taught with, nor are the faces."""
    bare = draw(80, seed=3)
    bare = replace(bare, scene={**bare.scene, "hand": np.ones(len(bare), np.float32)})
    handed = replace(bare, scene={**bare.scene, "hand": np.zeros(len(bare), np.float32)})
    pictures, inside = handed.picture(), handed.oval > 0.5
    truth = (np.abs(pictures - bare.picture()) > CHANGED)[inside]
    y, x = np.mgrid[:48, :48]
    far = np.hypot(y - 23.5, x - 23.5)
    blind = [np.broadcast_to(score, pictures.shape)[inside] for score in (far, y, pictures)]
    # Turned round where that helps them: the blind ones may even know which end is right.
    chance = max(max(area, 1 - area) for area in (roc_auc_score(truth, score) for score in blind))
    ours = roc_auc_score(truth, find_occluders(pictures).kinds[:, KINDS.index("other")][inside])
    assert ours > max(chance + 0.05, 0.75)


@pytest.mark.parametrize("size", [(48, 48), (96, 96), (60, 40), (30, 30)])
def test_maps_lie_on_the_faces_own_pixels(sample: np.ndarray, size: tuple[int, int]) -> None:
    from skimage.transform import resize

    faces = np.stack([np.clip(resize(face, size), 0, 1) for face in sample[-8:, ..., 0]])
    maps = find_occluders(faces).maps
    assert maps.shape == faces.shape
    assert maps.dtype == np.float32
    assert 0 <= maps.min() <= maps.max() <= 1
    small = find_occluders(sample[-8:]).maps
    back = np.stack([resize(one, (48, 48)) for one in maps])
    assert np.abs(back - small).mean() < 0.06


def test_a_face_is_the_same_in_any_company(sample: np.ndarray, found: Occluders) -> None:
    chosen = [5, 40, BATCH, 100]
    assert np.array_equal(find_occluders(sample[chosen]).kinds, found[chosen].kinds)
    assert np.array_equal(find_occluders(sample[40:41]).kinds, found[40].kinds)


def test_colour_bytes_and_faces_are_the_same_as_grey_floats(sample: np.ndarray, found: Occluders) -> None:
    part = load_faces("sample")[:3]
    assert np.array_equal(find_occluders(part).kinds, found[:3].kinds)
    assert np.allclose(find_occluders(part.pixels()).kinds, found[:3].kinds, atol=1e-4)
    assert np.allclose(find_occluders(np.repeat(sample[:3], 3, axis=-1)).kinds, found[:3].kinds, atol=1e-3)


def test_progress_counts_every_face(sample: np.ndarray) -> None:
    told: list[int] = []
    find_occluders(sample[: BATCH + 3], told.append)
    assert told == [BATCH, BATCH + 3]
    assert len(find_occluders(sample[:0])) == 0


def test_the_share_of_a_region_is_that_of_its_mask() -> None:
    where = np.zeros((1, 4, 4), np.float32)
    where[:, :, :2] = 1
    occluders = planted({"other": where}, where.shape)
    masks = np.zeros((1, 4, 4, 4), np.float32)
    masks[0, 0, :, :2] = 0.5  # wholly hidden
    masks[0, 1] = 1  # half hidden
    masks[0, 2, :, 3] = 1  # seen; the last is not on the crop
    assert occluded_share(occluders, masks).tolist()[0][:3] == [1.0, 0.5, 0.0]
    assert np.isnan(occluded_share(occluders, masks)[0, 3])


def test_a_face_is_flagged_for_the_kind_that_covers_it() -> None:
    oval = np.zeros((2, 10, 10), np.float32)
    oval[:, 2:8, 2:8] = 1
    where = np.zeros((2, 10, 10), np.float32)
    where[0, 2:4] = 1  # a third of the first oval
    where[1, 8:] = 1  # outside the second
    for kind in KINDS:
        flags = flag_faces(planted({kind: where}, where.shape), oval)
        assert {name: list(flags[name]) for name in flags} == {name: [name == kind, False] for name in FLAGGED}


def test_bad_input_is_told_in_one_line(sample: np.ndarray) -> None:
    occluders = planted({}, (2, 8, 8))
    with pytest.raises(InputError, match="shape"):
        find_occluders(sample[0, 0])
    with pytest.raises(InputError, match="divided by 255"):
        find_occluders(sample * 255)
    with pytest.raises(InputError, match="at least one pixel"):
        find_occluders(np.zeros((2, 0, 48), np.float32))
    with pytest.raises(InputError, match="masks"):
        occluded_share(occluders, np.zeros((2, 8, 8)))
    with pytest.raises(InputError, match="ovals"):
        flag_faces(occluders, np.zeros((2, 9, 8)))


def test_hair_and_glasses_of_real_faces_stand_out(shared: Path) -> None:
    """On hand-made part masks that the net has never seen; half of them, the other half chose the thresholds."""
    with np.load(shared / "data" / "face_parsing_200.npz") as held:
        faces, parts, names = held["images"][1::2], held["masks"][1::2], list(held["classes"])

    def shows(*wanted: str) -> np.ndarray:
        chosen = np.isin(parts, [names.index(name) for name in wanted])
        return chosen.reshape(-1, 48, 4, 48, 4).mean(axis=(2, 4))

    inside = outline_masks(faces, "face") > 0.5
    seen = shows("skin", "nose", "mouth", "u_lip", "l_lip") >= 0.9
    dark, (y, x) = -faces.astype(float), np.mgrid[:48, :48]
    far = np.broadcast_to(np.hypot(y - 23.5, x - 23.5), dark.shape)
    found = find_occluders(faces)
    for kind, truth, least in (("hair", shows("hair", "hat"), 0.94), ("glasses", shows("glasses"), 0.96)):
        asked = inside & ((truth >= 0.5) | seen)
        area = {
            name: roc_auc_score(truth[asked] >= 0.5, score[asked])
            for name, score in (
                ("net", found.kinds[:, KINDS.index(kind)]),
                ("dark", dark),
                ("far", far),
                ("up", -y + 0 * far),
            )
        }
        assert area["net"] > least
        assert area["net"] > max(area["dark"], area["far"], area["up"]) + 0.03


def test_plain_faces_are_not_flagged(sample: np.ndarray, found: Occluders) -> None:
    """The bundled faces are press photographs without hands, enlarged from 25×25."""
    flags = flag_faces(found, outline_masks(sample, "face"))
    assert set(np.flatnonzero(flags["glasses"])) <= WITH_GLASSES
    assert set(np.flatnonzero(flags["hair"])) <= WITH_HAIR
    assert flags["glasses"].any()
    assert flags["hair"].any()

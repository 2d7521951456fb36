"""Right and wrong over the same emotions; what the smallest thing is that a method tells apart."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from fer_xai.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.facs import Codebook
from fer_xai.study import chunks
from fer_xai.study.cells import cell_pixels, read_cells, write_cells
from fer_xai.study.files import write_table
from fer_xai.study.profiles import Told, lay_out
from fer_xai.study.specificities import MaskProfile, specificities, split_faces
from fer_xai.study.statistics import write_mask_statistics, write_region_statistics


def predictions(counts: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """So many faces of each emotion told right, and wrong."""
    rows = [
        (label, label if right else "neutral")
        for label, both in counts.items()
        for right, count in zip((True, False), both, strict=True)
        for _ in range(count)
    ]
    table = pd.DataFrame(rows, columns=["label", "predicted"])
    return table.assign(face=[f"face-{i}" for i in range(len(table))])


def told_of(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Emotions, and whether they are told right."""
    return table["label"].to_numpy(object), (table["label"] == table["predicted"]).to_numpy(float)


def test_splits_are_over_emotions_with_five_faces_on_either_side() -> None:
    table = predictions({"happy": (9, 5), "sad": (5, 9), "fear": (20, 4)})
    emotions, right = told_of(table)
    found = np.ones(len(table), bool)
    splits = split_faces(emotions, right, found)
    assert pd.Series(splits["right"]).value_counts().to_dict() == {"happy": 9, "sad": 5}
    assert pd.Series(splits["wrong"]).value_counts().to_dict() == {"happy": 5, "sad": 9}
    found[np.flatnonzero(emotions == "happy")[-1]] = False  # its landmarks were not found
    assert split_faces(emotions, right, found) == {}, "one emotion alone has no S"


def test_s_differs_where_right_faces_show_their_units_and_wrong_ones_do_not() -> None:
    table = predictions({"happy": (20, 20), "sad": (20, 20)})
    emotions, right = told_of(table)
    rng, book = np.random.default_rng(0), Codebook("mine", {"happy": (12,), "sad": (15,)}, {})
    own = np.array(book.emotions)[None] == emotions[:, None]
    mass = 0.2 * np.where(own & (right == 1)[:, None], 1.8, 1.0) * rng.uniform(0.9, 1.1, own.shape)
    profile = MaskProfile("occlusion", book, mass, np.full(own.shape, 0.2))
    splits = split_faces(emotions, right, np.ones(len(table), bool))
    s = {split: specificities([profile], list(of), 0)[0].iloc[0] for split, of in splits.items()}
    assert s["right"]["value"] == pytest.approx(np.log2(1.8), abs=0.05)
    assert s["right"]["p"] < 0.01
    assert s["wrong"]["low"] < 0 < s["wrong"]["high"]
    assert s["right"]["n"] == s["wrong"]["n"] == 40


def explained(method: str, **more: Any) -> Explanation:
    faces = Faces.from_array(np.zeros((2, 12, 12), np.uint8))
    return Explanation(
        np.zeros((2, 12, 12), np.float32), faces, method, ("a", "a"), np.ones((2, 1)), ("a",), {}, **more
    )


def test_cells_by_hand(tmp_path: Any) -> None:
    assert cell_pixels(explained("gradcam", details={"cell": [3.0, 4.0]})).tolist() == [12, 12]
    assert cell_pixels(explained("occlusion", details={"patch": [2, 2]})).tolist() == [4, 4]
    assert cell_pixels(explained("saliency")).tolist() == [1, 1]
    assert np.isnan(cell_pixels(explained("blob"))).all(), "no method"
    segments = np.zeros((2, 12, 12), np.int32)
    segments[0, 6:], segments[1, :, 4:8], segments[1, :, 8:] = 1, 1, 7
    halves = explained("lime:slic", segments=segments)
    assert cell_pixels(halves).tolist() == [72, 48]
    write_cells(tmp_path, 0, halves)
    # The second chunk, and the second method, are of a study begun before cells were written.
    assert read_cells(tmp_path, ["lime:slic", "gradcam"], [0, 32]) == {"lime:slic": 60}


def test_too_few_faces_give_empty_tables_with_their_columns(tmp_path: Any) -> None:
    class Empty:
        path = tmp_path
        manifest: ClassVar = {"seed": 0, "data": {"size": [48, 48, 1]}}
        methods: ClassVar[list[str]] = []

    told = Told.of(predictions({"happy": (4, 4)}).assign(correct=True))
    write_mask_statistics(Empty(), [], told, {}, [])  # type: ignore[arg-type]
    write_region_statistics(Empty(), [], told, {})  # type: ignore[arg-type]
    for name in ("specificity", "separability"):
        written = pd.read_parquet(tmp_path / f"{name}_splits.parquet")
        assert not len(written)
        assert {"method", "split", "value", "low", "high", "n"} <= set(written)


def test_parts_become_one_table_and_are_laid_out_by_face(tmp_path: Any) -> None:
    told = Told.of(pd.DataFrame({"face": list("abc"), "label": None, "predicted": "sad", "correct": pd.NA}))
    parts = [pd.DataFrame({"face": ["b", "a"], "region": ["x", "y"], "level": "fine", "share": [1.0, 2.0]})]
    parts += [
        pd.DataFrame({"face": ["c", "c"], "region": ["y", "z"], "level": ["coarse", "fine"], "share": [3.0, 4.0]})
    ]
    parts[0]["label"], parts[1]["label"] = None, "happy"  # a part without any value has no type of its own
    for start, part in enumerate(parts):
        write_table(chunks.table(tmp_path, "regions/m", start), part)
    chunks.concatenate(tmp_path, "regions", ["regions/m"], [0, 1])
    written = pd.read_parquet(tmp_path / "regions.parquet")
    assert written["share"].tolist() == [1, 2, 3, 4]
    assert written["label"].fillna("").tolist() == ["", "", "happy", "happy"]
    only = {"level": "fine"}
    share = lay_out(tmp_path, "regions/m", [0, 1], told.faces, "region", ["y", "x"], ("share",), only)["share"]
    np.testing.assert_array_equal(share, [[2, np.nan], [np.nan, 1], [np.nan, np.nan]])

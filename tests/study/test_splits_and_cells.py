"""Right and wrong over the same emotions; what the smallest thing is that a method tells apart."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from fer_xai.explanation import Explanation
from fer_xai.faces import Faces
from fer_xai.study.cells import cell_pixels, read_cells, write_cells
from fer_xai.study.specificities import specificities, split_faces
from fer_xai.study.statistics import write_splits


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


def test_splits_are_over_emotions_with_five_faces_on_either_side() -> None:
    table = predictions({"happy": (9, 5), "sad": (5, 9), "fear": (20, 4)})
    found = pd.Series(True, index=table["face"])
    splits = split_faces(table, found)
    assert splits["right"].value_counts().to_dict() == {"happy": 9, "sad": 5}
    assert splits["wrong"].value_counts().to_dict() == {"happy": 5, "sad": 9}
    found[table["face"][table["label"] == "happy"].iloc[-1]] = False  # its landmarks were not found
    assert split_faces(table, found) == {}, "one emotion alone has no S"


def test_s_differs_where_right_faces_show_their_units_and_wrong_ones_do_not() -> None:
    table = predictions({"happy": (20, 20), "sad": (20, 20)})
    rng, rows = np.random.default_rng(0), []
    for face, label, predicted in table[["face", "label", "predicted"]].itertuples(index=False):
        for mask in ("happy", "sad"):
            more = 1.8 if mask == label == predicted else 1.0
            rows.append((face, "occlusion", "mine", mask, 0.2 * more * rng.uniform(0.9, 1.1), 0.2))
    profiles = pd.DataFrame(rows, columns=["face", "method", "codebook", "mask", "mass", "area"])
    splits = split_faces(table, pd.Series(True, index=table["face"]))
    s = {split: specificities(profiles, emotion_of, 0)[0].iloc[0] for split, emotion_of in splits.items()}
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
        manifest: ClassVar = {"seed": 0}

    table = predictions({"happy": (4, 4)})
    landmarks = table.assign(landmarks="mesh")
    write_splits(Empty(), pd.DataFrame(), pd.DataFrame(), table, landmarks)  # type: ignore[arg-type]
    for name in ("specificity", "separability"):
        written = pd.read_parquet(tmp_path / f"{name}_splits.parquet")
        assert not len(written)
        assert {"method", "split", "value", "low", "high", "n"} <= set(written)

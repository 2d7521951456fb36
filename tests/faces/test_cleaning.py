"""Doubtful faces: planted ones are found, nothing else is, and a table is applied to its own data only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fer_xai.errors import InputError
from fer_xai.faces import Faces, load_faces
from fer_xai.faces.cleaning import apply_cleaning, find_doubtful, list_checks, summarise
from fer_xai.faces.cleaning.checks import near_copies
from fer_xai.faces.cleaning.request import Request
from fer_xai.faces.drawn import draw
from fer_xai.faces.faces import table_of

COPIES = ["constant", "exact_copies", "conflicting_labels", "near_copies"]


def made(images: np.ndarray, labels: list[Any], splits: list[str], **more: Any) -> Faces:
    names = [f"f{n}" for n in range(len(images))]
    return Faces(images, table_of(names, labels, splits, names, **more))


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    """Pixels (20, 48, 48, 1) uint8 of drawn faces, all different."""
    pixels = draw(20, seed=3).faces.pixels()
    assert len(np.unique(pixels.reshape(len(pixels), -1), axis=0)) == 20
    return pixels


@pytest.fixture(scope="module")
def planted(drawn: np.ndarray) -> Faces:
    """Fourteen training, three validation and three test faces, of which some are planted.

    f1, f2 are equal in train; f3 is a training copy of the test face f17; f4, f5, f15 are equal with labels sad, sad
    and fear; f6 and f16 are constant and equal; f7 is a lightened copy of the validation face f14, shifted by a pixel;
    f8 a mirrored copy, with a mark, of the test face f18.
    """
    images = drawn.copy()
    images[2], images[3], images[5], images[15] = images[1], images[17], images[4], images[4]
    images[6] = images[16] = 77
    images[7] = np.clip(np.roll(images[14].astype(int), 1, axis=1) * 0.8 + 40, 0, 255).astype(np.uint8)
    images[8] = images[18][:, ::-1]
    images[8, 40:43, 8:16] = images[8, 40:43, 8:16] // 2 + 60
    labels = ["happy"] * 20
    labels[4], labels[5], labels[15], labels[9] = "sad", "sad", "fear", "disgust"
    return made(images, labels, ["train"] * 14 + ["validation"] * 3 + ["test"] * 3)


@pytest.fixture(scope="module")
def table(planted: Faces) -> pd.DataFrame:
    return find_doubtful(planted, COPIES, seed=1)


def said(table: pd.DataFrame, check: str) -> dict[str, str]:
    part = table[table["check"] == check]
    return dict(zip(part["face"], part["suggested"], strict=True))


class TestChecks:
    def test_constant_images_go(self, table):
        assert said(table, "constant") == {"f6": "drop", "f16": "drop"}
        assert "every pixel is 77" in set(table["detail"])

    def test_exact_copies_leave_one_and_spare_the_test_set(self, table):
        assert said(table, "exact_copies") == {
            "f1": "keep", "f2": "drop",
            "f3": "drop", "f17": "keep",
            "f4": "drop", "f5": "drop", "f15": "keep",
        }  # fmt: skip

    def test_copies_within_a_test_set_are_left_to_a_person(self, drawn):
        images = drawn[:4].copy()
        images[1] = images[0]
        found = find_doubtful(made(images, ["sad"] * 4, ["test"] * 4), ["exact_copies"])
        assert said(found, "exact_copies") == {"f0": "keep", "f1": "look"}

    def test_of_conflicting_labels_exactly_one_copy_goes(self, table):
        found = said(table, "conflicting_labels")
        assert set(found) == {"f4", "f5", "f15"}
        assert sorted(found.values())[0] == "drop"
        assert list(found.values()).count("drop") == 1

    def test_which_copy_goes_is_drawn_evenly_and_depends_on_the_seed_alone(self, planted):
        drawn = [said(find_doubtful(planted, ["conflicting_labels"], seed=s), "conflicting_labels") for s in range(90)]
        gone = [next(face for face, what in found.items() if what == "drop") for found in drawn]
        counts = pd.Series(gone).value_counts()
        assert set(counts.index) == {"f4", "f5", "f15"}
        assert counts.min() > 15
        # What stays of sad, sad, fear disagrees unless fear went.
        for face, found in zip(gone, drawn, strict=True):
            left = {what for what in found.values() if what != "drop"}
            assert left == ({"keep"} if face == "f15" else {"look"})
        turned = planted[np.arange(len(planted))[::-1]]
        again = find_doubtful(turned, ["conflicting_labels"], seed=0)
        kinds = {face: planted.labels[int(face[1:])] for face in ("f4", "f5", "f15")}
        dropped = next(face for face, what in said(again, "conflicting_labels").items() if what == "drop")
        assert dropped in kinds

    def test_near_copies_across_splits_are_found_and_nothing_else(self, table):
        assert said(table, "near_copies") == {"f7": "drop", "f14": "keep", "f8": "drop", "f18": "keep"}
        partners = table[table["check"] == "near_copies"].set_index("face")["partner"]
        assert partners.to_dict() == {"f7": "f14", "f14": "f7", "f8": "f18", "f18": "f8"}

    def test_near_copies_are_those_that_comparing_every_pair_finds(self, planted):
        request = Request(planted, 0, None, (), lambda what, done, total: None)
        pairs, scores = near_copies.near_pairs(request)
        assert sorted(map(sorted, pairs.tolist())) == [[7, 14], [8, 18]]
        from scipy.ndimage import gaussian_filter

        def details(image: np.ndarray) -> np.ndarray:
            grey = image[..., 0].astype(float)
            return grey - gaussian_filter(grey, 2)

        mirrored = next(n for n, pair in enumerate(pairs.tolist()) if 8 in pair)
        expected = np.corrcoef(
            details(planted.pixels()[8])[2:-2, 2:-2].ravel(),
            details(planted.pixels()[18][:, ::-1])[2:-2, 2:-2].ravel(),
        )[0, 1]
        assert scores[mirrored] == pytest.approx(expected, abs=2e-3)

    def test_colour_and_other_sizes_are_compared_alike(self, drawn):
        large = np.repeat(np.repeat(np.repeat(drawn[:6], 2, axis=1), 2, axis=2), 3, axis=3)
        large[5] = np.clip(large[0].astype(int) + 20, 0, 255)
        faces = made(large, ["sad"] * 6, ["train"] * 3 + ["test"] * 3)
        assert said(find_doubtful(faces, ["near_copies"]), "near_copies") == {"f0": "drop", "f5": "keep"}

    def test_an_emotion_to_leave_out_is_written_not_done(self, planted):
        found = find_doubtful(planted, ["dropped_emotion"], emotions=["disgusted"])
        assert said(found, "dropped_emotion") == {"f9": "drop"}

    def test_votes_for_not_a_face_count(self, drawn, tmp_path):
        names = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF"]
        votes = pd.DataFrame(0, index=range(6), columns=names)
        votes["happiness"], votes["NF"] = [10, 0, 4, 9, 5, 10], [0, 10, 6, 1, 5, 0]
        path = tmp_path / "votes.csv"
        votes.to_csv(path, index=False)
        faces = made(drawn[:5], ["sad"] * 5, ["test"] * 5, row=np.array([5, 4, 3, 2, 1]))
        found = find_doubtful(faces, ["not_a_face_votes"], votes=path)
        assert said(found, "not_a_face_votes") == {"f1": "look", "f2": "look", "f3": "drop", "f4": "drop"}
        assert found["label"].eq("sad").all()

    def test_text_is_no_face_drawings_are_not_human_and_photographs_pass(self):
        from PIL import Image, ImageDraw

        photographs = load_faces("sample")[:4].pixels()
        side = photographs.shape[1]
        page = Image.new("L", (side, side), 255)
        for line in range(0, side, 8):
            ImageDraw.Draw(page).text((2, line), "no picture here", fill=0)
        faces = made(np.concatenate([photographs, np.asarray(page)[None, ..., None]]), ["sad"] * 5, [""] * 5)
        found = find_doubtful(faces, ["no_face", "not_human"])
        assert said(found, "no_face") == {"f4": "drop"}
        assert said(found, "not_human") == {}

    def test_every_check_says_what_it_finds(self):
        checks = list_checks()
        assert {*COPIES, "no_face", "not_human", "hidden", "not_a_face_votes", "dropped_emotion"} == set(checks)
        assert all(module.TITLE for module in checks.values())

    def test_facts_come_first_and_the_weakest_guess_last(self):
        order = list(list_checks())
        rights = [check.RIGHT for check in list_checks().values()]
        assert rights.index((78, 80)) == 5
        assert rights[:5] == [None] * 5
        assert order[-1] == "hidden"


class TestTable:
    def test_the_same_seed_gives_the_same_table(self, planted, table):
        pd.testing.assert_frame_equal(table, find_doubtful(planted, COPIES, seed=1))

    def test_nothing_found_is_an_empty_table_with_all_columns(self, planted, table):
        clean = planted[np.array([0, 10, 11])]
        found = find_doubtful(clean, COPIES)
        assert found.empty
        assert list(found.columns) == list(table.columns)
        assert len(apply_cleaning(clean, found)) == 3

    def test_the_summary_counts_leaks(self, table):
        counts = summarise(table).set_index("check")
        assert counts.loc["exact_copies", ["faces", "groups", "drop"]].tolist() == [7, 3, 4]
        assert counts.loc["exact_copies", ["test_in_train", "validation_in_train"]].tolist() == [1, 1]
        assert counts.loc["near_copies", ["test_in_train", "validation_in_train"]].tolist() == [1, 1]

    @pytest.mark.parametrize("checks", [["exact_copies", "nonsense"], ["not_a_face_votes"], ["dropped_emotion"]])
    def test_checks_that_cannot_be_made_are_refused(self, planted, checks):
        with pytest.raises(InputError, match=r"unknown check 'nonsense'; known are|needs (FER|emotions)"):
            find_doubtful(planted, checks)


class TestApplied:
    def test_faces_to_drop_are_left_out_in_order_before_anything_else(self, planted, table):
        dropped = set(table.loc[table["suggested"] == "drop", "face"])
        left = load_faces(planted, cleaning=table)
        assert left.ids == tuple(face for face in planted.ids if face not in dropped)
        part = load_faces(planted, "train", cleaning=table, drop=["disgust"])
        assert set(part.ids) == {face for face in left.ids if int(face[1:]) < 14} - {"f9"}

    def test_a_person_may_change_their_mind(self, planted, table):
        kept = table.assign(suggested="keep")
        assert len(apply_cleaning(planted, kept)) == len(planted)

    @pytest.mark.parametrize("suffix", [".csv", ".parquet"])
    def test_files_say_the_same_as_the_table(self, planted, table, tmp_path, suffix):
        path = tmp_path / f"table{suffix}"
        table.to_csv(path, index=False) if suffix == ".csv" else table.to_parquet(path)
        assert apply_cleaning(planted, path).ids == apply_cleaning(planted, table).ids

    def test_tables_of_other_data_are_refused(self, planted, table, drawn):
        with pytest.raises(InputError, match=r"names \d+ faces that are not in the data, e\.g\. f"):
            load_faces(planted[:10], cleaning=table)
        images = planted.pixels().copy()
        images[17, 3, 3] ^= 1
        other = made(images, list(planted.labels), list(planted.table["split"]))
        with pytest.raises(InputError, match="was made for other data: f17 has other pixels"):
            load_faces(other, cleaning=table)

    def test_what_is_no_table_is_refused_in_one_line(self, planted, table, tmp_path):
        (tmp_path / "bad.csv").write_text("face,reason\nf1,ugly\n")
        (tmp_path / "bad.parquet").write_bytes(b"not parquet")
        refused = {
            tmp_path / "none.csv": "no cleaning table at",
            tmp_path / "bad.csv": "lacks the columns pixels, suggested",
            tmp_path / "bad.parquet": "cannot be read as a cleaning table",
            tmp_path / "table.txt": r"expected \.csv or \.parquet",
        }
        for path, message in refused.items():
            with pytest.raises(InputError, match=message) as refusal:
                load_faces(planted, cleaning=path)
            assert "\n" not in str(refusal.value)
        with pytest.raises(InputError, match="suggests 'burn' for a face; expected drop, keep, look"):
            load_faces(planted, cleaning=table.assign(suggested="burn"))

    def test_nothing_left_is_said(self, planted, table):
        everything = find_doubtful(planted, ["exact_copies"]).assign(suggested="drop")
        some = planted[np.array([1, 2])]
        with pytest.raises(InputError, match="no faces"):
            load_faces(some, cleaning=everything[everything["face"].isin(["f1", "f2"])])


@pytest.fixture(scope="module")
def fer2013(shared: Path) -> Faces:
    return load_faces(shared / "data" / "fer2013.npz")


class TestOnFER2013:
    def test_the_known_counts_are_found(self, fer2013, shared):
        votes = shared / "data" / "fer2013new.csv"
        table = find_doubtful(
            fer2013, ["constant", "exact_copies", "conflicting_labels", "not_a_face_votes"], votes=votes
        )
        counts = summarise(table).set_index("check")
        assert counts.loc["constant", "faces"] == 12
        assert counts.loc["exact_copies", ["groups", "faces"]].tolist() == [1513, 3353]
        assert counts.loc["exact_copies", ["test_in_train", "validation_in_train"]].tolist() == [288, 279]
        assert counts.loc["conflicting_labels", ["groups", "drop"]].tolist() == [56, 56]
        assert counts.loc["not_a_face_votes", ["drop", "look"]].tolist() == [176, 173]
        left = load_faces(fer2013, cleaning=table)
        assert (left.table["split"] == "test").sum() >= 3589 - 8 - 176 - 56

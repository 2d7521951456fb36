"""`load_faces`: every format, every kind of bad row, splits, FER+ and regrouping."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_xai.errors import InputError
from fer_xai.faces import Faces, load_faces
from fer_xai.faces.ferplus import _VOTES

USAGES = ("Training", "PublicTest", "PrivateTest")


def face(seed: int, side: int = 48) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (side, side), dtype=np.uint8)


def row(seed: int, **change: str) -> str:
    fields = {"emotion": str(seed % 7), "pixels": " ".join(map(str, face(seed).ravel())), "usage": USAGES[seed % 3]}
    return ",".join((fields | change).values())


def write_csv(path: Path, rows: list[str], header: str = "emotion,pixels,Usage") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


class TestCsv:
    def test_rows_become_faces(self, tmp_path):
        path = write_csv(tmp_path / "f.csv", [row(n) for n in range(9)])
        faces = load_faces(path)
        assert np.array_equal(faces.pixels()[..., 0], np.stack([face(n) for n in range(9)]))
        assert faces.labels[:4] == ("angry", "disgust", "fear", "happy")
        assert load_faces(path, split="validation").ids == ("row-1", "row-4", "row-7")
        assert load_faces(path, split="test").labels == ("fear", "surprise", "disgust")

    def test_compressed_and_with_spaces_in_the_header(self, tmp_path):
        plain = write_csv(tmp_path / "f.csv", [row(n) for n in range(5)], "emotion, pixels, Usage")
        with gzip.open(tmp_path / "f.csv.gz", "wb") as file:
            file.write(plain.read_bytes())
        with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
            archive.write(plain, "fer2013.csv")
        for name in ("f.csv.gz", "f.zip"):
            assert np.array_equal(load_faces(tmp_path / name).pixels(), load_faces(plain).pixels())

    def test_rows_without_labels_are_unlabelled(self, tmp_path):
        path = write_csv(tmp_path / "f.csv", [row(n).split(",")[1] for n in range(3)], "pixels")
        assert load_faces(path).labels == (None, None, None)

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"pixels": " ".join(["7"] * 2303)}, "2303 pixels, expected 2304"),
            ({"pixels": " ".join(["256"] + ["7"] * 2303)}, "pixel value 256, expected 0 to 255"),
            ({"pixels": " ".join(["-1"] + ["7"] * 2303)}, "pixel value -1, expected 0 to 255"),
            ({"pixels": " ".join(["12.5"] + ["7"] * 2303)}, "pixel '12.5' is no whole number"),
            ({"pixels": " ".join(["x"] + ["7"] * 2303)}, "pixel 'x' is no whole number"),
            ({"emotion": "9"}, "emotion '9', expected 0 to 6 or a name"),
            ({"usage": "Holiday"}, "usage 'Holiday', expected Training, PublicTest or PrivateTest"),
        ],
    )
    def test_a_bad_row_is_named_counted_and_skipped(self, tmp_path, change, reason):
        rows = [row(n) for n in range(30)]
        rows[16] = row(16, **change)
        faces = load_faces(write_csv(tmp_path / "f.csv", rows))
        assert len(faces) == 29
        assert faces.skipped == (f"row 16: {reason}",)
        assert "row-16" not in faces.ids
        assert np.array_equal(faces.pixels()[16, ..., 0], face(17))

    def test_more_than_the_allowed_share_of_bad_rows_is_an_error(self, tmp_path):
        path = write_csv(tmp_path / "f.csv", [row(n, **({"emotion": "8"} if n < 2 else {})) for n in range(10)])
        with pytest.raises(InputError, match=r"2 of 10 faces cannot be read .*row 0: emotion '8'"):
            load_faces(path)
        assert len(load_faces(path, max_bad=0.2)) == 8

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"a,b\n1,2\n", "has the columns a, b; expected pixels, and for labels"),
            (b"", "cannot be read as CSV"),
            (b"emotion,pixels,Usage\n", "a header but no rows"),
            (b"emotion,pixels,Usage\n0,1 2 3,Training\n", "rows of 3 pixels make no square face"),
            (b"\xff\xfe\x00binary", "cannot be read as CSV"),
        ],
    )
    def test_files_that_are_not_it(self, tmp_path, content, message):
        (tmp_path / "f.csv").write_bytes(content)
        with pytest.raises(InputError, match=message) as refusal:
            load_faces(tmp_path / "f.csv")
        assert "\n" not in str(refusal.value)

    def test_truncated_archives(self, tmp_path):
        (tmp_path / "f.csv.gz").write_bytes(gzip.compress(b"emotion,pixels,Usage\n" + row(1).encode())[:200])
        (tmp_path / "f.zip").write_bytes(b"PK\x03\x04nonsense")
        for name in ("f.csv.gz", "f.zip"):
            with pytest.raises(InputError, match="cannot be read as CSV"):
                load_faces(tmp_path / name)

    def test_splits_that_are_not_there(self, tmp_path):
        path = write_csv(tmp_path / "f.csv", [row(0), row(1)])
        with pytest.raises(InputError, match="has no test faces; it has train, validation"):
            load_faces(path, split="test")
        with pytest.raises(InputError, match="unknown split 'holdout'"):
            load_faces(path, split="holdout")


def save(path: Path, pixels: np.ndarray, **options: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)


def test_a_table_whose_labels_have_another_name_is_told(tmp_path, caplog):
    path = tmp_path / "a.csv"
    path.write_text("label,pixels\n" + f"3,{' '.join(['9'] * 100)}\n")
    assert load_faces(path).labels == (None,)
    assert caplog.messages == ["a.csv has a column label but none called emotion: its faces count as unlabelled"]


class TestFolders:
    def test_kaggle_names_tell_validation_from_test_and_that_is_said(self, tmp_path, caplog):
        save(tmp_path / "train/angry/Training_3.png", face(3))
        save(tmp_path / "test/happiness/PublicTest_4.png", face(4))
        save(tmp_path / "test/happiness/PrivateTest_5.png", face(5))
        (tmp_path / "train/angry/.DS_Store").write_bytes(b"x")
        faces = load_faces(tmp_path)
        (line,) = caplog.messages
        assert line.startswith(
            "1 of the pictures in the test folder are called PublicTest_… beside others called PrivateTest_…, so they "
            "count as validation"
        )
        assert dict(zip(faces.table["source"].map(lambda p: Path(p).name), faces.table["split"], strict=True)) == {
            "Training_3.png": "train",
            "PublicTest_4.png": "validation",
            "PrivateTest_5.png": "test",
        }
        assert faces.table["row"].tolist() == [5, 4, 3]
        assert load_faces(tmp_path, split="test").labels == ("happy",)

    def test_an_explicit_validation_folder_wins_over_names(self, tmp_path, caplog):
        save(tmp_path / "train/sad/a.png", face(0))
        save(tmp_path / "validation/sad/PrivateTest_1.png", face(1))
        save(tmp_path / "test/sad/PublicTest_2.png", face(2))
        assert load_faces(tmp_path).table["split"].tolist() == ["test", "train", "validation"]
        assert caplog.messages == []

    @pytest.mark.parametrize("other", ["Training_2.png", "a.png", "PublicTest_3.png"])
    def test_a_test_folder_without_private_names_is_all_test(self, tmp_path, caplog, other):
        save(tmp_path / "train/sad/a.png", face(0))
        save(tmp_path / "test/sad/PublicTest_1.png", face(1))
        save(tmp_path / "test/sad" / other, face(2))
        assert sorted(load_faces(tmp_path).table["split"]) == ["test", "test", "train"]
        assert caplog.messages == []

    def test_without_folders_of_splits_names_decide(self, tmp_path):
        for number, usage in enumerate(USAGES):
            save(tmp_path / f"sad/{usage}_{number}.png", face(number))
        table = load_faces(tmp_path).table
        found = dict(zip(table["row"], table["split"], strict=True))
        assert found == {0: "train", 1: "validation", 2: "test"}

    def test_any_tree_of_emotions(self, tmp_path):
        save(tmp_path / "Happiness/a.jpg", face(0))
        save(tmp_path / "deep/ANGER/b.bmp", face(1))
        faces = load_faces(tmp_path)
        assert faces.labels == ("happy", "angry")
        with pytest.raises(InputError, match="it has no splits: leave the split out"):
            load_faces(tmp_path, split="test")

    def test_broken_and_misplaced_files_are_named(self, tmp_path):
        for n in range(40):
            save(tmp_path / f"happy/{n:02d}.png", face(n))
        broken = tmp_path / "happy/07.png"
        broken.write_bytes(broken.read_bytes()[:900])
        save(tmp_path / "bored/x.png", face(50))
        faces = load_faces(tmp_path)
        assert len(faces) == 39
        assert "happy/07.png" not in faces.ids
        assert any("07.png: not a readable picture" in line for line in faces.skipped)
        assert any("bored" in line and "named after an emotion" in line for line in faces.skipped)

    def test_sizes_and_colours_are_brought_together(self, tmp_path):
        for n in range(3):
            save(tmp_path / f"sad/{n}.png", np.repeat(face(n)[..., None], 3, axis=2))
        save(tmp_path / "sad/large.png", face(9, 96))
        faces = load_faces(tmp_path)
        assert (faces.size, faces.channels) == ((48, 48), 1)
        save(tmp_path / "sad/colour.png", np.stack([face(1), face(2), face(3)], -1))
        assert load_faces(tmp_path, size=(32, 32)).pixels().shape == (5, 32, 32, 3)

    def test_files_decoded_when_used_give_the_same_pixels(self, tmp_path, monkeypatch):
        for n in range(4):
            save(tmp_path / f"fear/{n}.png", face(n))
        kept = load_faces(tmp_path)
        monkeypatch.setattr("fer_xai.faces.formats.folder._KEPT", 0)
        lazy = load_faces(tmp_path)
        assert np.array_equal(kept.pixels(), lazy.pixels())
        assert np.array_equal(kept[2:].pixels(), lazy[[2, 3]].pixels())

    def test_nothing_to_read(self, tmp_path):
        with pytest.raises(InputError, match="holds no pictures"):
            load_faces(tmp_path)
        with pytest.raises(InputError, match="no data at"):
            load_faces(tmp_path / "missing")
        (tmp_path / "faces.csv").touch()
        with pytest.raises(InputError, match=r"holds no pictures \(.*\); it holds faces.csv: give that file"):
            load_faces(tmp_path)
        (tmp_path / "x.docx").touch()
        with pytest.raises(InputError, match="of no known format; known are"):
            load_faces(tmp_path / "x.docx")

    def test_both_kaggle_forms_agree(self, shared, tmp_path):
        script = shared / "data" / "fer2013_as.py"
        for form, out in (("csv", "f.csv"), ("folders", "f")):
            subprocess.run([sys.executable, script, form, tmp_path / out, "--every", "400"], check=True)
        table, folder = load_faces(tmp_path / "f.csv"), load_faces(tmp_path / "f")
        order = np.argsort(folder.table["row"])
        assert np.array_equal(folder[order].pixels(), table.pixels())
        assert folder[order].labels == table.labels
        assert folder[order].table["split"].tolist() == table.table["split"].tolist()


class TestPictures:
    @pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "CMYK", "1"])
    def test_modes(self, tmp_path, mode):
        path = tmp_path / ("a.tif" if mode == "CMYK" else "a.png")
        Image.fromarray(face(1)).convert(mode).save(path)
        assert load_faces(path).channels == (1 if mode in ("L", "LA", "1") else 3)

    def test_sixteen_bits_keep_their_light(self, tmp_path):
        Image.fromarray(face(1).astype(np.uint16) * 257).save(tmp_path / "a.png")
        assert np.array_equal(load_faces(tmp_path / "a.png").pixels()[0, ..., 0], face(1))

    def test_pictures_are_turned_upright(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 3
        Image.fromarray(face(1)).save(tmp_path / "a.png", exif=exif)
        assert np.array_equal(load_faces(tmp_path / "a.png").pixels()[0, ..., 0], face(1)[::-1, ::-1])

    def test_its_label_is_the_emotion_that_its_folder_is_named_after(self, tmp_path, monkeypatch):
        for folder in ("happy", "holiday"):
            (tmp_path / folder).mkdir()
            Image.fromarray(np.full((48, 48), 90, np.uint8)).save(tmp_path / folder / "a.png")
        assert load_faces(tmp_path / "happy" / "a.png").labels == ("happy",)
        assert load_faces(tmp_path / "holiday" / "a.png").labels == (None,)
        monkeypatch.chdir(tmp_path / "happy")
        assert load_faces("a.png").labels == ("happy",)

    def test_truncated(self, tmp_path):
        save(tmp_path / "a.png", face(0))
        (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:700])
        with pytest.raises(InputError, match="not a readable picture"):
            load_faces(tmp_path / "a.png")

    def test_the_face_of_a_photo_is_framed_as_in_fer2013(self, tmp_path):
        from skimage.data import astronaut

        from fer_xai.faces.landmarks import find_landmarks

        save(tmp_path / "photo.png", astronaut())
        faces = load_faces(tmp_path / "photo.png")
        assert (faces.size, faces.channels) == ((48, 48), 3)
        points = find_landmarks(faces.pixels()).points[0]
        right, left = points[[33, 133]].mean(axis=0), points[[362, 263]].mean(axis=0)
        assert np.linalg.norm(left - right) == pytest.approx(18, abs=3)
        assert np.allclose((points.min(axis=0) + points.max(axis=0)) / 2, 24, atol=4)

    def test_a_long_strip_and_a_large_photo_do_not_fill_the_memory(self):
        import resource

        from skimage.data import astronaut

        from fer_xai.faces.crop import find_faces

        photo = astronaut()
        large = photo.repeat(10, axis=0).repeat(10, axis=1)
        (small_face,), (face,) = find_faces(photo, (48, 48)), find_faces(large, (48, 48))
        assert np.allclose(face.box, small_face.box, atol=0.01)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for size in ((1, 80_000), (100_000_000, 1), (600, 50_000)):
            assert find_faces(np.zeros((*size, 1), np.uint8), (48, 48)) == []
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1e6  # kilobytes

    def test_photos_without_one_face(self, tmp_path):
        from skimage.data import astronaut

        save(tmp_path / "two.png", np.concatenate([astronaut(), astronaut()], axis=1))
        with pytest.raises(InputError, match="2 faces were found; give a photo with one face"):
            load_faces(tmp_path / "two.png")
        save(tmp_path / "none.png", np.full((300, 400), 90, np.uint8))
        with pytest.raises(InputError, match="no face was found"):
            load_faces(tmp_path / "none.png")


class TestArrays:
    def test_npz(self, tmp_path):
        images = np.stack([face(n) for n in range(3)])
        np.savez(tmp_path / "a.npz", images=images, labels=[3, 0, 6], usage=["Training", "PublicTest", "PrivateTest"])
        assert load_faces(tmp_path / "a.npz", split="test").labels == ("neutral",)
        np.savez(tmp_path / "b.npz", images=images, labels=[1, 0, 1], classes=["joy", "anger"])
        assert load_faces(tmp_path / "b.npz").labels == ("angry", "happy", "angry")

    @pytest.mark.parametrize(
        ("arrays", "message"),
        [
            ({"pictures": np.zeros((1, 8, 8), np.uint8)}, "no array 'images'; it has pictures"),
            ({"images": np.array([{"a": 1}], object)}, "objects are refused"),
            ({"images": np.zeros((2, 8, 8), np.uint8), "labels": [0, 7]}, r"labels 0…7; expected 0…6"),
            ({"images": np.zeros((2, 8, 8), np.uint8), "labels": [0]}, "for 2 images"),
            ({"images": np.zeros((2, 8, 8), np.uint8), "usage": ["Training", "x"]}, "usage 'x' is no split"),
            ({"images": np.zeros((1, 9, 9), np.uint8), "labels": np.zeros(1, "m8[s]")}, "unknown emotion '0 seconds'"),
        ],
    )
    def test_npz_that_is_not_it(self, tmp_path, arrays, message):
        np.savez(tmp_path / "a.npz", **arrays)
        with pytest.raises(InputError, match=message):
            load_faces(tmp_path / "a.npz")

    def test_floats_are_kept_and_bytes_are_divided(self):
        floats = np.random.default_rng(0).uniform(size=(2, 8, 8)).astype(np.float32)
        assert np.array_equal(Faces.from_array(floats).images()[..., 0], floats)
        assert Faces.from_array(face(0)).images().max() <= 1
        assert np.array_equal(Faces.from_array(face(0)).pixels()[0, ..., 0], face(0))

    @pytest.mark.parametrize(
        ("array", "message"),
        [
            (np.full((2, 8, 8), 200.0), r"must lie in \[0, 1\]; received 200 to 200: divide by 255"),
            (np.full((2, 8, 8), np.nan), r"must lie in \[0, 1\]"),
            (np.zeros((2, 8, 8), np.int64), "faces of type int64"),
            (np.zeros((2, 8, 8, 4), np.uint8), r"shape \(2, 8, 8, 4\)"),
            (np.zeros(5, np.uint8), r"shape \(5,\)"),
        ],
    )
    def test_arrays_that_are_no_faces(self, array, message):
        with pytest.raises(InputError, match=message):
            load_faces(array)

    def test_a_slice_keeps_pixels_and_table_together(self):
        faces = Faces.from_array(np.stack([face(n) for n in range(6)]), ids=list("abcdef"))
        for index in (slice(1, 4), [5, 0], np.array([True, False] * 3), -1):
            part = faces[index]
            assert [list("abcdef").index(name) for name in part.ids] == [
                n for pixels in part.pixels() for n in range(6) if np.array_equal(pixels[..., 0], face(n))
            ]


class TestSelection:
    def test_the_bundled_faces(self):
        faces = load_faces("sample")
        assert (len(faces), faces.size, set(faces.labels)) == (101, (48, 48), {None})
        assert faces.ids[-1] == "astronaut"
        assert np.array_equal(faces.pixels(), load_faces("sample", split="test").pixels())

    def test_a_sample_is_stratified_seeded_and_in_order(self):
        labels = ["happy"] * 60 + ["sad"] * 30 + ["fear"] * 9 + ["disgust"]
        faces = Faces.from_array(np.zeros((100, 8, 8), np.uint8), labels=labels)
        drawn = faces.sample(20, seed=1)
        counts = drawn.table["label"].value_counts()
        assert len(drawn) == 20
        assert counts["disgust"] == 1
        assert abs(counts["happy"] - 12) <= 1
        assert abs(counts["sad"] - 6) <= 1
        numbers = [int(name.removeprefix("face-")) for name in drawn.ids]
        assert numbers == sorted(numbers)
        assert drawn.ids == faces.sample(20, seed=1).ids != faces.sample(20, seed=2).ids

    def test_emotions_are_dropped_and_merged(self):
        faces = Faces.from_array(np.zeros((3, 8, 8), np.uint8), labels=["disgust", "happy", "anger"])
        assert load_faces(faces, drop=["disgust"]).labels == ("happy", "angry")
        assert load_faces(faces, merge={"disgust": "angry"}).labels == ("angry", "happy", "angry")
        with pytest.raises(InputError, match="unknown emotion 'joyless'"):
            load_faces(faces, drop=["joyless"])

    def test_ferplus_majority_with_the_usual_drops(self, tmp_path):
        votes = (
            {"contempt": 8, "happiness": 2},
            {"anger": 5, "sadness": 5},
            {"unknown": 6, "fear": 4},
            {"NF": 10},
            {"fear": 6},
        )
        lines = [",".join(_VOTES), *(",".join(str(v.get(name, 0)) for name in _VOTES) for v in votes)]
        (tmp_path / "votes.csv").write_text("\n".join(lines))
        data = write_csv(tmp_path / "f.csv", [row(n) for n in range(5)])
        faces = load_faces(data, ferplus=tmp_path / "votes.csv")
        assert dict(zip(faces.ids, faces.labels, strict=True)) == {"row-0": "contempt", "row-4": "fear"}
        longer = write_csv(tmp_path / "g.csv", [row(n) for n in range(7)])
        with pytest.raises(InputError, match="5 rows, but the faces go up to row 6"):
            load_faces(longer, ferplus=tmp_path / "votes.csv")
        with pytest.raises(InputError, match="lacks the columns"):
            load_faces(data, ferplus=data)
        with pytest.raises(InputError, match="joined by row"):
            load_faces("sample", ferplus=tmp_path / "votes.csv")

    def test_the_whole_of_fer2013_stays_small(self, shared):
        faces = load_faces(shared / "data" / "fer2013.npz")
        assert len(faces) == 35887
        assert faces._store.nbytes < 100e6
        assert faces.table.memory_usage(deep=True).sum() < 100e6
        assert len(load_faces(faces, split="test")) == 3589

"""Further columns of the data: from a CSV, an .npz and a folder's metadata.csv; FER+ votes beside the labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_xai.errors import InputError
from fer_xai.faces import load_faces

PIXELS = " ".join(["7"] * 64)
VOTES = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"


def write_csv(path: Path, header: str, *rows: str) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_a_csvs_further_columns_follow_their_faces(tmp_path):
    """A bad row between them, a column like one of ours, and the row numbers that pandas writes."""
    path = write_csv(
        tmp_path / "f.csv",
        ",emotion,pixels,Usage,Age,source",
        *(f"0,3,{PIXELS},PrivateTest,31,web", "1,3,1 2 3,PrivateTest,32,web", f"2,4,{PIXELS},PrivateTest,,film"),
    )
    table = load_faces(path, max_bad=0.5).table
    assert table["age"].tolist() == ["31", ""]
    assert table["given_source"].tolist() == ["web", "film"]
    assert table["source"].tolist() == ["row 0", "row 2"]
    assert set(table) == {"face", "label", "split", "source", "row", "age", "given_source"}


def test_an_archives_arrays_of_one_number_per_face_follow(tmp_path):
    path = tmp_path / "f.npz"
    objects = np.array([{}, {}, {}], dtype=object)
    np.savez(
        *(path,),
        **{"images": np.zeros((3, 8, 8), np.uint8), "age": np.array([4, 5, 6]), "gender": np.array(["f", "m", "f"])},
        **{"masks": np.zeros((3, 8, 8)), "names": np.array(["a", "b"]), "objects": objects},
    )
    table = load_faces(path).table
    assert table["age"].tolist() == [4, 5, 6]
    assert table["gender"].tolist() == ["f", "m", "f"]
    assert not {"masks", "names", "objects"} & set(table)
    assert load_faces(path)[1:].table["gender"].tolist() == ["m", "f"]


@pytest.fixture
def folder(tmp_path):
    for emotion in ("happy", "sad"):
        (tmp_path / emotion).mkdir()
        Image.fromarray(np.full((8, 8), 90, np.uint8)).save(tmp_path / emotion / "one.png")
    return tmp_path


def test_a_folders_metadata_is_joined_by_file_name(folder):
    write_csv(folder / "metadata.csv", "file_name,gender", "sad/one.png,m", "elsewhere.png,f")
    table = load_faces(folder).table.set_index("face")
    assert table["gender"].to_dict() == {"happy/one.png": "", "sad/one.png": "m"}


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        ("file,gender", ["sad/one.png,m"], "expected file_name"),
        ("file_name,gender", ["sad/one.png,m", "sad/one.png,f"], "names sad/one.png twice"),
        ("", [], "cannot be read as CSV"),
    ],
)
def test_metadata_that_cannot_be_joined_says_why(folder, header, rows, said):
    (folder / "metadata.csv").write_text("\n".join([header, *rows]) if header else "")
    with pytest.raises(InputError, match=said):
        load_faces(folder)


def test_votes_stand_beside_labels_that_stay(tmp_path):
    data = write_csv(
        tmp_path / "f.csv",
        "emotion,pixels,Usage",
        *(f"{e},{PIXELS},{u}" for e, u in ((3, "Training"), (4, "PrivateTest"))),
    )
    votes = tmp_path / "votes.csv"
    votes.write_text(VOTES + "Training,a,0,10,0,0,0,0,0,0,0,0\nPrivateTest,b,2,1,0,0,6,0,0,0,0,1\n")
    faces = load_faces(data, split="test", votes=votes)
    assert faces.labels == ("sad",)
    row = faces.table.iloc[0]
    assert (row["votes_angry"], row["votes_neutral"], row["votes_happy"], row["votes_NF"]) == (6, 2, 1, 1)
    assert load_faces(data, split="test", votes=votes, ferplus=votes).labels == ("angry",)


def test_faces_are_taken_by_name(tmp_path):
    path = write_csv(tmp_path / "f.csv", "emotion,pixels,Usage", *(f"{n},{PIXELS},PrivateTest" for n in range(4)))
    faces = load_faces(path)
    assert faces["row-2"].ids == ("row-2",)
    assert faces[["row-3", "row-0"]].ids == ("row-3", "row-0")
    assert faces[["row-3", "row-0"]].labels == (faces.labels[3], faces.labels[0])
    with pytest.raises(InputError, match=r"no face 'row-9' among these 4 of test; names read like 'row-0'"):
        faces["row-9"]

"""Tables: FER2013's CSV, FER+ votes, cleaning tables, what is told beside folders."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_xai.emotions import FER2013
from fer_xai.errors import InputError
from fer_xai.faces import Faces, load_faces
from fer_xai.faces.cleaning.request import digests_of
from tests.fuzz.mutations import damaged, strange_texts
from tests.fuzz.outcome import cases, tried

_SIDE = 8
_VOTES = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


def _pixels(seed: int) -> list[int]:
    return np.random.default_rng(seed).integers(0, 256, _SIDE**2).tolist()


def _rows(count: int = 4) -> list[list[str]]:
    usage = ("Training", "PublicTest", "PrivateTest")
    return [[str(n % 7), " ".join(map(str, _pixels(n))), usage[n % 3]] for n in range(count)]


def _text(rows: list[list[str]], header: str = "emotion,pixels,Usage") -> str:
    return "\n".join([header, *(",".join(row) for row in rows)]) + "\n"


WHOLE = _text(_rows()).encode()
VOTES = "\n".join([_VOTES, *(f"Training,fer{n:07}.png,{n},0,0,{10 - n},0,0,0,0,0,0" for n in range(4))]).encode()


@pytest.fixture(scope="module")
def faces() -> Faces:
    """Four faces that know their row."""
    images = np.array([_pixels(n) for n in range(4)], np.uint8).reshape(-1, _SIDE, _SIDE)
    made = Faces.from_array(images, FER2013[:4])
    return Faces(made._store, made.table.assign(row=np.arange(4)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all cases of this file."""
    return tmp_path_factory.mktemp("tables")


def _load(place: Path, name: str, content: bytes, max_bad: float = 1.0) -> str:
    path = place / name
    path.write_bytes(content)
    return tried("FER2013 CSV", lambda: load_faces(path, max_bad=max_bad).images(), place)


@given(st.data())
@cases(60)
def test_a_csv_with_strange_fields(place, data):
    rows = _rows()
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.sampled_from(rows))
        field = data.draw(st.integers(0, len(row) - 1)) if row else 0
        kind = data.draw(st.sampled_from(("field", "pixel", "more", "fewer", "quote")))
        if kind == "pixel" and row and field == 1:
            numbers = row[1].split(" ")
            numbers[data.draw(st.integers(0, len(numbers) - 1))] = data.draw(strange_texts())
            row[1] = " ".join(numbers)
        elif kind == "fewer":
            del row[field:]
        elif kind == "more":
            row.append(data.draw(strange_texts()))
        elif row:
            row[field] = data.draw(strange_texts()) if kind == "field" else f'"{row[field]}'
    header = data.draw(
        st.one_of(
            st.just("emotion,pixels,Usage"),
            st.sampled_from(
                ("emotion,pixels", "pixels", "pixels,Pixels,usage", "label,pixels", " Emotion , PIXELS ,Usage", "")
            ),
            strange_texts(),
        )
    )
    _load(
        place, "fields.csv", _text(rows, header).encode("utf-8", "surrogatepass"), data.draw(st.sampled_from((0.05, 1)))
    )


@given(damaged(WHOLE))
@cases(40)
def test_a_csv_with_damaged_bytes(place, content):
    _load(place, "bytes.csv", content)


@given(st.data())
@cases(30)
def test_a_compressed_csv_with_damaged_bytes(place, data):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fer2013.csv", WHOLE)
    name, whole = data.draw(st.sampled_from((("c.csv.gz", gzip.compress(WHOLE)), ("c.zip", packed.getvalue()))))
    _load(place, name, data.draw(damaged(whole)))


def test_a_zip_that_unpacks_to_a_thousand_times_its_size(place):
    with zipfile.ZipFile(place / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fer2013.csv", b"emotion,pixels\n" + bytes(200 * 2**20))
    with pytest.raises(InputError, match="unpacks to 210 MB"):
        load_faces(place / "bomb.zip")


def test_a_column_twice_and_a_number_of_thousands_of_digits(place):
    rows = _rows()
    assert _load(place, "twice.csv", _text(rows, "pixels,Pixels,usage").encode()) == "refused"
    rows[1][1] = f"{'9' * 5000} " + rows[1][1].partition(" ")[2]
    assert _load(place, "digits.csv", _text(rows).encode()) == "clean"


def test_a_number_too_large_for_its_type_is_not_taken_for_another(place):
    rows = _rows()
    rows[0][1] = rows[0][1].replace(rows[0][1].split(" ")[5], str(2**32 + 5), 1)
    (place / "large.csv").write_text(_text(rows))
    read = load_faces(place / "large.csv", max_bad=1)
    assert (len(read), len(read.skipped)) == (3, 1)


@given(st.data())
@cases(25)
def test_votes(place, faces, data):
    content = data.draw(damaged(VOTES))
    if data.draw(st.booleans()):
        lines = VOTES.decode().split("\n")
        fields = lines[data.draw(st.integers(1, 4))].split(",")
        fields[data.draw(st.integers(2, 11))] = data.draw(strange_texts())
        content = "\n".join([*lines, ",".join(fields), *lines[1:]]).encode("utf-8", "surrogatepass")
    (place / "votes.csv").write_bytes(content)
    option = data.draw(st.sampled_from(("ferplus", "votes")))
    tried("FER+ votes", lambda: load_faces(faces, **{option: place / "votes.csv"}).images(), place)


@pytest.mark.parametrize("vote", ["", "many", "inf", "-1"])
def test_a_vote_that_is_no_number_of_voices_wins_nothing(place, faces, vote):
    (place / "votes.csv").write_text(VOTES.decode().replace("png,0,", f"png,{vote},", 1))
    with pytest.raises(InputError, match="row 0: neutral is"):
        load_faces(faces, ferplus=place / "votes.csv")


def _cleaning(faces: Faces) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "face": faces.ids,
            "pixels": digests_of(faces.pixels()),
            "suggested": ["drop", "keep", "look", "keep"],
            "reason": ["a copy"] * 4,
        }
    )


@given(st.data())
@cases(25)
def test_a_cleaning_table_as_csv(place, faces, data):
    table = _cleaning(faces)
    whole = table.to_csv(index=False).encode()
    if data.draw(st.booleans()):
        column = data.draw(st.sampled_from(tuple(table)))
        table.loc[data.draw(st.integers(0, 3)), column] = data.draw(strange_texts())
        whole = table.to_csv(index=False).encode("utf-8", "surrogatepass")
    else:
        whole = data.draw(damaged(whole))
    (place / "cleaning.csv").write_bytes(whole)
    tried("cleaning table, CSV", lambda: load_faces(faces, cleaning=place / "cleaning.csv"), place)


@given(st.data())
@cases(25)
def test_a_cleaning_table_as_parquet(place, faces, data):
    table, packed = _cleaning(faces), io.BytesIO()
    column = data.draw(st.sampled_from(tuple(table)))
    kinds = ([1, 2, 3, 4], [None] * 4, [[1], [2], [3], [4]], [b"a"] * 4, [{"a": 1}] * 4, [0.5] * 4, ["drop"] * 4)
    if data.draw(st.booleans()):
        table[column] = data.draw(st.sampled_from(kinds))
    table.to_parquet(packed, index=data.draw(st.booleans()))
    whole = packed.getvalue()
    (place / "cleaning.parquet").write_bytes(data.draw(damaged(whole)) if data.draw(st.booleans()) else whole)
    tried("cleaning table, Parquet", lambda: load_faces(faces, cleaning=place / "cleaning.parquet"), place)

"""Six published tables, and one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fer_xai.errors import InputError
from fer_xai.facs import Codebook, list_codebooks, load_codebook
from fer_xai.facs.codebooks import unit_parts


def test_six_tables_the_default_first() -> None:
    assert list_codebooks() == ("facs2002", "emfacs", "facs1978", "du2014", "ckplus", "belharbi2024")


@pytest.mark.parametrize("name", list_codebooks())
def test_every_table_gives_every_basic_emotion_a_mask(name: str) -> None:
    book = load_codebook(name)
    assert {"happy", "sad", "surprise", "fear", "angry", "disgust"} <= set(book.emotions)
    assert "neutral" not in book.emotions
    assert (book.merge.sum(axis=1) > 0).all()
    assert not book.merge[:, 0].any(), "no action unit shows on the background"


def test_a_cell_of_each_table() -> None:
    assert load_codebook("facs2002").core["happy"] == (6, 12)
    assert load_codebook("emfacs").core["disgust"] == (9, 15, 16)
    assert load_codebook("facs1978").core["angry"] == (4, 5, 7, 24)
    assert load_codebook("du2014").core["happy"] == (12, 25)
    assert load_codebook("ckplus").core["fear"] == (1, 2, 4)
    assert load_codebook("belharbi2024").core["sad"] == (1, 4, 6, 15, 17)
    assert load_codebook("facs2002").optional["happy"] == (25,)


def test_brow_raisers_share_the_forehead() -> None:
    assert "forehead_mid" in unit_parts(1)
    assert not {"forehead_lat_R", "forehead_lat_L"} & set(unit_parts(1))
    assert {"forehead_lat_R", "forehead_lat_L"} <= set(unit_parts(2))
    assert "forehead_mid" not in unit_parts(2)


def test_reads_ones_own_from_json_and_toml(tmp_path: Path) -> None:
    (tmp_path / "smiles.json").write_text(json.dumps({"happiness": {"core": [6, 12], "opt": [25]}, "neutral": []}))
    (tmp_path / "smiles.toml").write_text("happy = [6, 12]\nneutral = []\n")
    first, second = load_codebook(tmp_path / "smiles.json"), load_codebook(str(tmp_path / "smiles.toml"))
    assert first.name == second.name == "smiles"
    assert first.core == second.core == {"happy": (6, 12), "neutral": ()}
    assert first.emotions == ("happy",)
    assert load_codebook(first) is first
    assert isinstance(first, Codebook)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"happy": [6, 99]}', "6, 99"),
        ('{"happy": 6}', "list of units"),
        ('{"cheerful": [6]}', "cheerful"),
        ("[6, 12]", "not a table"),
        ("{", "cannot be read"),
    ],
)
def test_says_what_is_wrong_with_ones_own(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "mine.json").write_text(content)
    with pytest.raises(InputError, match=message):
        load_codebook(tmp_path / "mine.json")


def test_unknown_names_are_answered_with_the_known() -> None:
    with pytest.raises(InputError, match="facs2002"):
        load_codebook("facs2003")
    with pytest.raises(InputError, match="cannot be read"):
        load_codebook("missing.json")

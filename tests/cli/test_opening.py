"""Which faces a command takes where no split is named, and what it says of the others."""

from __future__ import annotations

import pytest

from fer_xai.cli import opening
from fer_xai.faces import load_faces


def test_fewer_faces_than_wanted_are_told_at_once_with_the_other_splits(capsys: pytest.CaptureFixture[str]) -> None:
    everything = load_faces("drawn")
    sizes = everything.table["split"].value_counts()
    wanted = int(sizes["test"]) + 1
    faces = opening.open_faces("drawn", None, wanted, 0)
    assert len(faces) == sizes["test"]
    others = ", ".join(f"{split} {count:,}" for split, count in sizes.drop("test").items())
    assert others == opening.other_splits(everything, faces)
    said = capsys.readouterr().err
    assert (
        said == f"{wanted - 1:,} faces of test: there are no more (--limit {wanted}); --split takes others: {others}\n"
    )
    opening.open_faces("drawn", "test", 3, 0)
    assert capsys.readouterr().err == ""
    assert opening.other_splits(faces, faces) == ""

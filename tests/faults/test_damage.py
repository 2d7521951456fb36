"""Pieces of a study or a training that a disk or a hand spoiled: found, named, made again, or refused in one line."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from fer_xai.errors import InputError
from fer_xai.study import Study
from fer_xai.study.damage import discard_damaged
from fer_xai.training.fit import fit
from tests.faults import runs
from tests.training.stubs import seen_at_once, tiny

FACES = 8


def run(out: Path, told: list[str] | None = None) -> Study:
    said = told if told is not None else []
    return runs.study(out, of=runs.faces()[:FACES], track=lambda what, done, total: said.append(what))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study."""
    return run(tmp_path_factory.mktemp("whole")).path


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def turn_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)


def other_bytes(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(4000))


def remove(path: Path) -> None:
    path.unlink()


SPOILS = (cut, empty, turn_a_bit, other_bytes, remove)


def pieces(out: Path) -> list[Path]:
    return sorted([*out.glob("maps/**/*.npz"), *out.glob("parts/**/*.parquet")])


def test_every_kind_of_piece_is_made_again_and_named(whole, tmp_path):
    """All pieces at once, each spoiled in a way of its own: only what is spoiled is said to be."""
    out = shutil.copytree(whole, tmp_path / "s")
    spoiled = pieces(out)
    assert {path.relative_to(out).parts[1] for path in spoiled} >= {"faces", "gradcam", "regions", "cells", "contrasts"}
    for number, path in enumerate(spoiled):
        SPOILS[number % 4](path)
    told: list[str] = []
    run(out, told)
    assert runs.left(out) == runs.left(whole)
    named = {what.partition(" is damaged")[0] for what in told if " is damaged" in what}
    assert named == {str(path.relative_to(out)) for path in spoiled}


@pytest.mark.parametrize(
    "piece",
    [
        *("parts/regions/gradcam", "parts/cells/gradcam", "parts/region_values", "parts/landmarks"),
        *("maps/shap-regions", "maps/faces", "parts/profiles/blob"),
    ],
)
def test_one_piece_that_is_gone_or_spoiled_is_made_again(whole, tmp_path, monkeypatch, piece):
    # Only the pieces matter here: what is added up from them is as good as they are.
    monkeypatch.setattr("fer_xai.study.tables.finish", lambda study, starts: None)
    for name in ("blind.finish_blind", "causal.finish_causal", "wrong.write_wrong", "groups.write_groups"):
        monkeypatch.setattr(f"fer_xai.study.{name}", lambda *given: None)
    monkeypatch.setattr("fer_xai.study.chunks.merge", lambda *given: None)
    for spoil in (remove, cut) if "cells" not in piece else (cut,):
        out = shutil.copytree(whole, tmp_path / spoil.__name__)
        (path,) = (path for path in pieces(out) if path.relative_to(out).parent.as_posix() == piece)
        spoil(path)
        run(out)
        assert runs.left(out) == runs.left(whole)


def test_a_turned_bit_is_found_wherever_it_is(whole, tmp_path):
    """One bit in each of many places; a piece may only be kept where it reads as before."""
    out, rng, unseen = tmp_path / "s", random.Random(0), []
    shutil.copytree(whole / "parts", out / "parts")
    shutil.copytree(whole / "maps", out / "maps")
    whole_again = {path: path.read_bytes() for path in pieces(out)}
    for _ in range(4):
        for path, content in whole_again.items():
            spoiled = bytearray(content)
            spoiled[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            path.write_bytes(spoiled)
        found = {out / path for path in discard_damaged(out)}
        unseen += [path for path in whole_again if path not in found and not reads_as(path, whole_again[path])]
    assert not unseen


def reads_as(path: Path, before: bytes) -> bool:
    from fer_xai.study.files import read_arrays, read_table

    twin = path.with_name(f"twin{path.suffix}")
    twin.write_bytes(before)
    try:
        if path.suffix == ".parquet":
            return read_table(path).equals(read_table(twin))
        one, two = read_arrays(path), read_arrays(twin)
        return one.keys() == two.keys() and all((one[name] == two[name]).all() for name in one if one[name].size)
    except (InputError, OSError):
        return False
    finally:
        twin.unlink()


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b"\xff\xfe", b""])
def test_a_spoiled_manifest_is_one_line_and_nothing_is_touched(whole, tmp_path, content):
    out = shutil.copytree(whole, tmp_path / "s")
    (out / "study.json").write_bytes(content)
    before = runs.left(out)
    with pytest.raises(InputError, match=r"study.json is damaged \(.*delete") as refused:
        run(out)
    assert "\n" not in str(refused.value)
    assert runs.left(out) == before


def test_a_reader_names_the_damaged_table_or_maps(whole, tmp_path):
    out = shutil.copytree(whole, tmp_path / "s")
    turn_a_bit(out / "regions.parquet")
    cut(next(out.glob("maps/gradcam/*.npz")))
    remove(next(out.glob("maps/shap-regions/*.npz")))
    study = Study(out)
    with pytest.raises(InputError, match=r"regions.parquet is damaged \("):
        study.table("regions")
    with pytest.raises(InputError, match=r"00000000.npz is damaged \("):
        study.maps("gradcam")
    with pytest.raises(InputError, match=r"00000000.npz is missing"):
        study.maps("shap:regions")


def test_what_the_system_refuses_is_no_damage(whole, tmp_path, monkeypatch):
    out = shutil.copytree(whole, tmp_path / "s")
    before = runs.left(out)

    def refuse(*given: object, **more: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("pandas.read_parquet", refuse)
    with pytest.raises(OSError, match="Too many open files"):
        run(out)
    assert runs.left(out) == before


class Killed(Exception):
    pass


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training that was killed after its last epoch."""
    split, epochs, out = seen_at_once(), [], tmp_path_factory.mktemp("training")

    def stop(line: str) -> None:
        epochs.append(line)
        if len(epochs) == 4:
            raise Killed

    with pytest.raises(Killed):
        fit(tiny(), split, split, out / "m.keras", report=stop)
    return out


@pytest.mark.parametrize(
    ("file", "spoil"),
    [
        *(("epoch-3.weights.h5", spoil) for spoil in (cut, empty, remove)),
        *(("best.weights.h5", spoil) for spoil in (cut, other_bytes)),
        *(("run.json", spoil) for spoil in (cut, empty, other_bytes, remove)),
        *(("m.history.csv", spoil) for spoil in (cut, empty, other_bytes)),
    ],
)
def test_a_spoiled_training_is_refused_in_one_line(stopped, tmp_path, file, spoil):
    split, out = seen_at_once(), shutil.copytree(stopped, tmp_path / "t")
    (path,) = out.rglob(file)
    spoil(path)
    with pytest.raises(InputError, match=r"delete|was not made by this training") as refused:
        fit(tiny(), split, split, out / "m.keras", report=lambda line: None)
    assert "\n" not in str(refused.value)
    assert not (out / "m.keras").exists()

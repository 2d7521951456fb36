"""What a report of very many faces takes: its tables are made up from those of a few, and it is told from them.

    python benchmarks/many_faces.py [--faces 1000000] [--out FOLDER]

A small study of the bundled faces is run; its rows, with new names and every share a little different, are the tables
of as many faces as asked for (maps and pixels are those of the few again and again). Prints seconds and the most memory
of summing up what adds up over faces, and of the report's pages.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fer_xai import load_classifier, load_faces
from fer_xai.report.render import render
from fer_xai.study import Study, run_study
from fer_xai.study.blind import BLIND, finish_blind
from fer_xai.study.profiles import Told
from fer_xai.study.statistics import splits_of, write_mask_statistics, write_region_statistics
from fer_xai.study.study import starts_of
from fer_xai.study.tables import codebooks_of, write_sums

METHOD, FEW, GROUP = "occlusion", 96, 4096


def main() -> None:
    """Make up the study, then measure each step in a process of its own, so that its memory is its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--step", choices=list(STEPS))
    options = parser.parse_args()
    if options.step:
        started = time.perf_counter()
        STEPS[options.step](Study(options.out))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        seconds = time.perf_counter() - started
        print(f"{options.faces:,} faces: {options.step} {seconds:.0f} s, at most {most:.2f} GB", flush=True)
        return
    out = options.out or Path(tempfile.mkdtemp())
    if not (out / "study.json").exists():
        make_up(out, options.faces)
    for step in STEPS:
        command = [sys.executable, __file__, "--out", str(out), "--faces", str(options.faces), "--step", step]
        subprocess.run(command, check=True)


def make_up(out: Path, faces: int) -> None:
    """Write the tables of a large study, and links to the maps of a small one."""
    with tempfile.TemporaryDirectory() as folder:
        small = run_study(load_classifier(), load_faces("sample")[:FEW], Path(folder, "small"), (METHOD,), trust=0)
        out.mkdir(parents=True, exist_ok=True)
        for name in small.tables:
            per_face = "face" in small.table(name) and len(small.table(name)) >= FEW
            source = small.path / f"{name}.parquet"
            multiply(source, out / source.name, faces) if per_face else shutil.copy(source, out / source.name)
        for name in ("regions", "profiles"):
            _split(out, name, faces)
        _cells(small.path, out, faces)
        _link(small.path, out, faces)
        manifest = small.manifest
        manifest["data"]["faces"] = faces
        (out / "study.json").write_text(json.dumps(manifest))


def multiply(source: Path, target: Path, faces: int) -> None:
    """Rows of the few faces, drawn with replacement, named anew, their numbers shaken a little."""
    table = pq.read_table(source).replace_schema_metadata(None)
    names = table["face"].to_pylist()
    place = {name: n for n, name in enumerate(dict.fromkeys(names))}
    owner = np.array([place[name] for name in names])
    rows_of = [np.flatnonzero(owner == n) for n in range(len(place))]
    rng = np.random.default_rng(0)
    with pq.ParquetWriter(target, table.schema, write_page_checksum=True) as writer:
        for start in range(0, faces, GROUP):
            drawn = rng.integers(0, len(place), min(GROUP, faces - start))
            which = [rows_of[n] for n in drawn]
            some = table.take(np.concatenate(which))
            named = np.repeat([f"made-up-{start + n}" for n in range(len(drawn))], [len(rows) for rows in which])
            some = some.set_column(
                some.schema.get_field_index("face"),
                table.schema.field("face"),
                pa.array(named.tolist(), table.schema.field("face").type),
            )
            for name in ("share", "mass_accuracy"):
                if name in some.column_names:
                    shaken = some[name].to_numpy() * rng.uniform(0.9, 1.1, len(some))
                    place_of = some.schema.get_field_index(name)
                    values = pa.array(shaken, table.schema.field(name).type, from_pandas=True)
                    some = some.set_column(place_of, table.schema.field(name), values)
            writer.write_table(some.cast(table.schema), row_group_size=max(1, len(some)))


def _split(out: Path, name: str, faces: int) -> None:
    """A table's rows as the chunks' parts, of the method and, the same files, of the maps that know nothing."""
    starts, whole = starts_of(faces), pq.ParquetFile(out / f"{name}.parquet")
    folders = [out / "parts" / name / folder for folder in (METHOD, *BLIND)]
    for folder in folders:
        folder.mkdir(parents=True)
    for number in range(whole.num_row_groups):
        group = whole.read_row_group(number)
        first = np.array([int(face.rpartition("-")[2]) for face in group["face"].to_pylist()]) // starts.step
        for chunk in np.unique(first):
            path = folders[0] / f"{chunk * starts.step:08d}.parquet"
            pq.write_table(group.filter(pa.array(first == chunk)), path)
            for folder in folders[1:]:
                os.link(path, folder / path.name)


def _cells(small: Path, out: Path, faces: int) -> None:
    folder = out / "parts" / "cells" / METHOD
    folder.mkdir(parents=True)
    one = next((small / "parts" / "cells" / METHOD).glob("*.parquet"))
    for start in starts_of(faces):
        shutil.copy(one, folder / f"{start:08d}.parquet")


def _link(small: Path, out: Path, faces: int) -> None:
    """Every chunk's maps and faces are the same file."""
    size = starts_of(faces).step
    for folder in (small / "maps").iterdir():
        parts = [dict(np.load(path)) for path in sorted(folder.glob("*.npz"))]
        whole = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
        again = np.arange(size) % FEW
        (out / "maps" / folder.name).mkdir(parents=True, exist_ok=True)
        one = out / "maps" / folder.name / "all.npz"
        np.savez(one, **{key: values[again] for key, values in whole.items()})
        for start in starts_of(faces):
            os.link(one, one.with_name(f"{start:08d}.npz"))


def statistics(study: Study) -> None:
    """S, separability, significance and the rest, from counts, sums and products."""
    told, starts = Told.of(study.table("predictions")), starts_of(study.manifest["data"]["faces"])
    splits = splits_of(told, study.table("landmarks"))
    write_mask_statistics(study, starts, told, splits, codebooks_of(study))
    write_region_statistics(study, starts, told, splits)
    finish_blind(study, starts, told)


STEPS: dict[str, Callable[[Study], object]] = {"sums": write_sums, "statistics": statistics, "pages": render}

if __name__ == "__main__":
    main()

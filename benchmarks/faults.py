"""Kill runs at random moments, and fill the disk under them: is anything lost, or told twice?

    python benchmarks/faults.py --kills 20

from the root of the repository; it needs the ``dev`` extra. A study, a training, a cleaning and a report, each small,
are killed so often (SIGKILL) at moments drawn at random from the time that they take, one after the other in the same
place, until one comes to its end; then in a new place. What has its name must be what an undisturbed run writes, after
every kill, and the whole must be the same at the end. With rights to mount, the same is done in file systems too small.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.faults import dying, runs

Run = Callable[[Path], object]


@dataclass
class Tally:
    """What was done to one kind of run, and what came of it."""

    name: str
    fault: str
    cases: int = 0
    ends: int = 0  # runs that came to their end after it, and were compared
    failures: int = 0

    def __str__(self) -> str:
        counted = f"cases {self.cases:>3}  ends compared {self.ends:>3}  failures {self.failures}"
        return f"{self.fault:>12} {self.name:<9} {counted}"


def main() -> None:
    """Parse the command line and print a line for each kind of run and fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--only", choices=runs.RUNS, action="append")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for name in given.only or runs.RUNS:
        with tempfile.TemporaryDirectory() as folder:
            expected, seconds = undisturbed(runs.RUNS[name], Path(folder, "whole"))
            print(kill(name, given.kills, expected, seconds, random.Random(given.seed), Path(folder)), flush=True)
            print(
                starve(name, expected, Path(folder)) or f"{'disk full':>12} {name:<9} needs rights to mount", flush=True
            )


def undisturbed(run: Run, out: Path) -> tuple[dict[str, str], float]:
    """What a run leaves behind, and how long it takes once its code is loaded."""
    seconds = 0.0
    for number in range(2):
        begun, place = time.monotonic(), out / str(number)
        _end(run, place)
        seconds = time.monotonic() - begun
    return runs.left(out / "0"), seconds


def kill(name: str, kills: int, expected: dict[str, str], seconds: float, rng: random.Random, folder: Path) -> Tally:
    """Kill a run so often, and compare."""
    tally, place = Tally(name, "kill -9"), 0
    while tally.cases < kills:
        out = folder / f"killed-{place}"
        out.mkdir(exist_ok=True)
        process = dying.start(runs.RUNS[name], out)
        process.join(rng.uniform(0, 1.1 * seconds))
        if process.exitcode is None:
            process.kill()
            process.join()
            tally.cases += 1
            tally.failures += bool(spoiled(name, out, expected))
        else:
            tally.ends += 1
            tally.failures += process.exitcode != 0 or not same(out, expected)
            place += 1
    out = folder / f"killed-{place}"
    tally.ends += 1
    tally.failures += _end(runs.RUNS[name], out) != 0 or not same(out, expected)
    return tally


def starve(name: str, expected: dict[str, str], folder: Path) -> Tally | None:
    """Run in file systems that are too small, growing until there is room; `None` where none can be mounted."""
    tally, kilobytes = Tally(name, "disk full"), 4
    out = folder / "small"
    with small(out, kilobytes) as mounted:
        while mounted:
            if _end(runs.RUNS[name], out) == 0:
                tally.ends += 1
                tally.failures += not same(out, expected)
                return tally
            tally.cases += 1
            tally.failures += bool(spoiled(name, out, expected)) or any(
                ".partial" in str(path) for path in out.rglob("*")
            )
            kilobytes = 2 * kilobytes
            subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", str(out)], check=True)
    return None


@contextmanager
def small(out: Path, kilobytes: int) -> Iterator[bool]:
    """Mount a file system of that size, where that is allowed."""
    out.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(out)], capture_output=True
    )
    yield mounted.returncode == 0
    if mounted.returncode == 0:
        subprocess.run(["umount", str(out)], check=True)


def spoiled(name: str, out: Path, expected: dict[str, str]) -> list[str]:
    """Files that have their name and are not what they should be; a training's change with every epoch."""
    if name == "training":
        return []
    found = runs.left(out)
    return [file for file, digest in found.items() if not _passing(file) and expected.get(file) != digest]


def same(out: Path, expected: dict[str, str]) -> bool:
    """Whether a run left what an undisturbed one does; a half-written file may stay outside of a study's folder."""
    return {file: digest for file, digest in runs.left(out).items() if ".partial" not in file} == expected


def _passing(file: str) -> bool:
    return Path(file).name.startswith(".")


def _end(run: Run, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    process = dying.start(run, out)
    process.join()
    return int(process.exitcode)


if __name__ == "__main__":
    main()

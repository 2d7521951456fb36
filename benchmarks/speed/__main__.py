"""How much more than its bare passes each method costs: ratios of medians, in one run.

    make bench            or: python benchmarks/speed [--model baseline-cnn --model NAME=FILE,SCALING …] [--faces 64]

A row per model and method: milliseconds per face of the bare passes (the floor) and of the method, with everything it
does besides (segments, masks, surrogate, drawing nothing), and their ratio. Results land in ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from floors import Bare
from models import BUILT, open_model
from ours import METHODS
from timing import in_turns, ratio

from fer_xai import Classifier, Faces, explain, load_faces
from fer_xai.training.machine import describe_machine

Row = dict[str, object]
RESULTS = Path(__file__).parents[1] / "results"


def rows_of(
    name: str, classifier: Classifier, faces: Faces, methods: list[str], repeats: int
) -> list[dict[str, object]]:
    """Time each method beside its floor."""
    bare, found = Bare(classifier, (*faces.size, faces.channels)), []
    for title in methods:
        timed = METHODS[title]
        floor = getattr(bare, timed.kind)(timed.passes * len(faces))

        def method(timed=timed) -> object:
            return explain(classifier, faces, timed.method, **timed.options)

        seconds = in_turns({"floor": floor, "method": method}, repeats)
        each = {key: float(np.median(values)) / len(faces) * 1000 for key, values in seconds.items()}
        cost = ratio(seconds["method"], seconds["floor"])
        found.append(
            {"model": name, "method": title, "passes": timed.passes, "kind": timed.kind, **each, "ratio": cost}
        )
        print(
            f"{name:<16} {title:<26} floor {each['floor']:>9.3f} ms  {each['method']:>9.3f} ms  × {cost:.3f}",
            flush=True,
        )
    return found


def main() -> None:
    """Time all, print, and keep the figures with what they were taken on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", help=f"{', '.join(BUILT)} or NAME=FILE,SCALING")
    parser.add_argument("--method", action="append", choices=list(METHODS))
    parser.add_argument("--faces", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    faces = load_faces("sample")[: options.faces]
    rows: list[Row] = []
    for given in options.model or ["baseline-cnn"]:
        name, classifier = open_model(given)
        rows += rows_of(name, classifier, faces, options.method or list(METHODS), options.repeats)
    RESULTS.mkdir(exist_ok=True)
    kept = {"machine": describe_machine(), "faces": len(faces), "repeats": options.repeats, "rows": rows}
    path = RESULTS / f"speed-{datetime.date.today().isoformat()}.json"
    path.write_text(json.dumps(kept, indent=1) + "\n")
    print(path)


if __name__ == "__main__":
    main()

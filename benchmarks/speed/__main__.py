"""How much more than its bare passes each method costs, and how much less than others: ratios of medians, in one run.

    make bench            or: python benchmarks/speed [--model baseline-cnn --model NAME=FILE,SCALING …] [--faces 64]

A row per model and method: milliseconds per face of the bare passes (the floor) and of the method, with everything it
does besides (segments, masks, surrogate, drawing nothing), and their ratio. Then, on the baseline CNN, a row per method
of another package, in its best and in its ordinary use, beside ours on the same faces. Results, with versions and
machine, land in ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from floors import Bare
from models import BUILT, open_model
from ours import METHODS, Timed
from peers import Given, Peer, present
from timing import in_turns, ratio

from fer_xai import Classifier, Faces, explain, load_faces
from fer_xai.training.machine import describe_machine

Row = dict[str, object]
MOST_PASSES = 20_000  # of a timed job
PEERS_ON = "baseline-cnn"
PACKAGES = ("tensorflow", "keras", "lime", "shap", "tf-keras-vis", "xplique", "tf-explain")
RESULTS = Path(__file__).parents[1] / "results"


def rows_of(
    name: str, classifier: Classifier, faces: Faces, methods: list[str], repeats: int
) -> list[dict[str, object]]:
    """Time each method beside its floor, on fewer faces where it takes many passes."""
    bare, found = Bare(classifier, (*faces.size, faces.channels)), []
    for title in methods:
        timed = METHODS[title]
        some = faces[: max(1, MOST_PASSES // timed.passes)]
        floor = getattr(bare, timed.kind)(timed.passes * len(some))

        def method(timed: Timed = timed, some: Faces = some) -> object:
            return explain(classifier, some, timed.method, **timed.options)

        seconds = in_turns({"floor": floor, "ours": method}, repeats)
        each = {key: float(np.median(values)) / len(some) * 1000 for key, values in seconds.items()}
        cost = ratio(seconds["ours"], seconds["floor"])
        told = {"model": name, "method": title, "passes": timed.passes, "kind": timed.kind, "faces": len(some)}
        found.append({**told, **each, "ratio": cost})
        print(
            f"{name:<16} {title:<26} floor {each['floor']:>9.3f} ms  {each['ours']:>9.3f} ms  × {cost:.3f}", flush=True
        )
    return found


def beside(peer: Peer, classifier: Classifier, faces: Faces, repeats: int) -> Row:
    """Time ours beside a peer's on the same faces, warmed up."""
    some, timed = faces[: peer.faces], METHODS[peer.ours]
    jobs = {
        "ours": lambda: explain(classifier, some, timed.method, **timed.options),
        "peer": peer.prepare(Given(classifier, some)),
    }
    seconds = in_turns(jobs, repeats)
    each = {key: float(np.median(values)) / len(some) * 1000 for key, values in seconds.items()}
    times = ratio(seconds["peer"], seconds["ours"])
    print(
        f"{peer.ours:<26} {peer.package:<16} {peer.use:<9} {each['peer']:>10.3f} ms  ours {each['ours']:>9.3f} ms  "
        f"{times:>7.2f} × as long",
        flush=True,
    )
    return {"method": peer.ours, "package": peer.package, "use": peer.use, "faces": len(some), **each, "ratio": times}


def main() -> None:
    """Time all, print, and keep the figures with what they were taken on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", help=f"{', '.join(BUILT)} or NAME=FILE,SCALING")
    parser.add_argument("--method", action="append", choices=list(METHODS))
    parser.add_argument("--no-peers", action="store_true", help="only ours and its floors")
    parser.add_argument("--faces", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    faces = load_faces("sample")[: options.faces]
    methods = options.method or list(METHODS)
    for given in options.model or [PEERS_ON]:
        name, classifier = open_model(given)
        rows, others = rows_of(name, classifier, faces, methods, options.repeats), []
        if name == PEERS_ON and not options.no_peers:
            peers, missing = present()
            if missing:
                print(f"not installed, so not compared: {', '.join(missing)} (make bench installs them)")
            others = [beside(peer, classifier, faces, options.repeats) for peer in peers if peer.ours in methods]
        # A part of the methods must not stand in for all of them in the documentation.
        print(
            "not kept: some methods only" if options.method else kept(name, rows, others, len(faces), options.repeats)
        )


def kept(model: str, rows: list[Row], others: list[Row], faces: int, repeats: int) -> Path:
    """Write what was measured of a model, with what it was measured on."""
    told = {
        "model": model,
        "date": datetime.date.today().isoformat(),
        "machine": describe_machine(),
        "versions": {name: version(name) for name in PACKAGES if find_spec(name.replace("-", "_"))},
        "faces": faces,
        "repeats": repeats,
        "rows": rows,
        "peers": others,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"speed-{told['date']}-{model}.json"
    path.write_text(json.dumps(told, indent=1) + "\n")
    return path


if __name__ == "__main__":
    main()

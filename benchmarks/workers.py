"""How much quicker two processes explain than one, each held to one thread.

    python benchmarks/workers.py [--faces 192] [--samples 500] [--repeats 3]

Both are begun anew each time, take turns, and write the same bytes. Prints the seconds and their ratio.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
os.environ["TF_NUM_INTEROP_THREADS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent / "speed"))

import numpy as np
from timing import in_turns, ratio

from fer_xai import load_classifier, load_faces
from fer_xai.faces import Faces
from fer_xai.study import run_study
from fer_xai.study.workers.processes import Processes

METHOD = "lime:slic"


def main() -> None:
    """Time both by turns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=192)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    classifier, sample = load_classifier("baseline-cnn"), load_faces("sample")
    images = np.concatenate([sample.images()] * (options.faces // len(sample) + 1))[: options.faces]
    faces = Faces.from_array(images)

    def study(count: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            chosen = {METHOD: {"samples": options.samples}}
            run_study(classifier, faces, folder, (METHOD,), options=chosen, trust=0, workers=Processes(count))

    seconds = in_turns({"one": lambda: study(1), "two": lambda: study(2)}, options.repeats)
    for name, values in seconds.items():
        print(f"{name}: {np.median(values):.1f} s (of {', '.join(f'{value:.1f}' for value in values)})")
    print(f"two are {ratio(seconds['one'], seconds['two']):.2f} × as quick")


if __name__ == "__main__":
    main()

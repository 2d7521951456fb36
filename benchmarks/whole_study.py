"""What a whole study with its report takes, beside the bare passes of its methods; and its memory as it goes on.

    python benchmarks/whole_study.py [--data fer2013.csv --split test] [--faces 300] [--samples 1000]

LIME by three segmenters, occlusion, Grad-CAM, saliency and region SHAP; landmarks, tables, statistics, report; without
the measurement of which method to believe, which is a study of its own. Between methods some bare passes are timed, and
their time taken off again, so that what the machine does besides falls on both alike.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent / "speed"))

import numpy as np
from floors import BATCH, Bare

from fer_xai import load_classifier, load_faces
from fer_xai.report.render import render
from fer_xai.study import Study, run_study

MODEL = "baseline-cnn"
LIMES = ("lime:felzenszwalb", "lime:quickshift", "lime:slic")
FORWARD = {"occlusion": 122, "shap:regions": 256}
GRADIENT = {"gradcam": 1, "saliency": 1}


class Watch:
    """Seconds of bare passes, timed now and then, and memory; called by the study as it goes on."""

    def __init__(self, bare: Bare) -> None:
        self.forward, self.gradient = bare.forward(4 * BATCH), bare.gradient(BATCH)
        self.seconds: dict[str, list[float]] = {"forward": [], "gradient": []}
        self.memory: list[tuple[int, float]] = []
        self.off = 0.0
        for job in (self.forward, self.gradient):
            job()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Time both kinds of passes, per face, and read the memory in GB."""
        started = time.perf_counter()
        for kind, job, rows in (("forward", self.forward, 4 * BATCH), ("gradient", self.gradient, BATCH)):
            begun = time.perf_counter()
            job()
            self.seconds[kind].append((time.perf_counter() - begun) / rows)
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.memory.append((done, pages * os.sysconf("SC_PAGE_SIZE") / 2**30))
        self.off += time.perf_counter() - started

    def per_face(self, kind: str) -> float:
        """Mean seconds of a pass."""
        return float(np.mean(self.seconds[kind]))


def main() -> None:
    """Run, and print seconds, floors and memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="sample")
    parser.add_argument("--split")
    parser.add_argument("--faces", type=int, default=300)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    classifier, faces = load_classifier(MODEL), load_faces(options.data, options.split, limit=options.faces)
    watch = Watch(Bare(classifier, (*faces.size, faces.channels)))
    out = options.out or Path(tempfile.mkdtemp(), "study")
    methods = (*LIMES, *FORWARD, *GRADIENT)
    samples = {name: {"samples": options.samples} for name in LIMES}
    ends: dict[str, float] = {}

    def tell(study: Study) -> None:
        ends["explained, added up and tested"] = time.perf_counter()

    started, ends = time.perf_counter(), {}
    study = run_study(classifier, faces, out, methods, options=samples, trust=0, track=watch, ready=tell)
    render(study)
    ends["pages"] = time.perf_counter()
    passes = study.table("sampling").groupby("method")["passes"].mean()
    print(f"{len(faces)} faces; passes per face: " + ", ".join(f"{name} {mean:.0f}" for name, mean in passes.items()))
    forward = float(sum(passes.get(name, FORWARD.get(name, 0)) for name in (*LIMES, *FORWARD)))
    floor = len(faces) * (forward * watch.per_face("forward") + sum(GRADIENT.values()) * watch.per_face("gradient"))
    for what, moment in ends.items():
        print(f"{what}: after {moment - started - watch.off:.0f} s")
    whole = ends["pages"] - started - watch.off
    print(f"floor {floor:.0f} s, whole {whole:.0f} s: × {whole / floor:.3f}")
    print(
        "memory (GB) on the way: "
        + ", ".join(f"{gb:.2f}" for _, gb in watch.memory[:: max(1, len(watch.memory) // 12)])
    )
    print(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


if __name__ == "__main__":
    main()

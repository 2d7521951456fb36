"""What is killed, starved and spoiled: a study, a training, a cleaning and a report, each small, each whole."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py

# All that a run imports on its way, so that a child forked from here need not.
import tensorflow as tf  # noqa: F401

import fer_xai.cli.app as cli
import fer_xai.report as reports
from fer_xai.charts import Chart
from fer_xai.classifier import Classifier
from fer_xai.faces import Faces
from fer_xai.faces.drawn import draw
from fer_xai.report import drawn
from fer_xai.study import Study, run_study
from fer_xai.training.fit import fit
from tests.report.fake_study import make_study
from tests.stubs import STUBS
from tests.training.stubs import seen_at_once, tiny

METHODS = ("gradcam", "shap:regions")


def faces() -> Faces:
    """Thirty-four drawn faces with their labels: two chunks."""
    return draw(34).faces


def study(out: Path, of: Faces | None = None, **more: Any) -> Study:
    """Study the faces by a random model."""
    settings: dict[str, Any] = {"methods": METHODS, "seed": 3, "trust": 0}
    return run_study(Classifier(STUBS["softmax_in_dense"]()), of or faces(), out, **{**settings, **more})


def train(out: Path) -> None:
    """Train the tiny recipe for four epochs."""
    split = seen_at_once()
    fit(tiny(), split, split, out / "m.keras", report=lambda line: None)


def clean(out: Path) -> None:
    """Look for doubtful ones among the bundled faces, as a person does it."""
    out.mkdir(exist_ok=True)
    command = ["clean", "--checks", "exact_copies,constant", "--out", str(out / "t.csv"), "--sheet", str(out / "t.png")]
    with contextlib.redirect_stdout(io.StringIO()):
        code = cli.app([*command, "--quiet", "--json"], standalone_mode=False)
    if code:
        raise SystemExit(code)


def report(out: Path) -> None:
    """Write the pages of a study that was made up, without the time that charts take."""
    out.mkdir(exist_ok=True)
    Chart.svg = lambda chart: b"<svg/>"  # type: ignore[method-assign]
    drawn.THEMES = ("light",)  # type: ignore[assignment]
    reports.render(make_study(out, faces=20, methods=("occlusion", "gradcam")))  # type: ignore[arg-type]


RUNS: dict[str, Callable[[Path], Any]] = {"study": study, "training": train, "cleaning": clean, "report": report}


def left(out: Path) -> dict[str, str]:
    """What a run left behind: a digest of each file by its name, of a model its weights, of times nothing."""
    return {path.relative_to(out).as_posix(): _digest(path) for path in sorted(out.rglob("*")) if path.is_file()}


def _digest(path: Path) -> str:
    if path.name == "seconds.json":
        return ""
    if path.suffix == ".keras":  # holds the time, and numbers that Keras gives to layers
        with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as weights, h5py.File(weights) as file:
            found: list[bytes] = []
            file.visititems(lambda name, item: found.append(item[()].tobytes()) if hasattr(item, "dtype") else None)
        return hashlib.sha256(b"".join(found)).hexdigest()
    return hashlib.sha256(path.read_bytes()).hexdigest()

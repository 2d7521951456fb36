"""The tables ``trust``, ``trust_faces`` and ``method_agreement``: which method to believe, on a sample of the faces."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fer_xai.classifier import Classifier
from fer_xai.engine import engine_for
from fer_xai.errors import InputError
from fer_xai.evaluation.trust import (
    Units,
    complexity,
    deletion_insertion,
    faithfulness_correlation,
    joined,
    method_agreement,
    region_agreement,
    summarise_trust,
    truth_agreement,
)
from fer_xai.evaluation.trust.attribute import Attribute
from fer_xai.evaluation.trust.grain import grain
from fer_xai.evaluation.trust.sanity import randomization
from fer_xai.evaluation.trust.score import beside_rows, faithfulness_rows
from fer_xai.evaluation.trust.stability import stability
from fer_xai.explainers import Explainer
from fer_xai.explainers.target import Target, resolve_target
from fer_xai.faces import Faces
from fer_xai.faces.faces import stratified
from fer_xai.faces.formats import drawn
from fer_xai.faces.seeds import face_seeds
from fer_xai.facs import FaceMasks, blind_maps
from fer_xai.few import FEWEST
from fer_xai.study import chunks
from fer_xai.study.explaining_again import attributers
from fer_xai.study.files import write_table
from fer_xai.study.study import Study

MOST = 48  # faces by default
_SHARE, _SHARE_AGAIN = 8, 44  # one face in so many is measured, and explained again
# With fewer no test, corrected over eight methods, can tell anything; of one or two explained again nothing is told.
_LEAST, _LEAST_AGAIN = 12, FEWEST

_ASKING = "asking which method to believe, by questions"
_STEPS = 10
_NOISE = 1  # the stream of the noise map

Measurement = tuple[str, Callable[[], pd.DataFrame]]


def sample_sizes(total: int, asked: int | None = None) -> tuple[int, int]:
    """How many faces of a study are measured, and on how many of these methods run again.

    Where nobody says how many, meant to add at most a quarter to the time of a study: .21 was measured at 350 faces; of
    fewer than 130 it is more. None of fewer than 12. What is `asked` for is done, with a quarter of it explained again.
    """
    if asked is not None:
        whole = min(asked, total)
        return whole, max(whole // 4, min(_LEAST_AGAIN, whole))
    if total < _LEAST:
        return 0, 0
    whole = min(MOST, max(_LEAST, total // _SHARE))
    return whole, min(MOST // 4, max(_LEAST_AGAIN, total // _SHARE_AGAIN), whole)


@dataclass(frozen=True)
class Sample:
    """Some faces of a study with all that is known of them.

    Attributes
    ----------
    places : ndarray (n,) of int
        Their places in the study, ascending.
    again : ndarray (m,) of int
        Which of the n are explained again.
    faces : Faces
    targets : tuple of str
    weights : ndarray (n, E)
        The target; the score of a pass is Σ weights · probabilities.
    seeds : list of list of int
    maps : dict of str to ndarray (n, H, W)
        The study's maps by method, then those of maps that are no explanations.
    masks, fine_masks : ndarray (n, R, H, W)
        The coarse and the fine regions.
    truth : ndarray (n, H, W) of bool, optional
        The pixels that tell the label, where that is known: on drawn faces.
    seed : int
        The study's.
    """

    places: np.ndarray
    again: np.ndarray
    faces: Faces
    targets: tuple[str, ...]
    weights: np.ndarray
    seeds: tuple[list[int], ...]
    maps: dict[str, np.ndarray]
    masks: np.ndarray
    fine_masks: np.ndarray
    truth: np.ndarray | None
    seed: int

    @classmethod
    def draw(cls, study: Study, count: int, again: int, target: Target) -> Sample:
        """Draw faces, each emotion (label, or prediction where there is none) in its share."""
        predictions, seed = study.table("predictions"), study.manifest["seed"]
        grouped = list(predictions["label"].fillna(predictions["predicted"]))
        # A smaller sample of the same seed is part of a larger one.
        places, some = (stratified(grouped, n, seed) for n in (count, again))
        faces = study.faces_of(places)
        said = predictions["predicted"].iloc[places].tolist()
        targets, weights = resolve_target(target, said, faces.labels, study.manifest["model"]["emotions"])
        seeds = face_seeds(faces.images(), seed)
        noise = [np.random.default_rng([*own, _NOISE]).normal(size=faces.size) for own in seeds]
        maps = {method: study.maps(method, places)[0] for method in study.methods}
        maps |= {"random": np.array(noise, np.float32), **blind_maps(faces)}
        painted = FaceMasks.paint(faces, study.landmarks_of(places))
        masks = (painted.level("coarse"), painted.level("fine"))
        truth = _truth(study, faces)
        return cls(places, np.searchsorted(places, some), faces, targets, weights, seeds, maps, *masks, truth, seed)


def _truth(study: Study, faces: Faces) -> np.ndarray | None:
    """The pixels that tell each face's label, where the study is of drawn faces."""
    source = study.manifest["data"]["source"]
    if not drawn.reads(source):
        return None
    drawing = drawn.drawing(source, faces.size)
    return drawing[pd.Index(drawing.faces.ids).get_indexer(list(faces.ids))].truth


def discard_trust(out: Path) -> None:
    """Remove what was measured with other methods beside it."""
    for name in ("trust", "trust_faces", "method_agreement"):
        (out / f"{name}.parquet").unlink(missing_ok=True)
    for folder in (out / "parts").glob("trust-*"):
        shutil.rmtree(folder)


def write_trust(
    study: Study,
    classifier: Classifier,
    explainers: Sequence[Explainer],
    target: Target,
    sizes: tuple[int, int],
    track: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> None:
    """Measure which of a study's methods to believe, and write the tables.

    Each measurement is kept as soon as it is made, so that a stopped run goes on where it was.

    Parameters
    ----------
    study : Study
        All of its faces explained.
    classifier : Classifier
    explainers : sequence of Explainer
        Of the study's methods.
    target : str
        The study's.
    sizes : tuple of int
        How many faces to measure, and on how many of these to run the methods again: see `sample_sizes`.
    track : callable
        Called with (what, done, total); `what` ends with the measurement.
    """
    whole, again = sizes
    sample = Sample.draw(study, whole, again, target)
    measurements = [*_from_maps(sample, classifier), *_explained_again(sample, classifier, explainers)]
    tables = []
    for done, (name, measure) in enumerate(measurements):
        track(f"{_ASKING}, now {name}", done, len(measurements))
        path = chunks.table(study.path, f"trust-{whole}-{again}/{name}", 0)
        if not path.exists():
            write_table(path, measure())
        tables.append(pd.read_parquet(path))
    rows = joined([table for table in tables if len(table)])
    score = faithfulness_rows(rows)
    rows = joined([score, beside_rows(score, study.methods), rows])
    write_table(study.path / "trust.parquet", summarise_trust(rows, study.manifest["seed"]))
    rows.insert(1, "face", np.array(sample.faces.ids, object)[rows["row"].astype(int)])
    write_table(study.path / "trust_faces.parquet", rows)
    write_table(study.path / "method_agreement.parquet", method_agreement(sample.maps))
    track(_ASKING, len(measurements), len(measurements))


def _from_maps(sample: Sample, classifier: Classifier) -> Iterator[Measurement]:
    """What the study's maps are enough for: masked passes, shared by all methods."""
    engine, size = engine_for(classifier), sample.faces.size
    known = (engine, sample.faces.images(), sample.weights, sample.maps, sample.seeds)
    regions = Units.segments("regions", sample.masks.argmax(axis=1))
    units = (Units.cells(len(sample.places), size), regions, Units.pixels(len(sample.places), size))
    for unit in units:
        yield f"hiding-{unit.name}", partial(deletion_insertion, *known, unit, steps=_STEPS, draws=1)
    yield "correlation", partial(faithfulness_correlation, *known, units[0])
    yield "complexity", partial(complexity, sample.maps)
    yield "grain", partial(grain, sample.maps, sample.masks[:, 1:])  # the background is no region
    yield "regions", partial(region_agreement, *known, sample.fine_masks, "fine regions")
    if sample.truth is not None:
        yield "truth", partial(truth_agreement, sample.maps, sample.truth, sample.seeds)


def _explained_again(sample: Sample, classifier: Classifier, explainers: Sequence[Explainer]) -> Iterator[Measurement]:
    """What needs new maps: of changed faces, and of a model with random weights."""
    methods = attributers(explainers, [sample.targets[place] for place in sample.again])
    maps = {name: sample.maps[name][sample.again] for name in methods}
    known = (classifier, sample.faces.images()[sample.again], methods, maps, sample.seed)
    for name, measure in (("sanity", _sanity), ("stability", stability)):
        yield name, partial(_placed, measure, known, sample.again)


def _sanity(
    classifier: Classifier,
    faces: np.ndarray,
    methods: dict[str, Attribute],
    maps: dict[str, np.ndarray],
    seed: int,
) -> pd.DataFrame:
    try:
        return randomization(classifier, faces, methods, maps, seed, draws=1)
    except InputError:  # a black box shows no weights; the verdict says so
        return joined([])


def _placed(measure: Callable[..., pd.DataFrame], known: tuple[Any, ...], places: np.ndarray) -> pd.DataFrame:
    """Rows of the faces explained again, numbered by their place in the whole sample."""
    rows = measure(*known)
    return rows.assign(row=places[rows["row"].to_numpy(int)])

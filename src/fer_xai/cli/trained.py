"""One call of ``fer-xai train``: the faces, the training, and what stands beside the model afterwards."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fer_xai.classifier import load_classifier
from fer_xai.evaluation.accuracy import confusion_matrix, mean_diagonal, measure_accuracy
from fer_xai.faces import Faces, load_faces
from fer_xai.training.card import write_card
from fer_xai.training.checkpoints import Row, best_epoch, seconds_of, write_text
from fer_xai.training.curves import write_curves
from fer_xai.training.data import SIDE, Parts, arrays, split
from fer_xai.training.ensemble import train_members
from fer_xai.training.fit import Track, fit
from fer_xai.training.machine import describe_machine
from fer_xai.training.recipe import Recipe


@dataclass
class Run:
    """What a training was asked for, and what came of it."""

    recipe: Recipe
    data: str
    out: Path
    protocol: str
    backbone_weights: str
    extra_test: Path | None
    limit: int | None
    seed: int
    precision: str
    ferplus: Path | None
    cleaning: Path | None
    overrides: list[str] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def go(self, report: Callable[[str], None], track: Track) -> None:
        """Train on what was read, or go on with training."""
        train, validation = (arrays(self.recipe, faces) for faces in (self.parts.train, self.parts.validation))

        def one(recipe: Recipe, out: Path) -> list[Row]:
            weights = self.backbone_weights if recipe.backbone is not None else "none"
            return fit(recipe, train, validation, out, self.seed, self.precision, weights, report, track)

        if self.recipe.members:
            train_members(self.recipe, self.out, one)
        else:
            self.history = one(self.recipe, self.out)

    def read(self) -> None:
        """Read the faces and split them."""
        everything = load_faces(self.data, ferplus=self.ferplus, cleaning=self.cleaning, size=(SIDE, SIDE))
        dropped = Counter(label for label in everything.labels if label in self.recipe.dropped)
        self.left_out = {str(emotion): count for emotion, count in dropped.items()}
        faces = load_faces(everything, drop=self.recipe.dropped, limit=self.limit, seed=self.seed)
        self.parts: Parts = split(self.recipe, faces, self.protocol, self.seed)

    def extra(self) -> Faces | None:
        """The user's own test faces, of the emotions that the recipe knows."""
        if self.extra_test is None:
            return None
        return load_faces(str(self.extra_test), drop=self.recipe.dropped, size=(SIDE, SIDE))


def write_beside(run: Run) -> dict[str, Any]:
    """Measure the model and write its side-car, card, curves and record; returns the record."""
    classifier = load_classifier(run.out, emotions=run.recipe.emotions, scaling="unit")
    record = _record(run, classifier.model)
    beside = {suffix: run.out.with_suffix(suffix) for suffix in (".md", ".json", ".svg")}
    write_text(beside[".json"], json.dumps(record, indent=1, ensure_ascii=False))
    write_text(beside[".md"], write_card(record, run.recipe))
    if run.history:
        write_curves(run.history, record["best_epoch"] - 1, run.recipe.name, beside[".svg"])
    return record


def _record(run: Run, model: Any) -> dict[str, Any]:
    recipe, parts = run.recipe, run.parts
    test = None if parts.test is None else (parts.test.labels, _answers(recipe, model, parts.test))
    extra = run.extra()
    both = None
    if extra is not None:
        labels, answers = test or ((), [])
        both = ((*labels, *extra.labels), [*answers, *_answers(recipe, model, extra)])
    validation = (parts.validation.labels, _answers(recipe, model, parts.validation))
    confusion = confusion_matrix(*test, recipe.emotions) if test else None
    return {
        "recipe": recipe.name,
        "document": recipe.document,
        "model": run.out.name,
        "data": Path(run.data).name,
        "parameters": int(model.count_params()),
        "emotions": list(recipe.emotions),
        "labels": recipe.labels,
        "protocol": run.protocol,
        "split": parts.described,
        "faces": {name: len(getattr(parts, name) or ()) for name in ("train", "validation", "test")},
        "train_faces": {emotion: parts.train.labels.count(emotion) for emotion in recipe.emotions},
        "left_out": run.left_out,
        "limit": run.limit,
        "cleaning": run.cleaning.name if run.cleaning else None,
        "seed": run.seed,
        "precision": run.precision,
        "backbone_weights": _told(run),
        "settings": _settings(recipe),
        "overrides": run.overrides,
        "machine": describe_machine(),
        **_epochs(run),
        "test": _accuracy(test),
        "extra": _accuracy(both),
        "validation": _accuracy(validation),
        "always": _always(parts.test or parts.validation),
        "per_output": _per_output(recipe, model, parts.test),
        "mean_diagonal": mean_diagonal(confusion) if confusion is not None else None,
        "recalls": _recalls(confusion),
        "test_faces": {} if confusion is None else {e: int(confusion.loc[e].sum()) for e in confusion.columns},
        "reported": dataclasses.asdict(recipe.reported),
        "note": "",
    }


def _always(faces: Faces) -> dict[str, Any]:
    """What always giving the commonest label reaches: a net below it has learnt nothing."""
    (emotion, count), *_ = Counter(faces.labels).most_common(1)
    return {"emotion": emotion, "accuracy": count / len(faces)}


def _probabilities(recipe: Recipe, model: Any, faces: Faces) -> np.ndarray:
    pixels, _ = arrays(recipe, faces)
    return model.predict(pixels.astype(np.float32) / np.float32(255), batch_size=256, verbose=0)


def _answers(recipe: Recipe, model: Any, faces: Faces) -> list[str]:
    return [recipe.emotions[n] for n in _probabilities(recipe, model, faces).argmax(axis=1)]


def _per_output(recipe: Recipe, model: Any, faces: Faces | None) -> float | None:
    """Share of all outputs on the right side of one half: Keras's binary accuracy, which a document quotes."""
    if faces is None:
        return None
    _, labels = arrays(recipe, faces)
    wanted = np.eye(len(recipe.emotions), dtype=bool)[labels]
    return float(((_probabilities(recipe, model, faces) > 0.5) == wanted).mean())


def _accuracy(pair: Any) -> dict[str, Any] | None:
    measured = measure_accuracy(*pair) if pair else None
    if measured is None:
        return None
    return {"accuracy": measured.value, "low": measured.low, "high": measured.high, "n": measured.n}


def _recalls(confusion: Any) -> dict[str, float | None]:
    if confusion is None:
        return {}
    sizes = confusion.sum(axis=1)
    return {e: float(confusion.loc[e, e] / sizes[e]) if sizes[e] else None for e in confusion.columns}


def _told(run: Run) -> str | None:
    """The backbone's weights without the folder they lay in."""
    if run.recipe.backbone is None and not run.recipe.members:
        return None
    return Path(run.backbone_weights).name


def _settings(recipe: Recipe) -> str:
    """The recipe's settings in a few words."""
    phases = [
        f"{phase.epochs} epochs ({phase.trainable}) at {phase.learning_rate:g}, {type(phase.schedule).__name__.lower()}"
        + (f", patience {phase.patience}" if phase.patience else "")
        for phase in recipe.phases
    ]
    optimizer = getattr(recipe.optimizer, "func", recipe.optimizer).__name__
    words = [optimizer, f"batches of {recipe.batch_size}", f"at most {'; then '.join(phases)}", repr(recipe.loss)]
    words += [recipe.balance] * (recipe.balance != "none") + ["augmented"] * (recipe.augment is not None)
    return ", ".join(words)


def _epochs(run: Run) -> dict[str, Any]:
    if not run.history:
        return {"epochs": None, "best_epoch": None, "seconds": None, "train": None}
    kept = best_epoch(run.history, run.recipe.watch)
    return {
        "epochs": len(run.history),
        "best_epoch": int(kept["epoch"]) + 1,
        "seconds": sum(seconds_of(run.out)),
        "train": {"accuracy": kept["accuracy"]},
    }

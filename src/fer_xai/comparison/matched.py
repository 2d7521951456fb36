"""The studies of several models, face by face: who is right where, and for which emotion a face counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from fer_xai.errors import InputError
from fer_xai.study import Study

_ALIKE = {"seed": "seeds", "target": "targets", "methods": "methods or settings of methods"}


@dataclass(frozen=True)
class Matched:
    """Studies of the same faces by the same methods.

    Attributes
    ----------
    studies : dict of str to Study
        By model.
    predictions : dict of str to DataFrame
        Each study's table, rows in the same order of faces.
    """

    studies: dict[str, Study]
    predictions: dict[str, pd.DataFrame]

    @classmethod
    def of(cls, studies: Mapping[str, Study]) -> Matched:
        """Match studies.

        Raises
        ------
        InputError
            If there are fewer than two, or they are of other faces, methods, targets or seeds.
        """
        if len(studies) < 2:
            raise InputError(f"received {len(studies)} study to compare: give two or more")
        (first, reference), *rest = studies.items()
        for name, study in rest:
            if study.manifest["data"]["content"] != reference.manifest["data"]["content"]:
                raise InputError(f"{first} and {name} were studied on other faces: run both on the same data and split")
            for key, words in _ALIKE.items():
                if study.manifest[key] != reference.manifest[key]:
                    raise InputError(f"{first} and {name} were studied with other {words}: run both alike")
        return cls(dict(studies), {name: study.table("predictions") for name, study in studies.items()})

    @property
    def models(self) -> list[str]:
        """Names of the models."""
        return list(self.studies)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every two models, in their order."""
        return list(combinations(self.models, 2))

    @property
    def reference(self) -> Study:
        """The first study: what all have in common may be read from it."""
        return self.studies[self.models[0]]

    @property
    def methods(self) -> list[str]:
        """The methods of all studies."""
        return self.reference.methods

    @property
    def seed(self) -> int:
        """The seed of all studies."""
        return int(self.reference.manifest["seed"])

    @property
    def faces(self) -> tuple[str, ...]:
        """Names of the faces."""
        return tuple(map(str, self.predictions[self.models[0]]["face"]))

    @property
    def labels(self) -> np.ndarray:
        """Each face's label, (N,); None where it has none."""
        column = self.predictions[self.models[0]]["label"]
        return np.array([label if isinstance(label, str) else None for label in column], object)

    def emotions(self, model: str) -> tuple[str, ...]:
        """A model's emotions in its own order."""
        return tuple(self.studies[model].manifest["model"]["emotions"])

    def answers(self, model: str) -> np.ndarray:
        """What a model calls each face, (N,)."""
        return self.predictions[model]["predicted"].to_numpy(object)

    def probabilities(self, model: str) -> np.ndarray:
        """A model's probabilities (N, E), columns in its own order."""
        columns = [f"p_{emotion}" for emotion in self.emotions(model)]
        return self.predictions[model][columns].to_numpy(np.float64)

    def right(self, model: str) -> np.ndarray:
        """Which faces a model calls by their label, bool (N,); unlabelled ones are not right."""
        return np.asarray(self.labels == self.answers(model), bool)

    @property
    def grouped(self) -> np.ndarray:
        """The emotion each face counts for, (N,): its label, else what *all* models call it, else None."""
        answers = np.stack([self.answers(model) for model in self.models])
        agreed = np.where((answers == answers[0]).all(axis=0), answers[0], None)
        return np.where(self.labels == None, agreed, self.labels)  # noqa: E711  (elementwise)

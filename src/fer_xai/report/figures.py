"""A study's tables, read once and put in the order in which the report tells them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from fer_xai.charts.words import in_method_order, in_region_order
from fer_xai.errors import InputError
from fer_xai.evaluation.accuracy import measure_mean_diagonal
from fer_xai.evaluation.intervals import Estimate
from fer_xai.evaluation.trust.sentence import most_faithful
from fer_xai.evaluation.trust.verdict import judge
from fer_xai.faces.landmarks import OWN
from fer_xai.facs.enrichment import enrichment_of_sums
from fer_xai.few import FEWEST
from fer_xai.study.blind import chance_of_s
from fer_xai.study.study import Study

_COLUMNS = {
    "predictions": "face label predicted correct",
    "landmarks": "face landmarks score",
    "region_sums": "method level region own n area known share known_area squares products area_squares",
    "agreement_means": "method codebook emotion "
    "area mass_accuracy mass_accuracy_blob rank_accuracy pointing iou iou_chance n low high",
    "counts": "emotion method level region n counted frequency low high chance share "
    "log2_enrichment log2_enrichment_low log2_enrichment_high",
    "specificity": "method codebook value low high p n emotions left_out",
    "matrix": "method codebook emotion mask log2_enrichment",
    "ablation": "emotion region fill n recall recall_control cost cost_low cost_high "
    "cost_beyond_control cost_beyond_control_low cost_beyond_control_high",
    "separability": "method value low high chance p n",
    "separability_blind": "method value low high chance p n",
    "specificity_blind": "method codebook value low high p n",
    "own_regions": "method emotion region p stands_out",
    "own_correlations": "method codebook correlation p",
    "significance": "method split emotion region n log2_enrichment low high significant stands_out resolved",
    "shapley": "emotion method region n value low high",
    "confusions": "label predicted region faces value low high p_holm beyond p_beyond_holm "
    "n of share share_low share_high",
    "error_kinds": "kind faces region value clusters silhouette expected p stability found",
    "errors": "face label predicted kind",
    "covered": "group n small value low high rest difference difference_low difference_high p_holm",
    "label_doubts": "face label suggested p_suggested p_label votes_suggested votes_label evidence alone chance",
    "groups": "column group method figure n small value low high rest difference difference_low difference_high "
    "p p_holm",
    "trust": "method metric variant fill n value low high chance difference difference_low difference_high p",
    "sampling": "face method passes settled",
    "method_agreement": "method other n rank_correlation low high chance_correlation top_overlap chance_overlap",
}


@dataclass(frozen=True)
class Rate:
    """``count`` of ``n`` with its Wilson 95 % interval; all NaN where n is 0."""

    count: int
    n: int

    @property
    def value(self) -> float:
        """The share, in [0, 1]."""
        return self.count / self.n if self.n else float("nan")

    @cached_property
    def _interval(self) -> tuple[float, float]:
        if not self.n:
            return float("nan"), float("nan")
        found = binomtest(self.count, self.n).proportion_ci(method="wilson")
        return float(found.low), float(found.high)

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self._interval[0]

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self._interval[1]


@dataclass(frozen=True)
class Figures:
    """Everything the pages say, before it is worded or drawn."""

    manifest: dict[str, Any]
    tables: dict[str, pd.DataFrame] = field(repr=False)

    @classmethod
    def of(cls, study: Study) -> Figures:
        """Read a study's tables; a table the study does not have is an empty one.

        Of the tables with many rows per face only sums are read, and the faces that are flagged.
        """
        tables = {name: _read(study, name, columns.split()) for name, columns in _COLUMNS.items()}
        return cls(study.manifest, tables | {"flagged": _flagged(study)})

    @property
    def predictions(self) -> pd.DataFrame:
        """One row per face."""
        return self.tables["predictions"]

    @cached_property
    def label(self) -> np.ndarray:
        """Each face's label, None where it has none."""
        return np.array([name if isinstance(name, str) else None for name in self.predictions["label"]], dtype=object)

    @cached_property
    def predicted(self) -> np.ndarray:
        """Each face's predicted emotion."""
        return self.predictions["predicted"].to_numpy(dtype=object)

    @cached_property
    def group(self) -> np.ndarray:
        """The emotion each face counts for: its label, or the prediction where it has none."""
        return np.where(self.label == None, self.predicted, self.label)  # noqa: E711  (elementwise)

    @cached_property
    def labelled(self) -> np.ndarray:
        """Whether each face has a label."""
        return self.label != None  # noqa: E711  (elementwise)

    @property
    def emotions(self) -> list[str]:
        """The model's emotions in its own order, then labels it does not know."""
        known = list(self.manifest["model"]["emotions"])
        return known + sorted(set(self.label[self.labelled]) - set(known))

    @cached_property
    def methods(self) -> list[str]:
        """The study's methods: those to be trusted first, the most faithful at the head; if unknown, causal ones."""
        order = in_method_order(self.manifest["methods"])
        return order if self.tables["trust"].empty else most_faithful(judge(self.tables["trust"], order))

    @property
    def lead(self) -> str | None:
        """The method the headline rests on."""
        return self.methods[0] if self.methods else None

    @property
    def codebook(self) -> str:
        """The codebook the study was asked for."""
        return str(self.manifest["codebook"])

    @cached_property
    def codebooks(self) -> list[str]:
        """All codebooks with figures, the study's own first."""
        found = dict.fromkeys([*self.tables["specificity"]["codebook"], *self.tables["agreement_means"]["codebook"]])
        return sorted(found, key=lambda name: name != self.codebook)

    def regions(self, level: str) -> list[str]:
        """The regions of a level, from the forehead down."""
        counts = self.tables["counts"]
        return in_region_order(counts.loc[counts["level"] == level, "region"])

    # How good

    @cached_property
    def accuracy(self) -> Rate:
        """Right answers among the labelled faces."""
        right = self.label[self.labelled] == self.predicted[self.labelled]
        return Rate(int(np.sum(right)), int(self.labelled.sum()))

    @cached_property
    def confusion(self) -> pd.DataFrame:
        """Faces by label (rows) and prediction (columns), over all emotions."""
        found = pd.crosstab(self.label[self.labelled], self.predicted[self.labelled])
        return found.reindex(index=self.emotions, columns=self.emotions, fill_value=0).astype(int)

    def recall(self, emotion: str) -> Rate:
        """Of the faces labelled ``emotion``, those called so."""
        row = self.confusion.loc[emotion]
        return Rate(int(row[emotion]), int(row.sum()))

    def precision(self, emotion: str) -> Rate:
        """Of the labelled faces called ``emotion``, those labelled so."""
        column = self.confusion[emotion]
        return Rate(int(column[emotion]), int(column.sum()))

    @cached_property
    def balanced(self) -> Estimate | None:
        """Mean recall over the emotions that have labelled faces, with its interval; None where none has."""
        return measure_mean_diagonal(self.confusion) if self.accuracy.n else None

    @property
    def one_answer_recall(self) -> float:
        """The balanced accuracy of any one answer for all faces: 1 over the number of emotions with labelled faces."""
        return 1 / max(1, int((self.confusion.sum(axis=1) > 0).sum()))

    # Where it looks

    @cached_property
    def aim(self) -> str:
        """What the maps explain, after "speaks for": the answer, the label, an emotion, or one rather than another."""
        target = str(self.manifest.get("target", "predicted"))
        sides = [target] if target in self.emotions else target.split("-")
        return {"predicted": "the answer", "label": "the label"}.get(target, " rather than ".join(sides))

    @cached_property
    def landmarks_found(self) -> int:
        """Faces on which landmarks of their own were found."""
        return int(self.tables["landmarks"]["landmarks"].isin(OWN).sum())

    def flagged(self, kind: str) -> int | None:
        """Faces on which ``glasses`` or ``hair`` before the face are plain to see; None where it was not looked for."""
        rows = self.tables["flagged"]
        return int(rows[kind].sum()) if kind in rows else None

    @cached_property
    def sure(self) -> np.ndarray:
        """The probability the model gave its own answer on each face; NaN where the table has none."""
        columns = [f"p_{emotion}" for emotion in pd.unique(self.predicted)]
        table = self.predictions.reindex(columns=columns).to_numpy(np.float64)
        return table[np.arange(len(table)), pd.factorize(self.predicted)[0]]

    def told(self, rows: pd.DataFrame) -> list[str]:
        """Whom a table (emotion, n) has faces enough of for a figure: ``all``, where it has that, and emotions."""
        sizes = rows.groupby("emotion")["n"].max()
        return [name for name in ("all", *self.emotions) if sizes.get(name, 0) >= FEWEST]

    def counts_of(self, method: str) -> pd.DataFrame:
        """A method's rows of the table ``counts``."""
        rows = self.tables["counts"]
        return rows[rows["method"] == method]

    def region_sums(self, method: str, level: str, own: bool = False) -> pd.DataFrame:
        """Sums over the faces, of all or those with landmarks of their own, by region."""
        rows = self.tables["region_sums"]
        rows = rows[(rows["method"] == method) & (rows["level"] == level)]
        rows = rows[rows["own"].astype(bool)] if own else rows
        return rows.drop(columns=["method", "level", "own"]).groupby("region", sort=False).sum()

    def enrichment(self, method: str, emotion: str = "all") -> pd.DataFrame:
        """log2_enrichment, low and high of the coarse regions on faces with landmarks, the highest first."""
        if emotion == "all":
            sums = self.region_sums(method, "coarse", own=True)
            sums = sums.drop(columns="area").rename(columns={"known_area": "area"})
            found = enrichment_of_sums(sums["known"], sums)
        else:
            names = {f"log2_enrichment_{end}": end for end in ("low", "high")}
            found = self.counts(method, "coarse", emotion)[["log2_enrichment", *names]].rename(columns=names)
        return found.dropna(subset="log2_enrichment").sort_index().sort_values("log2_enrichment", ascending=False)

    def counts(self, method: str, level: str, emotion: str) -> pd.DataFrame:
        """The counts table of one method and emotion, indexed by region in the order of the face."""
        rows = self.tables["counts"]
        rows = rows[(rows["method"] == method) & (rows["level"] == level) & (rows["emotion"] == emotion)]
        return rows.set_index("region").reindex(self.regions(level))

    # As the codebooks say?

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Means over faces by method, codebook and the emotion explained; see `fer_xai.facs.mean_agreement`."""
        return self.tables["agreement_means"].set_index(["method", "codebook", "emotion"])

    def agreement_of(self, method: str, codebook: str, emotion: str) -> pd.Series | None:
        """One row of ``agreement``; None for an emotion the codebook has no action units for."""
        key = (method, codebook, emotion)
        return self.agreement.loc[key] if key in self.agreement.index else None

    @property
    def blind(self) -> list[str]:
        """Maps that know nothing of emotions, measured beside the methods."""
        return list(dict.fromkeys(self.tables["specificity_blind"]["method"]))

    def blind_s(self, codebook: str) -> tuple[float, ...]:
        """Every S that chance gives on a codebook."""
        return chance_of_s(self.tables["specificity_blind"], codebook)

    def specificity(self, method: str, codebook: str) -> pd.Series | None:
        """The S row of a method (or blind map) and codebook; None where it could not be had."""
        rows = self.tables["specificity_blind" if method in self.blind else "specificity"]
        rows = rows[(rows["method"] == method) & (rows["codebook"] == codebook)]
        return None if rows.empty or not np.isfinite(rows.iloc[0]["value"]) else rows.iloc[0]


def _read(study: Study, name: str, columns: list[str]) -> pd.DataFrame:
    try:
        table = study.table(name)
    except (KeyError, FileNotFoundError, InputError):
        table = pd.DataFrame()
    missing = [column for column in columns if column not in table]
    if table.empty:
        return table.reindex(columns=[*table.columns, *missing])
    table = table.copy(deep=False)
    for column in missing:
        table[column] = np.nan
    return table


def _flagged(study: Study) -> pd.DataFrame:
    """A row for each face with something before it, whether it is ``glasses``, ``hair`` or both."""
    kinds = ("glasses", "hair")
    try:
        faces = [study.rows("occluders", {kind: [True]}, ["face"])["face"].unique() for kind in kinds]
    except InputError:
        return pd.DataFrame()
    every = np.unique(np.concatenate(faces))
    return pd.DataFrame({kind: np.isin(every, some) for kind, some in zip(kinds, faces, strict=True)}, index=every)

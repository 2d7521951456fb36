"""Which method to believe: the figures of the trust table, put into words by rules that stand here and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from fer_xai.evaluation.trust.score import BESIDE, FAITHFULNESS
from fer_xai.few import FEWEST

STABILITY, SANITY, GRAIN = "stability", "sanity", "grain"
# Maps that are no explanations, in words; a faithful method beats the first two.
BLIND: Mapping[str, str] = {"sobel": "an edge detector", "blob": "a blob in the middle", "random": "noise"}

ELSEWHERE, OTHERS = "its own maps laid elsewhere", "maps of other faces"

SURE = 0.05
STABLE, LUCK = 0.7, 0.5
RESEEDED = "other random numbers"
COARSE = 1.0
ROOM = 0.1
SLIGHT = 0.05

CRITERIA: Mapping[str, str] = {
    "Faithful": (
        "The most important places are hidden first (deletion) or uncovered first (insertion) while the probability of "
        "the answer is watched; the figure is insertion less deletion, averaged over pixels, cells and regions and "
        "over ways of hiding. Yes: clearly above the method's own maps laid elsewhere on the same faces, and above an "
        "edge detector and a blob in the middle, which know nothing of the model (p below .05, corrected over the "
        "methods). Unclear: so few faces cannot tell it from one of these (better, but not "
        "clearly; or the interval leaves room for an advantage of .1). Partly: above on average, but not by "
        "every way of hiding; a patch disturbs a model by itself, so one way alone proves nothing. No: not better than "
        "one of these, and without such room, or clearly worse. Where even the best "
        "figure is below .05, hiding hardly moves the answers of this model, and the sentence says so."
    ),
    "Stable": (
        "The face is mirrored, moved by a little, made a little noisy, or the method is run again with other random "
        "numbers; the answer explained stays the same. Yes: the map, moved back, keeps a rank correlation of .7 or "
        "more by every such change, so that one map tells half of the other's ranking (.7² = .5). Partly: less, yet "
        "always nearer to itself than to maps of other faces, clearly so face by face. Unclear: fewer than three "
        "faces; or .7 and more, but with an interval down to .5; or nearer to itself, but not clearly. The model may "
        "see a changed face in another way, and a true map follows it, so this is no reason to distrust a method. No: "
        "below .7 and no nearer than that, or below .5 with other random numbers, where nothing changes but the "
        "method's own luck. A map that is the same on every face is stable by this, and fails the next question."
    ),
    "Passes sanity": (
        "The weights of all layers are replaced by random ones (Adebayo et al. 2018). Yes: the maps of the random "
        "model share less than a rank correlation of .5 with the true ones. No: they keep .7 or more, clearly above "
        ".5, as a stable method's maps do when nothing has changed. Unclear: in between, fewer than three faces, or so "
        "few that the interval reaches .7. Such a method draws the face, or always the same place, not what the model "
        "has learned. Maps of other faces show how alike any two maps are."
    ),
    "Fine": (
        "The width of the smallest thing that a map can show, in widths of a facial region (the median of the eight). "
        "Above 1 a method is coarse: it says roughly where, and its figures on single regions say little. That is no "
        "reason to distrust it. Unclear: the interval reaches down to 1."
    ),
}


@dataclass(frozen=True)
class Finding:
    """The answer to one question about one method.

    Attributes
    ----------
    level : str
        ``yes``, ``partly``, ``unclear`` (these faces cannot tell), ``no``, or ``unknown`` (not measured).
    words : str
        The same in plain words.
    value, low, high, chance : float
        The figure that decided, with its 95 % interval and its chance level; NaN where there is none.
    against : str
        What the chance level is of.
    n : int
        Faces.
    difference, p : float
        From what stands beside it, with the p value of that, corrected over the methods; NaN where none was tested.
    reason : str
        What a sentence says of a method that fails, after the method's name; else empty.
    """

    level: str
    words: str
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    chance: float = math.nan
    against: str = ""
    n: int = 0
    reason: str = ""
    difference: float = math.nan
    p: float = math.nan


UNKNOWN = Finding("unknown", "")


@dataclass(frozen=True)
class Verdict:
    """What is to be thought of one method on one model.

    Attributes
    ----------
    method : str
    faithful, stable, sanity, grain : Finding
    """

    method: str
    faithful: Finding
    stable: Finding
    sanity: Finding
    grain: Finding

    @property
    def trusted(self) -> bool:
        """Faithful, about this model, and not unstable; what was not measured does not speak against a method."""
        return self.faithful.level == "yes" and self.sanity.level != "no" and self.stable.level != "no"

    @property
    def reason(self) -> str:
        """Why it is not trusted, after its name; empty where it is."""
        found = [finding.reason for finding in (self.sanity, self.faithful, self.stable)]
        return "" if self.trusted else next((reason for reason in found if reason), "was not measured")


def judge(trust: pd.DataFrame, methods: Sequence[str]) -> list[Verdict]:
    """Give a verdict on each method, the most faithful first.

    Parameters
    ----------
    trust : DataFrame
        The table ``trust`` (see `summarise_trust`), with the metrics of `fer_xai.evaluation.trust.score`.
    methods : sequence of str
        The methods to judge, not the maps that are no explanations.
    """
    found = []
    for method in methods:
        own = trust[trust["method"] == method]
        found.append(Verdict(method, _faithful(own), _stable(own), _sane(own), _grain(own)))
    return sorted(found, key=lambda verdict: (math.isnan(verdict.faithful.value), -verdict.faithful.value))


def as_faithful(trust: pd.DataFrame, best: str, others: Sequence[str]) -> list[str]:
    """Those of the `others` that these faces cannot tell from the `best` method by its faithfulness."""
    rows = trust[(trust["metric"] == BESIDE) & (trust["method"] == best)].set_index("variant")
    return [other for other in others if other in rows.index and not _above(rows.loc[other])]


def _faithful(own: pd.DataFrame) -> Finding:
    score = own[own["metric"] == FAITHFULNESS].set_index("fill")
    if "" not in score.index or not math.isfinite(score.loc[""]["value"]):
        return UNKNOWN
    whole = score.loc[""]
    beside = own[own["metric"] == BESIDE].set_index("variant")
    rivals = [
        (ELSEWHERE, whole),
        *((BLIND[name], beside.loc[name]) for name in ("sobel", "blob") if name in beside.index),
    ]
    short = [_short_of(row, what) for what, row in rivals if not _above(row)]
    if short:
        surely = [finding for finding in short if finding.level == "no"]
        # The weakest rival that is surely not beaten; where none is, the one that comes nearest to winning.
        return surely[0] if surely else min(short, key=lambda finding: finding.difference)
    fills = [str(fill) for fill, row in score.drop("").iterrows() if not _above(row)]
    if fills:
        reason = "is faithful by some ways of hiding only"
        return _finding("partly", whole, ELSEWHERE, reason, f"not by hiding under {' and '.join(fills)}")
    return _finding("yes", whole, ELSEWHERE)


def _short_of(row: pd.Series, what: str) -> Finding:
    """Not clearly above something that knows nothing of the model."""
    if row["difference"] > 0:
        return _finding("unclear", row, what, f"is not clearly better than {what}")
    if row["p"] < SURE:
        return _finding("no", row, what, f"is worse than {what}")
    if row["difference_high"] > ROOM:
        return _finding("unclear", row, what, f"cannot be told from {what} by these few faces")
    return _finding("no", row, what, f"is not better than {what}")


def _stable(own: pd.DataFrame) -> Finding:
    rows = own[(own["metric"] == STABILITY) & own["value"].notna()]
    if rows.empty:
        return UNKNOWN
    worst = rows.loc[rows["value"].idxmin()]
    least = f"least with {worst['variant']}"
    if worst["n"] < FEWEST:
        return _finding("unclear", worst, OTHERS, words="too few faces to tell")
    luck = rows[(rows["variant"] == RESEEDED) & (rows["value"] < LUCK)]
    if len(luck):
        return _finding("no", luck.iloc[0], OTHERS, "changes with its random numbers")
    if worst["value"] >= STABLE and not worst["low"] > LUCK:
        return _finding("unclear", worst, OTHERS, words=f"too few faces to tell with {worst['variant']}")
    if worst["value"] >= STABLE:
        return _finding("yes", worst, OTHERS, words=least)
    apart = rows.loc[rows["difference_low"].idxmin()]
    if apart["difference_low"] > 0:
        return _finding("partly", worst, OTHERS, words=least)
    if apart["difference"] > 0 or apart["difference_high"] > ROOM:
        return _finding("unclear", apart, OTHERS, words=f"too few faces to tell with {apart['variant']}")
    reason = f"does not know its own face again with {apart['variant']}"
    return _finding("no", apart, OTHERS, reason, words=f"its own face is not known again with {apart['variant']}")


def _sane(own: pd.DataFrame) -> Finding:
    rows = own[(own["metric"] == SANITY) & own["value"].notna()]
    if rows.empty:
        again = (own["metric"] == STABILITY).any()
        return Finding("unknown", "its weights cannot be exchanged") if again else UNKNOWN
    last = rows.iloc[-1]  # all layers
    if last["n"] < FEWEST or (last["value"] < LUCK and not last["high"] < STABLE):
        return _finding("unclear", last, OTHERS, words="too few faces to tell")
    if last["value"] < LUCK:
        empty = last["value"] == last["low"] == last["high"] == 0
        return _finding("yes", last, OTHERS, words="the random model's maps are empty" if empty else "")
    if last["value"] < STABLE or not last["low"] > LUCK:
        return _finding("unclear", last, OTHERS, words="the maps of a random model are somewhat alike")
    return _finding("no", last, OTHERS, "draws the same map when the model's weights are random")


def _grain(own: pd.DataFrame) -> Finding:
    rows = own[(own["metric"] == GRAIN) & (own["variant"] == "share of a region") & own["value"].notna()]
    if rows.empty:
        return UNKNOWN
    row = rows.iloc[0]
    if not row["value"] > COARSE:
        return _finding("yes", row, "")
    clearly = row["low"] > COARSE
    return _finding("partly" if clearly else "unclear", row, "", words="coarse" if clearly else "perhaps coarse")


def _finding(level: str, row: pd.Series, against: str, reason: str = "", words: str = "") -> Finding:
    value, low, high, chance = (float(row[name]) for name in ("value", "low", "high", "chance"))
    said = words or reason.partition(" ")[2]
    difference, p = (float(row.get(name, math.nan)) for name in ("difference", "p"))
    return Finding(level, said, value, low, high, chance, against, int(row["n"]), reason, difference, p)


def _above(row: pd.Series) -> bool:
    """Clearly above what stands beside it."""
    return bool(row["difference"] > 0 and row["p"] < SURE)

"""What the figures say, in plain words. Every sentence follows from figures on the page; none praises or guesses."""

from __future__ import annotations

import math
from collections import Counter

import pandas as pd

from fer_xai.charts.words import (
    codebook_name,
    counted,
    listing,
    method_name,
    percent,
    ratio,
    region_name,
    signed,
    span,
    times,
)
from fer_xai.classifier.bundled import WEIGHTS
from fer_xai.few import FEWEST_OF_EMOTION
from fer_xai.report import causes, cautions, emotions_told, grids, outside, trust
from fer_xai.report.figures import Figures

_HOW = {"occlusion": "When parts of the face are covered (occlusion)"}


# An emotion with fewer faces is called neither best nor worst.
_ENOUGH = 5


def headline(figures: Figures) -> list[str]:
    """The index's opening: what the model is, how good, where it looks, whether as expected, how far to trust it."""
    opening = [
        _what(figures),
        *_asked(figures),
        *cautions.assumed(figures),
        *cautions.few(figures),
        *cautions.one_answer(figures),
    ]
    opening += [*_how_good(figures), *cautions.learned_from(figures)]
    if cautions.hardly_any(figures):
        return opening
    return [
        *opening,
        *(*outside.sentences(figures), *_where(figures), *cautions.doubted(figures), *costs(figures)),
        *_methods_agree(figures),
        *(*emotions_told.sentences(figures), *_as_expected(figures)),
        *_counted_apart(figures),
    ]


def explained(figures: Figures) -> str:
    """What every map explains, after "explains"."""
    words = {"the answer": "the emotion the model answered", "the label": "the face's label"}
    return words.get(figures.aim, figures.aim)


def _asked(figures: Figures) -> list[str]:
    """What every map explains, where that is not the model's answer."""
    return [] if figures.aim == "the answer" else [f"Every map here explains {explained(figures)}."]


def _what(figures: Figures) -> str:
    model, total = figures.manifest["model"], len(figures.predictions)
    number = model.get("parameters")
    size = f"with {number:,} parameters " if isinstance(number, int) else ""
    emotions = counted(len(model["emotions"]), "emotion")
    data = WEIGHTS.get(model.get("sha256", ""))
    bundled = f", which comes with fer-xai and learned from {data}," if data else ""
    return (
        f"{model['name']}{bundled} is a classifier {size}that gives every face one of {emotions} "
        f"({listing(model['emotions'])}); here it was asked about {counted(total, 'face')}."
    )


def _how_good(figures: Figures) -> list[str]:
    rate = figures.accuracy
    if not rate.n:
        said = Counter(figures.predicted).most_common(2)
        most = listing([f"{name} ({count})" for name, count in said])
        return [
            "None of these faces has a label, so nothing here says how often it is right, and faces are grouped by "
            f"what the model calls them; it answers {most} most often."
        ]
    commonest = Counter(figures.label[figures.labelled]).most_common()
    emotion, count = commonest[0]
    tied = len(commonest) > 1 and commonest[1][1] == count
    which = "one and the same emotion" if tied else emotion
    always = f"; always answering {which} would reach {percent(count / rate.n)}" if len(commonest) > 1 else ""
    sentences = [
        f"It gives the labelled emotion for {percent(rate.value)} of {counted(rate.n, 'labelled face')} "
        f"(95 % interval {span(rate.low, rate.high)}){always}."
    ]
    sentences += cautions.lopsided(figures)
    recalls = {e: figures.recall(e) for e in figures.emotions if figures.recall(e).n >= _ENOUGH}
    if len(recalls) > 1:
        best, worst = (choose(recalls, key=lambda e: recalls[e].value) for choose in (max, min))
        if recalls[best].value == recalls[worst].value:
            sentences.append(f"It finds every emotion equally often ({percent(recalls[best].value)} of its faces).")
        elif recalls[best].low > recalls[worst].high:
            least = [e for e in recalls if recalls[e].value == recalls[worst].value]
            instead = mostly(figures, worst) if len(least) == 1 else ""
            found = [f"{e} ({recalls[e].count} of {recalls[e].n}{instead})" for e in least]
            many = "" if len(recalls) == len(figures.emotions) else f"Of the emotions with {_ENOUGH} faces or more it"
            most = f"{best} best ({recalls[best].count} of {recalls[best].n})"
            sentences.append(f"{many or 'It'} finds {most} and {listing(found)} worst.")
    unlabelled = int((~figures.labelled).sum())
    if unlabelled:
        sentences.append(f"{counted(unlabelled, 'face')} without a label count under what the model calls them.")
    return sentences


def mostly(figures: Figures, emotion: str) -> str:
    """What most of an emotion's faces are called instead, for a parenthesis; nothing where none is."""
    others = [(name, count) for name, count in grids.called_instead(figures, emotion) if name != emotion]
    if not others or others[0][1] < 2:
        return ""
    most = [name for name, count in others if count == others[0][1]]
    return (
        f"; it calls {others[0][1]} of them {most[0]}"
        if len(most) == 1
        else f"; it calls {others[0][1]} each {listing(most)}"
    )


def looks(figures: Figures, answer: str, emotion: str = "all") -> str | None:
    """On which regions the lead method says that an answer rests; `None` without facial regions."""
    method, inside = str(figures.lead), _facial(figures, str(figures.lead), emotion)
    how = _HOW.get(method, f"By {method_name(method)}")
    if inside.empty:
        return None
    top, last, sure = inside.iloc[0], inside.iloc[-1], inside[inside["low"] > 0]
    if not top["log2_enrichment"] > 0:
        return f"{how}, no part of the face weighs more than its area in {answer}."
    if sure.empty:
        return f"{how}, no part of the face clearly weighs more than its area in {answer}: most {_the(top)}."
    names = listing([_the(row) for _, row in sure.head(2).iterrows()])
    lowest = f", of the face's regions least so on {_the(last)}" if last["high"] < 0 else ""
    if top["low"] > 0:
        return f"{how}, {answer} rests most densely on {names}{lowest}."
    return (
        f"{how}, {answer} rests clearly more densely than a flat map on {names}{lowest}. Higher on the mean, and not "
        f"clear: {_the(top)}."
    )


def _the(row: pd.Series) -> str:
    """A region with its enrichment and interval, as ratios."""
    return f"the {region_name(str(row.name))} ({weighed(row)})"


def weighed(row: pd.Series) -> str:
    """An enrichment with its interval, as ratios: ``3.2 times its area, 95 % interval 2.5–4.0``."""
    interval = f", 95 % interval {ratio(row['low'])}–{ratio(row['high'])}" if math.isfinite(row["low"]) else ""
    return f"{times(row['log2_enrichment'])} its area{interval}"


def _facial(figures: Figures, method: str, emotion: str = "all") -> pd.DataFrame:
    return figures.enrichment(method, emotion).drop("background", errors="ignore")


def _where(figures: Figures) -> list[str]:
    if figures.lead is None:
        return []
    own = "its answer" if figures.aim == "the answer" else f"what speaks for {figures.aim}"
    where = " on" if own != "its answer" else " to"
    said = looks(figures, f"{own}{where} these faces" if cautions.few(figures) else own)
    return [said] if said else ["No face has landmarks, so nothing can be said about facial regions."]


def costs(figures: Figures, emotion: str = "all") -> list[str]:
    """What the region where most of the map lies is worth, what the costliest one costs, and what that one does."""
    inside = _facial(figures, figures.lead, emotion) if figures.lead else pd.DataFrame()
    densest = str(inside.index[0]) if len(inside) else ""
    said = [
        causes.worth_of(figures, densest, emotion),
        causes.costliest(figures, emotion),
        causes.cost_of(figures, densest, emotion),
    ]
    return [sentence for sentence in said if sentence]


def _methods_agree(figures: Figures) -> list[str]:
    """Whether the other methods put the same region first: a reader should know before trusting any one."""
    tops = {method: top for method in figures.methods if len(top := _facial(figures, method))}
    if len(tops) < 2 or figures.lead not in tops:
        return []
    region, near = str(tops[figures.lead].index[0]), _leading(tops[figures.lead])
    rest: dict[str, list[str]] = {}
    blocky = trust.coarse(figures)
    for method, top in tops.items():
        if region not in _leading(top) and top.index[0] not in near:
            coarse = " (coarse: its blocks are as large as regions)" if method in blocky else ""
            rest.setdefault(str(top.index[0]), []).append(f"{method_name(method)}{coarse}")
    others, differing = len(tops) - 1, sum(map(len, rest.values()))
    alone = [str(top.index[0]) for top in tops.values() if region in _leading(top) or str(top.index[0]) in near]
    first, tied = f"the {region_name(region)}", set(alone) != {region}
    too_close = ", or one too close to it to tell" if tied else ""
    if not rest:
        return [f"{'Both' if others == 1 else f'All {len(tops)}'} methods put {first} first{too_close}."]
    elsewhere = "; ".join(f"the {region_name(top)} by {listing(names)}" for top, names in rest.items())
    if others == 1:
        return [f"The methods differ: first is {first} here, {elsewhere}."]
    also = f"{others - differing} of the {others} others" if differing < others else "none of the others"
    return [f"Methods differ: {also} also found {first} first{too_close}; it is {elsewhere}."]


def _leading(regions: pd.DataFrame) -> set[str]:
    """The first region, and those that its interval does not leave behind."""
    near = regions["log2_enrichment"] >= regions["low"].iloc[0]
    return {str(regions.index[0]), *map(str, regions.index[near])}


def _as_expected(figures: Figures) -> list[str]:
    if cautions.one_answer(figures):
        return [
            "Whether it looks where each emotion's action units lie cannot be asked of a model that has one answer for "
            "nearly all faces."
        ]
    found = grids.specificity_rows(figures)
    if not found:
        return [
            "Whether it looks where each emotion's action units lie cannot be said here: that takes two emotions that "
            f"a codebook describes, with {FEWEST_OF_EMOTION} faces with landmarks each."
        ]
    method, forks = next((method, forks) for method, forks in found if any(forks))
    values = {book: fork for book, fork in zip(figures.codebooks, forks, strict=True) if fork}
    above = [codebook_name(book) for book, fork in values.items() if fork.clear == "above"]
    below = [codebook_name(book) for book, fork in values.items() if fork.clear == "below"]
    low, high = (choose(values, key=lambda book: values[book].value) for choose in (min, max))
    if low == high:
        spread = f"is {signed(values[low].value)} ({codebook_name(low)})"
    else:
        spread = (
            f"runs from {signed(values[low].value)} ({codebook_name(low)}) to {signed(values[high].value)} "
            f"({codebook_name(high)})"
        )
    unknown = all(math.isnan(fork.low) for fork in values.values())
    verdict = "how sure that is, so few faces do not tell" if unknown else _beyond_chance(above, below, len(values))
    return [
        "Does it weigh an emotion's own action units more than other emotions'? "
        f"By {method_name(method)} the specificity S {spread}, where 0 means no more and {_blind_s(values)}; {verdict}."
    ]


def lead_specificity(figures: Figures) -> grids.Fork | None:
    """S of the lead method by the study's codebook; None where it could not be had, or has no meaning."""
    if figures.lead is None or cautions.one_answer(figures):
        return None
    return grids.fork_of(figures, figures.lead, figures.codebook)


def _blind_s(values: dict[str, grids.Fork]) -> str:
    """What maps that know nothing of emotions have, over all codebooks."""
    chances = [chance for fork in values.values() for chance in fork.chance]
    return f"maps that know nothing of emotions have {signed(min(chances))} to {signed(max(chances))}"


def _beyond_chance(above: list[str], below: list[str], books: int) -> str:
    """For which codebooks the interval of S leaves out all that chance gives."""
    if not above and not below:
        return "no interval is clear of these" if books > 1 else "its interval is not clear of these"
    parts = [f"codebook by codebook it is clear of them for {listing(above)}"] if above else []
    parts += [f"clearly below them for {listing(below)}"] if below else []
    rest = books - len(above) - len(below)
    parts += [f"not clear for the {'other' if rest == 1 else f'other {rest}'}"] if rest else []
    return ", ".join(parts)


def _counted_apart(figures: Figures) -> list[str]:
    total, found = len(figures.predictions), figures.landmarks_found
    sentences = []
    if 0 < found < total:
        sentences.append(
            f"No landmarks were found on {total - found} of {counted(total, 'face')} "
            f"({percent((total - found) / total)}); no figure about regions counts these."
        )
    skipped = figures.manifest["data"].get("skipped") or []
    if skipped:
        were = "was" if len(skipped) == 1 else "were"
        sentences.append(f"{counted(len(skipped), 'row')} of the data could not be read and {were} left out.")
    return sentences

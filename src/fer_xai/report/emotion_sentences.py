"""What the figures say of one emotion's faces, in plain words."""

from __future__ import annotations

import math

import pandas as pd

from fer_xai.charts.words import codebook_name, counted, method_name, percent, span
from fer_xai.few import FEWEST
from fer_xai.report import cautions, grids
from fer_xai.report.figures import Figures
from fer_xai.report.sentences import costs, looks, mostly, weighed

_SURE = 0.05


def of_emotion(figures: Figures, emotion: str) -> list[str]:
    """An emotion page's opening."""
    sentences = [*_found(figures, emotion), *cautions.one_answer(figures)]
    group = int((figures.group == emotion).sum())
    if not group:
        return [*sentences, "So no region profile can be drawn for it here."]
    if group < FEWEST:
        return [*sentences, "Of so few faces nothing more can be said, and no number below has a colour."]
    if figures.lead:
        seen = figures.counts(figures.lead, "coarse", emotion)["n"].max()
        faces = counted(int(seen) if seen > 0 else 0, "face")
        whose = f"these {faces}" if seen == group else f"the {faces} with landmarks"
        answer = (
            f"its answer to {whose}" if figures.aim == "the answer" else f"what speaks for {figures.aim} on {whose}"
        )
        said = looks(figures, answer, emotion)
        sentences.append(said or "None of these faces has landmarks, so nothing can be said about regions.")
    return [
        *(*sentences, *_outside(figures, emotion), *costs(figures, emotion), *_counted_most(figures, emotion)),
        *_on_action_units(figures, emotion),
    ]


def _found(figures: Figures, emotion: str) -> list[str]:
    if not figures.labelled.any():
        n = int((figures.predicted == emotion).sum())
        return [
            f"The model calls {n or 'none'} of these {counted(len(figures.predictions), 'unlabelled face')} {emotion}."
        ]
    recall, precision = figures.recall(emotion), figures.precision(emotion)
    if recall.n:
        sentences = [
            f"Of {counted(recall.n, 'face')} labelled {emotion} the model calls {recall.count} so "
            f"({percent(recall.value)}, 95 % interval {span(recall.low, recall.high)}{mostly(figures, emotion)})."
        ]
    else:
        sentences = [f"No face here is labelled {emotion}."]
    if precision.n:
        sentences.append(
            f"Of {counted(precision.n, 'face')} that it calls {emotion}, {precision.count} "
            f"{'is' if precision.count == 1 else 'are'} labelled so "
            f"({percent(precision.value)}, 95 % interval {span(precision.low, precision.high)})."
        )
    else:
        sentences.append(f"It never answers {emotion} for a labelled face.")
    return sentences


def _outside(figures: Figures, emotion: str) -> list[str]:
    """How much of the lead method's map lies outside the face."""
    found = figures.enrichment(figures.lead, emotion) if figures.lead else pd.DataFrame()
    if "background" not in found.index:
        return []
    share = figures.counts(str(figures.lead), "coarse", emotion).loc["background", "share"]
    return [f"Outside the face lies {percent(share)} of what speaks for it ({weighed(found.loc['background'])})."]


def _counted_most(figures: Figures, emotion: str) -> list[str]:
    rows = grids.counted_regions(figures, emotion, [figures.lead] if figures.lead else [], "coarse")
    bars = [(name, bars[0]) for name, bars in rows if name != "background"]
    if not bars:
        return []
    name, bar = max(bars, key=lambda pair: pair[1].value - pair[1].chance)
    if not bar.value > bar.chance:
        return [f"No facial region is counted more often than chance ({method_name(bar.method)})."]
    verdict = "beyond" if _tail(bar) * len(bars) < _SURE else "within"
    interval = f"95 % interval {span(bar.low, bar.high)}"
    return [
        f"Asked otherwise, on how many faces it counts at all (by {method_name(bar.method)}), the {name} stands out "
        f"most from chance: on {bar.counted} of {counted(bar.n, 'face')} ({interval}), where shifted maps would give "
        f"{percent(bar.chance)}; for the best of {len(bars)} regions that is {verdict} chance."
    ]


def _tail(bar: grids.Bar) -> float:
    """How often chance would count the region on so many faces: the binomial's tail, which is not too small here."""
    from scipy.stats import binom

    return float(binom.sf(bar.counted - 1, bar.n, bar.chance))


def _interval(found: grids.Agreement) -> str:
    return f", 95 % interval {span(found.low, found.high, 1)}" if math.isfinite(found.low) else ""


def _on_action_units(figures: Figures, emotion: str) -> list[str]:
    if figures.lead is None:
        return []
    found = grids.agreement_of(figures, figures.lead, figures.codebook, emotion)
    book = codebook_name(figures.codebook)
    if found is None and emotion in figures.agreement.index.get_level_values("emotion"):
        return [f"{book} gives {emotion} no action units, so there is no agreement to tell."]
    if found is None:
        return [f"There are no action units to compare {emotion} with here."]
    blob = f", a blob in the middle of the picture {percent(found.blob, 1)}" if math.isfinite(found.blob) else ""
    return [
        f"On {counted(found.n, 'face')} with landmarks explained as {emotion}, {percent(found.value, 1)} of what "
        f"speaks for it lies on the action units {book} gives it ({method_name(figures.lead)}{_interval(found)}); "
        f"their area alone would give {percent(found.area, 1)}{blob}: {found.verdict}."
    ]

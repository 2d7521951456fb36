"""What a reader must know before believing the rest: a model with one answer, few faces, a method not to be trusted."""

from __future__ import annotations

from collections import Counter

import numpy as np

from fer_xai.charts.words import counted, listing, method_name, percent
from fer_xai.evaluation.trust.verdict import judge
from fer_xai.report.figures import Figures

_FEW = 100  # with fewer faces in all, hardly an emotion has enough
_ENOUGH = 5
_HARDLY_ANY = 30
_NEARLY_ALL = 0.9


def one_answer(figures: Figures) -> list[str]:
    """The warning of a model that has collapsed: everything below describes next to nothing."""
    emotion, count = Counter(figures.predicted).most_common(1)[0]
    total, labelled = len(figures.predicted), figures.label[figures.labelled]
    deserved = float(np.mean(labelled == emotion)) if len(labelled) else 0.0
    if total < _ENOUGH or count / total < _NEARLY_ALL or deserved >= _NEARLY_ALL:
        return []
    return [
        f"Warning: it answers {emotion} for {percent(count / total)} of these faces, whatever they show. It is badly "
        "trained, or reads another kind of input (fer-xai inspect tries them); until that is mended, what follows says "
        "little, and the maps least."
    ]


def lopsided(figures: Figures) -> list[str]:
    """That one emotion is answered for half of the faces or more, and twice as often as it is the label."""
    emotion, count = Counter(figures.predicted[figures.labelled]).most_common(1)[0]
    labelled, deserved = int(figures.labelled.sum()), int((figures.label[figures.labelled] == emotion).sum())
    if one_answer(figures) or labelled < _ENOUGH or 2 * count < labelled or count < 2 * deserved:
        return []
    so = "none is" if not deserved else "one is" if deserved == 1 else f"{deserved:,} are"
    return [f"It answers {emotion} for {count:,} of the {labelled:,} labelled faces, of which {so} labelled so."]


def assumed(figures: Figures) -> list[str]:
    """What nobody said of the model: where that is wrong, so is all the rest."""
    model = figures.manifest["model"]
    names = {"scaling": f"its pixel scaling ({model['scaling']})", "emotions": "the order of its emotions"}
    told = listing([names[setting] for setting in model.get("assumed", ())])
    if not told:
        return []
    return [f"Assumed, since nobody said: {told}. If that is wrong, so is what follows; fer-xai inspect checks it."]


def learned_from(figures: Figures) -> list[str]:
    """That a model may have learned from these very faces."""
    splits = str(figures.manifest["data"].get("split") or "").split(", ")
    if "train" not in splits:
        return []
    these = "Among these are" if len(splits) > 1 else "These are"
    return [
        f"{these} training faces: if it learned from them, it is less often right on others, and may look elsewhere "
        "there."
    ]


def few(figures: Figures) -> list[str]:
    """That this is a sketch, where it is one."""
    total = len(figures.predicted)
    if total >= _FEW:
        return []
    if hardly_any(figures):
        said = "all that follows is of these faces alone. For figures on the model, give some 350."
        return [f"With {counted(total, 'face')} {said}"]
    with_few = f"With {counted(total, 'face')} this is a sketch; hardly a figure below is sure."
    return [f"{with_few} For figures that are sure, give some 350."]


def hardly_any(figures: Figures) -> bool:
    """Whether there are too few faces to say anything of the model beyond what it answered."""
    return len(figures.predicted) < _HARDLY_ANY


def doubted(figures: Figures) -> list[str]:
    """That the method of the sentence before is not to be trusted for this model, where that was found."""
    trust = figures.tables["trust"]
    if figures.lead is None or trust.empty:
        return []
    verdict = judge(trust, [figures.lead])[0]
    return (
        []
        if verdict.trusted
        else [f"Take that with care: for this model {method_name(figures.lead)} {verdict.reason}."]
    )

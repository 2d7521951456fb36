"""The verdicts on all methods as one sentence on the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from fer_xai.evaluation.trust.verdict import SLIGHT, Verdict, as_faithful


def verdict_sentence(trust: pd.DataFrame, verdicts: Sequence[Verdict], name: Callable[[str], str] = str) -> str:
    """Say which methods to trust for this model, and of each other one why not.

    Parameters
    ----------
    trust : DataFrame
        The table ``trust``.
    verdicts : sequence of Verdict
        Of `judge`.
    name : callable
        How a method is written.

    Returns
    -------
    str
        Empty without verdicts.
    """
    if not verdicts:
        return ""
    trusted = [verdict for verdict in verdicts if verdict.trusted]
    doubted = [verdict for verdict in verdicts if not verdict.trusted]
    sure = [verdict.method for verdict in trusted if not _open_questions(verdict)]
    parts = [_trusting(trust, sure, name)] if sure else [] if trusted else [_nobody(verdicts)]
    slight = ["hiding parts of a face hardly moves its answers"] if verdicts[0].faithful.value < SLIGHT else []
    few = _cannot_tell([verdict for verdict in trusted if verdict.method not in sure], name)
    return f"For this model, {'; '.join([*parts, *few, *_doubting(doubted, name), *slight])}."


def most_faithful(verdicts: Sequence[Verdict]) -> list[str]:
    """Methods in the order in which to show them: trusted ones first, the most faithful of them at the head."""
    return [verdict.method for verdict in sorted(verdicts, key=lambda verdict: not verdict.trusted)]


def _trusting(trust: pd.DataFrame, trusted: Sequence[str], name: Callable[[str], str]) -> str:
    best, others = trusted[0], trusted[1:]
    equals = as_faithful(trust, best, others)
    lesser = [other for other in others if other not in equals]
    first = f"trust {_listed([best, *equals], name)}"
    if not lesser:
        return first
    are = "is" if len(lesser) == 1 else "are"
    return f"{first}; {_listed(lesser, name)} {are} to be trusted too, but less faithful"


def _open_questions(verdict: Verdict) -> dict[str, int]:
    """What the faces were too few for, of a method that is trusted all the same, and how many faces those were."""
    parts = {"stable": verdict.stable, "about this model": verdict.sanity}
    return {question: finding.n for question, finding in parts.items() if finding.level == "unclear"}


def _cannot_tell(faithful: Sequence[Verdict], name: Callable[[str], str]) -> list[str]:
    """A clause for each set of open questions: faithful methods that are not therefore to be trusted."""
    asked: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in faithful:
        asked.setdefault(tuple(_open_questions(verdict)), []).append(verdict)
    return [
        f"{_listed([verdict.method for verdict in some], name)} {'is' if len(some) == 1 else 'are'} faithful, but "
        f"{_fewest(some)} not tell whether {'it is' if len(some) == 1 else 'they are'} {' and '.join(questions)}"
        for questions, some in asked.items()
    ]


def _fewest(verdicts: Sequence[Verdict]) -> str:
    """The faces that were asked again, as a subject with its verb."""
    count = min(n for verdict in verdicts for n in _open_questions(verdict).values())
    return "one face does" if count == 1 else f"{count} faces do"


def _nobody(verdicts: Sequence[Verdict]) -> str:
    count = len(verdicts)
    if any(verdict.faithful.level == "unclear" for verdict in verdicts):
        which = "whether to trust the one method here" if count == 1 else f"which of the {count} methods to trust"
        return f"these faces cannot tell {which}"
    return "the one method here cannot be trusted" if count == 1 else f"none of the {count} methods can be trusted"


def _doubting(doubted: Sequence[Verdict], name: Callable[[str], str]) -> list[str]:
    """One clause per reason, in the order in which the first method gives it."""
    by_reason: dict[str, list[str]] = {}
    for verdict in doubted:
        by_reason.setdefault(verdict.reason, []).append(verdict.method)
    return [f"{_listed(methods, name)} {_plural(reason, len(methods))}" for reason, methods in by_reason.items()]


def _plural(reason: str, count: int) -> str:
    verb, _, rest = reason.partition(" ")
    plurals = {"is": "are", "was": "were", "draws": "draw", "changes": "change", "does": "do", "cannot": "cannot"}
    return reason if count == 1 else f"{plurals[verb]} {rest.replace('its ', 'their ')}"


def _listed(methods: Sequence[str], name: Callable[[str], str]) -> str:
    names = [name(method) for method in methods]
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)

"""Which of two models to prefer, in one sentence that follows from figures with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from fer_xai.charts.words import (
    codebook_name,
    in_method_order,
    is_causal,
    listing,
    method_name,
    percent,
    points,
    signed,
)
from fer_xai.comparison.paired import corrected
from fer_xai.comparison.wording import blind_s, of_other, percents, points_apart, sided, signed_apart

Tables = Mapping[str, pd.DataFrame]
_NEARLY_ALL = 0.9  # of the faces: then a model's answer says nothing of them


@dataclass(frozen=True)
class Reason:
    """One figure that says which of two models looks at faces for better reasons.

    Attributes
    ----------
    better : str or None
        The model it speaks for; None where the difference is within chance.
    p : float
        Corrected by Holm over all such figures of the pair.
    size : float
        Of the difference, without its sign.
    figure : str
        The figure in words, seen from the model that it speaks for, else from the first.
    """

    better: str | None
    p: float
    size: float
    figure: str


@dataclass(frozen=True)
class Verdict:
    """What the figures say of two models.

    Attributes
    ----------
    model, other : str
    warning : str or None
        Why the two cannot be compared as they are: a wrong emotion order, or one net twice.
    more_accurate : str or None
        The model that is right on more faces by McNemar's exact test; None where it cannot be told.
    better_reasons : str or None
        The model that every significant reason speaks for; None where none is significant, or they disagree.
    reasons : tuple of Reason
    sentence : str
    """

    model: str
    other: str
    warning: str | None
    more_accurate: str | None
    better_reasons: str | None
    reasons: tuple[Reason, ...]
    sentence: str


def judge(tables: Tables, model: str, other: str, codebook: str) -> Verdict:
    """Judge two models.

    The rule: the *more accurate* one is right on more of the same faces (McNemar's exact test, Holm-corrected over the
    pairs, below .05). The one *with better reasons* has less of what speaks for its answers outside the face, or weighs
    each emotion's own action units more (specificity S): by the causal methods, which change the face and watch the
    answer, tested face by face and Holm-corrected over all these figures. A figure counts if its corrected p is below
    .05 and its 95 % interval leaves out zero; all that count must speak for the same model.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``accuracy_differences``, ``focus``, ``focus_differences``, ``specificity_differences``, ``orders``, ``twins``;
        and ``specificity_blind`` of a study of the same faces, where there is one.
    model, other : str
        A pair as the tables have it.
    codebook : str
        Whose S counts: the one the studies were asked for.
    """
    found = reasons_of(tables, model, other, codebook)
    better = {reason.better for reason in found if reason.better}
    favoured = better.pop() if len(better) == 1 else None
    accuracy = pair_rows(tables["accuracy_differences"], model, other)
    ahead = None
    if len(accuracy) and accuracy.iloc[0]["significant"]:
        ahead = model if accuracy.iloc[0]["difference"] > 0 else other
    warning = _warning(tables, model, other)
    sentence = warning or _sentence(accuracy, model, other, ahead, favoured, found)
    sentence = " ".join([sentence, *_one_answer(tables, model, other)])
    return Verdict(model, other, warning, ahead, favoured, found, sentence)


def pair_rows(table: pd.DataFrame, model: str, other: str) -> pd.DataFrame:
    """A table's rows of one pair."""
    return table[(table["model"] == model) & (table["other"] == other)]


def weighing(methods: Sequence[str]) -> list[str]:
    """Methods whose figures are weighed: the causal ones; all where there is none."""
    ordered = in_method_order(methods)
    return [method for method in ordered if is_causal(method)] or ordered


def reasons_of(tables: Tables, model: str, other: str, codebook: str) -> tuple[Reason, ...]:
    """The figures on reasons, the surest first."""
    focus = pair_rows(tables["focus_differences"], model, other)
    flat = tables["focus"][tables["focus"]["measure"] == "outside"].set_index(["model", "method"])["chance"]
    focus = focus[focus["measure"] == "outside"].assign(kind="outside")
    focus["chance"] = [flat[model, method] for method in focus["method"]]
    own = pair_rows(tables["specificity_differences"], model, other)
    own = own[own["codebook"] == codebook].assign(kind="specificity")
    rows = pd.concat([focus, own], ignore_index=True)
    methods = weighing(list(dict.fromkeys(rows["method"])))
    rows = corrected(rows[rows["method"].isin(methods) & rows["p"].notna()])
    rows["against"] = [_against(row, rows) for _, row in rows.iterrows()]
    return tuple(
        _reason(row, model, other, tables) for _, row in rows.sort_values(["p_holm", "p"], kind="stable").iterrows()
    )


def _against(row: pd.Series, rows: pd.DataFrame) -> str:
    """The other methods by which the same figure goes the other way, though not beyond chance."""
    others = rows[(rows["kind"] == row["kind"]) & (rows["difference"] * row["difference"] < 0) & ~rows["significant"]]
    write = points if row["kind"] == "outside" else signed
    told = []
    for _, other in others.iterrows():
        value, against, low, high = sided(other, _told_for_first(row))
        told.append(f"{method_name(other['method'])} ({write(value - against)}, {write(low)} to {write(high)})")
    return f"; the other way, though not beyond chance so corrected, by {listing(told)}" if told else ""


def _speaks_for_first(row: pd.Series) -> bool:
    """Less outside the face is better; more specificity is."""
    return bool((row["difference"] < 0) == (row["kind"] == "outside"))


def _told_for_first(row: pd.Series) -> bool:
    """A sure figure is told as the model tells it that it speaks for, another as the table has it."""
    return _speaks_for_first(row) or not row["significant"]


def _reason(row: pd.Series, model: str, other: str, tables: Tables) -> Reason:
    value, against, low, high = sided(row, _told_for_first(row))
    method = method_name(row["method"])
    if row["kind"] == "outside":
        figure = (
            f"{percents(value, against)} of what speaks for the emotion lies outside the face, where "
            f"{percent(row['chance'])} of the picture is ({method}; {points_apart(value - against, low, high)}"
            f"{row['against']})"
        )
    else:
        book, blind = str(row["codebook"]), blind_s(tables.get("specificity_blind"), str(row["codebook"]))
        figure = (
            f"{of_other('a specificity S of', value, against)}, where blind maps have {blind} ({method}, "
            f"{codebook_name(book)}, {row['n']:,} faces; {signed_apart(low, high)}{row['against']})"
        )
    better = (model if _speaks_for_first(row) else other) if row["significant"] else None
    return Reason(better, row["p_holm"], abs(row["difference"]), figure)


def _warning(tables: Tables, model: str, other: str) -> str | None:
    orders = tables["orders"]
    wrong = orders[orders["model"].isin([model, other]) & orders["better"].notna()]
    twins = pair_rows(tables["twins"], model, other).iloc[0]
    said = [
        f"the labels speak for another emotion order of {row.model}: read as {row.better.replace(' ', ', ')} it is "
        f"right on {100 * row.better_accuracy:.0f} % of {row.n:,} faces instead of {100 * row.accuracy:.0f} %"
        for row in wrong.itertuples()
    ]
    mend = f"; give {' and '.join(wrong['model'])} the right --emotions before comparing anything else"
    if twins["same_net"] and twins["renamed"]:
        renamed = twins["renamed"].replace(" ", ", ").replace("→", " → ")
        first = (
            f"{model} and {other} are the same net with different emotion orders: they give the same numbers on "
            f"{100 * twins['same_numbers']:.0f} % of {twins['n']:,} faces, under other names ({renamed})"
        )
        return f"{'; '.join([first, *said])}{mend if said else '; one of the two orders is wrong'}."
    if said:
        text = "; ".join(said)
        return f"{text[0].upper()}{text[1:]}{mend}."
    if twins["same_net"]:
        return (
            f"{model} and {other} are the same net: they give the same numbers on {100 * twins['same_numbers']:.0f} % "
            f"of {twins['n']:,} faces, so there is nothing to prefer."
        )
    return None


def _one_answer(tables: Tables, model: str, other: str) -> list[str]:
    """Warnings of models that give nearly all faces one answer; known where faces are labelled."""
    rows = pair_rows(tables.get("confusion_differences", pd.DataFrame(columns=["model", "other"])), model, other)
    if not len(rows):
        return []
    said = []
    total = rows.drop_duplicates("label")["n"].sum()
    for name, column in ((model, "share"), (other, "other_share")):
        answered = (rows[column] * rows["n"]).groupby(rows["predicted"]).sum() / total
        if answered.max() >= _NEARLY_ALL:
            said.append(
                f"Warning: {name} answers {answered.idxmax()} for {percent(answered.max())} of these faces, whatever "
                "they show, so nothing here tells its reasons."
            )
    return said


def _sentence(
    accuracy: pd.DataFrame,
    model: str,
    other: str,
    ahead: str | None,
    favoured: str | None,
    reasons: tuple[Reason, ...],
) -> str:
    right = _how_right(accuracy, ahead == other)
    why = _why(reasons, favoured)
    lesser = other if (ahead or favoured) == model else model
    if not len(accuracy):
        if favoured:
            return f"Without labels nothing says which is right more often, but {favoured} looks at faces for {why}."
        return f"Without labels nothing says which is right more often, and {why}."
    if ahead and ahead == favoured:
        return f"Prefer {ahead} to {lesser}: it is right on more faces ({right}), and it looks at faces for {why}."
    if ahead and favoured:
        return (
            f"No plain preference: {ahead} is right on more faces ({right}), but {favoured} looks at faces for {why}."
        )
    if ahead:
        return f"{ahead} is right on more faces than {lesser} ({right}); {why}."
    if favoured:
        return (
            f"Prefer {favoured} to {lesser}: these faces do not tell which is right more often ({right}), but "
            f"{favoured} looks at faces for {why}."
        )
    return (
        f"Neither {model} nor {other} is to be preferred: these faces do not tell which is right more often ({right}), "
        f"and {why}."
    )


def _how_right(accuracy: pd.DataFrame, turned: bool) -> str:
    if not len(accuracy):
        return ""
    row = accuracy.iloc[0]
    value, against = (row["other_accuracy"], row["accuracy"]) if turned else (row["accuracy"], row["other_accuracy"])
    low, high = (-row["high"], -row["low"]) if turned else (row["low"], row["high"])
    return f"{percents(value, against)} of {row['n']:,}; {points_apart(value - against, low, high)}"


def _why(reasons: tuple[Reason, ...], favoured: str | None) -> str:
    """After "looks at faces for", or, where nobody does, a clause of its own."""
    sure = [reason for reason in reasons if reason.better]
    if favoured:
        return f"better reasons: {' and '.join(reason.figure for reason in sure[:2])}"
    if sure:
        first = sure[0]
        second = next(reason for reason in sure if reason.better != first.better)
        told = "; but for ".join(f"{reason.better}: {reason.figure}" for reason in (first, second))
        return f"their reasons cannot be ranked, since figures disagree: for {told}"
    if not reasons:
        return "nothing is known of their reasons, for want of faces with landmarks"
    if len(reasons) == 1:
        return f"which looks at faces for better reasons cannot be told; not beyond chance: {reasons[0].figure}"
    return (
        f"which looks at faces for better reasons cannot be told: corrected for asking {len(reasons)} questions, "
        f"none of the differences is beyond chance; the surest of them: {reasons[0].figure}"
    )

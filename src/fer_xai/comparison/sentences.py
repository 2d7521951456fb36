"""What else the figures say of two models, in plain words: every sentence from its table, never without chance."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from fer_xai.charts.words import (
    codebook_name,
    counted,
    in_method_order,
    listing,
    method_name,
    percent,
    plain,
    points,
    region_name,
    signed,
    span,
)
from fer_xai.comparison.faces import BOTH
from fer_xai.comparison.regions import ALL
from fer_xai.comparison.verdict import pair_rows, weighing
from fer_xai.comparison.wording import blind_s, in_points, of_other, percents, points_apart, sided, signed_apart
from fer_xai.evaluation.intervals import share

Tables = Mapping[str, pd.DataFrame]
_SHOWN = 3


def told(tables: Tables, model: str, other: str, codebook: str) -> list[str]:
    """Sentences on answers, regions, focus, other codebooks, maps, faces and probabilities of one pair, in order."""
    found = (
        *(confused(tables, model, other), regions(tables, model, other), focused(tables, model, other)),
        *(specific(tables, model, other, codebook),),
        *(alike(tables, model, other), different_reasons(tables, model, other)),
        *(contrasted(tables, model, other, right) for right in (model, other)),
        calibrated(tables, model, other),
    )
    return [sentence for sentence in found if sentence]


def confused(tables: Tables, model: str, other: str) -> str:
    """Which cells of the confusion matrix differ beyond chance, the largest first."""
    rows = pair_rows(tables["confusion_differences"], model, other)
    rows = rows[rows["significant"]]
    if not len(pair_rows(tables["accuracy_differences"], model, other)):
        return ""
    if not len(rows):
        return f"No emotion is taken for another more often by {model} than by {other}, beyond chance."
    rows = rows.reindex(rows["difference"].abs().sort_values(ascending=False, kind="stable").index)
    said = [
        f"{row.label} faces {'rightly ' if row.label == row.predicted else ''}{row.predicted} "
        f"({percent(row.share)} against {percent(row.other_share)})"
        for row in rows.head(_SHOWN).itertuples()
    ]
    more = f", and {counted(len(rows) - _SHOWN, 'further cell')}" if len(rows) > _SHOWN else ""
    return f"Beyond chance they differ in calling {listing(said)}{more}."


def regions(tables: Tables, model: str, other: str) -> str:
    """Which coarse regions hold more of what speaks for the emotion in one model, by the lead method."""
    rows = pair_rows(tables["region_differences"], model, other)
    method = _lead(rows)
    rows = rows[(rows["method"] == method) & (rows["level"] == "coarse") & (rows["emotion"] == ALL)]
    if not rows["n"].gt(1).any():
        return ""
    sure = rows[rows["significant"]]
    name, cells = method_name(method), f"{_elsewhere(tables, model, other, method)}{_cells(tables, model, other)}"
    if not len(sure):
        return f"By {name}, over all faces, no region holds more in one than in the other, beyond chance.{cells}"
    sure = sure.reindex(sure["difference"].abs().sort_values(ascending=False, kind="stable").index)
    parts = []
    for whose, some in ((model, sure[sure["difference"] > 0]), (other, sure[sure["difference"] < 0])):
        if len(some):
            said = [
                f"the {region_name(row.region)} ({in_points(row.difference)})" for row in some.head(_SHOWN).itertuples()
            ]
            parts.append(f"{whose} weighs {listing(said)} more")
    return f"By {name}, {', '.join(parts)}.{cells}"


def _elsewhere(tables: Tables, model: str, other: str, lead: str) -> str:
    """In how many coarse regions the models differ over all faces by the other methods."""
    rows = pair_rows(tables["region_differences"], model, other)
    rows = rows[(rows["level"] == "coarse") & (rows["emotion"] == ALL) & (rows["method"] != lead)]
    found = rows[rows["significant"]].groupby("method", sort=False).size()
    sizes = rows.groupby("method", sort=False).size()
    told = [f"{n} of {sizes[method]} by {method_name(method)}" for method, n in found.items()]
    return f" By other methods regions differ so: {listing(told)}." if told else ""


def _cells(tables: Tables, model: str, other: str) -> str:
    """How many shares of coarse regions differ on single emotions' faces, by any method."""
    rows = pair_rows(tables["region_differences"], model, other)
    rows = rows[(rows["level"] == "coarse") & (rows["emotion"] != ALL)]
    sure = int(rows["significant"].sum())
    told = f"{counted(sure, 'share')} of {len(rows)} {'differs' if sure == 1 else 'differ'} so"
    return f" Emotion by emotion, by any method, {told}: see the tables below." if sure else ""


def focused(tables: Tables, model: str, other: str) -> str:
    """Whose maps are more focused: narrower, and more on brows, eyes, nose and mouth."""
    rows = pair_rows(tables["focus_differences"], model, other)
    method = _lead(rows)
    others, rows = rows[rows["method"] != method], rows[rows["method"] == method].set_index("measure")
    spread, central = rows.loc["spread"], rows.loc["central"]
    if not spread["n"]:
        return ""
    narrow = _sign(spread, model, other, lower=True)
    inner = _sign(central, model, other, lower=False)
    figures = (
        f"{method_name(method)}; share of the picture that they cover: {_apart(spread)}; share on brows, eyes, nose "
        f"and mouth: {_apart(central)}; {model} first"
    )
    but = _against(others, spread if narrow else None, central if inner else None)
    if narrow is None and inner is None:
        return f"Neither one's maps are more focused beyond chance ({figures})."
    if narrow and inner and narrow != inner:
        return f"{narrow}'s maps are narrower, {inner}'s lie more on the centre of the face ({figures}).{but}"
    whose = narrow or inner
    how = "more focused" if narrow and inner else "narrower" if narrow else "more on the centre of the face"
    return f"{whose}'s maps are {how} ({figures}).{but}"


def _against(others: pd.DataFrame, *told: pd.Series | None) -> str:
    """The other methods that say the opposite of what is told, beyond chance."""
    said = []
    for row in (row for row in told if row is not None):
        own = others[(others["measure"] == row.name) & others["significant"]]
        for _, one in own[own["difference"] * row["difference"] < 0].iterrows():
            what = "spread" if row.name == "spread" else "on brows, eyes, nose and mouth"
            said.append(f"{method_name(one['method'])} ({what} {points(one['difference'])} points)")
    return f" Beyond chance the opposite holds by {listing(said)}." if said else ""


def _apart(row: pd.Series) -> str:
    return f"{percents(row['value'], row['other_value'])}, {points_apart(row['difference'], row['low'], row['high'])}"


def specific(tables: Tables, model: str, other: str, codebook: str) -> str:
    """Who weighs each emotion's own action units more by codebooks that do not count for the verdict, beyond chance."""
    rows = pair_rows(tables["specificity_differences"], model, other)
    rows = rows[rows["method"].isin(weighing(list(dict.fromkeys(rows["method"])))) & (rows["codebook"] != codebook)]
    sure = rows[rows["significant"]].sort_values("p_holm", kind="stable")
    if not len(sure):
        return ""
    blind, said = tables.get("specificity_blind"), []
    shown = sure.groupby(sure["difference"] > 0, sort=False).head(1).index.union(sure.index[:_SHOWN], sort=False)
    shown = [place for place in sure.index if place in set(shown)]
    for _, row in sure.loc[shown].iterrows():
        first, book = row["difference"] > 0, str(row["codebook"])
        value, against, low, high = sided(row, first)
        said.append(
            f"{model if first else other} by {codebook_name(book)} ({method_name(row['method'])}: "
            f"{of_other('S', value, against)}, blind maps {blind_s(blind, book)}; {signed_apart(low, high)})"
        )
    more = f", and {counted(len(sure) - len(shown), 'further figure')}" if len(sure) > len(shown) else ""
    others = f"By other codebooks than {codebook_name(codebook)} one is more specific, beyond chance"
    return f"{others}: {'; '.join(said)}{more}."


def alike(tables: Tables, model: str, other: str) -> str:
    """How far the two models' maps of the same face agree, beside maps of different faces."""
    rows = pair_rows(tables["map_agreement"], model, other)
    rows = rows[rows["method"] == _lead(rows)]
    if not len(rows) or not rows.iloc[0]["n"] > 1:
        return ""
    row = rows.iloc[0]
    chance = signed(row["chance_correlation"])
    beside = (
        f"where maps of different faces have {chance}"
        if row["low"] > row["chance_correlation"]
        else f"no more than maps of different faces do ({chance})"
    )
    return (
        f"Their maps of the same face correlate at {signed(row['rank_correlation'])} ({method_name(row['method'])}; "
        f"95 % interval {signed(row['low'])} to {signed(row['high'])}), {beside}."
    )


def different_reasons(tables: Tables, model: str, other: str) -> str:
    """On how many faces that both are right on their maps are further apart than either one's of different faces."""
    faces = pair_rows(tables["face_differences"], model, other)
    both = int((faces["kind"] == BOTH).sum())
    rows = faces[(faces["kind"] == BOTH) & faces["apart"].notna() & faces["apart_chance"].notna()]
    if not len(rows):
        return ""
    those = f"on {len(rows)} of these both have maps that can be compared, and on " if len(rows) < both else "on "
    apart = int((rows["apart"] > rows["apart_chance"]).sum())
    found = share(apart, len(rows))
    return (
        f"Both are right on {counted(both, 'face')}; {those}{apart} of them ({percent(found.value)}, 95 % interval "
        f"{span(found.low, found.high)}) their maps are further apart than one model's maps of two faces of that "
        f"emotion usually are. Maps with nothing in common would be on {percent(rows['unrelated'].mean())}, equal maps "
        "on none."
    )


def contrasted(tables: Tables, model: str, other: str, right: str) -> str:
    """Which regions speak for the label in the model that is right and not in the one that is wrong."""
    faces = pair_rows(tables["face_differences"], model, other)
    count = int((faces["kind"] == right).sum())
    wrong = other if right == model else model
    rows = tables.get("contrast_regions", pd.DataFrame(columns=["model", "other", "right"]))
    rows = pair_rows(rows, model, other)
    rows = rows[rows["right"] == right]
    if not count or not len(rows):
        return f"{right} alone is right on {counted(count, 'face')}." if count else ""
    n = int(rows["n"].iloc[0])
    which = "On these" if n == count else f"On {counted(n, 'face')} of these"
    sure = rows[rows["significant"]]
    if not len(sure):
        reason = "no region's part in it is beyond chance"
    else:
        sure = sure.reindex(sure["difference"].abs().sort_values(ascending=False, kind="stable").index)
        said = [
            f"the {region_name(row.region)} ({points(row.value)} against {points(row.other_value)} points)"
            for row in sure.itertuples()
        ]
        reason = (
            f"beyond chance, what speaks for the label rather than {wrong}'s answer differs most on {listing(said)}, "
            "in probability"
        )
    return f"{right} alone is right on {counted(count, 'face')}. {which}, {reason}."


def calibrated(tables: Tables, model: str, other: str) -> str:
    """Whose probabilities are better (Brier score), and whether either is sure beyond what it should be."""
    rows = pair_rows(tables["brier_differences"], model, other)
    if not len(rows):
        return ""
    row = rows.iloc[0]
    figures = (
        f"Brier score, lower is better: {model} {plain(row['brier'])}, {other} {plain(row['other_brier'])}; "
        f"95 % interval of the difference {signed(row['low'])} to {signed(row['high'])}"
    )
    better = _sign(row, model, other, lower=True)
    said = f"{better}'s probabilities are better" if better else "Whose probabilities are better cannot be told"
    table = tables["calibration"]
    off = table[table["model"].isin([model, other]) & (table["error"] > table["chance_high"])]
    sure = [f"{r.model} is {'too' if r.confidence > r.accuracy else 'not'} sure enough" for r in off.itertuples()]
    sure = [text.replace("too sure enough", "too sure") for text in sure]
    return f"{said} ({figures})" + (f"; {' and '.join(sure)}." if sure else "; neither is miscalibrated beyond luck.")


def _lead(rows: pd.DataFrame) -> str:
    return next(iter(in_method_order(rows["method"])), "")


def _sign(row: pd.Series, model: str, other: str, lower: bool) -> str | None:
    """The model that a significant difference favours."""
    if not row["significant"]:
        return None
    return model if (row["difference"] < 0) == lower else other

"""How ``fer-xai evaluate`` looks in a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fer_xai.charts.words import whole

if TYPE_CHECKING:
    from rich.table import Table

    from fer_xai.evaluation.evaluate import Evaluation
    from fer_xai.evaluation.intervals import Estimate

_SHARES = {
    "accuracy": "accuracy",
    "accuracy_of_all_labels": "… with labels it does not know as wrong",
    "accuracy_without_copies": "… without exact copies of training faces",
    "accuracy_of_copies": "… on exact copies of training faces",
    "mean_diagonal": "balanced accuracy (mean recall)",
    "top_2": "label among its two likeliest",
    "macro_precision": "precision, mean over emotions",
    "macro_f1": "F1, mean over emotions",
    "weighted_f1": "F1, weighted by faces",
    "vote_agreement": "share of FER+ votes for its answer",
}
_LOSSES = {
    "loss": "loss (cross-entropy)",
    "vote_loss": "loss against FER+ votes",
    "vote_loss_least": "least that the votes allow",
}


def show(found: Evaluation, name: str, data: str) -> None:
    """Print the tables."""
    from rich.console import Console

    console = Console()
    for table in (_figures(found, name, data), _emotions(found), _errors(found)):
        console.print(table)
    for remark in found.remarks:
        console.print(remark, highlight=False, markup=False)


def _figures(found: Evaluation, name: str, data: str) -> Table:
    from rich.table import Table

    figures = found.figures
    table = Table(title=f"{name} on {figures['accuracy'].n:,} labelled faces ({data})")
    for column in ("", "value", "95 % interval", "by chance"):
        table.add_column(column, justify="left" if column in ("", "by chance") else "right")
    all_known = figures["accuracy_of_all_labels"].n == figures["accuracy"].n
    for key, said in _SHARES.items():
        if key in figures and figures[key].n and not (key == "accuracy_of_all_labels" and all_known):
            count = f" ({figures[key].n:,})" if key.startswith("accuracy_") else ""
            table.add_row(said + count, *_share(figures[key]), _chance(found, key))
    for key, said in _LOSSES.items():
        if key in figures:
            table.add_row(said, *_plain(figures[key]), _chance(found, key))
    known = found.calibration
    if known is not None:
        table.add_row("how sure it is, on average", _percent(known.confidence), "", "")
        for said, error in (
            ("calibration error (ECE)", known.error),
            ("… mean over all emotions' probabilities", known.classwise),
        ):
            verdict = "more than luck" if error.is_miscalibrated else "within luck"
            luck = f"{error.chance:.3f}, 95 % below {error.chance_high:.3f}: {verdict}"
            table.add_row(said, f"{error.value:.3f}", "", luck)
        table.add_row("Brier score", *_plain(known.brier), _chance(found, "brier"))
    never = f"{_percent(found.binary_accuracy_of_never)}, never saying yes"
    table.add_row("accuracy of single outputs ¹", _percent(found.binary_accuracy), "", never)
    table.caption = "¹ not accuracy: Keras's binary_accuracy, which some papers quote"
    return table


def _chance(found: Evaluation, name: str) -> str:
    """What answers without looking at the faces would have."""
    level = found.chance.get(name)
    if level is None:
        return ""
    return f"{_percent(level.value) if name in _SHARES else _number(level.value)}, {level.whose}"


def _emotions(found: Evaluation) -> Table:
    from rich.table import Table

    table = Table(title="Each emotion, in % (95 % interval)")
    for column in ("emotion", "faces", "precision", "recall", "F1"):
        table.add_column(column, justify="left" if column == "emotion" else "right")
    for row in found.per_class.to_dict("records"):
        table.add_row(
            row["emotion"], f"{row['n']:,}", *(_interval(row, name) for name in ("precision", "recall", "f1"))
        )
    return table


def _errors(found: Evaluation) -> Table:
    from rich.table import Table

    table = Table(title="Most frequent errors")
    for column in ("label", "taken for", "faces", "% of its faces", "% of all errors"):
        table.add_column(column, justify="left" if column in ("label", "taken for") else "right")
    for row in found.top_confusions().itertuples():
        part = f"{whole(row.share)} ({whole(row.low)}–{whole(row.high)})"
        table.add_row(row.label, row.predicted, f"{row.n:,}", part, f"{whole(row.share_of_errors)}")
    return table


def _share(figure: Estimate) -> tuple[str, str]:
    return _percent(figure.value), f"{_percent(figure.low)}–{_percent(figure.high)}"


def _plain(figure: Estimate) -> tuple[str, str]:
    known = math.isfinite(figure.low) or math.isfinite(figure.high)
    return f"{figure.value:.3f}", f"{_number(figure.low)}–{_number(figure.high)}" if known else "–"


def _interval(row: dict[str, float], name: str) -> str:
    value, low, high = (row[key] for key in (name, f"{name}_low", f"{name}_high"))
    return f"{whole(value)} ({whole(low)}–{whole(high)})" if math.isfinite(value) else "–"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %" if math.isfinite(value) else "–"


def _number(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "–"

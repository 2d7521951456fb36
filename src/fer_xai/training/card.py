"""A model card from the record of a training run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fer_xai.training.recipe import Recipe

_LIMITS = """\
## Limits

- **Not for decisions about people.** An expression is not an emotion: a smiling face is not proof of a happy person.
- **Noisy labels.** A label is somebody's opinion: people agree with FER2013's about 65 % of the time. Copies of
  training faces among test faces flatter accuracy; FER2013 has some, and `fer-xai clean` finds them in any data.
- **Unknown people.** Accuracy by age, gender or origin was not measured here, and a bias must be expected. FER2013's
  photos come from web searches and say nothing of it; where your data does, `fer-xai report` compares the groups.
- **{fewest}
- **Only crops like the training faces:** grey, 48×48, one face that fills the crop.
- **Probabilities were not calibrated:** read them as an order, not as odds.
"""


def write_card(record: Mapping[str, Any], recipe: Recipe) -> str:
    """The card as Markdown.

    Parameters
    ----------
    record : mapping
        What ``fer-xai train`` writes beside the model; see `fer_xai.training.leaderboard`.
    recipe : Recipe
    """
    lines = [f"# Model card: {record['model']}", "", f"Trained by the recipe `{recipe.name}`.", ""]
    lines += _table(("what", ""), _facts(record, recipe))
    lines += ["", "## Accuracy", "", "With 95 % Wilson intervals.", ""]
    lines += _table(("faces", "n", "accuracy"), _figures(record))
    if record["recalls"]:
        lines += ["", f"Mean of the recalls on the test faces: {_percent(record['mean_diagonal'])}.", ""]
        lines += _table(("emotion", "faces", "recall", "the document's"), _recalls(record, recipe))
    if recipe.reported.remarks:
        lines += ["", "About the document's figures:", "", *(f"- {remark}" for remark in recipe.reported.remarks)]
    if recipe.choices:
        lines += ["", "## What the document leaves open, and what was chosen", ""]
        lines += [f"- {choice}" for choice in recipe.choices]
    return "\n".join([*lines, "", _LIMITS.format(fewest=_fewest(record["train_faces"]))])


def _fewest(counts: Mapping[str, int]) -> str:
    few = sorted(counts, key=lambda emotion: counts[emotion])[:2]
    told = ", ".join(f"{emotion} {counts[emotion]:,}" for emotion in few)
    return f"Few faces of some emotions:** of training faces, fewest are of {told}; what it knows of them is uncertain."


def _facts(record: Mapping[str, Any], recipe: Recipe) -> list[tuple[str, ...]]:
    faces, left_out = record["faces"], record["left_out"]
    sample = f"; a sample of {record['limit']:,} (--limit)" if record["limit"] else ""
    facts: list[tuple[str, ...]] = [
        ("document", recipe.document),
        ("input", "one face, 48×48, grey, float in [0, 1]"),
        ("output", f"probabilities of {', '.join(record['emotions'])}, in this order"),
        ("parameters", f"{record['parameters']:,}"),
        ("data", record["data"]),
        ("labels", record["labels"]),
        ("split", f"{record['protocol']}: {record['split']}"),
        ("faces", f"{faces['train']:,} train, {faces['validation']:,} validate, {faces['test']:,} test{sample}"),
        ("left out", ", ".join(f"{count:,} of {emotion}" for emotion, count in left_out.items()) or "no emotion"),
        ("cleaned", record["cleaning"] or "no"),
        ("backbone's weights", record["backbone_weights"] or "no backbone"),
        ("settings", record["settings"]),
        ("changed by hand", ", ".join(record["overrides"]) or "nothing"),
        ("seed, precision", f"{record['seed']}, {record['precision']}"),
        ("machine", record["machine"]),
    ]
    if record["epochs"]:
        facts.append(("epochs", f"{record['epochs']}, of which number {record['best_epoch']} was kept"))
        facts.append(("time", f"{max(record['seconds'] / 60, 0.1):.1f} minutes of training"))
    return facts


def _figures(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    names = {"test": "test", "extra": "test and the extra faces", "validation": "validation, which chose the epoch"}
    for part, title in names.items():
        if record[part]:
            accuracy = record[part]
            interval = f"[{_percent(accuracy['low'])}, {_percent(accuracy['high'])}]"
            rows.append((title, f"{accuracy['n']:,}", f"{_percent(accuracy['accuracy'])} {interval}"))
    always = record["always"]
    rows.append((f"always answering {always['emotion']}", "", _percent(always["accuracy"])))
    if record["per_output"] is not None:
        constant = 1 - 1 / len(record["emotions"])
        told = f"test, single outputs on the right side of one half (answering none reaches {_percent(constant)})"
        rows.append((told, "", _percent(record["per_output"])))
    if record["reported"]["test"] is not None:
        rows.append(("test, as the document reports", "", _percent(record["reported"]["test"])))
    return rows


def _recalls(record: Mapping[str, Any], recipe: Recipe) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for emotion, recall in record["recalls"].items():
        rows.append(
            (
                emotion,
                f"{record['test_faces'][emotion]:,}",
                _percent(recall),
                _percent(recipe.reported.recalls.get(emotion)),
            )
        )
    return rows


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    ruled = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return ruled + ["| " + " | ".join(row) + " |" for row in rows]

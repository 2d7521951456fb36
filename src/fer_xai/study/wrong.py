"""The study's tables of what goes wrong: confusions, kinds of errors, covered faces, doubtful labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from fer_xai.evaluation import confusion_matrix
from fer_xai.evaluation.confusions import pull_table, region_matrix
from fer_xai.evaluation.doubts import chance_of_votes, label_doubts
from fer_xai.evaluation.error_kinds import error_kinds
from fer_xai.evaluation.groups import compare_groups
from fer_xai.evaluation.per_class import confusions
from fer_xai.faces import Faces
from fer_xai.facs.atlas import region_names
from fer_xai.facs.profiles import by_face
from fer_xai.holm import holm
from fer_xai.study import chunks
from fer_xai.study.files import write_table
from fer_xai.study.study import Study

VOTES = "votes_"  # columns of the faces' table that hold votes begin so
COVERED = 0.25  # share of a region that must lie behind something
_LEVEL = "coarse"


def write_wrong(study: Study, starts: Sequence[int], faces: Faces) -> None:
    """Write the tables ``confusions``, ``error_kinds``, ``errors``, ``covered`` and ``label_doubts``."""
    out, seed = study.path, study.manifest["seed"]
    predictions, occluders = study.table("predictions"), chunks.gather(out, ["occluders"], starts)
    contrasts = chunks.gather(out, ["contrasts"], starts)
    write_table(
        out / "confusions.parquet", confusion_table(predictions, contrasts, study.manifest["model"]["emotions"])
    )
    kinds, errors = kind_tables(contrasts, seed)
    write_table(out / "error_kinds.parquet", kinds)
    write_table(out / "errors.parquet", errors)
    write_table(out / "covered.parquet", covered_table(predictions, occluders))
    write_table(out / "label_doubts.parquet", doubt_table(study, faces))


def confusion_table(predictions: pd.DataFrame, contrasts: pd.DataFrame, emotions: Sequence[str]) -> pd.DataFrame:
    """The rows of `pull_table` with how often the confusion happens, and tests corrected by Holm over the table.

    Columns beside those: n (faces so confused) of `of` (with that label), share with its Wilson interval share_low and
    share_high, p_holm and p_beyond_holm.
    """
    pulls = pull_table(contrasts)
    labels = [label if isinstance(label, str) else None for label in predictions["label"].astype(object)]
    often = confusions(confusion_matrix(labels, predictions["predicted"], emotions)).drop(columns="share_of_errors")
    often = often.rename(columns={"low": "share_low", "high": "share_high"})
    table = pulls.merge(often, on=["label", "predicted"], how="left")
    for p in ("p", "p_beyond"):
        table[f"{p}_holm"] = holm(table[p].to_numpy(np.float64))
    return table


def kind_tables(contrasts: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cluster the wrong faces by which regions pulled them, each face's pulls divided by the sum of their sizes.

    Returns
    -------
    kinds : DataFrame
        One row per kind and region: kind (0 is the largest; −1 all errors, where there are no separate kinds), faces,
        region, value (the mean share of the pull, −1…1; below 0 it held the answer back), and of the clustering:
        clusters, silhouette, expected (of a single cloud), p, stability, found.
    errors : DataFrame
        One row per wrong face with landmarks: face, label, predicted, kind.
    """
    regions = [name for name in region_names(_LEVEL) if name in set(contrasts["region"])]
    values = region_matrix(contrasts, regions, "value")
    size = np.abs(values).sum(axis=1, keepdims=True)
    profiles = values / np.where(size > 0, size, 1.0)
    found = error_kinds(profiles, seed)
    errors = contrasts.drop_duplicates("face")[["face", "label", "predicted"]].reset_index(drop=True)
    errors["kind"] = found.labels
    rows = [
        {
            "kind": int(kind),
            "faces": int((found.labels == kind).sum()),
            "region": region,
            "value": float(profiles[found.labels == kind, place].mean()),
        }
        for kind in np.unique(found.labels)
        for place, region in enumerate(regions)
    ]
    kinds = pd.DataFrame(rows, columns=["kind", "faces", "region", "value"])
    for name in ("clusters", "silhouette", "expected", "p", "stability", "found"):
        kinds[name] = getattr(found, name)
    return kinds, errors


def covered_table(predictions: pd.DataFrame, occluders: pd.DataFrame) -> pd.DataFrame:
    """Accuracy on faces of which something is covered against the other faces, like for like (`compare_groups`).

    ``group`` is ``hair`` or ``glasses`` (plain to see), ``mouth`` or ``eye`` (a quarter of it behind something; the
    eyes not behind glasses). A face that is not flagged may be covered all the same: hands are often missed.
    """
    order = pd.Index(predictions["face"])
    named = occluders.drop_duplicates("face").set_index("face").reindex(order)
    faces, hidden, _ = by_face(
        occluders[occluders["level"] == _LEVEL], "region", ("mouth", "eye"), ("occluded", "occluded")
    )
    mouth, eye = pd.DataFrame(hidden, faces).reindex(order).ge(COVERED).to_numpy().T
    glasses = named["glasses"].eq(True).to_numpy(bool)
    flags = {
        "hair": named["hair"].eq(True).to_numpy(bool),
        "glasses": glasses,
        "mouth": mouth,
        "eye": eye & ~glasses,
    }
    label, tables = predictions["label"], []
    for name, flag in flags.items():
        groups = pd.Series(pd.Categorical(np.where(flag, name, "others"), [name, "others"]))
        tables.append(compare_groups(groups, right_or_wrong(predictions), list(label.fillna(predictions["predicted"]))))
    table = pd.concat(tables, ignore_index=True)
    table = table[table["group"] != "others"].reset_index(drop=True)
    return table.assign(p_holm=holm(table["p"].to_numpy(np.float64)))


def right_or_wrong(predictions: pd.DataFrame) -> pd.DataFrame:
    """1 where the answer is the label, 0 where it is not, NaN on unlabelled faces, (N, 1)."""
    return pd.DataFrame({"accuracy": predictions["correct"].astype("Float64").to_numpy(np.float64, na_value=np.nan)})


def doubt_table(study: Study, faces: Faces) -> pd.DataFrame:
    """The rows of `label_doubts` by face, and ``evidence``: votes (two witnesses) or model (one).

    Two more columns, the same in all rows: ``alone``, how many labels the model alone would doubt, and ``chance``, the
    share of them that votes would confirm if it suggested emotions at random (NaN without votes).
    """
    predictions = study.table("predictions")
    emotions = study.manifest["model"]["emotions"]
    labels = [label if isinstance(label, str) else None for label in predictions["label"].astype(object)]
    probabilities, votes = predictions[[f"p_{e}" for e in emotions]].to_numpy(np.float64), votes_in(faces)
    alone = label_doubts(labels, probabilities, emotions)
    found = alone if votes is None else label_doubts(labels, probabilities, emotions, votes)
    found.insert(0, "face", predictions["face"].to_numpy(object)[found.pop("place").to_numpy()])
    return found.assign(
        evidence="model" if votes is None else "votes",
        alone=len(alone),
        chance=np.nan if votes is None else chance_of_votes(labels, votes, emotions),
    )


def votes_in(faces: Faces) -> pd.DataFrame | None:
    """The votes that the faces' table holds, a column per answer; `None` where it holds none."""
    columns = [name for name in faces.table if str(name).startswith(VOTES)]
    if not columns:
        return None
    return faces.table[columns].rename(columns=lambda name: name.removeprefix(VOTES)).astype(float)

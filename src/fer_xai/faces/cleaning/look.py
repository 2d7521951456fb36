"""`find_doubtful`: run the checks and gather what they say in one table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from fer_xai.emotions import canonical
from fer_xai.errors import InputError, unknown
from fer_xai.faces.cleaning.checks import list_checks
from fer_xai.faces.cleaning.request import Finding, Request, Track
from fer_xai.faces.faces import Faces

COLUMNS = (
    "face", "row", "source", "split", "label", "check", "reason", "detail", "group", "partner", "score", "suggested",
    "pixels",
)  # fmt: skip


def find_doubtful(
    faces: Faces,
    checks: Sequence[str] | None = None,
    *,
    votes: str | Path | None = None,
    emotions: Sequence[str] = (),
    seed: int = 0,
    track: Track | None = None,
) -> pd.DataFrame:
    """Look for faces that a person may want to leave out. Nothing is removed.

    Parameters
    ----------
    faces : Faces
    checks : sequence of str, optional
        Names of `list_checks`; default all whose needs are met.
    votes : path, optional
        FER+ votes (``fer2013new.csv``), for the check ``not_a_face_votes``; labels stay as they are.
    emotions : sequence of str
        Emotions to leave out, for the check ``dropped_emotion``.
    seed : int
        Of what is drawn at random.
    track : callable, optional
        ``track(what, done, total)`` shows progress.

    Returns
    -------
    DataFrame
        One row per check and face it speaks of: ``face``, ``row`` (in FER2013; missing elsewhere), ``source``,
        ``split``, ``label``, ``check``, ``reason``, ``detail``, ``group`` (``check-number``; "" where alone),
        ``partner`` (the face it is most like, or ""), ``score``, ``suggested`` (``drop``, ``keep`` or ``look``),
        ``pixels`` (a hash of the face's pixels, by which `apply_cleaning` knows its data).

    Raises
    ------
    InputError
        If a check is unknown, or what it needs is not given.
    """
    given = {"votes": votes is not None, "emotions": bool(emotions)}
    chosen = _choose(checks, given)
    request = Request(
        faces,
        seed,
        Path(votes) if votes is not None else None,
        tuple(canonical(name) for name in emotions),
        track or (lambda what, done, total: None),
    )
    parts = [_rows(request, name, module.find(request)) for name, module in chosen.items()]
    return pd.concat(parts, ignore_index=True) if parts else _rows(request, "", [])


def _choose(names: Sequence[str] | None, given: dict[str, bool]) -> dict[str, Any]:
    known = list_checks()
    if names is None:
        return {name: module for name, module in known.items() if module.NEEDS is None or given[module.NEEDS]}
    for name in names:
        if name not in known:
            raise unknown("check", name, known)
        if known[name].NEEDS and not given[known[name].NEEDS]:
            what = {"votes": "FER+ votes (--ferplus VOTES.csv)", "emotions": "emotions (--drop disgust)"}
            raise InputError(f"check {name} needs {what[known[name].NEEDS]}")
    return {name: known[name] for name in dict.fromkeys(names)}


def _rows(request: Request, check: str, findings: list[Finding]) -> pd.DataFrame:
    faces, digests = request.faces, request.digests
    places = [finding.place for finding in findings]
    about = faces.table.iloc[places].reset_index(drop=True)
    said = pd.DataFrame(findings, columns=list(Finding._fields))
    ids = faces.ids
    return pd.DataFrame(
        {
            "face": about["face"],
            "row": about["row"].astype("Int64") if "row" in about else pd.array([None] * len(about), "Int64"),
            "source": about["source"],
            "split": about["split"],
            "label": about["label"],
            "check": check,
            "reason": said["reason"],
            "detail": said["detail"],
            "group": ["" if finding.group is None else f"{check}-{finding.group}" for finding in findings],
            "partner": ["" if finding.partner is None else ids[finding.partner] for finding in findings],
            "score": said["score"].astype(float),
            "suggested": said["suggested"],
            "pixels": digests[places],
        },
        columns=list(COLUMNS),
    )

"""What a table of doubtful faces says in all."""

from __future__ import annotations

import pandas as pd

from fer_xai.faces.cleaning.checks import list_checks


def summarise(table: pd.DataFrame) -> pd.DataFrame:
    """Count what each check found.

    Parameters
    ----------
    table : DataFrame
        What `find_doubtful` gives.

    Returns
    -------
    DataFrame
        One row per check, facts first, then guesses, the better ones before the worse: ``check``, ``faces``,
        ``groups``, ``drop``, ``look``, of the faces in test and in validation how many share their group with a
        training face (``test_in_train``, ``validation_in_train``), and ``right``, how many of how many it flags were
        right by eye on FER2013: ``"10 of 42"``, or ``"a fact"``.
    """
    rows = []
    for check, module in list_checks().items():
        part = table[table["check"] == check]
        if part.empty:
            continue
        grouped = part[part["group"] != ""]
        with_train = grouped[grouped["group"].isin(grouped.loc[grouped["split"] == "train", "group"])]
        rows.append(
            {
                "check": check,
                "faces": part["face"].nunique(),
                "groups": grouped["group"].nunique(),
                "drop": part.loc[part["suggested"] == "drop", "face"].nunique(),
                "look": part.loc[part["suggested"] == "look", "face"].nunique(),
                "test_in_train": int((with_train["split"] == "test").sum()),
                "validation_in_train": int((with_train["split"] == "validation").sum()),
                "right": "a fact" if module.RIGHT is None else "{} of {}".format(*module.RIGHT),
            }
        )
    columns = ["check", "faces", "groups", "drop", "look", "test_in_train", "validation_in_train", "right"]
    return pd.DataFrame(rows, columns=columns)

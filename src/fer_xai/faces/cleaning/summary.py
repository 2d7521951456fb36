"""What a table of doubtful faces says in all."""

from __future__ import annotations

import pandas as pd


def summarise(table: pd.DataFrame) -> pd.DataFrame:
    """Count what each check found.

    Parameters
    ----------
    table : DataFrame
        What `find_doubtful` gives.

    Returns
    -------
    DataFrame
        One row per check: ``check``, ``faces``, ``groups``, ``drop``, ``look``, and of the faces in test and in
        validation how many share their group with a training face: ``test_in_train``, ``validation_in_train``.
    """
    rows = []
    for check, part in table.groupby("check", sort=True):
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
            }
        )
    columns = ["check", "faces", "groups", "drop", "look", "test_in_train", "validation_in_train"]
    return pd.DataFrame(rows, columns=columns)

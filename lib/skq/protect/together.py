"""Rows of one unit that tell of each other without adding up over units: hidden together, or two of them or none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq import catalog
from skq.keys import numbered
from skq.protect.standing import Booleans, Groups
from skq.terms import Breakdown

COHORT_COUNTS = ("cohort_stayers_count", "cohort_leavers_count", "cohort_joiners_count", "cohort_matched_share")
"""Stayers and leavers are the pupils before, stayers and joiners those after, and both are known from other tables."""

FAMILIES = ("test_relation", "economy", "allocation")
"""Grades beside tests: shares that sum to one, and what is made of them. Costs, money shared: kinds and their sum."""

SHARES_OF_ONE = ("all_subjects_passed_share", "failed_one_subject_share", "failed_several_subjects_share")
"""Who passed in all subjects, failed in one, failed in several: as published, two of them are hidden or none."""

ENGAGEMENT = ("hme_index", "hme_motivation", "hme_leadership", "hme_governance")
"""The three sub-indices and their mean: two of them and the mean tell the third."""

_ROW = ["level", "unit", "school_year", "grade_year", "subject", "breakdown", "category"]


def together(rows: pd.DataFrame) -> Groups:
    """Return the number of each row's group of rows that tell of each other and are hidden together.

    Grades beside tests, costs, a cohort's counts, the engagement of employees; girls, boys and the share of girls.
    """
    kinds = rows["metric"].map({name: _kind(name) for name in rows["metric"].unique()}).astype("object")
    girls = rows["grade_year"].isna() & (
        rows["metric"].eq("girls_share") | (rows["metric"].eq("pupil_count") & rows["breakdown"].eq(str(Breakdown.SEX)))
    )
    grouped = (kinds.notna() | girls).to_numpy(dtype=bool)
    keys = rows.loc[grouped, _ROW].assign(kind=kinds[grouped].mask(girls[grouped], "girls").astype("str"))
    keys.loc[girls[grouped], ["breakdown", "category"]] = ""
    return _numbered(keys, grouped)


def shares_of_one(rows: pd.DataFrame) -> Groups:
    """Return the number of each row's group of shares that sum to one."""
    grouped = rows["metric"].isin(SHARES_OF_ONE).to_numpy(dtype=bool)
    return _numbered(rows.loc[grouped, _ROW], grouped)


def _kind(metric: str) -> str | None:
    """Return the name of those that *metric* is hidden together with, None where there are none."""
    if metric in COHORT_COUNTS:
        return "cohort"
    if metric in ENGAGEMENT:
        return "engagement"
    family = catalog.metric(metric).family
    return family if family in FAMILIES else None


def _numbered(keys: pd.DataFrame, grouped: Booleans) -> Groups:
    """Return the number of each row's group: of those *grouped* by *keys*, in the keys' order, then of the others.

    A row that is not *grouped* is alone.
    """
    number = np.unique(numbered(keys, list(keys.columns)), return_inverse=True)[1]
    groups = np.empty(len(grouped), dtype=np.intp)
    groups[grouped] = number
    groups[~grouped] = number.max(initial=-1) + 1 + np.arange(np.count_nonzero(~grouped))
    return groups

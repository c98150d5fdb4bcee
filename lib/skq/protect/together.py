"""Rows of one unit that tell of each other without adding up over units: hidden together, or two of them or none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq import catalog
from skq.protect.standing import Groups
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
    family = rows["metric"].map({name: catalog.metric(name).family for name in rows["metric"].unique()})
    girls = rows["grade_year"].isna() & (
        rows["metric"].eq("girls_share") | (rows["metric"].eq("pupil_count") & rows["breakdown"].eq(str(Breakdown.SEX)))
    )
    kind = family.where(family.isin(FAMILIES)).mask(rows["metric"].isin(COHORT_COUNTS), "cohort").mask(girls, "girls")
    kind = kind.mask(rows["metric"].isin(ENGAGEMENT), "engagement")
    keys = rows[_ROW].assign(kind=kind)
    keys.loc[girls, ["breakdown", "category"]] = ""
    return _numbered(keys)


def shares_of_one(rows: pd.DataFrame) -> Groups:
    """Return the number of each row's group of shares that sum to one."""
    return _numbered(rows[_ROW].assign(kind=pd.Series("one", rows.index).where(rows["metric"].isin(SHARES_OF_ONE))))


def _numbered(keys: pd.DataFrame) -> Groups:
    """Return the number of each row's group: rows of one kind with the same key; a row without kind is alone."""
    alone = pd.Series(keys.index.astype("str"), index=keys.index)
    named = keys.assign(kind=keys["kind"].fillna(alone))
    return np.asarray(named.groupby([*_ROW, "kind"], dropna=False, sort=True).ngroup(), dtype=np.intp)

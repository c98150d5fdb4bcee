"""What an attacker knows of each number before adding anything up: counts and sums between two bounds.

A share of n pupils is a count of them, told up to its rounding; a mean is a sum. What is hidden is bounded by the rule
that hid it, which everybody can read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import catalog
from skq.protect.rule import DisclosureRule, Shape
from skq.release.attack_lines import COUNT_OF
from skq.report.wording import form
from skq.terms import RESULT_KEY, CellStatus

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

KEY = list(RESULT_KEY)
MOST = 1e7
"""No count and no sum that matters is greater."""
OFFICIAL = "official"
"""The release of what agencies have published: known to anyone, whatever we do."""
MILLIONTH = 1e-6
"""Sums of money are looked at in millions."""
NEARLY, FEW, NOBODY = str(CellStatus.NEARLY_ALL), str(CellStatus.TOO_FEW), str(CellStatus.MISSING)


@dataclass(frozen=True, eq=False)
class Known:
    """The numbers of a site, one row per key, and the bounds of what each counts (`low`, `high`) and rests on.

    `rows` has RESULT_KEY, n, value, status, where, `since` (the release that told a number which this one hides, "" for
    none) and `kind` (`share`, `count` or `amount`); everything else is parallel to it.
    """

    rows: pd.DataFrame
    low: Floats
    high: Floats
    n_low: Floats
    n_high: Floats
    lack_low: Floats
    lack_high: Floats

    @property
    def whole(self) -> Booleans:
        """Which rows count persons, so that only whole numbers can be meant."""
        return self.rows["whole"].to_numpy(dtype=bool)


def merged(numbers: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Return one row per key of *numbers* (as `published`), what they hide filled from *earlier* (as from `memory`).

    Numbers that only earlier releases told are rows too. Of several places the one that tells most is kept.
    """
    shown = numbers.assign(since="").sort_values("value", na_position="last", kind="stable")
    now = shown.drop_duplicates(KEY).reset_index(drop=True)
    told = earlier[earlier["value"].notna()].sort_values("release", kind="stable").drop_duplicates(KEY, keep="last")
    if told.empty:
        return now.sort_values(KEY, kind="stable").reset_index(drop=True)
    old = told.assign(since=told["release"], own=True, step=_steps(told), where="")[list(now.columns)]
    beside = now.merge(old[[*KEY, "n", "value", "since", "step"]], on=KEY, how="left", suffixes=("", "_old"))
    fill = beside["value"].isna() & beside["value_old"].notna()
    for column in ("n", "value", "since", "step"):
        beside[column] = beside[column].mask(fill, beside[f"{column}_old"])
    there = old.merge(now[KEY], on=KEY, how="left", indicator=True)["_merge"].eq("both").to_numpy()
    found = pd.concat([beside[list(now.columns)], old[~there]], ignore_index=True)
    return found.astype(now.dtypes.to_dict()).sort_values(KEY, kind="stable").reset_index(drop=True)


def _steps(rows: pd.DataFrame) -> pd.Series:
    step = {name: 10.0 ** -form(name).decimals / form(name).scale for name in rows["metric"].unique()}
    return rows["metric"].map(step).astype("float64")


def known_rows(rows: pd.DataFrame, rule: DisclosureRule) -> Known:
    """Return *rows* (one per key, as from `merged`) with the bounds that they and the *rule* tell."""
    kind = rows["metric"].map({name: _kind(name) for name in rows["metric"].unique()}).astype("str")
    typed = rows.assign(kind=kind)
    n = rows["n"].to_numpy("float64", na_value=np.nan)
    value = rows["value"].to_numpy("float64", na_value=np.nan)
    status = rows["status"].to_numpy(dtype="str")
    half = rows["step"].to_numpy("float64") / 2 * (1 + 1e-9)
    minimum = fewest(rows, rule)
    count, share = (kind.eq(name).to_numpy(dtype=bool) for name in ("count", "share"))
    shown = ~np.isnan(value)
    hidden_few = ~shown & (status == FEW)
    n_half = np.where(np.isnan(n) | (n % 1 == 0), 0.0, 0.05)
    n_low, n_high = np.where(np.isnan(n), 0.0, n - n_half), np.where(np.isnan(n), MOST, n + n_half)
    mean_few = hidden_few & ~share & ~count & (minimum > 0)
    n_high = np.where(mean_few & np.isnan(n), np.minimum(n_high, minimum - 1), n_high)
    money = rows["metric"].map({name: catalog.metric(name).unit == "sek" for name in rows["metric"].unique()})
    weight = np.where(count, 1.0, n) * np.where(money.to_numpy(dtype=bool), MILLIONTH, 1.0)
    low, high = (value - half) * weight, (value + half) * weight
    unknown = np.isnan(low)
    sign = np.where(rows["metric"].map({name: form(name).signed for name in rows["metric"].unique()}), -MOST, 0.0)
    low, high = np.where(unknown, sign, low), np.where(unknown, MOST, high)
    high = np.where(hidden_few & (share | count) & (minimum > 0) & rows["own"].to_numpy(), minimum - 1, high)
    nobody = share & ~shown & (status == NOBODY) & rows["own"].to_numpy()
    high = np.where(nobody, 0.0, high)
    by_nobody = ~shown & (status != FEW) & _made_by_nobody(rows)
    low, high, n_high = (np.where(by_nobody, known, bound) for known, bound in ((0, low), (0, high), (1, n_high)))
    whole = (share | count) & _counts_persons(rows, low, high, shown & ~np.isnan(weight))
    low, high = (_inward(side, up, whole) for side, up in ((low, True), (high, False)))
    n_low, n_high = np.where(count, low, n_low), np.where(count, high, n_high)
    nearly = share & (status == NEARLY) & ~shown
    lack_low, lack_high = np.where(nearly, 1.0, 0.0), np.where(nearly, float(rule.nearly_all), MOST)
    return Known(typed.assign(whole=whole), low, high, n_low, n_high, lack_low, lack_high)


def _made_by_nobody(rows: pd.DataFrame) -> Booleans:
    """Return which of *rows* are parts of a change that the count beside them says nobody made: they are 0."""
    count = rows["metric"].map(COUNT_OF)
    parts = rows.loc[count.notna(), KEY].assign(metric=count.dropna().astype("str"))
    beside = parts.merge(rows[[*KEY, "value"]], on=KEY, how="left", validate="many_to_one")["value"]
    found = np.zeros(len(rows), dtype=bool)
    found[np.flatnonzero(count.notna())] = beside.eq(0).to_numpy(dtype=bool)
    return found


def _counts_persons(rows: pd.DataFrame, low: Floats, high: Floats, told: Booleans) -> Booleans:
    """Return which rows are of metrics whose every shown number fits a whole number of persons.

    Shares of hours, of posts and of kronor do not.
    """
    fits = np.floor(high + 1e-6) >= np.ceil(low - 1e-6)
    never = set(rows["metric"].to_numpy()[told & ~fits])
    return ~rows["metric"].isin(never).to_numpy()


def _inward(side: Floats, up: bool, whole: Booleans) -> Floats:
    return np.where(whole, np.ceil(side - 1e-6) if up else np.floor(side + 1e-6), side)


def _kind(metric: str) -> str:
    entry = catalog.metric(metric)
    return entry.unit if entry.unit in ("share", "count") else "amount"


def fewest(rows: pd.DataFrame, rule: DisclosureRule) -> Floats:
    """Return below which number the rule hides each of *rows*: of pupils, of those with the property; 0 for any."""
    kinds = rows[["metric", "level", "grade_year", "school_year"]].drop_duplicates()
    found = []
    for metric, level, grade_year, school_year in kinds.itertuples(index=False):
        year = None if pd.isna(grade_year) else int(grade_year)
        family = rule.family(catalog.metric(metric).family, year, school_year)
        few = family.shape is not Shape.PARTS and family.minimum(level) >= 1
        found.append(family.minimum(level) if few else 0.0)
    told = kinds.assign(minimum=found)
    return rows.merge(told, on=list(kinds.columns), how="left")["minimum"].to_numpy("float64")

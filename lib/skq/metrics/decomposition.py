"""Why a mean changed (domain §9.3): the same pupils' progress, and the effects of those who left and who joined.

Pure. With M the mean of all and S that of the stayers, at two points: M1 − M0 = (S1 − S0) + (S0 − M0) + (M1 − S1).
Pupils present at both points but with a value at one of them only are neither stayers, leavers nor joiners here; their
share of the two effects is told apart as `measured_once`, so that the parts always add up to the change.

Intervals: each part is a sum of coefficients times means of different pupils (stayers' two values being paired); its
variance is the sum of theirs, given how many there are of each kind, with degrees of freedom after Satterthwaite
(1946), Biometrics Bulletin 2:110-114. A lone pupil's variance is taken to be that of the stayers at the same point.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student

from skq.metrics.cohorts import PUPIL
from skq.metrics.measure import Answer

Statistics = dict[str, pd.DataFrame]
LEVEL = 0.95
PARTS = ("before", "after", "change", "progress", "leavers", "joiners", "measured_once")
"""Mean before and after, their difference, and the four parts that add up to it."""
KINDS = ("stayer", "leaver", "joiner", "only_before", "only_after")
MEANS = ("stayer_first", "stayer_second", *KINDS[1:])
NEGLIGIBLE = 1e-18
"""A variance of this size beside the squared values is rounding error."""


def decomposition(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    unit: str = "school_unit_code",
    value: str = "value",
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return the parts of each unit's change in mean: columns *unit*, part, value, lower, upper, n, status.

    Both frames have pupil_id, *unit* and *value* (missing where unknown), one row a pupil and enrolment. A pupil listed
    twice at a unit counts once, with the mean of its known values. `n` is how many pupils a part is about. No limits
    for the two means, nor where a part rests on nobody, a single stayer, or values without variation.
    """
    kinds = _per_kind(_matched(before, after, unit, value), unit)
    n = kinds["n"].fillna(0.0)
    totals = n[["stayer", "leaver", "only_before"]].sum(axis=1), n[["stayer", "joiner", "only_after"]].sum(axis=1)
    rows = [_part(part, weights, kinds, n, totals, level) for part, weights in _weights(n, *totals).items()]
    table = pd.concat(rows).rename_axis(unit).reset_index()
    order = pd.Categorical(table["part"], categories=list(PARTS), ordered=True)
    table = table.assign(order=order).sort_values([unit, "order"], kind="stable", ignore_index=True)
    return table.drop(columns="order")


def _matched(before: pd.DataFrame, after: pd.DataFrame, unit: str, value: str) -> pd.DataFrame:
    """Return one row a pupil and unit: values `first` and `second`, and of which kind the pupil is."""
    then = before.assign(first=before[value].astype("float64"), second=np.nan, was=True, now=False)
    since = after.assign(first=np.nan, second=after[value].astype("float64"), was=False, now=True)
    columns = [unit, PUPIL, "first", "second", "was", "now"]
    rows = pd.concat([then[columns], since[columns]]).dropna(subset=[unit, PUPIL]).groupby([unit, PUPIL])
    found = rows.agg({"first": "mean", "second": "mean", "was": "any", "now": "any"}).reset_index(unit)
    had, has = found["first"].notna(), found["second"].notna()
    cases = [had & has, had & ~found["now"], has & ~found["was"], had, has]
    return found[[unit, "first", "second"]].assign(kind=np.select(cases, list(KINDS), default="unknown"))


def _per_kind(rows: pd.DataFrame, unit: str) -> Statistics:
    """Return n, means and variances, each as a table of units × kinds."""
    found = rows.assign(gained=rows["second"] - rows["first"]).groupby([unit, "kind"])
    n = found.size().astype("float64")
    statistics = {"n": n, "var_gained": found["gained"].var()}
    for point in ("first", "second"):
        statistics |= {f"mean_{point}": found[point].mean(), f"var_{point}": found[point].var()}
    units = pd.Index(n.index.get_level_values(unit).unique(), name=unit)
    return {name: _table(values, units) for name, values in statistics.items()}


def _table(values: pd.Series, units: pd.Index) -> pd.DataFrame:
    columns = {kind: values[values.index.get_level_values("kind") == kind].droplevel("kind") for kind in KINDS}
    return pd.DataFrame({kind: column.reindex(units) for kind, column in columns.items()}, index=units)


def _weights(n: pd.DataFrame, before: pd.Series, after: pd.Series) -> dict[str, pd.DataFrame]:
    """Return for each part the coefficients of the six means that it is made of (stayers have two)."""
    then, now = before.where(before > 0), after.where(after > 0)
    left, joined = n["leaver"] / then, n["joiner"] / now
    once_then, once_now = n["only_before"] / then, n["only_after"] / now
    stayed_then, stayed_now = n["stayer"] / then, n["stayer"] / now
    none = pd.Series(0.0, index=n.index)
    one = none + 1
    made_of = {
        "before": (stayed_then, none, left, none, once_then, none),
        "after": (none, stayed_now, none, joined, none, once_now),
        "change": (-stayed_then, stayed_now, -left, joined, -once_then, once_now),
        "progress": (-one, one, none, none, none, none),
        "leavers": (left, none, -left, none, none, none),
        "joiners": (none, -joined, none, joined, none, none),
        "measured_once": (once_then, -once_now, none, none, -once_then, once_now),
    }
    return {part: pd.DataFrame(dict(zip(MEANS, parts, strict=True))) for part, parts in made_of.items()}


def _part(
    part: str,
    weights: pd.DataFrame,
    kinds: Statistics,
    n: pd.DataFrame,
    totals: tuple[pd.Series, pd.Series],
    level: float,
) -> pd.DataFrame:
    status = _status(part, n, totals)
    about = {
        "before": totals[0],
        "after": totals[1],
        "change": totals[1],
        "progress": n["stayer"],
        "leavers": n["leaver"],
        "joiners": n["joiner"],
        "measured_once": n["only_before"] + n["only_after"],
    }[part]
    means = pd.DataFrame({name: _statistic(kinds, "mean", name) for name in MEANS}, index=n.index)
    value = (weights * means.fillna(0.0)).sum(axis=1).where(status.eq(Answer.OBSERVED))
    half = _half_width(weights, kinds, n, means, level) if part not in ("before", "after") else np.nan
    limits = {"lower": value - half, "upper": value + half}
    return pd.DataFrame({"part": part, "value": value, **limits, "n": about.astype("int64"), "status": status})


def _status(part: str, n: pd.DataFrame, totals: tuple[pd.Series, pd.Series]) -> pd.Series:
    missing = {"before": [0], "after": [1]}.get(part, [0, 1])
    names = (str(Answer.NOBODY_BEFORE), str(Answer.NOBODY_AFTER))
    checks = [(totals[side].eq(0), names[side]) for side in missing]
    if part not in ("before", "after", "change"):
        checks.append((n["stayer"].eq(0), str(Answer.NO_STAYERS)))
    chosen = np.select([check for check, _ in checks], [name for _, name in checks], str(Answer.OBSERVED))
    return pd.Series(chosen, index=n.index, dtype="str")


def _statistic(kinds: Statistics, what: str, name: str) -> pd.Series:
    """Return the mean or variance of the kind and point that *name* stands for, missing where nobody is of it."""
    kind = "stayer" if name.startswith("stayer") else name
    return kinds[f"{what}_{_point(name)}"][kind]


def _point(name: str) -> str:
    return "second" if name in ("stayer_second", "joiner", "only_after") else "first"


def _half_width(
    weights: pd.DataFrame, kinds: Statistics, n: pd.DataFrame, means: pd.DataFrame, level: float
) -> pd.Series:
    stayers, lone = n["stayer"], {point: _statistic(kinds, "var", f"stayer_{point}") for point in ("first", "second")}
    first, second = weights["stayer_first"], weights["stayer_second"]
    paired = (lone["first"] + lone["second"] - kinds["var_gained"]["stayer"]) / 2
    spread = first**2 * lone["first"] + second**2 * lone["second"] + 2 * first * second * paired
    terms = [(spread / stayers.where(stayers > 0), stayers - 1, first.ne(0) | second.ne(0))]
    for name in KINDS[1:]:
        variance = _statistic(kinds, "var", name).where(n[name] > 1, lone[_point(name)])
        freedom = (n[name] - 1).where(n[name] > 1, stayers - 1)
        terms.append((weights[name] ** 2 * variance / n[name].where(n[name] > 0), freedom, weights[name].ne(0)))
    total = sum((term.where(used, 0.0) for term, _, used in terms), start=pd.Series(0.0, index=n.index))
    spent = sum(
        ((term**2 / freedom.where(freedom > 0)).where(used, 0.0) for term, freedom, used in terms),
        start=pd.Series(0.0, index=n.index),
    )
    size = ((weights * means.fillna(0.0)) ** 2).sum(axis=1)
    varied = total.where(total > NEGLIGIBLE * size).where(total > 0)
    freedom = varied**2 / spent.where(spent > 0)
    quantile = pd.Series(student.ppf((1 + level) / 2, freedom), index=n.index)
    return quantile * varied**0.5

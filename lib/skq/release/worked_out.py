"""What follows from the rows of downloads, as it would be printed.

Of each row its value, its limits, what it rests on, a count behind a share; of several differences, means and sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from skq import catalog
from skq.report.texts import texts
from skq.report.wording import form

Key = tuple[str, ...]
"""What names a row of a download: metric, level, unit, school year, grade year, subject, breakdown, category."""
Numbers = tuple[float, float, float, float]
"""Value, limits and what they rest on, NaN for what is not told."""
OTHER, COUNT, RESTS_ON = 0, 1, 2
"""Kinds of numbers: one that counts nobody, a count, a count that others rest on."""
Entry = tuple[str, float, int, float, int]
"""Metric, number, decimals, what it may be off beyond its rounding, and its kind."""
EXPECTED = {"merit_rating_17": "salsa_expected", "all_subjects_passed_share": "salsa_passed_expected"}
MILLION, PERCENT = 1e6, 100.0
OF_RESULTS = ("merit", "all_subjects", "eligibility", "salsa")
"""Families of the results in which schools stand out."""
MOST_COMPARED = 60
"""Of more units than so many no table shows how far each lies from each; from those above schools it always may."""
OF_SCHOOLS = tuple(str(texts()["level"][level]) for level in ("school", "group"))


def of_row(metric: str, value: float, lower: float, upper: float, n: float) -> Iterator[Entry]:
    """Yield what a row of *metric* tells by itself."""
    shape = form(metric)
    if not np.isnan(value):
        yield metric, value, shape.decimals, 0.0, _kind(metric)
    yield from ((metric, limit, shape.interval_decimals, 0.0, OTHER) for limit in (lower, upper) if not np.isnan(limit))
    if not np.isnan(n):
        yield metric, n, 0 if n % 1 == 0 else 1, 0.0, RESTS_ON
        if catalog.metric(metric).unit == "share" and not np.isnan(value):
            yield metric, float(round(value / PERCENT * n)), 0, n * 0.5 * 10.0**-shape.decimals / PERCENT, COUNT
    if not np.isnan(value) and _is_sum_of_money(metric):
        yield metric, value / MILLION, 6, 0.0, OTHER


def _is_sum_of_money(metric: str) -> bool:
    """Whether a metric is told in million kronor, however little it is: what a pupil costs is not."""
    entry = catalog.metric(metric)
    return entry.unit == "sek" and entry.aggregation == "sum"


def _kind(metric: str) -> int:
    """Return the kind of the values of a metric."""
    return COUNT if catalog.metric(metric).unit == "count" else OTHER


def of_several(rows: Mapping[Key, Numbers]) -> Iterator[Entry]:
    """Yield what several *rows* tell together."""
    yield from _differences(rows)
    yield from _means(rows)
    yield from _grade_years_together(rows)


def _differences(rows: Mapping[Key, Numbers]) -> Iterable[Entry]:
    """Yield differences of two shown numbers of one metric: of years, of groups, of a unit and one above schools."""
    alike: dict[Key, list[float]] = {}
    apart: dict[Key, tuple[list[float], list[float]]] = {}
    for key, (value, *_) in rows.items():
        if np.isnan(value):
            continue
        metric, level, unit, year, *rest = key
        alike.setdefault((metric, "", year, *rest[:2]), []).append(value)
        alike.setdefault((metric, level, unit, *rest), []).append(value)
        alike.setdefault((metric, level, unit, year, "", *rest[:2]), []).append(value)
        every, above = apart.setdefault((metric, year, *rest), ([], []))
        every.append(value)
        if level not in OF_SCHOOLS:
            above.append(value)
    yield from _from_expected(rows)
    for (metric, *_), values in alike.items():
        if 1 < len(values) <= MOST_COMPARED:
            yield from _apart(metric, values, values)
    for (metric, *_), (every, above) in apart.items():
        yield from _apart(metric, every, above)


def _means(rows: Mapping[Key, Numbers]) -> Iterable[Entry]:
    """Yield the mean of all pupils of the schools that are shown, by metric and group: the middle line of a figure."""
    shown: dict[Key, list[tuple[float, float]]] = {}
    for (metric, level, _, *rest), (value, _, _, n) in rows.items():
        if level == OF_SCHOOLS[0] and not np.isnan(value) and not np.isnan(n):
            shown.setdefault((metric, *rest), []).append((value, n))
    for (metric, *_), found in shown.items():
        if len(found) > 1:
            mean = sum(value * n for value, n in found) / sum(n for _, n in found)
            yield metric, mean, form(metric).decimals, 10.0 ** -form(metric).decimals, OTHER


def _grade_years_together(rows: Mapping[Key, Numbers]) -> Iterable[Entry]:
    """Yield how many pupils of two grade years the results of a school rest on: what stands out in both is of both."""
    found: dict[Key, dict[str, set[tuple[str, float]]]] = {}
    for (metric, level, unit, year, grade, _, breakdown, _), (*_, n) in rows.items():
        of_all = level == OF_SCHOOLS[0] and breakdown == "all" and not np.isnan(n)
        if of_all and catalog.metric(metric).family in OF_RESULTS:
            found.setdefault((unit, year), {}).setdefault(grade, set()).add((metric, n))
    for grades in found.values():
        for some, others in combinations(grades.values(), 2):
            together = {n + more: metric for metric, n in some for _, more in others}
            yield from ((metric, n, 0, 0.0, RESTS_ON) for n, metric in together.items())


def _from_expected(rows: Mapping[Key, Numbers]) -> Iterable[Entry]:
    for key, (value, *_) in rows.items():
        if key[0] in EXPECTED and not np.isnan(value):
            found = (rows.get((EXPECTED[key[0]], *key[1:4], grade, *key[5:])) for grade in (key[4], ""))
            for expected in (one[0] for one in found if one is not None):
                yield key[0], value - expected, 1, 0.5 + 1.0 / 10, OTHER  # what is expected is told to whole points


def _apart(metric: str, first: Sequence[float], second: Sequence[float]) -> Iterable[Entry]:
    """Yield how far each of *first* lies from each of *second*."""
    places = form(metric).decimals
    different = np.unique(np.round(np.asarray(first)[:, None] - np.asarray(second)[None, :], 4))
    yield from ((metric, float(number), places, 10.0**-places, OTHER) for number in different)

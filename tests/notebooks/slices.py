"""Slices of protected tables for the tests of the report room, in the form of docs/architecture.md.

`write(kind, folder)` makes one: `normal`, `tiny` (nearly everything too few), `small` (three years together suffice),
`official` (published figures only, few intervals, the agency's symbols), `f6` (only pupil counts), `long_name`. All
schools are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from skq.build.printed import Printed
from skq.judgements import Judgements, typed_estimates, typed_goals
from skq.protect import Protected, ProtectedTable
from skq.protect.table import COLUMN_DTYPES
from skq.report.context import SchoolReport
from skq.report.opening import open_report
from skq.store import write_slices
from skq.terms import UNIT_DTYPES

from tests.notebooks import more

YEARS = ("2020/21", "2021/22", "2022/23", "2023/24", "2024/25")
MUNICIPALITY = "9999"
SCHOOL = "90000001"
LONG_NAME = "Sankta Birgitta och Världsarvets internationella grundskola med idrottsprofil i Övre Änggårdsbacken (F–9)"
SUBJECTS = {
    "BL": 14.6,
    "EN": 13.9,
    "HKK": 14.4,
    "IDH": 14.0,
    "MA": 11.9,
    "MU": 14.5,
    "BI": 12.9,
    "FY": 12.4,
    "KE": 12.6,
    "GE": 13.2,
    "HI": 13.1,
    "RE": 13.0,
    "SH": 13.3,
    "SL": 14.2,
    "SV": 13.5,
    "SVA": 9.4,
    "TK": 13.0,
    "M2": 12.2,
}
ELIGIBILITY = {
    "eligible_vocational_share": 0.86,
    "eligible_arts_share": 0.84,
    "eligible_social_share": 0.80,
    "eligible_science_share": 0.78,
}
AREAS = {
    "safety": 7.6,
    "calm_study": 5.4,
    "support": 7.1,
    "stimulation": 6.0,
    "influence": 5.8,
    "respect": 7.9,
}
Row = dict[str, Any]


@dataclass
class Sheet:
    """Rows of results, comparisons, estimates and goals, gathered one by one."""

    results: list[Row] = field(default_factory=list)
    comparisons: list[Row] = field(default_factory=list)
    estimates: list[Row] = field(default_factory=list)
    goals: list[Row] = field(default_factory=list)

    def add(self, metric: str, year: str, value: float | None, **rest: Any) -> Row:
        """Add one result; without a value its status must say why."""
        row: Row = {
            "metric": metric,
            "level": "school",
            "unit": SCHOOL,
            "school_year": year,
            "grade_year": None,
            "subject": "",
            "breakdown": "all",
            "category": "all",
            "n": None,
            "value": value,
            "lower": None,
            "upper": None,
            "status": "observed",
            "source": "register",
            "raw": "",
            "reason": "",
            **rest,
        }
        self.results.append(row)
        return row

    def compare(self, kind: str, row: Row, other: Row, *, reference: str, category: str = "all") -> None:
        """Add the difference between two results, with an interval where both have one."""
        shown = row["value"] is not None and other["value"] is not None
        half = sqrt(_half(row) ** 2 + _half(other) ** 2) if shown and _half(row) and _half(other) else None
        value = row["value"] - other["value"] if shown else None
        self.comparisons.append(
            {
                "kind": kind,
                **{key: row[key] for key in _KEY},
                "category": category,
                "reference": reference,
                "n": row["n"],
                "n_reference": other["n"],
                "value": value,
                "lower": value - half if half else None,
                "upper": value + half if half else None,
                "certain": abs(value) > half if half else None,
                "status": "observed" if shown else next(r["status"] for r in (row, other) if r["value"] is None),
                "reason": "",
            }
        )

    def estimate(self, row: Row, *, target: float, kept: float = 0.6, **rest: Any) -> Row:
        """Say of a result with an interval how it lies to the schools' common mean *target*; *rest* wins."""
        error = _half(row) / 1.96
        limits = {name: target + z * error for name, z in _LIMITS.items()}
        distance = abs(row["value"] - target)
        shrunken = kept * row["value"] + (1 - kept) * target
        above = next((one for one in self.comparisons if _distance_of(row, one)), None)
        certain = above is not None and bool(above["certain"])
        said: Row = {
            **{key: row[key] for key in (*_KEY, "value", "n")},
            "target": target,
            **limits,
            "dispersion": 1.0,
            "outside": "998" if distance > 3.09 * error else "95" if distance > 1.96 * error else "no",
            "shrunken": shrunken,
            "shrunken_lower": shrunken - 1.5 * error,
            "shrunken_upper": shrunken + 1.5 * error,
            "weight": kept,
            "direction": ("above" if above["value"] > 0 else "below") if above is not None and certain else "",
            "holds": 2 if certain else 0,
            "of": 3 if certain else 0,
            "checks": "organizer:yes previous_year:no funnel:yes" if certain else "",
            "p": 0.01 if certain else 0.4,
            "holm": False if above is not None else None,
            **rest,
        }
        self.estimates.append(said)
        return said

    def peers(self, said: Row, codes: str, mean: float, half: float) -> None:
        """Set the estimate *said* beside schools with a similar intake."""
        gap = said["value"] - mean
        said.update(peers=codes, peer_mean=mean, peer_difference=gap, peer_lower=gap - half, peer_upper=gap + half)
        said["peer_certain"] = abs(gap) > half

    def goal(self, row: Row, target: float, status: str, **rest: Any) -> Row:
        """Set a goal for a result."""
        told = {name: row[name] for name in (*_KEY, "value", "lower", "upper", "n")}
        goal: Row = {**told, "origin": "target", "title": "", "target": target, "tolerance": 0.0, "trend_points": 1,
                     "status": status, **rest}  # fmt: skip
        self.goals.append(goal)
        return goal

    def judgements(self, *, without: tuple[str, ...] = ()) -> Judgements:
        """Return the estimates and goals in the form of the contract, without some metrics."""
        kept = [[row for row in rows if row["metric"] not in without] for rows in (self.estimates, self.goals)]
        return Judgements(typed_estimates(pd.DataFrame(kept[0])), typed_goals(pd.DataFrame(kept[1])))


_LIMITS = {"limit_lower": -1.96, "limit_upper": 1.96, "outer_lower": -3.09, "outer_upper": 3.09}
_KEY = ("metric", "level", "unit", "school_year", "grade_year", "subject", "breakdown", "category")


def _distance_of(row: Row, comparison: Row) -> bool:
    return comparison["kind"] == "vs_municipality" and all(row[key] == comparison[key] for key in _KEY)


def _half(row: Row) -> float:
    return (row["upper"] - row["lower"]) / 2 if row["upper"] is not None else 0.0


def share(value: float, n: int) -> Row:
    """Return value, n and Wilson's 95 % interval of a share."""
    z = 1.96
    middle, spread = (
        (value + z * z / (2 * n)) / (1 + z * z / n),
        z * sqrt(value * (1 - value) / n + z * z / (4 * n * n)),
    )
    half = spread / (1 + z * z / n)
    return {"value": value, "n": float(n), "lower": middle - half, "upper": middle + half}


def mean(value: float, n: int, spread: float) -> Row:
    """Return value, n and the 95 % interval of a mean."""
    half = 1.96 * spread / sqrt(n)
    return {"value": value, "n": float(n), "lower": value - half, "upper": value + half}


def few(reason: str = "fewer than 10 pupils") -> Row:
    """Return what stands where a number is hidden."""
    return {"value": None, "status": "too_few", "reason": reason}


def _put(sheet: Sheet, metric: str, year: str, what: Row, **rest: Any) -> Row:
    return sheet.add(metric, year, **{**what, **rest})


def _above(sheet: Sheet, metric: str, year: str, value: float, **rest: Any) -> Row:
    sheet.add(metric, year, value * 1.01, level="nation", unit="SE", source="siris:138", raw="x", **rest)
    return sheet.add(metric, year, value, level="municipality", unit=MUNICIPALITY, n=1200.0, **rest)


def _trend(start: float, step: float) -> Iterator[tuple[str, float]]:
    yield from ((year, start + step * place) for place, year in enumerate(YEARS))


def normal(sheet: Sheet) -> None:
    """A school F–9 of about 50 pupils a year with every table; merit rises for certain, other things wobble."""
    _results(sheet, pupils=52)
    _subjects(sheet, pupils=52)
    _tests(sheet, pupils=52)
    _pupils(sheet, per_grade=54)
    _survey(sheet, pupils=50)
    _judge(sheet)
    more.followed(sheet)
    more.on_the_way(sheet)
    more.work(sheet)
    more.adults(sheet)
    more.ratings(sheet)


def small(sheet: Sheet) -> None:
    """A tiny school whose last three school years together are large enough for the merit rating."""
    tiny(sheet)
    pooled = {"grade_year": 9, "breakdown": "period", "category": "three_years"}
    _put(sheet, "merit_rating_17", YEARS[-1], mean(221.3, 18, 44.0), **pooled)


def tiny(sheet: Sheet) -> None:
    """A school of six pupils a year: everything about them is too few, only the total is shown."""
    for year in YEARS:
        for metric in ("merit_rating_17", "all_subjects_passed_share", *ELIGIBILITY):
            _put(sheet, metric, year, few(), grade_year=9)
        for subject in SUBJECTS:
            _put(sheet, "subject_points_mean", year, few(), grade_year=9, subject=subject)
        for area in AREAS:
            _put(sheet, "survey_index", year, few("fewer than 5 answers"), grade_year=8, subject=area)
        sheet.add("pupil_count", year, 61.0, n=61.0)
        for grade_year in range(10):
            sheet.add("pupil_count", year, 6.0, n=6.0, grade_year=grade_year)
        _put(sheet, "certified_teacher_share", year, share(0.7, 5), lower=None, upper=None)
        _above(sheet, "merit_rating_17", year, 226.0, grade_year=9)
        _above(sheet, "all_subjects_passed_share", year, 0.75, grade_year=9)


def official(sheet: Sheet) -> None:
    """A school known from official statistics alone: no intervals but one, symbols as printed, SALSA."""
    merits = (None, 214.3, 231.0, None, 226.8)
    for year, merit in zip(YEARS, merits, strict=True):
        hidden = {"status": "too_few", "raw": ".."} if merit is None else {"raw": str(merit).replace(".", ",")}
        own = sheet.add("merit_rating_17", year, merit, grade_year=9, source="api:gr", **hidden)
        sheet.compare(
            "vs_municipality", own, _above(sheet, "merit_rating_17", year, 229.0, grade_year=9), reference=MUNICIPALITY
        )
        passed = {} if year != "2024/25" else share(0.813, 128)
        row = sheet.add("all_subjects_passed_share", year, 0.8, grade_year=9, source="api:gr", raw="80", n=None)
        row.update({**passed, "raw": "81,3", "source": "siris:139"} if passed else {})
        sheet.add(
            "eligible_vocational_share", year, None, status="nearly_all", raw="~100", grade_year=9, source="api:gr"
        )
        _above(sheet, "eligible_vocational_share", year, 0.87, grade_year=9)
        _above(sheet, "all_subjects_passed_share", year, 0.76, grade_year=9)
        sheet.add("pupil_count", year, 590.0, status="rounded", raw="cirka 590", source="api:gr")
        sheet.add("certified_teacher_share", year, 0.742, raw="74,2", source="api:gr")
        sheet.add("pupils_per_teacher", year, 12.6, raw="12,6", source="api:gr")
        _above(sheet, "certified_teacher_share", year, 0.77)
        _above(sheet, "pupils_per_teacher", year, 12.1)
        for subject, points in (("SV", 12.8), ("EN", 14.1), ("MA", 10.9)):
            sheet.add("test_points_mean", year, points, grade_year=9, subject=subject, raw="x", source="api:gr")
            _above(sheet, "test_points_mean", year, points + 0.4, grade_year=9, subject=subject)
    sheet.add("salsa_expected", "2023/24", 221.0, grade_year=9, source="kolada:U15415", raw="221")
    sheet.add("salsa_residual", "2023/24", 6.0, grade_year=9, source="kolada:U15416", raw="6")
    for subject, change in (("MA", -1.2), ("EN", 0.4)):
        sheet.add("pseudo_cohort_change", "2024/25", change, grade_year=9, subject=subject, source="derived:api:gr")


def f6(sheet: Sheet) -> None:
    """A school F–6 of which only the number of pupils is known."""
    for year in YEARS:
        sheet.add("pupil_count", year, 140.0, status="rounded", raw="cirka 140", source="api:gr")


def _results(sheet: Sheet, *, pupils: int) -> None:
    before: dict[str, Row] = {}
    for place, (year, merit) in enumerate(_trend(196.0, 9.0)):
        rows = {"merit_rating_17": _put(sheet, "merit_rating_17", year, mean(merit, pupils - 2, 55.0), grade_year=9)}
        municipality = {"merit_rating_17": _above(sheet, "merit_rating_17", year, 226.0 + place, grade_year=9)}
        municipality["merit_rating_17"].update(lower=222.0 + place, upper=230.0 + place)
        for metric, level in {"all_subjects_passed_share": 0.74, **ELIGIBILITY}.items():
            value = round((level - 0.05 + 0.02 * place) * pupils) / pupils
            rows[metric] = _put(sheet, metric, year, share(value, pupils), grade_year=9)
            municipality[metric] = _above(sheet, metric, year, level, grade_year=9)
            municipality[metric].update(share(level, 1200))
        if year == "2021/22":
            rows["eligible_arts_share"].update(**few(), lower=None, upper=None)
        _put(sheet, "all_subjects_passed_share", year, share(0.78, 55), grade_year=6)
        _above(sheet, "all_subjects_passed_share", year, 0.77, grade_year=6)
        for metric, row in rows.items():
            sheet.compare("vs_municipality", row, municipality[metric], reference=MUNICIPALITY)
            if metric in before:
                sheet.compare("change", row, before[metric], reference=YEARS[place - 1])
        before = rows
        expected = sheet.add("salsa_expected", year, 215.0 + place, grade_year=9, source="kolada:U15415", raw="215")
        sheet.add("salsa_residual", year, round(merit - 215.0 - place), grade_year=9, source="kolada:U15416", raw="x")
        sheet.compare(
            "vs_expected",
            rows["merit_rating_17"],
            {**expected, "lower": expected["value"] - 1, "upper": expected["value"] + 1},
            reference="salsa",
        )


def _subjects(sheet: Sheet, *, pupils: int) -> None:
    for subject, points in SUBJECTS.items():
        n = 11 if subject == "SVA" else pupils
        for year in YEARS:
            key = {"grade_year": 9, "subject": subject}
            row = _put(sheet, "subject_points_mean", year, mean(points, n, 4.6), **key)
            _put(sheet, "subject_passed_share", year, share(round(0.9 * n) / n, n), **key)
            _above(sheet, "subject_points_mean", year, points - 0.3, **key)
            gap = 3.4 if subject in ("BL", "SV") else 0.6
            girls = _put(
                sheet,
                "subject_points_mean",
                year,
                mean(points + gap / 2, n // 2, 4.0),
                breakdown="sex",
                category="girls",
                **key,
            )
            boys = _put(
                sheet,
                "subject_points_mean",
                year,
                mean(points - gap / 2, n // 2, 4.0),
                breakdown="sex",
                category="boys",
                **key,
            )
            sheet.compare("gap_sex", girls, boys, reference="boys")
            del row


def _tests(sheet: Sheet, *, pupils: int) -> None:
    for year in YEARS:
        for grade_year in (6, 9):
            for subject, points in (("SV", 12.6), ("EN", 14.4), ("MA", 10.2)):
                key = {"grade_year": grade_year, "subject": subject}
                _put(sheet, "test_points_mean", year, mean(points, pupils, 4.8), **key)
                _put(sheet, "test_passed_share", year, share(44 / 52, 52), **key)
                _put(sheet, "test_participation_share", year, share(52 / 54, 54), **key)
                _put(sheet, "grade_above_test_share", year, share(18 / 50, 50), **key)
                _put(sheet, "grade_equal_test_share", year, share(29 / 50, 50), **key)
                _put(sheet, "grade_below_test_share", year, share(3 / 50, 50), **key)
                sheet.add("grade_test_net_pp", year, 0.30, n=50.0, lower=0.16, upper=0.44, **key)
                sheet.add("grade_test_net_adjusted_pp", year, 0.05, n=50.0, lower=-0.09, upper=0.19, **key)
                _above(sheet, "test_points_mean", year, points + 0.5, **key)
                if grade_year == 6:
                    _put(sheet, "subject_points_mean", year, mean(points + 0.8, pupils, 4.5), **key)
        for subject in ("SV", "MA"):
            _put(sheet, "test_all_parts_share", year, share(38 / 51, 51), grade_year=3, subject=subject)
            _above(sheet, "test_all_parts_share", year, 0.71, grade_year=3, subject=subject)


def _pupils(sheet: Sheet, *, per_grade: int) -> None:
    for place, year in enumerate(YEARS):
        for grade_year in range(10):
            count = float(per_grade + (grade_year * 7 + place * 3) % 9 - 4)
            sheet.add("pupil_count", year, count, n=count, grade_year=grade_year)
        sheet.add("pupil_count", year, 486.0 + 3 * place, n=486.0 + 3 * place)
        for metric, value in (
            ("girls_share", 0.49),
            ("foreign_background_share", 0.31),
            ("parents_post_secondary_share", 0.52),
            ("newly_arrived_share", 0.04),
        ):
            _put(sheet, metric, year, share(value, 486), lower=None, upper=None)
            _above(sheet, metric, year, value + 0.01)
        for metric, value in (("certified_teacher_share", 0.72), ("certified_any_subject_share", 0.85)):
            _put(sheet, metric, year, {"value": value + place / 100, "n": 38.5})
            _above(sheet, metric, year, value)
        for metric, value in (("pupils_per_teacher", 12.7), ("pupils_per_special_educator", 240.0)):
            sheet.add(metric, year, value - place / 10, n=486.0)
            _above(sheet, metric, year, value)
        sheet.add("teacher_fte", year, 38.5, n=38.5)
        sheet.add("special_teacher_fte", year, None, status="too_few", reason="fewer than 3 FTE")
        sheet.add("cost_per_pupil", year, 121_400.0 + 2_300 * place, n=486.0)
        _above(sheet, "cost_per_pupil", year, 124_900.0)
        _put(sheet, "attendance_share", year, {"value": 0.923, "n": 486.0, "lower": 0.917, "upper": 0.929})
        _put(sheet, "invalid_absence_share", year, {"value": 0.021, "n": 486.0, "lower": 0.018, "upper": 0.024})
        _above(sheet, "attendance_share", year, 0.931)
        _above(sheet, "invalid_absence_share", year, 0.019)


def _survey(sheet: Sheet, *, pupils: int) -> None:
    for place, year in enumerate(YEARS):
        for grade_year in (5, 8):
            for area, value in AREAS.items():
                level = value - 0.06 * place - (0.5 if grade_year == 8 else 0)
                row = _put(
                    sheet, "survey_index", year, mean(level, pupils - 6, 1.9), grade_year=grade_year, subject=area
                )
                above = _above(sheet, "survey_index", year, value - 0.3, grade_year=grade_year, subject=area)
                above.update(lower=value - 0.4, upper=value - 0.2)
                sheet.compare("vs_municipality", row, above, reference=MUNICIPALITY)
            _put(sheet, "survey_response_share", year, share(44 / 50, 50), grade_year=grade_year)


def _judge(sheet: Sheet) -> None:
    """Say of the main results how they lie to the other schools; the newest merit is far above, beside three peers."""
    measures = ("merit_rating_17", "all_subjects_passed_share", *ELIGIBILITY, "subject_points_mean", "survey_index")
    above = {_place(row): row["value"] for row in sheet.results if row["level"] == "municipality"}
    own = [row for row in sheet.results if row["level"] == "school" and row["lower"] is not None]
    for row in own:
        if row["metric"] in measures and row["breakdown"] == "all" and _place(row) in above:
            said = sheet.estimate(row, target=above[_place(row)])
            if row["metric"] == "merit_rating_17":
                sheet.peers(said, "90000002 90000003 90000004", row["value"] - 20.0, 12.0)
    newest = {(row["metric"], row["grade_year"], row["subject"]): row for row in own if row["school_year"] == YEARS[-1]}
    merit = newest["merit_rating_17", 9, ""]
    sheet.goal(merit, 230.0, "reached", title="Meritvärdet ska öka", tolerance=3.0, trend=9.0, trend_points=5)
    sheet.goal(newest["all_subjects_passed_share", 9, ""], 0.90, "not_reached", tolerance=0.02)
    calm = newest["survey_index", 8, "calm_study"]
    sheet.goal(calm, 5.4, "partly", origin="commitment", title="Lugnare lektioner", start_value=4.9)
    sheet.goal({**merit, **few(), "metric": "test_points_mean", "lower": None, "upper": None, "n": None,
                "grade_year": None}, 13.5, "cannot_be_judged", origin="commitment", title="Bättre läsning",
               start_value=12.8, trend_points=0)  # fmt: skip


def _place(row: Row) -> tuple[Any, ...]:
    return tuple(row[key] for key in _KEY if key not in ("level", "unit"))


KINDS: dict[str, Callable[[Sheet], None]] = {
    "normal": normal,
    "tiny": tiny,
    "small": small,
    "official": official,
    "f6": f6,
    "long_name": normal,
}
NAMES = {
    "normal": "Lindängsskolan",
    "tiny": "Fjällbyns skola",
    "small": "Skogsbyns skola",
    "official": "Nya Hamnskolan",
    "f6": "Björkhagens skola",
    "long_name": LONG_NAME,
}


def frame(rows: list[Row], kind: Any) -> ProtectedTable:
    """Return *rows* as the protected table that the store would hand over."""
    columns = COLUMN_DTYPES[kind]
    plain = pd.DataFrame(rows, columns=list(columns)).astype(object)
    text = [name for name, dtype in columns.items() if dtype == "str"]
    plain[text] = plain[text].fillna("")
    return ProtectedTable.from_protected_store(plain.where(plain.notna(), None).astype(columns))


def units(kind: str) -> pd.DataFrame:
    """Return the units of a slice: the school and what lies above it."""
    last = 6 if kind == "f6" else 9
    rows = [
        ("school", SCHOOL, NAMES[kind], MUNICIPALITY, "", "9999000000", "municipal", 0, last, ""),
        (
            "organizer",
            "9999000000",
            "Strandköpings kommun",
            MUNICIPALITY,
            "",
            "9999000000",
            "municipal",
            None,
            None,
            "",
        ),
        ("municipality", MUNICIPALITY, "Strandköping", MUNICIPALITY, "", "", "", None, None, ""),
        ("nation", "SE", "Riket", "", "", "", "", None, None, ""),
    ]
    return pd.DataFrame(rows, columns=list(UNIT_DTYPES)).astype(UNIT_DTYPES)


def meta(kind: str) -> Row:
    """Return the meta data of a slice."""
    origin = "official" if kind in ("official", "f6") else "register"
    return {
        "key": SCHOOL,
        "publication": "quality_report",
        "school_unit_code": SCHOOL,
        "municipality_code": MUNICIPALITY,
        "municipality_name": "Strandköping",
        "school_year": YEARS[-1],
        "school_years": list(YEARS),
        "rule": {"id": "skolverket-2025", "min_pupils": 10},
        "inputs": [
            {"table": name, "file": f"{name}.csv", "rows": 812, "sha256": f"{place:02x}" * 32}
            for place, name in enumerate(("grades", "pupils", "survey"), start=161)
        ],
        "sources": [
            {
                "id": "siris:139",
                "title": "Slutbetyg årskurs 9",
                "publisher": "Skolverket",
                "url": "https://www.skolverket.se/",
                "retrieved": "2026-04-14",
            }
        ]
        if origin == "official"
        else [],
        "code_version": "0.1.0",
        "rule_version": "2025.1",
        "run_id": "a1b2c3d4e5f6",
        "origin": origin,
        "hidden": [{"status": "too_few", "reason": "färre än 10 elever", "count": 12}],
        "judgement": {
            "peers": {
                "count": 3,
                "measures": ["parents_post_secondary_share", "foreign_background_share", "pupil_count"],
                "names": {"90000002": "Björkskolan", "90000003": "Cederskolan", "90000004": "Dungens skola"},
            },
            "comparisons": [
                {"unit": SCHOOL, "school_year": year, "tested": 17, "flagged": 1, "by_chance": 0.85, "holm": 0}
                for year in YEARS
            ],
        },
    }


def write(kind: str, folder: Path) -> Path:
    """Write the slice *kind* below *folder* and return its own folder."""
    sheet = Sheet()
    KINDS[kind](sheet)
    results, comparisons = frame(sheet.results, "results"), frame(sheet.comparisons, "comparisons")
    protected = Protected(results, comparisons, pd.DataFrame({"status": [], "reason": [], "count": []}))
    return write_slices(protected, units(kind), {SCHOOL: meta(kind)}, folder, judgements=sheet.judgements())[0]


def opened(kind: str, folder: Path) -> SchoolReport:
    """Return the report on the slice *kind*, written below *folder*."""
    return open_report(SCHOOL, YEARS[-1], str(write(kind, folder)))


def as_printed(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of a school's slice, *frames*, as its report needs them: `Printed`, a table at a time."""
    printed = Printed(frames)
    at = {name: printed.shown(name, np.arange(len(frame))) for name, frame in frames.items()}
    return {
        name: frame.iloc[at[name]].assign(**printed.written(name, frame, at[name])) for name, frame in frames.items()
    }

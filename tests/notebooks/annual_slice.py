"""An annual slice worked out by hand: seven invented schools, two areas, two organizers, five school years.

A Almskolan (100 pupils in year 9, merit 260, 90 with all subjects), B Björkskolan (80, 230, 60), C and D hidden,
E Ekens friskola (nearly all, merit without interval), F Furuskolan (F–6), G Granskolan (F–3, pupils alone).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pandas as pd
from skq.protect import Protected
from skq.report.annual import AnnualAnalysis, open_annual_analysis
from skq.store import write_slices
from skq.terms import UNIT_DTYPES

from tests.notebooks.slices import MUNICIPALITY, YEARS, Row, Sheet, frame, share

NEWEST = YEARS[-1]
KOMMUN, FREE = "9999000000", "5560000001"
A, B, C, D, E, F, G = (f"9000000{place}" for place in range(1, 8))
NAMES = {
    A: "Almskolan", B: "Björkskolan", C: "Cederskolan", D: "Dungens skola", E: "Ekens *friskola*",
    F: "Furuskolan", G: "Granskolan",
}  # fmt: skip
AREA = {A: "Norra", B: "Norra", C: "Södra", D: "Södra", F: "Södra", G: "Södra"}
H, K, J = (f"9000010{place}" for place in range(1, 4))
MORE_NAMES = {H: "Höjdskolan", K: "Ivarskolan", J: "Junoskolan"}
PUPILS = {A: 500, B: 300, C: 400, D: 60, E: 200, F: 150, G: 100}
LAST_GRADE = {A: 101, B: 80, C: 60, D: 8, E: 40}
MERIT, PASSED, ELIGIBLE = "merit_rating_17", "all_subjects_passed_share", "eligible_vocational_share"
Place = dict[str, str]
WHOLE: Place = {"level": "municipality", "unit": MUNICIPALITY}
NATION: Place = {"level": "nation", "unit": "SE"}
FEW: Row = {"value": None, "status": "too_few", "reason": "few_pupils"}
OTHER: Row = {"value": None, "status": "protects_other", "reason": "complement"}
NEARLY: Row = {"value": None, "status": "nearly_all", "reason": "few_without_property"}


def school(code: str) -> Place:
    """Where the numbers of a school stand."""
    return {"level": "school", "unit": code}


def area(name: str) -> Place:
    """Where the numbers of an area stand."""
    return {"level": "area", "unit": f"{MUNICIPALITY}:{name}"}


def organizer(code: str) -> Place:
    """Where the numbers of an organizer stand."""
    return {"level": "organizer", "unit": code}


def put(sheet: Sheet, metric: str, what: Row, place: Place, *, year: str = NEWEST, **rest: object) -> Row:
    """Add one number."""
    return sheet.add(metric, year, **{**what, **place, **rest})


def around(value: float, half: float, n: float) -> Row:
    """A mean with its interval."""
    return {"value": value, "lower": value - half, "upper": value + half, "n": float(n)}


def differ(sheet: Sheet, kind: str, row: Row, value: float, half: float, *, category: str = "all") -> None:
    """Add one comparison of a number, with its interval."""
    keys = ("metric", "level", "unit", "school_year", "grade_year", "subject")
    sheet.comparisons.append(
        {
            "kind": kind, **{key: row[key] for key in keys}, "category": category,
            "breakdown": "sex" if kind == "gap_sex" else "all", "reference": "", "n": row["n"], "n_reference": 1.0,
            "value": value, "lower": value - half, "upper": value + half, "certain": abs(value) > half,
            "status": "observed", "reason": "",
        }
    )  # fmt: skip


def fill(sheet: Sheet) -> None:
    """Add every number of the slice."""
    _schools(sheet)
    _whole(sheet)
    _groups(sheet)
    _pupils(sheet)
    _judge(sheet)


def _schools(sheet: Sheet) -> None:
    nine = {"grade_year": 9}
    merit_a = put(sheet, MERIT, around(260, 8, 100), school(A), **nine)
    merit_b = put(sheet, MERIT, around(230, 9, 80), school(B), **nine)
    put(sheet, MERIT, {"value": 240.0}, school(E), **nine)
    passed_a = put(sheet, PASSED, share(0.90, 100), school(A), **nine)
    passed_b = put(sheet, PASSED, share(0.75, 80), school(B), **nine)
    put(sheet, PASSED, NEARLY, school(E), **nine)
    for metric in (MERIT, PASSED):
        put(sheet, metric, OTHER, school(C), **nine)
        put(sheet, metric, FEW, school(D), **nine)
    passed_f = put(sheet, PASSED, share(0.60, 50), school(F), grade_year=6)
    put(sheet, PASSED, share(0.75, 300), WHOLE, grade_year=6)
    differ(sheet, "vs_municipality", merit_a, 25, 10)
    differ(sheet, "vs_municipality", merit_b, -5, 10)
    differ(sheet, "change", merit_a, 3, 13)
    differ(sheet, "vs_municipality", passed_a, 0.08, 0.06)
    differ(sheet, "vs_municipality", passed_b, -0.07, 0.09)
    differ(sheet, "change", passed_b, -0.20, 0.12)
    differ(sheet, "vs_municipality", passed_f, -0.15, 0.10)
    for code, model, residual in ((A, 240.0, 20.0), (B, 235.0, -5.0)):
        put(sheet, "salsa_expected", {"value": model}, school(code), source="kolada:U15415", **nine)
        put(sheet, "salsa_residual", {"value": residual}, school(code), source="kolada:U15416", **nine)


def _whole(sheet: Sheet) -> None:
    merits = zip(YEARS, (220, 222, 224, 226, 235), (0.05, 0.06, 0.07, 0.08, 0.10), strict=True)
    for year, merit, icc in merits:
        row = put(sheet, MERIT, around(merit, 3, 290), WHOLE, year=year, grade_year=9)
        put(sheet, MERIT, {"value": 230.0}, NATION, year=year, grade_year=9)
        put(sheet, "merit_icc", {"value": icc, "n": 290.0}, WHOLE, year=year, grade_year=9)
        put(sheet, ELIGIBLE, {"value": 0.85}, WHOLE, year=year, grade_year=9, source="api:gr")
    differ(sheet, "change", row, 9, 4.2)
    put(sheet, "merit_sd", {"value": 60.0, "n": 290.0}, WHOLE, grade_year=9)
    for year in YEARS:
        put(sheet, PASSED, share(237 / 288, 288), WHOLE, year=year, grade_year=9)
    put(sheet, PASSED, share(150 / 180, 180), area("Norra"), grade_year=9)
    put(sheet, PASSED, share(49 / 68, 68), area("Södra"), grade_year=9)
    put(sheet, PASSED, share(199 / 248, 248), organizer(KOMMUN), grade_year=9)


def _groups(sheet: Sheet) -> None:
    groups = {
        "sex": {"girls": around(245, 4, 140), "boys": around(225, 4, 148)},
        "parental_education": {
            "compulsory": around(180, 20, 30), "upper_secondary": around(215, 8, 90),
            "post_secondary": around(250, 6, 160),
        },
    }  # fmt: skip
    for breakdown, categories in groups.items():
        for category, what in categories.items():
            row = put(sheet, MERIT, what, WHOLE, grade_year=9, breakdown=breakdown, category=category)
            if category == "girls":
                differ(sheet, "gap_sex", row, 20, 6)
    for category, value, n in (("girls", 0.83, 140), ("boys", 0.82, 148)):
        put(sheet, PASSED, share(value, n), WHOLE, grade_year=9, breakdown="sex", category=category)
    for subject, points, n in (("MA", 12.0, 288), ("SVA", 10.0, 25)):
        put(sheet, "subject_points_mean", around(points, 0.5, n), WHOLE, grade_year=9, subject=subject)
    put(sheet, "grade_test_net_pp", {**around(0.30, 0.05, 280)}, WHOLE, grade_year=9, subject="MA")


def _pupils(sheet: Sheet) -> None:
    for grade_year, counts in ((None, PUPILS), (9, LAST_GRADE)):
        for code, count in counts.items():
            put(sheet, "pupil_count", {"value": float(count), "n": float(count)}, school(code), grade_year=grade_year)
        in_area = {name: sum(counts.get(code, 0) for code in AREA if AREA[code] == name) for name in ("Norra", "Södra")}
        above = [
            *((area(name), count) for name, count in in_area.items()),
            (organizer(KOMMUN), sum(count for code, count in counts.items() if code != E)),
            (WHOLE, sum(counts.values())),
        ]  # fmt: skip
        for place, count in above:
            put(sheet, "pupil_count", {"value": float(count), "n": float(count)}, place, grade_year=grade_year)


def _judge(sheet: Sheet) -> None:
    """A's merit is far above the common mean and its peers, B's within; goals at a school, the whole, a hidden one."""
    rows = {
        (row["metric"], row["unit"], row["grade_year"]): row
        for row in sheet.results
        if row["breakdown"] == "all" and row["school_year"] == NEWEST and row["subject"] == ""
    }
    merit = sheet.estimate(rows[MERIT, A, 9], target=246.7, p=0.0001, holm=True, dispersion=1.4)
    sheet.peers(merit, f"{B} {F} {G}", 235.0, 11.0)
    sheet.estimate(rows[MERIT, B, 9], target=246.7, dispersion=1.4)
    sheet.estimate(rows[PASSED, A, 9], target=0.83)
    sheet.estimate(rows[PASSED, B, 9], target=0.83)
    alone = ("target", "limit_lower", "limit_upper", "outer_lower", "outer_upper", "dispersion", "shrunken",
             "shrunken_lower", "shrunken_upper", "weight")  # fmt: skip
    sheet.estimate(rows[PASSED, F, 6], target=0.75).update({**dict.fromkeys(alone), "outside": ""})
    sheet.goal(rows[MERIT, A, 9], 240.0, "reached", tolerance=3.0)
    sheet.goal(rows[MERIT, B, 9], 240.0, "not_reached", tolerance=3.0)
    sheet.goal(rows[PASSED, WHOLE["unit"], 9], 0.85, "partly", tolerance=0.02, trend=0.0, trend_points=5)
    sheet.goal({**rows[MERIT, C, 9], "n": None}, 240.0, "cannot_be_judged", tolerance=3.0, trend_points=0)
    sheet.goal(rows[PASSED, F, 6], 0.70, "partly", origin="commitment", title="Fler klarar alla ämnen",
               start_value=0.55)  # fmt: skip


def units(*, rich: bool = False) -> pd.DataFrame:
    """The units of the slice; *rich* with three more schools, which have results and nothing else."""
    grades = {A: (0, 9), B: (7, 9), F: (0, 6), G: (0, 3)}
    named = {**NAMES, **(MORE_NAMES if rich else {})}
    rows = [
        ("school", code, name, MUNICIPALITY, AREA.get(code, ""), FREE if code == E else KOMMUN, "",
         *grades.get(code, (0, 9)), "")
        for code, name in named.items()
    ]  # fmt: skip
    above = [
        *((("area", f"{MUNICIPALITY}:{name}", name, name, KOMMUN)) for name in ("Norra", "Södra")),
        ("organizer", KOMMUN, "Strandköpings kommun", "", KOMMUN),
        ("organizer", FREE, "Eken AB", "", FREE),
        ("municipality", MUNICIPALITY, MUNICIPALITY, "", ""),
    ]
    rows += [(level, unit, name, MUNICIPALITY, of, who, "", None, None, "") for level, unit, name, of, who in above]
    return pd.DataFrame(rows, columns=list(UNIT_DTYPES)).astype(UNIT_DTYPES)


def meta() -> Row:
    """The meta data of the slice."""
    return {
        "key": "annual", "publication": "annual-analysis", "school_unit_code": "", "municipality_code": MUNICIPALITY,
        "municipality_name": "Strandköping", "school_year": NEWEST, "school_years": list(YEARS), "origin": "register",
        "rule": {"id": "official-2024", "min_pupils": 10, "min_pupils_above": 5}, "rule_version": "1",
        "inputs": [{"table": "grades", "file": "betyg.csv", "rows": 812, "sha256": "ab" * 32}], "sources": [],
        "code_version": "0.1.0", "run_id": "r1",
        "hidden": [{"status": "too_few", "reason": "few_pupils", "count": 2},
                   {"status": "protects_other", "reason": "complement", "count": 2},
                   {"status": "missing", "reason": "nobody", "count": 9}],
        "judgement": {
            "peers": {"count": 3, "measures": ["parents_post_secondary_share", "pupil_count"], "names": NAMES},
            "comparisons": [
                {"unit": code, "school_year": NEWEST, "tested": 2, "flagged": flagged, "by_chance": 0.1, "holm": holm}
                for code, flagged, holm in ((A, 2, 1), (B, 0, 0))
            ],
        },
    }  # fmt: skip


def write(
    folder: Path,
    *,
    without: tuple[str, ...] = (),
    seed: int | None = None,
    more: Callable[[Sheet], None] | None = None,
    about: Row | None = None,
) -> Path:
    """Write the slice below *folder*, without some metrics, its rows in the order of *seed*; return its own folder.

    *more* adds further numbers, of three more schools too (`annual_more.fill`); *about* is laid over the meta data.
    """
    sheet = Sheet()
    fill(sheet)
    if more is not None:
        more(sheet)
    results = [row for row in sheet.results if row["metric"] not in without]
    comparisons = [row for row in sheet.comparisons if row["metric"] not in without]
    if seed is not None:
        Random(seed).shuffle(results)
        Random(seed).shuffle(comparisons)
    all_units = units(rich=more is not None)
    known = all_units if seed is None else all_units.sample(frac=1, random_state=seed)
    hidden = pd.DataFrame({"status": [], "reason": [], "count": []})
    protected = Protected(frame(results, "results"), frame(comparisons, "comparisons"), hidden)
    return write_slices(
        protected, known, {"annual": {**meta(), **(about or {})}}, folder, judgements=sheet.judgements(without=without)
    )[0]


def opened(folder: Path, **how: object) -> AnnualAnalysis:
    """Return the analysis of the slice, written below *folder*."""
    return open_annual_analysis(MUNICIPALITY, NEWEST, str(write(folder, **how)))

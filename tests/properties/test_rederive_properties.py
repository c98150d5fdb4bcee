"""Two derivations that know nothing of each other agree on every cell of any municipality."""

from __future__ import annotations

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st
from skq.aggregate import aggregate
from skq.rederive import differences, rederived

from tests.spec.text_tables import typed

OLD, NORTH, SOUTH, PRIVATE = "10000009", "10000001", "10000002", "10000003"
YEARS = ("2023/24", "2024/25")
UNITS = {YEARS[0]: (OLD, SOUTH, PRIVATE), YEARS[1]: (NORTH, SOUTH, PRIVATE)}
AREAS = {OLD: "North", NORTH: "North", SOUTH: "South", PRIVATE: None}
OTHERS = ("EN", "MA", "BL", "HKK", "IDH", "MU", "BI", "FY", "KE", "GE", "HI", "RE", "SH", "SL", "TK", "M1", "ML", "M2")
TESTED = ("EN", "MA", "SV", "SVA")
PARENT = st.sampled_from([1, 2, 3, None])
MARK = st.sampled_from([*"ABCDEEF", "-", None])
ENROLMENT = st.sampled_from(["all year", "left", "left in June", "left in autumn", "moved", "joined"])

PUPIL = st.fixed_dictionaries(
    {
        "year": st.sampled_from(YEARS),
        "unit": st.sampled_from([0, 1, 2]),
        "grade_year": st.sampled_from([3, 6, 6, 8, 9, 9]),
        "sex": st.sampled_from(["girls", "boys"]),
        "parents": st.tuples(PARENT, PARENT),
        "adapted": st.sampled_from([True, False, False, None]),
        "enrolment": ENROLMENT,
        "swedish": st.sampled_from(["SV", "SVA"]),
        "usual": st.sampled_from([*"ACEF", None, None]),
        "marks": st.one_of(st.just({}), st.dictionaries(st.sampled_from(OTHERS), MARK, max_size=6)),
        "autumn": st.one_of(st.just({}), st.dictionaries(st.sampled_from(OTHERS), MARK, max_size=4)),
        "parts": st.dictionaries(st.sampled_from(["p1", "p2"]), st.sampled_from(["reached", "not_reached", None])),
        "mother_tongue_chosen": st.booleans(),
        "tests": st.dictionaries(st.sampled_from(["EN", "MA", "swedish"]), st.sampled_from([*"ABCDEF", None])),
    }
)
ORDINARY = {
    "year": YEARS[1],
    "unit": 0,
    "grade_year": 6,
    "sex": "girls",
    "parents": (1, None),
    "adapted": None,
    "enrolment": "all year",
    "swedish": "SV",
    "usual": "C",
    "marks": {},
    "autumn": {"MA": "D"},
    "parts": {},
    "mother_tongue_chosen": False,
    "tests": {"EN": "C"},
}
UNMARKED, GONE = {**ORDINARY, "usual": None}, {**ORDINARY, "enrolment": "left"}
"""Beside an ordinary pupil of grade year 6: one without any grade, and one who left before the end of spring."""

ANSWERS = st.lists(
    st.tuples(
        st.sampled_from([SOUTH, PRIVATE]),
        st.sampled_from(["pupils_5", "pupils_8", "guardians"]),
        st.sampled_from(["safety", "support"]),
        st.sampled_from(["one", "two"]),
        st.lists(st.integers(0, 9), min_size=5, max_size=5),
    ),
    max_size=6,
    unique_by=lambda answer: answer[:4],
)


def register() -> pd.DataFrame:
    """Three units in two years: one changes its code, one has neither area nor organisation number."""
    rows = [
        (code, year, code, "9999", "Town" if AREAS[code] else "Company", AREAS[code], NORTH if code == OLD else None)
        for year, codes in UNITS.items()
        for code in codes
    ]
    columns = ["school_unit_code", "school_year", "name", "municipality_code", "organizer", "area", "successor_code"]
    frame = pd.DataFrame(rows, columns=columns)
    number = frame["organizer"].map({"Town": "2120000000"})
    more = {"organizer_type": "municipal", "organizer_id": number, "first_grade_year": 0, "last_grade_year": 9}
    return typed("school_units", frame.assign(**more))


def enrolments(name: str, pupil: dict[str, object]) -> list[tuple[object, ...]]:
    """A pupil's rows: one, or two where the pupil moved in winter; some leave before the end of spring."""
    year = str(pupil["year"])
    spring = int(year[:4]) + 1
    units = UNITS[year]
    here, there = units[pupil["unit"]], units[(pupil["unit"] + 1) % 3]
    moved, left, late = f"{spring}-01-15", f"{spring}-03-31", f"{spring}-06-12"
    autumn = spring - 1
    periods = {
        "all year": [(here, None, None)],
        "left": [(here, None, left)],
        "left in June": [(here, None, late)],
        "left in autumn": [(here, None, f"{autumn}-12-14")],
        "joined": [(here, f"{autumn}-12-15", None)],
        "moved": [(there, None, moved), (here, f"{spring}-01-16", None)],
    }
    known = (year, pupil["grade_year"], pupil["sex"], *pupil["parents"], pupil["adapted"])
    return [(name, code, *known, start, end) for code, start, end in periods[str(pupil["enrolment"])]]


def grade_rows(name: str, pupil: dict[str, object]) -> list[tuple[object, ...]]:
    """A pupil's grades: in spring the usual one in every subject, others where drawn; in autumn what is drawn."""
    usual = pupil["usual"]
    marks = {**(dict.fromkeys((pupil["swedish"], *OTHERS[:15]), usual) if usual else {}), **pupil["marks"]}
    kind = "final" if pupil["grade_year"] == 9 else "term"
    chosen = pupil["mother_tongue_chosen"] and "M2" not in marks
    spring = [
        (name, pupil["year"], "VT", kind, subject, mark, subject == "M2" or (chosen and subject == "ML"))
        for subject, mark in marks.items()
    ]
    autumn = [(name, pupil["year"], "HT", "term", subject, mark, False) for subject, mark in pupil["autumn"].items()]
    return [*spring, *autumn]


def municipality(pupils: list[dict[str, object]], answers: list[tuple[object, ...]]) -> dict[str, pd.DataFrame]:
    """The tables of the drawn pupils and answers."""
    named = {f"p{place}": pupil for place, pupil in enumerate(pupils)}
    people = ["pupil_id", "school_unit_code", "school_year", "grade_year", "sex", "parent1_education"]
    people += ["parent2_education", "adapted_studies", "enrolled_from", "enrolled_to"]
    given_to = ["pupil_id", "school_year", "term", "kind", "subject", "grade", "is_language_choice"]
    tested = ["pupil_id", "school_year", "grade_year", "subject", "part", "result"]
    asked = ["school_unit_code", "respondent_group", "area", "item", "answer", "count"]
    tests = [
        (name, p["year"], p["grade_year"], p["swedish"] if subject == "swedish" else subject, "total", result)
        for name, p in named.items()
        if p["grade_year"] in (6, 9)
        for subject, result in p["tests"].items()
    ]
    tests += [
        (name, p["year"], 3, p["swedish"], part, result)
        for name, p in named.items()
        if p["grade_year"] == 3
        for part, result in p["parts"].items()
    ]
    counts = [
        (*answer[:4], step, count)
        for answer in answers
        for step, count in zip(("4", "3", "2", "1", "dont_know"), answer[4], strict=True)
    ]
    survey = pd.DataFrame(counts, columns=asked).assign(school_year=YEARS[1], invited_count=50)
    return {
        "school_units": register(),
        "pupils": _typed("pupils", [row for name, p in named.items() for row in enrolments(name, p)], people),
        "grades": _typed("grades", [row for name, p in named.items() for row in grade_rows(name, p)], given_to),
        "national_tests": _typed("national_tests", tests, tested),
        "survey": typed("survey", survey.assign(reversed=survey["item"].eq("two"))),
    }


def _typed(name: str, rows: list[tuple[object, ...]], columns: list[str]) -> pd.DataFrame:
    return typed(name, pd.DataFrame(rows, columns=columns, dtype="object"))


@settings(max_examples=4, deadline=None)
@given(st.lists(PUPIL, min_size=1, max_size=7), ANSWERS)
@example([ORDINARY, UNMARKED], [])
@example([ORDINARY, GONE], [])
@example([ORDINARY, {**ORDINARY, "usual": None, "marks": {"MA": None, "EN": "E"}, "adapted": True}], [])
@example([{**ORDINARY, "marks": {"MA": "F"}}, {**ORDINARY, "usual": None, "marks": {"MA": "F"}}], [])
@example([{**ORDINARY, "enrolment": "moved"}, {**ORDINARY, "grade_year": 9, "autumn": {}}], [])
def test_every_cell_of_a_tiny_municipality(pupils, answers):
    """Movers, leavers, blanks, dashes, adapted studies, unknown parents, a new unit code: the two give the same."""
    tables = municipality(pupils, answers)
    assert [str(one) for one in differences(aggregate(tables), rederived(tables))] == []


@settings(max_examples=3, deadline=None)
@given(st.lists(PUPIL, min_size=2, max_size=7), ANSWERS, st.randoms())
def test_order_of_rows_does_not_matter(pupils, answers, random):
    """The SQL gives the same table whatever order the rows of the registers come in."""
    tables = municipality(pupils, answers)
    shuffled = {name: rows.sample(frac=1, random_state=random.randint(0, 999)) for name, rows in tables.items()}
    pd.testing.assert_frame_equal(rederived(tables), rederived(shuffled))

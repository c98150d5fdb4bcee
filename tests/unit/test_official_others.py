"""Kolada's SALSA figures, the register of school units, units, merging, and the nation."""

import json
from pathlib import Path

import pandas as pd
import pytest
from skq.errors import SourceError
from skq.sources.derive import municipalities_of, nation_of
from skq.sources.kolada import read_salsa
from skq.sources.merge import merged, with_cohorts, with_intervals
from skq.sources.register import is_register, read_register
from skq.sources.units import municipal_organizers, places_of, units_of

from tests.official_samples import one

PATH = Path("file")
ENTRY = {"expected": 232, "deviation": 4, "year": 2024, "koladaOu": "V15E149003401"}
REGISTER_HEADER = [
    *("HUVUDMANNATYP", "ORGANISATIONSNR", "KOMMUN", "KOMMUNNAMN", "SKOLENHETSKOD", "NAMN", "FKLASS"),
    *(f"ÅR{year}" for year in range(1, 10)),
    "HUVUDMANS NAMN",
]


def register_row(code: str, taught: str) -> list[object]:
    """Return a row of the register; *taught* is nine letters J or N."""
    return ["Kommunal", "2120009990", "9990", "Vikby", code, "Vikskolan", "J", *taught, "VIKBY KOMMUN"]


def test_salsa_year_is_the_spring() -> None:
    """Kolada's 2024 is the school year 2023/24; both figures are points of merit rating."""
    rows = read_salsa(json.dumps({"10000001": ENTRY}), PATH)
    assert rows is not None
    assert one(rows, metric="salsa_expected")[["value", "school_year", "source"]].tolist() == [
        232,
        "2023/24",
        "kolada:U15415",
    ]
    assert one(rows, metric="salsa_residual")[["value", "raw", "source"]].tolist() == [4, "4", "kolada:U15416"]


def test_salsa_missing_figure() -> None:
    """A figure that Kolada does not give is missing, not 0."""
    rows = read_salsa(json.dumps({"10000001": {**ENTRY, "deviation": None}}), PATH)
    assert rows is not None
    assert one(rows, metric="salsa_residual")[["status", "raw"]].tolist() == ["missing", ""]


def test_salsa_other_json() -> None:
    """JSON of another kind holds no SALSA figures."""
    assert read_salsa('{"a": {"expected": 1}}', PATH) is None
    assert read_salsa("[]", PATH) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param('{"10000001": {"expected"', "broken-json", id="cut-off"),
        pytest.param(json.dumps({"10000001": ENTRY, "123": ENTRY}), "wrong-entry(.|\n)*eight-digit", id="short-code"),
        pytest.param(json.dumps({"10000001": ENTRY, "10000002": 7}), "wrong-entry", id="no-entry"),
        pytest.param(json.dumps({"10000001": {**ENTRY, "year": "2024"}}), "wrong-entry", id="year-as-text"),
        pytest.param(json.dumps({"10000001": {**ENTRY, "expected": "~100"}}), "wrong-entry", id="text-for-number"),
    ],
)
def test_salsa_refuses(text: str, message: str) -> None:
    """SALSA figures of another form are refused by school."""
    with pytest.raises(SourceError, match=message):
        read_salsa(text, PATH)


def test_register_tells_place_and_grade_years() -> None:
    """The register gives name, municipality, organizer and the grade years marked J."""
    book = {"Grundskola": [list[object](REGISTER_HEADER), register_row("10000001", "NNNJJJNNN")]}
    assert is_register(book)
    school = read_register(book, PATH).iloc[0]
    assert school[["unit", "municipality_code", "organizer_type"]].tolist() == ["10000001", "9990", "municipal"]
    assert school[["first_grade_year", "last_grade_year"]].tolist() == [4, 6]


def test_register_without_grade_years() -> None:
    """A school without any grade year marked has none."""
    book = {"Grundskola": [list[object](REGISTER_HEADER), register_row("10000001", "N" * 9)]}
    assert pd.isna(read_register(book, PATH).iloc[0]["first_grade_year"])


def test_register_of_other_form() -> None:
    """Another workbook is no register; a register without one of its columns is refused."""
    assert not is_register({"Blad1": [["SKOLENHETSKOD", "KOMMUN"]]})
    assert not is_register({"Grundskola": []})
    book = {"Grundskola": [[name for name in REGISTER_HEADER if name != "NAMN"]]}
    with pytest.raises(SourceError, match="column 'NAMN'"):
        read_register(book, PATH)


def schools(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Return schools of an export: code, name, organizer number, type; all in Vikby, grade years 7 to 9."""
    return pd.DataFrame(
        {
            "unit": [row[0] for row in rows],
            "name": [row[1] for row in rows],
            "municipality_code": "9990",
            "municipality_name": "Vikby",
            "organizer": [row[2] for row in rows],
            "organizer_name": [f"Huvudman {row[2]}" for row in rows],
            "organizer_type": [row[3] for row in rows],
            "first_grade_year": pd.array([7] * len(rows), dtype="Int64"),
            "last_grade_year": pd.array([9] * len(rows), dtype="Int64"),
        }
    )


def test_places_of_the_newest_export() -> None:
    """The newest export names a school; the register only schools that no export names; grade years are kept."""
    old = schools(("10000001", "Gamla namnet", "1", "municipal")).assign(school_year="2024/25")
    new = schools(("10000001", "Nya namnet", "2", "municipal")).assign(
        school_year="2025/26", first_grade_year=pd.array([pd.NA], dtype="Int64")
    )
    registered = schools(("10000001", "Registrets namn", "3", "municipal"), ("10000002", "Nedlagd", "3", "municipal"))
    places = places_of([old, new, pd.DataFrame()], [registered])
    assert places.loc["10000001", ["name", "organizer"]].tolist() == ["Nya namnet", "2"]
    assert places.loc["10000001", "first_grade_year"] == 7
    assert places.loc["10000002", "name"] == "Nedlagd"


def test_places_of_nothing() -> None:
    """Without exports and register no school has a place."""
    assert places_of([], []).empty


def test_municipal_organizer_is_the_largest() -> None:
    """The municipality itself is the municipal organizer of most schools, not a federation with two."""
    named = places_of(
        [
            schools(
                ("1", "a", "2220000265", "municipal"),
                ("2", "b", "2120001355", "municipal"),
                ("3", "c", "2120001355", "municipal"),
                ("4", "d", "5560000000", "independent"),
                ("5", "e", "5560000000", "independent"),
                ("6", "f", "5560000000", "independent"),
            ).assign(school_year="2025/26")
        ],
        [],
    )
    assert municipal_organizers(named) == {"9990": "2120001355"}


def result(**cells: object) -> dict[str, object]:
    """Return a row of a results table with *cells* in place of the defaults."""
    plain = {
        "metric": "eligible_vocational_share",
        "level": "municipality",
        "unit": "9990",
        "school_year": "2024/25",
        "grade_year": 9,
        "subject": "",
        "breakdown": "all",
        "category": "all",
        "n": 100.0,
        "value": 0.9,
        "status": "observed",
        "source": "siris:behorighet-kommun",
        "raw": "90,0",
        "municipality_code": "9990",
        "rank": 0,
    }
    return {**plain, **cells}


def table(*rows: dict[str, object]) -> pd.DataFrame:
    """Return *rows* as a results table."""
    types = {"n": "Float64", "value": "Float64", "grade_year": "Int64"}
    return pd.DataFrame(rows).astype(types)


def test_units_of_results() -> None:
    """Units are the schools with figures, their organizers and municipality, and the nation."""
    named = places_of([schools(("10000001", "Vikskolan", "212", "municipal")).assign(school_year="2025/26")], [])
    rows = table(result(level="school", unit="10000001"), result(level="school", unit="10000009"), result())
    units = units_of(rows, named).set_index(["level", "unit"])
    assert units.loc[("school", "10000001"), ["name", "organizer"]].tolist() == ["Vikskolan", "212"]
    assert units.loc[("school", "10000009"), "name"] == "Skolenhet 10000009"
    assert units.loc[("organizer", "212"), ["name", "municipality_code"]].tolist() == ["Huvudman 212", "9990"]
    assert units.loc[("municipality", "9990"), "name"] == "Vikby"
    assert units.loc[("nation", "SE"), "name"] == "Riket"
    assert len(units) == 5


def test_organizer_of_several_municipalities_belongs_to_none() -> None:
    """An organizer with schools in two municipalities has no municipality code."""
    two = schools(("10000001", "a", "556", "independent"), ("10000002", "b", "556", "independent"))
    named = places_of([two.assign(school_year="2025/26", municipality_code=["9990", "9991"])], [])
    units = units_of(table(result(level="school", unit="10000001")), named).set_index(["level", "unit"])
    assert units.loc[("organizer", "556"), "municipality_code"] == ""


def test_municipality_that_no_school_names() -> None:
    """A municipality without named schools shows its code."""
    units = units_of(table(result()), places_of([], [])).set_index(["level", "unit"])
    assert units.loc[("municipality", "9990"), "name"] == "Kommun 9990"


def test_merged_keeps_the_lower_rank_and_compares() -> None:
    """Of a number published twice the more detailed source is kept; agreements are counted, differences told."""
    rows = table(
        result(source="api:gr", rank=2, raw="90,0"),
        result(),
        result(unit="9991"),
        result(unit="9991", source="api:gr", rank=2, value=0.8, raw="80,0"),
    )
    kept, problems, agreements = merged(rows)
    assert kept["source"].tolist() == ["siris:behorighet-kommun"] * 2
    assert agreements == {("siris:behorighet-kommun", "api:gr"): 1}
    assert [problem.code for problem in problems] == ["sources-disagree"]
    assert "9991 '90,0' and '80,0'" in problems[0].found


@pytest.mark.parametrize(
    ("exact", "rounded", "agree"),
    [(267, 270, True), (265, 270, True), (264, 270, False), (276, 270, False), (1, 10, True), (16, 10, False)],
)
def test_merged_rounded_counts(exact: float, rounded: float, agree: bool) -> None:
    """A count "cirka 270" agrees with 265 to 275, and "cirka 10" with every smaller count."""
    counts = {"metric": "pupil_count", "level": "school", "unit": "10000001", "grade_year": None}
    rows = table(
        result(**counts, value=exact),
        result(**counts, value=rounded, status="rounded", source="api:gr", rank=2),
    )
    assert (merged(rows)[1] == []) == agree


def test_merged_hidden_in_both_agrees() -> None:
    """Hidden for the same reason agrees, for different reasons not; the kept one stays hidden."""
    hidden = {"value": None, "status": "too_few", "raw": ".."}
    agreeing = merged(table(result(**hidden), result(**hidden, source="api:gr", rank=2)))
    differing = merged(table(result(**hidden), result(source="api:gr", rank=2)))
    assert (len(agreeing[1]), len(differing[1])) == (0, 1)
    assert differing[0]["status"].tolist() == ["too_few"]


def test_merged_tells_at_most_three_examples() -> None:
    """A disagreement over many schools is told once, with three of them."""
    units = [f"1000000{number}" for number in range(5)]
    rows = [result(unit=unit) for unit in units] + [
        result(unit=unit, value=0.1, source="api:gr", rank=2) for unit in units
    ]
    problem = merged(table(*rows))[1][0]
    assert problem.found.startswith("5 different number(s) for 2024/25")
    assert problem.found.endswith("…")


def test_cohort_of_eligibility() -> None:
    """Eligibility from the API rests on the pupils of the grades export, where it is a whole number of them."""
    school = {"level": "school", "unit": "10000001", "n": None, "source": "api:gr"}
    rows = table(
        result(level="school", unit="10000001", metric="merit_rating_17", value=230.0, n=40.0, source="siris:139"),
        result(**school, metric="eligible_arts_share", value=0.85),
        result(**school, metric="eligible_social_share", value=0.84),
        result(**school, metric="eligible_science_share", value=None, status="too_few"),
        result(**school, metric="eligible_vocational_share", school_year="2023/24"),
    )
    n = with_cohorts(rows)["n"]
    assert n.iloc[1] == 40
    assert pd.isna(n.iloc[2])
    assert n.iloc[3] == 40
    assert pd.isna(n.iloc[4])


def test_wilson_interval() -> None:
    """The interval of 81 of 263 is 0.2553 to 0.3662 (Newcombe 1998, table I, method 3)."""
    row = with_intervals(table(result(value=round(81 / 263, 3), n=263.0))).iloc[0]
    assert row["lower"] == pytest.approx(0.2553, abs=5e-5)
    assert row["upper"] == pytest.approx(0.3662, abs=5e-5)


def test_no_interval() -> None:
    """None for points, for shares of posts, for figures we worked out, and where n or value is missing."""
    rows = table(
        result(metric="merit_rating_17", value=230.0),
        result(metric="certified_teacher_share"),
        result(level="nation", unit="SE", source="derived:siris:behorighet-kommun"),
        result(n=None),
        result(value=None, status="nearly_all"),
    )
    assert with_intervals(rows)[["lower", "upper"]].isna().all(axis=None)


def test_nation_is_weighted() -> None:
    """T-05 (domain specification): means 250 on 24 and 200 on 58 make 214.63, not 225."""
    merits = [
        result(metric="merit_rating_17", value=250.0, n=24.0),
        result(metric="merit_rating_17", unit="9991", value=200.0, n=58.0),
    ]
    row = nation_of(table(*merits), parts="municipalities").iloc[0]
    assert round(row["value"], 2) == 214.63
    assert row[["n", "level", "unit", "source", "entered", "of"]].tolist() == [
        82,
        "nation",
        "SE",
        "derived:siris:behorighet-kommun",
        2,
        2,
    ]


def test_nation_nearly_all() -> None:
    """`~100` of 100 pupils is taken as 97.5 of them: with 80 of 100 elsewhere, 177.5 of 200."""
    rows = table(result(value=0.8), result(unit="9991", value=None, status="nearly_all", raw="~100"))
    assert nation_of(rows, parts="municipalities").iloc[0]["value"] == pytest.approx(0.8875)


@pytest.mark.parametrize(("hidden", "rows"), [(5.0, 1), (6.0, 0)])
def test_nation_needs_coverage(hidden: float, rows: int) -> None:
    """With 95 known pupils of 100 there is a figure of the nation, with 95 of 101 none."""
    municipalities = table(result(n=95.0), result(unit="9991", n=hidden, value=None, status="too_few"))
    assert len(nation_of(municipalities, parts="municipalities")) == rows


def test_nation_of_counts() -> None:
    """Counts are summed, a point is nobody; one hidden count makes the sum unknown."""
    count = {"metric": "pupil_count", "grade_year": None}
    known = [result(**count, value=10.0, n=10.0), result(**count, unit="9991", value=5.0, n=5.0)]
    nobody = result(**count, unit="9992", value=None, n=None, status="missing")
    hidden = result(**count, unit="9993", value=None, n=None, status="too_few")
    assert nation_of(table(*known, nobody), parts="municipalities").iloc[0][["value", "n", "entered"]].tolist() == [
        15,
        15,
        3,
    ]
    assert nation_of(table(*known, nobody, hidden), parts="municipalities").empty


def test_municipality_from_its_schools() -> None:
    """Schools make up the municipality: 90 % of 24 pupils and 60 % of 58 are 68.8 % of 82 (56.4 / 82)."""
    school = {"level": "school", "source": "siris:6", "metric": "girls_share", "grade_year": None}
    rows = table(
        result(**school, unit="10000001", value=0.9, n=24.0),
        result(**school, unit="10000002", value=0.6, n=58.0),
        result(**school, unit="10000003", value=0.1, n=50.0, municipality_code=""),
    )
    row = one(municipalities_of(rows), unit="9990")
    assert round(row["value"], 3) == 0.688
    assert row[["level", "n", "source", "municipality_code"]].tolist() == [
        "municipality",
        82,
        "derived:siris:6",
        "9990",
    ]


@pytest.mark.parametrize(("hidden", "rows"), [(1.0, 1), (2.0, 0)])
def test_municipality_needs_nearly_all_schools(hidden: float, rows: int) -> None:
    """With 99 known pupils of 100 there is a figure of the municipality, with 99 of 101 none."""
    school = {"level": "school", "source": "siris:6", "metric": "girls_share", "grade_year": None}
    known = result(**school, unit="10000001", n=99.0)
    unknown = result(**school, unit="10000002", n=hidden, value=None, status="too_few")
    assert len(municipalities_of(table(known, unknown))) == rows

"""Exports of Skolverket's database: found by content, read as published, refused when they are not what they seem."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from skq.errors import SourceError
from skq.sources.siris import read_export, read_export_sheet
from skq.sources.siris_rows import results_of, schools_of
from skq.sources.siris_specs import spec_of
from skq.terms import RESULT_KEY

from tests.official_samples import (
    ELIGIBILITY_HEADER,
    ELIGIBILITY_TITLE,
    GRADES_HEADER,
    GRADES_ROW,
    export,
    grades,
    one,
)

PATH = Path("export.csv")
PUPILS_TITLE = "Grundskola - Antal elever per årskurs"
PUPILS_HEADER = (
    *GRADES_HEADER[:7],
    "Elever, årskurs 1-9",
    "Andel (%) flickor, årskurs 1-9",
    "Andel (%) elever med utländsk bakgrund, åk 1-9",
    "Andel (%) elever med föräldrar med eftergymnasial utb., åk 1-9",
    *(f"Elever, årskurs {year}" for year in range(1, 10)),
)
RELATION_TITLE = (
    "Grundskola - Relationen mellan nationella prov och slutbetyg årskurs 9, svenska/svenska som andraspråk, "
    "matematik och engelska"
)
RELATION_HEADER = (
    *GRADES_HEADER[:7],
    *(
        f"{subject}, {what}"
        for subject in ("Svenska", "Matematik", "Engelska", "Svenska som andraspråk")
        for what in (
            "antal elever med provbetyg och slutbetyg",
            *(f"andel (%) elever med {word} slutbetyg jämfört med provbetyget" for word in ("lägre", "lika", "högre")),
        )
    ),
)
SCHOOL = "Vikskolan;10000001;Vikby;9990;Kommunal;Vikby kommun;2120009990"


def results(text: str) -> pd.DataFrame:
    """Return the results rows of an export of a known kind."""
    read = read_export(text, PATH)
    spec = spec_of(read)
    assert spec is not None
    return results_of(read, spec)


def test_export_of_grades() -> None:
    """Each measure of a school becomes one row, with its number of pupils and the agency's own text."""
    rows = results(grades())
    passed = one(rows, metric="all_subjects_passed_share")
    assert (passed["value"], passed["n"], passed["raw"], passed["status"]) == (0.85, 40, "85,0", "observed")
    assert (passed["level"], passed["unit"], passed["grade_year"]) == ("school", "10000001", 9)
    assert (passed["school_year"], passed["source"]) == ("2024/25", "siris:139")
    assert one(rows, metric="eligible_vocational_share")["status"] == "nearly_all"
    assert one(rows, metric="merit_rating_17")["value"] == 231.5


def test_export_hidden_numbers() -> None:
    """A hidden number and a hidden count stay hidden; nothing becomes 0 or 100."""
    rows = results(grades(f"{SCHOOL};..;..;.;.."))
    assert rows["value"].isna().all()
    assert rows["n"].isna().all()
    assert rows["status"].tolist() == ["too_few", "missing", "too_few"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: "\n" * 3 + text, id="banner-further-down"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="windows-lines"),
        pytest.param(lambda text: text.replace("ämnen)", "ämnen);").replace("231,5", "231,5;"), id="semicolon-at-end"),
        pytest.param(lambda text: text.replace(GRADES_ROW, '"' + GRADES_ROW.replace(";", '";"') + '"'), id="quoted"),
        pytest.param(lambda text: text.replace("Skol-enhetskod", "Skolenhetskod"), id="one-word"),
        pytest.param(lambda text: text.replace("Antal elever;Andel", "Antal\u00a0elever;Andel"), id="no-break-space"),
        pytest.param(
            lambda text: text.replace("\nRapportbeskrivning", "\n;;\nRapportbeskrivning"), id="more-footnotes"
        ),
    ],
)
def test_export_variants_of_form(change: Callable[[str], str]) -> None:
    """Lines around the table, line ends, quotes, a closing semicolon and the hyphen in headers do not matter."""
    pd.testing.assert_frame_equal(results(change(grades())).drop(columns="row"), results(grades()).drop(columns="row"))


def test_export_columns_in_other_order() -> None:
    """Columns are found by name: another order gives the same numbers."""
    header = (*GRADES_HEADER[:7], *reversed(GRADES_HEADER[7:]))
    rows = results(grades(f"{SCHOOL};231,5;~100;85,0;40", header=header))
    pd.testing.assert_frame_equal(rows, results(grades()))


def test_export_spring_and_autumn() -> None:
    """The school year is the one that the banner names, for pupils too."""
    rows = results(export(PUPILS_TITLE, PUPILS_HEADER, [PUPILS_ROW], chosen="Valt läsår: 2025/26"))
    assert set(rows["school_year"]) == {"2025/26"}


PUPILS_ROW = f"{SCHOOL};130;48,5;..;~100;.;.;.;68;62;.;.;.;."


def test_export_of_pupils() -> None:
    """Pupils are counted per grade year and together; a point is no pupils in that grade year."""
    rows = results(export(PUPILS_TITLE, PUPILS_HEADER, [PUPILS_ROW]))
    assert one(rows, metric="pupil_count", grade_year=4)[["value", "n"]].tolist() == [68, 68]
    assert one(rows, metric="pupil_count", grade_year=None)["value"] == 130
    assert one(rows, metric="pupil_count", grade_year=9)["status"] == "missing"
    assert one(rows, metric="girls_share")[["value", "n"]].tolist() == [0.485, 130]


def test_schools_of_pupils_export() -> None:
    """The first and last grade year are those with pupils; the organizer is its organization number."""
    school = schools_of(read_export(export(PUPILS_TITLE, PUPILS_HEADER, [PUPILS_ROW]), PATH)).iloc[0]
    assert school[["first_grade_year", "last_grade_year"]].tolist() == [4, 5]
    assert school[["name", "organizer", "organizer_type"]].tolist() == ["Vikskolan", "2120009990", "municipal"]


def test_schools_of_grades_export() -> None:
    """An export without counts per grade year tells no grade years; without a number the organizer is its name."""
    row = GRADES_ROW.replace("2120009990", "").replace("Kommunal", "Enskild")
    school = schools_of(read_export(grades(row), PATH)).iloc[0]
    assert pd.isna(school["first_grade_year"])
    assert school[["organizer", "organizer_type"]].tolist() == ["Vikby kommun", "independent"]


def test_municipality_code_that_lost_its_zero() -> None:
    """764 is 0764: a spreadsheet program drops the zero, and four digits are kept."""
    rows = results(grades(GRADES_ROW.replace("9990;Kommunal", "764;Kommunal")))
    assert set(rows["municipality_code"]) == {"0764"}


def eligibility(*rows: str) -> str:
    """Return an export of eligibility per municipality."""
    return export(ELIGIBILITY_TITLE, ELIGIBILITY_HEADER, rows)


def test_export_by_sex_in_rows() -> None:
    """Where each row names the sex, girls, boys and all become categories, each with its own number of pupils."""
    place = "Vikby;9990;Viks län;99;Samtliga"
    rows = results(
        eligibility(
            f"{place};Flickor;20;90,0;85,0;80,0;75,0",
            f"{place};Pojkar;30;80,0;70,0;60,0;50,0",
            f"{place};Samtliga;50;84,0;76,0;68,0;60,0",
            f"{place.replace('Samtliga', 'Kommunal')};Samtliga;45;82,2;75,6;66,7;60,0",
            f"{place.replace('Samtliga', 'Enskild')};Samtliga;5;..;..;..;..",
        )
    )
    arts = rows[rows["metric"] == "eligible_arts_share"]
    girls = one(arts, breakdown="sex", category="girls")
    assert girls[["level", "unit", "value", "n"]].tolist() == ["municipality", "9990", 0.85, 20]
    assert one(arts, level="municipality", breakdown="all")["value"] == 0.76
    assert one(arts, level="organizer")["n"] == 45
    assert len(arts) == 4


def test_export_of_grade_year_6() -> None:
    """Beside all subjects stand one subject, several, and the number of subjects, each on the pupils of the row."""
    title = "Grundskola - Betyg årskurs 6, andel som fått godkänt betyg (A-E), samtliga elever"
    header = (
        *("Kommun", "Kommun-kod", "Län", "Läns-kod", "Typ av huvudman", "Antal elever"),
        "Antal ämnesbetyg (genomsnitt)",
        "Andel (%) elever som fått godkänt betyg i alla ämnen",
        "Andel (%) elever som ej fått godkänt betyg i ett ämne",
        "Andel (%) elever som ej fått godkänt betyg i fler, alternativt alla ämnen",
    )
    rows = results(export(title, header, ["Vikby;9990;Viks län;99;Samtliga;80;16,4;75,0;..;15,0"]))
    told = {row["metric"]: (row["value"], row["n"], row["status"]) for _, row in rows.iterrows()}
    assert set(rows["grade_year"]) == {6}
    hidden = told.pop("failed_one_subject_share")
    assert (pd.isna(hidden[0]), hidden[1:]) == (True, (80, "too_few"))
    assert told == {
        "subject_grades_mean": (16.4, 80, "observed"),
        "all_subjects_passed_share": (0.75, 80, "observed"),
        "failed_several_subjects_share": (0.15, 80, "observed"),
    }


def test_export_two_header_lines_in_either_order() -> None:
    """Groups in the line above belong to their columns, whatever their order."""
    title = "Grundskola - Resultat nationella prov årskurs 9, provbetyg per kön - Engelska, Matematik och Svenska"
    places = ("Kommun", "Kommun-kod", "Län", "Läns-kod", "Typ av huvudman", "Ämne")
    groups = (
        "Andel (%) elever som deltagit",
        "Antal elever med provbetyg A-F",
        "Andel (%) med provbetyg A-E",
        "Genomsnittlig betygspoäng",
    )
    cells = {
        groups[0]: "84,3;83,0;85,6",
        groups[1]: "333;161;172",
        groups[2]: "98,5;~100;..",
        groups[3]: "15,7;15,6;15,8",
    }

    def tests(order: tuple[str, ...]) -> pd.DataFrame:
        above = ";" * 6 + ";".join(group for group in order for _ in range(3))
        header = (*places, *("Totalt", "Flickor", "Pojkar") * 4)
        row = "Vikby;9990;Viks län;99;Samtliga;Engelska;" + ";".join(cells[group] for group in order)
        return results(export(title, header, [row], above=above))

    rows = tests(groups)
    boys = one(rows, metric="test_points_mean", category="boys")
    assert boys[["value", "n", "subject", "grade_year"]].tolist() == [15.8, 172, "EN", 9]
    assert one(rows, metric="test_passed_share", category="girls")["status"] == "nearly_all"
    assert pd.isna(one(rows, metric="test_participation_share", category="all")["n"])
    key = list(RESULT_KEY)
    again = tests((groups[1], groups[3], groups[0], groups[2]))
    pd.testing.assert_frame_equal(rows.sort_values(key, ignore_index=True), again.sort_values(key, ignore_index=True))


def test_export_over_time() -> None:
    """A table over time gives one row per school year; a subject that is not carried is left out."""
    subject = "Andel (%) elever som fått godkänt betyg i respektive ämne"
    header = ("Kommun", "Kommunkod", "Län", "Länskod", "Typ av huvudman", subject, "2024/25", "2023/24")
    place = "Vikby;9990;Viks län;99;Samtliga"
    body = [f"{place};Matematik;83,4;..", f"{place};Moderna språk, skolans val;1,0;1,0"]
    rows = results(export("Grundskola - Jämförelse av ämnesbetyg över tid", header, body))
    assert one(rows, school_year="2024/25")[["subject", "value", "metric"]].tolist() == [
        "MA",
        0.834,
        "subject_passed_share",
    ]
    assert one(rows, school_year="2023/24")["status"] == "too_few"


def workbook_rows(owner: str = "Samtliga") -> list[list[object]]:
    """Return a sheet of the table over time, as a workbook holds it."""
    place = ["Vikby", "9990", "Viks län", "99"]
    return [
        ["", "", "", "", "", "", ""],
        ["Grundskola - Jämförelse av betygsresultat över tid", "", "", "", "", "", ""],
        [f"Typ av huvudman: {owner}", "", "", "", "", "", ""],
        ["Valt läsår: 2024/25", "", "", "", "", "", ""],
        ["", "", "", "", "", "", ""],
        ["Kommun", "Kommunkod", "Län", "Länskod", "Uppgift", "2024/25", "2023/24"],
        [*place, "Totalt antal elever årskurs 9", 434.0, 417.0],
        [*place, "- andel (%) flickor", 49.3, 50.8],
        [*place, "Genomsnittligt meritvärde (17 ämnen)", 224.5, ".."],
        [*place, "Genomsnittligt meritvärde (16 ämnen)", 216.0, 221.6],
        [*place, "Andel (%) behöriga till yrkesprogram", 81.6, "~100"],
        [*place, "Andel (%) som fått godkänt betyg i alla ämnen", 71.0, 78.7],
    ]


@pytest.mark.parametrize(("owner", "level"), [("Samtliga", "municipality"), ("Kommunal", "organizer")])
def test_sheet_of_results_over_time(owner: str, level: str) -> None:
    """Each sheet is of one type of organizer; a number that the workbook stores becomes Swedish text again."""
    read = read_export_sheet(workbook_rows(owner), PATH)
    assert read is not None
    spec = spec_of(read)
    assert spec is not None
    rows = results_of(read, spec)
    merit = one(rows, metric="merit_rating_17", school_year="2024/25")
    assert merit[["level", "value", "n", "raw"]].tolist() == [level, 224.5, 434, "224,5"]
    assert one(rows, metric="merit_rating_16", school_year="2024/25")["raw"] == "216"
    assert one(rows, metric="eligible_vocational_share", school_year="2023/24")[["status", "n"]].tolist() == [
        "nearly_all",
        417,
    ]


def test_sheet_of_independent_schools_is_left_out() -> None:
    """Rows of independent organizers together are no unit of the results table."""
    read = read_export_sheet(workbook_rows("Enskild"), PATH)
    assert read is not None
    spec = spec_of(read)
    assert spec is not None
    assert results_of(read, spec).empty


def test_sheet_of_explanations() -> None:
    """A sheet with the banner and no table is no export."""
    assert read_export_sheet([["Valt läsår: 2024/25"], ["Samtliga uppgifter avser elever"]], PATH) is None


def test_costs_belong_to_the_school_year_of_their_autumn() -> None:
    """Costs of the year 2024 are filed under 2024/25, with the mean number of pupils as n."""
    header = (
        *(
            "Kommun",
            "Kommunkod",
            "Län",
            "Läns-kod",
            "Typ av huvudman",
            "Genomsnittligt elevantal",
            "Totalt",
            "Undervisning",
        ),
        *(
            f"{what} per elev"
            for what in ("Totalt", "Undervisning", "Lokaler", "Måltider", "Lärverktyg", "Elevhälsa", "Övrigt")
        ),
    )
    row = "Vikby;9990;Viks län;99;Kommunal;3 827;526708;302 227;137 600;79 000;22 200;7 300;5 900;5 190;18 100"
    rows = results(export("Grundskola - Kostnader per kommun", header, [row], chosen="Valt år: 2024"))
    assert one(rows, metric="cost_per_pupil")[["school_year", "value", "n"]].tolist() == ["2024/25", 137600, 3827]


def relation(*cells: str) -> pd.DataFrame:
    """Return the results of one school's tests beside grades, in the order of `RELATION_HEADER`."""
    return results(export(RELATION_TITLE, RELATION_HEADER, [";".join([SCHOOL, *cells])]))


def test_relation_point_is_nobody() -> None:
    """Domain specification, section 7: a point among the three shares means that nobody is in it."""
    rows = relation("20;.;45,0;55,0", "23;.;100,0;.", "23;8,7;87,0;4,3", ".;.;.;.")
    below = one(rows, metric="grade_below_test_share", subject="SV")
    assert below[["value", "status", "raw", "n"]].tolist() == [0.0, "observed", ".", 20]
    assert one(rows, metric="grade_test_net_pp", subject="SV")["value"] == 0.55
    assert one(rows, metric="grade_test_net_pp", subject="MA")["value"] == 0
    assert one(rows, metric="grade_test_net_pp", subject="EN")["value"] == -0.044
    assert one(rows, metric="grade_above_test_share", subject="SVA")["status"] == "missing"
    assert one(rows, metric="grade_test_net_pp", subject="SVA")["status"] == "missing"


def test_relation_hidden_share_is_not_nobody() -> None:
    """Where a share is hidden, a point beside it is not taken for nobody, and there is no net."""
    rows = relation("20;..;45,0;.", ".;.;.;.", ".;.;.;.", ".;.;.;.")
    assert one(rows, metric="grade_below_test_share", subject="SV")["status"] == "too_few"
    assert one(rows, metric="grade_above_test_share", subject="SV")["status"] == "missing"
    net = one(rows, metric="grade_test_net_pp", subject="SV")
    assert pd.isna(net["value"])
    assert net["status"] == "missing"


def test_relation_net_without_the_share_below() -> None:
    """A net whose share below is hidden has that share's status, never a status that promises a value."""
    rows = relation("20;..;45,0;35,0", ".;.;.;.", ".;.;.;.", ".;.;.;.")
    net = one(rows, metric="grade_test_net_pp", subject="SV")
    assert pd.isna(net["value"])
    assert net["status"] == "too_few"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(grades().replace(";", ","), "wrong-delimiter(.|\n)*parted by commas", id="commas"),
        pytest.param(grades().replace(";", "\t"), "wrong-delimiter(.|\n)*parted by tabs", id="tabs"),
        pytest.param(grades().partition("Skola;")[0], "no-header-row", id="cut-before-header"),
        pytest.param(grades().partition(GRADES_ROW)[0], "no-rows", id="cut-after-header"),
        pytest.param(grades(GRADES_ROW, GRADES_ROW[:60]), "row 8(.|\n)*uneven-row", id="cut-within-row"),
        pytest.param(grades(GRADES_ROW + ";9;9"), "row 7(.|\n)*uneven-row", id="too-many-cells"),
        pytest.param(grades().replace("Valt läsår: 2024/25", ""), "no-school-year", id="no-year"),
        pytest.param(grades().replace("2024/25", "2024/26"), "no-school-year(.|\n)*'2024/26'", id="impossible-year"),
        pytest.param(
            grades(GRADES_ROW + ";40", header=(*GRADES_HEADER, "Antal elever")),
            "duplicate-header",
            id="same-column-twice",
        ),
        pytest.param('Valt läsår: 2024/25\nSkola;"' + "x" * 140_000, "not CSV", id="endless-quote"),
    ],
)
def test_read_export_refuses(text: str, message: str) -> None:
    """An export that lost its form is refused with file, row and reason."""
    with pytest.raises(SourceError, match=message) as caught:
        read_export(text, PATH)
    assert "export.csv" in str(caught.value)
    assert "next:" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            grades(header=(*GRADES_HEADER[:-1], "Genomsnittligt meritvärde")),
            "row 6(.|\n)*unexpected-header(.|\n)*'Genomsnittligt meritvärde'(.|\n)*17 ämnen",
            id="renamed-column",
        ),
        pytest.param(
            grades(GRADES_ROW.rpartition(";")[0], header=GRADES_HEADER[:-1]), "columns are missing", id="lacking-column"
        ),
        pytest.param(
            grades(GRADES_ROW + ";1" * 10_000, header=(*GRADES_HEADER, *(f"Ny {number}" for number in range(10_000)))),
            "unknown columns (.|\n)*and 9997 more",
            id="ten-thousand-columns",
        ),
        pytest.param(
            grades(GRADES_ROW.replace("10000001", "1000001")),
            "row 7(.|\n)*'1000001'(.|\n)*eight digits",
            id="short-code",
        ),
        pytest.param(
            grades(GRADES_ROW.replace("9990;Kom", "Vik;Kom"), GRADES_ROW.replace("9990;Kom", ";Kom")),
            r"'Vik' \(2 rows in all\)(.|\n)*four digits",
            id="wrong-municipality",
        ),
        pytest.param(grades(GRADES_ROW.replace("85,0", "85.0")), "row 7(.|\n)*unknown-symbol(.|\n)*'85.0'", id="point"),
        pytest.param(
            grades(GRADES_ROW.replace("85,0", "n"), GRADES_ROW.replace("85,0", "n").replace("01;V", "02;V")),
            r"'n' \(2 such cells\)",
            id="unknown-sign",
        ),
        pytest.param(grades(GRADES_ROW.replace("85,0", "850")), "percentage between 0 and 100", id="above-hundred"),
        pytest.param(grades(GRADES_ROW.replace(";40;", ";x;")), "'x'", id="count"),
        pytest.param(grades(GRADES_ROW, GRADES_ROW), "row 8(.|\n)*duplicate-row", id="school-twice"),
        pytest.param(
            eligibility("Vikby;9990;Viks län;99;Samtliga;Alla;20;90,0;85,0;80,0;75,0"),
            "column 'Kön'(.|\n)*unknown-word(.|\n)*'Alla'",
            id="unknown-sex",
        ),
    ],
)
def test_results_of_refuses(text: str, message: str) -> None:
    """A known table with other columns, codes or signs is refused: what changed may mean something else."""
    with pytest.raises(SourceError, match=message):
        results(text)


def test_results_of_unknown_item() -> None:
    """A new line in the table over time is refused, and the message lists what is known."""
    sheet = workbook_rows()
    sheet[-1][4] = "Andel (%) som fått A i alla ämnen"
    read = read_export_sheet(sheet, PATH)
    assert read is not None
    spec = spec_of(read)
    assert spec is not None
    with pytest.raises(SourceError, match="row 12(.|\n)*'Uppgift'(.|\n)*fått A i alla"):
        results_of(read, spec)


def test_table_over_time_without_years() -> None:
    """A table over time whose years are gone is refused."""
    subject = "Andel (%) elever som fått godkänt betyg i respektive ämne"
    header = ("Kommun", "Kommunkod", "Län", "Länskod", "Typ av huvudman", subject)
    text = export(
        "Grundskola - Jämförelse av ämnesbetyg över tid", header, ["Vikby;9990;Viks län;99;Samtliga;Matematik"]
    )
    with pytest.raises(SourceError, match="unexpected-header"):
        spec_of(read_export(text, PATH))


def test_spec_of_unknown_title() -> None:
    """An export of another table is none that skq knows, and no error."""
    assert spec_of(read_export(grades(title="Grundskola - Pendling mellan hem- och skolkommun"), PATH)) is None


def test_export_without_footnotes() -> None:
    """An export without the explanations that always follow may have been cut off, and says so."""
    assert not read_export(grades().partition("\n\nRapport")[0], PATH).whole
    assert read_export(grades(), PATH).whole


def test_eligibility_per_school() -> None:
    """The same table with schools for municipalities is read alike, under its own id (SIRIS 5)."""
    header = (*GRADES_HEADER[:7], *ELIGIBILITY_HEADER[5:])
    text = export(ELIGIBILITY_TITLE, header, [f"{SCHOOL};Samtliga;40;~100;90,0;85,0;80,0"])
    row = one(results(text), metric="eligible_arts_share")
    assert row[["level", "unit", "value", "n", "source"]].tolist() == ["school", "10000001", 0.9, 40, "siris:5"]


def test_grades_per_municipality() -> None:
    """The table of final grades with municipalities for schools is read alike, under its own id (SIRIS 138)."""
    text = grades(
        "Vikby;9990;Viks län;99;Samtliga;434;71,0;81,6;224,5", header=(*ELIGIBILITY_HEADER[:5], *GRADES_HEADER[7:])
    )
    row = one(results(text), metric="merit_rating_17")
    assert row[["level", "unit", "value", "n", "source"]].tolist() == ["municipality", "9990", 224.5, 434, "siris:138"]


def test_costs_per_school_are_refused() -> None:
    """A table that exists for municipalities alone is refused where its rows are schools."""
    with pytest.raises(SourceError, match="unexpected-header"):
        spec_of(read_export(grades(title="Grundskola - Kostnader per kommun"), PATH))


@pytest.mark.parametrize("start", ["Huvudman", "Län"])
def test_export_of_other_levels_is_not_used(start: str) -> None:
    """Exports per organizer or county are known for what they are, and not used."""
    header = (start, "Typ av huvudman", *GRADES_HEADER[7:])
    assert spec_of(read_export(grades("Viks;Samtliga;434;71,0;81,6;224,5", header=header), PATH)) is None


def test_group_label_reaches_to_the_next() -> None:
    """A label that stands only above the first column of its group belongs to all columns of the group."""
    above = ";" * 7 + "Samtl. elever, exklusive nyinvandrade;;;"
    read = read_export(export("Grundskola - Slutbetyg", GRADES_HEADER, [GRADES_ROW], above=above), PATH)
    assert read.header[6:8] == ("Huvudman orgnr", "Samtl. elever, exklusive nyinvandrade|Antal elever")
    assert read.header[-1] == "Samtl. elever, exklusive nyinvandrade|Genomsnittligt meritvärde (17 ämnen)"


def test_share_of_nobody_rests_on_nothing() -> None:
    """A number of pupils that is 0 is no base for a share: n is missing, so no interval can come of it."""
    rows = results(grades(f"{SCHOOL};0;.;.;."))
    assert rows["n"].isna().all()

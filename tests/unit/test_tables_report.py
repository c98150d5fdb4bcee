"""Tables: each number with what it rests on, hidden ones with symbol and meaning, and the same numbers as CSV."""

import csv
from dataclasses import replace

import pytest
from skq.report import tables
from skq.report.emit import Column, Passage, Picture, Table, escaped, pipe_table
from skq.terms import CellStatus

from tests.notebooks import slices

NBSP = "\u00a0"

pytestmark = pytest.mark.usefixtures("folder")


def test_results_has_years_n_interval_and_what_lies_beside(reports):
    """The row of merit ratings: five years with n, the newest interval, municipality and nation."""
    table = tables.results(reports["normal"])
    assert table.rows[0] == (
        "Meritvärde (poäng)", "196,0 (50)", "205,0 (50)", "214,0 (50)", "223,0 (50)", "232,0 (50)", "217–247", "230,0",
        "232,3",
    )  # fmt: skip


def test_published_symbols_stand_as_published(reports):
    """Two dots and ~100 are repeated and explained."""
    table = tables.results(reports["official"])
    merit, passed, vocational = table.rows
    assert merit[1:6] == ("..", "214,3", "231,0", "..", "226,8")
    assert passed[5] == "81,3 (128)"
    assert vocational[5] == "~100"
    assert any("för få" in note for note in table.notes)
    assert any(note.startswith("~100:") for note in table.notes)


def test_csv_has_a_status_instead_of_a_symbol(reports, folder):
    """Hidden years are rows without a number and with their status; the file opens in a Swedish spreadsheet."""
    tables.results(reports["official"])
    raw = (folder / "results.csv").read_bytes()
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))
    merit = [row for row in rows if row["id"] == "merit_rating_17" and row["nivå"] == "skolan"]
    assert raw.startswith(b"\xef\xbb\xbf")
    assert [(row["läsår"], row["värde"], row["status"]) for row in merit[:3]] == [
        ("2020/21", "", "too_few"), ("2021/22", "214,3", "observed"), ("2022/23", "231,0", "observed"),
    ]  # fmt: skip


def test_csv_is_rounded_as_the_table(reports, folder):
    """The CSV gives away no more decimals than the page."""
    tables.results(reports["normal"])
    text = (folder / "results.csv").read_text(encoding="utf-8-sig")
    assert ";76,9;64;86;52;observed;" in text


def test_resources_leaves_out_n_and_empty_columns(reports):
    """Pupils and staff are no samples: no n; a school without municipality figures has no such columns."""
    table = tables.resources(reports["f6"])
    assert [column.header for column in table.columns] == ["Mått", *slices.YEARS]
    assert table.rows == (("Elever (antal)", *["cirka 140"] * 5),)


def test_subjects_marks_certain_gaps(reports):
    """A gap between girls and boys is bold only where it is certain."""
    rows = {row[0]: row[-1] for row in tables.subjects(reports["normal"]).rows}
    assert (rows["Bild"], rows["Musik"]) == ("**+3,4**", "+0,6")


def test_tests_have_net_deviation_with_interval(reports):
    """How grades stand to tests: the net, and what is left of it beside pupils of the same test grades."""
    table = tables.tests(reports["normal"])
    row = next(row for row in table.rows if row[0] == f"Matematik, åk{NBSP}9")
    assert row[1:] == ("10,2", "84,6", "+30,0 (+16 till +44)", "+5,0 (−9 till +19)", "52")
    assert any("där många har A på provet kan få ha ett högre betyg" in note for note in table.notes)


def test_shares_behind_the_net_stand_where_nothing_is_adjusted(reports, folder):
    """Without the adjusted net the three shares are columns; with it they are in the file alone."""
    adjusted = "grade_test_net_adjusted_pp"
    points = {key: point for key, point in reports["normal"].numbers.points.items() if point.metric != adjusted}
    plain = replace(reports["normal"], numbers=replace(reports["normal"].numbers, points=points))
    row = next(row for row in tables.tests(plain).rows if row[0] == f"Matematik, åk{NBSP}9")
    assert row[1:] == ("10,2", "84,6", "36,0", "58,0", "6,0", "+30,0 (+16 till +44)", "52")
    tables.tests(reports["normal"])
    assert ";grade_above_test_share;" in (folder / "tests.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("make", [tables.results, tables.subjects, tables.tests])
def test_no_table_where_all_is_hidden(reports, make):
    """A table of nothing but two dots is left out; the section's sentence says why."""
    assert make(reports["tiny"]) == Passage("")


def test_table_is_pandoc_markdown(reports):
    """Header, rule, rows of equal length, caption with label, link to the CSV only on the page."""
    text = tables.results(reports["official"]).markdown()
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in lines}) == 1
    assert ": Kunskapsresultat per läsår, antal elever inom parentes." in text
    assert "{#tbl-results}" in text
    assert "Bara på webben" not in text
    assert ':::: {.content-visible when-format="html"}\n[Ladda ner tabellen (CSV)](results.csv)\n::::' in text


def test_a_table_that_no_pdf_has_takes_no_number(reports):
    """So "Tabell 4" is the same table on the page and in the PDF: what is only on the page stands outside the count."""
    text = tables.results(reports["normal"]).markdown()
    assert "\n: [Bara på webben.]{.float-number} Kunskapsresultat per läsår, antal elever inom parentes." in text
    assert "{#page-results}" in text
    assert "#tbl-" not in text


def test_pipe_table_divides_width_by_content():
    """The rule under a column is as long as its longest text, and right-aligned columns end with a colon."""
    text = pipe_table((Column("A", "left"), Column("B")), [("en lång text", "1")])
    assert text.splitlines()[1] == "| :------------ | ---: |"


def test_a_name_cannot_break_the_markdown():
    """Text from outside is escaped; quotes cannot end an alt text; pipes stay in their cell."""
    assert escaped("A*b_[c]") == "A\\*b\\_\\[c\\]"
    picture = Picture("x", "Skola [A]", 'säger "hej"')
    assert picture.markdown() == '![Skola \\[A\\]](x.svg){#fig-x fig-alt="säger ”hej”"}'
    assert "a\\|b" in Table("k", "c", (Column("A"),), (("a|b",),)).markdown()


def test_a_cell_shows_markdown_and_plain_text_only():
    """Everything a cell emits is Markdown with a plain twin, no HTML."""
    assert set(Passage("hej")._repr_mimebundle_()) == {"text/markdown", "text/plain"}


def test_tests_of_earlier_years_alone_are_told(reports):
    """A school whose newest test results are hidden keeps the earlier years' results in its table."""
    report = reports["official"]
    newest = max(point.school_year for point in report.numbers.points.values() if point.metric == "test_points_mean")
    points = {
        key: replace(point, value=None, raw="..", status=CellStatus.TOO_FEW)
        if point.metric == "test_points_mean" and point.school_year == newest
        else point
        for key, point in report.numbers.points.items()
    }
    table = tables.tests(replace(report, numbers=replace(report.numbers, points=points)))
    assert any(cell not in ("", "..", "–") for row in table.rows for cell in row[1:])


def test_what_lies_beside_older_numbers_says_its_year(reports):
    """Beside results older than the last column stand the municipality's of the same year, and the header says so."""
    report = reports["normal"]
    last = report.school_years[-1]
    kept = [item for item in report.numbers.points.items() if (item[1].level, item[1].school_year) != ("school", last)]
    points = dict(kept)
    table = tables.results(replace(report, numbers=replace(report.numbers, points=points)))
    headers = [column.header for column in table.columns]
    assert f"Kommunen {report.school_years[-2]}" in headers

"""Real official statistics, from the raw files to finished pages and PDFs: every figure equals the published one.

A few schools of Kungsbacka in every run; `make test-official` builds every school of Göteborg and Kungsbacka.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from skq.build import Inputs, Request, Summary, build_all
from skq.settings import Settings
from skq.sources.official import read_official

from tests.municipality.pages import pdf_text, plain, tables
from tests.municipality.published import Published, api_schools, read_published, same

HOUSE = Path(__file__).parents[2]
FEW = ("10902849", "24479132", "47579620")
"""A school with everything, the one with the least (grade year 2 alone), and one with grade years 7-9."""

SYMBOLS = ("", "–")
"""What stands where nothing was published."""


@dataclass(frozen=True)
class Built:
    """A finished build of one municipality, and what was published about it."""

    summary: Summary
    site: Path
    published: Published

    def folder(self, code: str) -> Path:
        """The folder of a school's pages."""
        (found,) = (self.site / "skolor").glob(f"*-{code}")
        return found

    @property
    def codes(self) -> list[str]:
        """The school unit codes that have a report."""
        return sorted(path.name[-8:] for path in (self.site / "skolor").iterdir())


def built(shared_data: Path, out: Path, municipality: str, schools: tuple[str, ...] = (), *, cores: int = 2) -> Built:
    """Build the quality reports of *municipality* from official statistics alone."""
    request = Request(
        Inputs(None, shared_data), out, HOUSE, Settings(municipality_code=municipality, engine="embedded"), cores=cores,
        schools=schools, publications=("quality-report",),
    )  # fmt: skip
    return Built(build_all(request), out / "site", read_published(shared_data, municipality))


@pytest.fixture(scope="session")
def few(shared_data, tmp_path_factory):
    """Three schools of Kungsbacka."""
    return built(shared_data, tmp_path_factory.mktemp("officiell statistik"), "1384", FEW, cores=1)


def wrong_numbers(build: Built, code: str, *, published_of: str = "") -> list[str]:
    """Every cell of the school's own columns, and of the municipality's, that differs from what was published.

    *published_of* is another school to compare with, to see that a difference would be found.
    """
    wrong: list[str] = []
    for table in tables(build.folder(code) / "kvalitetsrapport.html"):
        if table.years:
            wrong += _wrong_years(build.published, published_of or code, table)
        elif table.header[0] == "Prov":
            wrong += _wrong_tests(build.published, published_of or code, table)
    return wrong


def _wrong_years(published, code, table):
    for label, *cells in table.rows:
        texts = published.of_row(code, label) or published.of_test(code, label)
        for place, year in table.years.items():
            shown, wanted = cells[place - 1], texts.get(year)
            if not (shown in SYMBOLS if wanted is None else same(shown, wanted)):
                yield f"{label}, {year}: shown {shown!r}, published {wanted!r}"
        yield from _wrong_municipality(published, label, cells, table)


def _wrong_municipality(published, label, cells, table):
    place = table.column("Kommunen")
    texts = next((years for pattern, years in published.municipality.items() if re.match(pattern, label)), None)
    if place is not None and texts is not None and not same(cells[place - 1], texts["2024/25"]):
        yield f"{label}, the municipality: shown {cells[place - 1]!r}, published {texts['2024/25']!r}"


def _wrong_tests(published, code, table):
    place = next(n for n, name in enumerate(table.header) if n and "oäng" in name)
    for row in table.rows:
        years = published.tests.get(code, {}).get(row[0], {})
        if not years or not same(row[place], years[max(years)]):
            yield f"{row[0]}: shown {row[place]!r}, published {years}"


def rows_not_in_pdf(build: Built, code: str) -> list[str]:
    """Every row of the page's data tables whose cells do not stand in the PDF, in their order."""
    folder = build.folder(code)
    text = pdf_text(folder / "kvalitetsrapport.pdf")
    data = [table for table in tables(folder / "kvalitetsrapport.html") if table.years or table.header[0] == "Prov"]
    rows = [" ".join(plain(cell) for cell in row[1:] if cell) for table in data for row in table.rows]
    return [row for row in rows if row not in text]


@pytest.mark.parametrize("code", FEW)
def test_page_says_what_was_published(few, code):
    """Every number in the page's tables equals the published one; what was not published is not there."""
    assert wrong_numbers(few, code) == []


def test_another_schools_numbers_would_be_found(few):
    """The comparison is no empty promise: beside another school's published numbers, nearly all cells differ."""
    assert len(wrong_numbers(few, "10902849", published_of="47579620")) > 40


@pytest.mark.parametrize("code", FEW)
def test_pdf_says_what_the_page_says(few, code):
    """Every row of the page's data tables stands in the PDF with the same texts."""
    assert rows_not_in_pdf(few, code) == []


def test_tables_are_there(few):
    """The school with everything shows merit rating, four eligibilities, tests, pupils and teachers in its tables."""
    labels = [row[0] for table in tables(few.folder("10902849") / "kvalitetsrapport.html") for row in table.rows]
    wanted = ["Meritvärde (", "Yrkesprogram", "Estetiska", "Ekonomi", "Naturvetenskap", "Matematik, åk 9", "Flickor",
              "Behöriga lärare", "Elever per lärare"]  # fmt: skip
    assert [name for name in wanted if not any(label.startswith(name) for label in labels)] == []


def test_salsa_is_told_as_published(few, shared_data):
    """The expected merit rating of SALSA stands in the report as published in Kolada."""
    known = json.loads((shared_data / "salsa" / "kolada_U15415_U15416_skolenhet_2024.json").read_text(encoding="utf-8"))
    told = {code: str(known[code]["expected"]) for code in FEW if code in known}
    assert told
    missing = [code for code, text in told.items() if text not in pdf_text(few.folder(code) / "kvalitetsrapport.pdf")]
    assert missing == []


def test_every_asked_school_has_page_and_pdf(few):
    """There is one page and one PDF for each school that was asked for, and nothing failed."""
    assert (few.codes, few.summary.pdfs, few.summary.failed) == (sorted(FEW), 3, ())


@pytest.mark.official_full
@pytest.mark.parametrize("municipality", ["1384", "1480"])
def test_whole_municipality(shared_data, tmp_path, municipality):
    """Every school with figures has a page and a PDF, and each of their numbers equals the published one."""
    build = built(shared_data, tmp_path, municipality)
    in_exports = set(build.published.names)
    assert sorted(in_exports - set(build.codes)) == []
    assert build.summary.failed == ()
    wrong = {code: [*wrong_numbers(build, code), *rows_not_in_pdf(build, code)] for code in build.codes}
    assert {code: found for code, found in wrong.items() if found} == {}


@pytest.mark.official_full
def test_every_school_of_the_open_api(shared_data, tmp_path):
    """Every school that the open API answered for has a page and a PDF, municipality by municipality."""
    homes = read_official(shared_data).units.query("level == 'school'").set_index("unit")["municipality_code"]
    asked = api_schools(shared_data)
    made: list[str] = []
    for municipality in sorted({homes[code] for code in asked}):
        schools = tuple(code for code in asked if homes[code] == municipality)
        build = built(shared_data, tmp_path / municipality, municipality, schools, cores=1)
        assert build.summary.failed == ()
        made += [code for code in build.codes if (build.folder(code) / "kvalitetsrapport.pdf").is_file()]
    assert (len(asked), sorted(made)) == (298, sorted(asked))

"""What the finished pages are made of, read from the files."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from skq.render.pages import SchoolListRow, school_list
from skq.render.pandoc import pandoc_path

from tests.site.invented import ALT, ANNUAL, LONG, LONG_NAME, MARKING, TINY

ALL_PAGES = ["index", "metod", "skydd", "ordlista", "om", "sok", "404", LONG, TINY, ANNUAL]


class Outline(HTMLParser):
    """Headings, table headers and elements by id of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.header_scopes: list[str | None] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "th":
            self.header_scopes.append(dict(attrs).get("scope"))


def page(site: Path, address: str) -> str:
    return (site / f"{address}.html").read_text(encoding="utf-8")


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("\u00a0", " ")


def test_pages_of_every_report(site: Path) -> None:
    """Every report has a page and a PDF, with its figures and tables beside it."""
    for address in (LONG, TINY, ANNUAL):
        assert (site / f"{address}.html").is_file()
        assert (site / f"{address}.pdf").is_file()
    assert {path.name for path in (site / LONG).parent.iterdir()} == {
        "kvalitetsrapport.html", "kvalitetsrapport.pdf", "merit-trend.svg", "subjects.csv",
    }  # fmt: skip


@pytest.mark.parametrize("address", ALL_PAGES)
def test_headings_are_one_tree(site: Path, address: str) -> None:
    """One h1 per page, and no heading skips a level."""
    levels = Outline(page(site, address)).levels
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize("address", ALL_PAGES)
def test_nothing_inline(site: Path, address: str) -> None:
    """No page has a style attribute, a style element or a script of its own: the content policy would stop it."""
    tags = Outline(page(site, address)).tags
    assert [tag for tag, attrs in tags if "style" in attrs or tag == "style"] == []
    assert [attrs for tag, attrs in tags if tag == "script" and "src" not in attrs] == []
    assert [name for _, attrs in tags for name in attrs if name.startswith("on")] == []


def test_alt_text_is_the_figures_own(site: Path) -> None:
    """The alternative text of the notebook is that of the image, quotation marks and all."""
    images = [attrs for tag, attrs in Outline(page(site, LONG)).tags if tag == "img"]
    assert [image["alt"] for image in images] == [ALT.replace('"', "”")]


def test_figures_and_tables_are_numbered_and_referred_to(site: Path) -> None:
    """Captions carry Figur 1, Tabell 1, Tabell 2; a reference is a link with the same words."""
    html = page(site, LONG)
    assert re.findall(r'class="float-number">([^<]+)<', html.replace("\u00a0", " ")) == [
        "Figur 1.",
        "Tabell 1.",
        "Tabell 2.",
    ]
    assert re.search(r'<a href="#fig-merit-trend"[^>]*>Figur.1</a>', html)
    assert re.search(r'<a href="#tbl-subjects"[^>]*>Tabell.1</a>', html)
    assert 'id="fig-merit-trend"' in html
    assert 'id="tbl-subjects"' in html


@pytest.mark.parametrize("address", [LONG, TINY, "index", "om"])
def test_table_headers_have_scope(site: Path, address: str) -> None:
    """Every header cell says whether it heads a column or a row."""
    scopes = Outline(page(site, address)).header_scopes
    assert set(scopes) == {"col", "row"}


def test_tables_can_be_scrolled_by_keyboard(site: Path) -> None:
    """Every table lies in a named region that takes focus, so that a keyboard can scroll it."""
    regions = [attrs for _, attrs in Outline(page(site, LONG)).tags if attrs.get("class") == "table-scroll"]
    assert len(regions) == 2
    assert all(region["role"] == "region" and region["tabindex"] == "0" and region["aria-label"] for region in regions)


def test_title_block(site: Path) -> None:
    """The page opens with the school's whole name, unit code, key numbers and the PDF with its size."""
    text = text_of(page(site, LONG))
    size = -(-(site / f"{LONG}.pdf").stat().st_size // 1000)
    assert f"Kvalitetsrapport läsåret 2024/25 {LONG_NAME}" in text
    assert "Skolenhetskod 99000001" in text
    assert f"Ladda ner som PDF ({size} kB)" in text
    assert "Behöriga till yrkesprogram ~100 54 elever 1–4 elever är inte behöriga" in text
    assert "Trygghet, årskurs 8 .. dold: färre än fem svar" in text


def test_code_is_never_shown(site: Path) -> None:
    """What a cell calls stays in the notebook."""
    for path in sorted(site.rglob("*.html")):
        assert "secret_call" not in path.read_text(encoding="utf-8")


def test_callout_is_a_named_note(site: Path) -> None:
    """A remark becomes a note with its title, or with the Swedish word for note where it has none."""
    assert '<div class="callout callout-note" role="note" aria-label="Elevgruppen byttes ut">' in page(site, LONG)
    assert '<div class="callout callout-note" role="note" aria-label="Observera">' in page(site, TINY)


def test_csv_link_is_for_pages_only(site: Path, pdf_text: dict[str, str]) -> None:
    """The link to the table's CSV is on the page and not in the PDF."""
    assert 'href="subjects.csv"' in page(site, LONG)
    assert "CSV" not in pdf_text[LONG]


def test_start_page_lists_every_school(site: Path) -> None:
    """The list is in the page itself, in the order given, with links to page and PDF where there is a report."""
    html = page(site, "index")
    assert f'href="{LONG}.html"' in html
    assert f'href="{LONG}.pdf"' in html
    assert f'href="{ANNUAL}.html"' in html
    places = [html.index(name) for name in (LONG_NAME, "Ålidens skola", "Ö byskola")]
    assert places == sorted(places)
    assert "Ålidens skola</a>" not in html


def test_method_page_has_an_anchor_per_metric(site: Path) -> None:
    """Every metric can be linked to by its catalogue id."""
    html = page(site, "metod")
    assert 'id="merit_rating_17"' in html
    assert 'id="pupil_count"' in html
    assert "Kolada N15505, SIRIS 139" in text_of(html)


def test_about_page_tells_inputs_and_rule(site: Path) -> None:
    """The about page has the rule, the input file with its checksum and the source."""
    text = text_of(page(site, "om"))
    assert "Resultat visas bara för grupper om minst tio elever." in text
    assert "betyg-2025.csv 6 120 9f2c9f2c9f2c9f2c" in text
    assert "Slutbetyg årskurs 9, Skolverket, hämtad 2025-10-01" in text


def test_method_page_tells_how_many_are_hidden_and_why(site: Path) -> None:
    """The method page has a row per symbol and reason, with the number of hidden cells."""
    text = text_of(page(site, "metod"))
    assert ".. bygger på för få elever 1 031" in text
    assert ".. skyddar en annan dold siffra 9" in text


def test_protection_page_has_the_limits_of_the_rule(site: Path) -> None:
    """The very thresholds of the rule stand there, in the unit of each family, and the example uses the same limit."""
    text = text_of(page(site, "skydd"))
    assert "Meritvärde minst 10 elever minst 5 elever" in text
    assert "minst 3 heltidstjänster minst 3 heltidstjänster" in text
    assert "gränsen är 10 elever" in text
    assert "högst 4 elever" in text


def test_marked_report_says_so_first(site: Path) -> None:
    """What holds details of individuals says so above its title; what is for everyone has no such mark."""
    html = page(site, LONG)
    assert f'<p class="marking">{MARKING}</p>' in html
    assert html.index(MARKING) < html.index("<h1")
    assert all('class="marking"' not in page(site, address) for address in (TINY, ANNUAL, "index", "skydd"))


def test_names_from_registers_are_text() -> None:
    """A name that looks like Markdown or HTML is shown as it is typed and makes no element."""
    name = 'Skolan *Norra* <script src="//x"> [a](b) | 1. ~100 "K" $x$ @fig-x'
    markdown = school_list([SchoolListRow(name, "", "", "F–6", "10", "", "")])
    html = subprocess.run(
        [pandoc_path(), "-f", "markdown-smart", "-t", "html", "--wrap=none"],
        input=markdown,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "<script" not in html
    assert "<em>" not in html
    assert 'Skolan *Norra* &lt;script src="//x"&gt; [a](b) | 1. ~100 "K" $x$ @fig-x' in re.sub(r"<[^>]+>", "", html)

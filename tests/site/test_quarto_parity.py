"""The two engines side by side on the invented project: same pages, words, numbers, tables, pictures and links."""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from skq.files import folder_checksums
from skq.render.engine import Engine, find_quarto
from skq.render.finish import finish_page
from skq.render.links import link_faults
from skq.render.pdfua import check_pdfs
from skq.render.site import render_site

from tests.site.invented import ANNUAL, LONG, TINY
from tests.site.test_browser import TAGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.quarto

REPORTS = [LONG, TINY, ANNUAL]
PAGES = ["index", "metod", "skydd", "ordlista", "om", "sok", "404", *REPORTS]
VOID = {"img", "br", "hr", "input", "meta", "link"}
BLOCKS = {"p", "li", "dt", "dd"}
ROOM = """() => [...document.querySelectorAll(".table-scroll")].map(frame => {
  frame.scrollLeft = 9999;
  const [outer, name] = [frame.getBoundingClientRect(), frame.querySelector("tbody th").getBoundingClientRect()];
  return [outer.left, outer.width, frame.scrollWidth, name.left, name.width];
})"""


@pytest.fixture(scope="session")
def quarto_site(project: Path) -> Path:
    """The finished site of the engine quarto, made in two parts; what it keeps of pages lies in `kept` beside it."""
    engine = Engine("quarto", "test", quarto())
    return render_site(
        project, project.parent / "quarto site", engine=engine, jobs=2, kept=project.parent / "kept"
    ).site


def quarto() -> Path:
    """Return where Quarto is; the test is skipped where it is not."""
    found = find_quarto()
    if found is None:
        pytest.skip("no Quarto on this machine")
    return found


@dataclass
class Content:
    """What the main part of a page says: headings by level, captions, cells of tables, alt texts, links, blocks."""

    headings: list[tuple[str, str]] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    alts: list[str | None] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)


class MainReader(HTMLParser):
    """Reads the content of <main>, without lists of contents, which each engine places in its own way."""

    def __init__(self) -> None:
        super().__init__()
        self.content = Content()
        self.open: list[tuple[str, str]] = []
        self.texts: list[list[str]] = []

    def inside(self) -> bool:
        tags = [tag for tag, _ in self.open]
        contents = any("contents-narrow" in classes or "contents-wide" in classes for _, classes in self.open)
        return "main" in tags and not contents

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img" and self.inside():
            self.content.alts.append(given.get("alt"))
        if tag in VOID:
            return
        self.open.append((tag, given.get("class") or ""))
        self.texts.append([])
        if not self.inside():
            return
        if tag == "a" and given.get("href"):
            self.content.links.append(posixpath.normpath(str(given["href"])))
        elif tag == "table":
            self.content.tables.append([])
        elif tag == "tr":
            self.content.tables[-1].append([])

    def handle_data(self, data: str) -> None:
        if any("screen-reader-only" in classes for _, classes in self.open):
            return  # Quarto tells a listener the kind of a callout, ours is named by its title
        for text in self.texts:
            text.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self.open and tag not in VOID:
            inside = self.inside()
            name, classes = self.open.pop()
            text = " ".join("".join(self.texts.pop()).split())
            if inside:
                self.keep(name, classes, text)
            if name == tag:
                return

    def keep(self, tag: str, classes: str, text: str) -> None:
        if re.fullmatch("h[1-6]", tag):
            self.content.headings.append((tag, text))
        elif tag == "figcaption" or "table-caption" in classes:
            self.content.captions.append(text)
        elif tag in ("th", "td"):
            self.content.tables[-1][-1].append(text)
        elif "callout-title-container" in classes or (tag in BLOCKS and "download" not in classes):
            self.content.blocks.append(text)


def content(site: Path, address: str) -> Content:
    reader = MainReader()
    reader.feed(html(site, address))
    reader.close()
    return reader.content


def html(site: Path, address: str) -> str:
    return (site / f"{address}.html").read_text(encoding="utf-8")


def without_number(caption: str) -> str:
    return re.sub(r"^(Figur|Tabell)\s\d+\.\s", "", caption)


def letters(site: Path, address: str) -> list[str]:
    """Return the text of each page of a PDF without spaces and hyphens: the engines may break lines differently."""
    from pypdf import PdfReader

    return [re.sub(r"[\s\u00ad-]", "", page.extract_text()) for page in PdfReader(site / f"{address}.pdf").pages]


def names(site: Path, suffix: str) -> Iterator[str]:
    return iter(sorted(path.relative_to(site).as_posix() for path in site.rglob(f"*{suffix}")))


@pytest.mark.parametrize("suffix", [".html", ".pdf", ".csv"])
def test_same_files(site: Path, quarto_site: Path, suffix: str) -> None:
    """Both sites hold the same pages, PDFs and tables at the same addresses."""
    assert list(names(quarto_site, suffix)) == list(names(site, suffix))


@pytest.mark.parametrize("address", PAGES)
def test_same_headings(site: Path, quarto_site: Path, address: str) -> None:
    """The same headings stand in the same order and on the same level."""
    found = content(quarto_site, address).headings
    assert found
    assert found == content(site, address).headings


@pytest.mark.parametrize("address", [*REPORTS, "om"])
def test_same_captions(site: Path, quarto_site: Path, address: str) -> None:
    """Figures and tables have the same numbers and captions, in Swedish."""
    found = content(quarto_site, address).captions
    assert found
    assert all(re.match(r"(Figur|Tabell) \d+\. ", caption) for caption in found)
    assert found == content(site, address).captions


@pytest.mark.parametrize("address", [*REPORTS, "index", "om"])
def test_same_tables(site: Path, quarto_site: Path, address: str) -> None:
    """Every table has the same cells."""
    found = content(quarto_site, address).tables
    assert found
    assert found == content(site, address).tables


@pytest.mark.parametrize("address", PAGES)
def test_same_alt_texts(site: Path, quarto_site: Path, address: str) -> None:
    """Every picture has the same alternative text."""
    assert content(quarto_site, address).alts == content(site, address).alts


@pytest.mark.parametrize("address", PAGES)
def test_same_links(site: Path, quarto_site: Path, address: str) -> None:
    """The main part of a page leads to the same places."""
    assert sorted(content(quarto_site, address).links) == sorted(content(site, address).links)


@pytest.mark.parametrize("address", PAGES)
def test_same_words(site: Path, quarto_site: Path, address: str) -> None:
    """Paragraphs, list items and key numbers have the same words in the same order."""
    found = content(quarto_site, address).blocks
    assert found
    assert found == content(site, address).blocks


def test_every_link_resolves_and_nothing_is_loaded_from_outside(quarto_site: Path) -> None:
    """No address of the site leads nowhere, and no page or style sheet names another host for loading."""
    assert link_faults(quarto_site) == []


@pytest.mark.browser
@pytest.mark.parametrize("address", PAGES)
def test_no_request_leaves_the_site(quarto_site: Path, browser: Browser, address: str) -> None:
    """A browser that opens a page asks nobody else for anything, whatever Quarto's scripts do."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((quarto_site / f"{address}.html").as_uri(), wait_until="networkidle")
    page.close()
    assert asked
    assert [url for url in asked if not url.startswith((quarto_site.as_uri(), "data:"))] == []


@pytest.mark.browser
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(quarto_site: Path, browser: Browser, address: str) -> None:
    """Quarto's pages break no rule of WCAG 2.1 AA that axe can see either, nor its advice on good practice."""
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page()
    page.goto((quarto_site / f"{address}.html").as_uri())
    found = Axe().run(page, options={"runOnly": TAGS})
    page.close()
    assert len(found.response["passes"]) > 10
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1300])
@pytest.mark.parametrize("address", PAGES)
def test_no_page_is_wider_than_the_window(quarto_site: Path, browser: Browser, address: str, width: int) -> None:
    """On a phone and on a desk no page has to be scrolled sideways."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((quarto_site / f"{address}.html").as_uri())
    needed = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert needed <= width


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1000, 1280])
@pytest.mark.parametrize("address", ["index", ANNUAL])
def test_tables_have_the_same_room(site: Path, quarto_site: Path, browser: Browser, address: str, width: int) -> None:
    """Every table is as wide in both, scrolls as far, and its rows' names are as wide and stay at the same edge."""
    found = []
    for each in (site, quarto_site):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto((each / f"{address}.html").as_uri())
        found.append(page.evaluate(ROOM))
        page.close()
    assert len(found[0]) == len(found[1]) > 0
    for ours, quartos in zip(*found, strict=True):
        assert quartos == pytest.approx(ours, abs=1.5)


@pytest.mark.parametrize("address", REPORTS)
def test_same_pdf_text(site: Path, quarto_site: Path, address: str) -> None:
    """The PDFs say the same, letter by letter and page by page."""
    found = letters(quarto_site, address)
    assert len(found[0]) > 200
    assert found == letters(site, address)


def test_every_pdf_is_accessible(quarto_site: Path) -> None:
    """Quarto's PDFs declare PDF/UA-1 too, one per report."""
    assert check_pdfs(quarto_site) == len(REPORTS)


def test_unit_code_keeps_its_zero(quarto_site: Path) -> None:
    """A unit code that begins with zero stays whole on the page and in the PDF; Quarto would make a number of it."""
    assert any("Skolenhetskod 09000002" in block for block in content(quarto_site, TINY).blocks)
    assert "Skolenhetskod09000002" in letters(quarto_site, TINY)[0]


@pytest.mark.parametrize("address", [LONG, TINY])
def test_what_scrolls_has_the_same_names(site: Path, quarto_site: Path, address: str) -> None:
    """Figures and tables that scroll on a phone are named by their captions for a listener."""
    region = re.compile(r'<div [^>]*class="(?:table|figure)-scroll"[^>]*>')
    name = re.compile(r'aria-label="([^"]+)"')
    found, expected = (
        [
            sorted(name.findall(tag) + re.findall(r"(role|tabindex)=", tag))
            for tag in region.findall(html(each, address))
        ]
        for each in (quarto_site, site)
    )
    assert found
    assert [[without_number(text) for text in tag] for tag in expected] == found


def test_parts_equal_the_whole(project: Path, quarto_site: Path, tmp_path: Path) -> None:
    """One plain `quarto render` of the project gives the same bytes as its parts; only its search index is left out."""
    copy, out = tmp_path / "project", tmp_path / "site"
    shutil.copytree(project, copy)
    subprocess.run([quarto(), "render", copy, "--no-execute", "--output-dir", out], check=True, capture_output=True)
    for page in out.rglob("*.html"):
        finish_page(page, page.relative_to(out).as_posix())
    found = {name: digest for name, digest in folder_checksums(quarto_site).items() if not name.startswith("pagefind/")}
    whole = folder_checksums(out)
    assert len(found) > 40
    assert whole.keys() - found.keys() == {"search.json"}
    assert {name: whole[name] for name in found} == found


def test_kept_pages_give_the_same_site(project: Path, quarto_site: Path, tmp_path: Path) -> None:
    """One report made anew beside all others as they were kept: the same bytes, and the project as it was staged."""
    before = folder_checksums(project)
    kept = tmp_path / "kept"
    shutil.copytree(project.parent / "kept", kept)
    for folder in kept.glob("pages/*o-byskola*"):
        shutil.rmtree(folder)
    result = render_site(project, tmp_path / "site", engine=Engine("quarto", "test", quarto()), kept=kept)
    assert result.made == (TINY,)
    assert folder_checksums(result.site) == folder_checksums(quarto_site)
    assert folder_checksums(project) == before


def test_search_finds_the_same_pages(site: Path, quarto_site: Path) -> None:
    """Both sites have a Pagefind index over their eight pages: five of the site, two schools, the annual analysis."""
    counts = [
        re.search(r'"page_count":(\d+)', (each / "pagefind" / "pagefind-entry.json").read_text())
        for each in (site, quarto_site)
    ]
    assert [count and count[1] for count in counts] == ["8", "8"]

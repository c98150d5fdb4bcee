"""The site in a real browser: accessible, at phone width, without a request that leaves it, without JavaScript."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.site.invented import ANNUAL, LONG, LONG_NAME

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
TABLES = ["tbl-cohorts", "tbl-schools", "tbl-staff"]
PAGES = ["index", LONG, ANNUAL, "metod", "skydd", "ordlista", "om", "sok", "404"]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *parts: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The site on a local web server, in a folder of the server as most sites are, not at its root."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site.parent)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/{site.name}"
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def opened(browser: Browser, url: str, *, width: int = 1280, javascript: bool = True) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=javascript)
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Browser, address: str, name: str) -> None:
    """No page breaks a rule of WCAG 2.1 AA that axe can see, nor its advice on good practice."""
    from axe_playwright_python.sync_playwright import Axe

    with opened(browser, f"{address}/{name}.html") as page:
        # axe is handed to the page past its content policy, which lets no foreign script in.
        found = Axe().run(page, options={"runOnly": TAGS})
        assert len(found.response["passes"]) > 10
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", PAGES)
def test_phone_width_has_no_sideways_scroll(browser: Browser, address: str, name: str) -> None:
    """At 360 pixels nothing is wider than the screen; tables and figures scroll in their own frame."""
    with opened(browser, f"{address}/{name}.html", width=360) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("name", ["index", LONG, "sok"])
def test_no_request_leaves_the_site(browser: Browser, address: str, name: str) -> None:
    """Everything a page asks for comes from the site, and the content policy complains of nothing."""
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/{name}.html", wait_until="networkidle")
    context.close()
    assert asked
    assert [url for url in asked if not url.startswith(address)] == []
    assert complaints == []


def visible_schools(page: Page) -> list[str]:
    return [row.inner_text() for row in page.locator(".school-list tbody tr:visible th").all()]


def test_list_is_searched(browser: Browser, address: str) -> None:
    """Typing part of a name or organizer leaves the schools that have it, and says how many."""
    with opened(browser, f"{address}/index.html") as page:
        page.get_by_label("Sök i listan").fill("stiftelsen idrott")
        assert visible_schools(page) == [LONG_NAME]
        assert page.locator("output").inner_text() == "1 av 3 skolor"


def test_list_is_sorted_the_swedish_way(browser: Browser, address: str) -> None:
    """Names sort … Å, Ä, Ö; numbers as numbers; a number that is not there stays last both ways."""
    with opened(browser, f"{address}/index.html") as page:
        page.get_by_role("button", name="Skola").click()
        assert visible_schools(page) == [LONG_NAME, "Ålidens skola", "Ö byskola"]
        page.get_by_role("button", name="Elever").click()
        assert visible_schools(page) == ["Ö byskola", LONG_NAME, "Ålidens skola"]
        assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
        page.get_by_role("button", name="Elever").click()
        assert visible_schools(page) == ["Ålidens skola", LONG_NAME, "Ö byskola"]
        for _ in range(2):
            page.get_by_role("button", name="Meritvärde").click()
            assert visible_schools(page)[-1] == "Ö byskola"


def test_without_javascript_list_and_report_are_whole(browser: Browser, address: str) -> None:
    """With JavaScript off the list of schools and the report are all there, and no dead search field."""
    with opened(browser, f"{address}/index.html", javascript=False) as page:
        assert len(visible_schools(page)) == 3
        assert page.locator("input").count() == 0
        page.get_by_role("link", name=LONG_NAME, exact=True).click()
        assert page.locator("h1").inner_text() == LONG_NAME
        assert page.locator("#tbl-subjects tbody tr").count() == 5


def test_search_finds_a_school_by_a_word_of_its_report(browser: Browser, address: str) -> None:
    """The search page finds the reports that have a word, in Swedish, and links to them."""
    with opened(browser, f"{address}/sok.html") as page:
        page.get_by_label("Sök efter").fill("idrott")
        link = page.locator(".search-results a").first
        link.wait_for()
        assert link.inner_text() == LONG_NAME
        assert "för språk och idrott" in page.locator(".search-results p").first.inner_text()
        link.click()
        assert page.locator("h1").inner_text() == LONG_NAME


def test_pages_work_from_a_folder(browser: Browser, site: Path) -> None:
    """Opened as files, without a web server, pages have their style sheet and the list can be searched."""
    with opened(browser, (site / "index.html").as_uri()) as page:
        assert page.locator(".site-title").evaluate("element => getComputedStyle(element).fontWeight") == "600"
        page.get_by_label("Sök i listan").fill("byskola")
        assert visible_schools(page) == ["Ö byskola"]


def test_printed_page_leaves_the_menu_out(browser: Browser, address: str) -> None:
    """On paper there is no menu, no breadcrumb and no download button."""
    with opened(browser, f"{address}/{LONG}.html") as page:
        page.emulate_media(media="print")
        assert not page.locator(".site-header nav").is_visible()
        assert not page.locator(".crumbs").is_visible()
        assert page.locator("#fig-merit-trend img").is_visible()


BROKEN = """all => all.filter(one => !one.closest("thead") && one.getClientRects().length > 1)
                  .map(one => one.textContent)"""
WIDTHS = """frame => ({
  shown: frame.clientWidth, needed: frame.scrollWidth, text: frame.closest(".table-float").clientWidth,
  name: frame.querySelector("tbody th").getBoundingClientRect().width,
})"""


@pytest.mark.parametrize("width", [1280, 1600])
def test_wide_tables_take_the_room_beside_the_text(browser: Browser, address: str, width: int) -> None:
    """On a desk no table hides columns beside empty paper: one that needs more than the text's width gets it."""
    with opened(browser, f"{address}/{ANNUAL}.html", width=width) as page:
        found = {name: page.locator(f"#{name} .table-scroll").evaluate(WIDTHS) for name in TABLES}
        assert all(table["needed"] == table["shown"] for table in found.values()), found
        assert all(table["shown"] > table["text"] for name, table in found.items() if name != "tbl-staff"), found
        assert found["tbl-staff"]["shown"] == found["tbl-staff"]["text"]
        contents = page.locator(".contents-wide").bounding_box()
        edge = page.locator("#tbl-schools .table-scroll").bounding_box()
        assert contents is not None
        assert edge is not None
        assert edge["x"] + edge["width"] < contents["x"]


def test_years_as_names_of_rows_leave_their_room_to_the_numbers(browser: Browser, address: str) -> None:
    """A first column of four digits is about as wide as four digits, one of schools wide enough to be read."""
    with opened(browser, f"{address}/{ANNUAL}.html", width=390) as page:
        years, schools = (page.locator(f"#{name} .table-scroll").evaluate(WIDTHS)["name"] for name in TABLES[:2])
        assert 30 < years < 70
        assert 110 < schools < 160


@pytest.mark.parametrize("frame", [".school-list .table-scroll", "#tbl-schools .table-scroll"])
def test_name_of_a_row_stays_in_view(browser: Browser, address: str, frame: str) -> None:
    """At 390 pixels a table that is scrolled to its end shows the names, opaque, and half a screen of numbers."""
    with opened(browser, f"{address}/{'index' if 'list' in frame else ANNUAL}.html", width=390) as page:
        scroll = page.locator(frame)
        scroll.scroll_into_view_if_needed()
        assert scroll.evaluate("frame => (frame.scrollLeft = 9999, frame.scrollLeft)") > 100
        left = scroll.evaluate("frame => frame.getBoundingClientRect().left")
        for name in scroll.locator("tbody th, thead th:first-child").all():
            name.scroll_into_view_if_needed()
            found = name.evaluate("""cell => {
              const box = cell.getBoundingClientRect();
              const seen = document.elementFromPoint(box.right - 4, box.top + box.height / 2);
              return { left: box.left, right: box.right, seen: cell.contains(seen),
                       ground: getComputedStyle(cell).backgroundColor };
            }""")
            assert abs(found["left"] - left) < 1
            assert found["right"] < 390 / 2
            assert found["seen"]
            assert found["ground"] == "rgb(255, 255, 255)"


def test_no_line_ends_within_a_range_or_a_grade_year(browser: Browser, address: str) -> None:
    """However narrow the page is, "13,0–14,8" and "årskurs 9" stay on one line, and say what they said."""
    with opened(browser, f"{address}/{LONG}.html", width=360) as page:
        whole = page.locator("main .whole")
        assert {"årskurs 9", "13,0–14,8"} <= set(whole.all_inner_texts())
        for width in range(320, 480, 20):
            page.set_viewport_size({"width": width, "height": 800})
            assert whole.evaluate_all(BROKEN) == []


def brightest_at_the_edge(page: Page, frame: str) -> int:
    """Return how bright the right edge of *frame* is at its brightest: 255 for white paper, less below a shadow."""
    from PIL import Image

    box = page.locator(frame).bounding_box()
    assert box is not None
    strip = {"x": box["x"] + box["width"] - 4, "y": box["y"] + 5, "width": 3, "height": box["height"] - 10}
    picture = Image.open(io.BytesIO(page.screenshot(clip=strip, full_page=True))).convert("L")  # type: ignore[arg-type]
    return int(picture.getextrema()[1])  # type: ignore[arg-type]


@pytest.mark.parametrize("frame", ["#tbl-schools .table-scroll", "#fig-merit-trend .figure-scroll"])
def test_hidden_part_throws_a_shadow(browser: Browser, address: str, frame: str) -> None:
    """What is cut off at the edge of a phone is told by a shadow, which is gone at the end and where nothing is cut."""
    with opened(browser, f"{address}/{ANNUAL}.html", width=390) as page:
        assert brightest_at_the_edge(page, frame) < 240
        page.locator(frame).evaluate("frame => { frame.scrollLeft = 9999; }")
        assert brightest_at_the_edge(page, frame) == 255
    with opened(browser, f"{address}/{ANNUAL}.html") as page:
        assert brightest_at_the_edge(page, frame) == 255


def test_paper_has_no_shadow_and_nothing_that_stays(browser: Browser, address: str) -> None:
    """A printed table is as it stands: no shadow at its edge, no name of a row that moves."""
    with opened(browser, f"{address}/{ANNUAL}.html", width=700) as page:
        page.emulate_media(media="print")
        frame, name = page.locator("#tbl-schools .table-scroll"), page.locator("#tbl-schools tbody th").first
        assert frame.evaluate("frame => getComputedStyle(frame).backgroundImage") == "none"
        assert name.evaluate("cell => getComputedStyle(cell).position") == "static"

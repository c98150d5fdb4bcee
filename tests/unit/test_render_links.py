"""Plain HTML is read by an expression, all other by the parser: with the same answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skq.render.links import PLAIN, Page, read_page

PLAIN_PAGE = """<!DOCTYPE html>
<html lang="sv"><head><meta charset="utf-8">
<script src="../assets/skq.js" defer></script><link rel="icon" href="a.svg?x=1&amp;y=2"/>
</head><body class="page-report">
<H2 id="å&quot;b" data-x>Rubrik &lt;a href="ej"&gt;</H2><br><hr />
<a name="gammal" href="#a&aring;">1</a> <a
  class="b" href="b.html">2</a><img src="c.svg" alt="id=&quot;x&quot; src='y'" srcset="d.png 2x">
<use xlink:href="e.svg#f"/>
</body></html>
"""
FOUND = Page(
    ids={'å"b', "gammal"},
    loads=["../assets/skq.js", "a.svg?x=1&y=2", "c.svg", "d.png", "e.svg#f"],
    leads=["#aå", "b.html"],
)


def test_what_a_plain_page_loads_and_leads_to() -> None:
    """Letters, marks, capitals, broken lines and attributes within attributes are read as a browser reads them."""
    assert PLAIN.fullmatch(PLAIN_PAGE)
    assert read_page(PLAIN_PAGE) == FOUND
    assert read_page(f"{PLAIN_PAGE}<!-- -->") == FOUND


@pytest.mark.parametrize(
    ("html", "found"),
    [
        pytest.param('<!-- <a href="x"> --><a href="y">', Page(leads=["y"]), id="comment"),
        pytest.param("<script>'<a href=\"x\">'</script><a href=y>", Page(leads=["y"]), id="script of its own"),
        pytest.param('<style>a > b { content: "<img src=x>" }</style>', Page(), id="style"),
        pytest.param("<img src='a.svg' alt='>'>", Page(loads=["a.svg"]), id="other quotation marks"),
        pytest.param('<a title="a > b" href="y">', Page(leads=["y"]), id="a mark in an attribute"),
        pytest.param('<a href=x/y>1</a><a id = "z">', Page(ids={"z"}, leads=["x/y"]), id="no quotation marks"),
        pytest.param('a < b <a href="y"', Page(), id="a tag without end"),
    ],
)
def test_what_is_not_plain_is_read_by_the_parser(html: str, found: Page) -> None:
    """Whatever a browser reads otherwise than letter by letter is left to the parser."""
    assert not PLAIN.fullmatch(html)
    assert read_page(html) == found


PIECES = ("<", ">", "<a", "<img ", " href=", ' src="x"', ' id="i"', '"', "'", "/", "</a>", "<!--", "-->", "<script",
          "</script>", "<style>", "</style>", "&amp;", "\n", "text", "=", "<!DOCTYPE html>",
          '<a href="b">')  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_both_ways_agree(html: str) -> None:
    """Of any text the answer is that of the parser: a comment at its end, which changes nothing, sends it there."""
    if PLAIN.fullmatch(html):
        assert read_page(html) == read_page(f"{html}<!---->")

"""The gate on the finished files: links, PDFs, and refusals told so that they can be mended."""

from __future__ import annotations

import pytest
from skq.release.gate import SHOWN, accessible, as_built, in_order, told
from skq.release.refusal import Refusal


def page(site, text, name="index.html"):
    """Write a page of *site*."""
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text(text, encoding="utf-8")


def test_link_that_leads_nowhere(tmp_path):
    """A link to a page that is gone, and a script of another host, are refused with their page."""
    page(tmp_path, '<a href="gone.html">x</a>')
    page(tmp_path, '<script src="https://example.org/x.js"></script>', "skolor/a.html")
    assert [(one.rule, one.where) for one in accessible(tmp_path)] == [
        ("broken-link", "index.html"),
        ("broken-link", "skolor/a.html"),
    ]


def test_pdf_that_says_nothing_of_itself(tmp_path):
    """A PDF without PDF/UA is refused for each thing that it does not declare; a file that is none is refused too."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n/MarkInfo << /Marked true >> /Lang (sv) /DisplayDocTitle true")
    (tmp_path / "b.pdf").write_bytes(b"text")
    found = [(one.rule, one.where, one.what) for one in accessible(tmp_path)]
    assert found == [
        ("pdf-not-accessible", "a.pdf", "the PDF does not declare PDF/UA-1"),
        ("pdf-not-accessible", "a.pdf", "the PDF has no structure tree"),
        ("pdf-not-accessible", "a.pdf", "the PDF has no title"),
        ("pdf-not-accessible", "b.pdf", "the PDF is no PDF"),
    ]


def test_every_file_is_as_built(tmp_path):
    """The very files of the build are not refused."""
    page(tmp_path, "x")
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # printf x | sha256sum
    assert as_built(tmp_path, {"index.html": digest}) == []


@pytest.mark.parametrize(
    ("built", "what"),
    [
        ({"index.html": "0"}, "is not what the last whole build left"),
        ({}, "was put there after the last whole build"),
        (
            {"index.html": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "a.css": "0"},
            "is gone since",
        ),
    ],
)
def test_another_file_than_built(tmp_path, built, what):
    """A file changed, added or gone is told as exactly that, once."""
    page(tmp_path, "x")
    (refusal,) = as_built(tmp_path, built)
    assert what in refusal.what


def test_refusals_are_told_by_rule(tmp_path):
    """Of each rule the first ten, how many more, and what to do; the same refusal counts once."""
    many = [Refusal("canary", f"page-{index:02d}.html", "the id of a pupil stands here") for index in range(SHOWN + 3)]
    text = told(in_order([Refusal("broken-link", "a.html", "x"), *many, *many]))
    assert text.startswith(f"Refused   for {SHOWN + 4} reasons")
    assert text.index("broken-link: 1") < text.index(f"canary: {SHOWN + 3}")
    assert "page-09.html" in text
    assert "page-10.html" not in text
    assert "… and 3 more" in text
    assert text.count("next:") == 2

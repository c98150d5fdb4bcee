"""The finished PDFs: accessible, complete, and the same bytes every time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pypdf import PdfReader
from skq.errors import RenderError
from skq.render.pdfua import check_pdfs, pdf_faults
from skq.render.typeset import typeset

from tests.site.invented import ALT, ANNUAL, LONG, LONG_NAME, MARKING, TINY


def reader(site: Path, address: str) -> PdfReader:
    return PdfReader(site / f"{address}.pdf")


def alternative_texts(pdf: PdfReader) -> list[str]:
    """Return the alternative text of every figure in the structure tree, by walking it."""
    found: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            walk(node.get("/K"))
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(pdf.trailer["/Root"]["/StructTreeRoot"])
    return found


@pytest.mark.parametrize("address", [LONG, TINY, ANNUAL])
def test_every_pdf_declares_itself(site: Path, address: str) -> None:
    """PDF/UA-1, tagged, Swedish, with a title that viewers show."""
    pdf = reader(site, address)
    root = pdf.trailer["/Root"]
    assert pdf_faults((site / f"{address}.pdf").read_bytes()) == []
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).lower().startswith("sv")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_metadata_names_report_and_organizer(site: Path) -> None:
    """Title and author come from the title block, and there is no time."""
    information = reader(site, LONG).metadata
    assert information is not None
    assert information.title == f"{LONG_NAME} – Kvalitetsrapport läsåret 2024/25"
    assert information.author == "Stiftelsen Norra Ängsbackens skolor"
    assert "/CreationDate" not in information


def test_alt_text_reaches_the_pdf(site: Path) -> None:
    """A screen reader is told what the figure shows, in the notebook's words."""
    assert ALT.replace('"', "”") in alternative_texts(reader(site, LONG))


def test_pdf_has_the_words_of_the_report(pdf_text: dict[str, str]) -> None:
    """Cover, key numbers, numbered captions, references, callout and reference matter are all there."""
    text = pdf_text[LONG]
    for words in (
        "Skolenhetskod 99000001", "234,1", "1–4 elever är inte", "Figur 1.", "(Figur 1)", "Tabell 2.",
        "Elevgruppen byttes ut", "Källor, metod och dolda siffror", "Intervallen är 95 procents",
    ):  # fmt: skip
        assert words in text


def test_running_header_and_page_numbers(site: Path) -> None:
    """From the second page on the header names school and school year; every page tells its number of how many."""
    pages = [page.extract_text() for page in reader(site, LONG).pages]
    assert len(pages) == 2
    assert "1 (2)" in pages[0]
    assert "2 (2)" in pages[1]
    assert LONG_NAME in pages[1]
    assert "Läsåret 2024/25" in pages[1]


def test_marking_is_on_every_page(site: Path) -> None:
    """Each page of a marked report says that it holds details of individuals, the first one too; others never."""
    marked = [page.extract_text() for page in reader(site, LONG).pages]
    assert len(marked) > 1
    assert [text for text in marked if MARKING not in text] == []
    assert not any(MARKING in page.extract_text() for page in reader(site, ANNUAL).pages)


def test_contents_only_where_asked_for(pdf_text: dict[str, str]) -> None:
    """The annual analysis has a list of contents, a school's report has none."""
    assert re.search(r"\bInnehåll\b", pdf_text[ANNUAL])
    assert not re.search(r"\bInnehåll\b", pdf_text[LONG])


def test_only_our_type_is_embedded(site: Path) -> None:
    """Every font in the PDF is Source Sans Pro: nothing comes from the machine."""
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in reader(site, LONG).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all(re.search("SourceSansPro", font) for font in fonts), fonts


def test_image_without_alt_text_is_refused(tmp_path: Path, project: Path) -> None:
    """A figure that says nothing to a screen reader stops the report, and the message names it."""
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8")
    source = '#set document(title: "x")\n#set text(lang: "sv")\n#image("a.svg")'
    with pytest.raises(RenderError, match=r"skolor/x: no accessible PDF: .*alt text"):
        typeset(source, root=tmp_path, fonts=project / "theme" / "fonts", name="skolor/x")


def test_missing_letter_is_refused(tmp_path: Path, project: Path) -> None:
    """A letter that the type lacks would become an empty box; it stops the report instead."""
    source = '#set document(title: "x")\n#set text(lang: "sv", font: "Source Sans Pro", fallback: false)\nA \u6f22'
    with pytest.raises(RenderError, match="skolor/x"):
        typeset(source, root=tmp_path, fonts=project / "theme" / "fonts", name="skolor/x")


def test_check_lists_every_faulty_pdf(tmp_path: Path) -> None:
    """All PDFs and all they lack are named at once."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n/MarkInfo<</Marked true>>/StructTreeRoot 1 0 R/Lang(en)")
    (tmp_path / "b.pdf").write_bytes(b"not one")
    with pytest.raises(RenderError) as refused:
        check_pdfs(tmp_path)
    message = str(refused.value)
    assert "a.pdf does not declare PDF/UA-1" in message
    assert "a.pdf does not say that it is in Swedish" in message
    assert "b.pdf is no PDF" in message
    assert "a.pdf is not tagged" not in message

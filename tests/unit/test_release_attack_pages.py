"""Pages and PDFs are held to the downloads beside them: what stands in none of those was never attacked."""

from pathlib import Path

import pytest
import typst
from skq.release.attack_pages import attack_pages
from skq.release.page_tables import read_page
from skq.release.published import downloads

from tests.unit.release_towns import SAFE, cell, town, write_site

ROW = '<tr><th scope="row"><a href="../metod.html#all_subjects_passed_share">{name}</a></th>{cells}</tr>'
PAGE = (
    '<html><body>{text}<table aria-label="Tabell 1. Skolorna i staden.">\n<tr><th>Skola</th><th>Elever</th>'
    "<th>Minst E (%)</th></tr>\n{rows}\n</table></body></html>"
)
HONEST = [("Norra", "40", "75,0"), ("Södra", "–", ".."), ("Byskolan", "–", "..")]


def row(name: str, *texts: str) -> str:
    return ROW.format(name=name, cells="".join(f"<td>{text}</td>" for text in texts))


def page(folder: Path, rows: list[tuple[str, ...]], text: str = "") -> Path:
    """Write a site whose page shows *rows* beside the download of the town."""
    site = write_site(folder, town(SAFE))
    html = PAGE.format(text=text, rows="\n".join(row(*cells) for cells in rows))
    (site / "arsanalys" / "arsanalys.html").write_text(html, encoding="utf-8")
    return site


def rules(site: Path) -> list[str]:
    return [one.rule for one in attack_pages(site, downloads(site))]


def test_a_page_that_says_what_its_files_say_passes(tmp_path):
    """75,0 and 40 stand in the file; 60 of 78 is the count behind a share; school years count nothing."""
    text = "<p>Läsåret 2024/25 hade 75,0 % av 40 elever godkänt, 1,9 procentenheter under kommunen.</p>"
    assert rules(page(tmp_path, HONEST, text)) == []


def test_n_beside_a_hidden_share_is_refused_by_name(tmp_path):
    """Byskolan's share is hidden; that it rests on eight pupils stands beside it."""
    found = attack_pages(page(tmp_path, [HONEST[0], ("Byskolan", "8", "..")]), downloads(tmp_path))
    assert [(one.rule, one.where) for one in found] == [("n-beside-hidden", "arsanalys/arsanalys.html:4")]
    assert "8" not in found[0].what


@pytest.mark.parametrize("hidden", [".. (8)", "~100 (12)"])
def test_n_in_brackets_behind_a_symbol_is_refused_by_name(tmp_path, hidden):
    """The number of pupils stands in the very cell whose share is hidden."""
    assert rules(page(tmp_path, [HONEST[0], ("Byskolan", "–", hidden)])) == ["n-beside-hidden"]


@pytest.mark.parametrize("sign", ["..", "~100"])
@pytest.mark.parametrize(
    ("details", "found"),
    [
        pytest.param("<span>14 elever</span> <span>alla utom 1–4 elever</span>", ["n-beside-hidden"], id="n"),
        pytest.param("<span>alla utom 1–4 elever; kommunen 76,9 %</span>", [], id="no n"),
    ],
)
def test_n_beside_a_hidden_key_number_is_refused(tmp_path, sign, details, found):
    """The title block is no table, but what stands in it of a hidden number is told as well; of a shown one it may.

    The file of the page hides Byskolan as too few, and Ängsskolan as nearly all.
    """
    card = '<dl><div class="key-number"><dd class="value">{}</dd>\n<dd class="details">{}</dd></div></dl>'
    site = page(tmp_path, HONEST, card.format(sign, details))
    write_site(site, [*town(SAFE), cell("90000009", "Ängsskolan", 13, 14, "nearly_all")])
    assert rules(site) == found
    assert rules(page(tmp_path, HONEST, card.format("75,0 %", "<span>40 elever</span>"))) == []


def test_a_number_that_no_file_has_is_refused(tmp_path):
    """62,5 % is told of nobody in the files."""
    assert rules(page(tmp_path, [*HONEST[:2], ("Byskolan", "–", "62,5")])) == ["number-without-source"]
    assert rules(page(tmp_path, HONEST, "<p>Byskolan hade 62,5 %.</p>")) == ["number-without-source"]


def test_a_number_of_another_metric_explains_nothing(tmp_path):
    """The mean test points are 12,3: no share passed of any school."""
    site = page(tmp_path, [("Norra", "40", "12,3")])
    write_site(site, [*town(SAFE), cell("90000001", "Norra", 30, 40, id="test_points_mean") | {"värde": "12,3"}])
    assert rules(site) == ["number-without-source"]


def test_pdf_and_page_of_one_table_must_agree(tmp_path):
    """The PDF has another number in a row of the same table."""
    site = page(tmp_path, [("Norra", "40", "75,0")])
    pdf = site / "arsanalys" / "arsanalys.pdf"
    body = "= Skolorna\n\nTabell 1. Skolorna i staden.\n\n#table(columns: 3, [Norra], [40], [{}])"
    pdf.write_bytes(typst.compile(body.format("75,0").encode()))
    assert rules(site) == []
    pdf.write_bytes(typst.compile(body.format("77,5").encode()))
    assert rules(site) == ["pdf-differs", "pdf-differs"]


def test_cells_know_their_place_and_metric():
    """Line, header and the metric of a link to the method page."""
    (table,) = read_page(PAGE.format(text="", rows=row("Norra", "40", "75,0"))).tables
    assert table.caption == "Skolorna i staden."
    assert [(cell.line, cell.header, cell.text, sorted(cell.metrics)) for cell in table.rows[1]] == [
        (3, True, "Norra", ["all_subjects_passed_share"]), (3, False, "40", []), (3, False, "75,0", []),
    ]  # fmt: skip


def test_how_far_a_school_lies_from_the_whole_is_told_however_many_schools_there_are(tmp_path):
    """75,0 less the municipality's 76,9 is −1,9 among a hundred schools too; what no two numbers differ by is not."""
    site = page(tmp_path, HONEST)
    others = [cell(f"9100{place:04d}", f"Skola {place}", place, 200) for place in range(100)]
    write_site(site, [*town(SAFE), *others])
    text = (site / "arsanalys" / "arsanalys.html").read_text(encoding="utf-8")
    for told, expected in (("1,9 procentenheter", []), ("93,7 procentenheter", ["number-without-source"])):
        html = text.replace("<table", f"<p>Norra skiljer sig {told} från kommunen.</p>\n<table", 1)
        (site / "arsanalys" / "arsanalys.html").write_text(html, encoding="utf-8")
        assert rules(site) == expected


def test_a_count_behind_a_rounded_share_of_many(tmp_path):
    """1 917 of 2 652 is 72,3 %, from which 1 917,4 would be worked out; 1 920 is another share."""
    site = page(tmp_path, [("Norra", "2652", "1 917 av 2 652")])
    write_site(site, [cell("90000001", "Norra", 1916, 2652) | {"värde": "72,3"}])
    assert rules(site) == []
    page_file = site / "arsanalys" / "arsanalys.html"
    page_file.write_text(page_file.read_text(encoding="utf-8").replace("1 917", "1 920"), encoding="utf-8")
    assert rules(site) == ["number-without-source"]


def test_a_number_in_a_figure_stands_in_a_download(tmp_path):
    """40 pupils are in the file; 41 beside a bar are told of nobody. Numbers of an axis are no numbers of anybody."""
    site = page(tmp_path, HONEST)
    ticks = "".join(f'<g id="xtick_{place}"><!-- {place * 25} --></g>' for place in (1, 2, 3))
    axis = f'<g id="matplotlib.axis_1">{ticks}</g>'
    figure = f'<svg>\n{axis}\n<g id="count">\n <!-- {{}} -->\n</g>\n</svg>'
    (site / "arsanalys" / "bars.svg").write_text(figure.format("40"), encoding="utf-8")
    assert rules(site) == []
    (site / "arsanalys" / "bars.svg").write_text(figure.format("41"), encoding="utf-8")
    found = attack_pages(site, downloads(site))
    assert [(one.rule, one.where) for one in found] == [("number-without-source", "arsanalys/bars.svg:4")]

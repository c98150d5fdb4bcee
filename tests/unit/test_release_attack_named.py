"""Numbers of a page are held to the rows that stand around them: one that is true of another row explains nothing.

Norra skola: 28 of 40 (70,0 %) in 2022/23, too few in 2023/24, 30 of 40 (75,0 %) in 2024/25; the municipality 76,9 %.
"""

from pathlib import Path

import pytest
import typst
from skq.release.attack_figures import attack_figure
from skq.release.attack_pages import Shelf, attack_pages
from skq.release.attack_texts import attack_text
from skq.release.published import downloads

from tests.unit.release_towns import cell, write_site

FOLDER = "skolor/norra-90000001"
WITHOUT, DIFFERS, APART = ["number-without-source"], ["contradiction"], ["pdf-differs"]
TABLE = (
    '<table aria-label="Tabell 1. Resultat per läsår.">\n<tr><th>Mått</th><th>2022/23</th><th>2023/24</th>'
    "<th>2024/25</th><th>Kommunen</th></tr>\n<tr><th><a href='../../metod.html#all_subjects_passed_share'>"
    "Minst E i alla ämnen, åk 9 (%)</a></th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n</table>\n"
    '<p><a href="results.csv">Ladda ner tabellen (CSV)</a></p>'
)
HONEST = ("70,0 (40)", "..", "75,0 (40)", "76,9")
CARD = (
    '<dl><div class="key-number"><dt>Minst E i alla ämnen, åk 9</dt><dd class="value">{}</dd>'
    '<dd class="details"><span>{}</span> <span>kommunen {}</span></dd></div></dl>'
)
ALT = "Linjer. Minst E i alla ämnen, åk 9: skolan 2022/23 {} (40 elever), 2023/24 {}, 2024/25 {}; kommunen {} 2024/25."
PLAIN = ("70,0 %", "..", "75,0 %", "76,9 %")


def school(folder: Path, body: str) -> Path:
    """Write the page of Norra skola beside the downloads of its table and of its cards."""
    rows = [
        cell("90000001", "Norra", 28, 40, läsår="2022/23"),
        cell("90000001", "Norra", 30, 40, "too_few", läsår="2023/24"),
        cell("90000001", "Norra", 30, 40),
        cell("9000", "Staden", 60, 78),
    ]
    for name in ("results", "key-numbers"):
        write_site(folder, rows, f"{FOLDER}/{name}.csv")
    (folder / FOLDER / "kvalitetsrapport.html").write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    return folder


def rules(site: Path) -> list[str]:
    return [one.rule for one in attack_pages(site, downloads(site))]


def changed(honest: tuple[str, ...], place: int, text: str) -> tuple[str, ...]:
    return (*honest[:place], text, *honest[place + 1 :])


@pytest.mark.parametrize(
    ("place", "text", "refused"),
    [
        pytest.param(0, "70,0 (40)", [], id="honest"),
        pytest.param(1, "70,0", DIFFERS, id="the hidden year told, as the year before"),
        pytest.param(1, "73,5", DIFFERS, id="the hidden year told by a number of its own"),
        pytest.param(1, "~100", DIFFERS, id="hidden as nearly all, in the file as too few"),
        pytest.param(1, "– (40)", DIFFERS, id="what the hidden year rests on"),
        pytest.param(2, "..", DIFFERS, id="hidden on the page, told in the file"),
        pytest.param(2, "70,0 (40)", WITHOUT, id="another year's number"),
        pytest.param(2, "76,9 (78)", WITHOUT, id="the municipality's number"),
        pytest.param(3, "75,0", WITHOUT, id="the school's number as the municipality's"),
    ],
)
def test_a_cell_tells_its_own_row_and_hides_what_its_file_hides(tmp_path, place, text, refused):
    """Every number that is planted but one stands somewhere in the very file, of the same measure."""
    assert rules(school(tmp_path, TABLE.format(*changed(HONEST, place, text)))) == refused


def test_a_hidden_number_that_is_filled_in_in_the_file_is_refused_too(tmp_path):
    """The reverse: the page hides 2023/24, and its download tells it."""
    site = school(tmp_path, TABLE.format(*HONEST))
    file = site / FOLDER / "results.csv"
    text = file.read_text(encoding="utf-8-sig").replace(";;;;;too_few;", ";75,0;;;40;observed;")
    file.write_text(text, encoding="utf-8-sig")
    assert rules(site) == DIFFERS


@pytest.mark.parametrize(
    ("card", "refused"),
    [
        pytest.param(("75,0 %", "40 elever", "76,9 %"), [], id="honest"),
        pytest.param(("70,0 %", "40 elever", "76,9 %"), WITHOUT, id="an older year's number"),
        pytest.param(("75,0 %", "78 elever", "76,9 %"), WITHOUT, id="the municipality's pupils"),
        pytest.param(("75,0 %", "40 elever", "75,0 %"), WITHOUT, id="the school's number as the municipality's"),
        pytest.param(("..", "för få elever", "76,9 %"), DIFFERS, id="hidden on the card, told in the file"),
    ],
)
def test_a_card_tells_the_newest_number_of_its_school(tmp_path, card, refused):
    """Each planted number stands in the file of the cards."""
    assert rules(school(tmp_path, CARD.format(*card))) == refused


@pytest.mark.parametrize(
    ("place", "text", "refused"),
    [
        pytest.param(0, "70,0 %", [], id="honest"),
        pytest.param(1, "70,0 %", WITHOUT, id="the hidden year told, as the year before"),
        pytest.param(2, "76,9 %", WITHOUT, id="the municipality's number"),
        pytest.param(2, "..", DIFFERS, id="hidden in words, told in the file"),
    ],
)
def test_the_alternative_text_of_a_figure_tells_what_its_words_name(tmp_path, place, text, refused):
    """Measure, unit and school year stand before or behind each number."""
    alt = ALT.format(*changed(PLAIN, place, text))
    assert rules(school(tmp_path, f'<img src="results-trend.svg" alt="{alt}">')) == refused


def test_no_certain_change_names_no_other_measure(tmp_path):
    """The measure "Förändring" is shown in 2023/24; the share that the words are about is hidden there."""
    site = school(tmp_path, "")
    rows = [
        cell("90000001", "Norra", 30, 40, "too_few", läsår="2023/24"),
        cell("90000001", "Norra", 30, 40, id="cohort_change", läsår="2023/24"),
        cell("90000001", "Norra", 30, 40),
    ]
    write_site(site, rows, f"{FOLDER}/results.csv")
    source = Shelf.of(downloads(site)).source("results")
    text = "Minst E i alla ämnen, åk 9: ingen säker förändring; skolan 2023/24 ..; kommunen 76,9 % 2024/25."
    assert attack_text(text, source, "x.html", "figure") == []


@pytest.mark.parametrize(
    ("sentence", "refused"),
    [
        ("Andelen elever med minst E i alla ämnen i årskurs 9 var 75,0 % läsåret 2024/25, 40 elever.", []),
        ("Andelen elever med minst E i alla ämnen i årskurs 9 var 75,0 % läsåret 2023/24.", WITHOUT),
        ("Andelen elever med minst E i alla ämnen i årskurs 9 var 75,0 %, 8 elever.", WITHOUT),
        ("I staden hade 60 elever minst E i alla ämnen.", []),
        ("I staden hade 77 elever minst E i alla ämnen.", WITHOUT),
        ("Meritvärde: en summa där A ger 20 poäng och E ger 10 poäng.", []),
        ("Meritvärde: en summa där skolan har 20 poäng.", WITHOUT),
        ("Resultat som bygger på färre än 10 elever visas inte; den är nära 100 %: alla utom 1–4 elever.", []),
    ],
)
def test_a_sentence_tells_no_number_of_a_hidden_row_and_no_count_of_nobody(tmp_path, sentence, refused):
    """75,0 % is not of the hidden year, 8 pupils are told nowhere, 77 is but a rounded share; 60 are behind one."""
    assert rules(school(tmp_path, f"<p>{sentence}</p>")) == refused


@pytest.mark.parametrize(
    ("alt", "refused"),
    [
        ("Minst E i alla ämnen, åk 9, för 19 skolor: kommunen 76,9 %.", []),
        ("Minst E i alla ämnen, åk 9: 17 av 19 skolor som kommunen.", []),
        ("Minst E i alla ämnen, åk 9, för 19 elever: kommunen 76,9 %.", WITHOUT),
    ],
)
def test_how_many_schools_a_figure_shows_is_no_number_of_pupils(tmp_path, alt, refused):
    """19 stands in no file."""
    assert rules(school(tmp_path, f'<img src="results-trend.svg" alt="{alt}">')) == refused


def test_a_figure_may_tell_what_no_table_tells_and_the_file_of_the_cards_does(tmp_path):
    """The table beside the figure has 2024/25 alone; 70,0 % of 2022/23 is in the file of the cards, 71,0 % in none."""
    site = school(tmp_path, "")
    write_site(site, [cell("90000001", "Norra", 30, 40)], f"{FOLDER}/results.csv")
    source = Shelf.of(downloads(site)).source("results")
    told = "<svg><title>Minst E i alla ämnen, åk 9: skolan 2022/23 {} %</title></svg>"
    assert attack_figure(told.format("70,0"), source, "x.svg") == []
    assert [one.rule for one in attack_figure(told.format("71,0"), source, "x.svg")] == WITHOUT


FIGURE = """<svg><g id="axes_1"><g id="matplotlib.axis_1"><g id="xtick_1"><g id="text_1"><!-- 21/22 --></g></g></g>
<g id="matplotlib.axis_2"><g id="ytick_1"><!-- 50 --></g><g id="ytick_2"><!-- {} --></g>
<g id="ytick_3"><!-- 100 --></g></g>
<g id="newest"><!-- {} --></g>
<g id="text_9"><!-- Minst E i alla ämnen, åk 9 --></g></g>{}</svg>"""


@pytest.mark.parametrize(
    ("tick", "label", "more", "refused"),
    [
        pytest.param("75", "75,0", "<title>Norra 75,0 % (40)</title>", [], id="honest"),
        pytest.param("62", "75,0", "", WITHOUT, id="a number as a tick of a scale"),
        pytest.param("75", "62,5", "", WITHOUT, id="a number beside a mark"),
        pytest.param("75", "75,0", "<title>Byskolan 62,5 %</title>", WITHOUT, id="title"),
        pytest.param("75", "75,0", "<desc>Byskolan\n62,5</desc>", WITHOUT, id="description"),
        pytest.param("75", "75,0", "<text x='4'>62,<tspan>5</tspan> %</text>", WITHOUT, id="text"),
        pytest.param("75", "75,0", "<g aria-label='62,5 %'/>", WITHOUT, id="read aloud"),
        pytest.param("75", "75,0", "<g id='note'><!-- Byskolan: 62,5&#160;% --></g>", WITHOUT, id="annotation"),
        pytest.param("75", "75,0", "<g id='matplotlib.axis_3'><!-- Elever (8) --></g>", WITHOUT, id="name of an axis"),
        pytest.param("75", "75,0", "<title>Norra (70)</title>", WITHOUT, id="in brackets a share, where pupils stand"),
        pytest.param("75", "75,0", "<g id='note'><!-- .. --></g>", [], id="a symbol that names no row"),
    ],
)
def test_every_text_of_a_figure_is_held_to_the_files(tmp_path, tick, label, more, refused):
    """62,5 and 8 stand in no file. The scale 50, 75, 100 is a number of nobody, in even steps; 50, 62, 100 is not."""
    site = school(tmp_path, "")
    source = Shelf.of(downloads(site)).source("results", ours=False)
    assert sorted({one.rule for one in attack_figure(FIGURE.format(tick, label, more), source, "x.svg")}) == refused
    (site / FOLDER / "results.svg").write_text(FIGURE.format(tick, label, more), encoding="utf-8")
    assert sorted(set(rules(site))) == refused


@pytest.mark.parametrize(
    ("ticks", "refused"), [((-45, -30, -15, 0, 15, 30), False), ((200, 200, 250, 250), False), ((0, 17, 34), True)]
)
def test_a_scale_goes_in_steps_that_are_drawn(tmp_path, ticks, refused):
    """Fifteens are a scale, seventeens are not; none of them but 30 stands in a file."""
    source = Shelf.of(downloads(school(tmp_path, ""))).source("results", ours=False)
    marks = "".join(f'<g id="ytick_{place}"><!-- {tick} --></g>' for place, tick in enumerate(ticks))
    found = attack_figure(f'<svg><g id="matplotlib.axis_2">{marks}</g></svg>', source, "x.svg")
    assert bool(found) is refused


def test_the_mean_of_all_shown_schools_follows_from_their_numbers(tmp_path):
    """Norra 30 of 40 and Södra 24 of 30 are 54 of 70, 77,1 %; 76,0 % is told of nobody."""
    rows = [cell("90000001", "Norra", 30, 40), cell("90000002", "Södra", 24, 30)]
    source = Shelf.of(downloads(write_site(tmp_path, rows))).source("schools", ours=False)
    line = "<svg><g id='legend_1'><!-- Alla skolors medelvärde {} % --></g></svg>"
    assert attack_figure(line.format("77,1"), source, "x.svg") == []
    assert [one.rule for one in attack_figure(line.format("76,0"), source, "x.svg")] == WITHOUT


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("Skolan hade 40 elever.", []),
        ("Skolan hade 41 elever.", APART),
        ("Andelen var .. 2023/24 (8).", APART),
        ("3 (12)", []),
    ],
)
def test_a_line_of_a_pdf_with_a_number_stands_on_its_page(tmp_path, line, refused):
    """Whole numbers and symbols are compared, not only decimals; what numbers the pages is no number of pupils."""
    site = school(tmp_path, "<p>Skolan hade 40 elever.</p>")
    (site / FOLDER / "kvalitetsrapport.pdf").write_bytes(typst.compile(line.encode()))
    assert rules(site) == refused

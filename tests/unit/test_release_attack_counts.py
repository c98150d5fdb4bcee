"""Sums of money, rows of an older school year, and counts of persons in sentences, each held to what tells it."""

from pathlib import Path

import pytest
from skq.release.attack_pages import attack_pages
from skq.release.published import downloads
from skq.release.worked_out import COUNT, of_row

from tests.unit.release_towns import cell, write_site

FOLDER = "skolor/norra-90000001"
WITHOUT = ["number-without-source"]


def rules(folder: Path, rows: list[dict[str, str]], body: str, name: str = "results.csv") -> list[str]:
    """Return what is refused of the page of Norra skola beside a download of *rows*."""
    site = write_site(folder, rows, f"{FOLDER}/{name}")
    (site / FOLDER / "kvalitetsrapport.html").write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    return [one.rule for one in attack_pages(site, downloads(site))]


MONEY = (
    '<table aria-label="Tabell 1. Fördelade medel 2024/25."><tr><th>Skola</th><th>Grund (mnkr)</th>'
    "<th>Struktur (mnkr)</th></tr><tr><td>Norra</td><td>{}</td><td>{}</td></tr></table>"
    '<p><a href="money.csv">CSV</a></p>'
)


@pytest.mark.parametrize(
    ("base", "structure", "refused"),
    [
        pytest.param("1,6", "0,1", [], id="honest"),
        pytest.param("1,6", "0,2", WITHOUT, id="another sum"),
        pytest.param("1,6", "1,6", WITHOUT, id="the sum of the column beside it"),
        pytest.param("0,1", "0,1", WITHOUT, id="the sum of the other column beside it"),
    ],
)
def test_little_money_is_told_in_millions_too(tmp_path, base, structure, refused):
    """1 554 931 and 76 836 kronor are 1,6 and 0,1 million."""
    sums = {"allocation_base": "1554931", "allocation_structure": "76836"}
    rows = [cell("90000001", "Norra", 0, 104, id=metric, årskurs="", värde=told) for metric, told in sums.items()]
    assert rules(tmp_path, rows, MONEY.format(base, structure), "money.csv") == refused


def test_what_a_pupil_costs_is_no_million(tmp_path):
    """76 836 kronor per pupil are no 0,1 of anything."""
    rows = [cell("90000001", "Norra", 0, 104, id="cost_per_pupil", årskurs="", värde="76836")]
    table = "<table><tr><th>Skola</th><th>Kostnad</th></tr><tr><td>Norra</td><td>0,1</td></tr></table>"
    assert rules(tmp_path, rows, table) == WITHOUT


ADDED = (
    '<table aria-label="Tabell 1. Jämfört med elever som hade samma resultat tre år tidigare, 2024/25.">'
    "<tr><th>Förädlingsvärde</th><th>Årskurs</th><th>Skolan</th></tr>"
    '<tr><th><a href="../../metod.html#value_added_grades">Betyg</a></th><td>6\u00a0till\u00a09</td><td>−0,35</td></tr>'
    '<tr><th><a href="../../metod.html#value_added_grades">Betyg</a></th><td>{}</td><td>{}</td></tr></table>'
    '<p><a href="results.csv">CSV</a></p>'
)


@pytest.mark.parametrize(
    ("span", "value", "refused"),
    [
        pytest.param("3\u00a0till\u00a06 (2023/24)", "+0,91", [], id="honest"),
        pytest.param("3\u00a0till\u00a06", "+0,91", WITHOUT, id="an older year's number as that of the caption's year"),
        pytest.param("3\u00a0till\u00a06 (2023/24)", "−0,35", WITHOUT, id="the newest year's as the older year's"),
    ],
)
def test_a_row_may_name_its_own_school_year_before_its_numbers(tmp_path, span, value, refused):
    """The caption names 2024/25; value added from grade year 3 to 6 is of the year before."""
    rows = [
        cell("90000001", "Norra", 0, 14, id="value_added_grades", värde="-0,35"),
        cell("90000001", "Norra", 0, 10, id="value_added_grades", värde="0,91", läsår="2023/24", årskurs="6"),
    ]
    assert rules(tmp_path, rows, ADDED.format(span, value)) == refused


BELOW, POSTS, NET = "grade_below_test_share", "certified_teacher_share", "grade_test_net_pp"


@pytest.mark.parametrize(
    ("sentence", "refused"),
    [
        ("Resultaten bygger på 40 elever.", []),
        ("Av dem var 4 elever utan betyg.", WITHOUT),
        ("Av dem var 6 elever utan betyg.", WITHOUT),
        ("Av dem var 8 elever utan betyg.", WITHOUT),
        ("Av dem var 5 elever utan betyg.", WITHOUT),
        ("Av dem var 39 elever utan betyg.", WITHOUT),
        ("I årskurs 3 var 4 elever utan betyg.", WITHOUT),
        ("Andelen elever med minst E i alla ämnen i årskurs 9 gäller läsåret 2023/24 61 elever.", WITHOUT),
        ("Norra skola (101 elever): andelen med minst E i alla ämnen i årskurs 9 låg över kommunen.", []),
        ("Norra skola (102 elever): andelen med minst E i alla ämnen i årskurs 9 låg över kommunen.", WITHOUT),
        ("De gäller två skolor, tillsammans 70 elever.", []),
        ("De gäller två skolor, tillsammans 4 elever.", WITHOUT),
        ("De gäller två skolor, tillsammans 900 elever.", WITHOUT),
        ("Antalet elever var 40, mot 39 läsåret före (+1 elev).", []),
    ],
)
def test_a_sentence_that_names_no_measure_tells_only_counts_that_a_file_tells(tmp_path, sentence, refused):
    """4 is what the hidden share counts, and by chance 10,0 % of 40, 6 a net of 15,0 points, 8 posts, 5 areas.

    Results in grade year 9 rest on 40 and in grade year 6 on 61: 101 together, of both 78 in the municipality.
    """
    rows = [
        cell("90000001", "Norra", 30, 40),
        cell("90000001", "Norra", 50, 61, årskurs="6"),
        cell("90000001", "Norra", 4, 40, "too_few", läsår="2023/24"),
        cell("90000001", "Norra", 4, 40, id=BELOW, ämneskod="MA"),
        cell("90000001", "Norra", 6, 40, id=NET, ämneskod="MA"),
        cell("90000001", "Norra", 8, 8, id=POSTS, årskurs=""),
        cell("90000001", "Norra", 0, 5, id="assessment_median", årskurs="", värde="3,0"),
        cell("90000001", "Norra", 0, 40, id="pupil_count", årskurs="", värde="40"),
        cell("90000001", "Norra", 0, 39, id="pupil_count", årskurs="", värde="39", läsår="2023/24"),
        cell("9000", "Staden", 60, 78),
    ]
    assert rules(tmp_path, rows, f"<p>{sentence}</p>") == refused


CARD = (
    '<dl><div class="key-number"><dt>Minst E i alla ämnen, åk 9</dt><dd class="value">{}</dd>'
    '<dd class="details"><span>{}</span> <span>40 elever</span> <span>kommunen {}</span></dd></div></dl>'
)


@pytest.mark.parametrize(
    ("value", "change", "whole", "refused"),
    [
        pytest.param("75,0 %", "ingen säker förändring", "76,9 %", [], id="honest"),
        pytest.param("75,0 %", "+5,0 procentenheter mot läsåret före", "76,9 %", [], id="honest with a change"),
        pytest.param("76,9 %", "ingen säker förändring", "76,9 %", WITHOUT, id="the municipality's"),
        pytest.param("70,0 %", "ingen säker förändring", "76,9 %", WITHOUT, id="an older year's"),
        pytest.param("75,0 %", "ingen säker förändring", "75,0 %", WITHOUT, id="the school's as the municipality's"),
        pytest.param("75,0 %", "+4,0 procentenheter mot läsåret före", "76,9 %", WITHOUT, id="another change"),
    ],
)
def test_a_card_that_tells_a_change_may_not_tell_another_row(tmp_path, value, change, whole, refused):
    """75,0 after 70,0, the municipality 76,9: a word of change excuses a difference, never another row's number.

    The file has a measure called "Elever": 40 pupils of the card are not it.
    """
    rows = [
        cell("90000001", "Norra", 28, 40, läsår="2023/24"),
        cell("90000001", "Norra", 30, 40),
        cell("90000001", "Norra", 0, 300, id="pupil_count", årskurs="", värde="300"),
        cell("9000", "Staden", 60, 78),
        cell("9000", "Staden", 0, 900, id="pupil_count", årskurs="", värde="900"),
    ]
    assert rules(tmp_path, rows, CARD.format(value, change, whole), "key-numbers.csv") == refused


RATIO = (
    '<dl><div class="key-number"><dt>Elever per lärare</dt><dd class="value">{}</dd><dd class="details">'
    "<span>{} elever per heltidstjänst mot läsåret före</span> <span>kommunen 13,3</span></dd></div></dl>"
)


@pytest.mark.parametrize(
    ("value", "change", "refused"), [("12,4", "0,0", []), ("13,3", "0,0", WITHOUT), ("12,4", "0,4", WITHOUT)]
)
def test_pupils_per_teacher_are_no_pupils(tmp_path, value, change, refused):
    """12,4 both years: a change of nothing has no sign; 13,3 is the municipality's, and 0,4 what nothing differs by."""
    ratio = {"id": "pupils_per_teacher", "årskurs": ""}
    rows = [
        cell("90000001", "Norra", 0, 13, värde="12,4", läsår="2023/24", **ratio),
        cell("90000001", "Norra", 0, 13, värde="12,4", **ratio),
        cell("9000", "Staden", 0, 700, värde="13,3", **ratio),
    ]
    body = f"{RATIO.format(value, change)}<p>Skolan hade {value} elever per lärare.</p>"
    assert rules(tmp_path, rows, body, "key-numbers.csv") == refused


@pytest.mark.parametrize(
    "markup",
    [
        '<p title="{}">Text</p>',
        '<section aria-label="{}">Text</section>',
        '<meta name="description" content="{}">',
        "<!-- {} -->",
    ],
)
@pytest.mark.parametrize(
    ("sentence", "refused"), [("Resultaten bygger på 40 elever.", []), ("Av dem var 4 elever utan betyg.", WITHOUT)]
)
def test_what_no_reader_sees_at_once_is_held_to_the_files_too(tmp_path, markup, sentence, refused):
    """30 of 40 in the file; 4 stands nowhere."""
    assert rules(tmp_path, [cell("90000001", "Norra", 30, 40)], markup.format(sentence)) == refused


def test_no_count_is_worked_out_from_percentage_points():
    """10,0 % of 40 are four pupils, 10,0 percentage points are nobody."""
    nothing = float("nan")
    found = {
        metric: [one for one in of_row(metric, 10.0, nothing, nothing, 40.0) if one[4] == COUNT]
        for metric in (BELOW, NET)
    }
    assert [number for _, number, *_ in found[BELOW]] == [4.0]
    assert found[NET] == []


@pytest.mark.parametrize(
    ("told", "refused"),
    [
        ("16 skolor visas inte.", []),
        ("16 skolors antal är avrundade.", []),
        ("16 av 19 skolor visas inte.", []),
        ("16 elever visas inte.", WITHOUT),
    ],
)
def test_how_many_schools_a_cell_is_about_is_no_number_of_pupils(tmp_path, told, refused):
    """The file tells of 60 of 78 pupils, and of no 16."""
    table = (
        "<table><tr><th>Nivå</th><th>Med resultat</th><th>Stämmer skolornas summa?</th></tr><tr><td>Staden</td>"
        f'<td>60 av 78</td><td>Minst E i alla ämnen: {told}</td></tr></table><p><a href="levels.csv">CSV</a></p>'
    )
    assert rules(tmp_path, [cell("9000", "Staden", 60, 78)], table, "levels.csv") == refused


@pytest.mark.parametrize(
    ("told", "refused"),
    [
        pytest.param("med 5,5 procentenheter (+0,2 till +10,8)", [], id="a rise within its limits"),
        pytest.param("med 5,5 procentenheter (−11 till −0,2)", [], id="the sign of a fall is in the limits"),
        pytest.param("med 5,5 procentenheter (+6 till +17)", [], id="limits rounded to whole numbers"),
        pytest.param("med 5,5 procentenheter (+7 till +17)", WITHOUT, id="not within its limits"),
        pytest.param("med 7,5 procentenheter (+0,2 till +10,8)", WITHOUT, id="no such difference"),
        pytest.param("med 5,5 procentenheter. Sedan (+0,2 till +10,8)", WITHOUT, id="limits of nothing"),
    ],
)
def test_limits_of_a_difference_lie_on_its_two_sides(tmp_path, told, refused):
    """81,0 and 86,5 % differ by 5,5; no file tells the limits of that, which have to hold it between them."""
    rows = [
        cell("90000001", "Norra", 0, 200, id="eligible_vocational_share", läsår=year, värde=value, nedre="", övre="")
        for year, value in (("2021/22", "81,0"), ("2025/26", "86,5"))
    ]
    alt = f"Andel elever behöriga till yrkesprogram ökade från 81,0 % 2021/22 till 86,5 % 2025/26, {told}."
    assert rules(tmp_path, rows, f'<img src="a.svg" alt="{alt}"><p><a href="results.csv">CSV</a></p>') == refused

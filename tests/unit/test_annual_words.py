"""Sentences, tables and figures of the annual analysis: nothing beyond the interval, nothing hidden, nothing twice."""

import csv
import re
from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex
from skq.report import style
from skq.report.annual import (
    chain_words,
    change_words,
    equity_words,
    figures,
    lab,
    layout,
    passages,
    questions,
    salsa_figure,
    salsa_words,
    sentences,
    tables,
)
from skq.report.annual.context import Unit
from skq.report.annual.levels import Chain, Link, Total, chain
from skq.report.annual.measures import SchoolPoint, Spread, spread
from skq.report.annual.notable import Notable, notable
from skq.report.emit import Passage, Picture, Table
from skq.report.numbers import Difference, Point, Series
from skq.terms import CellStatus

from tests.notebooks import annual_slice as by_hand

YEARS = by_hand.YEARS


def plain(text):
    """The text with ordinary spaces."""
    return text.replace("\u00a0", " ")


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    """The slice worked out by hand."""
    return by_hand.opened(tmp_path_factory.mktemp("annual"))


@pytest.fixture
def bare(tmp_path_factory):
    """The same schools without any result: only their pupils are known."""
    results = (by_hand.MERIT, by_hand.PASSED, by_hand.ELIGIBLE, "merit_icc", "merit_sd", "salsa_expected",
               "salsa_residual", "subject_points_mean", "grade_test_net_pp")  # fmt: skip
    return by_hand.opened(tmp_path_factory.mktemp("bare"), without=results)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Pictures and CSV are saved where the kernel runs."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    plt.close("all")


def test_in_brief_says_the_notable_first(analysis):
    """Five bullets: notable, changed since the first year, since last year, equity, goals."""
    lines = [line for line in plain(passages.in_brief(analysis).text).splitlines() if line.startswith("- ")]
    assert lines == [
        "- Fyra av 7 prövade skillnader är säkra; av slumpen väntas färre än en se säkra ut även om ingenting "
        "skiljer. De gäller Almskolan, Björkskolan och Furuskolan, tillsammans 230 elever. Alla håller också när "
        "hänsyn tas till att så många prövas på en gång (Holms metod).",
        "- Meritvärdet ökade från 220,0 läsåret 2020/21 till 235,0 läsåret 2024/25, med 15,0 poäng (+11 till +19). "
        "Andelen med minst E i alla ämnen i årskurs 9 har inte förändrats säkert sedan läsåret 2020/21.",
        "- Sedan läsåret före har meritvärdet ökat med 9,0 poäng (+5 till +13).",
        "- Flickor låg säkert över pojkar: meritvärdet med 20,0 poäng (+14 till +26). Elever med eftergymnasialt "
        "utbildade föräldrar låg säkert över elever med förgymnasialt utbildade: meritvärdet med 70,0 poäng "
        "(+49 till +91). 10,0 % av elevernas skillnader i meritvärde låg mellan skolorna, resten inom dem.",
        "- Av 2 målvärden för skolorna som kan bedömas har ett nåtts, inget delvis och ett inte; ett kan inte bedömas.",
    ]


def test_in_brief_covers_all_schools(analysis):
    """Seven units; three with merit ratings that can be shown, two hidden, two that have no year 9."""
    assert (
        "Årsanalysen omfattar 7 skolenheter i Strandköping. Tre har resultat i årskurs 9 som kan visas; för två är de "
        "dolda." in plain(passages.in_brief(analysis).text)
    )


def test_findings_are_listed_by_school(analysis):
    """One item a school, with each difference, its interval and what it is measured against."""
    lines = [line for line in plain(passages.findings(analysis).text).splitlines() if re.match(r"\d\. ", line)]
    assert lines == [
        "1. **Almskolan** (100 elever): meritvärdet låg 25,0 poäng (+15 till +35) över kommunen; andelen med minst E "
        "i alla ämnen i årskurs 9 låg 8,0 procentenheter (+2 till +14) över kommunen.",
        "2. **Björkskolan** (80 elever): andelen med minst E i alla ämnen i årskurs 9 minskade med 20,0 "
        "procentenheter (−32 till −8) sedan läsåret före.",
        "3. **Furuskolan** (50 elever): andelen med minst E i alla ämnen i årskurs 6 låg 15,0 procentenheter (−25 "
        "till −5) under kommunen.",
    ]


@pytest.mark.parametrize(
    ("found", "text"),
    [
        pytest.param(Notable((), 40), "Ingen av 40 prövade skillnader mellan skolor och kommun eller läsår är säker; "
                     "av slumpen väntas ungefär 2 se säkra ut ändå.", id="none-stands-out"),
        pytest.param(Notable((), 0), "Underlaget räcker inte för att bedöma om någon skola avviker mer än vad slumpen "
                     "kan ge: de publicerade uppgifterna saknar elevantal.", id="none-tested"),
    ],
)  # fmt: skip
def test_nothing_notable_is_said_plainly(found, text):
    """No finding, or nothing that could be tested: two different sentences."""
    assert plain(sentences.notable(found)) == text


def test_findings_beyond_the_list_are_counted():
    """What the list leaves out is counted, and nothing is said where it leaves out nothing."""
    assert sentences.more_findings(3).startswith("Ytterligare tre skolor har säkra skillnader")
    assert sentences.more_findings(0) == ""


def test_around_says_who_is_certainly_apart_and_who_is_hidden(analysis):
    """One of two judged schools is certainly above; the third cannot be judged; the hidden are named."""
    assert plain(sentences.around(spread(analysis, by_hand.MERIT, 9))) == (
        "Meritvärdet: en av två skolor skiljer sig inte säkert från kommunen; en ligger säkert över och ingen säkert "
        "under. För en skola kan det inte bedömas. Visas inte: Cederskolan och Dungens skola (för få elever, eller "
        "för att skydda en annan uppgift)."
    )


def test_around_says_when_nobody_can_be_judged(analysis):
    """Without intervals the order of schools says little, and the sentence says that."""
    found = spread(analysis, by_hand.MERIT, 9)
    alone = Spread(found.metric, 9, tuple(one for one in found.schools if not one.judged and one.point.shown),
                   found.municipality, found.nation)  # fmt: skip
    assert "saknas underlag för att räkna osäkerhet" in sentences.around(alone)


def test_gaps_that_chance_explains_are_not_called_higher(analysis):
    """The share with all subjects, 83 against 82 per cent, is no certain difference."""
    text = plain(passages.equity(analysis).text)
    assert "Ingen säker skillnad: andelen med minst E i alla ämnen i årskurs 9." in text
    assert "andelen med minst E i alla ämnen i årskurs 9 med" not in text


def test_equity_tells_the_first_year_without_judging_the_change(analysis):
    """The share between schools has no interval here, so its course is told and not judged."""
    text = plain(passages.equity(analysis).text)
    assert "Den var 5,0 % läsåret 2020/21; den vilar på få skolor och har inget beräknat intervall" in text


def series(values, half, metric=by_hand.MERIT):
    """A series of the municipality with intervals of one half width, none where that is None."""
    return Series(
        tuple(
            Point(metric=metric, level="municipality", unit="9999", school_year=year, grade_year=9, value=value,
                  lower=None if half is None or value is None else value - half,
                  upper=None if half is None or value is None else value + half, recorded=value is not None)
            for year, value in zip(YEARS, values, strict=True)
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "half", "text"),
    [
        pytest.param((220, None, 224, 226, 210), 3, "Meritvärdet minskade från 220,0 läsåret 2020/21 till 210,0 "
                     "läsåret 2024/25, med 10,0 poäng (−14 till −6).", id="certain-fall"),
        pytest.param((220, 221, 222, 223, 224), 3, "Meritvärdet har inte förändrats säkert sedan läsåret 2020/21.",
                     id="within-chance"),
        pytest.param((None, 220, 221, 222, 230), None, "Meritvärdet var 230,0 läsåret 2024/25, mot 220,0 läsåret "
                     "2021/22; om skillnaden är större än vad slumpen kan ge kan inte bedömas.", id="not-judged"),
        pytest.param((220, 221, 222, 223, 220), None, "Meritvärdet var 220,0 läsåret 2024/25, som läsåret 2020/21.",
                     id="the-same"),
    ],
)  # fmt: skip
def test_development_says_only_what_the_interval_carries(values, half, text):
    """10 ± √(3² + 3²) = 10 ± 4.2 is a fall; 4 ± 4.2 is none; without intervals nobody can tell."""
    assert [plain(line) for line in change_words.development([series(values, half)])] == [text]


def test_development_needs_two_years():
    """A single year has no development."""
    assert change_words.development([series((None, None, None, None, 220), 3)]) == []


def test_development_is_silent_over_a_break_in_the_series():
    """National tests count otherwise from 2019/20 (see the catalogue), so years on both sides are not compared."""
    years = ("2017/18", "2018/19", "2019/20")
    points = tuple(
        Point(metric="test_points_mean", level="municipality", unit="9999", school_year=year, grade_year=9,
              subject="MA", value=value, lower=value - 0.1, upper=value + 0.1, recorded=True)
        for year, value in zip(years, (10.0, 11.0, 14.0), strict=True)
    )  # fmt: skip
    assert change_words.development([Series(points)]) == []


def changed(metric, value, half, grade_year=9):
    """A change since the year before."""
    return Difference(kind="change", metric=metric, school_year="2024/25", reference="2023/24", grade_year=grade_year,
                      value=value, lower=value - half, upper=value + half, certain=abs(value) > half)  # fmt: skip


@pytest.mark.parametrize(
    ("gaps", "text"),
    [
        pytest.param([], "", id="none-judged"),
        pytest.param([changed(by_hand.MERIT, 2, 5)], "Sedan läsåret före har meritvärdet inte förändrats mer än vad "
                     "slumpen kan ge.", id="one-uncertain"),
        pytest.param([changed(by_hand.MERIT, 2, 5), changed(by_hand.PASSED, 0.01, 0.02)],
                     "Sedan läsåret före har inget av de två resultatmåtten förändrats mer än vad slumpen kan ge.",
                     id="all-uncertain"),
        pytest.param([changed(by_hand.MERIT, -8, 5), changed(by_hand.PASSED, 0.01, 0.02)],
                     "Sedan läsåret före har meritvärdet minskat med 8,0 poäng (−13 till −3). Ingen säker förändring: "
                     "andelen med minst E i alla ämnen i årskurs 9.", id="one-certain"),
    ],
)  # fmt: skip
def test_since_last_year(gaps, text):
    """Certain changes with size and interval; the others named as not certain."""
    assert plain(change_words.since_last_year(gaps)) == text


@pytest.mark.parametrize(
    ("total", "cell", "why"),
    [
        pytest.param(Total(379.0, 379.0, 8, 0, 0, 0), "379", "stämmer", id="adds-up"),
        pytest.param(Total(379.0, 352.0, 8, 2, 0, 0), "379 (352)", "två skolor visas inte", id="two-hidden"),
        pytest.param(Total(49.0, 45.0, 2, 1, 0, 0), "49", "en skola visas inte", id="one-hidden-is-not-told"),
        pytest.param(Total(49.0, 0, 0, 2, 0, 0), "49", "två skolor visas inte", id="all-hidden"),
        pytest.param(Total(None, 352.0, 8, 0, 0, 0), "(352)", "bara skolornas summa är känd", id="nothing-stated"),
        pytest.param(Total(None, 0, 0, 0, 0, 0), "–", "ingen uppgift", id="nothing"),
        pytest.param(Total(379.0, 370.0, 8, 0, 1, 0), "379 (370)", "en skola saknar uppgift", id="one-lacks"),
        pytest.param(Total(379.0, 370.0, 8, 0, 0, 8), "379 (370)", "åtta skolors antal är avrundade", id="rounded"),
        pytest.param(Total(379.0, 370.0, 8, 0, 0, 0), "379 (370)", "underlaget förklarar inte skillnaden", id="open"),
    ],
)
def test_total_is_told_with_reason(total, cell, why):
    """Stated, and the sum where it is another; never the sum that would tell a single hidden school's number."""
    assert (chain_words.cell(total), plain(chain_words.why(total))) == (cell, why)


def test_opening_of_the_levels_says_what_adds_up(analysis):
    """Pupils add up; of 237 with all subjects 150 are at schools that are shown, and three schools are not."""
    assert plain(chain_words.opening(chain(analysis))) == (
        "Skolornas elevantal summerar till kommunens 1 710 elever. Av kommunens 288 elever med slutbetyg hade 237 "
        "minst E i alla ämnen; 150 av dem gick på skolor vars tal visas. Tre skolor visas inte. En huvudman med en "
        "enda skola är inte med i tabellen: huvudmannens tal är skolans."
    )


def test_table_of_levels(analysis):
    """Each unit above the schools in one row, with the reason why a sum is another."""
    table = tables.levels(analysis)
    assert [tuple(map(plain, row)) for row in table.rows] == [
        ("Område", "Norra", "2", "800", "181", "150 av 180", "Stämmer."),
        ("Område", "Södra", "4", "710", "68", "49 av 68", "Minst E i alla ämnen: två skolor visas inte."),
        ("Huvudman", "Strandköpings kommun", "6", "1 510", "249", "199 (150) av 248 (180)",
         "Minst E i alla ämnen: två skolor visas inte."),
        ("Kommun", "Strandköping", "7", "1 710", "289", "237 (150) av 288 (180)",
         "Minst E i alla ämnen: tre skolor visas inte."),
    ]  # fmt: skip
    assert [column.align for column in table.columns] == ["left", "left", *["right"] * 4, "left"]


def test_table_of_schools_holds_those_with_results(analysis):
    """Schools with any shown result, n per grade year, arrows where certain, the F–6 school with dashes in year 9."""
    table = tables.schools(analysis)
    assert [tuple(map(plain, row)) for row in table.rows] == [
        ("Almskolan", "100", "260,0 (252–268) ↑", "90,0 (83–94) ↑", "–", "–"),
        ("Björkskolan", "80", "230,0 (221–239)", "75,0 (65–83)", "–", "–"),
        ("Ekens \\*friskola\\*", "–", "240,0", "~100", "–", "–"),
        ("Furuskolan", "–", "–", "–", "50", "60,0 (46–72) ↓"),
    ]
    assert table.notes[-1] == (
        "Alla resultat är dolda för Cederskolan och Dungens skola. Inga resultat i årskurs 6 eller 9 finns för "
        "Granskolan."
    )


def test_pupils_of_hidden_results_are_hidden_not_missing(analysis):
    """Where all that a school has in year 9 is hidden, its pupils are two dots; a dash means that none are known."""
    key = next(key for key, point in analysis.numbers.points.items() if key[0] == by_hand.MERIT
               and point.unit == by_hand.E and point.school_year == YEARS[-1])  # fmt: skip
    few = replace(analysis.numbers.points[key], value=None, status=CellStatus.PROTECTS_OTHER, raw="")
    numbers = replace(analysis.numbers, points={**analysis.numbers.points, key: few})
    table = tables.schools(replace(analysis, numbers=numbers))
    rows = {plain(row[0]): tuple(map(plain, row[1:])) for row in table.rows}
    assert rows["Ekens \\*friskola\\*"] == ("..", "..", "~100", "–", "–")
    assert rows["Furuskolan"][:3] == ("–", "–", "–")
    assert "Två punkter: uppgiften visas inte" in " ".join(table.notes)


def test_dots_beside_nearly_all_alone_are_explained(analysis):
    """Two dots for the pupils of a result of ~100 are explained though no other number is hidden."""
    nearly = Point(metric=by_hand.PASSED, level="school", unit="1", school_year="2024/25", recorded=True,
                   status=CellStatus.NEARLY_ALL)  # fmt: skip
    assert layout.symbol_note([["Ekens", "..", "~100"]], [nearly]).startswith("Två punkter: uppgiften visas inte")


def test_differences_are_said_to_be_made_before_rounding(analysis):
    """From 68.0 to 76.3 with 8.2 is no error: the page says once how differences are worked out."""
    assert "Skillnader är räknade före avrundning." in passages.HOW_TO_READ
    assert passages.HOW_TO_READ in passages.sources(analysis).text


def test_symbols_are_explained_only_where_they_stand(analysis):
    """Arrows, ~100 and dashes stand in the table; two dots do not."""
    notes = " ".join(tables.schools(analysis).notes)
    assert all(text in notes for text in ("Pil upp", "~100:", "Streck:"))
    assert "Två punkter" not in notes


def test_gap_column_has_no_unit_words(analysis):
    """Number and interval; the unit stands in the note."""
    cells = [row[-1] for row in (*tables.by_sex(analysis).rows, *tables.by_education(analysis).rows)]
    assert [plain(cell) for cell in cells] == ["+20,0 (+14 till +26)", "+1,0 (−8 till +10)", "+70,0 (+49 till +91)"]


def test_groups_tell_how_many_pupils_they_rest_on(analysis):
    """Girls 140 and boys 148 in year 9; of parents' education 30, 90 and 160."""
    assert "Elever i åk 9: flickor 140 och pojkar 148." in plain(tables.by_sex(analysis).notes[0])
    assert plain(tables.by_education(analysis).notes[0]) == (
        "Elever i åk 9: förgymnasial utbildning 30, gymnasial utbildning 90 och eftergymnasial utbildning 160."
    )


def test_table_of_subjects_drops_empty_columns(analysis):
    """Mean points and net deviation are known here, the share with at least E and the test are not."""
    table = tables.subjects(analysis)
    assert [column.header for column in table.columns] == ["Ämne", "Elever", "Betygspoäng", "Netto"]
    assert plain(" | ".join(table.rows[0])) == "Matematik | 288 | 12,0 (11,5–12,5) | +30,0 (25–35)"


def test_table_of_level_results_ends_with_the_nation(analysis):
    """Areas, organizers with several schools, municipality, nation."""
    table = tables.level_results(analysis)
    assert [row[1] for row in table.rows] == ["Norra", "Södra", "Strandköpings kommun", "Strandköping", "hela landet"]


def test_csv_has_a_row_per_number_and_no_hidden_one(analysis, folder):
    """Value, limits and n apart, rounded as in the table; hidden numbers with their reason and nothing else."""
    tables.schools(analysis)
    rows = list(csv.DictReader((folder / "schools.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    merit = {row["enhet"]: row for row in rows if row["mått"] == "Genomsnittligt meritvärde"}
    assert [merit["Almskolan"][key] for key in ("värde", "nedre", "övre", "antal")] == [
        "260,0", "252", "268", "100",
    ]  # fmt: skip
    hidden = [row for row in rows if row["status"] in ("too_few", "protects_other", "nearly_all")]
    assert {row["enhet"] for row in hidden} == {"Cederskolan", "Dungens skola", "Ekens *friskola*"}
    assert {row[key] for row in hidden for key in ("värde", "nedre", "övre", "antal")} == {""}


def test_hidden_schools_stand_nowhere_beside_a_number(analysis):
    """Cederskolan and Dungens skola are named as hidden; no row of any table and no dot is theirs."""
    shown = [tables.schools(analysis), tables.levels(analysis), tables.level_results(analysis)]
    names = {cell for table in shown for row in table.rows for cell in row}
    assert not names & {"Cederskolan", "Dungens skola"}
    figure = figures.draw_spread(spread(analysis, by_hand.MERIT, 9))
    labels = {label.get_text() for axis in figure.axes for label in axis.get_yticklabels()}
    assert labels == {"Almskolan", "Björkskolan", "Ekens *friskola*"}


def test_alt_text_of_all_schools(analysis):
    """How many, from which to which, what lies beside, who is certainly apart, who is not shown."""
    picture = figures.all_schools(analysis, by_hand.MERIT, key="schools-merit")
    assert plain(picture.alt).startswith(
        "Genomsnittligt meritvärde, årskurs 9, för tre skolor: från 230,0 (Björkskolan) till 260,0 (Almskolan). "
        "Kommunen 235,0 och riket 230,0. Meritvärdet: en av två skolor"
    )
    assert "Ring: skolans värde, utan intervall" in picture.caption


def test_dots_without_interval_are_hollow(analysis):
    """Almskolan and Björkskolan have an interval and a filled dot; Ekens friskola has neither."""
    (axis,) = figures.draw_spread(spread(analysis, by_hand.MERIT, 9)).axes
    dots = [line for line in axis.lines if line.get_gid() == "value"]
    filled = [to_hex(dot.get_markerfacecolor()) for dot in dots]
    assert [dot.get_xdata()[0] for dot in dots] == [260.0, 240.0, 230.0]
    assert filled == [style.SCHOOL, style.BACKGROUND, style.SCHOOL]
    assert sum(line.get_gid() == "interval" for line in axis.lines) == 2


def test_municipality_and_nation_are_lines(analysis):
    """One upright line each, at their values."""
    (axis,) = figures.draw_spread(spread(analysis, by_hand.MERIT, 9)).axes
    lines = {line.get_gid(): line.get_xdata()[0] for line in axis.lines if line.get_gid() in ("whole", "nation")}
    assert lines == {"whole": 235.0, "nation": 230.0}


def many(count):
    """A spread of *count* schools, school k with the value 200 + k."""
    schools = [
        SchoolPoint(
            Unit("school", f"{place:08d}", f"Skola {place:02d} med ett ganska långt namn i Änggården", "", ""),
            Point(metric=by_hand.MERIT, level="school", unit=f"{place:08d}", school_year="2024/25", grade_year=9,
                  value=200.0 + place, n=50.0, recorded=True), None,
        )
        for place in range(count)
    ]  # fmt: skip
    nobody = Point(metric=by_hand.MERIT, level="nation", unit="SE", school_year="2024/25", grade_year=9)
    return Spread(by_hand.MERIT, 9, tuple(schools), nobody, nobody)


@pytest.mark.parametrize(("count", "columns"), [(46, [46]), (47, [24, 23]), (85, [43, 42])])
def test_many_schools_stand_in_two_columns(count, columns):
    """From 47 schools on two columns, the highest first, in one figure that fits on a page of 25 cm."""
    figure = figures.draw_spread(many(count))
    values = [[line.get_xdata()[0] for line in axis.lines if line.get_gid() == "value"] for axis in figure.axes]
    assert [len(column) for column in values] == columns
    assert [value for column in values for value in column] == [200.0 + place for place in reversed(range(count))]
    assert figure.get_size_inches()[1] * 2.54 <= 25


def test_both_columns_share_one_scale():
    """The same value stands at the same place in both columns."""
    figure = figures.draw_spread(many(60))
    limits = {axis.get_xlim() for axis in figure.axes}
    assert len(limits) == 1


def test_names_are_told_apart():
    """Long names stand on two lines and no two become the same."""
    figure = figures.draw_spread(many(60))
    labels = [label.get_text() for axis in figure.axes for label in axis.get_yticklabels()]
    assert len(set(labels)) == 60
    assert {label.count("\n") for label in labels} == {1}


def test_salsa_is_shown_without_names_and_is_no_ranking(analysis):
    """A ring per school, no name; the text says that it is no ranking and that chance cannot be judged."""
    picture = salsa_figure.expected_merit(analysis)
    assert "Avvikelsen är ingen rangordning" in picture.lead
    assert "kan inte bedömas" in picture.lead
    assert plain(picture.alt) == (
        "En ring per skola, två skolor, läsåret 2024/25. Modellberäknat meritvärde från 235 till 240 poäng; avvikelse "
        "från −5 till +20 poäng."
    )


def test_salsa_tells_the_middle_half_of_many_schools():
    """Of the residuals −40, −30 … 40 the middle half lies between −20 and 20."""
    pairs = [
        (Point(metric="salsa_expected", level="school", unit="1", school_year="2023/24", value=230.0),
         Point(metric="salsa_residual", level="school", unit="1", school_year="2023/24", value=float(value)))
        for value in range(-40, 41, 10)
    ]  # fmt: skip
    assert "nio skolor från det med −40 till +40 poäng; för hälften var avvikelsen mellan −20 och +20" in plain(
        salsa_words.expected(pairs, [])
    )


def test_development_draws_a_panel_per_measure_and_the_nation_where_known(analysis):
    """Four measures have a number; only the merit rating has a nation, drawn dotted; a gap stays a gap."""
    picture = figures.development(analysis)
    found = figures.trends(analysis)
    assert len(found) == 4
    assert [bool(trend.nation.shown) for trend in found] == [True, False, False, False]
    assert picture.alt.startswith("Meritvärdet ökade från 220,0 läsåret 2020/21 till 235,0 läsåret 2024/25")
    assert "2023/24 ingen uppgift" in picture.alt
    assert "riket 230,0" in plain(picture.alt)


def test_the_development_names_the_nation_only_where_it_is_drawn(analysis, monkeypatch):
    """A caption that explains a dotted line that is not there makes readers look for it."""
    assert "rikets (prickat)" in figures.development(analysis).caption
    alone = [replace(trend, nation=trend.municipality) for trend in figures.trends(analysis)]
    monkeypatch.setattr(figures, "trends", lambda _: alone)
    caption = figures.development(analysis).caption
    assert "prickat" not in caption
    assert "där det kan räknas). Där" in caption


def test_without_results_every_part_says_so(bare):
    """With pupils alone: sentences instead of empty figures and tables, and no exception."""
    shown = [
        passages.in_brief(bare), passages.all_schools(bare, by_hand.MERIT), passages.findings(bare),
        passages.development(bare), passages.equity(bare), passages.levels(bare),
        figures.all_schools(bare, by_hand.MERIT, key="a"), figures.development(bare), tables.by_sex(bare),
        tables.by_education(bare), tables.subjects(bare), tables.schools(bare), tables.level_results(bare),
        salsa_figure.expected_merit(bare),
    ]  # fmt: skip
    assert [type(one).__name__ for one in shown] == ["Passage"] * len(shown)
    assert "Det finns inga uppgifter om genomsnittligt meritvärde i årskurs 9" in plain(shown[1].text)
    assert isinstance(tables.levels(bare), Table)


def test_all_hidden_is_another_sentence_than_none():
    """Hidden at every school is not the same as no number."""
    assert "visas inte för någon skola" in sentences.no_numbers(by_hand.MERIT, 9, 3)
    assert "finns inga uppgifter" in sentences.no_numbers(by_hand.MERIT, 9, 0)


def test_hidden_numbers_are_counted_by_reason(analysis):
    """The appendix tells the rule and how many numbers are hidden, why."""
    text = plain(passages.sources(analysis).text)
    assert "färre än 10 elever, och kommunens inte när de bygger på färre än 5" in text
    assert "2 därför att de bygger på för få och 2 för att skydda en annan dold uppgift" in text


def test_questions_start_from_the_numbers(analysis):
    """Each section's questions name what is certain in this municipality."""
    assert "Meritvärdet har säkert ökat sedan läsåret 2020/21" in questions.about_change(analysis).text
    assert "Fyra av 7 prövade skillnader är säkra" in plain(questions.about_schools(analysis).text)
    assert "Skillnaden mellan flickor och pojkar är säker" in questions.about_equity(analysis).text
    assert "Tre skolors resultat är dolda" in questions.about_hidden(analysis).text


def test_questions_without_results_ask_what_is_missing(bare):
    """There is always something to discuss."""
    asked = (questions.about_change, questions.about_schools, questions.about_equity, questions.about_hidden)
    assert all(question(bare).text.startswith("1. ") for question in asked)


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        pytest.param(Passage("::: {.lead}\nText.\n:::\n\n- A"), "Text.\n\n- A", id="passage"),
        pytest.param(Picture("k", "Bildtext.", "Alt."), "![Bildtext.](k.svg)\n\n*Bildtext.*", id="picture"),
        pytest.param(Passage(": Tabell. {#tbl-k}"), "*Tabell.*", id="caption"),
        pytest.param(
            Passage(": [Bara på webben.]{.float-number} Tabell. {#page-k}"), "*Tabell.*", id="caption without number"
        ),
    ],
)
def test_lab_shows_plain_markdown(thing, text):
    """JupyterLab gets no fences, labels or attributes."""
    assert lab.shown(thing).text == text


def test_share_between_is_silent_where_unknown(bare):
    """No sentence in brief about what is not known."""
    assert equity_words.share_between(bare.series("merit_icc", grade_year=9)) == ""


@pytest.mark.parametrize("seed", [1, 2])
def test_order_of_rows_never_changes_a_word(analysis, tmp_path, seed):
    """Shuffled rows give the same sentences and tables."""
    shuffled = by_hand.opened(tmp_path / "shuffled", seed=seed)
    assert passages.in_brief(shuffled) == passages.in_brief(analysis)
    assert passages.findings(shuffled) == passages.findings(analysis)
    assert tables.schools(shuffled) == tables.schools(analysis)
    assert tables.levels(shuffled) == tables.levels(analysis)
    assert len(notable(shuffled).findings) == 3


def test_opening_without_pupils_says_so():
    """Nothing to add up is a sentence, not an empty table."""
    assert chain_words.opening(None) == "Det finns inga elevantal att summera."


@pytest.mark.parametrize(
    ("pupils", "passed", "text"),
    [
        pytest.param(Total(None, 900.0, 3, 0, 0, 0), Total(None, 0, 0, 0, 0, 0),
                     "Skolornas elevantal är tillsammans 900; kommunens uppgift saknas.", id="no-total"),
        pytest.param(Total(910.0, 900.0, 3, 0, 0, 3), Total(None, 0, 0, 0, 0, 0),
                     "Kommunen redovisar 910 elever. Tre skolors antal är avrundade.", id="rounded"),
        pytest.param(Total(900.0, 900.0, 3, 0, 0, 0), Total(80.0, 80.0, 3, 0, 0, 0),
                     "Skolornas elevantal summerar till kommunens 900 elever. Av kommunens 100 elever med slutbetyg "
                     "hade 80 minst E i alla ämnen; det stämmer med skolornas tal.", id="all-add-up"),
        pytest.param(Total(900.0, 900.0, 3, 0, 0, 0), Total(80.0, 76.0, 2, 1, 0, 0),
                     "Skolornas elevantal summerar till kommunens 900 elever. Av kommunens 100 elever med slutbetyg "
                     "hade 80 minst E i alla ämnen. En skola visas inte.", id="one-hidden-school-is-not-worked-out"),
    ],
)  # fmt: skip
def test_opening_of_the_levels(pupils, passed, text):
    """What the municipality states, and whether its schools sum to it; 76 would tell that the hidden school has 4."""
    whole = Unit("municipality", "9999", "Strandköping", "", "")
    link = Link(whole, 3, pupils, pupils, Total(100.0, 100.0, 3, 0, 0, 0), passed)
    assert plain(chain_words.opening(Chain((link,), "2024/25", "2024/25", 0))) == text


def test_explanation_names_each_total_with_another_reason():
    """Pupils add up, year 9 is known only from schools, one school with all subjects is hidden."""
    fits, alone = Total(900.0, 900.0, 3, 0, 0, 0), Total(None, 95.0, 3, 0, 0, 0)
    link = Link(Unit("area", "1", "Norra", "", ""), 3, fits, alone, fits, Total(80.0, 70.0, 2, 1, 0, 0))
    assert plain(chain_words.explanation(link)) == (
        "Åk 9: bara skolornas summa är känd. Minst E i alla ämnen: en skola visas inte."
    )


def test_hidden_schools_are_too_few_unless_one_protects_another(analysis):
    """The reason that is named is the one that applies."""
    found = spread(analysis, by_hand.MERIT, 9)
    few = tuple(one for one in found.schools if one.unit.code != by_hand.C)
    alone = Spread(found.metric, 9, few, found.municipality, found.nation)
    assert sentences.not_shown(alone) == "Visas inte: Dungens skola (för få elever)."


def test_one_school_alone_has_no_range():
    """With a single school there is nothing from which to which."""
    assert "för en skola: Skola 00 med" in sentences.spread_in_words(many(1))


def test_many_notable_schools_are_counted_and_the_heaviest_named(analysis):
    """From four schools on three are named."""
    one = notable(analysis).findings[0]
    others = [replace(one, unit=replace(one.unit, name=f"Skola {place}")) for place in range(5)]
    text = plain(sentences.notable(Notable(tuple(others), 100)))
    assert "De gäller fem skolor, främst Skola 0, Skola 1 och Skola 2, tillsammans 500 elever." in text


def test_odd_number_of_panels_leaves_the_last_place_empty(tmp_path_factory):
    """Three measures stand in two rows of two, the fourth place without axes."""
    three = by_hand.opened(tmp_path_factory.mktemp("three"), without=(by_hand.ELIGIBLE,))
    assert len(figures.trends(three)) == 3
    assert isinstance(figures.development(three), Picture)

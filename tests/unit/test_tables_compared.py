"""The school in company: peers, SALSA, three years together, goals; in brief where a verdict holds."""

from dataclasses import replace

import pytest
from skq.report import brief, leads, lists, measures, passages, sentences, tables
from skq.report.company import company
from skq.report.emit import Passage
from skq.report.judged import Estimate, key_of
from skq.report.keys import key_numbers
from skq.report.wording import value_text
from skq.terms import CellStatus

NBSP = "\u00a0"

pytestmark = pytest.mark.usefixtures("folder")


def headers(table):
    """The headers of a table."""
    return [column.header for column in table.columns]


def test_company_stands_in_one_row(reports):
    """Merit 232 beside 230 in the municipality, 219 expected, 212 at three peers: 20 above, (20 − 12 till 20 + 12)."""
    table = tables.comparison(reports["normal"])
    assert headers(table) == ["Resultat", "Skolan", "Antal", "Kommunen", "Väntat (SALSA)", "Liknande skolor",
                              "Skolan − liknande"]  # fmt: skip
    assert table.rows[0] == (
        f"Meritvärde, åk{NBSP}9", "232,0 (217–247)", "50", "230,0", "219", "212,0", "**+20,0 (+8 till +32)**",
    )  # fmt: skip


def test_peers_are_named_and_defined(reports):
    """The table names the schools, the method says by what they are alike; nothing is ranked."""
    note = tables.comparison(reports["normal"]).notes[-1]
    assert note.startswith("Liknande elevunderlag: Björkskolan, Cederskolan och Dungens skola.")
    text = passages.sources(reports["normal"]).markdown()
    assert "**Skolor med liknande elevunderlag** är de upp till tre som ligger närmast i" in text
    assert "Skolor med liknande" not in passages.sources(reports["tiny"]).markdown()


def test_the_method_says_how_differences_are_rounded(reports):
    """From 89.4 to 91.4 with 2.1 is no error: the page says once that differences are made before rounding."""
    text = passages.sources(reports["normal"]).markdown()
    assert text.count("Skillnader är räknade före avrundning.") == 1
    assert "kunde ha hamnat av slumpen med så här många elever" in text


def test_years_leave_the_pdf_where_the_comparison_tells(reports):
    """The table over the years stays on the page alone where the school has company, and in the PDF where not."""
    assert tables.results(reports["normal"]).only_on_page
    published = replace(reports["normal"], meta={**reports["normal"].meta, "origin": "official"})
    assert not tables.results(published).only_on_page
    assert not tables.results(reports["official"]).only_on_page
    assert tables.comparison(reports["official"]) == Passage("")


def test_three_years_are_told_where_one_is_hidden(reports):
    """A school too small for one year shows three together, in the table, beside the key number and in words."""
    small = reports["small"]
    table = tables.comparison(small)
    assert headers(table) == ["Resultat", "Skolan", "Antal", "Tre läsår", "Kommunen"]
    assert table.rows == ((f"Meritvärde, åk{NBSP}9", "..", "", "221,3 (201–242)", "226,0"),)
    assert any("2022/23–2024/25 sammanlagda" in note for note in table.notes)
    assert (key_numbers(small)[0].value, key_numbers(small)[0].note) == (
        "221,3", "tre läsår sammanlagda till 2024/25",
    )  # fmt: skip
    told = brief.sentences_of(small)
    assert told[0] == (
        "Tre läsår sammanlagda, eftersom uppgiften för ett enda bygger på för få elever: meritvärdet var 221,3 "
        "(201–242)."
    )
    assert not told[1].startswith("Meritvärdet")


def test_large_schools_need_no_pooling(reports):
    """Where the newest year is shown there is no column of three years."""
    assert "Tre läsår" not in headers(tables.comparison(reports["normal"]))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            Estimate(metric="merit_rating_17", direction="above", holds=1, of=3, holm=False,
                     checks=(("peers", "no"), ("organizer", "yes"), ("previous_year", "no"))),
            "Håller i 1 av 3 andra rimliga jämförelser, inte mot liknande skolor eller läsåret före.",
            id="some-fail",
        ),
        pytest.param(
            Estimate(metric="merit_rating_17", direction="below", holds=1, of=1, holm=True, checks=(("peers", "yes"),)),
            "Håller i 1 av 1 andra rimliga jämförelser; står kvar när alla prövas tillsammans.",
            id="all-hold-and-holm",
        ),
        pytest.param(
            Estimate(metric="merit_rating_17", direction="above", holds=0, of=0, holm=True),
            "Står kvar när alla prövas tillsammans.", id="nothing-to-compare",
        ),
        pytest.param(Estimate(metric="merit_rating_17", direction="above", holds=0, of=0), "", id="nothing-known"),
        pytest.param(Estimate(metric="merit_rating_17", holds=2, of=3, holm=True), "", id="no-verdict"),
        pytest.param(None, "", id="no-estimate"),
    ],
)  # fmt: skip
def test_a_verdict_says_where_it_holds(said, expected):
    """How many of the other comparisons agree, which do not, and whether it outlasts all being tested at once."""
    assert sentences.sensitivity(said) == expected


def test_a_certain_distance_carries_its_sensitivity(reports):
    """A merit rating certainly above the municipality is told with where else that holds."""
    report = reports["normal"]
    point = report.point("merit_rating_17", grade_year=9)
    gap = replace(report.difference("vs_municipality", point), value=30.0, lower=20.0, upper=40.0, certain=True)
    differences = {key: gap if one.kind == gap.kind and one.metric == gap.metric else one
                   for key, one in report.numbers.differences.items()}  # fmt: skip
    said = replace(report.estimate(point), direction="above", holds=2, of=3, checks=(("previous_year", "no"),))
    certain = replace(report, numbers=replace(report.numbers, differences=differences), estimates={key_of(point): said})
    assert brief.sentences_of(certain)[0] == (
        f"Meritvärdet (232,0) låg 30,0{NBSP}poäng över kommunen (230,0). Håller i 2 av 3 andra rimliga jämförelser, "
        "inte läsåret före."
    )


def test_more_pupils_weigh_more(reports):
    """Of two differences alike in size and certainty the one of more pupils leads; unknown numbers count as fewest."""
    from skq.report import notable

    point = reports["normal"].point("merit_rating_17", grade_year=9)
    gap = replace(reports["normal"].difference("vs_municipality", point), value=30.0, lower=10.0, upper=50.0,
                  certain=True)  # fmt: skip
    weights = [notable.heaviness(replace(gap, n=n)) for n in (80.0, 40.0, 10.0, None)]
    assert weights[0] == pytest.approx(2 * weights[1])
    assert weights[2] == weights[3] < weights[1]


def test_goals_have_target_result_trend_and_words(reports):
    """A commitment comes before the organizer's targets; the outcome is a word, never a colour."""
    table = tables.goals(reports["normal"])
    assert table.caption.replace(NBSP, " ") == (
        "Mål och åtaganden. Nått 1, delvis nått 1, inte nått 1, kan inte bedömas 1."
    )
    rows = {row[0]: row[1:] for row in table.rows}
    assert [row[0] for row in table.rows][:2] == ["Bättre läsning", "Lugnare lektioner"]
    assert rows["Meritvärdet ska öka"] == ("230,0", "232,0 (217–247)", "50", "+9,0", "nått")
    assert rows["Lugnare lektioner"][0] == "5,4 (från 4,9)"
    assert rows["Bättre läsning"][1:] == ("–", "", "", "kan\u00a0inte\u00a0bedömas")
    assert rows[f"Minst E i alla ämnen, åk{NBSP}9"][0] == "90,0"
    assert any(note.startswith("Delvis nått:") for note in table.notes)


@pytest.mark.parametrize(
    ("status", "sign", "note"),
    [
        pytest.param(CellStatus.NEARLY_ALL, "~100", "~100: alla utom en till fyra elever.", id="nearly-all"),
        pytest.param(CellStatus.PROTECTS_OTHER, "..", "Två punkter: visas inte, skyddar en annan dold uppgift.",
                     id="guards"),
        pytest.param(CellStatus.MISSING, ".", "En punkt: uppgift saknas eller kan inte förekomma.", id="missing"),
    ],
)  # fmt: skip
def test_a_goal_has_the_sign_of_every_other_table(reports, status, sign, note):
    """Where the result is not shown it stands as on the card and in the comparison, and the sign is explained."""
    report = reports["normal"]
    goal = next(goal for goal in report.goals if goal.metric == "all_subjects_passed_share")
    key = key_of(report.series(goal.metric, grade_year=9).at(goal.school_year))
    point = replace(report.numbers.points[key], value=None, lower=None, upper=None, status=status, raw="")
    numbers = replace(report.numbers, points={**report.numbers.points, key: point})
    table = tables.goals(replace(report, numbers=numbers, goals=(replace(goal, value=None, lower=None, upper=None),)))
    assert table.rows[0][2] == sign == value_text(point)
    assert note in table.notes


def test_a_goal_without_any_result_has_a_dash(reports):
    """What no source has is no hidden number."""
    goal = next(goal for goal in reports["normal"].goals if goal.title == "Bättre läsning")
    table = tables.goals(replace(reports["normal"], goals=(goal,)))
    assert table.rows[0][2] == "–"
    assert table.notes == ("Streck: ingen uppgift i underlaget.",)


def test_a_goal_is_told_once_with_its_newest_result(reports):
    """Of a target that was set in several years the newest result stands."""
    goal = next(goal for goal in reports["normal"].goals if goal.title == "Meritvärdet ska öka")
    older = replace(goal, school_year="2023/24", value=200.0, status="not_reached")
    table = tables.goals(replace(reports["normal"], goals=(older, goal, older)))
    assert [row[2] for row in table.rows] == ["232,0 (217–247)"]


def test_no_goals_no_table(reports):
    """A school without goals has no empty table."""
    assert tables.goals(reports["official"]) == Passage("")


def test_goals_are_a_file_too(reports, folder):
    """Each goal is a row of the CSV with its status code."""
    tables.goals(reports["normal"])
    text = (folder / "goals.csv").read_text(encoding="utf-8-sig")
    assert ";Meritvärdet ska öka;230,0;" in text
    assert ";merit_rating_17;2024/25;9;" in text
    assert text.count(";kan inte bedömas") == 1


def test_salsa_has_an_interval_and_three_years(reports):
    """Beside the newest year the mean of three years is told, with whether it may be chance; no school is ranked."""
    report = reports["normal"]
    point = report.point("salsa_residual", grade_year=9)
    three = replace(point, breakdown="period", category="three_years", value=9.0, lower=-2.0, upper=20.0)
    key = tuple(getattr(three, name) for name in ("metric", "level", "unit", "school_year", "grade_year", "subject",
                                                  "breakdown", "category"))  # fmt: skip
    pooled = replace(report, numbers=replace(report.numbers, points={**report.numbers.points, key: three}))
    assert leads.expected(pooled).endswith(
        "I medeltal över tre läsår var avvikelsen +9 poäng (−2 till +20); det kan vara slump."
    )
    assert "I medeltal" not in leads.expected(report)


def test_a_peer_without_a_name_is_told_by_its_code(reports):
    """A name that the slice does not have never stops a report."""
    from skq.report.company import peer_names

    report = replace(reports["normal"], peers={})
    assert peer_names(report, company(report)[0]) == ("90000002", "90000003", "90000004")


def test_other_rows_may_have_other_peers(reports):
    """Where another result is set beside other schools the names are those of the first, and the note says so."""
    report = reports["normal"]
    passed = report.point("all_subjects_passed_share", grade_year=9)
    other = replace(report.estimate(passed), peers=("90000003",), peer_mean=0.7, peer_difference=0.05)
    mixed = replace(report, estimates={**report.estimates, key_of(passed): other})
    told = tables.comparison(mixed).notes[-1]
    assert f"(meritvärde, åk{NBSP}9): Björkskolan, Cederskolan och Dungens skola; för övriga rader de närmaste" in told


def test_nearly_all_needs_no_pooling(reports):
    """~100 says something of the newest year: three years together are not told beside it."""
    row = company(reports["small"])[0]
    assert row.needs_pooling
    assert not replace(row, point=replace(row.point, status=CellStatus.NEARLY_ALL)).needs_pooling


def test_a_shown_year_is_not_replaced_by_three(reports):
    """A school whose newest year is shown keeps it as key number, whatever three years together say."""
    report = reports["normal"]
    point = report.point("merit_rating_17", grade_year=9)
    three = replace(point, breakdown="period", category="three_years", value=222.0)
    points = {**report.numbers.points, key_of(three): three}
    assert key_numbers(replace(report, numbers=replace(report.numbers, points=points)))[0].value == "232,0"


@pytest.mark.parametrize(
    ("metric", "status"),
    [("eligible_vocational_share", CellStatus.NEARLY_ALL), ("merit_rating_17", CellStatus.TOO_FEW)],
)
def test_what_a_hidden_number_rests_on_is_told_nowhere(reports, metric, status):
    """The protected table may keep n beside `~100`; a key number does not tell it, as no table and no file does."""
    report = reports["normal"]
    point = report.point(metric, grade_year=9)
    assert any(number.point == point and number.n for number in key_numbers(report))
    gone = replace(point, value=None, lower=None, upper=None, n=14.0, raw="", status=status)
    points = {**report.numbers.points, key_of(point): gone}
    told = key_numbers(replace(report, numbers=replace(report.numbers, points=points)))
    (number,) = [number for number in told if number.point == gone]
    assert (number.n, number.interval) == ("", "")


def test_salsa_expects_nothing_of_grade_year_6(reports):
    """What SALSA expects of passes is of grade year 9 alone."""
    report = reports["normal"]
    model = replace(report.point("salsa_expected", grade_year=9), metric="salsa_passed_expected", value=0.8)
    points = {**report.numbers.points, key_of(model): model}
    both = replace(report, numbers=replace(report.numbers, points=points))
    found = {(t.school.current.metric, t.school.current.grade_year): t.expected
             for t in measures.trends(both, lists.RESULTS)}  # fmt: skip
    assert found["all_subjects_passed_share", 9] is not None
    assert found["all_subjects_passed_share", 6] is None
    headers_and_rows = {row[0]: row[4] for row in tables.comparison(both).rows}
    assert headers_and_rows[f"Minst E i alla ämnen, åk{NBSP}9"] == "80,0"
    assert headers_and_rows[f"Minst E i alla ämnen, åk{NBSP}6"] == ""


def test_the_grade_keeps_its_letter_in_a_note(reports):
    """The first result that has peers is named in the middle of a sentence, and E stays E."""
    report = reports["normal"]
    passed = report.point("all_subjects_passed_share", grade_year=9)
    eligible = report.point("eligible_vocational_share", grade_year=9)
    one = replace(report.estimate(passed), peers=("90000003",), peer_mean=0.7, peer_difference=0.05)
    two = replace(report.estimate(eligible), peers=("90000004",), peer_mean=0.7, peer_difference=0.05)
    alone = replace(report, estimates={key_of(passed): one, key_of(eligible): two})
    assert f"Liknande elevunderlag (minst E i alla ämnen, åk{NBSP}9): Cederskolan; för övriga" in (
        tables.comparison(alone).notes[-1]
    )

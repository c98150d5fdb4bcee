"""Why a number is hidden, in words: the reason is that of the very numbers that are spoken of."""

from dataclasses import replace

import pytest
from skq.report import brief, hidden, leads, measures, national_words, tables
from skq.report.numbers import Point
from skq.terms import CellStatus, Level

FEW, GUARDS = CellStatus.TOO_FEW, CellStatus.PROTECTS_OTHER

pytestmark = pytest.mark.usefixtures("folder")


def of(status, metric="merit_rating_17"):
    """A number of the school with *status*."""
    return Point(metric=metric, level=Level.SCHOOL, unit="1", school_year="2024/25", status=status, recorded=True)


def hidden_at(report, metric, status, *, years=()):
    """The report with the school's own numbers of *metric* hidden by *status*, in *years* or all."""
    points = {
        key: replace(point, value=None, lower=None, upper=None, status=status, raw="")
        if (point.metric, point.level, point.category) == (metric, "school", "all")
        and (not years or point.school_year in years)
        else point
        for key, point in report.numbers.points.items()
    }
    return replace(report, numbers=replace(report.numbers, points=points))


@pytest.mark.parametrize(
    ("statuses", "text"),
    [
        pytest.param([FEW], "bygger på för få elever", id="few"),
        pytest.param([GUARDS, CellStatus.OBSERVED], "skyddar en annan dold uppgift", id="guards"),
        pytest.param([GUARDS, FEW], "bygger på för få elever eller skyddar en annan dold uppgift", id="both"),
        pytest.param([CellStatus.NEARLY_ALL], "bygger på för få elever eller skyddar en annan dold uppgift", id="none"),
    ],
)
def test_reason_is_that_of_the_numbers(statuses, text):
    """Too few, guarding another, or words that are true of both; nothing else where the statuses do not tell."""
    assert hidden.reason([of(status) for status in statuses]) == text


def test_answers_are_not_pupils():
    """What a survey has too few of is answers."""
    found = [of(FEW, "survey_index"), of(FEW)]
    assert hidden.reason(found) == "bygger på för få elever eller för få svar"


def test_a_year_that_guards_another_number_is_not_called_few(reports):
    """Three years together stand in brief and in the table because the newest guards another number, not for few."""
    report = hidden_at(reports["small"], "merit_rating_17", GUARDS)
    why = "eftersom uppgiften för ett enda skyddar en annan dold uppgift"
    assert brief.sentences_of(report)[0] == f"Tre läsår sammanlagda, {why}: meritvärdet var 221,3 (201–242)."
    notes = tables.comparison(report).notes
    assert f"Tre läsår: 2022/23–2024/25 sammanlagda, {why}." in notes
    assert "Två punkter: visas inte, skyddar en annan dold uppgift." in notes


def test_two_dots_of_both_kinds_are_told_as_both(reports):
    """One year too few and the others guarding: the note under the table is true of each."""
    report = hidden_at(reports["normal"], "merit_rating_17", GUARDS, years=("2022/23",))
    table = tables.results(hidden_at(report, "merit_rating_17", FEW, years=("2023/24",)))
    assert (
        "Två punkter: visas inte, bygger på för få (elevresultat: färre än 10) eller skyddar en annan dold uppgift."
        in table.notes
    )


def test_dots_of_the_municipality_count_too(reports):
    """The school's numbers are shown and the municipality's guards another: the dots are explained by that."""
    report = reports["normal"]
    key = ("merit_rating_17", "municipality", report.municipality_code, "2024/25", 9, "", "all", "all")
    dotted = replace(report.numbers.points[key], value=None, lower=None, upper=None, status=GUARDS, raw="")
    points = {**report.numbers.points, key: dotted}
    changed = replace(report, numbers=replace(report.numbers, points=points))
    assert "Två punkter: visas inte, skyddar en annan dold uppgift." in tables.comparison(changed).notes
    few = "bygger på för få (elevresultat: färre än 10)"
    assert tables.results(report).notes[0] == f"Två punkter: visas inte, {few}."
    assert tables.results(changed).notes[0] == f"Två punkter: visas inte, {few} eller skyddar en annan dold uppgift."


def test_dots_of_a_gap_have_the_reason_of_its_sides(reports):
    """A subject's girls are too few, the other number of the table guards: the note is true of the gap's dots too."""
    report = reports["normal"]
    passed = hidden_at(report, "subject_passed_share", GUARDS)
    assert "Två punkter: visas inte, skyddar en annan dold uppgift." in tables.subjects(passed).notes
    girls = {
        key: replace(point, value=None, lower=None, upper=None, status=FEW, recorded=True)
        if (point.metric, point.category) == ("subject_points_mean", "girls")
        else point
        for key, point in passed.numbers.points.items()
    }
    few = replace(passed, numbers=replace(passed.numbers, points=girls))
    assert tables.subjects(few).notes[0] == (
        "Två punkter: visas inte, bygger på för få (elevresultat: färre än 10) eller skyddar en annan dold uppgift."
    )


def test_measures_left_out_of_a_table_are_told_by_their_reason(reports):
    """Two measures hidden in every year, one of them for another's sake; the grade E stays a capital."""
    report = hidden_at(reports["normal"], "all_subjects_passed_share", GUARDS)
    names = "minst E i alla ämnen, åk\u00a09 och minst E i alla ämnen, åk\u00a06"
    assert f"Visas inte något läsår, för att skydda en annan dold uppgift: {names}." in tables.results(report).notes
    report = hidden_at(report, "eligible_vocational_share", FEW)
    note = tables.results(report).notes[-1]
    assert note.startswith("Visas inte något läsår, för få eller för att skydda en annan dold uppgift: minst E i alla")


def test_where_no_file_tells_the_statuses_both_reasons_are_given(reports):
    """Hidden subjects, surveys and tests have no table: the words are the same whichever the status is."""
    tiny = reports["tiny"]
    either = "bygger på för få elever eller skyddar en annan dold uppgift"
    found = measures.trends(tiny, (("merit_rating_17", 9),))
    assert leads.all_hidden(found, "meritvärde") == f"Meritvärde visas inte: uppgifterna {either}."
    for status in (FEW, GUARDS):
        report = hidden_at(reports["normal"], "subject_points_mean", status)
        assert leads.no_subjects(report) == f"Betygen i enskilda ämnen visas inte: de {either}."
        shown, left_out = measures.shown_and_hidden(measures.subject_rows(report))
        assert leads.subjects(shown, left_out[:1]).endswith(f"visas inte: betygen {either}.")
    assert leads.no_survey(reports["normal"]) == (
        "Elevenkätens resultat visas inte: de bygger på för få svar eller skyddar en annan dold uppgift."
    )
    assert national_words.no_tests(reports["normal"]) == f"Provens genomsnittspoäng visas inte: den {either}."

"""The same pupils over time, forecasts, adults' surveys and self-assessment: by hand from tests/notebooks/more.py."""

from dataclasses import replace

import pytest
from skq.report import followed, leads, lists, ratings, tables
from skq.report.emit import Passage
from skq.report.numbers import Difference

NBSP = "\u00a0"

pytestmark = pytest.mark.usefixtures("folder")


def changed(report, metric, **fields):
    """The report with *fields* of its own numbers of *metric* replaced."""
    points = {
        key: replace(point, **fields) if point.metric == metric and point.level == "school" else point
        for key, point in report.numbers.points.items()
    }
    return replace(report, numbers=replace(report.numbers, points=points))


def test_a_change_is_told_with_its_parts(reports):
    """45 stayed and rose by 0.8, the leavers gave +0.3, the joiners −0.5: together +0.6."""
    table = tables.cohorts(reports["normal"])
    assert table.lead == (
        "**Samma elever över tid.** De 45 elever som gick här både i årskurs 6 och årskurs 9 höjde sin betygspoäng "
        "(0–20) med +0,80 (+0,2 till +1,4); 12 elever som lämnat gav +0,30, 15 elever som tillkommit −0,50, "
        "tillsammans +0,60."
    )
    assert table.rows == ((f"6{NBSP}till{NBSP}9", "45", "12", "15", "75,0", "+0,60", "+0,80", "+0,30", "−0,50"),)
    assert table.only_on_page


def test_an_uncertain_change_is_no_rise(reports):
    """Where the interval holds zero nobody rose or sank; below zero they sank."""
    unsure = changed(reports["normal"], "cohort_change_stayers", lower=-0.1)
    assert "ändrade inte säkert sin betygspoäng (0–20), +0,80 (−0,1 till +1,4)" in tables.cohorts(unsure).lead
    sank = changed(reports["normal"], "cohort_change_stayers", value=-0.8, lower=-1.4, upper=-0.2)
    assert "sänkte sin betygspoäng (0–20) med −0,80 (−1,4 till −0,2)" in tables.cohorts(sank).lead
    plain = changed(reports["normal"], "cohort_change_stayers", lower=None, upper=None)
    assert "ändrade sin betygspoäng (0–20) med +0,80;" in tables.cohorts(plain).lead


def test_hidden_parts_are_told_together(reports):
    """Where those who left may not be told apart, only what all who moved did is said."""
    hidden = changed(reports["normal"], "cohort_change_leavers", value=None, status="too_few")
    assert "med dem som lämnat eller tillkommit var skolans ändring +0,60." in tables.cohorts(hidden).lead


def test_nobody_who_moved_is_not_told(reports):
    """Of no pupils who left nothing is said; where nobody joined either, that."""
    none = changed(changed(reports["normal"], "cohort_leavers_count", value=0.0), "cohort_change_leavers", value=0.0)
    assert "; 15 elever som tillkommit gav −0,50, tillsammans +0,60." in tables.cohorts(none).lead
    both = changed(changed(none, "cohort_joiners_count", value=0.0), "cohort_change_joiners", value=0.0)
    assert tables.cohorts(both).lead.endswith("(+0,2 till +1,4); ingen har lämnat eller tillkommit.")


def test_areas_are_parted_from_their_numbers(reports):
    """The grade year and the difference beside it do not run together: `åk 8: −0,9`, never `åk 8 −0,9`."""
    report = reports["normal"]
    point = report.point("survey_index", grade_year=8, subject="safety")
    gap = Difference(kind="vs_municipality", metric="survey_index", school_year="2024/25", reference="0000", value=-0.9,
                     lower=-1.6, upper=-0.1, certain=True)  # fmt: skip
    assert leads._areas([(point, gap)], "under") == (
        f"Säkert under kommunen: trygghet, åk{NBSP}8: −0,9 (−1,6 till −0,1)."
    )


def test_few_matched_pupils_are_a_caveat(reports):
    """Below 70 per cent matched the sentence says that the pupils are others; from there on it does not."""
    few = changed(reports["normal"], "cohort_matched_share", value=0.64)
    assert "Bara 64\u00a0% av eleverna i årskurs 9 gick här även då" in tables.cohorts(few).lead
    assert "Bara" not in tables.cohorts(changed(reports["normal"], "cohort_matched_share", value=0.70)).lead


def test_value_added_stands_raw_beside_careful(reports):
    """Grades +0.5 raw and +0.25 drawn to the mean; tests −0.2 and −0.1; each with its interval and pupils."""
    table = tables.value_added(reports["normal"])
    span = f"6{NBSP}till{NBSP}9"
    assert table.rows == (
        ("Betyg", span, "+0,50 (−0,1 till +1,1)", "+0,25 (−0,2 till +0,7)", "45"),
        ("Prov", span, "−0,20 (−0,8 till +0,4)", "−0,10 (−0,5 till +0,3)", "45"),
    )
    assert any("Betyg sätts av lärare" in note for note in table.notes)


def test_value_added_of_an_older_year_says_so(reports):
    """The caption is of the first row's year, 2024/25; a row of the year before names its own."""
    report = reports["normal"]
    points = {}
    for key, point in report.numbers.points.items():
        year = "2023/24" if "value_added_tests" in point.metric else point.school_year
        points[(*key[:3], year, *key[4:])] = replace(point, school_year=year)
    table = tables.value_added(replace(report, numbers=replace(report.numbers, points=points)))
    assert "2024/25" in table.caption
    assert [row[1] for row in table.rows] == [f"6{NBSP}till{NBSP}9", f"6{NBSP}till{NBSP}9 (2023/24)"]


def test_official_numbers_give_a_pseudo_cohort_named_as_such(reports):
    """Of published numbers a sentence, which says that the pupils may be others."""
    text = tables.cohorts(reports["official"]).markdown()
    assert "**Pseudokohort.** Provbetygspoängen i årskurs 9 läsåret 2024/25 minus den i årskurs 6 tre år" in text
    assert "engelska +0,4 och matematik −1,2" in text
    assert "inte säkert samma elever" in text


@pytest.mark.parametrize("make", [tables.cohorts, tables.value_added, tables.on_the_way, tables.survey_of_adults,
                                  tables.assessment, tables.further])  # fmt: skip
def test_nothing_where_nothing_is_known(reports, make):
    """A school that is known by its pupils alone has none of these tables, nor a word about them."""
    assert make(reports["f6"]) == Passage("")
    assert followed.steps(reports["tiny"]) == followed.added(reports["tiny"]) == []


def test_autumn_forecasts_and_outcome_stand_together(reports):
    """Autumn grades by grade year, the follow-ups in order, then what came out."""
    table = tables.on_the_way(reports["normal"])
    assert [row[0] for row in table.rows] == [
        f"Höstbetyg, åk{NBSP}8", f"Höstbetyg, åk{NBSP}9", f"Uppföljning 1, åk{NBSP}9", f"Uppföljning 2, åk{NBSP}9",
        f"Slutbetyg, åk{NBSP}9",
    ]  # fmt: skip
    assert table.rows[3][1:] == ("60", "80,0 (70–90)", "..", "60,0", "75,0", "+5,0")
    assert table.lead == (
        f"**Prognoser.** Vid uppföljning 2 väntades 80,0{NBSP}% nå alla ämnen; 76,9{NBSP}% gjorde det. Av dem som inte "
        f"nådde var 60,0{NBSP}% utpekade."
    )


def test_forecasts_without_an_outcome_are_not_judged(reports):
    """Before the grades are known nothing is said of how the forecasts came true."""
    points = {
        key: point
        for key, point in reports["normal"].numbers.points.items()
        if (point.metric, point.school_year) != ("all_subjects_passed_share", "2024/25")
    }
    report = replace(reports["normal"], numbers=replace(reports["normal"].numbers, points=points))
    assert tables.on_the_way(report).lead == ""


def test_adults_stand_beside_the_municipality(reports):
    """Guardians and staff, each with interval and the municipality; how many answered; the engagement of 0 to 100."""
    table = tables.survey_of_adults(reports["normal"])
    assert table.rows[0] == ("Trygghet", "8,8 (8,4–9,2)", "8,5", "8,2 (7,8–8,6)", "8,5")
    assert [row[0] for row in table.rows] == ["Trygghet", "Studiero", "Stöd"]
    assert table.notes[0] == f"Svarsfrekvens: vårdnadshavarna 45,0{NBSP}% och personalen 90,0{NBSP}%."
    assert table.notes[-1] == "Hållbart medarbetarengagemang (HME), 0–100: 70,8."


def test_few_answers_are_a_warning(reports):
    """45 per cent of the guardians is below half, 90 of the staff is enough; 69 of the pupils is below 70."""
    report = reports["normal"]
    few = f"Få har svarat bland vårdnadshavarna (45,0{NBSP}%): de som inte svarat kan tycka annorlunda."
    assert few in tables.survey_of_adults(report).notes
    enough = changed(report, "survey_guardians_response_share", value=0.50)
    assert not any("Få har svarat" in note for note in tables.survey_of_adults(enough).notes)
    assert "Få har svarat" not in leads.survey(report)
    pupils = leads.survey(changed(report, "survey_response_share", value=0.69))
    assert f"bland eleverna i årskurs 5 (69,0{NBSP}%) och eleverna i årskurs 8 (69,0{NBSP}%): de som" in pupils


def test_ratings_are_a_sentence_and_a_table_of_the_page(reports):
    """Two of four areas alike; the principal higher in one, the organizer in another; two rated lowest."""
    table = tables.assessment(reports["normal"])
    assert table.only_on_page
    assert table.rows == (
        ("Elevhälsa", "2", "2"), ("Extra anpassningar", "3", "2"), ("Närvaro", "3", "4"), ("Trygghet", "4", "4"),
    )  # fmt: skip
    assert table.lead == (
        "**Självskattning.** Rektor och huvudman skattar lika i två av fyra områden. Rektor skattar högre: extra "
        "anpassningar. Huvudmannen skattar högre: närvaro. Lägst skattat (2 av 4): elevhälsa och extra anpassningar."
    )
    assert table.notes == ("Samstämmighet (viktad kappa): 0,50; 1 är full, 0 är slumpens.",)


def test_ratings_by_one_alone_have_no_sentence(reports):
    """Where only the principal has rated there is nothing to compare."""
    points = {key: p for key, p in reports["normal"].numbers.points.items() if p.category != "organizer"}
    report = replace(reports["normal"], numbers=replace(reports["normal"].numbers, points=points))
    assert ratings.lead(report) == ""
    assert tables.assessment(report).rows[0] == ("Elevhälsa", "2", "–")


def test_work_and_absence_stand_with_the_resources(reports):
    """Sick leave, leisure centre, allocation and absence are rows; what is hidden in every year is named below."""
    table = tables.resources(reports["normal"])
    rows = {row[0]: row for row in table.rows}
    assert rows["Sjukfrånvaro (%)"][5] == "6,2"
    assert rows["Frånvaro minst 15 % (%)"][5] == "10,9"
    assert "Frånvaro minst 50 % (%)" not in rows
    assert any(note.startswith("Visas inte något läsår, för få:") and "50" in note for note in table.notes)


def test_the_rest_is_for_the_page(reports):
    """What the PDF leaves out stands on the page, an index with what it is an index of."""
    table = tables.further(reports["normal"])
    assert table.only_on_page
    assert "Behovsindex (snittet är 100)" in [row[0] for row in table.rows]


def test_official_statistics_alone_are_printed_whole(reports):
    """Of official statistics alone nothing is left to the page: the further measures stand with the rest."""
    report = replace(reports["normal"], meta={**reports["normal"].meta, "origin": "official"})
    assert tables.further(report) == Passage("")
    assert "Flickor (%)" in [row[0] for row in tables.resources(report).rows]


def test_no_measure_is_told_twice():
    """The lists of a report's tables of resources have no measure in common."""
    assert set(lists.RESOURCES) & set(lists.FURTHER) == set()


def test_a_cohort_of_which_nobody_may_be_told_has_no_sentence(reports):
    """Where it is hidden how those who stayed developed there is neither sentence nor table."""
    hidden = changed(reports["normal"], "cohort_change_stayers", value=None, lower=None, upper=None)
    assert tables.cohorts(hidden) == Passage("")

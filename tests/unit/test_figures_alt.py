"""Alt texts and leads tell what this school's figure shows, and never a hidden number."""

from dataclasses import replace

from skq.report import alts, leads, lists, measures, national_words

NBSP = "\u00a0"


def test_trend_tells_each_year_and_the_municipality(reports):
    """Every year is told, hidden ones as not shown, and what lies beside the newest."""
    merit = measures.trends(reports["official"], (("merit_rating_17", 9),))
    assert alts.trends(merit) == (
        "Linjer över fem läsår. Meritvärde: skolan 2020/21 visas inte, 2021/22 214,3, 2022/23 231,0, "
        "2023/24 visas inte, 2024/25 226,8; kommunen 229,0 och riket 231,3 2024/25; väntat enligt SALSA 221 2023/24."
    )


def test_a_line_says_first_what_it_shows(reports):
    """Merit certainly rose over five years, passes did not certainly change: each is said before the numbers."""
    merit, passed = measures.trends(reports["normal"], lists.RESULTS[:2])
    assert alts.trends([merit]).startswith(
        "Linjer över fem läsår. Meritvärde: säkert högre 2024/25 än 2020/21; skolan 2020/21 196,0 ("
    )
    assert f"åk{NBSP}9: ingen säker förändring från 2020/21 till 2024/25; skolan" in alts.trends([passed])
    fell = replace(merit, school=replace(merit.school, points=tuple(
        replace(point, school_year=year) for point, year in zip(reversed(merit.school.points), merit.school.years,
                                                                strict=True)
    )))  # fmt: skip
    assert "säkert lägre 2024/25 än 2020/21" in alts.trends([fell])


def test_nearly_all_is_told_as_published(reports):
    """~100 is told as such, not as hidden."""
    vocational = measures.trends(reports["official"], (("eligible_vocational_share", 9),))
    assert "2024/25 ~100" in alts.trends(vocational)


def test_tests_tell_subject_by_subject(reports):
    """Test, and the municipality's test, in Swedish order of the subjects."""
    assert alts.tests(measures.tests(reports["official"])) == (
        "Årskurs 9: engelska prov 14,1, kommunens prov 14,5; matematik prov 10,9, kommunens prov 11,3; "
        "svenska prov 12,8, kommunens prov 13,2."
    )


def test_rounded_pupils_are_told_as_published(reports):
    """A rounded total is told with "cirka"."""
    assert alts.resources(measures.pupil_bars(reports["f6"]), []) == (
        "Staplar, elever per läsår: 20/21 cirka 140, 21/22 cirka 140, 22/23 cirka 140, 23/24 cirka 140, "
        "24/25 cirka 140."
    )


def test_sources_are_named_once(reports):
    """Two sources, each once, in Swedish order."""
    found = measures.trends(reports["official"], lists.RESULTS)
    assert alts.source_line(found) == "Källa: Skolverkets statistik och Skolverkets öppna data."


def test_f6_says_once_that_there_is_no_ninth_grade_year(reports):
    """A school F–6 without results gets one sentence in place of everything that belongs to grade year 9."""
    report = reports["f6"]
    assert leads.results(report) == (
        "Skolan har ingen årskurs 9 (högsta årskurs är 6); meritvärde, behörighet till gymnasieskolan och SALSA finns "
        "därför inte."
    )
    assert leads.no_salsa(report) == ""


def test_lead_of_results(reports):
    """What certainly changed over the years; the level stands in the table of comparisons, or here without one."""
    assert leads.results(reports["normal"]) == (
        f"Sedan läsåret 2020/21 har meritvärdet ökat med 36,0{NBSP}poäng (+14 till +58)."
    )
    assert leads.results(replace(reports["normal"], estimates={})) == (
        f"Meritvärdet var 232,0 (217–247) läsåret 2024/25, 50{NBSP}elever. Det skiljer sig inte säkert från kommunen "
        f"(230,0). Sedan läsåret 2020/21 har meritvärdet ökat med 36,0{NBSP}poäng (+14 till +58)."
    )


def test_a_figure_of_hidden_numbers_is_a_sentence(reports):
    """Where every number of a figure is hidden a sentence says so and, as no file tells why, both reasons there are."""
    found = measures.trends(reports["tiny"], (("merit_rating_17", 9),))
    assert leads.all_hidden(found, "meritvärde") == (
        "Meritvärde visas inte: uppgifterna bygger på för få elever eller skyddar en annan dold uppgift."
    )


def test_without_a_survey_that_is_said(reports):
    """An official-only school has no survey: one sentence."""
    assert leads.no_survey(reports["official"]) == (
        "Det finns inga uppgifter om trygghet och studiero för skolan: ingen elevenkät ingår i underlaget."
    )


def test_grades_are_held_to_pupils_of_the_same_test_grades(reports):
    """With the adjusted net only what certainly differs from pupils of the same test grades is told."""
    even = national_words.tests(reports["normal"])
    assert even.startswith("Betygen skiljer sig inte säkert från dem som elever med samma provbetyg har i kommunen.")
    high = _adjusted(reports["normal"], value=0.4, lower=0.2, upper=0.6)
    assert national_words.tests(high).startswith(
        "Jämfört med elever i kommunen med samma provbetyg är betygen säkert högre i "
        f"engelska åk{NBSP}6 (+40,0), engelska åk{NBSP}9 (+40,0), matematik åk{NBSP}6 (+40,0) och tre ämnen till; "
        "netto i procentenheter."
    )
    low = _adjusted(reports["normal"], value=-0.4, lower=-0.6, upper=-0.2)
    assert "är betygen säkert lägre i" in national_words.tests(low)


def test_grades_are_held_to_the_tests_where_nothing_is_adjusted(reports):
    """Without it the net itself is told, by grade year."""
    plain = _adjusted(reports["normal"], lower=None, upper=None)
    assert national_words.tests(plain).startswith(
        "I årskurs 6 är betyget oftare högre än provbetyget i engelska (+30,0), matematik (+30,0) och svenska (+30,0); "
        "netto i procentenheter. I årskurs 9"
    )


def _adjusted(report, **fields):
    points = {
        key: replace(point, **fields) if point.metric == "grade_test_net_adjusted_pp" else point
        for key, point in report.numbers.points.items()
    }
    return replace(report, numbers=replace(report.numbers, points=points))

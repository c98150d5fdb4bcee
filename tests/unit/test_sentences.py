"""Sentences say nothing that the interval does not carry; every expected sentence is written by hand."""

from dataclasses import replace

import pytest
from skq.report import sentences
from skq.report.apart import since_first
from skq.report.numbers import Difference, Point, Series
from skq.terms import CellStatus

NBSP = "\u00a0"
MERIT = Point(
    metric="merit_rating_17", level="school", unit="1", school_year="2024/25", grade_year=9, n=50.0, value=232.0,
    lower=217.2, upper=246.8, status=CellStatus.OBSERVED, recorded=True,
)  # fmt: skip
BEFORE = replace(MERIT, school_year="2023/24", value=223.0, lower=208.0, upper=238.0)
MUNICIPALITY = replace(MERIT, level="municipality", unit="9999", value=230.0, n=1200.0)
HIDDEN = replace(MERIT, value=None, lower=None, upper=None, n=None, status=CellStatus.TOO_FEW)


def change(value, lower=None, upper=None, certain=None, **rest):
    """A difference of merit ratings."""
    return Difference(
        kind="change", metric="merit_rating_17", school_year="2024/25", reference="2023/24", grade_year=9, value=value,
        lower=lower, upper=upper, certain=certain, status=CellStatus.OBSERVED, **rest,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        pytest.param(
            change(9.0, 2.0, 16.0, True),
            f"Meritvärdet ökade från 223,0 till 232,0, med 9,0{NBSP}poäng (+2 till +16).",
            id="certainly-up",
        ),
        pytest.param(
            change(-9.0, -16.0, -2.0, True),
            f"Meritvärdet minskade från 223,0 till 232,0, med 9,0{NBSP}poäng (\u221216 till \u22122).",
            id="certainly-down",
        ),
        pytest.param(
            change(9.0, -12.0, 30.0, False),
            "Meritvärdet var 232,0, mot 223,0 läsåret före; skillnaden är mindre än vad slumpen kan ge.",
            id="chance",
        ),
        pytest.param(
            change(9.0),
            "Meritvärdet var 232,0, mot 223,0 läsåret före; om skillnaden är större än vad slumpen kan ge kan inte "
            "bedömas.",
            id="no-interval",
        ),
        pytest.param(None, "Meritvärdet var 232,0, mot 223,0 läsåret före.", id="not-compared"),
    ],
)
def test_change(difference, expected):
    """A number rose or fell only when the interval of its change excludes zero."""
    assert sentences.change(MERIT, BEFORE, difference) == expected


def test_change_of_a_hidden_number():
    """Where the newest number is hidden only that is said."""
    assert sentences.change(HIDDEN, BEFORE, None) == (
        "Meritvärdet visas inte för läsåret 2024/25: uppgiften bygger på för få elever."
    )


def test_change_from_a_hidden_number():
    """Where the number before is hidden the change is not given."""
    hidden_before = replace(HIDDEN, school_year="2023/24")
    assert sentences.change(MERIT, hidden_before, None) == (
        "Meritvärdet var 232,0. Läsåret före visas ingen uppgift, så förändringen kan inte anges."
    )


def test_change_of_a_count_is_a_fact():
    """Chance has no say in how many pupils there are."""
    now = replace(MERIT, metric="pupil_count", grade_year=None, value=498.0, lower=None, upper=None)
    gap = replace(change(3.0), metric="pupil_count", grade_year=None)
    assert sentences.change(now, replace(now, value=495.0), gap) == (
        f"Antalet elever var 498, mot 495 läsåret före (+3{NBSP}elever)."
    )


def test_change_of_one_pupil_is_singular():
    """One pupil more is "+1 elev"."""
    now = replace(MERIT, metric="pupil_count", grade_year=None, value=52.0)
    gap = replace(change(1.0), metric="pupil_count")
    assert sentences.change_note(now, replace(now, value=51.0), gap) == f"+1{NBSP}elev mot läsåret före"


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        pytest.param(change(9.0, 2.0, 16.0, True), f"säker ökning: +9,0{NBSP}poäng", id="certain"),
        pytest.param(change(9.0, -2.0, 20.0, False), "ingen säker förändring", id="chance"),
        pytest.param(change(9.0), f"+9,0{NBSP}poäng; säkerheten kan inte bedömas", id="no-interval"),
    ],
)
def test_change_note(difference, expected):
    """Beside a key number the change is told in a few words, no bolder than the sentence."""
    assert sentences.change_note(MERIT, BEFORE, difference) == expected


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        pytest.param(
            change(12.0, 4.0, 20.0, True), f"Meritvärdet (232,0) låg 12,0{NBSP}poäng över kommunen (230,0).", id="above"
        ),
        pytest.param(
            change(-12.0, -20.0, -4.0, True),
            f"Meritvärdet (232,0) låg 12,0{NBSP}poäng under kommunen (230,0).",
            id="below",
        ),
        pytest.param(
            change(2.0, -13.0, 17.0, False),
            "Meritvärdet (232,0) skiljer sig inte säkert från kommunen (230,0).",
            id="chance",
        ),
        pytest.param(
            change(2.0),
            "Meritvärdet var 232,0; i kommunen 230,0; om skillnaden är större än vad slumpen kan ge kan inte bedömas.",
            id="no-interval",
        ),
        pytest.param(None, "Meritvärdet var 232,0; i kommunen 230,0.", id="not-compared"),
    ],
)
def test_distance(difference, expected):
    """A school lies above or below its municipality only when the interval of the distance excludes zero."""
    assert sentences.distance(MERIT, MUNICIPALITY, difference) == expected


def test_distance_takes_up_the_number_by_a_pronoun():
    """After a sentence about the number it is not repeated; andelen is "den", meritvärdet "det"."""
    share = replace(MERIT, metric="eligible_vocational_share", value=0.9, lower=0.8, upper=0.95)
    gap = change(0.01, -0.1, 0.1, False)
    assert [sentences.distance(point, point, gap, again=True)[:3] for point in (MERIT, share)] == ["Det", "Den"]


def test_distance_to_a_hidden_number_is_not_told():
    """Nothing is said where one side is hidden."""
    assert sentences.distance(MERIT, replace(HIDDEN, level="municipality"), None) == ""


@pytest.mark.parametrize(
    ("difference", "ending"),
    [
        pytest.param(change(13.0, 2.0, 24.0, True), f"skolan låg 13,0{NBSP}poäng över (+2 till +24).", id="certain"),
        pytest.param(
            change(13.0, -2.0, 28.0, False),
            "skolan hade 232,0, och skillnaden är mindre än vad slumpen kan ge.",
            id="chance",
        ),
        pytest.param(
            None, "skolan hade 232,0. Om avvikelsen är större än vad slumpen kan ge kan inte bedömas.", id="no-interval"
        ),
    ],
)
def test_expected(difference, ending):
    """The distance to SALSA's value is told as far as its interval carries."""
    model = replace(MERIT, metric="salsa_expected", value=219.0, lower=None, upper=None)
    start = "Med hänsyn till elevernas bakgrund vore 219 att vänta enligt SALSA 2024/25; "
    assert sentences.expected(MERIT, model, difference) == start + ending


def test_gaps_name_only_certain_ones():
    """Girls and boys are said to differ only where that is certain."""
    gaps = [change(3.4, 1.0, 5.8, True), change(0.6, -2.0, 3.2, False), change(-2.0, -3.0, -1.0, True)]
    assert sentences.gaps(gaps, ["bild", "musik", "teknik"]) == (
        "Flickor har säkert högre betyg i bild och pojkar har säkert högre betyg i teknik."
    )


def test_gaps_without_a_certain_one():
    """Where no gap is certain that is said; where none can be judged nothing is said."""
    assert sentences.gaps([change(0.6, -2.0, 3.2, False)], ["musik"]) == (
        "I inget ämne är skillnaden mellan flickor och pojkar större än vad slumpen kan ge."
    )
    assert sentences.gaps([change(0.6)], ["musik"]) == ""


def test_since_first_combines_both_intervals():
    """Newcombe's method 10 on his example 56/70 against 48/80 (Wilson limits): 0.0524 to 0.3339."""
    share = replace(MERIT, metric="all_subjects_passed_share")
    first = replace(share, school_year="2020/21", value=48 / 80, lower=0.490_4, upper=0.700_4)
    last = replace(share, value=56 / 70, lower=0.692_0, upper=0.876_6)
    found = since_first(Series((first, replace(share, school_year="2021/22", value=0.7), last)))
    assert found is not None
    assert (found.lower, found.upper) == (pytest.approx(0.0524, abs=2e-4), pytest.approx(0.3339, abs=2e-4))
    assert found.certain is True


def test_since_tells_the_change_over_the_years():
    """A change over the years is told when it is certain, and told as uncertain otherwise."""
    years = [replace(MERIT, school_year=year) for year in ("2022/23", "2023/24", "2024/25")]
    series = Series(tuple(years))
    assert sentences.since(series, change(36.0, 14.0, 58.0, True)) == (
        f"Sedan läsåret 2022/23 har meritvärdet ökat med 36,0{NBSP}poäng (+14 till +58)."
    )
    assert sentences.since(series, change(5.0, -14.0, 24.0, False)) == (
        "Sedan läsåret 2022/23 har meritvärdet inte förändrats säkert."
    )


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (25.0, f"Resultaten bygger på 25{NBSP}elever: i andelarna motsvarar en elev 4{NBSP}procentenheter."),
        (30.0, f"Resultaten bygger på 30{NBSP}elever: i andelarna motsvarar en elev 3{NBSP}procentenheter."),
        (31.0, ""),
        (None, ""),
    ],
)
def test_small_group(n, expected):
    """Up to thirty pupils the report says how much one of them weighs."""
    assert sentences.small_group(replace(MERIT, n=n)) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (CellStatus.TOO_FEW, "Meritvärdet visas inte för läsåret 2024/25: uppgiften bygger på för få elever."),
        (
            CellStatus.PROTECTS_OTHER,
            "Meritvärdet visas inte för läsåret 2024/25: med den kunde en annan dold uppgift räknas ut.",
        ),
        (CellStatus.NEARLY_ALL, f"Meritvärdet var nära 100{NBSP}% läsåret 2024/25: alla utom en till fyra elever."),
        (CellStatus.MISSING, "Det finns ingen uppgift om meritvärdet för läsåret 2024/25."),
    ],
)
def test_not_shown_gives_the_reason(status, expected):
    """A number that is not shown comes with its reason."""
    assert sentences.not_shown(replace(HIDDEN, status=status)) == expected


def test_level_has_interval_year_and_n():
    """The level of a result is told with its interval, its school year and what it rests on."""
    assert sentences.level(MERIT) == f"Meritvärdet var 232,0 (217\u2013247) läsåret 2024/25, 50{NBSP}elever."

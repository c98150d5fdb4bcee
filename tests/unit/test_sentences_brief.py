"""In brief, and the notes at the end: what stands out comes first, and only what is certain stands out."""

from dataclasses import replace

import pytest
from skq.report import brief, notable, passages
from skq.report.keys import key_numbers
from skq.report.numbers import Difference
from skq.report.opening import open_report
from skq.terms import CellStatus

from tests.notebooks import slices

NBSP = "\u00a0"


def gap(value, half, **rest):
    """A change of a share with a symmetric interval."""
    return Difference(
        kind="change", metric="all_subjects_passed_share", school_year="2024/25", reference="2023/24", value=value,
        lower=value - half, upper=value + half, certain=abs(value) > half, status=CellStatus.OBSERVED, **rest,
    )  # fmt: skip


@pytest.mark.parametrize("kind", slices.KINDS)
def test_at_most_five_sentences_and_at_least_one(reports, kind):
    """In brief stays brief, and a school never gets an empty one."""
    told = brief.sentences_of(reports[kind])
    assert 1 <= len(told) <= 5
    assert all(line.endswith(".") for line in told)


def test_official_school_is_told_plainly(reports):
    """Without intervals the report says the numbers and that chance cannot be judged."""
    assert brief.sentences_of(reports["official"]) == [
        "Meritvärdet var 226,8 (i kommunen 229,0); om skillnaden är större än vad slumpen kan ge kan inte bedömas.",
        f"Andelen behöriga till yrkesprogram är nära 100{NBSP}%: alla utom en till fyra elever.",
        f"Andelen behöriga lärare var 74,2{NBSP}%, som läsåret före. I kommunen var den 77,0{NBSP}%.",
        "Antalet elever var cirka 590, som läsåret före.",
    ]


def test_tiny_school_hears_what_is_hidden(reports):
    """A tiny school is told which of its key numbers are hidden, and why."""
    assert brief.sentences_of(reports["tiny"])[0] == (
        "Meritvärdet, andelen med minst E i alla ämnen i årskurs 9, andelen behöriga till yrkesprogram och trygghet i "
        "årskurs 8 (enkäten) visas inte: uppgifterna bygger på för få elever eller för få svar."
    )


def test_certain_change_over_the_years_leads(reports):
    """The normal school's merit rating certainly rose over five years: that is said first."""
    assert brief.sentences_of(reports["normal"])[0] == (
        f"Sedan läsåret 2020/21 har meritvärdet ökat med 36,0{NBSP}poäng (+14 till +58)."
    )


def test_key_numbers_are_named_unless_all_are_meant(reports, monkeypatch):
    """Four of five are named one by one, as passes in year 6 cannot be judged; where all are alike one word will do."""
    report = reports["normal"]
    assert brief.sentences_of(report)[1].startswith("Meritvärdet, andelen med minst E i alla ämnen i årskurs 9")
    three = [number for number in key_numbers(report) if number.point.grade_year == 9]
    monkeypatch.setattr(brief, "key_numbers", lambda _: three)
    assert brief.sentences_of(report)[1] == (
        "Nyckeltalen skiljer sig inte säkert från kommunen och har inte förändrats säkert sedan läsåret före."
    )


def test_uncertain_words_only(reports):
    """Where no yearly change is certain no sentence says that something rose or fell since last year."""
    told = " ".join(brief.sentences_of(reports["normal"])[1:])
    assert "ökade" not in told
    assert "minskade" not in told


def test_weight_is_certainty_times_size():
    """0.2 with half-width 0.1 weighs (2) x (2); an uncertain difference weighs nothing."""
    assert notable.weight(gap(0.2, 0.1)) == pytest.approx(4.0)
    assert notable.weight(gap(0.05, 0.1)) == 0.0
    assert notable.weight(replace(gap(0.2, 0.1), lower=None)) == 0.0


def test_a_tiny_certain_difference_does_not_lead():
    """A small difference known exactly weighs less than a large one known fairly well."""
    assert notable.weight(gap(0.01, 0.005)) < notable.weight(gap(0.25, 0.15))


def test_brief_says_how_many_false_alarms_to_expect(reports):
    """19 differences were tried (merit 3, passed and eligible 2 each, 12 areas): one would look certain by chance."""
    assert brief.odds(reports["normal"]) == (
        "Valt bland 19 prövade skillnader; även utan någon verklig skillnad väntas en av dem se säker ut av slumpen."
    )
    assert brief.odds(reports["normal"]) in passages.in_brief(reports["normal"]).markdown()


def test_nothing_tried_needs_no_word_about_chance(reports):
    """Of published figures without intervals nothing was tried, and nothing is said."""
    assert brief.odds(reports["official"]) == ""


def test_provenance_names_inputs_rule_and_run(reports):
    """Every file, code, rule and run stand at the end; how many rows of a register are the school's is not told."""
    text = passages.sources(reports["normal"]).markdown()
    assert "812" not in text
    for part in ("grades.csv", "skolverket-2025", "skq 0.1.0", "::: {.provenance}"):
        assert part in text


def test_at_least_three_sentences_where_there_is_anything_to_say(reports):
    """A school about which little is certain still hears how many pupils and which teachers it has."""
    told = brief.sentences_of(reports["normal"])
    assert len(told) >= 3
    assert len(set(told)) == len(told)


CERTAIN = {
    "change": f"Meritvärdet ökade från 223,0 till 232,0, med 30,0{NBSP}poäng (+20 till +40).",
    "vs_municipality": f"Meritvärdet (232,0) låg 30,0{NBSP}poäng över kommunen (230,0).",
    "vs_expected": (
        "Med hänsyn till elevernas bakgrund vore 219 att vänta enligt SALSA 2024/25; "
        f"skolan låg 30,0{NBSP}poäng över (+20 till +40)."
    ),
}


@pytest.mark.parametrize("kind", CERTAIN)
def test_a_certain_difference_is_told_first(kind, tmp_path):
    """A change, a distance or a deviation whose interval excludes zero opens the report (values set by hand)."""
    sheet = slices.Sheet()
    slices.normal(sheet)
    for row in sheet.comparisons:
        if (row["kind"], row["metric"], row["school_year"]) == (kind, "merit_rating_17", "2024/25"):
            row.update(value=30.0, lower=20.0, upper=40.0, certain=True)
    folder = slices.write("normal", tmp_path)
    slices.frame(sheet.comparisons, "comparisons").frame.to_parquet(folder / "comparisons.parquet", index=False)
    report = open_report(slices.SCHOOL, "2024/25", str(folder))
    assert brief.sentences_of(report)[0] == CERTAIN[kind]

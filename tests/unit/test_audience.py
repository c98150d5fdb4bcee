"""Who sees what: the public's rows, goals and counts, a folder for one audience, the menu of a small site."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from skq.build.audience import (
    counted_hidden,
    for_audience,
    hidden_in,
    judgements_for,
    told_goals,
    told_judgements,
)
from skq.build.claim import audience_of, claim
from skq.build.edition import rule_of
from skq.build.numbers import Numbers
from skq.build.pages import hidden_counts, site_title
from skq.build.request import Places
from skq.errors import SettingsError
from skq.judge import PeerRule
from skq.judgements import Judgements, nothing_judged, typed_goals
from skq.protect import Protected, ProtectedTable
from skq.protect.rule import OFFICIAL, Reason
from skq.report.marking import marking
from skq.report.texts import texts
from skq.settings import AUDIENCES
from skq.terms import COMPARISON_DTYPES, UNIT_DTYPES

from tests.results_by_hand import results, share

KLASS = {"level": "group", "unit": "A/9b", "grade_year": None, "metric": "attendance_share"}
SICK = {"metric": "sick_leave_share", "grade_year": None, "n": 40.0, "numerator": 3.0, "value": 0.07}
RATED = {"metric": "assessment_rating", "grade_year": None, "subject": "safety", "breakdown": "rater",
         "category": "principal", "n": 1.0, "numerator": 3.0, "value": 3.0}  # fmt: skip
NO_COMPARISONS = pd.DataFrame(columns=list(COMPARISON_DTYPES)).astype(COMPARISON_DTYPES)
FEW = {"unit": "A", "status": "too_few", "reason": "few_pupils"}
ABOVE = {"organizer": ("Town", "Trust"), "municipality": ("9999",), "area": ("9999:North",)}


def units(schools: dict[str, str]) -> pd.DataFrame:
    """Return units: schools by organizer, all in one municipality and area, and a class of A."""
    rows = [{"level": "school", "unit": code, "organizer": organizer} for code, organizer in schools.items()]
    rows += [{"level": level, "unit": unit} for level, found in ABOVE.items() for unit in found]
    rows += [{"level": "group", "unit": "A/9b"}]
    whole = pd.DataFrame(rows).assign(municipality_code="9999", area="North").reindex(columns=list(UNIT_DTYPES))
    return whole.astype(UNIT_DTYPES)


def numbers(rows: list[dict[str, Any]], schools: dict[str, str]) -> Numbers:
    """Return the numbers of hand-made rows, protected already, as a build has them before it minds its audience."""
    known, shown = units(schools), protected(rows)
    return Numbers(protected=shown, everyone=shown, units=known, rule=OFFICIAL, municipality_code="9999",
                   municipality_name="Ekmora", school_year="2024/25")  # fmt: skip


def protected(rows: list[dict[str, Any]]) -> Protected:
    """Return *rows* as they leave the protected room: of the hidden ones (with `reason`) neither number nor n."""
    frame = results(rows).drop(columns="numerator").assign(reason=[row.get("reason", "") for row in rows])
    made = ProtectedTable.from_protected_store(frame)
    return Protected(made, ProtectedTable.from_protected_store(NO_COMPARISONS.assign(reason="")), counted_hidden(made))


def near(of: dict[str, Any], schools: str) -> list[dict[str, Any]]:
    """Return *of* at each school and at every level above."""
    everywhere = [("school", code) for code in schools] + [
        (level, unit) for level, found in ABOVE.items() for unit in found
    ]
    return [{**of, "level": level, "unit": unit} for level, unit in everywhere]


def seen(made: Numbers) -> set[tuple[str, str]]:
    """Return level and unit of the rows that are left."""
    return set(map(tuple, made.protected.results.frame[["level", "unit"]].to_numpy()))


FOUR = dict.fromkeys("ABCD", "Town")


@pytest.mark.parametrize("of", [pytest.param(SICK, id="sick-leave"), pytest.param(RATED, id="self-assessment")])
class TestNearToPersons:
    def test_public_sees_it_of_many_schools_only(self, of):
        """No school, no area; the organizer of four schools and their municipality are told."""
        made = for_audience(numbers(near(of, "ABCD"), FOUR), "public")
        assert seen(made) == {("organizer", "Town"), ("municipality", "9999")}

    def test_two_schools_are_too_few(self, of):
        """Of two schools each would know the other's."""
        assert seen(for_audience(numbers(near(of, "AB"), dict.fromkeys("AB", "Town")), "public")) == set()

    def test_school_that_has_none_is_not_counted(self, of):
        """Four schools, two of which have a number: that of the organizer is of two."""
        rows = [*near(of, "AB"), *({**of, "unit": code, "value": None, "status": "missing"} for code in "CD")]
        assert seen(for_audience(numbers(rows, FOUR), "public")) == set()

    def test_municipality_less_the_organizer_is_one_school(self, of):
        """Beside three of the town lies one other, whom the municipality would tell; the organizer stays."""
        made = for_audience(numbers(near(of, "ABCE"), {**dict.fromkeys("ABC", "Town"), "E": "Trust"}), "public")
        assert seen(made) == {("organizer", "Town")}

    @pytest.mark.parametrize("audience", ["internal", "principal"])
    def test_others_see_it(self, of, audience):
        """The organizer and the principals' build keep every row."""
        whole = numbers(near(of, "AB"), FOUR)
        assert seen(for_audience(whole, audience)) == seen(whole)


def test_public_sees_no_classes():
    """Neither numbers nor names of classes are left; the school is."""
    rows = [share(40, 30, unit="A", grade_year=None, metric="attendance_share"), share(20, 15, **KLASS)]
    whole = numbers(rows, {"A": "Town"})
    made = for_audience(whole, "public")
    assert ("group", "A/9b") in seen(whole)
    assert seen(made) == {("school", "A")}
    assert "group" not in set(made.units["level"])


def test_public_tells_of_what_is_left():
    """Hidden numbers are counted again: those of rows that were left out are in no count."""
    rows = [FEW, {**KLASS, **FEW, "level": "group", "unit": "A/9b"}]
    whole = numbers(rows, {"A": "Town"})
    assert (whole.protected.hidden["count"].sum(), for_audience(whole, "public").protected.hidden["count"].sum()) == (
        2,
        1,
    )


def test_public_reads_no_words_of_commitments():
    """Commitments keep their measure and lose their title; targets, which the organizer wrote, keep theirs."""
    tables = {
        "commitments": pd.DataFrame({"commitment": ["Anna leder läslyftet"], "metric": ["merit_rating_17"]}),
        "targets": pd.DataFrame({"title": ["Alla når målen"]}),
    }
    told = told_goals(tables, "public")
    assert list(told["commitments"]["commitment"]) == [""]
    assert told["targets"] is tables["targets"]
    assert told_goals(tables, "internal") == tables
    assert told_goals(None, "public") == {}


def test_goals_on_what_is_left_out_go_too():
    """A goal for sick leave would tell by its start what the public does not see; one for grades stays."""
    goals = typed_goals(
        pd.DataFrame({"metric": ["sick_leave_share", "merit_rating_17"], "level": "school", "unit": "A"})
    )
    said = Judgements(nothing_judged().estimates, goals)
    assert list(told_judgements(said, "public").goals["metric"]) == ["merit_rating_17"]
    assert told_judgements(said, "internal") is said


def test_goals_of_a_principal_rest_on_what_the_principal_sees():
    """Seven pupils are shown to the principal alone: the goal is judged by them, no limit and no peer knows of them."""
    others = [share(40, 20 + place, unit=code) for place, code in enumerate("BCDEF")]
    low = numbers([FEW, *others], dict.fromkeys("ABCDEF", "Town"))
    own = replace(low, protected=protected([share(7, 6, unit="A"), *others]), audience="principal")
    target = pd.DataFrame({"metric": ["all_subjects_passed_share"], "school_year": ["2024/25"], "target": [0.8],
                           "grade_year": [9]})  # fmt: skip
    said = judgements_for(own, {"targets": target}, PeerRule(2, ("pupil_count",)))
    assert said.goals.set_index("unit").loc["A", "status"] == "reached"
    assert "A" not in set(said.estimates["unit"])
    assert len(said.estimates) == 5
    assert list(hidden_in(own, "A")["count"]) == []
    assert hidden_in(low, "A")["count"].sum() == 1
    assert (rule_of(own).min_pupils, rule_of(low).min_pupils) == (5, 10)


def test_folder_is_for_one_audience(tmp_path: Path):
    """A folder keeps its audience; a build for another is refused and told to take a folder of its own."""
    places = Places(tmp_path / "_build")
    assert audience_of(places) == ""
    claim(places, "internal")
    claim(places, "internal")
    with pytest.raises(SettingsError, match="found:    internal(.|\n)*--out _build-public"):
        claim(places, "public")
    assert audience_of(places) == "internal"


def test_every_audience_is_told_in_words():
    """Every audience has its marking, footer and sentences, and only the public's edition is unmarked."""
    tables = ("marking", "audience", "audience_told", "audience_index", "audience_list", "footer", "protection_lead")
    assert [name for name in tables if set(AUDIENCES) - set(texts()[name])] == []
    assert [one for one in AUDIENCES if not marking({"audience": one})] == ["public"]
    assert marking({"audience": "principal"}) == "Innehåller uppgifter om enskilda"
    assert marking({}) == ""


def test_every_reason_has_words():
    """Whatever a number may be hidden for can be told on the method page."""
    assert {str(reason) for reason in Reason} - set(texts()["hidden_reason"]) == {""}


def test_hidden_numbers_are_counted_by_symbol_and_reason():
    """The most frequent first; the same symbol and reason make one row, whatever the statuses are called."""
    rows = [{"status": "too_few", "reason": "few_pupils", "count": 3},
            {"status": "protects_other", "reason": "complement", "count": 9},
            {"status": "missing", "reason": "nobody", "count": 3}]  # fmt: skip
    told = [(one.symbol, one.count) for one in hidden_counts(rows)]
    assert told == [("..", 9), (".", 3), ("..", 3)]


def test_title_of_a_principals_site_names_the_school():
    """Everyone's site is that of the municipality, a principal's that of the school."""
    made = numbers([share(40, 30, unit="A")], {"A": "Town"})
    assert site_title(made) == "Kvalitetsrapporter för skolorna i Ekmora"
    assert site_title(made, "Norrskolan") == "Kvalitetsrapport för Norrskolan"

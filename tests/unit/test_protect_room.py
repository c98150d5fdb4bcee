"""Protection: what is hidden, why, and what is hidden besides so that it stays hidden."""

import pandas as pd
import pytest
from skq.compare import comparisons
from skq.errors import ProtectionError
from skq.protect import OFFICIAL, DisclosureRule, protect
from skq.terms import RESULT_KEY

from tests.results_by_hand import OUTSIDERS, official_share, results, share, units_of

CITY = {"level": "municipality", "unit": "9999"}
TOWN = {"level": "organizer", "unit": "Town"}


def protected(rows: list[dict], schools: dict[str, str] | None = None, **options: object):
    """Return the protected results of hand-made rows, schools lying in areas."""
    table = results(rows)
    units = units_of(schools) if schools else None
    return protect(table, comparisons(table, units=units), units=units, **{"rule": OUTSIDERS, **options})


def states(found, **key: object) -> dict[str, str]:
    """Return status per unit of the chosen rows."""
    rows = found.results.select(**key).frame
    return dict(zip(rows["unit"], rows["status"], strict=True))


def the_row(found, **key: object) -> pd.Series:
    rows = found.results.select(**key).frame
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize(
    ("row", "status", "reason", "n_shown"),
    [
        pytest.param(share(9, 8), "too_few", "few_pupils", False, id="nine pupils"),
        pytest.param(share(10, 9), "too_few", "few_with_property", True, id="nine of ten"),
        pytest.param(share(12, 11), "observed", "", True, id="grade year 9, 11 of 12"),
        pytest.param(share(12, 11, grade_year=6), "nearly_all", "few_without_property", True, id="grade year 6"),
        pytest.param(share(15, 0), "missing", "nobody", True, id="nobody"),
        pytest.param(share(6, 5, **CITY), "observed", "", True, id="municipality of six"),
        pytest.param(share(4, 4, **CITY), "too_few", "few_pupils", False, id="municipality of four"),
    ],
)
def test_rule_at_work(row, status, reason, n_shown):
    """The rule decides by metric, grade year and level; n goes with few pupils and stays with few having."""
    found = the_row(protected([row]))
    assert (found["status"], found["reason"], pd.notna(found["n"])) == (status, reason, n_shown)
    assert pd.isna(found["value"]) == (status != "observed")


@pytest.mark.parametrize(
    ("metric", "n", "shown"),
    [
        ("merit_rating_17", 9, False),
        ("merit_rating_17", 10, True),
        ("subject_points_mean", 9, False),
        ("test_points_mean", 10, True),
        ("grade_test_net_pp", 14, False),
        ("grade_test_net_pp", 15, True),
        ("pupil_count", 4, False),
        ("pupil_count", 5, True),
        ("teacher_fte", 2.9, False),
        ("teacher_fte", 3.0, True),
        ("survey_index", 4, False),
        ("survey_index", 5, True),
        ("attendance_share", 9, False),
        ("attendance_share", 10, True),
        ("cost_per_pupil", 9.5, False),
        ("cost_per_pupil", 10, True),
        ("merit_sd", 9, False),
        ("merit_sd", 10, True),
    ],
)
def test_threshold_of_each_family(metric, n, shown):
    """Each family of metrics at its threshold and just below."""
    row = {"metric": metric, "n": n, "numerator": n * 7, "value": 7.0, "lower": 6.0, "upper": 8.0}
    found = the_row(protected([row]))
    assert (found["status"] == "observed", pd.notna(found["n"]), pd.notna(found["upper"])) == (shown,) * 3


def test_net_deviation_of_zero_is_shown():
    """A net deviation of nought, or below, is a number like others."""
    for above in (0, -4):
        row = {"metric": "grade_test_net_pp", "n": 40, "numerator": above, "value": above / 40}
        assert the_row(protected([row]))["status"] == "observed"


def test_family_without_rule_is_refused():
    """A metric whose family the rule does not know never gets out."""
    with pytest.raises(ProtectionError, match="says nothing of the family 'all_subjects'"):
        protected([share(40, 30)], rule=DisclosureRule(id="half", families={}))


def test_missing_stays_missing():
    """A number that could not be computed is missing, for no reason of protection."""
    found = the_row(protected([{"metric": "merit_icc", "n": 20, "status": "missing"}]))
    assert (found["status"], found["reason"]) == ("missing", "")


def test_official_numbers_keep_the_agencys_status():
    """What the agency published or hid stands as it is, with its n and its own text."""
    rows = [
        official_share(6, 0.8, unit="A", raw="80"),
        official_share(40, None, "nearly_all", unit="B", raw="~100"),
        official_share(8, None, "too_few", unit="C", raw=".."),
    ]
    frame = protected(rows).results.frame
    assert list(frame["status"]) == ["observed", "nearly_all", "too_few"]
    assert list(frame["n"]) == [6, 40, 8]
    assert list(frame["raw"]) == ["80", "~100", ".."]
    assert frame["reason"].eq("").all()


def test_one_hidden_sex_hides_both():
    """Eight boys are too few; the girls' number would tell theirs, so it goes too, n and all."""
    rows = [
        share(40, 30),
        share(32, 25, breakdown="sex", category="girls"),
        share(8, 5, breakdown="sex", category="boys"),
    ]
    girls = the_row(protected(rows), category="girls")
    assert (girls["status"], girls["reason"], pd.isna(girls["n"])) == ("protects_other", "complement", True)
    assert the_row(protected(rows), category="all")["status"] == "observed"


def test_nearly_all_of_one_sex_hides_the_other():
    """Grade year 6: girls '~100' make the boys' number '..', as in the official tables."""
    rows = [
        share(60, 50, grade_year=6),
        share(30, 28, grade_year=6, breakdown="sex", category="girls"),
        share(30, 22, grade_year=6, breakdown="sex", category="boys"),
    ]
    assert the_row(protected(rows), category="girls")["status"] == "nearly_all"
    assert the_row(protected(rows), category="boys")["status"] == "protects_other"


def test_smallest_other_school_is_hidden():
    """One tiny school: the smallest other goes too, the rest and the municipality stay."""
    sizes = {"A": 6, "B": 40, "C": 25, "D": 60}
    rows = [share(n, n // 2, unit=code) for code, n in sizes.items()] + [share(131, 65, **CITY)]
    found = states(protected(rows, dict.fromkeys(sizes, "")))
    assert found == {
        "A": "too_few",
        "B": "observed",
        "C": "protects_other",
        "D": "observed",
        "9999": "observed",
    }


def test_two_tiny_schools_protect_each_other():
    """Two hidden schools that together rest on enough pupils need no third."""
    sizes = {"A": 6, "B": 8, "C": 25}
    rows = [share(n, n // 2, unit=code) for code, n in sizes.items()] + [share(39, 19, **CITY)]
    assert states(protected(rows, dict.fromkeys(sizes, "")), unit="C") == {"C": "observed"}


def test_two_hidden_that_are_too_few_together_need_a_third():
    """Schools of one and two pupils: their sum is known and rests on three, fewer than five."""
    sizes = {"A": 1, "B": 2, "C": 25, "D": 30}
    rows = [share(n, n // 2, unit=code) for code, n in sizes.items()] + [share(58, 27, **CITY)]
    assert states(protected(rows, dict.fromkeys(sizes, "")), unit=["C", "D"]) == {
        "C": "protects_other",
        "D": "observed",
    }


def test_area_with_one_school_is_hidden_with_it():
    """A seven-pupil school alone in its area: the area's number is the school's."""
    rows = [
        share(7, 5, unit="A"), share(40, 20, unit="B"), share(50, 25, unit="C"),
        share(7, 5, level="area", unit="9999:North"), share(90, 45, level="area", unit="9999:South"),
        share(97, 50, **CITY),
    ]  # fmt: skip
    found = states(protected(rows, {"A": "North", "B": "South", "C": "South"}))
    assert (found["A"], found["9999:North"], found["9999"]) == ("too_few", "protects_other", "observed")
    assert found["9999:South"] == "protects_other"  # else it would tell North


def test_choice_that_closes_two_lines_is_preferred():
    """In the area of the tiny school the other school goes, which closes the municipality's line as well."""
    rows = [
        share(7, 3, unit="A"), share(40, 20, unit="B"), share(60, 30, unit="D"), share(20, 10, unit="C"),
        share(107, 53, level="area", unit="9999:North"), share(20, 10, level="area", unit="9999:South"),
        share(127, 63, **CITY),
    ]  # fmt: skip
    found = states(protected(rows, {"A": "North", "B": "North", "C": "South", "D": "North"}))
    assert {unit for unit, status in found.items() if status != "observed"} == {"A", "B"}


def test_official_total_betrays_as_an_own_one_does():
    """Beside a published municipality the smallest other own school is hidden; the published number stays."""
    rows = [share(6, 3, unit="A"), share(40, 20, unit="B"), share(50, 20, unit="C")]
    found = states(protected([*rows, official_share(96, 0.448, **CITY)], dict.fromkeys("ABC", "")))
    assert found == {"A": "too_few", "B": "protects_other", "C": "observed", "9999": "observed"}


def test_grade_years_of_a_school():
    """A grade year of three pupils: the smallest other grade year goes too; förskoleklass is not in the sum."""
    sizes = {0: 5, 1: 3, 2: 9, 3: 12}
    rows = [
        {"metric": "pupil_count", "grade_year": year, "n": n, "numerator": n, "value": n} for year, n in sizes.items()
    ]
    rows.append({"metric": "pupil_count", "grade_year": None, "n": 24, "numerator": 24, "value": 24})
    frame = protected(rows).results.frame
    hidden = frame[frame["status"].ne("observed")]
    assert list(hidden["grade_year"]) == [1, 2]


def test_third_education_is_hidden_with_a_second():
    """One grade of parental education too few: the smallest other grade goes too."""
    rows = [share(100, 60), *(
        share(n, n // 2, breakdown="parental_education", category=category)
        for category, n in (("compulsory", 6), ("upper_secondary", 40), ("post_secondary", 54))
    )]  # fmt: skip
    frame = protected(rows).results.select(breakdown="parental_education").frame
    assert dict(zip(frame["category"], frame["status"], strict=True)) == {
        "compulsory": "too_few", "upper_secondary": "protects_other", "post_secondary": "observed"
    }  # fmt: skip


def test_parts_of_a_hidden_total_are_hidden():
    """A school hidden for another's sake does not show girls and boys, whose sum it is."""
    rows = [share(146, 73, **CITY)]
    for code, girls in {"A": 3, "B": 30, "C": 40}.items():
        rows += [
            share(2 * girls, girls, unit=code),
            share(girls, girls // 2, unit=code, breakdown="sex", category="girls"),
            share(girls, girls - girls // 2, unit=code, breakdown="sex", category="boys"),
        ]
    found = protected(rows, dict.fromkeys("ABC", ""))
    assert set(found.results.select(unit="B").frame["status"]) == {"protects_other"}
    assert found.results.select(unit="C").frame["status"].eq("observed").all()


def test_grades_beside_tests_are_hidden_together():
    """Shares that add up to one: a school hidden for another's sake loses all three and the net deviation."""
    rows = []
    for unit, n, level in (("A", 8, "school"), ("B", 30, "school"), ("C", 60, "school"), ("9999", 98, "municipality")):
        parts = {"above": n // 2, "below": 0 if unit == "B" else 2}
        parts["equal"] = n - sum(parts.values())
        key = {"unit": unit, "level": level, "subject": "MA"}
        rows += [share(n, k, metric=f"grade_{kind}_test_share", **key) for kind, k in parts.items()]
        net = parts["above"] - parts["below"]
        rows.append({"metric": "grade_test_net_pp", "n": n, "numerator": net, "value": net / n, **key})
    frame = protected(rows, dict.fromkeys("ABC", "")).results.frame
    hidden = frame[frame["status"].ne("observed")]
    assert sorted(hidden.groupby("unit")["metric"].nunique().items()) == [("A", 4), ("B", 4)]


def test_share_of_girls_goes_with_the_girls():
    """Where the count of girls is hidden for another school's sake, their share is hidden too."""
    rows = []
    for unit, level, girls, boys in (
        ("A", "school", 3, 20), ("B", "school", 30, 30), ("C", "school", 60, 60), ("9999", "municipality", 93, 110)
    ):  # fmt: skip
        key = {"unit": unit, "level": level, "grade_year": None}
        counts = {"girls": girls, "boys": boys}
        rows.append(share(girls + boys, girls, metric="girls_share", **key))
        rows.append(
            {"metric": "pupil_count", "n": girls + boys, "numerator": girls + boys, "value": girls + boys, **key}
        )
        rows += [
            {"metric": "pupil_count", "n": k, "numerator": k, "value": k, "breakdown": "sex", "category": sex, **key}
            for sex, k in counts.items()
        ]
    found = protected(rows, dict.fromkeys("ABC", ""))
    b = found.results.select(unit="B").frame
    assert b[b["metric"].eq("girls_share")]["status"].item() == "protects_other"
    assert set(b[b["breakdown"].eq("sex")]["status"]) == {"protects_other"}
    assert found.results.select(unit="C").frame["status"].eq("observed").all()


def test_several_levels_need_the_list_of_units():
    """Own numbers of school and municipality without the list of units are refused."""
    with pytest.raises(ProtectionError, match="without the list of units"):
        protected([share(40, 30), share(100, 70, **CITY)])


def test_two_results_of_one_key_are_refused():
    """A key that occurs twice is refused."""
    with pytest.raises(ProtectionError, match="share one key"):
        protect(results([share(40, 30), share(40, 31)]), comparisons(results([])))


@pytest.mark.parametrize(
    ("rows", "kind", "status"),
    [
        pytest.param([share(9, 5), share(40, 20, school_year="2023/24")], "change", "too_few", id="this year hidden"),
        pytest.param([share(40, 20), share(9, 5, school_year="2023/24")], "change", "too_few", id="last year hidden"),
        pytest.param(
            [share(9, 5, breakdown="sex", category="girls"), share(40, 20, breakdown="sex", category="boys")],
            "gap_sex", "too_few", id="girls hidden",
        ),
        pytest.param([share(40, 20), share(15, 0, school_year="2023/24")], "change", "missing", id="nobody last year"),
    ],
)  # fmt: skip
def test_hidden_side_hides_the_comparison(rows, kind, status):
    """A difference with a hidden side would tell it: number, interval, certainty and that side's n are blank."""
    found = protected(rows).comparisons.select(kind=kind).frame.iloc[0]
    assert (found["status"], found["reason"]) == (status, "side_hidden")
    assert found[["value", "lower", "upper", "certain"]].isna().all()
    assert found[["n", "n_reference"]].isna().any() == (status == "too_few")


def test_distance_to_a_hidden_municipality_is_hidden():
    """The distance to a municipality whose number is hidden is hidden."""
    found = protected([share(12, 11), share(4, 3, **CITY)], {"A": ""})
    assert found.comparisons.select(kind="vs_municipality").frame["value"].isna().all()


@pytest.mark.parametrize("asked", [False, True])
def test_shown_comparison_is_untouched(asked):
    """Both sides shown: the comparison leaves the room as it came, brought along or made when it is asked for."""
    table = results([share(40, 30), share(40, 20, school_year="2023/24")])
    made = comparisons(table)
    left = protect(table, (lambda: made) if asked else made, OUTSIDERS).comparisons.frame
    pd.testing.assert_frame_equal(left.drop(columns="reason"), made)


def test_comparison_of_an_unknown_result_is_blank():
    """A comparison whose sides are not among the results says nothing."""
    rows = results([share(40, 30), share(40, 20, school_year="2023/24")])
    left = protect(rows.iloc[:1], comparisons(rows)).comparisons.frame
    assert (left["status"].item(), left["value"].isna().all()) == ("missing", True)


def test_hidden_numbers_are_counted():
    """What was hidden is told by status and reason."""
    found = protected([share(9, 5), share(12, 11, grade_year=6), share(40, 30, school_year="2023/24")]).hidden
    assert found.to_dict("records") == [
        {"status": "nearly_all", "reason": "few_without_property", "count": 1},
        {"status": "too_few", "reason": "few_pupils", "count": 1},
    ]


def test_rule_tells_its_thresholds():
    """The method page prints the rule from the same value that was applied."""
    told = OFFICIAL.as_dict()
    assert (told["id"], told["min_pupils"], told["min_pupils_above"], told["nearly_all"]) == ("official-2024", 10, 5, 4)
    assert told["families"]["test_relation"] == {"school": 15, "above": 15}


def test_empty_tables_stay_empty():
    """Nothing in, nothing out, columns kept."""
    nothing = results([]).iloc[:0]
    found = protect(nothing, comparisons(nothing))
    assert (len(found.results), len(found.comparisons), len(found.hidden)) == (0, 0, 0)
    assert set(RESULT_KEY) <= set(found.results.frame.columns)

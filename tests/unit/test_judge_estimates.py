"""Estimates: what chance and the other schools say of a shown number, and what they do not say of a hidden one."""

from functools import cache

import pandas as pd
import pytest
from skq.columns import written_out
from skq.judge import Facts, Judgements, nothing_judged
from skq.judge.chance import MIN_UNITS
from skq.judge.peers import PeerRule
from skq.judgements import ESTIMATE_DTYPES, GOAL_DTYPES
from skq.metrics.intervals import share_difference, share_interval

from tests.judge_by_hand import TOWN, estimate, intake, mean, said, shares, units, whole_of
from tests.results_by_hand import official_share, share

PASSED, TWIN = "all_subjects_passed_share", "eligible_vocational_share"
FIVE = {"A": (100, 90), "B": (100, 60), "C": (100, 62), "D": (100, 58), "E": (100, 60)}
"""School A stands out: 90 of 100, the others around 60."""


@cache
def five() -> Judgements:
    """What is said of the five schools."""
    return said(shares(FIVE))


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    """Column names and dtypes as text."""
    return {column: str(dtype) for column, dtype in frame.dtypes.items()}


def test_form_of_the_frames():
    """Columns and dtypes are those of the contract, with rows and without."""
    for found in (five(), said([share(40, 30)]), nothing_judged()):
        assert dtypes(written_out(found.estimates)) == ESTIMATE_DTYPES
        assert dtypes(found.goals) == GOAL_DTYPES


def test_school_that_stands_out():
    """330 of 500 in common; A lies above the 99.8 % limits, is certainly above the rest, also after Holm."""
    found = estimate(five(), "A")
    assert found["target"] == pytest.approx(0.66)
    assert (found["outside"], found["direction"], found["holm"]) == ("998", "above", True)
    assert found["limit_lower"] < 0.66 < found["limit_upper"] < found["outer_upper"] < found["value"]
    assert found["p"] < 0.001


def test_school_within_the_limits():
    """C, 62 of 100, is within the limits and not certainly anything: no direction, nothing to hold."""
    found = estimate(five(), "C")
    assert (found["outside"], found["direction"], found["holds"], found["of"], found["checks"]) == ("no", "", 0, 0, "")
    assert not found["holm"]
    assert found["p"] > 0.05


def test_shrunken_is_what_the_weight_says():
    """The estimate is the weighted mean of own value and target, and lies between its limits."""
    for found in five().estimates.to_dict("records"):
        blend = found["weight"] * found["value"] + (1 - found["weight"]) * found["target"]
        assert found["shrunken"] == pytest.approx(blend)
        assert found["shrunken_lower"] < found["shrunken"] < found["shrunken_upper"]


def test_hidden_schools_stay_out_of_the_common_mean():
    """A school with 9 pupils, and the one hidden to protect it, have no estimate and no part in the target."""
    found = said(shares({**FIVE, "F": (9, 1), "G": (20, 10)})).estimates
    assert set(found["unit"]) == set("ABCDE")
    assert found["target"].round(6).eq(0.66).all()


@pytest.mark.parametrize("schools", range(1, 7))
def test_few_schools(schools):
    """With fewer than four others there are no limits and no shrinkage; p against the rest needs only one."""
    counts = {code: (50, 25 + place) for place, code in enumerate("ABCDEF"[:schools])}
    found = said(shares(counts)).estimates
    assert len(found) == schools
    assert found["limit_lower"].notna().all() == (schools > MIN_UNITS)
    assert found["weight"].notna().all() == (schools > MIN_UNITS)
    assert found["outside"].eq("").all() == (schools <= MIN_UNITS)
    assert found["p"].notna().all() == (schools > 1)
    assert found["holm"].notna().all() == (schools > 1)


def test_all_equal():
    """Schools with the same share: nothing outside, nothing certain, all shrunken to what they have in common."""
    found = said(shares(dict.fromkeys("ABCDE", (40, 30)))).estimates
    assert found["outside"].eq("no").all()
    assert found["shrunken"].round(9).eq(0.75).all()
    assert found["weight"].eq(0).all()
    assert found["direction"].eq("").all()
    assert found["dispersion"].eq(1).all()


def test_everybody_passed_everywhere():
    """All pupils of all schools: no spread to judge by, so no limits of the estimate, and p is 1."""
    found = said(shares(dict.fromkeys("ABCDE", (40, 40)))).estimates
    assert found["shrunken"].eq(1).all()
    assert found["shrunken_lower"].isna().all()
    assert found["outside"].eq("no").all()
    assert found["p"].eq(1).all()


def test_one_giant_school():
    """A school of 100 000 is nearly the whole common mean: it is within, its limits narrow, the small ones' wide."""
    found = said(shares({"A": (100_000, 70_000), **dict.fromkeys("BCDE", (20, 14))})).estimates.set_index("unit")
    assert found["outside"].eq("no").all()
    assert found.loc["A", "limit_upper"] - found.loc["A", "limit_lower"] < 0.01
    assert found.loc["B", "limit_upper"] - found.loc["B", "limit_lower"] > 0.3


def test_means_are_judged_by_the_pooled_spread():
    """Merit of 25 pupils with spread 50: errors of 10 around a mean of 200, limits 200 ± 19.6; φ stays 1."""
    rows = [{"sd": 50.0, **mean(value, 25, 50, unit=code)} for code, value in
            zip("ABCDE", (180, 190, 200, 210, 220), strict=True)]  # fmt: skip
    found = said([*rows, whole_of(rows)]).estimates.set_index("unit")
    assert found["limit_lower"].tolist() == pytest.approx([180.4] * 5, abs=0.05)
    assert found["outside"].tolist() == ["95", "no", "no", "no", "95"]
    assert found.loc["E", "shrunken"] == pytest.approx(212, abs=0.01)
    assert found.loc["E", "p"] == pytest.approx(0.0317, abs=0.0005), "t = 25 / 11.2 on 37 degrees of freedom"


def test_certain_and_p_agree():
    """p is below 5 % exactly where the comparison with the municipality is certain."""
    counts = {f"S{k}": (60, k) for k in range(20, 56, 3)}
    found = said(shares(counts)).estimates
    assert 0 < found["direction"].ne("").sum() < len(found)
    assert found["p"].lt(0.05).tolist() == found["direction"].ne("").tolist()


def test_official_numbers_without_interval_are_not_judged():
    """Published means without spread have no estimate; published shares with n have one."""
    merit = [official_share(50, 200.0 + place, unit=code, metric="merit_rating_17") for place, code in
             enumerate("ABCDE")]  # fmt: skip
    assert said(merit).estimates.empty
    passed = [
        {**official_share(n, k / n, unit=code), **share_interval(pd.Series([k]), pd.Series([n])).iloc[0]}
        for code, (n, k) in FIVE.items()
    ]
    found = said(passed).estimates
    assert found["outside"].tolist() == ["998", "no", "no", "no", "no"]
    assert found["p"].isna().all()
    assert found["holm"].isna().all()


def test_only_all_pupils_of_schools():
    """The municipality and a single sex have no estimate."""
    girls = [share(50, 30, unit=code, breakdown="sex", category="girls") for code in "ABCDE"]
    boys = [share(50, 30, unit=code, breakdown="sex", category="boys") for code in "ABCDE"]
    found = said([*shares(FIVE), *girls, *boys]).estimates
    assert set(found["level"]) == {"school"}
    assert set(found["category"]) == {"all"}


def test_what_is_counted_completely_has_no_chance():
    """The share of girls is no sample of anything, though a source gives it an interval."""
    girls = {"metric": "girls_share", "grade_year": None}
    rows = [share(100, 40 + place, unit=code, **girls) for place, code in enumerate("ABCDE")]
    assert said(rows).estimates.empty


def test_series_stand_alone():
    """Another school year is another common mean."""
    other = shares({code: (n, 50) for code, (n, _) in FIVE.items()}, school_year="2023/24")
    found = said([*shares(FIVE), *other]).estimates
    assert found.groupby("school_year")["target"].first().round(9).to_dict() == {"2023/24": 0.5, "2024/25": 0.66}


ALIKE = [*intake("A", 0.50, 0.20, 300), *intake("B", 0.51, 0.20, 300), *intake("C", 0.49, 0.20, 300),
         *intake("D", 0.50, 0.21, 300), *intake("E", 0.90, 0.90, 900)]  # fmt: skip
"""A to D take in the same pupils, E others."""


def test_peers_are_those_alike():
    """With three peers A has B, C and D: 180 of 300, 90 of 100 lies 30 points above, by Newcombe's interval."""
    found = estimate(said([*shares(FIVE), *ALIKE], peers=PeerRule(count=3)), "A")
    assert found["peers"] == "B C D"
    assert found["peer_mean"] == pytest.approx(0.6)
    expected = share_difference(pd.DataFrame([share(100, 90)]), pd.DataFrame([share(300, 180)])).iloc[0]
    told = (found["peer_difference"], found["peer_lower"], found["peer_upper"])
    assert told == pytest.approx((expected["value"], expected["lower"], expected["upper"]))
    assert found["peer_certain"]


def test_peers_of_means_are_pooled():
    """Peers' merit is the mean over their pupils: 200 on 10 and 230 on 20, 215 on 30 give 217.5."""
    rows = [{"sd": 40.0, **mean(value, n, 40, unit=code)} for code, value, n in
            zip("ABCDE", (250, 200, 230, 215, 100), (30, 10, 20, 30, 40), strict=True)]  # fmt: skip
    found = estimate(said([*rows, whole_of(rows), *ALIKE], peers=PeerRule(count=3)), "A")
    assert (found["peers"], found["peer_mean"]) == ("B C D", pytest.approx(217.5))
    assert found["peer_lower"] < found["peer_difference"] < found["peer_upper"]
    assert found["peer_certain"]


def test_no_peers_without_intake():
    """Where intake is not known there are no peers; a school whose own is not known has none, and is nobody's."""
    assert five().estimates["peers"].eq("").all()
    known = [row for row in ALIKE if row["unit"] != "B"]
    found = said([*shares(FIVE), *known]).estimates.set_index("unit")
    assert found.loc["B", "peers"] == ""
    assert found["peer_certain"].isna().to_dict() == {**dict.fromkeys("ACDE", False), "B": True}
    assert found.loc["A", "peers"] == "C D E"


def test_peers_have_the_number_too():
    """D is like A but has no shown number: A's peers are B, C and E."""
    counts = {code: count for code, count in FIVE.items() if code != "D"}
    found = estimate(said([*shares(counts), *ALIKE], peers=PeerRule(count=3)), "A")
    assert found["peers"] == "B C E"


def test_fewer_than_three_peers_are_none():
    """With three schools in all there is no group of peers."""
    counts = {code: FIVE[code] for code in "ABC"}
    assert said([*shares(counts), *ALIKE]).estimates["peers"].eq("").all()


def test_intake_of_the_nearest_year():
    """Where intake is known of another year alone, that is taken; of two as near the earlier one."""
    earlier = [*ALIKE[:12], *intake("E", 0.9, 0.9, 900)]
    two = [{**row, "school_year": year} for row in earlier for year in ("2023/24", "2025/26")]
    swapped = [{**row, "unit": {"B": "E", "E": "B"}.get(row["unit"], row["unit"])} if row["school_year"] == "2025/26"
               else row for row in two]  # fmt: skip
    found = said([*shares(FIVE), *swapped], peers=PeerRule(count=3))
    assert estimate(found, "A")["peers"] == "B C D"


def test_measure_shown_of_few_is_left_out():
    """Parents' education shown of two schools of five does not cost the others their peers."""
    sparse = [row for row in ALIKE if row["metric"] != "parents_post_secondary_share" or row["unit"] in "AB"]
    found = said([*shares(FIVE), *sparse], peers=PeerRule(count=3)).estimates
    assert found["peers"].ne("").all()


def test_size_counts_in_proportion():
    """Of 200 pupils, 300 are nearer than 100: half as many again against half as many."""
    sizes = {"A": 200, "B": 100, "C": 300, "D": 900, "E": 950}
    rows = [*shares(FIVE), *(row for code, size in sizes.items() for row in intake(code, 0.5, 0.5, size))]
    found = estimate(said(rows, peers=PeerRule(count=1, measures=("pupil_count",))), "A")
    assert found["peers"] == "C"


def checks(found: pd.Series) -> dict[str, str]:
    """The checks of an estimate by name."""
    return dict(one.split(":") for one in found["checks"].split())


def test_verdict_that_holds():
    """A is above by every comparison that can be made: peers, last year, three years, the twin and the funnel."""
    rows = [*shares(FIVE), *ALIKE, *shares(FIVE, school_year="2023/24"), *shares(FIVE, metric=TWIN),
            *shares(FIVE, breakdown="period", category="three_years")]  # fmt: skip
    found = estimate(said(rows, peers=PeerRule(count=3)), "A", metric=PASSED, school_year="2024/25")
    assert checks(found) == dict.fromkeys(("peers", "previous_year", "three_years", "twin", "funnel"), "yes")
    assert (found["holds"], found["of"]) == (5, 5)


def test_verdict_that_does_not_hold():
    """A was at the mean last year and over three years, and no more than its peers by another rule: those say no."""
    level = {**FIVE, "A": (100, 60)}
    rows = [*shares(FIVE), *shares(level, school_year="2023/24"), *shares(level, metric=TWIN),
            *shares(level, breakdown="period", category="three_years")]  # fmt: skip
    found = estimate(said(rows), "A", metric=PASSED, school_year="2024/25")
    assert checks(found) == {"previous_year": "no", "three_years": "no", "twin": "no", "funnel": "yes"}
    assert (found["holds"], found["of"]) == (1, 4)


def test_opposite_verdict_does_not_hold():
    """Certainly below last year is no support for certainly above this year."""
    below = {**FIVE, "A": (100, 20)}
    found = estimate(said([*shares(FIVE), *shares(below, school_year="2023/24")]), "A", school_year="2024/25")
    assert checks(found)["previous_year"] == "no"


def test_verdict_below():
    """A school below is below in the funnel too."""
    found = estimate(said(shares({**FIVE, "A": (100, 20)})), "A")
    assert (found["direction"], checks(found)) == ("below", {"funnel": "yes"})


def test_all_schools_are_no_selection():
    """Where every other school is a peer the comparison is the municipality's once more and is not counted."""
    found = estimate(said([*shares(FIVE), *ALIKE], peers=PeerRule(count=4)), "A")
    assert found["peers"] == "B C D E"
    assert "peers" not in checks(found)


def test_organizer_with_other_schools():
    """Beside its own organizer's three schools A is above too; an organizer of all the schools does not count."""
    n, k = (sum(FIVE[code][place] for code in "ABC") for place in (0, 1))
    rows = [*shares(FIVE), share(n, k, **TOWN)]
    found = estimate(said(rows, organizers={"D": "Other", "E": "Other"}), "A")
    assert checks(found)["organizer"] == "yes"
    same = [*shares(FIVE), share(500, 330, **TOWN)]
    assert "organizer" not in checks(estimate(said(same), "A"))


def test_organizer_where_the_school_is_like_the_others():
    """A is as high as its organizer's other schools: the verdict does not hold there."""
    counts = {**FIVE, "B": (100, 88), "C": (100, 91)}
    n, k = (sum(counts[code][place] for code in "ABC") for place in (0, 1))
    found = estimate(said([*shares(counts), share(n, k, **TOWN)], organizers={"D": "Other", "E": "Other"}), "A")
    assert (found["direction"], checks(found)["organizer"]) == ("above", "no")


def test_holm_is_over_the_numbers_of_a_school_and_year():
    """p of 0.03 is certain alone, and no more after Holm among 18 subjects in which nothing differs."""
    alone = {"A": (100, 71), "B": (500, 300)}
    level = {"A": (100, 60), "B": (500, 300)}
    subject = {"metric": "subject_passed_share"}
    many = [row for name in ("BL", "EN", "MA", "MU", "SV") for row in shares(level, subject=name, **subject)]
    first = estimate(said(shares(alone, subject="SH", **subject)), "A", subject="SH")
    among = estimate(said([*shares(alone, subject="SH", **subject), *many]), "A", subject="SH")
    assert 0.02 < first["p"] < 0.05
    assert (first["direction"], first["holm"]) == ("above", True)
    assert (among["p"], among["direction"], among["holm"]) == (first["p"], "above", False)


def test_facts_of_all_and_of_one():
    """Five comparisons with the municipality, one of them certain or more, a quarter by chance; peers by name."""
    rows, rule = [*shares(FIVE), *ALIKE], PeerRule(count=3)
    found, known = said(rows, peers=rule), units(FIVE)
    whole = Facts(found, known, rule).of("")
    assert [(one["unit"], one["tested"], one["by_chance"]) for one in whole["comparisons"]] == [
        (code, 1, 0.05) for code in FIVE
    ]
    own = Facts(found, known, rule).of("A")
    assert own["comparisons"] == [
        {"unit": "A", "school_year": "2024/25", "tested": 1, "flagged": 1, "by_chance": 0.05, "holm": 1}
    ]
    assert own["peers"] == {
        "count": 3,
        "measures": ["parents_post_secondary_share", "foreign_background_share", "pupil_count"],
        "names": {"B": "School B", "C": "School C", "D": "School D"},
    }


@pytest.mark.parametrize("at_a_time", [1, 12])
def test_estimates_made_of_some_metrics_at_a_time_are_the_same(monkeypatch, at_a_time):
    """Where there are many numbers they are judged in portions: the same table, Holm and twins included."""
    rows = [*shares(FIVE), *shares(FIVE, metric=TWIN), *shares(FIVE, metric="eligible_arts_share")]
    rows += [*shares(FIVE, school_year="2023/24"), *ALIKE]
    whole = said(rows).estimates
    assert whole["metric"].nunique() == 3
    monkeypatch.setattr("skq.judge.rows.AT_A_TIME", at_a_time)
    pd.testing.assert_frame_equal(said(rows).estimates, whole, check_exact=True)

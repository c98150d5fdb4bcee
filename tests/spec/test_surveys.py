"""Guardians, staff and engagement (domain §11): T-20, T-20b, T-21, the two orders of averaging, normalisation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skq import catalog
from skq.aggregate import aggregate
from skq.metrics.hme import hme_score
from skq.metrics.measure import Answer
from skq.metrics.normalisation import normalised, normalised_index
from skq.metrics.survey import index_by_item, index_by_respondent, item_score, positive
from skq.terms import SchoolYear, round_half_up

from tests.spec.text_tables import YEAR, one, schools, text_table, typed

LEVELS = (("school", "A"), ("area", "9999:North"), ("organizer", "Town"), ("municipality", "9999"))


def counted(text: str, **same: str) -> dict[str, pd.DataFrame]:
    """Return the tables of a survey with a column per answer; safety, pupils of year 5, 125 invited unless said."""
    rows = text_table(text)
    keys = [column for column in rows if column not in ("1", "2", "3", "4", "5", "dk")]
    long = rows.melt(id_vars=keys, var_name="answer", value_name="count").replace({"answer": {"dk": "dont_know"}})
    usual = {
        "school_unit_code": "A",
        "school_year": YEAR,
        "respondent_group": "pupils_5",
        "area": "safety",
        "invited_count": "125",
        "reversed": "no",
    }
    filled = long.assign(**{name: value for name, value in (usual | same).items() if name not in long})
    return {"school_units": schools(*sorted(set(filled["school_unit_code"]))), "survey": typed("survey", filled)}


def one_by_one(text: str, **same: str) -> dict[str, pd.DataFrame]:
    """Return the tables of a survey with a row per respondent and a column per item (`-`: left out, `dk`)."""
    rows = text_table(text)
    keys = [column for column in ("school_unit_code", "respondent") if column in rows]
    long = rows.melt(id_vars=keys, var_name="item", value_name="answer")
    answer = long["answer"].replace({"dk": "dont_know", "-": None})
    usual = {
        "school_unit_code": "A",
        "school_year": YEAR,
        "respondent_group": "staff",
        "area": "safety",
        "reversed": "no",
    }
    filled = long.assign(answer=answer, **{k: v for k, v in (usual | same).items() if k not in long})
    known = schools(*sorted(set(filled["school_unit_code"])))
    return {"school_units": known, "survey_answers": typed("survey_answers", filled)}


class TestPositiveShare:
    """Kolada's share of positive answers: do not know is in the denominator."""

    def test_of_an_item(self):
        """T-20b: (40 + 30) / 105 = 66.7 %, not 70.0 %."""
        found = one(
            aggregate(counted("item 4 3 2 1 dk\none 40 30 20 10 5")),
            "survey_positive_share",
            subject="safety",
            grade_year=5,
        )
        assert (found["n"], round_half_up(found["value"] * 100)) == (105, 66.7)
        # Wilson, z = 1.96: (0.66667 + 0.01829 ± 0.09200) / 1.03659
        assert (round(found["lower"], 3), round(found["upper"], 3)) == (0.572, 0.750)

    def test_of_a_negative_item(self):
        """Never and seldom are the positive answers to a negatively worded item: (20 + 10) / 105 = 28.6 %."""
        found = one(
            aggregate(counted("item reversed 4 3 2 1 dk\none yes 40 30 20 10 5")),
            "survey_positive_share",
            subject="safety",
            grade_year=5,
        )
        assert round_half_up(found["value"] * 100) == 28.6

    def test_of_an_area(self):
        """The area's share is the mean of its items': 70 / 105 and 60 / 100 give 63.3 %; n is the weaker item's."""
        found = one(
            aggregate(counted("item 4 3 2 1 dk\none 40 30 20 10 5\ntwo 20 40 25 15 0")),
            "survey_positive_share",
            subject="safety",
            grade_year=5,
        )
        assert (found["n"], round_half_up(found["value"] * 100)) == (100, 63.3)
        # the means of 0.5720 and 0.5020, of 0.7495 and 0.6906
        assert (round(found["lower"], 3), round(found["upper"], 3)) == (0.537, 0.720)

    def test_formula(self):
        """Each answer is positive or not; who did not answer is missing, who did not know is not positive."""
        answer = pd.Series(["4", "3", "2", "1", "dont_know", None], dtype="str")
        assert positive(answer, negative=pd.Series(False, answer.index)).tolist()[:5] == [1, 1, 0, 0, 0]
        assert positive(answer, negative=pd.Series(True, answer.index)).tolist()[:5] == [0, 0, 1, 1, 0]
        assert positive(answer, negative=pd.Series(False, answer.index)).isna().tolist() == [False] * 5 + [True]


GUARDIANS = """
school_unit_code item 4  3  2  1 dk invited_count
A                one  40 30 20 10 5  150
B                one  10 0  0  0  0  8
"""


def test_guardians_have_their_own_index():
    """T-20's first item, answered by guardians: 6.67, without grade year, and no index of pupils."""
    found = aggregate(counted("item 4 3 2 1 dk\none 40 30 20 10 5", respondent_group="guardians"))
    assert round(one(found, "survey_guardians_index", subject="safety", grade_year=None)["value"], 2) == 6.67
    assert not found["metric"].isin(["survey_index", "survey_staff_index"]).any()


def test_guardians_positive_share():
    """T-20b by guardians; both schools together: 80 positive of 115 answers."""
    found = aggregate(counted(GUARDIANS, respondent_group="guardians"))
    own = one(found, "survey_guardians_positive_share", subject="safety", grade_year=None)
    town = one(found, "survey_guardians_positive_share", subject="safety", level="municipality", unit="9999")
    assert (own["value"], own["n"]) == (70 / 105, 105)
    assert (town["value"], town["n"]) == (80 / 115, 115)


def test_guardians_response_rate_is_per_pupil():
    """Answers per pupil: 105 of 150; ten guardians of eight pupils are 125 %; together 115 of 158."""
    found = aggregate(counted(GUARDIANS, respondent_group="guardians"))
    metric = "survey_guardians_response_share"
    assert [one(found, metric, unit=unit, grade_year=None)["value"] for unit in ("A", "B")] == [0.7, 1.25]
    assert one(found, metric, level="municipality", unit="9999")["value"] == 115 / 158


def test_no_limits_where_an_item_has_none():
    """An item that all answered alike tells nothing of chance: the area has a value, 8.33, but no limits."""
    found = one(
        aggregate(counted("item 4 3 2 1 dk\none 6 0 0 0 0\ntwo 3 0 3 0 0")),
        "survey_index",
        subject="safety",
        grade_year=5,
    )
    assert round(found["value"], 2) == 8.33
    assert pd.isna(found["lower"])
    assert pd.isna(found["upper"])


ORDERS = """
respondent one two
p1         4   4
p2         1   -
p3         4   3
"""


class TestOrders:
    """Per item and per respondent, where one person leaves an item out."""

    # items: one (10 + 0 + 10) / 3 = 6.667, two (10 + 6.667) / 2 = 8.333, together 7.5
    # respondents: 10, 0 and (10 + 6.667) / 2 = 8.333, together 6.111

    def scores(self) -> pd.DataFrame:
        rows = text_table(ORDERS).set_index("respondent")
        false = pd.Series(False, rows.index)
        return pd.DataFrame({item: item_score(rows[item], negative=false) for item in rows})

    def test_orders_differ_where_an_item_is_left_out(self):
        """Answers one by one: 6.111 on three respondents. The same answers counted: 7.500 on two answers."""
        single = one(aggregate(one_by_one(ORDERS)), "survey_staff_index", subject="safety", grade_year=None)
        counts = "item 4 3 2 1 dk\none 2 0 0 1 0\ntwo 1 1 0 0 0"
        summed = one(aggregate(counted(counts, respondent_group="staff")), "survey_staff_index", subject="safety")
        assert (round(single["value"], 3), single["n"]) == (6.111, 3)
        assert (round(summed["value"], 3), summed["n"]) == (7.5, 2)

    def test_source_tells_the_order(self):
        """The source of every number made from answers one by one says so; counts are plain register numbers."""
        assert set(aggregate(one_by_one(ORDERS))["source"]) == {"register:per_respondent"}
        assert set(aggregate(counted("item 4 3 2 1 dk\none 2 0 0 1 0"))["source"]) == {"register"}
        assert "source says so" in catalog.metric("survey_index").definition

    def test_formulas(self):
        """Both orders as formulas of one table of scores, by hand; per item the interval is the wider one here."""
        by_item, by_respondent = index_by_item(self.scores()), index_by_respondent(self.scores())
        assert (round(by_item.value, 3), by_item.n) == (7.5, 2)
        assert (round(by_respondent.value, 3), by_respondent.n) == (6.111, 3)
        assert by_respondent.lower < by_respondent.value < by_respondent.upper

    def test_orders_agree_where_everybody_answers_everything(self):
        """Without gaps the order does not matter."""
        full = self.scores().drop(index="p2")
        assert index_by_item(full).value == pytest.approx(index_by_respondent(full).value)

    @pytest.mark.parametrize("formula", [index_by_item, index_by_respondent])
    def test_few(self, formula):
        """Nobody: a named status. One answer, or all alike: a value without limits."""
        assert formula(pd.DataFrame({"one": [np.nan]})).status is Answer.NOBODY
        assert formula(pd.DataFrame({"one": []}, dtype="float64")).status is Answer.NOBODY
        single = formula(pd.DataFrame({"one": [10.0], "two": [np.nan]}))
        assert (single.value, single.n, single.lower) == (10, 1, None)
        alike = formula(pd.DataFrame({"one": [5.0, 5.0, 5.0]}))
        assert (alike.value, alike.n, alike.lower, alike.upper) == (5, 3, None, None)


def test_positive_share_goes_per_item_also_by_respondent():
    """Kolada's share is per item whatever the table: one 2 of 3, two 2 of 2, area 83.3 %; do not know is no gap."""
    found = one(aggregate(one_by_one(ORDERS)), "survey_staff_positive_share", subject="safety", grade_year=None)
    assert (round_half_up(found["value"] * 100), found["n"]) == (83.3, 2)
    unsure = one(aggregate(one_by_one("respondent one\np1 4\np2 dk")), "survey_staff_positive_share", subject="safety")
    assert (unsure["value"], unsure["n"]) == (0.5, 2)


def test_response_rate_counts_respondents():
    """Three of twelve answered something; who left all blank did not."""
    blank = ORDERS + "p4 - -\n"
    found = one(aggregate(one_by_one(blank, invited_count="12")), "survey_staff_response_share", grade_year=None)
    assert (found["n"], found["value"]) == (3, 0.25)


def test_response_rate_of_the_units_that_tell():
    """B does not tell how many it asked: it has no rate, and the town's is A's, 2 of 8, not 3 of 8."""
    tables = one_by_one("school_unit_code respondent one\nA p1 4\nA p2 4\nB p3 4")
    answers = tables["survey_answers"]
    asked = answers["school_unit_code"].map({"A": 8}).astype("Int64")
    found = aggregate(tables | {"survey_answers": answers.assign(invited_count=asked)})
    assert one(found, "survey_staff_response_share", level="municipality", unit="9999")["value"] == 0.25
    assert set(found.loc[found["metric"].eq("survey_staff_response_share") & found["level"].eq("school"), "unit"]) == {
        "A"
    }
    nobody = aggregate(tables)
    assert "survey_staff_response_share" not in set(nobody["metric"])


def test_blank_answers_alone_give_nothing():
    """A table in which nobody has answered anything gives no rows."""
    assert aggregate(one_by_one("respondent one\np1 -")).empty


def test_limits_stay_on_the_scale():
    """With few answers near the top Student's limit is cut at 10, and at 0 below."""
    high = one(aggregate(one_by_one("respondent one\np1 4\np2 4\np3 3")), "survey_staff_index", subject="safety")
    low = one(aggregate(one_by_one("respondent one\np1 1\np2 1\np3 2")), "survey_staff_index", subject="safety")
    assert (high["upper"], low["lower"]) == (10, 0)
    assert high["lower"] < high["value"] < 10


HME = {"hme_motivation": ("m1", "m2", "m3"), "hme_leadership": ("l1", "l2", "l3"), "hme_governance": ("g1", "g2", "g3")}


def engaged(means: dict[str, str], **same: str) -> dict[str, pd.DataFrame]:
    """Return counted answers to the nine statements, each answered as *means* tells for its area: `5:2 4:1`."""
    lines = []
    for area, told in means.items():
        counts = dict(pair.split(":") for pair in told.split())
        answers = " ".join(counts.get(step, "0") for step in "54321")
        lines += [f"{area} {item} {answers} 0" for item in HME[area]]
    return counted("area item 5 4 3 2 1 dk\n" + "\n".join(lines), respondent_group="staff", **same)


class TestEngagement:
    """HME: nine statements answered 1 to 5, as 0 to 100."""

    def test_answer(self):
        """T-21: an answer 4 is 75; 1 is 0 and 5 is 100; turned round where negative; do not know has no score."""
        answer = pd.Series(["1", "2", "3", "4", "5", "dont_know"])
        as_they_are = hme_score(answer, negative=pd.Series(False, answer.index))
        assert as_they_are.tolist()[:5] == [0, 25, 50, 75, 100]
        assert hme_score(answer, negative=pd.Series(True, answer.index)).tolist()[:5] == [100, 75, 50, 25, 0]
        assert pd.isna(as_they_are.iloc[5])

    def test_total_and_parts(self):
        """T-21: mean 4 is 75. Motivation mean 5 (100), leadership 4 (75), governance 2 (25): total 66.67."""
        found = aggregate(
            engaged({"hme_motivation": "5:6", "hme_leadership": "5:3 3:3", "hme_governance": "3:2 2:2 1:2"})
        )
        values = {metric: one(found, metric, grade_year=None)["value"] for metric in (*HME, "hme_index")}
        assert {metric: round(value, 2) for metric, value in values.items()} == {
            "hme_motivation": 100,
            "hme_leadership": 75,
            "hme_governance": 25,
            "hme_index": 66.67,
        }
        for level, unit in LEVELS:
            assert one(found, "hme_leadership", level=level, unit=unit)["value"] == 75

    def test_not_part_of_the_staffs_other_survey(self):
        """HME gives neither an index of an area on 0-10 nor a share of positive answers; it counts as an answer."""
        found = aggregate(engaged({"hme_motivation": "5:6"}))
        assert not found["metric"].isin(["survey_staff_index", "survey_staff_positive_share"]).any()
        assert one(found, "survey_staff_response_share", grade_year=None)["n"] == 6

    def test_total_needs_all_nine(self):
        """Where an area was not asked about there is no total, and where an item has no answer no sub-index."""
        found = aggregate(engaged({"hme_motivation": "5:6", "hme_leadership": "4:6"}))
        assert one(found, "hme_index")["status"] == "missing"
        assert one(found, "hme_motivation")["value"] == 100
        tables = engaged({"hme_motivation": "5:6"})
        tables["survey"] = tables["survey"][tables["survey"]["item"].ne("m3")]
        assert one(aggregate(tables), "hme_motivation")["status"] == "missing"

    def test_one_by_one(self):
        """Per respondent: p1 answers all with 5 (100), p2 only m1, with 1 (0): the total is 50, not 90."""
        items = [item for area in HME.values() for item in area]
        text = "respondent " + " ".join(items) + "\np1 " + "5 " * 9 + "\np2 1 " + "- " * 8
        tables = one_by_one(text)
        area = {item: name for name, members in HME.items() for item in members}
        tables["survey_answers"]["area"] = tables["survey_answers"]["item"].map(area).astype("str")
        found = aggregate(tables)
        assert one(found, "hme_index", grade_year=None)["value"] == 50
        assert one(found, "hme_leadership")["value"] == 100
        assert one(found, "hme_leadership")["n"] == 1

    def test_one_by_one_without_all_areas(self):
        """A survey of one area alone has its sub-index but no total."""
        found = aggregate(one_by_one("respondent m1 m2 m3\np1 5 5 5\np2 4 4 4", area="hme_motivation"))
        assert one(found, "hme_motivation")["value"] == 87.5
        assert found[found["metric"].eq("hme_index")].empty


def test_warnings_are_in_the_catalogue():
    """Response rates below 70 % (pupils) and 50 % (guardians) ask for caution; of the rest only a low match does."""
    told = {metric.id: metric.warn_below for metric in catalog.metrics().values() if metric.warn_below is not None}
    assert told["survey_response_share"] == 0.7
    assert told["survey_guardians_response_share"] == 0.5
    assert {metric for metric in told if not metric.endswith("_response_share")} == {"cohort_matched_share"}


@pytest.mark.parametrize("metric", ["survey_index", "survey_positive_share", "survey_guardians_index"])
def test_series_break_in_autumn_2018_and_2022(metric):
    """The areas were merged in autumn 2018, and the spring of 2022 had a new questionnaire."""
    assert list(catalog.metric(metric).breaks) == [SchoolYear(2018), SchoolYear(2021)]


class TestNormalisation:
    """RKA: 0 at percentile 2.5, 100 at percentile 97.5, linear between (§11.3)."""

    def test_by_hand(self):
        """Of 0, 1 … 40 the percentiles (type 7) are 1 and 39: 1 and less is 0, 20 is 50, 39 and more is 100."""
        found = normalised(pd.Series(range(41), dtype="float64"), higher_is_better=True)
        assert found.status is Answer.OBSERVED
        assert [found.values[place] for place in (0, 1, 20, 39, 40)] == [0, 0, 50, 100, 100]
        assert found.values[2] == pytest.approx(100 / 38)

    def test_direction(self):
        """Where less is better the scale is turned round."""
        values = pd.Series(range(41), dtype="float64")
        turned = normalised(values, higher_is_better=False).values
        assert (turned + normalised(values, higher_is_better=True).values).tolist() == [100] * 41

    @pytest.mark.parametrize(
        ("values", "status"),
        [
            ([], Answer.NOBODY),
            ([np.nan], Answer.NOBODY),
            ([3.0, np.nan], Answer.ONE_UNIT),
            ([2.0] * 5, Answer.ALL_EQUAL),
        ],
    )
    def test_without_variation(self, values, status):
        """Nobody, one unit, or all alike: a named status and no value."""
        found = normalised(pd.Series(values, dtype="float64"), higher_is_better=True)
        assert found.status is status
        assert found.values.isna().all()
        assert len(found.values) == len(values)

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30, unique=True), st.booleans())
    def test_stays_within_and_in_order(self, numbers, up):
        """Whatever the values: 0 to 100, never against the order, the best 100 and the worst 0."""
        values = pd.Series(sorted(numbers))
        found = normalised(values, higher_is_better=up)
        if found.status is Answer.OBSERVED:
            assert found.values.between(0, 100).all()
            ordered = found.values if up else found.values[::-1]
            assert ordered.is_monotonic_increasing
            assert (ordered.iloc[0], ordered.iloc[-1]) == (0, 100)

    def test_index_of_several(self):
        """Two questions, one of them reversed, each 0 to 100 for three units; the mean is normalised once more."""
        table = pd.DataFrame({"calm": [0.0, 50.0, 100.0], "noise": [100.0, 0.0, 50.0]}, index=["a", "b", "c"])
        # percentiles 2.5 and 97.5 of three evenly spread values: so near the ends that 0, 50, 100 stay what they are
        # calm 0 50 100, noise reversed 0 100 50, means 0 75 75; their percentiles are 3.75 and 75
        found = normalised_index(table, higher_is_better={"calm": True, "noise": False}, needed=2)
        assert found.values.round(9).tolist() == [0, 100, 100]

    def test_index_needs_enough_questions(self):
        """A unit with fewer answers than needed has no index; its one answer in the middle moves nobody."""
        table = pd.DataFrame({f"q{number}": [1.0, 2.0, 3.0, np.nan] for number in range(6)})
        table.loc[3, "q0"] = 2.0
        found = normalised_index(table, higher_is_better=dict.fromkeys(table, True))
        assert found.values.isna().tolist() == [False, False, False, True]
        assert found.values[:3].round(9).tolist() == [0, 50, 100]

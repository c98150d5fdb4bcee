"""Survey rows at all levels: what adds up, what is hidden, what the invented municipality shows."""

from __future__ import annotations

import pandas as pd
import pytest
from skq.aggregate import aggregate, units
from skq.compare import comparisons
from skq.demo import demo_tables
from skq.protect import protect
from skq.schema import TABLES
from skq.terms import RESULT_DTYPES

from tests.results_by_hand import OUTSIDERS
from tests.spec.text_tables import YEAR, one, schools, typed

TOWN = {"level": "municipality", "unit": "9901"}
HME = ("hme_motivation", "hme_leadership", "hme_governance")


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """The surveys of an invented municipality of four schools and two years."""
    made = demo_tables(schools=4, years=2)
    return {name: made[name].astype(TABLES[name].dtypes) for name in ("school_units", "survey", "survey_answers")}


@pytest.fixture(scope="module")
def results(tables) -> pd.DataFrame:
    return aggregate(tables)


def test_every_group_has_its_metrics(results):
    """Pupils of both grade years, guardians and staff have index, positive share and response rate; staff HME too."""
    families = ("survey", "survey_guardians", "survey_staff")
    wanted = {f"{family}_{end}" for family in families for end in ("index", "positive_share", "response_share")}
    assert set(results["metric"]) == wanted | {*HME, "hme_index"}
    assert set(results.loc[results["metric"].eq("survey_index"), "grade_year"]) == {5, 8}
    others = results[
        ~results["metric"].isin([f"survey_{end}" for end in ("index", "positive_share", "response_share")])
    ]
    assert others["grade_year"].isna().all()


def test_staff_index_is_the_mean_over_respondents(tables, results):
    """The municipality's staff index of calm is each respondent's mean score, averaged, computed anew."""
    answers = tables["survey_answers"]
    year = answers["school_year"].astype("str").max()
    own = answers[answers["school_year"].eq(year) & answers["area"].eq("calm_study")]
    own = own[own["answer"].ne("dont_know")]
    score = (own["answer"].astype("str").astype(int) - 1) * 10 / 3
    score = score.mask(own["reversed"].astype(bool), 10 - score)
    means = score.groupby([own["school_unit_code"], own["respondent"]]).mean()
    found = one(results, "survey_staff_index", subject="calm_study", school_year=year, **TOWN)
    assert (found["value"], found["n"]) == (pytest.approx(means.mean()), len(means))
    half = 1.96 * means.std() / len(means) ** 0.5
    assert found["upper"] - found["value"] == pytest.approx(half, rel=0.05)


def test_counts_of_the_same_answers_give_the_same_response_and_positive_share(tables, results):
    """The staff's answers counted per item: equal positive shares and n, and n of the response at most as many."""
    answers = tables["survey_answers"]
    key = ["school_unit_code", "school_year", "respondent_group", "area", "item", "answer", "invited_count", "reversed"]
    counts = typed("survey", answers.groupby(key, as_index=False).size().rename(columns={"size": "count"}))
    counted = aggregate({"school_units": tables["school_units"], "survey": counts})
    columns = ["level", "unit", "school_year", "subject"]
    for metric in ("survey_staff_positive_share", "survey_staff_response_share", "hme_index", "survey_staff_index"):
        first, second = (frame[frame["metric"].eq(metric)].set_index(columns) for frame in (results, counted))
        assert len(first) == len(second) > 0
        if metric == "survey_staff_positive_share":
            assert first["value"].eq(second["value"]).all()
            assert first["n"].eq(second["n"]).all()
        elif metric == "survey_staff_response_share":
            assert first["value"].ge(second["value"]).all()
        else:
            assert (first["value"] - second["value"]).abs().max() < first["value"].max() * 0.03
            assert (first["value"] - second["value"]).abs().max() > 0


def test_order_of_rows_never_matters(tables, results):
    """Shuffled tables give the same numbers (sums of floats apart)."""
    shuffled = {name: table.sample(frac=1, random_state=7) for name, table in tables.items()}
    pd.testing.assert_frame_equal(aggregate(shuffled), results, rtol=1e-12)


def test_index_lies_within_those_of_its_schools(results):
    """No municipality's value lies outside the lowest and the highest of its schools'."""
    values = results[results["status"].eq("observed")]
    key = ["metric", "school_year", "grade_year", "subject"]
    at_schools = values[values["level"].eq("school")].groupby(key, dropna=False)["value"].agg(["min", "max"])
    town = values[values["level"].eq("municipality")].set_index(key)["value"]
    both = at_schools.join(town, how="inner")
    assert len(both) == len(town)
    assert (both["value"] >= both["min"] - 1e-9).all()
    assert (both["value"] <= both["max"] + 1e-9).all()


def test_trust_in_leadership_falls_where_safety_does():
    """In the school whose safety falls the staff's trust in its leadership falls by more than eight of a hundred."""
    made = demo_tables()
    found = aggregate({name: made[name].astype(TABLES[name].dtypes) for name in ("school_units", "survey_answers")})
    own = found[found["metric"].eq("hme_leadership") & found["unit"].eq("99010009")].set_index("school_year")["value"]
    assert own["2021/22"] - own["2025/26"] > 8


def test_no_change_into_a_break(results):
    """2021/22 brought a new questionnaire: no change of a guardians' index is told into it, but of HME it is."""
    years = {"2020/21": "2020/21", "2021/22": "2021/22"}
    rows = [
        {"metric": metric, "grade_year": pd.NA, "subject": subject, "school_year": year, "value": 7.0, "n": 50.0}
        for metric, subject in (("survey_guardians_index", "safety"), ("hme_index", ""))
        for year in years
    ]
    frame = pd.DataFrame(rows).assign(
        level="school", unit="A", breakdown="all", category="all", numerator=1.0, lower=6.0, upper=8.0,
        status="observed", source="register", raw="",
    )  # fmt: skip
    found = comparisons(frame.astype(RESULT_DTYPES))
    assert found[found["kind"].eq("change")]["metric"].tolist() == ["hme_index"]


def few_staff() -> dict[str, pd.DataFrame]:
    """Return three schools where one to six persons answer all nine statements; in C two leave governance out."""
    rows = [
        (school, f"{school}{person}", area, f"{area}{item}", str(1 + (person + item) % 5))
        for school, people in (("A", 4), ("B", 6), ("C", 6), ("D", 9))
        for person in range(people)
        for area in HME
        for item in range(3)
        if not (school == "C" and area == "hme_governance" and person < 2)
    ]
    answers = pd.DataFrame(rows, columns=["school_unit_code", "respondent", "area", "item", "answer"])
    filled = answers.assign(school_year=YEAR, respondent_group="staff", invited_count=10)
    return {"school_units": schools("A", "B", "C", "D"), "survey_answers": typed("survey_answers", filled)}


def test_engagement_is_hidden_together():
    """In C four answered about governance, too few: none of the four HME numbers of C is shown, else they tell it."""
    tables = few_staff()
    results = aggregate(tables)
    shown = protect(results, comparisons(results), OUTSIDERS, units=units(tables)).results.to_frame()
    observed = shown[shown["level"].eq("school") & shown["metric"].str.startswith("hme") & shown["value"].notna()]
    per_unit = observed.groupby("unit")["metric"].nunique()
    assert one(results, "hme_governance", unit="C")["n"] == 4
    assert one(results, "hme_motivation", unit="C")["n"] == 6
    assert per_unit.to_dict() == {"B": 4, "D": 4}


def test_below_five_answers_nothing_is_shown():
    """School A with four respondents shows no index, share or response rate of its staff."""
    tables = few_staff()
    tables["survey_answers"] = tables["survey_answers"].assign(area="safety").drop_duplicates(["respondent", "item"])
    tables["survey_answers"]["answer"] = tables["survey_answers"]["answer"].replace("5", "4")
    results = aggregate(tables)
    shown = protect(results, comparisons(results), OUTSIDERS, units=units(tables)).results.to_frame()
    of_a = shown[shown["unit"].eq("A") & shown["metric"].str.startswith("survey_staff")]
    assert len(of_a) == 3
    assert of_a["value"].isna().all()

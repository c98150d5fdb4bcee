"""What the default municipality has in it, so that every part of a report has something to show."""

from __future__ import annotations

import pandas as pd
import pytest
from skq import catalog
from skq.demo import demo_tables
from skq.schema import TABLES

Tables = dict[str, pd.DataFrame]

POINTS = {"A": 20.0, "B": 17.5, "C": 15.0, "D": 12.5, "E": 10.0, "F": 0.0, "-": 0.0}
YEARS = ["2021/22", "2022/23", "2023/24", "2024/25", "2025/26"]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return demo_tables()


@pytest.fixture(scope="module")
def finals(tables: Tables) -> pd.DataFrame:
    """Final grades with points, sex and the unit (newest code) where the pupil was last."""
    last = tables["pupils"].sort_values("enrolled_from", na_position="first", kind="stable")
    last = last.drop_duplicates(["pupil_id", "school_year"], keep="last").replace({"school_unit_code": newest(tables)})
    grades = tables["grades"]
    grades = grades[grades["kind"].eq("final")].merge(last, on=["pupil_id", "school_year"], validate="many_to_one")
    return grades.assign(points=grades["grade"].map(POINTS))


@pytest.fixture(scope="module")
def merit(finals: pd.DataFrame) -> pd.DataFrame:
    """Merit rating (17 subjects) of every pupil with at least one pass; a second implementation, by sorting."""
    key = ["pupil_id", "school_year", "school_unit_code", "sex"]
    others = finals[~finals["is_language_choice"]].sort_values("points", ascending=False)
    sixteen = others.groupby(key).head(16).groupby(key)["points"].sum()
    language = finals[finals["is_language_choice"]].groupby(key)["points"].sum()
    total = sixteen.add(language, fill_value=0).rename("merit").reset_index()
    return total[total["merit"] > 0]


def newest(tables: Tables) -> dict[str, str]:
    units = tables["school_units"].dropna(subset="successor_code")
    return dict(zip(units["school_unit_code"], units["successor_code"], strict=True))


def test_twelve_schools_five_years(tables: Tables) -> None:
    """The default is twelve schools in 2021/22-2025/26 with rows in every table."""
    assert set(tables) == set(TABLES)
    assert min(map(len, tables.values())) > 0
    units = tables["school_units"]
    assert sorted(units["school_year"].unique()) == YEARS
    assert units[units["school_year"].eq("2025/26")]["school_unit_code"].nunique() == 12


def test_about_380_pupils_leave_each_year(tables: Tables) -> None:
    """Grade year 9 has 350 to 400 pupils each year."""
    ninth = tables["pupils"][tables["pupils"]["grade_year"].eq(9)].groupby("school_year")["pupil_id"].nunique()
    assert ninth.between(350, 400).all()


def test_two_schools_are_tiny(tables: Tables) -> None:
    """One school has 4-8 pupils in grade year 9, another has no grade year above 6 and about 8 pupils in each."""
    pupils = tables["pupils"][tables["pupils"]["school_year"].eq("2025/26")]
    per_cohort = pupils.groupby(["school_unit_code", "grade_year"]).size().unstack()
    assert (per_cohort[9] <= 8).sum() == 1
    assert per_cohort[per_cohort[9].isna()].mean(axis=1).between(6, 10).sum() == 1


def test_kinds_of_school(tables: Tables) -> None:
    """Nine schools are F-9, two F-6, one 7-9."""
    units = tables["school_units"][tables["school_units"]["school_year"].eq("2025/26")]
    spans = units.groupby(["first_grade_year", "last_grade_year"]).size().to_dict()
    assert spans == {(0, 9): 9, (0, 6): 2, (7, 9): 1}


def test_the_successor_takes_over(tables: Tables) -> None:
    """One unit ends after the second year; its successor bears its name, begins the third year and has its pupils."""
    units, pupils = tables["school_units"], tables["pupils"]
    (old, new), *others = newest(tables).items()
    years = units.groupby("school_unit_code")["school_year"].agg(["min", "max"])
    assert not others
    assert (years.loc[old, "max"], years.loc[new, "min"]) == ("2022/23", "2023/24")
    assert units[units["school_unit_code"].isin([old, new])]["name"].nunique() == 1
    before = set(pupils[pupils["school_unit_code"].eq(old) & pupils["school_year"].eq("2022/23")]["pupil_id"])
    after = pupils[pupils["school_unit_code"].eq(new) & pupils["school_year"].eq("2023/24")]
    upper = after[after["grade_year"].ge(1)]["pupil_id"]
    assert upper.isin(before).mean() > 0.85


def test_one_school_opens_in_the_fourth_year(tables: Tables) -> None:
    """One unit begins in 2024/25 without predecessor, with pupils in grade year 9 from the first day."""
    first = tables["school_units"].groupby("school_unit_code")["school_year"].min()
    (opened,) = set(first[first.eq("2024/25")].index) - set(newest(tables).values())
    pupils = tables["pupils"][tables["pupils"]["school_unit_code"].eq(opened)]
    assert pupils["school_year"].min() == "2024/25"
    assert pupils[pupils["grade_year"].eq(9)].groupby("school_year").size().ge(10).all()


def test_merit_is_at_a_real_level(merit: pd.DataFrame, finals: pd.DataFrame) -> None:
    """Mean merit rating is 215-240 and its spread 60-78 each year; 66-82 % pass all subjects."""
    by_year = merit.groupby("school_year")["merit"]
    assert by_year.mean().between(215, 240).all()
    assert by_year.std().between(60, 78).all()
    passed = finals.assign(passed=finals["points"].fillna(0).gt(0)).groupby(["school_year", "pupil_id"])["passed"].all()
    assert passed.groupby("school_year").mean().between(0.66, 0.82).all()


def test_schools_differ_as_much_as_real_ones(merit: pd.DataFrame) -> None:
    """Schools account for 5-20 % of the variance of merit, over all years together."""
    grand = merit["merit"].mean()
    groups = merit.groupby(["school_year", "school_unit_code"])["merit"].agg(["mean", "size"])
    between = (groups["size"] * (groups["mean"] - grand) ** 2).sum()
    assert 0.05 < between / ((merit["merit"] - grand) ** 2).sum() < 0.20


def test_girls_have_higher_merit(merit: pd.DataFrame) -> None:
    """Girls' merit rating is 10-40 points above boys', and in IDH and MA the sexes are within half a grade step."""
    mean = merit.groupby("sex")["merit"].mean()
    assert 10 < mean["girls"] - mean["boys"] < 40


def test_sexes_are_near_equal_in_mathematics_and_sports(finals: pd.DataFrame) -> None:
    """In MA and IDH girls and boys are within 1.25 points (half a step), in SV girls are more than that ahead."""
    mean = finals.groupby(["subject", "sex"])["points"].mean().unstack()
    gap = mean["girls"] - mean["boys"]
    assert gap[["MA", "IDH"]].abs().max() < 1.25 < gap["SV"]


def test_prior_attainment_predicts_outcome(tables: Tables, merit: pd.DataFrame) -> None:
    """A pupil's grade points in year 6 and merit rating in year 9 correlate 0.5-0.95: the same pupil is followed."""
    grades, pupils = tables["grades"], tables["pupils"]
    sixth = pupils[pupils["grade_year"].eq(6)][["pupil_id", "school_year"]].drop_duplicates()
    early = grades.merge(sixth, on=["pupil_id", "school_year"]).assign(points=lambda rows: rows["grade"].map(POINTS))
    both = merit.set_index("pupil_id").join(early.groupby("pupil_id")["points"].mean(), how="inner")
    assert len(both) > 500
    assert 0.5 < both["merit"].corr(both["points"]) < 0.95


def test_absence_goes_with_low_merit(tables: Tables, merit: pd.DataFrame) -> None:
    """Absence and merit rating correlate negatively, -0.2 or stronger."""
    hours = tables["attendance"].groupby(["pupil_id", "school_year"]).sum(numeric_only=True)
    absent = (hours["valid_absence_hours"] + hours["invalid_absence_hours"]) / hours["offered_hours"]
    both = merit.set_index(["pupil_id", "school_year"]).join(absent.rename("absent"), how="inner")
    assert both["merit"].corr(both["absent"]) < -0.2


def test_one_school_has_improved(merit: pd.DataFrame) -> None:
    """Björnsnårets skola rises by more than 25 points from the first two years to the last two."""
    own = merit[merit["school_unit_code"].eq("99010005")].groupby("school_year")["merit"].mean()
    assert own[YEARS[3:]].mean() - own[YEARS[:2]].mean() > 25


def test_one_school_has_a_certain_sex_gap(merit: pd.DataFrame) -> None:
    """In Ripstubbens skola the gap between girls and boys in 2025/26 is more than two standard errors."""
    own = merit[merit["school_unit_code"].eq("99010003") & merit["school_year"].eq("2025/26")].groupby("sex")["merit"]
    gap = own.mean()["girls"] - own.mean()["boys"]
    assert gap > 2 * (own.var() / own.size()).sum() ** 0.5


def test_grades_are_above_tests_most_in_one_school(tables: Tables, finals: pd.DataFrame) -> None:
    """Grades in EN are more often above than below the test everywhere together, and by far most in Almtuvans skola."""
    tests = tables["national_tests"]
    tests = tests[tests["grade_year"].eq(9) & tests["subject"].eq("EN")].dropna(subset="result")
    keys = ["pupil_id", "school_year", "subject"]
    both = finals[finals["grade"].isin(list("ABCDEF"))].merge(tests[[*keys, "result"]], on=keys)
    steps = (both["points"] - both["result"].map(POINTS)).pipe(lambda gap: gap.gt(0).astype(int) - gap.lt(0))
    net = steps.groupby(both["school_unit_code"]).mean().sort_values()
    assert 0.05 < steps.mean() < 0.5
    assert net.index[-1] == "99010007"
    assert net.iloc[-1] - net.iloc[-2] > 0.2


def test_safety_falls_in_one_school(tables: Tables) -> None:
    """The share of grade 8 pupils in Ängsöräs-Åkulla skola who feel safe (4 or 3) falls by more than 30 points."""
    answers = tables["survey"]
    own = answers[answers["school_unit_code"].eq("99010009") & answers["respondent_group"].eq("pupils_8")]
    own = own[own["item"].eq("Jag känner mig trygg")]
    safe = own[own["answer"].isin(["3", "4"])].groupby("school_year")["count"].sum()
    share = safe.reindex(YEARS, fill_value=0) / own.groupby("school_year")["count"].sum()
    assert share["2021/22"] - share["2025/26"] > 0.3


def test_one_school_has_too_few_answers(tables: Tables) -> None:
    """In the tiny school never more than four pupils answer."""
    answers = tables["survey"]
    own = answers[answers["school_unit_code"].eq("99010017") & answers["respondent_group"].str.startswith("pupils")]
    per_item = own.groupby(["school_year", "respondent_group", "item"])["count"].sum()
    assert 1 <= per_item.min() <= per_item.max() <= 4


def test_no_tests_in_the_pandemic() -> None:
    """Spring 2020 and spring 2021 had no national tests, so that those years have no rows."""
    tests = demo_tables(schools=2, years=8)["national_tests"]
    assert sorted(tests["school_year"].unique()) == ["2018/19", *YEARS]


def test_something_is_missing_everywhere_it_can_be(tables: Tables) -> None:
    """Parents' education, areas, test results and grades have blanks, as registers have."""
    assert tables["pupils"]["parent1_education"].isna().any()
    assert tables["pupils"]["enrolled_to"].notna().any()
    assert tables["school_units"]["area"].isna().any()
    assert tables["national_tests"]["result"].isna().mean() > 0.03
    assert tables["grades"]["grade"].isna().any()
    assert tables["grades"]["grade"].eq("-").any()


def test_adapted_groups_of_which_one_is_too_small(tables: Tables) -> None:
    """Three schools have 15, 12 and 6 pupils of anpassad grundskola a year, and those are in no other register."""
    pupils = tables["pupils"].replace({"school_unit_code": newest(tables)})
    pupils = pupils[pupils["school_form"].eq("adapted")]
    sizes = pupils.groupby(["school_year", "school_unit_code"]).size().groupby("school_year").apply(sorted)
    assert sizes.to_dict() == {year: [6, 12, 15] for year in YEARS}
    for name in ("grades", "national_tests", "forecasts", "attendance"):
        assert not tables[name]["pupil_id"].isin(pupils["pupil_id"]).any(), name


def test_targets_and_commitments_name_what_is_measured(tables: Tables) -> None:
    """Every metric of a target or commitment is in the catalogue; targets of both kinds, for schools and above."""
    named = {*tables["targets"]["metric"], *tables["commitments"]["metric"]}
    assert named <= set(catalog.metrics())
    assert set(tables["targets"]["kind"]) == {"overall", "means"}
    assert set(tables["targets"]["level"].fillna("")) == {"", "municipality"}


def test_leisure_centres_are_where_young_children_are(tables: Tables) -> None:
    """Every school with grade years F to 3 has a leisure centre with 15 to 28 children per employee; some are small."""
    centres = tables["leisure_centres"]
    young = tables["pupils"][tables["pupils"]["grade_year"].le(3)]
    key = ["school_unit_code", "school_year"]
    assert set(map(tuple, centres[key].to_numpy())) == set(map(tuple, young[key].drop_duplicates().to_numpy()))
    large = centres[centres["fte"].ge(3)]
    assert (large["enrolled"] / large["fte"]).between(15, 28).all()
    assert 0 < len(large) < len(centres)


def test_risk_is_higher_where_fewer_become_eligible(tables: Tables) -> None:
    """Risk is between 2 and 50 percent, and the schools with the highest have fewer educated parents."""
    risk = tables["risk"].groupby("school_unit_code")["risk"].mean()
    assert tables["risk"]["risk"].between(0.02, 0.5).all()
    parents = tables["pupils"].groupby("school_unit_code")["parent1_education"].mean().astype("float64")
    assert risk.corr(parents) < -0.7

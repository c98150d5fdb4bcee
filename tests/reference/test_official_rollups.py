"""What real official statistics must add up to: schools to municipalities, girls and boys to all, files to each other.

The counts 216, 192 and 131 and the bounds are those of the shared data folder's README and of the domain specification,
sections 3, 4, 6 and 8.
"""

import pandas as pd
import pytest
from skq.sources.official import Official

from tests.official_samples import one, real_official

YEAR = "2024/25"
GRADES, OVER_TIME = "siris:139", "siris:betygsresultat-over-tid-kommun"


@pytest.fixture(scope="module")
def official() -> Official:
    """All real official statistics; skipped where they are absent."""
    return real_official()


def at_schools(official: Official, metric: str) -> pd.DataFrame:
    """Return the grades export's rows of *metric* with each school's municipality."""
    rows = official.results[(official.results["source"] == GRADES) & (official.results["metric"] == metric)]
    places = official.units[official.units["level"] == "school"][["unit", "municipality_code"]]
    return rows.merge(places, on="unit", validate="one_to_one")


def of_municipalities(official: Official, metric: str) -> pd.DataFrame:
    """Return the municipalities' published rows of *metric*, all pupils of grade year 9, by municipality code."""
    rows = official.results
    wanted = (rows["metric"] == metric) & (rows["level"] == "municipality") & (rows["breakdown"] == "all")
    chosen = rows[wanted & (rows["school_year"] == YEAR) & (rows["grade_year"] == 9)]
    return chosen.set_index("unit")


def rolled_up(official: Official, metric: str) -> pd.DataFrame:
    """Return, for the municipalities where every school's number is published, the sums and the published number.

    A point counts as hidden: it may be nobody, or an international school whose pupils have no such grades.
    """
    schools = at_schools(official, metric)
    schools = schools.assign(
        counted=(schools["value"] * schools["n"]).round(), hidden=schools["n"].isna() | schools["value"].isna()
    )
    sums = schools.groupby("municipality_code").agg({"counted": "sum", "n": "sum", "hidden": "any"})
    published = of_municipalities(official, metric)[["value", "n"]].rename(columns={"n": "n_published"})
    return sums[~sums["hidden"]].join(published, how="inner")


def test_pupils_add_up(official: Official) -> None:
    """Where no school's number of pupils is hidden, the schools' pupils are the municipality's: 216 of 216."""
    schools = at_schools(official, "merit_rating_17")
    by_municipality = schools.assign(hidden=schools["n"].isna(), sum=schools["n"]).groupby("municipality_code")
    sums = by_municipality.agg({"hidden": "any", "sum": "sum"})
    published = of_municipalities(official, "merit_rating_17")["n"]
    both = sums[~sums["hidden"]].join(published, how="inner")
    assert (len(both), int((both["sum"] == both["n"]).sum())) == (216, 216)


@pytest.mark.parametrize(
    ("metric", "municipalities"), [("all_subjects_passed_share", 192), ("eligible_vocational_share", 131)]
)
def test_shares_add_up(official: Official, metric: str, municipalities: int) -> None:
    """Pupils who pass (round(n · p)) over pupils is the municipality's published share, within its rounding."""
    both = rolled_up(official, metric)
    both = both[both["n"] == both["n_published"]].dropna(subset=["value"])
    difference = (both["counted"] / both["n"] - both["value"]).abs()
    assert (len(both), int((difference <= 0.0005 + 1e-9).sum())) == (municipalities, municipalities)


def test_merit_weighted_is_near(official: Official) -> None:
    """Domain specification, section 2: weighted means lie within 0.5 of the municipality's in 209 of 212."""
    schools = at_schools(official, "merit_rating_17")
    schools = schools.assign(hidden=schools["value"].isna(), weighted=schools["value"] * schools["n"])
    sums = schools.groupby("municipality_code").agg({"hidden": "any", "weighted": "sum", "n": "sum"})
    published = of_municipalities(official, "merit_rating_17")["value"]
    both = sums[~sums["hidden"]].join(published, how="inner").dropna()
    difference = (both["weighted"] / both["n"] - both["value"]).abs()
    assert len(both) == 212
    assert int((difference <= 0.5).sum()) == 209


def test_api_equals_export(official: Official) -> None:
    """Merit rating, all subjects and eligibility 2024/25 of the API equal the export: three numbers of 94 schools."""
    assert official.agreements[(GRADES, "api:gr")] == 3 * 94


def test_exports_equal_each_other(official: Official) -> None:
    """Eligibility 2024/25 is the same in two exports, for 290 municipalities and their own schools."""
    assert official.agreements[("siris:behorighet-kommun", OVER_TIME)] == 2 * 290


def test_rounded_pupils_agree(official: Official) -> None:
    """The API's "cirka" number of pupils is the export's, rounded, for all 298 schools."""
    assert official.agreements[("siris:6", "api:gr")] == 298


def wide_by_sex(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return girls, boys and all side by side, where none is missing."""
    key = ["level", "unit", "school_year", "subject"]
    return rows.pivot(index=key, columns="category", values=column).dropna()


@pytest.mark.parametrize(
    ("metric", "source", "rows"),
    [("eligible_vocational_share", "siris:behorighet-kommun", 560), ("test_points_mean", "siris:np-ak9-kommun", 2000)],
)
def test_girls_and_boys_are_all(official: Official, metric: str, source: str, rows: int) -> None:
    """Girls and boys together are all pupils, wherever all three counts are published."""
    chosen = official.results[(official.results["metric"] == metric) & (official.results["source"] == source)]
    n = wide_by_sex(chosen, "n")
    assert len(n) >= rows
    assert (n["girls"] + n["boys"] == n["all"]).all()


def test_points_of_girls_and_boys_make_the_mean(official: Official) -> None:
    """The mean of the tests is that of girls and boys weighted by their numbers, within 0.1 (both are rounded)."""
    chosen = official.results[official.results["source"] == "siris:np-ak9-kommun"]
    chosen = chosen[chosen["metric"] == "test_points_mean"]
    points, n = wide_by_sex(chosen, "value"), wide_by_sex(chosen, "n")
    n = n.loc[points.index]
    together = (points["girls"] * n["girls"] + points["boys"] * n["boys"]) / n["all"]
    assert ((together - points["all"]).abs() <= 0.1 + 1e-9).all()


def test_grade_years_are_all_pupils(official: Official) -> None:
    """The pupils of the grade years are those of the school, wherever none is hidden."""
    counts = official.results[official.results["source"].isin(["siris:6", "siris:antal-elever-kommun"])]
    counts = counts[counts["metric"] == "pupil_count"]
    each = counts[counts["grade_year"].notna()].groupby(["level", "unit", "school_year"])
    sums = each["value"].sum()[~each["status"].agg(lambda status: (status == "too_few").any()).astype(bool)]
    total = counts[counts["grade_year"].isna()].set_index(["level", "unit", "school_year"])["value"].dropna()
    both = pd.concat([sums.rename("sum"), total.rename("total")], axis=1, join="inner")
    assert len(both) > 5000
    assert (both["sum"] == both["total"]).all()


def test_programmes_are_nested(official: Official) -> None:
    """Who is eligible for a preparatory programme is so for a vocational one (domain specification, section 4)."""
    rows = official.results[(official.results["source"] == "siris:behorighet-kommun")]
    wide = rows.pivot(index=["level", "unit", "category"], columns="metric", values="value").dropna()
    assert len(wide) > 1000
    assert (wide["eligible_vocational_share"] >= wide["eligible_arts_share"]).all()
    assert (wide["eligible_arts_share"] >= wide[["eligible_social_share", "eligible_science_share"]].max(axis=1)).all()


def test_relation_shares_are_whole_pupils(official: Official) -> None:
    """Below, equal and above make up the whole, and each is a whole number of pupils within rounding."""
    rows = official.results[official.results["metric"].str.fullmatch("grade_(below|equal|above)_test_share")]
    wide = rows.pivot(index=["unit", "subject"], columns="metric", values="value").dropna()
    assert len(wide) > 100
    assert ((wide.sum(axis=1) - 1).abs() <= 0.0015 + 1e-9).all()
    published = rows.dropna(subset=["value", "n"])
    pupils = published["value"] * published["n"]
    assert ((pupils - pupils.round()).abs() <= 0.0005 * published["n"] + 1e-6).all()


def test_salsa_adds_up(official: Official) -> None:
    """Merit rating is the expected value and the deviation, within the rounding of the two, in all but one school."""
    rows = official.results[official.results["school_year"] == "2023/24"]
    rows = rows[(rows["level"] == "school") & (rows["breakdown"] == "all")]
    wide = rows[rows["metric"].isin(["merit_rating_17", "salsa_expected", "salsa_residual"])]
    wide = wide.pivot(index="unit", columns="metric", values="value").dropna()
    difference = (wide["merit_rating_17"] - wide["salsa_expected"] - wide["salsa_residual"]).abs()
    assert len(wide) > 50
    assert int((difference > 1.5).sum()) <= 1


@pytest.mark.parametrize("school_year", ["2024/25", "2025/26"])
def test_nation_from_municipalities(official: Official, school_year: str) -> None:
    """The nation's pupils are the sum over 290 municipalities, in the exported year and in the one worked out."""
    rows = official.results[official.results["school_year"] == school_year]
    counts = rows[(rows["metric"] == "pupil_count") & rows["grade_year"].isna()]
    municipalities = counts[counts["level"] == "municipality"]
    assert len(municipalities) == 290
    assert one(counts, level="nation")["value"] == municipalities["value"].sum()


def test_nation_is_told_as_derived(official: Official) -> None:
    """Every figure of the nation bears a derived source that is listed, and no interval."""
    nation = official.results[official.results["level"] == "nation"]
    assert nation["source"].str.startswith("derived:siris:").all()
    assert set(nation["source"]) <= {str(source["id"]) for source in official.sources}
    assert nation[["lower", "upper"]].isna().all(axis=None)


def test_schools_make_up_the_municipality(official: Official) -> None:
    """2025/26, exported per school only: a municipality's pupils are its schools', near those of the year before."""
    counts = official.results[(official.results["metric"] == "pupil_count") & official.results["grade_year"].isna()]
    schools = counts[(counts["level"] == "school") & (counts["source"] == "siris:6")]
    places = official.units[official.units["level"] == "school"].set_index("unit")["municipality_code"]
    sums = schools["value"].groupby(schools["unit"].map(places)).sum()
    municipal = counts[counts["level"] == "municipality"]
    municipal = municipal.pivot(index="unit", columns="school_year", values="value")
    assert (municipal["2025/26"] == sums).all()
    assert (municipal["2025/26"] / municipal["2024/25"]).between(0.9, 1.1).all()

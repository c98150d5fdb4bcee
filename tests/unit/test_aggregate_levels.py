"""Class groups and the nation: made where they are asked for, from the same sums as every other level."""

import pandas as pd
import pytest
from skq.aggregate import aggregate, units
from skq.columns import written_out

from tests.spec.text_tables import counted_grades, one, pupils, schools

PUPILS = """
pupil_id school_unit_code class_group sex   parent1_education
1        A                9a          girls 3
2        A                9a          boys  1
3        A                9b          boys  3
4        A                .           girls 3
5        B                9a          girls 2
"""
GRADES = "pupil grades\n1 10A\n2 10E\n3 9C+1F\n4 10E\n5 10D"


@pytest.fixture(scope="module")
def tables():
    return {"school_units": schools("A", "B"), "pupils": pupils(PUPILS), "grades": counted_grades(GRADES)}


@pytest.fixture(scope="module")
def results(tables):
    return aggregate(tables, class_groups=True, whole_nation=True)


def test_only_where_asked_for(tables, results):
    """Without the two wishes there are neither groups nor a nation, and everything else is the same."""
    plain = aggregate(tables)
    others = results[~results["level"].isin(["group", "nation"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(written_out(plain), written_out(others))
    assert set(results["level"]) - set(plain["level"]) == {"group", "nation"}


@pytest.mark.parametrize(("unit", "n", "value"), [("A/9a", 2, (200 + 100) / 2), ("A/9b", 1, 135), ("B/9a", 1, 125)])
def test_class_is_known_by_its_school(results, unit, n, value):
    """Class 9a of school A is not class 9a of school B; a pupil without class is in none."""
    row = one(results, "merit_rating_16", level="group", unit=unit)
    assert (row["n"], row["value"]) == (n, value)


def test_classes_and_the_pupil_without_make_the_school(results):
    """Three of school A's four pupils are in classes: 435 of its 535 points."""
    groups = results[results["level"].eq("group") & results["unit"].str.startswith("A/")]
    own = groups[groups["metric"].eq("merit_rating_16") & groups["breakdown"].eq("all")]
    whole = one(results, "merit_rating_16")
    assert (own["n"].sum(), own["numerator"].sum()) == (whole["n"] - 1, whole["numerator"] - 100)


def test_class_is_split_by_sex_alone(results):
    """A class is not split by the education of parents."""
    assert set(results.loc[results["level"].eq("group"), "breakdown"]) == {"all", "sex"}
    assert one(results, "merit_rating_16", level="group", unit="A/9a", breakdown="sex", category="boys")["value"] == 100


def test_nation_is_the_sum_of_everything(results):
    """Of registers that are the whole nation's, the nation is the sum of its municipalities."""
    for breakdown, category in (("all", "all"), ("sex", "girls"), ("parental_education", "post_secondary")):
        key = {"breakdown": breakdown, "category": category}
        town = one(results, "merit_rating_16", level="municipality", unit="9999", **key)
        nation = one(results, "merit_rating_16", level="nation", unit="SE", **key)
        assert (nation["n"], nation["numerator"]) == (town["n"], town["numerator"])


def test_units_of_groups_and_nation(tables):
    """A class has its own name, and of its school what the school shares; the nation spans all grade years."""
    known = units(tables, class_groups=True, whole_nation=True).set_index(["level", "unit"])
    group, nation = known.loc[("group", "A/9a")], known.loc[("nation", "SE")]
    assert tuple(group[["name", "area", "organizer", "first_grade_year"]]) == ("9a", "North", "Town", 9)
    assert tuple(nation[["name", "municipality_code", "first_grade_year", "last_grade_year"]]) == ("Riket", "", 0, 9)
    assert {unit for level, unit in known.index if level == "group"} == {"A/9a", "A/9b", "B/9a"}
    assert set(units(tables)["level"]) == {"school", "area", "organizer", "municipality"}


def test_register_without_classes_has_no_groups():
    """Where the register names no classes, or there is none of pupils, the wish for them changes nothing."""
    tables = {"school_units": schools("A"), "pupils": pupils("pupil_id\n1")}
    assert set(aggregate(tables, class_groups=True)["level"]) == {"school", "area", "organizer", "municipality"}
    for known in (units(tables, class_groups=True), units({"school_units": schools("A")}, class_groups=True)):
        assert "group" not in set(known["level"])

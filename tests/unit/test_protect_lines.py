"""Lines in the protected room: what is hidden besides, in every kind of sum, and that nothing more is."""

import numpy as np
import pandas as pd
import pytest
from skq.belonging import MEMBERSHIP_COLUMNS
from skq.compare import comparisons
from skq.protect import protect
from skq.protect.lines import KINDS, lines
from skq.protect.windows import windows

from tests.results_by_hand import OUTSIDERS, official_share, results, share, units_of

CITY = {"level": "municipality", "unit": "9999"}
TOWN = {"level": "organizer", "unit": "Town"}
SEXES = ("girls", "boys")


def shown(rows: list[dict], units: pd.DataFrame | None = None, **options: object) -> pd.DataFrame:
    """Return the protected results of hand-made rows."""
    table = results(rows)
    return protect(table, comparisons(table).iloc[:0], units=units, **{"rule": OUTSIDERS, **options}).results.frame


def hidden(frame: pd.DataFrame, *columns: str) -> list[object]:
    """Return the given column(s) of the rows without a value, sorted."""
    rows = frame[frame["status"].ne("observed")]
    return sorted(rows[columns[0]]) if len(columns) == 1 else sorted(zip(*(rows[c] for c in columns), strict=True))


# -- what mutants of the complement would get away with ---------------------------------------------------------------


def test_hidden_total_needs_a_hidden_part():
    """A municipality's number that is hidden for its few girls' sake alone would follow from its schools: one goes too.

    The municipality of four is hidden by the rule; A, B and C, whose minimum a test lowers by being official, stand.
    """
    rows = [share(20, 10, unit="A"), share(20, 12, unit="B"), share(44, 3, **CITY)]
    frame = shown(rows, units_of(dict.fromkeys("AB", "")))
    assert hidden(frame, "unit") == ["9999", "A"]


def test_hidden_total_with_a_hidden_part_needs_no_second():
    """The total and one part hidden: neither follows, so the other parts stay."""
    rows = [share(20, 3, unit="A"), share(20, 12, unit="B"), share(30, 15, unit="C"), share(70, 3, **CITY)]
    frame = shown(rows, units_of(dict.fromkeys("ABC", "")))
    assert hidden(frame, "unit") == ["9999", "A"]


def test_sex_of_a_hidden_total_is_hidden():
    """All pupils and the boys hidden: the girls could stand by sums alone, but no part is told without the whole."""
    rows = [
        share(20, 3),
        share(10, 1, breakdown="sex", category="boys"),
        share(12, 12, breakdown="sex", category="girls"),
    ]
    frame = shown(rows)
    assert set(frame["status"]) == {"too_few", "protects_other"}
    assert frame.set_index("category").loc["girls", "status"] == "protects_other"


def test_sexes_of_an_official_total_that_stands():
    """The agency shows all pupils; one own sex too few hides the other, and the agency's number stays."""
    rows = [
        official_share(30, 0.5),
        share(22, 11, breakdown="sex", category="girls"),
        share(8, 4, breakdown="sex", category="boys"),
    ]
    assert hidden(shown(rows), "category") == ["boys", "girls"]


def test_member_that_opens_fewest_lines_goes_before_the_smallest():
    """School A is too few. Of the others C is smallest but alone in its area, whose line it would open: B goes."""
    rows = [
        share(7, 3, unit="A"), share(30, 15, unit="B"), share(20, 10, unit="C"), share(40, 20, unit="D"),
        share(60, 30, level="area", unit="9999:South"), share(97, 48, **CITY),
    ]  # fmt: skip
    frame = shown(rows, units_of({"A": "", "B": "", "C": "South", "D": "South"}))
    assert hidden(frame, "unit") == ["A", "B"]


def test_smallest_goes_where_lines_are_equal():
    """Among schools that open equally many lines the one with fewest pupils goes, not the first in the alphabet."""
    for sizes in ({"A": 7, "B": 30, "C": 20}, {"A": 7, "B": 20, "C": 30}):
        rows = [share(n, n // 2, unit=code) for code, n in sizes.items()] + [share(57, 28, **CITY)]
        small = min(("B", "C"), key=lambda code: sizes[code])
        assert hidden(shown(rows, units_of(dict.fromkeys("ABC", ""))), "unit") == ["A", small]


# -- where a school belonged ------------------------------------------------------------------------------------------


def belonged(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(MEMBERSHIP_COLUMNS), dtype="str")


def test_area_of_the_year_counts():
    """School A, of six pupils, was in North that year; the units know it in South. North's other school goes."""
    north, south = {"level": "area", "unit": "9999:North"}, {"level": "area", "unit": "9999:South"}
    rows = [share(n, n // 2, unit=code) for code, n in {"A": 6, "B": 30, "C": 24, "D": 40}.items()]
    rows += [share(36, 18, **north), share(64, 32, **south), share(100, 50, **CITY)]
    rows = [{**row, "school_year": "2023/24"} for row in rows]
    units = units_of({"A": "South", "B": "North", "C": "South", "D": "South"})
    areas = {"A": "North", "B": "North", "C": "South", "D": "South"}
    then = [("school", code, "2023/24", "area", f"9999:{area}") for code, area in areas.items()]
    then += [("school", code, "2023/24", "municipality", "9999") for code in areas]
    then += [("area", f"9999:{area}", "2023/24", "municipality", "9999") for area in ("North", "South")]
    assert hidden(shown(rows, units, memberships=belonged(*then)), "unit") == ["A", "B"]
    assert "B" not in hidden(shown(rows, units), "unit")  # which by the newest units alone would stand, and tell A


def test_year_that_memberships_do_not_hold_is_that_of_the_units():
    """Accounts of a year that the register does not know yet: the units tell where the schools lie."""
    rows = [share(6, 3, unit="A"), share(30, 15, unit="B"), share(36, 18, level="area", unit="9999:North")]
    then = belonged(("school", "A", "2020/21", "area", "9999:South"))
    assert hidden(shown(rows, units_of(dict.fromkeys("AB", "North")), memberships=then), "unit") == ["A", "B"]


def test_school_outside_the_areas_completes_their_sum():
    """C lies in no area; its few pupils are what the areas leave of the municipality, so an area is hidden too."""
    rows = [
        share(30, 15, level="area", unit="9999:North"), share(40, 20, level="area", unit="9999:South"),
        share(6, 3, unit="C"), share(76, 38, **CITY),
    ]  # fmt: skip
    frame = shown(rows, units_of({"A": "North", "B": "South", "C": ""}))
    assert hidden(frame, "unit") == ["9999:North", "C"]


def test_schools_alone_make_no_line_of_areas():
    """Where no area has a number, the schools outside all areas are not taken for the whole municipality."""
    rows = [share(30, 15, unit="C"), share(40, 20, unit="D"), share(90, 45, **CITY)]
    table = results(rows)
    units = units_of({"A": "North", "C": "", "D": ""})
    assert KINDS.index("area of municipality") not in set(lines(table, units).kind)


def test_blank_parent_is_no_parent():
    """An organizer that is wholly part of no municipality has no line; its schools are parts of theirs."""
    rows = [
        share(6, 3, unit="A"), share(30, 15, unit="B"), share(36, 18, **TOWN), share(36, 18, **CITY),
    ]  # fmt: skip
    then = belonged(
        ("organizer", "Town", "2024/25", "municipality", ""),
        *(("school", code, "2024/25", "municipality", "9999") for code in "AB"),
    )
    kinds = {KINDS[kind] for kind in lines(results(rows), units_of(dict.fromkeys("AB", "")), then).kind}
    assert kinds == {"school of municipality"}


# -- classes, shares of one, cohorts, costs ---------------------------------------------------------------------------


def test_classes_of_a_school():
    """A class of six: the smallest other class goes too; a class needs as many as a school."""
    rows = [share(6, 3, level="group", unit="A/9a"), share(20, 10, level="group", unit="A/9b")]
    rows += [share(22, 11, level="group", unit="A/9c"), share(48, 24)]
    frame = shown(rows, units_of({"A": ""}))
    assert hidden(frame, "unit") == ["A/9a", "A/9b"]
    assert hidden(frame, "status") == ["protects_other", "too_few"]


@pytest.mark.parametrize(
    ("whole", "gone"), [(40, []), (43, ["A/9a"]), (50, [])], ids=["nobody", "three", "ten in no class"]
)
def test_pupils_in_no_class_are_a_hidden_class(whole, gone):
    """Two classes of 20: three pupils in no class would follow from the school, ten are enough to be told."""
    rows = [share(20, 10, level="group", unit=f"A/9{name}") for name in "ab"] + [share(whole, whole // 2)]
    assert hidden(shown(rows, units_of({"A": ""})), "unit") == gone


def test_unknown_education_at_a_school_is_a_hidden_group():
    """Of 83 pupils the education of three is unknown: the smallest known group goes, so that they do not follow."""
    known = {"compulsory": 22, "upper_secondary": 26, "post_secondary": 32}
    parts = [share(n, n // 2, breakdown="parental_education", category=name) for name, n in known.items()]
    assert hidden(shown([share(83, 41), *parts]), "category") == ["compulsory"]
    assert hidden(shown([share(80, 40), *parts]), "category") == []


def test_unknown_education_above_the_school_stands():
    """In a municipality nobody can point out the three: the parts stand beside the total, as in official tables."""
    known = {"compulsory": 22, "upper_secondary": 26, "post_secondary": 32}
    parts = [share(n, n // 2, breakdown="parental_education", category=name, **CITY) for name, n in known.items()]
    assert hidden(shown([share(83, 41, **CITY), *parts]), "category") == []


def test_hidden_group_and_the_unknown_are_enough_together():
    """A group of nine and three unknown rest on twelve: their sum may be told, no second group goes."""
    known = {"compulsory": 9, "upper_secondary": 26, "post_secondary": 32}
    parts = [share(n, n // 2, breakdown="parental_education", category=name) for name, n in known.items()]
    assert hidden(shown([share(70, 35), *parts]), "category") == ["compulsory"]
    assert hidden(shown([share(67, 33), *parts]), "category") == ["compulsory", "upper_secondary"]


def sixth(passed: int, one: int, several: int, n: int = 40) -> list[dict]:
    metrics = ("all_subjects_passed_share", "failed_one_subject_share", "failed_several_subjects_share")
    return [share(n, k, metric=name, grade_year=6) for name, k in zip(metrics, (passed, one, several), strict=True)]


@pytest.mark.parametrize(
    ("counts", "gone"),
    [
        pytest.param((25, 4, 11), ["failed_one_subject_share", "failed_several_subjects_share"], id="next lowest"),
        pytest.param((12, 4, 24), ["all_subjects_passed_share", "failed_one_subject_share"], id="which is another"),
        pytest.param((28, 6, 6), ["failed_one_subject_share", "failed_several_subjects_share"], id="two hidden"),
        pytest.param((16, 12, 12), [], id="none hidden"),
    ],
)
def test_three_shares_of_grade_year_six(counts, gone):
    """Passed in all, failed in one, failed in several make the whole: if one is hidden, the next lowest is too."""
    assert hidden(shown(sixth(*counts)), "metric") == gone


def test_cohort_counts_go_together():
    """Three leavers are too few: with the stayers and the pupils before they would follow, so all four go."""
    usual = {"subject": "3", "numerator": 1}
    counts = {"cohort_stayers_count": 40, "cohort_leavers_count": 3, "cohort_joiners_count": 8}
    rows = [{"metric": name, "n": n, "value": n, **usual} for name, n in counts.items()]
    rows.append(share(48, 40, metric="cohort_matched_share", subject="3"))
    other = [{"metric": name, "n": 40, "value": 40, **usual, "unit": "B"} for name in counts]
    frame = shown([*rows, *other])
    assert set(hidden(frame, "unit")) == {"A"}
    assert len(hidden(frame, "metric")) == 4


def test_parts_of_a_change():
    """The part of three leavers is hidden; the whole change and two parts would tell it: another part goes too."""
    n = {"cohort_change": 50, "cohort_change_stayers": 40, "cohort_change_leavers": 3, "cohort_change_joiners": 12}
    rows = [{"metric": name, "n": size, "numerator": 1, "value": 0.5, "subject": "3"} for name, size in n.items()]
    assert hidden(shown(rows), "metric") == ["cohort_change_joiners", "cohort_change_leavers"]


def test_costs_go_together():
    """A school whose cost is hidden for another's sake shows none of its kinds, which sum to it."""
    kinds = ("cost_per_pupil", "teaching_cost_per_pupil", "premises_cost_per_pupil")
    rows = []
    for unit, level, n in (("A", "school", 6), ("B", "school", 40), ("C", "school", 60), ("9999", "municipality", 106)):
        key = {"unit": unit, "level": level, "grade_year": None, "n": n}
        rows += [{"metric": name, "numerator": n * 100, "value": 100.0, **key} for name in kinds]
    lone = [row for row in rows if row["metric"] == "cost_per_pupil" or row["unit"] in ("B", "C")]
    for table in (rows, lone):
        assert set(hidden(shown(table, units_of(dict.fromkeys("ABC", ""))), "unit")) == {"A", "B"}


# -- years ------------------------------------------------------------------------------------------------------------


def school_of(*sizes: int, unit: str = "A", level: str = "school") -> list[dict]:
    """Return a unit's single years from 2018/19 on, and the period of every three of them."""
    years = [f"{start}/{start - 1999}" for start in range(2018, 2018 + len(sizes))]
    key = {"unit": unit, "level": level}
    rows = [share(n, n // 2, school_year=year, **key) for n, year in zip(sizes, years, strict=True)]
    for last in range(2, len(sizes)):
        n, k = sum(sizes[last - 2 : last + 1]), sum(size // 2 for size in sizes[last - 2 : last + 1])
        rows.append(share(n, k, school_year=years[last], breakdown="period", category="three_years", **key))
    return rows


def periods(frame: pd.DataFrame, unit: str = "A") -> str:
    """Return for each period of a unit, oldest first, whether it is shown (x) or hidden (-)."""
    rows = frame[frame["breakdown"].eq("period") & frame["unit"].eq(unit)].sort_values("school_year")
    return "".join("x" if status == "observed" else "-" for status in rows["status"])


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        pytest.param((30, 30, 30), "x", id="nothing hidden"),
        pytest.param((30, 8, 30), "-", id="one hidden year follows"),
        pytest.param((30, 7, 8), "x", id="two hidden rest on fifteen"),
        pytest.param((30, 4, 5), "-", id="two hidden rest on nine"),
        pytest.param((6, 7, 8), "x", id="three hidden"),
        pytest.param((3, 3, 3), "-", id="too few even together"),
        pytest.param((8, 8, 8, 8, 8), "xxx", id="a run of hidden years never tells one"),
        pytest.param((8, 8, 8, 30, 30), "x--", id="sum of three and sum of two would tell the third"),
        pytest.param((30, 8, 8, 8, 30), "x--", id="two sums of two beside the sum of three"),
        pytest.param((8, 30, 8, 8, 30), "x--", id="sums that share a year but not the rest"),
        pytest.param((30, 30, 8, 8, 30, 30, 30), "-xx-x", id="the same two years in two sums"),
        pytest.param((8, 8, 30, 30, 8, 8), "x--x", id="sums that share nothing"),
    ],
)
def test_periods_beside_their_years(sizes, expected):
    """A pooled number stands where no hidden year follows from it, or from it and the others that stand."""
    frame = shown(school_of(*sizes))
    assert periods(frame) == expected
    years = frame[frame["breakdown"].eq("all")].sort_values("school_year")
    assert list(years["status"].eq("observed")) == [n >= 10 for n in sizes]


def test_one_year_hidden_for_few_with_the_property():
    """One year of thirty pupils is hidden because three have the property: the period would tell it all the same."""
    rows = [
        row | {"numerator": 3, "value": 0.1} if row["school_year"] == "2019/20" else row
        for row in school_of(30, 30, 30)
    ]
    assert periods(shown(rows)) == "-"


def test_two_units_are_judged_apart():
    """The windows of one school say nothing of another's."""
    frame = shown([*school_of(30, 7, 8), *school_of(30, 30, 30, unit="B")])
    assert (periods(frame), periods(frame, "B")) == ("x", "x")


def test_hidden_period_alone_in_its_municipality_hides_another():
    """One school's period is hidden: the municipality's and the other schools' would tell it, so a second one goes.

    B's is the smallest, but its years all stand: to hide it would cost one of them. So C's goes.
    """
    sizes = {"A": (30, 8, 30), "B": (20, 20, 20), "C": (50, 9, 9), "D": (9, 60, 9), "E": (9, 70, 9)}
    rows = [row for unit, own in sizes.items() for row in school_of(*own, unit=unit)]
    rows += school_of(118, 167, 77, unit="9999", level="municipality")
    frame = shown(rows, units_of(dict.fromkeys(sizes, "")))
    assert {unit: periods(frame, unit) for unit in (*sizes, "9999")} == {
        "A": "-", "B": "x", "C": "-", "D": "x", "E": "x", "9999": "x"
    }  # fmt: skip


def test_hidden_period_whose_years_all_stand_would_follow():
    """A period hidden for another's sake hides the smallest of its years: the sum of three known years is known."""
    rows = [*school_of(30, 8, 30), *school_of(40, 44, 48, unit="B")]
    period = {"breakdown": "period", "category": "three_years", "school_year": "2020/21"}
    rows.append(share(200, 100, **period, **CITY))
    frame = shown(rows, units_of(dict.fromkeys("AB", "")))
    assert periods(frame, "B") == "-"
    gone = frame[frame["unit"].eq("B") & frame["breakdown"].eq("all") & frame["status"].ne("observed")]
    assert list(gone["school_year"]) == ["2018/19"]


def test_period_without_one_of_its_years_is_not_judged():
    """A window needs all of its years: hand-made tables without them have none."""
    assert len(windows(results(school_of(30, 30, 30)[1:])).total) == 0


def can_tell(equations: list[list[int]], unknown: int) -> bool:
    """Return whether a sum of hidden years tells one of them: a unit vector in the span of the equations."""
    if not equations:
        return False
    matrix = np.array(equations, dtype=float)
    rank = np.linalg.matrix_rank(matrix)
    return any(np.linalg.matrix_rank(np.vstack([matrix, np.eye(unknown)[at]])) == rank for at in range(unknown))


def test_no_pattern_of_years_tells_a_hidden_one():
    """All patterns of seven shown or hidden years: from the periods that stand, solved together, none follows.

    A shorter series has the periods that the longer one begins with, so what reports of earlier years showed is among
    those that are solved.
    """
    patterns = [[8 if number >> at & 1 else 30 for at in range(7)] for number in range(2**7)]
    series = {f"P{place}": sizes for place, sizes in enumerate(patterns)}
    series |= {f"Q{place}": sizes[:5] for place, sizes in enumerate(patterns)}
    frame = shown([row for unit, sizes in series.items() for row in school_of(*sizes, unit=unit)])
    rows = frame[frame["breakdown"].eq("period")].sort_values(["unit", "school_year"])
    marks = rows["status"].eq("observed").map({True: "x", False: "-"}).groupby(rows["unit"]).agg("".join)
    for place, sizes in enumerate(patterns):
        stand = marks[f"P{place}"]
        assert stand.startswith(marks[f"Q{place}"])
        secret = [at for at in range(7) if sizes[at] < 10]
        windows_shown = [first for first, mark in enumerate(stand) if mark == "x"]
        equations = [[int(first <= at <= first + 2) for at in secret] for first in windows_shown]
        assert not can_tell([row for row in equations if any(row)], len(secret)), (sizes, stand)

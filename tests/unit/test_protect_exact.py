"""The exact stage: no combination of what is shown tells a hidden number, found out by a second attacker."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from skq.compare import comparisons
from skq.memory import PUBLISHED_COLUMNS
from skq.protect import OFFICIAL, protect
from skq.protect.leak import least_width, too_narrow
from skq.protect.remembered import remembered
from skq.terms import RESULT_KEY

from tests.results_by_hand import results, share, units_of

METRIC = "eligible_vocational_share"
WITH_VALUE = ["observed", "rounded"]
MINIMUM = {"school": 10}
ABOVE = 5
SEXES = ("girls", "boys")
EDUCATIONS = ("compulsory", "upper_secondary", "post_secondary")


def town(rng: np.random.Generator, sizes: list[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return results and units of schools in three areas, by sex, with all the levels above them; few fail."""
    schools = {f"{place:02d}": "NSV"[place % 3] for place in range(len(sizes))}
    kinds = [(sex, education) for sex in SEXES for education in EDUCATIONS]
    counted = {
        (code, *kind): (n := int(rng.integers(0, size / 2 + 1)), int(rng.binomial(n, 0.85)))
        for (code, _), size in zip(schools.items(), sizes, strict=True)
        for kind in kinds
    }
    groups = {("school", code): [code] for code in schools}
    groups |= {("area", f"9999:{area}"): [code for code in schools if schools[code] == area] for area in "NSV"}
    groups |= {("organizer", "Town"): list(schools), ("municipality", "9999"): list(schools)}
    rows = []
    for (level, unit), codes in groups.items():
        for category in ("all", *SEXES, *EDUCATIONS):
            own = [kind for kind in kinds if category in ("all", *kind)]
            n, k = (sum(counted[code, *kind][at] for code in codes for kind in own) for at in (0, 1))
            breakdown = "sex" if category in SEXES else "parental_education" if category in EDUCATIONS else "all"
            key = {"metric": METRIC, "level": level, "unit": unit, "category": category}
            if n:
                rows.append(share(n, k, **key, breakdown=breakdown))
    return results(rows), units_of(schools)


def sums_by_hand(frame: pd.DataFrame, schools: dict[str, str]) -> list[list[int]]:
    """Return every sum as positions: members first, the total last; written without a look at skq.protect.lines."""
    at = {(row.level, row.unit, row.category): place for place, row in enumerate(frame.itertuples())}
    chains = [
        [*((level, unit, category) for category in parts), (level, unit, "all")]
        for level, unit in frame[["level", "unit"]].drop_duplicates().itertuples(index=False)
        for parts in (SEXES, EDUCATIONS)
    ]
    for category in ("all", *SEXES, *EDUCATIONS):
        for area in "NSV":
            chains.append([("school", code, category) for code in schools if schools[code] == area]
                          + [("area", f"9999:{area}", category)])  # fmt: skip
        for above in (("organizer", "Town"), ("municipality", "9999")):
            chains.append([("school", code, category) for code in schools] + [(*above, category)])
            chains.append([("area", f"9999:{area}", category) for area in "NSV"] + [(*above, category)])
    found = [[at[key] for key in chain if key in at] for chain in chains if chain[-1] in at]
    return [chain for chain in found if len(chain) > 1]


def told(frame: pd.DataFrame, table: pd.DataFrame, schools: dict[str, str], known: str = "") -> list[str]:
    """Return the secrets of *frame* of which an attacker leaves but one number, and which are not that all passed.

    *known* is a school whose numbers the attacker knows anyway.
    """
    k, n = (frame[["level", "unit", "category"]].merge(table, how="left")[name].to_numpy("float64")
            for name in ("numerator", "n"))  # fmt: skip
    shown = (frame["status"].isin(WITH_VALUE) | frame["reason"].eq("nobody") | frame["unit"].eq(known)).to_numpy()
    low, high = np.where(shown, k, 0.0), np.where(shown, k, n)
    few, near = frame["reason"].eq("few_with_property").to_numpy(), frame["status"].eq("nearly_all").to_numpy()
    minimum = np.array([MINIMUM.get(level, ABOVE) for level in frame["level"]])
    low, high = np.where(few & ~shown, 1, low), np.where(few & ~shown, np.minimum(minimum - 1, n), high)
    low, high = np.where(near & ~shown, n - 4, low), np.where(near & ~shown, n - 1, high)
    equations = np.zeros((0, len(frame)))
    for *members, total in sums_by_hand(frame, schools):
        line = np.zeros(len(frame))
        line[members], line[total] = 1, -1
        equations = np.vstack([equations, line])
    secrets = frame["status"].isin(["too_few", "nearly_all"]).to_numpy() & ~shown & (k < n)
    found = []
    for place in np.flatnonzero(secrets):
        direction = np.zeros(len(frame))
        direction[place] = 1
        ends = [
            linprog(
                sign * direction, A_eq=equations, b_eq=np.zeros(len(equations)), bounds=np.column_stack([low, high])
            )
            for sign in (1, -1)
        ]
        least, most = ends[0].fun, -ends[1].fun
        if most - least < 1 - 1e-6 and most < n[place] - 1e-6:
            found.append(" ".join(frame.loc[place, ["level", "unit", "category"]]))
    return found


SIZES = [[6, 14, 9, 30, 25, 22, 40, 12], [4, 4, 5, 30, 31, 32, 33, 34, 35], [60, 8, 50, 7, 45, 40], [12] * 9]


@pytest.mark.parametrize("seed", range(4))
def test_no_secret_follows_from_all_sums_together(seed):
    """An attacker who solves all sums at once, written a second time, is left two numbers for every secret."""
    table, units = town(np.random.default_rng(seed), SIZES[seed])
    schools = units[units["level"].eq("school")].set_index("unit")["area"].to_dict()
    frame = protect(table, comparisons(table, units=units), units=units).results.frame
    assert told(frame, table, schools) == []


def test_lines_alone_would_tell(monkeypatch):
    """Without the exact stage, and that for bounds, some of the same towns are told: the test above can fail."""
    monkeypatch.setattr("skq.protect.exact.MOST_ROUNDS", 0)
    monkeypatch.setattr("skq.protect.bounded.groups", lambda rows: [])
    leaks = 0
    for seed in range(4):
        table, units = town(np.random.default_rng(seed), SIZES[seed])
        schools = units[units["level"].eq("school")].set_index("unit")["area"].to_dict()
        leaks += len(told(protect(table, comparisons(table), units=units).results.frame, table, schools))
    assert leaks > 0


def test_nothing_is_hidden_where_nothing_is_small():
    """Large schools of which many pass and many fail are shown as they are."""
    rows = [share(100, 50, metric=METRIC, unit=code) for code in ("A", "B", "C")]
    rows.append(share(300, 150, metric=METRIC, level="area", unit="9999:N"))
    table = results(rows)
    units = units_of({"A": "N", "B": "N", "C": "N"})
    assert protect(table, comparisons(table), units=units).results.frame["status"].eq("observed").all()


def area_of(sizes: dict[str, tuple[int, int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return results and units of schools (n, k) in one area and of that area."""
    rows = [share(n, k, metric=METRIC, unit=code) for code, (n, k) in sizes.items()]
    n, k = (sum(pair[at] for pair in sizes.values()) for at in (0, 1))
    rows.append(share(n, k, metric=METRIC, level="area", unit="9999:N"))
    return results(rows), units_of(dict.fromkeys(sizes, "N"))


FOUR = {"A": (6, 3), "B": (40, 30), "C": (50, 30), "D": (60, 30)}


@pytest.mark.parametrize(("principals", "hidden"), [(False, {"A", "B"}), (True, {"A", "B", "C"})])
def test_principals_are_reckoned_with(principals, hidden):
    """With two schools hidden, the principal of one would know the other: a third is hidden too."""
    table, units = area_of(FOUR)
    rule = replace(OFFICIAL, principals_know_own=principals)
    frame = protect(table, comparisons(table), rule, units=units).results.frame
    assert set(frame.loc[frame["value"].isna(), "unit"]) == hidden


def published(rows: list[dict]) -> pd.DataFrame:
    """Return released numbers of hand-made rows, as memory keeps them."""
    return results(rows).assign(release="r1", audience="public")[list(PUBLISHED_COLUMNS)]


def test_what_was_released_protects_nothing():
    """Schools that readers have seen cannot hide the small one any more: others are hidden with it, or the area."""
    table, units = area_of(FOUR)
    earlier = published([share(40, 30, metric=METRIC, unit="B"), share(50, 30, metric=METRIC, unit="C")])
    rule = replace(OFFICIAL, principals_know_own=False)
    frame = protect(table, comparisons(table), rule, units=units, earlier=earlier).results.frame
    secret = set(frame.loc[frame["value"].isna(), "unit"]) - {"B", "C"}
    assert "A" in secret
    assert secret & {"D", "9999:N"}


@pytest.mark.parametrize(
    ("value", "status", "known", "hidden"),
    [
        (0.75, "observed", True, False),
        (0.7504, "observed", True, False),
        (0.76, "observed", False, False),
        (None, "too_few", False, True),
    ],
    ids=["the same", "the same as printed", "another number then", "always hidden"],
)
def test_memory(value, status, known, hidden):
    """A number is known when it was shown as it is now; what has never been shown has always been hidden."""
    rows = results([share(40, 30, metric=METRIC, unit="B")])
    earlier = published([{**share(40, 30, metric=METRIC, unit="B"), "value": value, "status": status}])
    found = remembered(rows, earlier)
    assert (found.known.tolist(), found.hidden.tolist()) == ([known], [hidden])
    assert not remembered(rows, None).known.any()
    assert remembered(rows.assign(unit="C"), earlier).hidden.tolist() == [False]
    assert list(RESULT_KEY) == list(PUBLISHED_COLUMNS[: len(RESULT_KEY)])


@pytest.mark.parametrize(
    ("metric", "status", "n", "low", "high", "betrayed"),
    [
        (METRIC, "too_few", 8, 3, 3, True),
        (METRIC, "too_few", 8, 3, 4, False),
        (METRIC, "too_few", 8, 8, 8, False),  # all of them passed: of nobody anything is told
        ("absence_over_15_share", "too_few", 8, 0, 0, False),
        ("absence_over_15_share", "too_few", 8, 8, 8, True),
        ("foreign_background_share", "too_few", 8, 8, 8, True),  # background has no favourable side
        (METRIC, "protects_other", 8, 3, 3, False),
        ("merit_rating_17", "too_few", 8, 1600, 1700, True),
        ("merit_rating_17", "too_few", 8, 1500, 1700, False),
        ("attendance_share", "too_few", 8, 7.0, 7.05, True),  # absence 0,95 to 1,0: within 10 percent
        ("attendance_share", "too_few", 8, 7.0, 7.2, False),
    ],
)
def test_what_is_too_narrow(metric, status, n, low, high, betrayed):
    """A count is betrayed by a single possible number, a sum by a tenth of itself; all reached betrays nobody."""
    rows = pd.DataFrame({"metric": [metric], "status": [status], "n": pd.array([n], dtype="Float64")})
    assert too_narrow(rows, np.array([float(low)]), np.array([float(high)])).tolist() == [betrayed]


def test_rule_says_how_wide():
    """The width is the rule's: three possible numbers where it is 2."""
    rows = pd.DataFrame({"metric": [METRIC], "n": pd.array([8], dtype="Float64")})
    assert least_width(rows, np.array([3.0]), replace(OFFICIAL, least_width=2)).tolist() == [2.0]


def test_amounts_of_nobody_are_no_arithmetic():
    """A metric without a highest value that rests on nobody gives no warning and no bound that is not a number."""
    table = results([{"metric": "cost_per_pupil", "n": 0, "numerator": 0, "value": 0, "grade_year": None}])
    with np.errstate(all="raise"):
        frame = protect(table, comparisons(table)).results.frame
    assert frame["status"].tolist() == ["too_few"]

"""What must hold whatever the pupils, risk, floor and limit: the sum, the order of units, floor and damping."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from skq.metrics.allocation import Model, Year, exact, largest_remainder, mean_index, shared, standings

TENTHS = st.integers(0, 10).map(lambda tenths: Fraction(tenths, 10))
RISKS = st.integers(0, 1000).map(lambda thousandths: Fraction(thousandths, 1000))
SHARES = st.integers(0, 50).map(lambda hundredths: Fraction(hundredths, 100))
UNIT = st.tuples(st.integers(1, 900), st.sampled_from([Fraction(1), Fraction(4, 5), Fraction(13, 10)]), RISKS)
UNITS = st.lists(UNIT, min_size=1, max_size=8)
MODELS = st.builds(Model, SHARES, floor=TENTHS, max_change=st.none() | SHARES, index_years=st.integers(1, 3))
TOTALS = st.integers(0, 10**12)


def year(units: list[tuple[int, Fraction, Fraction]]) -> Year:
    """Return a school year of units named by their place."""
    named = {f"u{place}": unit for place, unit in enumerate(units)}
    return Year(
        pupils={name: Fraction(pupils) for name, (pupils, _, _) in named.items()},
        weighted={name: pupils * weight for name, (pupils, weight, _) in named.items()},
        risk={name: risk for name, (_, _, risk) in named.items()},
    )


def undamped(model: Model) -> Model:
    return Model(model.structure_share, floor=model.floor, index_years=model.index_years)


@settings(max_examples=75, deadline=None)
@given(st.lists(UNITS, min_size=1, max_size=3), TOTALS, MODELS)
def test_sum_is_exact_and_nobody_pays(years, total, model):
    """Base and structure are whole öre, never negative, and add up to the total, floor and damping or not."""
    found = shared([year(units) for units in years], total=total, model=model)
    assert found["total"].sum() == total
    assert (found["base"] + found["structure"]).equals(found["total"])
    assert found[["base", "structure"]].min(axis=None) >= 0
    assert {type(amount) for amount in found["total"].tolist()} == {int}


@settings(max_examples=50, deadline=None)
@given(st.lists(UNITS, min_size=1, max_size=3), TOTALS, MODELS, st.randoms(use_true_random=False))
def test_order_of_units_never_matters(years, total, model, random):
    """The same units named in another order get the same, to the öre."""
    made = [year(units) for units in years]
    turned = []
    for one in made:
        names = list(one.pupils)
        random.shuffle(names)
        kinds = (one.pupils, one.weighted, one.risk)
        turned.append(Year(*({name: numbers[name] for name in names} for numbers in kinds)))
    first, second = (shared(given, total=total, model=model) for given in (made, turned))
    pd.testing.assert_frame_equal(first, second)


@settings(max_examples=50, deadline=None)
@given(UNITS, MODELS)
def test_higher_index_never_gets_less(units, model):
    """Of two units whose pupils weigh the same, the one with the higher index stands at least as high."""
    now = year([(pupils, Fraction(1), risk) for pupils, _, risk in units])
    index = mean_index([now])
    assume(index)
    stands = standings(now, index, model=undamped(model))
    ordered = sorted(stands, key=lambda unit: index[unit])
    assert [stands[unit] for unit in ordered] == sorted(stands.values())


@settings(max_examples=50, deadline=None)
@given(UNITS, MODELS, RISKS)
def test_more_risk_never_lowers(units, model, more):
    """A unit whose risk rises, all else as it was, does not stand lower than before."""
    pupils, weight, risk = units[0]
    first, second = year(units), year([(pupils, weight, max(risk, more)), *units[1:]])
    before, after = (standings(one, mean_index([one]), model=undamped(model)) for one in (first, second))
    assume(mean_index([first]) and mean_index([second]))
    assert after["u0"] >= before["u0"]


@settings(max_examples=50, deadline=None)
@given(UNITS, TOTALS)
def test_without_structure_all_weighted_pupils_get_the_same(units, total):
    """With no structure share every unit gets its part of the weighted pupils, within an öre."""
    now = year(units)
    found = shared([now], total=total, model=Model(Fraction(0)))
    per_pupil = Fraction(total) / sum(now.weighted.values())
    assert all(abs(found["total"][unit] - now.weighted[unit] * per_pupil) < 1 for unit in now.weighted)


@settings(max_examples=75, deadline=None)
@given(UNITS, UNITS, MODELS)
def test_floor_is_respected_also_when_damped(first, second, model):
    """Nobody stands below the floor; the standings of weighted pupils have the mean 1 exactly."""
    before, now = year(first), year(second)
    for known in (None, standings(before, mean_index([before]), model=model)):
        stands = standings(now, mean_index([now]), model=model, before=known)
        assert min(stands.values()) >= model.floor
        weights = now.weighted
        assert sum(stands[unit] * weights[unit] for unit in weights) == sum(weights.values())


@settings(max_examples=75, deadline=None)
@given(UNITS, st.data(), SHARES, SHARES)
def test_change_stays_within_the_limit(units, data, structure, change):
    """With the pupils of the year before no standing changes by more than the limit."""
    model = Model(structure, max_change=change)
    risks = data.draw(st.lists(RISKS, min_size=len(units), max_size=len(units)))
    before = year(units)
    now = year([(pupils, weight, risk) for (pupils, weight, _), risk in zip(units, risks, strict=True)])
    earlier = standings(before, mean_index([before]), model=model)
    later = standings(now, mean_index([now]), model=model, before=earlier)
    floor = 1 - structure
    for unit, stood in earlier.items():
        assert max(stood * (1 - change), floor) <= later[unit] <= stood * (1 + change)


@settings(max_examples=50, deadline=None)
@given(UNITS, UNITS, SHARES)
def test_wide_limit_changes_nothing(first, second, structure):
    """Where the undamped standings lie within the limit they are the damped ones."""
    before, now = year(first), year(second)
    free = Model(structure)
    earlier, later = (standings(one, mean_index([one]), model=free) for one in (before, now))
    kept = [unit for unit in later if unit in earlier]
    widest = max([abs(later[unit] / earlier[unit] - 1) for unit in kept], default=Fraction(0))
    assume(widest <= 1)
    damped = standings(now, mean_index([now]), model=Model(structure, max_change=widest), before=earlier)
    assert damped == later


@settings(max_examples=50, deadline=None)
@given(st.lists(st.fractions(0, 10**6, max_denominator=1000), min_size=1, max_size=20))
def test_largest_remainder_stays_next_to_its_quota(quotas):
    """Every whole number is its quota rounded down or up, and together they are the rounded sum."""
    named = {f"{place:02d}": quota for place, quota in enumerate(quotas)}
    whole = round(sum(quotas))
    found = largest_remainder(named, whole)
    assert sum(found.values()) == whole
    assert all(abs(found[name] - quota) < 1 for name, quota in named.items())


@given(st.integers(0, 10**6), st.integers(0, 6))
def test_decimals_are_exact(digits, places):
    """A decimal number becomes the fraction that it is written as, not that of its binary neighbour."""
    assert exact(float(f"{digits}e-{places}")) == Fraction(digits, 10**places)

"""The protected room itself: results and comparisons in, `Protected` out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import columns
from skq.errors import ProtectionError
from skq.give_back import give_back_freed
from skq.keys import NOWHERE, Keys, by_number, numbered, places
from skq.protect.bounded import closed_bounds
from skq.protect.bundles import bundles, in_place, told_in_place
from skq.protect.conclude import HIDDEN, HIDES, Bundles, Concluded, concluded
from skq.protect.equity import Between, mend_between, schools_of, telling_equity
from skq.protect.memo import CONCLUDED, Memo, NoMemo, digest, outcomes
from skq.protect.rule import OFFICIAL, DisclosureRule, Reason
from skq.protect.table import NUMBERS, Protected, ProtectedTable, sealed
from skq.sides import reference_keys, result_keys
from skq.suppression.crew import Crew
from skq.terms import COMPARISON_DTYPES, COMPARISON_KEY, RESULT_DTYPES, RESULT_KEY, WITH_VALUE, CellStatus

REGISTER = "register"
NO_MEMO = NoMemo()
ROWS_AT_A_TIME = 1 << 19
"""The sides of so many comparisons are looked up at once."""

_BLANKING = (
    Reason.FEW_PUPILS, Reason.FEW_FTE, Reason.FEW_ANSWERS, Reason.LOW_RESPONSE, Reason.FEW_STAFF,
    Reason.OTHER_SEX, Reason.OTHER_SHARE, Reason.COMPLEMENT,
)  # fmt: skip
"""The reasons for which n itself is hidden too."""


def protect(
    results: pd.DataFrame,
    comparisons: pd.DataFrame | Callable[[], pd.DataFrame],
    rule: DisclosureRule = OFFICIAL,
    *,
    units: pd.DataFrame | None = None,
    memberships: pd.DataFrame | None = None,
    between: Between | None = None,
    earlier: pd.DataFrame | None = None,
    jobs: int = 1,
    memo: Memo = NO_MEMO,
) -> Protected:
    """Return *results* and *comparisons* with everything hidden that rests on too few, or betrays what does.

    *comparisons* may be what makes them: it is asked when it is known what is hidden, which takes most memory.
    Own numbers (source `register`) go through *rule*, then through complementary suppression over sexes, parental
    education, grade years, units, pooled years and whatever else adds up; *units* (as from `aggregate.units`) tells
    which schools add up to what and is demanded when own numbers of more than one level are there, *memberships* (as
    from `aggregate.memberships`) in which year that was so. Official numbers keep the agency's own status. A comparison
    with a hidden side is hidden. Numerators do not leave the room. What lies between schools is told with *between* (as
    `metrics.equity.between_schools`) of the shown schools and the hidden ones as one; without it, it is hidden.
    *earlier* (as from `memory.released_numbers`) is what readers have seen before: it cannot be hidden any more.
    *jobs* processes share large tables, bundle by bundle; how many changes nothing. Nor does *memo*, which keeps what
    became of bundles.
    """
    typed = in_order(results)
    own = typed["source"].str.startswith(REGISTER).fillna(True)
    known_units = _known_units(typed["level"][own], units)
    judged = _judged(typed, own, known_units, memberships, between, rule, earlier, jobs, memo)
    give_back_freed()
    made = _typed_comparisons(comparisons() if callable(comparisons) else comparisons)
    hidden = hidden_counts(judged.loc[own, ["status", "reason"]])
    shown = _blanked(judged, own)
    del typed, judged  # its numbers are the shown ones and more
    give_back_freed()
    return Protected(sealed(shown, "results"), _comparisons_beside(made, shown), hidden)


def in_order(results: pd.DataFrame) -> pd.DataFrame:
    """Return *results* by their keys, with a clean index 0…; ProtectionError where two share one."""
    typed = columns.typed(results, RESULT_DTYPES)
    number = numbered(typed, RESULT_KEY)
    if (np.diff(np.sort(number, kind="stable")) == 0).any():
        raise ProtectionError("two results share one key; which one protects the other cannot be told")
    return by_number(typed, number)


def _known_units(levels: pd.Series, units: pd.DataFrame | None) -> pd.DataFrame:
    if units is not None:
        return units
    if levels.nunique() > 1:
        raise ProtectionError(
            "own numbers of several levels cannot be protected without the list of units\n"
            "  next:     call protect(results, comparisons, rule, units=aggregate.units(tables))"
        )
    return pd.DataFrame(columns=["level", "unit", "municipality_code", "area", "organizer"], dtype="str")


def _judged(
    typed: pd.DataFrame,
    own: pd.Series,
    units: pd.DataFrame,
    memberships: pd.DataFrame | None,
    between: Between | None,
    rule: DisclosureRule,
    earlier: pd.DataFrame | None,
    jobs: int,
    memo: Memo,
) -> pd.DataFrame:
    """Return *typed* with status and reason of everything, bundle by bundle, and what lies between schools."""
    ours = own.to_numpy("bool")
    parts = bundles(typed)
    work = Bundles(typed, ours, parts, units, memberships, rule, earlier)
    found, blurred = closed_bounds(work, _all_concluded(work, jobs, memo), jobs, memo)
    hidden, shown = (in_place(parts, [getattr(one, name) for one in found]) for name in ("hidden", "shown"))
    told = told_in_place(parts, found)
    judged = typed.assign(
        **{name: columns.replaced(told[name], blurred, text) for name, text in zip(told, HIDES, strict=True)}
    )
    if not ours.any():
        return judged
    schools = schools_of(judged, units, memberships)
    equity = telling_equity(judged, hidden, schools) & shown
    if between is not None:
        equity &= ~mend_between(judged, hidden, equity, schools, between)
    hides = zip(("status", "reason"), HIDES, strict=True)
    return judged.assign(**{name: columns.replaced(judged[name], equity & ~hidden, text) for name, text in hides})


def _all_concluded(work: Bundles, jobs: int, memo: Memo) -> list[Concluded]:
    """Return what becomes of each bundle, in their order; those that *memo* knows are not judged again."""

    def judged_now(places: list[int]) -> list[Concluded]:
        give_back_freed()  # else each of the crew would fill it anew
        with Crew(jobs) as crew:
            return crew.answers(concluded, work.at(places))

    return outcomes([digest(bundle) for bundle in work], judged_now, CONCLUDED, memo)


def _blanked(judged: pd.DataFrame, own: pd.Series) -> pd.DataFrame:
    """Return the rows without what their status and reason hide; n of own rows only, the agency has hidden its own."""
    without_n = own & judged["reason"].isin([str(reason) for reason in _BLANKING])
    shows = judged["status"].isin(WITH_VALUE)
    return judged.assign(**{name: judged[name].where(shows) for name in NUMBERS}, n=judged["n"].mask(without_n))


def protected_comparisons(comparisons: pd.DataFrame, shown: pd.DataFrame) -> ProtectedTable:
    """Return *comparisons* with those hidden of which a side is not shown; a side's hidden n is hidden here too."""
    return _comparisons_beside(_typed_comparisons(comparisons), shown)


def _typed_comparisons(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return *comparisons* by their keys, with a clean index 0…."""
    typed = columns.typed(comparisons, COMPARISON_DTYPES)
    return by_number(typed, numbered(typed, COMPARISON_KEY))


def _comparisons_beside(typed: pd.DataFrame, shown: pd.DataFrame) -> ProtectedTable:
    """Return what `protected_comparisons` does of *typed* ones, which are emptied: no column is there twice."""
    first, second = (_side(at, shown) for at in _places_of_sides(typed, shown))
    there = first["status"].isin(WITH_VALUE)
    whole = there & second["status"].isin(WITH_VALUE)
    side_status, side_reason = (columns.either(second[name], there, first[name]) for name in ("status", "reason"))
    hides = side_status.isin(HIDDEN) | side_reason.ne("")
    status = columns.either(typed.pop("status"), whole, side_status)
    reason = columns.named((~whole & hides).to_numpy().astype("int8"), pd.Index(["", str(Reason.SIDE_HIDDEN)]))
    numbers = dict.fromkeys(NUMBERS, status.isin(WITH_VALUE))
    kept = {"n": first["has_n"], "n_reference": second["has_n"], "certain": whole, **numbers}
    told = {name: typed.pop(name).where(shows) for name, shows in kept.items()}
    rows = typed.assign(status=status, reason=reason, **told)
    give_back_freed()
    return sealed(rows, "comparisons")


def _places_of_sides(typed: pd.DataFrame, shown: pd.DataFrame) -> npt.NDArray[np.int32]:
    """Return the places among *shown* of the two sides of each comparison (2, rows), so many at a time."""
    keys = Keys(shown, RESULT_KEY)
    found = np.empty((2, len(typed)), dtype=np.int32)
    for start in range(0, len(typed), ROWS_AT_A_TIME):
        some = typed[[*COMPARISON_KEY]].iloc[start : start + ROWS_AT_A_TIME].reset_index(drop=True)
        for side, of in zip(found, (result_keys, reference_keys), strict=True):
            side[start : start + ROWS_AT_A_TIME] = places(keys.own, keys.of(of(some)))
    return found


def _side(at: npt.NDArray[np.int32], shown: pd.DataFrame) -> pd.DataFrame:
    """Return status, reason and `has_n` of the results *at* these places; what does not exist counts as missing."""
    nowhere = at == NOWHERE
    taken = {
        name: columns.replaced(pd.Series(shown[name].array.take(at, allow_fill=True)), nowhere, text)
        for name, text in (("status", str(CellStatus.MISSING)), ("reason", ""))
    }
    return pd.DataFrame({**taken, "has_n": np.append(shown["n"].notna(), False)[at]})


def hidden_counts(own: pd.DataFrame) -> pd.DataFrame:
    """Return how many own numbers (status, reason) are not shown in full: status, reason, count."""
    told = own[own["reason"].ne("")]
    return columns.written_out(told.groupby(["status", "reason"], sort=True).size().rename("count").reset_index())

"""What a principal may see more of the own school than everyone does, without that telling of another school.

The levels above and all other schools stay as everyone sees them; what of the own school is opened, `own_bundle` finds
out, bundle by bundle, and `own_bounds` what that tells of numbers of other bundles.
"""

from __future__ import annotations

import pandas as pd

from skq.columns import either
from skq.errors import ProtectionError
from skq.protect.bundles import bundles, in_place, told_in_place
from skq.protect.conclude import Bundles
from skq.protect.own_bounds import seen, with_bounds_closed
from skq.protect.own_bundle import OwnBundle, opened
from skq.protect.room import REGISTER, hidden_counts, in_order, protected_comparisons
from skq.protect.rule import DisclosureRule
from skq.protect.standing import Booleans
from skq.protect.table import NUMBERS, Protected, sealed
from skq.suppression.crew import Crew
from skq.terms import RESULT_KEY, WITH_VALUE


def for_principals(
    results: pd.DataFrame,
    comparisons: pd.DataFrame,
    everyone: Protected,
    rules: tuple[DisclosureRule, DisclosureRule],
    *,
    units: pd.DataFrame,
    memberships: pd.DataFrame | None = None,
    earlier: pd.DataFrame | None = None,
    jobs: int = 1,
) -> Protected:
    """Return *everyone* (as from `protect` of the same *results* and *comparisons*), with more of each school shown.

    *rules* are everyone's and the principals'. Rows of a school (and its classes) are for the principal of that school
    alone: whoever gets those of two schools may know more than either rule allows. *units* and *memberships* as in
    `protect`. A school that another has taken the place of stays as everyone sees it. *earlier* (as from
    `memory.released_numbers`) is what readers have seen before: of principals' releases, each has seen the own school.
    """
    typed = in_order(results)
    shown = everyone.results.frame
    if not typed[list(RESULT_KEY)].equals(shown[list(RESULT_KEY)]):
        raise ProtectionError("these numbers are not those that were protected; hand over the very same results")
    ours = typed["source"].str.startswith(REGISTER).fillna(True).to_numpy("bool")
    parts = bundles(typed)
    work = Bundles(typed, ours, parts, units, memberships, rules[0], earlier)
    asked = [OwnBundle(bundle, seen(shown, part), rules[1]) for part, bundle in zip(parts, work, strict=True)]
    with Crew(jobs) as crew:
        found = crew.answers(opened, asked)
    found = with_bounds_closed(work, shown, rules[1], found, jobs)
    more = in_place(parts, [one.rows for one in found])
    return _shown(typed, comparisons, shown, typed.assign(**told_in_place(parts, found)), more)


def _shown(
    typed: pd.DataFrame, comparisons: pd.DataFrame, shown: pd.DataFrame, judged: pd.DataFrame, opened: Booleans
) -> Protected:
    """Return the tables as *shown*, with the *opened* rows as the principal's rule has *judged* them."""
    rows = shown.copy(deep=False)
    rows = rows.assign(**{name: either(judged[name], opened, rows[name]) for name in ("status", "reason")})
    rows.loc[opened, "n"] = typed.loc[opened, "n"]
    told = opened & rows["status"].isin(WITH_VALUE).to_numpy(dtype=bool)
    rows.loc[told, list(NUMBERS)] = typed.loc[told, list(NUMBERS)]
    ours = rows.loc[rows["source"].str.startswith(REGISTER), ["status", "reason"]]
    return Protected(sealed(rows, "results"), protected_comparisons(comparisons, rows), hidden_counts(ours))

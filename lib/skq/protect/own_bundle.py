"""One bundle of numbers before the principals: which hidden rows each may see of the own school.

Of the own school, numbers are opened that the principal's rule allows, but for those that would open, beside everything
that all others see, a hidden number of another school, or one of the own that the principal's rule hides too. That is
found out by the exact attack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from skq.columns import as_categories, written_out
from skq.protect.conclude import Bundle
from skq.protect.exact import attack_stages, betrayed
from skq.protect.inference import telling
from skq.protect.leak import is_counted
from skq.protect.lines import lines
from skq.protect.own_view import View, is_hidden, labels_of, school_of, seen_before, view
from skq.protect.rule import DisclosureRule, Reason
from skq.protect.standing import Booleans
from skq.protect.sums import Sums
from skq.protect.together import shares_of_one, together
from skq.protect.windows import Positions, windows
from skq.suppression.attack import Demand
from skq.terms import WITH_VALUE

EXACT = 1e-6
"""A range no wider than this is a single number."""


@dataclass(frozen=True, eq=False)
class OwnBundle:
    """A bundle with everyone's rule, `shown` (status, reason): what everyone sees of it, and the principals' rule."""

    bundle: Bundle
    shown: pd.DataFrame
    narrower: DisclosureRule


@dataclass(frozen=True, eq=False)
class Opened:
    """Which rows (of a bundle) the school's principal may see, all `status` and `reason` by that rule (categories).

    `locked` rows stay hidden though that rule allows them.
    """

    rows: Booleans
    status: pd.Series
    reason: pd.Series
    locked: Booleans


def opened(asked: OwnBundle) -> Opened:
    """Return what is opened of one bundle, school by school."""
    bundle, shown = asked.bundle, written_out(asked.shown)
    typed, own = written_out(bundle.rows), pd.Series(bundle.own, index=bundle.rows.index)
    equal = lines(typed, bundle.units, bundle.memberships), windows(typed), shares_of_one(typed)
    wide, narrow = (view(typed, own, rule, shown, equal) for rule in (bundle.rule, asked.narrower))
    hidden = is_hidden(shown)
    allowed = narrow.judged["status"].isin(WITH_VALUE) | narrow.judged["reason"].eq(str(Reason.NOBODY))
    schools = school_of(typed)
    of_school = schools.ne("") & ~schools.isin(bundle.units["predecessor_code"].dropna()) & own
    may = _with_company(narrow.judged, hidden, hidden & (allowed & of_school).to_numpy(dtype=bool))
    kept = np.zeros(len(typed), dtype=bool)
    labels = labels_of(wide.equations, hidden)
    seen, seen_at_home = seen_before(typed, bundle.earlier)
    for school in sorted(schools[may].unique()):
        mine = schools.eq(school).to_numpy(dtype=bool)
        unseen = hidden & ~seen & ~(seen_at_home & mine)
        kept |= _safe(may & mine, mine, unseen, labels, wide, narrow)
    status, reason = (as_categories(narrow.judged[name]) for name in ("status", "reason"))
    rows = _with_company(typed, hidden, kept)
    return Opened(rows, status, reason, may & ~rows)


def closed_again(asked: OwnBundle, found: Opened, locked: Booleans) -> Opened:
    """Return what was *found* of a bundle without the *locked* rows and without what is shown with them or not at all.

    Nothing is attacked anew: whoever sees less knows less, and what is locked is no secret by the principal's rule.
    """
    typed = written_out(asked.bundle.rows)
    rows = _with_company(typed, is_hidden(asked.shown), found.rows & ~locked)
    return replace(found, rows=rows, locked=found.locked | (found.rows & ~rows))


def _with_company(rows: pd.DataFrame, hidden: Booleans, opened: Booleans) -> Booleans:
    """Return *opened* without rows that would tell of others of their unit that stay hidden, and those shown together.

    What `protect` hides together is shown together or not at all.
    """
    groups = together(rows)
    while True:
        still = hidden & ~opened
        company = np.bincount(groups, weights=still)[groups] > 0
        kept = opened & ~company & ~telling(rows, still)
        if (kept == opened).all():
            return kept
        opened = kept


def _safe(opened: Booleans, mine: Booleans, hidden: Booleans, labels: Positions, wide: View, narrow: View) -> Booleans:
    """Return which of the *opened* rows of one school may be shown to its principal; *mine* are all rows of it.

    Those beside a number that the attack opens are locked again, until it opens none that locking would close. What was
    locked though the rest tells it to the last digit is shown after all: it tells nothing that is not known.
    """
    asked_for = opened
    beside = np.zeros(len(wide.equations.value) - wide.equations.rows, dtype=bool)
    within = labels[: len(opened)]
    reached = np.isin(labels, within[opened & (within >= 0)])
    unseen = hidden & reached[: len(mine)]
    equations = _mixed(wide, narrow, np.concatenate([mine & is_hidden(narrow.judged), beside]), reached)
    asked = _asked(wide.asked, narrow.asked, np.concatenate([mine, beside]), reached)
    integral = np.concatenate([is_counted(wide.judged) & (equations.value[: len(mine)] % 1 == 0), beside])
    stages = attack_stages(wide.judged, equations)
    while opened.any():
        locked = asked_for & ~opened
        # Beside a number that is locked, that one is hidden is no sign of what it is: they look alike.
        signed = equations.without_signs(mine & np.isin(within, within[locked & (within >= 0)]))
        found = betrayed(signed, unseen & ~opened, asked, integral, stages)[0]
        closer = opened & _beside(equations, found, opened, labels)
        if not closer.any():
            break
        opened = opened & ~closer
        # What is hidden besides opens nothing, so only what was open is attacked again.
        asked = replace(asked, wanted=asked.wanted & np.isin(np.arange(len(labels)), found))
    return opened | _known_anyway(
        asked_for & ~opened, unseen & ~opened, equations.without_signs(mine), integral, stages
    )


def _known_anyway(
    locked: Booleans, hidden: Booleans, equations: Sums, integral: Booleans, stages: Sequence[Booleans]
) -> Booleans:
    """Return which of the *locked* rows all that is shown tells to the last digit."""
    nothing = np.zeros(len(locked), dtype=bool)
    if not locked.any():
        return nothing
    cells = len(equations.value)
    wanted = np.concatenate([locked, np.zeros(cells - len(locked), dtype=bool)])
    everything = Demand(wanted, equations.upper - equations.lower, np.full(cells, np.nan))
    found, low, high = betrayed(equations, hidden, everything, integral, stages)
    nothing[found[high - low <= EXACT]] = True
    return nothing


def _mixed(wide: View, narrow: View, by_own: Booleans, reached: Booleans) -> Sums:
    """Return the equations that hold a *reached* cell; of the cells *by_own* with what the principal's rule tells."""
    whole = wide.equations
    return replace(
        whole,
        matrix=whole.matrix[np.flatnonzero(abs(whole.matrix) @ reached.astype("float64"))],
        lower=np.where(by_own, narrow.equations.lower, whole.lower),
        upper=np.where(by_own, narrow.equations.upper, whole.upper),
    )


def _asked(wide: Demand, narrow: Demand, mine: Booleans, reached: Booleans) -> Demand:
    """Return what must be left open: of the own school by the principal's rule, of all others by everyone's."""
    return Demand(
        wanted=np.where(mine, narrow.wanted, wide.wanted) & reached,
        width=np.where(mine, narrow.width, wide.width),
        harmless=np.where(mine, narrow.harmless, wide.harmless),
    )


def _beside(equations: Sums, found: Positions, opened: Booleans, labels: Positions) -> Booleans:
    """Return the rows that share an equation with a *found* cell; where none is *opened*, those of the same parts."""
    matrix, near = abs(equations.matrix), np.zeros(len(labels))
    near[found] = 1.0
    around = np.asarray(matrix.T @ (matrix @ near) > 0, dtype=np.bool_)[: len(opened)]
    if (around & opened).any():
        return around
    return np.isin(labels, labels[found])[: len(opened)]

"""What bounds between metrics tell a principal beside the numbers opened of the own school: those locked again.

Bundle by bundle (`own_bundle`) nothing is known of other metrics that bound a number (`implied`). Here everything of a
grade year that bounds each other is attacked at once, as each principal sees it, and where a secret is told the
cheapest opened number near it is locked. With none opened, a school's principal knows what everyone does, of which no
bound tells (`bounded`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from skq.columns import written_out
from skq.protect.bounding import groups
from skq.protect.bundles import in_place
from skq.protect.conclude import Bundles
from skq.protect.exact import weights
from skq.protect.implied import implied
from skq.protect.leak import is_counted
from skq.protect.lines import lines
from skq.protect.own_bundle import Opened, OwnBundle, closed_again
from skq.protect.own_view import View, is_hidden, labels_of, school_of, seen_before, view
from skq.protect.rule import DisclosureRule, Reason
from skq.protect.standing import Booleans, Floats
from skq.protect.sums import few_or_all_but_few
from skq.protect.together import shares_of_one
from skq.protect.windows import Positions, windows
from skq.suppression.crew import Crew
from skq.suppression.propagate import spread, tightened
from skq.suppression.system import System

STEPS = 3
"""So many equations away from a told number one is looked for that may be hidden for its sake."""


@dataclass(frozen=True, eq=False)
class OwnBounded:
    """Rows that bound each other, which of them are `opened` and which `locked` (see `Opened`)."""

    asked: OwnBundle
    opened: Booleans
    locked: Booleans


@dataclass(frozen=True, eq=False)
class _Attacked:
    """Rows that bound each other as both rules judge them, and what everyone knows of them (`system`), drawn tight.

    `untold` rows are hidden, and what everyone knows tells none of them. `by_sign`: see `_by_sign`.
    """

    wide: View
    narrow: View
    system: System
    integral: Booleans
    untold: Booleans
    labels: Positions
    by_sign: tuple[Floats, Floats]
    cost: Floats


def with_bounds_closed(
    work: Bundles, shown: pd.DataFrame, narrower: DisclosureRule, found: Sequence[Opened], jobs: int
) -> list[Opened]:
    """Return what was *found* of each bundle, without the rows that would tell, by bounds, a secret of another metric.

    *shown* is what everyone sees of the rows of *work*, *narrower* the principals' rule. *jobs* processes share it.
    """
    opened, locked = (in_place(work.parts, [getattr(one, name) for one in found]) for name in ("rows", "locked"))
    told = [part for part in groups(work.typed) if opened[part].any()]
    asked = [
        OwnBounded(OwnBundle(bundle, seen(shown, part), narrower), opened[part], locked[part])
        for part, bundle in zip(told, replace(work, parts=told), strict=True)
    ]
    again = np.zeros(len(work.typed), dtype=bool)
    with Crew(jobs) as crew:
        for part, close in zip(told, crew.answers(to_close, asked), strict=True):
            again[part] = close
    return [
        closed_again(OwnBundle(bundle, seen(shown, part), narrower), one, again[part]) if again[part].any() else one
        for part, bundle, one in zip(work.parts, work, found, strict=True)
    ]


def seen(shown: pd.DataFrame, part: Positions) -> pd.DataFrame:
    """Return what everyone sees of the rows at *part*."""
    return shown.loc[part, ["status", "reason"]].reset_index(drop=True)


def to_close(group: OwnBounded) -> Booleans:
    """Return which of the opened rows have to be locked so that no bound tells their principal a secret."""
    bundle = group.asked.bundle
    typed = written_out(bundle.rows)
    at_home = seen_before(typed, bundle.earlier)[1]
    attacked = _attacked(group.asked, typed)
    schools = school_of(typed)
    chosen = np.zeros(len(typed), dtype=bool)
    for school in sorted(schools[group.opened].unique()):
        mine = schools.eq(school).to_numpy(dtype=bool)
        opened, locked = group.opened & mine, group.locked & mine
        while opened.any():
            told = _told(attacked, mine, opened | (at_home & mine), _signs(attacked, mine, locked))
            close = _cheapest(told, attacked.system, opened & ~at_home, attacked.cost)
            if not close.any():  # signs alone tell
                beside = np.flatnonzero(opened & ~at_home & _within(attacked, told))
                close[beside[np.argsort(attacked.cost[beside], kind="stable")[:1]]] = True
            if not close.any():
                break
            opened, locked = opened & ~close, locked | close
        chosen |= group.opened & mine & ~opened
    return chosen


def _attacked(asked: OwnBundle, typed: pd.DataFrame) -> _Attacked:
    bundle, shown = asked.bundle, written_out(asked.shown)
    equal = lines(typed, bundle.units, bundle.memberships), windows(typed), shares_of_one(typed)
    own, pairs = pd.Series(bundle.own, index=bundle.rows.index), implied(typed)
    wide, narrow = (view(typed, own, rule, shown, equal, pairs) for rule in (bundle.rule, asked.narrower))
    whole, hidden = wide.equations, is_hidden(shown) & ~seen_before(typed, bundle.earlier)[0]
    beside = len(whole.value) - whole.rows
    free = np.concatenate([hidden, np.ones(beside, dtype=bool)])
    integral = np.concatenate([is_counted(typed) & (whole.value[: whole.rows] % 1 == 0), np.zeros(beside, dtype=bool)])
    lower, upper = (np.where(free, bound, whole.value) for bound in (whole.lower, whole.upper))
    system = tightened(System(whole.matrix, lower, upper), integral)
    rows = np.arange(whole.rows)
    told = [one.asked.unsafe(system.lower[rows], system.upper[rows], rows) for one in (wide, narrow)]
    return _Attacked(
        wide, narrow, system, integral, hidden & ~told[0] & ~told[1], labels_of(whole, hidden), _by_sign(wide, narrow),
        weights(typed, len(typed)),
    )  # fmt: skip


def _by_sign(wide: View, narrow: View) -> tuple[Floats, Floats]:
    """Return between what and what each row lies for whoever knows that the principal's rule hides it.

    It looks as everyone sees it: only where everyone's rule has the same reason is it told whether few have the
    property or few lack it.
    """
    rows, known = wide.equations.rows, narrow.equations
    n = narrow.judged["n"].fillna(0).to_numpy("float64")
    few = narrow.judged["reason"].isin([str(Reason.FEW_WITH), str(Reason.FEW_WITHOUT)])
    either = (few & wide.judged["reason"].ne(narrow.judged["reason"])).to_numpy(dtype=bool)
    least, most = few_or_all_but_few(narrow.judged, n)
    return np.where(either, least, known.lower[:rows]), np.where(either, most, known.upper[:rows])


def _signs(attacked: _Attacked, mine: Booleans, locked: Booleans) -> Booleans:
    """Return the rows of *mine* of which one can tell that the principal's rule hides them.

    None is *locked* among those that any chain of equations connects with them: they would look alike.
    """
    return mine & is_hidden(attacked.narrow.judged) & ~_within(attacked, locked)


def _within(attacked: _Attacked, some: Booleans) -> Booleans:
    """Return the rows that any chain of equations connects with *some* of them."""
    labels = attacked.labels[: len(some)]
    return np.isin(labels, labels[some & (labels >= 0)])


def _told(attacked: _Attacked, mine: Booleans, known: Booleans, signs: Booleans) -> Booleans:
    """Return the rows told too closely to the principal of *mine*, who sees the *known* and what *signs* tell besides.

    Of the own school that is judged by the principal's rule, of all others by everyone's.
    """
    wide, narrow, system = attacked.wide, attacked.narrow, attacked.system
    rows, lower, upper = len(mine), system.lower.copy(), system.upper.copy()
    at = np.flatnonzero(signs)
    lower[at] = np.maximum(lower[at], attacked.by_sign[0][at])
    upper[at] = np.minimum(upper[at], attacked.by_sign[1][at])
    at = np.flatnonzero(known)
    lower[at] = upper[at] = wide.equations.value[at]
    moved = np.flatnonzero((lower > system.lower) | (upper < system.upper))
    drawn = spread(system, lower, np.maximum(lower, upper), moved, attacked.integral)
    cells = np.arange(rows)
    own, others = (one.asked.unsafe(drawn.lower[:rows], drawn.upper[:rows], cells) for one in (narrow, wide))
    told: Booleans = np.where(mine, own, others) & attacked.untold & ~known
    return told


def _cheapest(told: Booleans, system: System, candidate: Booleans, cost: Floats) -> Booleans:
    """Return for each *told* row the *candidate* that costs least of those nearest to it.

    Near is what shares an equation of *system* with it, a bound or a sum; then what shares one with those.
    """
    rows, chosen = len(told), np.zeros(len(told), dtype=bool)
    for place in np.flatnonzero(told).tolist():
        near = np.array([place])
        for _ in range(STEPS):
            near = np.unique(system.matrix[np.unique(system.columns[:, near].indices)].indices)
            near = near[near < rows]  # a rest is in its own equation alone
            found = near[candidate[near]]
            if len(found):
                chosen[found[np.argmin(cost[found])]] = True
                break
    return chosen

"""One bundle of numbers, from the rule alone to everything that has to be hidden: what one process does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
import pandas as pd

from skq.columns import as_categories, as_texts, written_out
from skq.give_back import give_back_freed
from skq.protect.bundles import Positions
from skq.protect.complement import complement
from skq.protect.exact import closed
from skq.protect.inference import Telltales, between_too_few, few_beyond_limit
from skq.protect.lines import Lines, lines
from skq.protect.primary import judged_by
from skq.protect.remembered import remembered
from skq.protect.rule import DisclosureRule, Reason
from skq.protect.standing import Booleans, Standing
from skq.protect.sums import sums
from skq.protect.together import shares_of_one, together
from skq.protect.windows import Windows, windows
from skq.terms import RESULT_DTYPES, WITH_VALUE, CellStatus

JUDGED_COLUMNS = [column for column in RESULT_DTYPES if column not in ("lower", "upper", "raw")]
"""The columns of results that decide what is hidden."""

HIDDEN = (str(CellStatus.TOO_FEW), str(CellStatus.PROTECTS_OTHER), str(CellStatus.NEARLY_ALL))
HIDES = (str(CellStatus.PROTECTS_OTHER), str(Reason.COMPLEMENT))
"""Status and reason of what is hidden for the sake of others."""


@dataclass(frozen=True, eq=False)
class Bundle:
    """Results (clean index 0…) that no result outside tells of, which are our `own`, and all that judges them.

    `units`, `memberships` and `earlier` as in `protect`.
    """

    rows: pd.DataFrame
    own: Booleans
    units: pd.DataFrame
    memberships: pd.DataFrame | None
    rule: DisclosureRule
    earlier: pd.DataFrame | None


@dataclass(frozen=True, eq=False)
class Concluded:
    """What becomes of each row: `status` and `reason` (categories), if it is `hidden`, might have been shown."""

    status: pd.Series
    reason: pd.Series
    hidden: Booleans
    shown: Booleans


@dataclass(frozen=True, eq=False)
class Bundles(Sequence[Bundle]):
    """The bundles of the rows of `typed` at the positions `parts`: each is copied out when it is asked for."""

    typed: pd.DataFrame
    own: Booleans
    parts: Sequence[Positions]
    units: pd.DataFrame
    memberships: pd.DataFrame | None
    rule: DisclosureRule
    earlier: pd.DataFrame | None

    def __len__(self) -> int:
        return len(self.parts)

    @overload
    def __getitem__(self, place: int) -> Bundle: ...
    @overload
    def __getitem__(self, place: slice) -> Bundles: ...
    def __getitem__(self, place: int | slice) -> Bundle | Bundles:
        if isinstance(place, slice):
            return replace(self, parts=self.parts[place])
        part = self.parts[place]
        rows = self.typed[JUDGED_COLUMNS].iloc[part].reset_index(drop=True)
        seen = None if self.earlier is None else self.earlier[self.earlier["metric"].isin(rows["metric"].unique())]
        return Bundle(rows, self.own[part], self.units, self.memberships, self.rule, seen)

    def at(self, places: Iterable[int]) -> Bundles:
        """Return those at *places*, in that order."""
        return replace(self, parts=[self.parts[place] for place in places])


def concluded(bundle: Bundle) -> Concluded:
    """Return what becomes of the rows of *bundle*, by the rule and by complementary suppression of own rows.

    Official rows stand as they are, but in the lines: an official total betrays a hidden own member as much as an own
    total does.
    """
    give_back_freed()  # of the bundle before
    judged = by_rule(bundle)
    if not bundle.own.any():
        nothing = np.zeros(len(judged), dtype=bool)
        return _told(judged, nothing, nothing)
    standing = _standing(judged, bundle)
    drawn, pooled = lines(judged, bundle.units, bundle.memberships), windows(judged)
    settled = _settling(judged, standing, drawn, pooled)
    equations = sums(judged, drawn, pooled, standing.shares, bundle.rule)
    memory = remembered(judged, bundle.earlier)
    stage = closed(judged, equations, standing.own & standing.shown, bundle.rule, settled, memory)
    hidden, blurred = stage.hidden, stage.blurred | _telling_years(judged, standing, stage.hidden)
    judged.loc[hidden & ~standing.hidden | blurred, ["status", "reason"]] = list(HIDES)
    return _told(judged, hidden, standing.own & standing.shown)


def concluded_with(bundle: Bundle, before: Concluded, more: Booleans) -> Concluded:
    """Return what became of *bundle* *before*, with *more* rows hidden and all that the rules hide for their sake.

    They are hidden for the sake of other bundles, no secrets of their own, so the sums are not attacked again.
    """
    judged = by_rule(bundle)
    standing = _standing(judged, bundle)
    drawn, pooled = lines(judged, bundle.units, bundle.memberships), windows(judged)
    hidden = _settling(judged, standing, drawn, pooled)(before.hidden | more)
    judged = judged.assign(status=as_texts(before.status), reason=as_texts(before.reason))
    fresh = hidden & ~before.hidden | _telling_years(judged, standing, hidden)
    judged.loc[fresh, ["status", "reason"]] = list(HIDES)
    return _told(judged, hidden, before.shown)


def by_rule(bundle: Bundle) -> pd.DataFrame:
    """Return the rows of *bundle* as the rule alone judges them, and what two numbers of one unit tell of a third."""
    judged = judged_by(bundle.rule, written_out(bundle.rows), pd.Series(bundle.own, index=bundle.rows.index))
    if bundle.own.any():
        judged.loc[between_too_few(judged) | few_beyond_limit(judged), ["status", "reason"]] = list(HIDES)
    return judged


def _told(judged: pd.DataFrame, hidden: Booleans, shown: Booleans) -> Concluded:
    return Concluded(as_categories(judged["status"]), as_categories(judged["reason"]), hidden, shown)


def _standing(judged: pd.DataFrame, bundle: Bundle) -> Standing:
    known = judged["status"].isin(WITH_VALUE) | judged["reason"].eq(str(Reason.NOBODY))
    return Standing(
        hidden=judged["status"].isin(HIDDEN).to_numpy(),
        shown=known.to_numpy(),
        own=bundle.own,
        n=judged["n"].fillna(0).to_numpy("float64"),
        k=judged["numerator"].fillna(0).to_numpy("float64"),
        minimum=judged["minimum"].to_numpy("float64"),
        together=together(judged),
        shares=shares_of_one(judged),
        principals=bundle.rule.principals_know_own,
    )


def _settling(
    judged: pd.DataFrame, standing: Standing, drawn: Lines, pooled: Windows
) -> Callable[[Booleans], Booleans]:
    """Return what gives, for rows hidden so far, these and all that lines and other numbers of a unit hide for them."""
    telltales = Telltales(judged)

    def settled(so_far: Booleans) -> Booleans:
        while True:
            so_far = so_far | standing.hidden
            so_far |= complement(drawn, pooled, replace(standing, hidden=so_far))
            telltale = telltales.of(so_far) & standing.own & ~so_far
            if not telltale.any():
                return so_far
            so_far |= telltale

    return settled


def _telling_years(judged: pd.DataFrame, standing: Standing, hidden: Booleans) -> Booleans:
    """Return the own pooled rows hidden with their years whose sign would tell of these."""
    signs = judged["reason"].isin([str(Reason.FEW_WITH), str(Reason.FEW_WITHOUT)]).to_numpy(dtype=bool)
    return windows(judged).telling_years(hidden) & signs & standing.own

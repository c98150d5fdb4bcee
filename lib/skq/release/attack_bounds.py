"""What numbers of one metric tell of another's: who passed in all subjects passed in mathematics.

No sum ties such numbers, but bounds do: at least as many have the milder property as the stricter one, or at most as
many lack it. Written anew from the definitions (domain §3, §4, §6), and drawn tight equation by equation, no further:
the attack is never stronger than the one that protection closes (ADR 7).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from skq.protect.leak import is_secret
from skq.protect.rule import DisclosureRule
from skq.release.attack_known import MOST, NOBODY, Known
from skq.release.attack_lines import KEY, Lines
from skq.release.attack_sums import SLACK, consistent
from skq.schema import LANGUAGES
from skq.suppression.propagate import tightened
from skq.suppression.system import System

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

ALIKE = ("SV", "SVA", *LANGUAGES)
"""Subjects of which several may count as one: who failed one of them and passed the other may have passed in all."""
WHOLE_TEST = "/total"
"""What a subject's test ends with that is no part of it."""


@dataclass(frozen=True)
class Bound:
    """Who has the property of the metric `strict` has that of `mild`, in one of its `subjects` (empty: in any).

    `having`: at least as many have the milder property. `lacking`: at most as many lack it, because nobody is behind
    its number who is not behind the stricter one's. `parts`: the milder one is of a part of the subject.
    """

    strict: str
    mild: str
    subjects: tuple[str, ...] = ()
    having: bool = True
    lacking: bool = True
    parts: bool = False


BOUNDS = (
    Bound("all_subjects_passed_share", "subject_passed_share", having=False),
    Bound("autumn_all_subjects_passed_share", "autumn_subject_passed_share", having=False),
    Bound("eligible_arts_share", "eligible_vocational_share"),
    Bound("eligible_social_share", "eligible_arts_share"),
    Bound("eligible_science_share", "eligible_arts_share"),
    Bound("eligible_vocational_share", "subject_passed_share", ("EN", "MA")),
    Bound("eligible_social_share", "subject_passed_share", ("GE", "HI", "RE", "SH")),
    Bound("eligible_science_share", "subject_passed_share", ("BI", "FY", "KE")),
    Bound("test_all_parts_share", "test_part_reached_share", lacking=False, parts=True),
)
"""Those that hold by definition of every unit. Who passed in all subjects, or is forecast to, may have too few of them
to be eligible. Absence of several lengths is among the sums (`attack_lines.NESTED`)."""

METRICS = frozenset(name for one in BOUNDS for name in (one.strict, one.mild))


@dataclass(frozen=True, eq=False)
class Bounded:
    """The hidden rows that are told too closely, each with the row of another metric that bounds it (-1: none)."""

    rows: Positions
    by: Positions


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Rows of a stricter and of a milder metric of the same pupils, and of which of them the bound is."""

    strict: Positions
    mild: Positions
    having: Booleans
    lacking: Booleans


@dataclass(frozen=True, eq=False)
class _Equations:
    """Entries (equation, cell, sign), and how much may be left over of each equation."""

    equation: Positions
    cell: Positions
    sign: Floats
    left: Floats


def bounded(known: Known, told: Lines, rule: DisclosureRule) -> Bounded:
    """Return what the numbers *known*, by the lines *told* of each metric and by the bounds between metrics, open."""
    own = _own(known.rows)
    pairs = _pairs(known.rows[own])
    system, whole = _system(known, told, pairs, own)
    left = tightened(system, whole)
    secret = is_secret(known.rows) & known.rows["value"].isna().to_numpy(dtype=bool) & own
    found = np.flatnonzero(secret & _narrow(left, len(own), float(rule.least_width)))
    return Bounded(found, _by(found, pairs, system, len(own)))


def _own(rows: pd.DataFrame) -> Booleans:
    """Return which of *rows* the bounds are sure of: own numbers, but for `.`, which may be nobody or no data."""
    return (rows["own"] & rows["metric"].isin(METRICS) & rows["status"].ne(NOBODY)).to_numpy(dtype=bool)


def _pairs(rows: pd.DataFrame) -> _Pairs:
    """Return which of *rows* bound which, as positions (their index)."""
    place = rows[KEY].assign(row=rows.index)
    found = [_of_bound(place, one) for one in BOUNDS]
    strict, mild = (np.concatenate([one[name].to_numpy("int64") for one in found]) for name in ("strict", "row"))
    sizes = [len(one) for one in found]
    having, lacking = (
        np.repeat([getattr(one, name) for one in BOUNDS], sizes).astype(bool) for name in ("having", "lacking")
    )
    return _Pairs(strict, mild, having, lacking)


def _of_bound(place: pd.DataFrame, bound: Bound) -> pd.DataFrame:
    mild = place[place["metric"].eq(bound.mild) & ~place["subject"].str.endswith(WHOLE_TEST)]
    subject = mild["subject"]
    wanted = subject.isin(bound.subjects) if bound.subjects else ~subject.isin(ALIKE)
    strict = mild.assign(metric=bound.strict, subject=subject.str.replace("/.*", "", regex=True) if bound.parts else "")
    return strict[wanted].merge(place.rename(columns={"row": "strict"}), on=KEY, how="inner")


def _system(known: Known, told: Lines, pairs: _Pairs, own: Booleans) -> tuple[System, Booleans]:
    """Return cells and equations of the *own* rows, and which cells are whole numbers.

    Of each row: how many have the property, what it rests on, how many lack it. Of each equation: what is left over.
    """
    rows = len(own)
    k, n, lack = (place * rows + np.arange(rows) for place in range(3))
    those, having, lacking = np.flatnonzero(own), pairs.having, pairs.lacking
    parts = [
        *(_of_lines(told, own, cells) for cells in (k, lack)),
        _each((k[those], 1.0), (lack[those], 1.0), (n[those], -1.0), left=0.0),
        _each((k[pairs.mild[having]], 1.0), (k[pairs.strict[having]], -1.0), left=MOST),
        _each((lack[pairs.strict[lacking]], 1.0), (lack[pairs.mild[lacking]], -1.0), left=MOST),
    ]
    left = np.concatenate([one.left for one in parts])
    first = np.cumsum([0, *(len(one.left) for one in parts)])
    equation = np.concatenate([one.equation + at for one, at in zip(parts, first[:-1], strict=True)])
    each = np.arange(len(left))
    places = (np.concatenate([equation, each]), np.concatenate([*(one.cell for one in parts), 3 * rows + each]))
    signs = np.concatenate([*(one.sign for one in parts), np.full(len(left), -1.0)])
    matrix = csr_array((signs, places), shape=(len(left), 3 * rows + len(left)))
    lower = np.concatenate([known.low, known.n_low, known.lack_low, np.zeros(len(left))])
    upper = np.concatenate([known.high, known.n_high, known.lack_high, left])
    persons = [known.whole, known.whole & (known.n_low % 1 == 0), known.whole, np.zeros(len(left), dtype=bool)]
    return System(matrix[consistent(matrix, lower, upper)], lower, upper), np.concatenate(persons)


def _of_lines(told: Lines, own: Booleans, cells: Positions) -> _Equations:
    """Return the lines that add up *own* rows, between the *cells* of the rows."""
    kept = told.people.copy()
    kept[told.line[~own[told.row]]] = False
    at = kept[told.line]
    number = np.cumsum(kept) - 1
    left = np.where(told.rest[kept], MOST, 0.0)
    return _Equations(number[told.line[at]], cells[told.row[at]], told.sign[at], left)


def _each(*members: tuple[Positions, float], left: float) -> _Equations:
    """Return one equation for each place of the *members*, cells and their sign, of which so much may be left over."""
    count = len(members[0][0])
    return _Equations(
        np.tile(np.arange(count), len(members)),
        np.concatenate([cells for cells, _ in members]),
        np.repeat([sign for _, sign in members], count),
        np.full(count, left),
    )


def _narrow(system: System, rows: int, width: float) -> Booleans:
    """Return of which rows fewer values are left than may be, unless perhaps nobody lacks the property.

    Every metric here is of what all ought to have.
    """
    low, high = (bound[: 3 * rows].reshape(3, rows) for bound in (system.lower, system.upper))
    open_by = np.minimum(*((high - low)[[0, 2]]))
    return np.asarray((open_by < width - SLACK) & (low[2] > SLACK), dtype=np.bool_)


def _by(found: Positions, pairs: _Pairs, system: System, rows: int) -> Positions:
    """Return for each of the rows *found* the row that bounds it of which most is known, -1 where there is none."""
    unknown = (system.upper - system.lower)[: 3 * rows].reshape(3, rows).min(axis=0)
    beside = pd.DataFrame(
        {"row": np.concatenate([pairs.strict, pairs.mild]), "by": np.concatenate([pairs.mild, pairs.strict])}
    )
    nearest = beside.assign(unknown=unknown[beside["by"]]).sort_values(["unknown", "by"]).drop_duplicates("row")
    return nearest.set_index("row")["by"].reindex(found, fill_value=-1).to_numpy("int64")

"""A table before the principals: its rows as one rule judges them, what each is about and what connects the hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from skq.protect.conclude import HIDDEN, HIDES
from skq.protect.exact import demand
from skq.protect.implied import NO_BOUNDS, Implied
from skq.protect.inference import between_too_few, few_beyond_limit
from skq.protect.lines import Lines
from skq.protect.primary import judged_by
from skq.protect.remembered import remembered
from skq.protect.rule import DisclosureRule, Reason
from skq.protect.standing import Booleans, Groups
from skq.protect.sums import Sums, sums
from skq.protect.windows import Positions, Windows
from skq.suppression.attack import Demand
from skq.suppression.system import System
from skq.terms import Level

PRINCIPAL = "principal"
OF_THE_SCHOOL = (str(Level.GROUP), str(Level.SCHOOL))


@dataclass(frozen=True, eq=False)
class View:
    """The rows as one rule judges them, the equations with what that rule lets anyone know, and what it demands."""

    judged: pd.DataFrame
    equations: Sums
    asked: Demand


def view(
    typed: pd.DataFrame,
    own: pd.Series,
    rule: DisclosureRule,
    shown: pd.DataFrame,
    equal: tuple[Lines, Windows, Groups],
    bounds: Implied = NO_BOUNDS,
) -> View:
    """Return *typed* rows, of which everyone sees what is *shown*, by *rule*, with what is *equal* and *bounds*."""
    judged = judged_by(rule, typed, own)
    judged.loc[between_too_few(judged) | few_beyond_limit(judged), ["status", "reason"]] = list(HIDES)
    equations = sums(judged, *equal, rule, bounds)
    signs_gone = shown["reason"].eq(str(Reason.COMPLEMENT)) & judged["status"].isin(HIDDEN)
    equations = equations.without_signs(signs_gone.to_numpy(dtype=bool))
    return View(judged, equations, demand(judged, equations, rule))


def school_of(typed: pd.DataFrame) -> pd.Series:
    """Return the school that each row is about, itself or a class of it; nothing of rows above the schools."""
    return typed["unit"].str.partition("/")[0].where(typed["level"].isin(OF_THE_SCHOOL), "")


def seen_before(typed: pd.DataFrame, earlier: pd.DataFrame | None) -> tuple[Booleans, Booleans]:
    """Return the rows that everyone knows from earlier releases, and those that principals know besides."""
    if earlier is None:
        nothing = np.zeros(len(typed), dtype=bool)
        return nothing, nothing
    at_home = earlier["audience"].eq(PRINCIPAL)
    return remembered(typed, earlier[~at_home]).known, remembered(typed, earlier[at_home]).known


def labels_of(equations: Sums, hidden: Booleans) -> Positions:
    """Return the number of the part of the open cells that each cell belongs to; -1 where no equation reaches it."""
    free = np.concatenate([hidden, np.ones(len(equations.value) - equations.rows, dtype=bool)])
    lower, upper = (np.where(free, bound, equations.value) for bound in (equations.lower, equations.upper))
    parts = System(equations.matrix, lower, upper).parts()
    labels = np.full(len(free), -1, dtype=np.int64)
    for number, part in enumerate(parts):
        labels[part] = number
    return labels


def is_hidden(rows: pd.DataFrame) -> Booleans:
    """Return which of *rows* (with `status`) are hidden."""
    return rows["status"].isin(HIDDEN).to_numpy(dtype=bool)

"""What was read -> sums: what own registers add up to, a part of it derived twice, and what no longer needs persons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from skq.aside import aside
from skq.build.combine import OwnNumbers, agreement, all_units, own_numbers, seen_units
from skq.build.inputs import own_inputs
from skq.build.raw import Raw
from skq.build.request import Request
from skq.give_back import give_back_large_at_once, give_back_memory
from skq.rederive import rederived

MOST_AT_ONCE = 4_000_000
"""So many rows of all own tables are summed and derived twice at the same time; beyond, one after the other."""


@dataclass(frozen=True)
class Sums:
    """What own registers add up to, some of it derived a second time, and each report's own inputs (`own_inputs`).

    *watch* is what was made of the texts about persons (`Watch`), none of which is needed from here on.
    *in_turn*: there is so much of it that memory is dearer than time. Then the two derivations have been held against
    each other already: the second one is not kept, *agreed* is what `agreement` told.
    """

    own: OwnNumbers | None
    derived_twice: pd.DataFrame | None
    inputs: InputsByUnit
    watch: Mapping[str, Any] | None
    in_turn: bool = False
    agreed: list[dict[str, Any]] | None = None


Watch = Callable[[Raw, pd.DataFrame], Mapping[str, Any] | None]
"""What makes the list of what was read of persons, of raw tables and the units that are seen (`watched`).

It is handed over by whoever needs the list: no number rests on it, so nothing here names the code that makes it.
"""

InputsByUnit = Mapping[str, list[dict[str, Any]]]
OfPersons = tuple[InputsByUnit, Mapping[str, Any] | None]
"""What is made of the texts about persons: `inputs` and `watch` of `Sums`."""


def summed(raw: Raw, request: Request, watch: Watch | None = None) -> Sums:
    """Return the sums of *raw*; from here on no row or text of a person is needed (`Raw.summed`).

    *watch* makes its list of those texts meanwhile; without it there is no list, and `Sums.watch` is None.
    What only holds numbers against each other is done beside the rest, in a second process, where there are more jobs.
    Where there are more rows of persons than `MOST_AT_ONCE` see `_summed_in_turn`.
    """
    if summed_in_turn(raw):
        return _summed_in_turn(raw, request, watch)
    at_once = request.jobs > 1
    with aside(partial(_beside, raw, request, watch), at_once=at_once) as second:
        give_back_memory()
        own = own_numbers(raw, request.settings, run_parts=request.run_parts, at_once=at_once)
        return Sums(own, *second.result())


def _summed_in_turn(raw: Raw, request: Request, watch: Watch | None) -> Sums:
    """Do as `summed`, one thing after the other; *raw* is empty afterwards.

    Where there are more jobs each is done in a process of its own: what is left between the columns ends with it.
    """
    give_back_large_at_once()
    apart = request.jobs > 1
    with aside(partial(_of_persons, raw, request, watch), at_once=apart) as texts:
        inputs, listed = texts.result()
    if raw.own is not None:
        raw.own.forget_persons()
    give_back_memory()  # before it is derived twice, which takes most
    with aside(partial(_derived_twice, raw), at_once=apart) as second:
        derived_twice = second.result()
    alone = apart and request.run_parts is None  # a cluster answers this process alone
    with aside(partial(_sparing_numbers, raw, request), at_once=alone) as first:
        if first.is_apart and raw.own is not None:
            raw.own.frames.clear()
        give_back_memory()
        own = first.result()
    give_back_memory()
    with aside(partial(agreement, raw, own, derived_twice), at_once=apart) as held:
        return Sums(own, None, inputs, listed, in_turn=True, agreed=held.result())


def _sparing_numbers(raw: Raw, request: Request) -> OwnNumbers | None:
    own = own_numbers(raw, request.settings, run_parts=request.run_parts, let_go=True)
    give_back_memory()  # before they travel
    return own


def summed_in_turn(raw: Raw) -> bool:
    """Whether *raw* has so many rows of own tables that memory is dearer than time (`MOST_AT_ONCE`)."""
    return raw.own is not None and sum(map(len, raw.own.frames.values())) > MOST_AT_ONCE


def _beside(raw: Raw, request: Request, watch: Watch | None) -> tuple[pd.DataFrame | None, *OfPersons]:
    """Return what is known beside the sums: the second derivation, and what is made of texts about persons."""
    texts = _of_persons(raw, request, watch)
    give_back_memory()
    return _derived_twice(raw), *texts


def _of_persons(raw: Raw, request: Request, watch: Watch | None) -> OfPersons:
    listed = watch(raw, seen_units(all_units(raw, request.settings), request.settings.audience)) if watch else None
    return own_inputs(raw.own), listed


def _derived_twice(raw: Raw) -> pd.DataFrame | None:
    if raw.own is None:
        return None
    derived_twice = rederived(raw.own.frames)
    give_back_memory()  # before it travels: that takes some, here and there
    return derived_twice

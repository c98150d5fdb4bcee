"""The folders of a request -> what was read of them: own tables, official statistics, or both, validated."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from skq.build.request import Inputs, Request
from skq.errors import SettingsError
from skq.give_back import give_back_at_once, give_back_memory
from skq.judge.goals import GOALS
from skq.sources import Tables
from skq.sources.folder import OFFICIAL_FOLDER
from skq.sources.official import Official, read_official
from skq.sources.raw import Unseen
from skq.validate import validated

NOT_SUMMED = ("school_units", *GOALS)
"""The own tables that are asked for after everything has been summed: none of them grows with the pupils."""


@dataclass(frozen=True)
class Raw:
    """What was read: own tables, official statistics, or both, and which municipality it is about."""

    own: Tables | None
    official: Official | None
    municipality_code: str

    @property
    def origin(self) -> str:
        """Where the numbers come from: `register`, `official` or `both`."""
        if self.own is None:
            return "official"
        return "register" if self.official is None else "both"

    def summed(self) -> Raw:
        """Return what is still needed when the numbers have been summed: no table that grows with the pupils.

        No text about a person either.
        """
        if self.own is None:
            return self
        return replace(self, own=replace(self.own.only(NOT_SUMMED), personal=Unseen(), unkeyed=Unseen()))


def read(request: Request) -> Raw:
    """Return everything that the inputs hold, validated; raises before anything is computed when a file is wrong.

    What reading took beside it is given back.
    """
    groups = request.settings.class_groups
    give_back_at_once()
    own = validated(request.inputs.own, key=request.key, class_groups=groups) if request.inputs.own else None
    if own is not None and not own.frames:  # a folder with `official/` and nothing else
        own = None
    give_back_memory()
    code = request.settings.municipality_code or _most_common_municipality(own)
    folder = _official_folder(request.inputs)
    if folder is not None and not code:
        raise SettingsError(
            "which municipality?\n  expected: --municipality with a code of four digits, such as 1480\n"
            "  found:    official statistics and no own registers that would tell"
        )
    return Raw(own, read_official(folder, municipality_code=code) if folder else None, code)


def _official_folder(inputs: Inputs) -> Path | None:
    """Return the folder of official statistics: the one given, or `official/` among the own registers."""
    if inputs.official is not None or inputs.own is None:
        return inputs.official
    beside = inputs.own / OFFICIAL_FOLDER
    return beside if beside.is_dir() else None


def _most_common_municipality(own: Tables | None) -> str:
    if own is None:
        return ""
    counted = Counter(own["school_units"]["municipality_code"])
    return min(counted, key=lambda code: (-counted[code], code)) if counted else ""

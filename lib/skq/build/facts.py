"""Who belongs to whom, which anyone knows, written beside the site for the attackers of the gate."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from skq.aggregate import memberships
from skq.build.raw import Raw
from skq.errors import SkqError
from skq.terms import UNIT_DTYPES

UNITS, MEMBERSHIPS = Path("gate", "units.parquet"), Path("gate", "memberships.parquet")
"""Where they lie in the folder of a build."""


def write_facts(raw: Raw, units: pd.DataFrame, out: Path, *, whole_nation: bool) -> None:
    """Write *units*, and of own registers which unit was part of which each school year, to the folder *out*."""
    (out / UNITS).parent.mkdir(parents=True, exist_ok=True)
    units[list(UNIT_DTYPES)].astype(UNIT_DTYPES).to_parquet(out / UNITS, index=False)
    (out / MEMBERSHIPS).unlink(missing_ok=True)
    if raw.own is not None:
        memberships(raw.own.frames, whole_nation=whole_nation).to_parquet(out / MEMBERSHIPS, index=False)


def has_facts(out: Path) -> bool:
    """Whether a build has left them in *out*."""
    return (out / UNITS).is_file()


def read_facts(out: Path) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return units and memberships (None of official statistics alone) of the build in *out*; SkqError if gone."""
    if not has_facts(out):
        raise SkqError(
            f"{out / UNITS}: no such file\n  expected: who belongs to whom, as 'skq build' writes it\n"
            "  next:     run 'skq build' again"
        )
    belonging = pd.read_parquet(out / MEMBERSHIPS) if (out / MEMBERSHIPS).is_file() else None
    return pd.read_parquet(out / UNITS).astype(UNIT_DTYPES), belonging

"""Who belongs to whom, which anyone knows, written beside the site for the attackers of the gate."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from skq.aggregate import memberships
from skq.build.raw import Raw
from skq.build.request import Places
from skq.errors import SkqError
from skq.terms import UNIT_DTYPES


def write_facts(raw: Raw, units: pd.DataFrame, out: Path, *, whole_nation: bool) -> None:
    """Write *units*, and of own registers which unit was part of which each school year, to the folder *out*."""
    places = Places(out)
    places.units.parent.mkdir(parents=True, exist_ok=True)
    units[list(UNIT_DTYPES)].astype(UNIT_DTYPES).to_parquet(places.units, index=False)
    places.memberships.unlink(missing_ok=True)
    if raw.own is not None:
        memberships(raw.own.frames, whole_nation=whole_nation).to_parquet(places.memberships, index=False)


def read_facts(out: Path) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return units and memberships (None of official statistics alone) of the build in *out*; SkqError if gone."""
    places = Places(out)
    if not places.units.is_file():
        raise SkqError(
            f"{places.units}: no such file\n  expected: who belongs to whom, as 'skq build' writes it\n"
            "  next:     run 'skq build' again"
        )
    belonging = pd.read_parquet(places.memberships) if places.memberships.is_file() else None
    return pd.read_parquet(places.units).astype(UNIT_DTYPES), belonging

"""Who has what: which released numbers each kind of reader knows beside the site that is to go out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from skq.build.claim import INTERNAL, PRINCIPAL, PUBLIC
from skq.terms import Level


def own_folders(site: Path) -> dict[str, Path]:
    """Return the folder of each principal in a *site* for principals, by school unit code."""
    folders = sorted(path for path in site.iterdir() if path.is_dir())
    return {path.name.rpartition("-")[2]: path for path in folders}


def seen_by_principal(earlier: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return what of the numbers released *earlier* the principal of the school *code* has."""
    own = earlier["audience"].eq(PRINCIPAL) & earlier["level"].eq(str(Level.SCHOOL)) & earlier["unit"].eq(code)
    return earlier[own | earlier["audience"].eq(PUBLIC)].reset_index(drop=True)


def own_numbers(earlier: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the numbers of each school that its principal got in releases *earlier*, by school unit code."""
    own = earlier[earlier["audience"].eq(PRINCIPAL) & earlier["level"].eq(str(Level.SCHOOL))]
    return {str(code): rows.reset_index(drop=True) for code, rows in own.groupby("unit", sort=True)}


def readers_of(audience: str, earlier: pd.DataFrame) -> list[set[str]]:
    """Return the audiences whose releases each kind of reader of a public or internal site has."""
    everyone, organizer = {PUBLIC}, {PUBLIC, INTERNAL}
    if audience == INTERNAL:
        return [organizer]
    return [everyone, organizer] if earlier["audience"].eq(INTERNAL).any() else [everyone]

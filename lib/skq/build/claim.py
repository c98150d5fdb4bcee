"""Whom the folder of a build is for: one audience, from its first build on."""

from __future__ import annotations

import json

from skq.build.request import Places
from skq.errors import SettingsError
from skq.files import write_json

PUBLIC, INTERNAL, PRINCIPAL = "public", "internal", "principal"


def claim(places: Places, audience: str) -> None:
    """Write down that this folder is for *audience*; SettingsError when what is built there is for another."""
    refuse_another(places, audience)
    write_json(places.audience, {"audience": audience})


def refuse_another(places: Places, audience: str) -> None:
    """Raise SettingsError when what is built in this folder is not for *audience*.

    A folder whose site or tables are partly for one audience and partly for another must never come to be.
    """
    held = audience_of(places)
    if held and held != audience:
        raise SettingsError(
            f"{places.out}: what is built here is for another audience\n"
            f"  expected: {audience}\n  found:    {held}\n"
            f"  next:     give a folder of its own, such as --out {places.out.name}-{audience}"
        )


def audience_of(places: Places) -> str:
    """Return whom the folder is built for, "" where nothing has been built or nothing tells."""
    try:
        return str(json.loads(places.audience.read_text(encoding="utf-8"))["audience"])
    except (OSError, ValueError, KeyError):
        return ""

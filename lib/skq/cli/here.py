"""What a command finds on this machine: settings, key, templates, cores, who asks, and the time."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from skq.errors import SettingsError

if TYPE_CHECKING:
    from skq.settings import Settings

SETTINGS_NAME = "skq.toml"
KEY_NAME = "pseudonym.key"


def cores() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def login() -> str:
    """Return the name that the person at the keyboard is logged in by, "" where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def now() -> datetime:
    """Return the time, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def pseudonym_key(file: Path | None, settings: Settings, *, data: Path | None, out: Path | None) -> bytes:
    """Return the key of the pseudonyms: of *file*, else of the settings, else of the user's own folder of settings."""
    from skq.keyfile import key_of

    named = file or (Path(settings.key_file) if settings.key_file else None)
    return key_of(
        named or Path(typer.get_app_dir("skq")) / KEY_NAME,
        apart_from={"the folder with the data": data, "the folder of the build": out},
    )


def settings_of(file: Path | None, data: Path | None) -> Settings:
    """Return the settings of *file*, else of the skq.toml among the data, else of the one here, else what is usual."""
    from skq.settings import Settings
    from skq.settingsfile import read_settings

    if file is not None:
        return read_settings(file)
    places = [folder / SETTINGS_NAME for folder in (data, Path()) if folder is not None]
    return next((read_settings(place) for place in places if place.is_file()), Settings())


def house() -> Path:
    """Return the folder with templates and theme: the one we stand in, or the one skq was installed from."""
    import skq

    places = (Path.cwd(), Path(skq.__file__).parents[2])
    found = next((place for place in places if (place / "_quarto.yml").is_file()), None)
    if found is None:
        raise SettingsError(
            "the templates are not here\n  next:     run skq in the folder that holds notebooks/ and reports/"
        )
    return found

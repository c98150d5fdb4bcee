"""skq.toml -> `Settings`: what an organizer chooses, checked before anything is read.

Knows nothing about the command line; options given there are laid over by `changed`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from skq.errors import SettingsError
from skq.terms import SchoolYear

__all__ = ["AUDIENCES", "ENGINES", "Settings", "changed", "read_settings", "settings_from"]

ENGINES = ("auto", "quarto", "embedded")
AUDIENCES = ("public", "internal")


@dataclass(frozen=True)
class Settings:
    """One organizer's choices; blank text and 0 mean "find out from the data or the machine"."""

    municipality_code: str = ""
    municipality_name: str = ""
    school_year: str = ""
    disclosure_rule: str = "official-2024"
    engine: str = "auto"
    jobs: int = 0
    audience: str = "public"

    def __post_init__(self) -> None:
        _check_one_of("engine", self.engine, ENGINES)
        _check_one_of("audience", self.audience, AUDIENCES)
        if self.municipality_code and not re.fullmatch(r"\d{4}", self.municipality_code):
            raise _wrong("municipality_code", self.municipality_code, 'four digits as text, such as "1480"')
        if self.jobs < 0:
            raise _wrong("jobs", self.jobs, "0 (all processor cores) or a number of reports at once")
        if self.school_year:
            _check_school_year(self.school_year)


def read_settings(path: Path) -> Settings:
    """Return the settings of the file *path*; SettingsError names the key that is unknown or wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{path.name}: the settings cannot be read\n"
            '  expected: lines of the form  key = "value"  (TOML, UTF-8)\n'
            f"  found:    {error}\n"
            "  next:     compare with the skq.toml that came with skq"
        ) from error
    return settings_from(content, file=path.name)


def settings_from(content: dict[str, Any], *, file: str = "skq.toml") -> Settings:
    """Return the settings that *content* (key to value) holds; SettingsError for unknown keys and wrong types."""
    kinds = {field.name: str if field.type == "str" else int for field in fields(Settings)}
    for key, value in content.items():
        if key not in kinds:
            raise SettingsError(_unknown_key(key, list(kinds), file))
        if type(value) is not kinds[key]:
            expected = "text in quotation marks" if kinds[key] is str else "a whole number"
            raise _wrong(key, value, expected)
    return Settings(**content)


def changed(settings: Settings, **options: str | int | None) -> Settings:
    """Return *settings* with the options that are not None laid over them."""
    return replace(settings, **{key: value for key, value in options.items() if value is not None})  # type: ignore[arg-type]


def _unknown_key(key: str, known: list[str], file: str) -> str:
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else "remove the line"
    return f"{file}: unknown key '{key}'\n  expected: one of {', '.join(known)}\n  found:    {key}\n  next:     {hint}"


def _check_one_of(key: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise _wrong(key, value, "one of " + ", ".join(f'"{name}"' for name in allowed))


def _check_school_year(text: str) -> None:
    try:
        SchoolYear.parse(text)
    except ValueError as error:
        raise _wrong("school_year", text, 'a school year such as "2025/26"') from error


def _wrong(key: str, value: object, expected: str) -> SettingsError:
    return SettingsError(
        f"setting '{key}' is wrong\n  expected: {expected}\n  found:    {value!r}\n"
        f"  next:     correct it in skq.toml or in the option of the command line"
    )

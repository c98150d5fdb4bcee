"""skq.toml -> `Settings`: a file of choices, or the refusal of what stands in it.

A key is checked by the type of its field in `settings`; a table (`[allocation]`) is a class of its own there.
"""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from skq.errors import SettingsError
from skq.likeness import like
from skq.settings import Settings, wrong_setting

_TABLES: dict[str, Any] = {
    one.name: one.default_factory for one in fields(Settings) if isinstance(one.default_factory, type)
}
"""The choices that are a class of their own, by name."""

_KINDS = {
    "str": "text in quotation marks",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "tuple[str, ...]": "a list of texts in quotation marks",
    "tuple[tuple[str, float], ...]": "a table such as { 0 = 0.9, 7 = 1.1 }",
}


def read_settings(path: Path) -> Settings:
    """Return the settings of the file *path*; SettingsError names the key that is unknown or wrong."""
    if not path.is_file():
        raise SettingsError(
            f"{path}: there is no such file of settings\n"
            "  expected: the path of a file such as skq.toml\n"
            f"  found:    {'a folder' if path.is_dir() else 'nothing of that name'}\n"
            "  next:     check the path given as --settings; without it skq.toml is taken, beside the data or here"
        )
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
    return Settings(**_checked(content, Settings, file=file))


def _checked(content: dict[str, Any], kind: type[Any], *, file: str, within: str = "") -> dict[str, Any]:
    """Return the values of *content* as the fields of *kind* hold them; *within* is the table's name and a point."""
    kinds = {one.name: str(one.type) for one in fields(kind)}
    checked: dict[str, Any] = {}
    for key, value in content.items():
        if key not in kinds:
            raise SettingsError(_unknown_key(key, list(kinds), file, within))
        if key in _TABLES and not within:
            if not isinstance(value, dict):
                raise wrong_setting(key, value, f"a table of its own, which begins with the line [{key}]")
            checked[key] = _TABLES[key](**_checked(value, _TABLES[key], file=file, within=f"{key}."))
        else:
            checked[key] = _converted(within + key, value, kinds[key])
    return checked


def _converted(key: str, value: Any, kind: str) -> Any:
    """Return *value* as a field of the type *kind* holds it; SettingsError where TOML gave something else."""
    if kind == "tuple[str, ...]":
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        found: Any = tuple(value) if fits else value
    elif kind == "tuple[tuple[str, float], ...]":
        fits = isinstance(value, dict) and all(_is_number(one) for one in value.values())
        found = tuple((year, float(one)) for year, one in sorted(value.items())) if fits else value
    elif kind == "float":
        fits, found = _is_number(value), value
        found = float(value) if fits else value
    else:
        fits, found = type(value).__name__ == kind, value
    if not fits:
        raise wrong_setting(key, value, _KINDS[kind])
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unknown_key(key: str, known: list[str], file: str, within: str = "") -> str:
    near = [*like(key, known)]
    hint = f"did you mean '{within}{near[0]}'?" if near else "remove the line"
    names = ", ".join(within + name for name in known)
    return f"{file}: unknown key '{within}{key}'\n  expected: one of {names}\n  found:    {key}\n  next:     {hint}"

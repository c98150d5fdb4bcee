"""skq.toml -> `Settings`: what an organizer chooses, checked before anything is read.

Knows nothing about the command line; options given there are laid over by `changed`. A key is checked by the type of
its field; a table (`[allocation]`) is a class of its own.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from skq.errors import SettingsError
from skq.terms import SchoolYear

__all__ = [
    "AUDIENCES",
    "ENGINES",
    "PEER_MEASURES",
    "AllocationSettings",
    "LimitSettings",
    "PeerSettings",
    "ReleaseSettings",
    "RetentionSettings",
    "Settings",
    "changed",
    "read_settings",
    "settings_from",
]

ENGINES = ("auto", "quarto", "embedded")
AUDIENCES = ("public", "internal", "principal")
"""Who a build is for: everyone; the organizer; each principal, who gets the own school alone (ADR 8)."""
PEER_MEASURES = (
    "parents_post_secondary_share",
    "foreign_background_share",
    "newly_arrived_share",
    "girls_share",
    "pupil_count",
)
"""What schools can be found alike by: their intake and size, never their results."""

GRADE_YEARS = tuple(str(year) for year in range(10))
MOST_PEERS, MOST_INDEX_YEARS = 50, 10
LARGEST_WEIGHT = 10.0
MOST_BY_RISK = 0.9


@dataclass(frozen=True)
class AllocationSettings:
    """How money is shared between units (domain §16); `total_sek` 0 means that it is not.

    `structure_share` is the part that follows risk. Nobody gets less than `floor_share` of what equal shares would give
    (0: no floor). No unit's standing changes by more than `max_change` in a year (0: no limit). The index is the mean
    of `index_years` years. `grade_year_weights` are pairs of grade year and weight, 1 for those that are not named.
    """

    total_sek: int = 0
    structure_share: float = 0.1
    floor_share: float = 0.0
    max_change: float = 0.0
    index_years: int = 1
    grade_year_weights: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        _check_least("allocation.total_sek", self.total_sek, 0, "0 (no allocation) or a sum in whole kronor")
        if not 0 <= self.structure_share <= MOST_BY_RISK:
            raise _wrong(
                "allocation.structure_share",
                self.structure_share,
                f"a number from 0 to {MOST_BY_RISK}: 0.1 for 10 percent",
            )
        for key in ("floor_share", "max_change"):
            if not 0 <= getattr(self, key) <= 1:
                raise _wrong(f"allocation.{key}", getattr(self, key), "a number from 0 to 1: 0.1 for 10 percent")
        if not 1 <= self.index_years <= MOST_INDEX_YEARS:
            raise _wrong("allocation.index_years", self.index_years, f"a whole number from 1 to {MOST_INDEX_YEARS}")
        for year, weight in self.grade_year_weights:
            if year not in GRADE_YEARS or not 0 < weight <= LARGEST_WEIGHT:
                expected = f'grade years "0" to "9", each with a weight above 0 and at most {LARGEST_WEIGHT:g}'
                raise _wrong("allocation.grade_year_weights", f"{year} = {weight:g}", expected)

    @property
    def weights(self) -> dict[int, float]:
        """The weight of every grade year that is named."""
        return {int(year): weight for year, weight in self.grade_year_weights}


@dataclass(frozen=True)
class LimitSettings:
    """What one report may take before it is given up: seconds for a cell and for all of it, megabytes; 0: no limit."""

    cell_seconds: int = 300
    report_seconds: int = 900
    memory_mb: int = 4000

    def __post_init__(self) -> None:
        for key, unit in (("cell_seconds", "seconds"), ("report_seconds", "seconds"), ("memory_mb", "megabytes")):
            _check_least(f"limits.{key}", getattr(self, key), 0, f"0 (no limit) or a whole number of {unit}")


@dataclass(frozen=True)
class PeerSettings:
    """How schools alike are chosen: how many of them, and by which measures of intake."""

    count: int = 5
    measures: tuple[str, ...] = ("parents_post_secondary_share", "foreign_background_share", "pupil_count")

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_PEERS:
            raise _wrong("peers.count", self.count, f"a whole number from 1 to {MOST_PEERS}")
        if not self.measures or set(self.measures) - set(PEER_MEASURES) or len(set(self.measures)) < len(self.measures):
            expected = "one or more, each once, of " + ", ".join(f'"{name}"' for name in PEER_MEASURES)
            raise _wrong("peers.measures", list(self.measures), expected)


@dataclass(frozen=True)
class ReleaseSettings:
    """Where releases go (`to`, blank: told by --to), whether two persons make one, and how many old ones are kept."""

    to: str = ""
    two_persons: bool = False
    keep: int = 5

    def __post_init__(self) -> None:
        _check_least("release.keep", self.keep, 1, "a whole number of releases, at least 1")


@dataclass(frozen=True)
class RetentionSettings:
    """After how many days tables of a build, and what was made of them, are to be deleted."""

    stage_days: int = 90

    def __post_init__(self) -> None:
        _check_least("retention.stage_days", self.stage_days, 1, "a whole number of days, at least 1")


@dataclass(frozen=True)
class Settings:
    """One organizer's choices; blank text and 0 mean "find out from the data or the machine"."""

    municipality_code: str = ""
    municipality_name: str = ""
    school_year: str = ""
    disclosure_rule: str = "official-2024"
    engine: str = "auto"
    jobs: int = 0
    audience: str = "internal"
    class_groups: bool = False
    whole_nation: bool = False
    key_file: str = ""
    peers: PeerSettings = field(default_factory=PeerSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    allocation: AllocationSettings = field(default_factory=AllocationSettings)
    release: ReleaseSettings = field(default_factory=ReleaseSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)

    def __post_init__(self) -> None:
        _check_one_of("engine", self.engine, ENGINES)
        _check_one_of("audience", self.audience, AUDIENCES)
        if self.municipality_code and not re.fullmatch(r"\d{4}", self.municipality_code):
            raise _wrong("municipality_code", self.municipality_code, 'four digits as text, such as "1480"')
        _check_least("jobs", self.jobs, 0, "0 (all processor cores) or a number of reports at once")
        if self.school_year:
            _check_school_year(self.school_year)


_TABLES: dict[str, type[Any]] = {
    "peers": PeerSettings,
    "limits": LimitSettings,
    "allocation": AllocationSettings,
    "release": ReleaseSettings,
    "retention": RetentionSettings,
}
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


def changed(settings: Settings, **options: str | int | None) -> Settings:
    """Return *settings* with the options that are not None laid over them."""
    return replace(settings, **{key: value for key, value in options.items() if value is not None})  # type: ignore[arg-type]


def _checked(content: dict[str, Any], kind: type[Any], *, file: str, within: str = "") -> dict[str, Any]:
    """Return the values of *content* as the fields of *kind* hold them; *within* is the table's name and a point."""
    kinds = {one.name: str(one.type) for one in fields(kind)}
    checked: dict[str, Any] = {}
    for key, value in content.items():
        if key not in kinds:
            raise SettingsError(_unknown_key(key, list(kinds), file, within))
        if key in _TABLES and not within:
            if not isinstance(value, dict):
                raise _wrong(key, value, f"a table of its own, which begins with the line [{key}]")
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
        raise _wrong(key, value, _KINDS[kind])
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unknown_key(key: str, known: list[str], file: str, within: str = "") -> str:
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean '{within}{near[0]}'?" if near else "remove the line"
    names = ", ".join(within + name for name in known)
    return f"{file}: unknown key '{within}{key}'\n  expected: one of {names}\n  found:    {key}\n  next:     {hint}"


def _check_one_of(key: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise _wrong(key, value, "one of " + ", ".join(f'"{name}"' for name in allowed))


def _check_least(key: str, value: int, least: int, expected: str) -> None:
    if value < least:
        raise _wrong(key, value, expected)


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

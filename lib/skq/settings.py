"""What an organizer chooses: every choice with what it means, what is usual, and what of it is refused.

Knows nothing about the command line, options of which are laid over by `changed`, nor about files (`settingsfile`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

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
    "wrong_setting",
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
            raise wrong_setting(
                "allocation.structure_share",
                self.structure_share,
                f"a number from 0 to {MOST_BY_RISK}: 0.1 for 10 percent",
            )
        for key in ("floor_share", "max_change"):
            if not 0 <= getattr(self, key) <= 1:
                raise wrong_setting(f"allocation.{key}", getattr(self, key), "a number from 0 to 1: 0.1 for 10 percent")
        if not 1 <= self.index_years <= MOST_INDEX_YEARS:
            raise wrong_setting(
                "allocation.index_years", self.index_years, f"a whole number from 1 to {MOST_INDEX_YEARS}"
            )
        for year, weight in self.grade_year_weights:
            if year not in GRADE_YEARS or not 0 < weight <= LARGEST_WEIGHT:
                expected = f'grade years "0" to "9", each with a weight above 0 and at most {LARGEST_WEIGHT:g}'
                raise wrong_setting("allocation.grade_year_weights", f"{year} = {weight:g}", expected)

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
            raise wrong_setting("peers.count", self.count, f"a whole number from 1 to {MOST_PEERS}")
        if not self.measures or set(self.measures) - set(PEER_MEASURES) or len(set(self.measures)) < len(self.measures):
            expected = "one or more, each once, of " + ", ".join(f'"{name}"' for name in PEER_MEASURES)
            raise wrong_setting("peers.measures", list(self.measures), expected)


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
            raise wrong_setting("municipality_code", self.municipality_code, 'four digits as text, such as "1480"')
        _check_least("jobs", self.jobs, 0, "0 (all processor cores) or a number of reports at once")
        if self.school_year:
            _check_school_year(self.school_year)


def changed(settings: Settings, **options: str | int | None) -> Settings:
    """Return *settings* with the options that are not None laid over them."""
    return replace(settings, **{key: value for key, value in options.items() if value is not None})  # type: ignore[arg-type]


def wrong_setting(key: str, value: object, expected: str) -> SettingsError:
    """Return the refusal of a *value* that the choice *key* cannot have."""
    return SettingsError(
        f"setting '{key}' is wrong\n  expected: {expected}\n  found:    {value!r}\n"
        f"  next:     correct it in skq.toml or in the option of the command line"
    )


def _check_one_of(key: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise wrong_setting(key, value, "one of " + ", ".join(f'"{name}"' for name in allowed))


def _check_least(key: str, value: int, least: int, expected: str) -> None:
    if value < least:
        raise wrong_setting(key, value, expected)


def _check_school_year(text: str) -> None:
    try:
        SchoolYear.parse(text)
    except ValueError as error:
        raise wrong_setting("school_year", text, 'a school year such as "2025/26"') from error

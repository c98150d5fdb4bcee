"""The columns that several tables share, and the closed sets that they choose from."""

from __future__ import annotations

from typing import Any

from skq.schema.columns import ColumnSpec, Kind

SUBJECTS: dict[str, tuple[str, ...]] = {
    "BL": ("BL", "bild"),
    "EN": ("EN", "ENG", "engelska"),
    "HKK": ("HKK", "hem- och konsumentkunskap"),
    "IDH": ("IDH", "idrott och hälsa"),
    "MA": ("MA", "matematik"),
    "MU": ("MU", "musik"),
    "BI": ("BI", "biologi"),
    "FY": ("FY", "fysik"),
    "KE": ("KE", "kemi"),
    "GE": ("GE", "geografi"),
    "HI": ("HI", "historia"),
    "RE": ("RE", "religionskunskap"),
    "SH": ("SH", "samhällskunskap"),
    "SL": ("SL", "slöjd"),
    "SV": ("SV", "SVE", "svenska"),
    "SVA": ("SVA", "svenska som andraspråk"),
    "TK": ("TK", "teknik"),
    "M2": ("M2", "moderna språk, språkval", "moderna språk inom ramen för språkval"),
    "M1": ("M1", "moderna språk, elevens val", "moderna språk inom ramen för elevens val"),
    "ML": ("ML", "modersmål"),
    "NO": ("NO", "naturorienterande ämnen"),
    "SO": ("SO", "samhällsorienterande ämnen"),
    "TN": ("TN", "teckenspråk"),
    "JS": ("JS", "judiska studier"),
    "DA": ("DA", "dans"),
}
"""Every subject code with what registers write for it."""

LANGUAGES = ("M1", "M2", "ML", "TN")
"""The subjects that can be a pupil's språkval."""

HME_AREAS = ("hme_motivation", "hme_leadership", "hme_governance")
"""The survey areas of sustainable engagement of employees, answered 1 to 5 by the staff."""

HME_ITEMS_PER_AREA = 3

COST_KINDS: dict[str, str] = {
    "undervisning": "teaching",
    "lokaler": "premises",
    "måltider": "meals",
    "lärverktyg": "materials",
    "elevhälsa": "health",
    "skolskjuts": "transport",
}
"""The kinds of cost that are told apart, as ledgers write them; every other kind belongs to the rest (domain §12)."""

EDUCATION_LEVELS = "1 = förgymnasial, 2 = gymnasial, 3 = eftergymnasial"


def school_unit_code(**change: Any) -> ColumnSpec:
    """Return the column with the unit's eight-digit code."""
    usual: dict[str, Any] = {
        "name": "school_unit_code",
        "headers": ("Skolenhetskod", "Skolenhet kod", "Enhetskod"),
        "kind": Kind.CODE,
        "about": "code of the school unit in the register of school units",
        "example": "10000001",
        "pattern": r"\d{8}",
        "pattern_means": "a school unit code of eight digits",
    }
    return ColumnSpec(**(usual | change))


def school_year() -> ColumnSpec:
    """Return the column with the school year."""
    return ColumnSpec("school_year", ("Läsår",), Kind.SCHOOL_YEAR, "school year", "2024/25")


def pupil_id() -> ColumnSpec:
    """Return the column with the pupil's pseudonym."""
    return ColumnSpec(
        "pupil_id",
        ("Elev-id", "ElevID", "Elev", "Elevnummer"),
        Kind.CODE,
        "pseudonym of the pupil, the same in all tables and years; never a personal identity number",
        "E00017",
        is_person=True,
    )


def grade_year(about: str = "grade year, 0 = förskoleklass", **change: Any) -> ColumnSpec:
    """Return the column with the pupil's grade year."""
    usual: dict[str, Any] = {
        "name": "grade_year",
        "headers": ("Årskurs", "Åk"),
        "kind": Kind.INTEGER,
        "about": about,
        "example": "9",
        "spellings": {"0": ("F", "FSK", "förskoleklass")},
        "minimum": 0,
        "maximum": 9,
    }
    return ColumnSpec(**(usual | change))


def term() -> ColumnSpec:
    """Return the column with the term."""
    return ColumnSpec(
        "term",
        ("Termin",),
        Kind.CHOICE,
        "HT = autumn, VT = spring",
        "VT",
        spellings={"HT": ("HT", "hösttermin", "höst"), "VT": ("VT", "vårtermin", "vår")},
    )


def subject() -> ColumnSpec:
    """Return the column with the subject code."""
    return ColumnSpec("subject", ("Ämne", "Ämneskod"), Kind.CHOICE, "subject code or name", "MA", spellings=SUBJECTS)


def boolean(name: str, headers: tuple[str, ...], about: str, **change: Any) -> ColumnSpec:
    """Return an optional yes/no column that may be blank."""
    usual: dict[str, Any] = {"required": False, "nullable": True, "example": "nej"}
    return ColumnSpec(name, headers, Kind.BOOLEAN, about, **(usual | change))


def amount(name: str, headers: tuple[str, ...], about: str, example: str, **change: Any) -> ColumnSpec:
    """Return a column with a decimal number of zero or more."""
    usual: dict[str, Any] = {"minimum": 0}
    return ColumnSpec(name, headers, Kind.DECIMAL, about, example, **(usual | change))


def count(name: str, headers: tuple[str, ...], about: str, example: str, **change: Any) -> ColumnSpec:
    """Return a column with a whole number of zero or more."""
    usual: dict[str, Any] = {"minimum": 0}
    return ColumnSpec(name, headers, Kind.INTEGER, about, example, **(usual | change))


def text(name: str, headers: tuple[str, ...], about: str, example: str, **change: Any) -> ColumnSpec:
    """Return a column with free text."""
    return ColumnSpec(name, headers, Kind.TEXT, about, example, **change)


def choice(
    name: str, headers: tuple[str, ...], about: str, spellings: dict[str, tuple[str, ...]], **change: Any
) -> ColumnSpec:
    """Return a column with one of a closed set, the first of its spellings being the example."""
    example = next(iter(spellings.values()))[0]
    return ColumnSpec(name, headers, Kind.CHOICE, about, example, spellings=spellings, **change)


def which_number() -> tuple[ColumnSpec, ColumnSpec]:
    """Return the columns that say which number of a metric is meant: its grade year and its subject, both optional."""
    return (
        grade_year("grade year that the metric is asked for; blank = none or all", required=False, nullable=True),
        text(
            "subject",
            ("Ämne", "Ämneskod"),
            "subject code, survey area or other kind that the metric is divided by; blank = none",
            "MA",
            required=False,
            nullable=True,
        ),
    )


def calendar_year(name: str, headers: tuple[str, ...], about: str) -> ColumnSpec:
    """Return a column with a calendar year."""
    return ColumnSpec(name, headers, Kind.INTEGER, about, "2024", minimum=1990, maximum=2100)


def date(name: str, headers: tuple[str, ...], about: str, example: str, **change: Any) -> ColumnSpec:
    """Return a column with a day."""
    return ColumnSpec(name, headers, Kind.DATE, about, example, **change)

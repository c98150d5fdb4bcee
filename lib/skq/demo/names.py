"""Invented names: municipality, organizers, schools, none of which exists.

Plain lists and a deterministic combination of them. tests/unit/test_demo_names.py compares every name with the
names in the official files.
"""

from __future__ import annotations

from itertools import product

MUNICIPALITY_CODE = "9901"
MUNICIPALITY_NAME = "Ekmora"
AREAS = ("Norra", "Centrum", "Södra")

# Organisation numbers that nobody can have: the third and fourth digit are 99, the check digit is wrong.
ORGANIZERS = (
    ("Ekmora kommun", "9999990010", "municipal"),
    ("Stiftelsen Lyktbärarna", "9999990020", "independent"),
    ("Nyckelbräda Utbildning AB", "9999990035", "independent"),
)

STORY_NAMES = (
    "Kvarngläntans skola",
    "Ripstubbens skola",
    "Björnsnårets skola",
    "Almtuvans skola",
    "Ängsöräs-Åkulla skola",
    "Norr-Gässelås skola",
    "Lyktbärarnas fristående grundskola för språk, hantverk och naturvetenskap i Tranmyren",
    "Skolan D'Alvik",
    "Snår-Olles byskola",
    "Havtornstuvans skola",
    "Sävkärrets skola",
    "Lavflarkens skola",
)
"""The names of the first twelve schools: with å, ä, ö, a hyphen, an apostrophe, and one very long."""

FIRST_PARTS = (
    "Alm", "Ask", "Björn", "Blåbärs", "Ek", "Furu", "Gran", "Hallon", "Hassel", "Havtorns", "Hjortron", "Korp",
    "Kråk", "Kvarn", "Körsbärs", "Lav", "Lingon", "Ljung", "Lupin", "Moss", "Mås", "Nypon", "Odon", "Pil", "Pors",
    "Rip", "Räv", "Rönn", "Slån", "Sparv", "Starr", "Sten", "Sval", "Säv", "Tall", "Tran", "Troll", "Uggle", "Varg",
    "Vide", "Åker", "Älg", "Ängs", "Örn",
)  # fmt: skip
SECOND_PARTS = (
    "gläntans", "stubbens", "snårets", "tuvans", "flarkens", "myrens", "kärrets", "klippans", "tjärnens", "brynets",
    "risets", "slingans",
)  # fmt: skip


def school_names(count: int) -> list[str]:
    """Return *count* different school names, the same for every seed; at most 2 112 schools."""
    made = (
        f"{first}{second}{side} skola"
        for side, second, first in product(("", " norra", " södra", " östra"), SECOND_PARTS, FIRST_PARTS)
    )
    return list(dict.fromkeys([*STORY_NAMES, *made]))[:count]

"""A school that was asked for and is not there: which one may have been meant, and how to ask for several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from skq.errors import SettingsError
from skq.likeness import like

ALL_TOLD = 12
"""So many schools are listed where none is near; of more it is told where their codes are."""
MOST_NEAR, NEAR = 3, 0.8


def refuse_unknown(keys: Sequence[str], known: Mapping[str, str], *, where: str = "in the data") -> None:
    """Raise SettingsError for those of *keys* that are none of *known*: names by unit code; *where* they should be."""
    if unknown := sorted(set(keys) - set(known)):
        raise SettingsError(
            f"no such school {where}: {', '.join(unknown)}\n"
            f"  expected: {_expected(known)}\n"
            f"  found:    {', '.join(map(repr, unknown))}\n"
            f"  next:     {'; '.join(dict.fromkeys(_next_steps(unknown, known)))}"
        )


def _next_steps(unknown: Sequence[str], known: Mapping[str, str]) -> Iterator[str]:
    for text in unknown:
        near = _near(text, known)
        if codes := _several(text, known):
            yield "give the option once for each: " + " ".join(f"--school {code}" for code in codes)
        elif near:
            asked = f"{text}: " if len(unknown) > 1 else ""
            yield f"{asked}did you mean {' or '.join(_named(code, known) for code in near)}?"
        else:
            yield _where(known)


def _several(text: str, known: Mapping[str, str]) -> list[str]:
    """Return the codes that *text* is made of, where it is made of nothing but several that are known."""
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    return parts if len(parts) > 1 and all(part in known for part in parts) else []


def _near(text: str, known: Mapping[str, str]) -> list[str]:
    """Return the codes that are nearly *text*, or whose schools are called so: the nearest, by code."""
    likes = like(text, {*known, *known.values()}, least=NEAR)
    nearest = {one for one, likeness in likes.items() if likeness == max(likes.values())}
    return [code for code, name in sorted(known.items()) if nearest & {code, name}][:MOST_NEAR]


def _expected(known: Mapping[str, str]) -> str:
    if not known:
        return "a school that a report is made of; there is none"
    return f"the code of one of {len(known)} school(s), such as {_named(min(known), known)}"


def _where(known: Mapping[str, str]) -> str:
    if len(known) > ALL_TOLD:
        return "all codes are in the table school_units, or in the exports of official statistics"
    return "give one of these codes" + "".join(f"\n    {_named(code, known)}" for code in sorted(known))


def _named(code: str, known: Mapping[str, str]) -> str:
    return f"{code} {known[code]}".rstrip()

"""Sentences and cells about the chain of levels: what adds up, and why something does not.

A school that is not shown is only counted here, never named beside a sum.
"""

from __future__ import annotations

from skq.report import sv
from skq.report.annual.levels import Chain, Link, Total
from skq.report.texts import texts
from skq.terms import Level

FITS = "stämmer"


def opening(found: Chain | None) -> str:
    """Say whether the schools sum to the municipality's totals, and how many organizers are left out of the table."""
    if found is None:
        return "Det finns inga elevantal att summera."
    parts = [_pupils(found.municipality.pupils), _passed(found.municipality)]
    if found.alone:
        alone = sv.counting_word(found.alone)
        one = "huvudman med en enda skola är inte med" if found.alone == 1 else "huvudmän med en enda skola är inte med"
        parts.append(f"{sv.capitalized(alone)} {one} i tabellen: huvudmannens tal är skolans.")
    return " ".join(part for part in parts if part)


def _pupils(total: Total) -> str:
    if total.stated is None:
        return f"Skolornas elevantal är tillsammans {sv.number(total.summed, 0)}; kommunens uppgift saknas."
    if total.adds_up:
        return f"Skolornas elevantal summerar till kommunens {_elever(total.stated)}."
    return f"Kommunen redovisar {_elever(total.stated)}. {sv.capitalized(why(total))}."


def _passed(link: Link) -> str:
    passed, graded = link.passed, link.graded
    if passed.stated is None or graded.stated is None:
        return ""
    whole = (
        f"Av kommunens {_elever(graded.stated)} med slutbetyg hade {sv.number(passed.stated, 0)} minst E i alla ämnen"
    )
    if passed.adds_up:
        return f"{whole}; det stämmer med skolornas tal."
    if passed.secret:
        return f"{whole}. {sv.capitalized(why(passed))}."
    summed = sv.number(passed.summed, 0)
    return f"{whole}; {summed} av dem gick på skolor vars tal visas. {sv.capitalized(why(passed))}."


def _elever(count: float) -> str:
    return sv.plural(count, "elev", "elever")


def why(total: Total) -> str:
    """Say why the schools' sum differs from the stated total, without a capital: `2 skolor visas inte`."""
    if total.adds_up:
        return FITS
    if total.stated is None:
        return "bara skolornas summa är känd" if total.shown else "ingen uppgift"
    counted = (
        (total.withheld, "skola visas inte", "skolor visas inte"),
        (total.lacking, "skola saknar uppgift", "skolor saknar uppgift"),
        (total.rounded, "skolas antal är avrundat", "skolors antal är avrundade"),
    )
    parts = [f"{sv.counting_word(count)} {one if count == 1 else many}" for count, one, many in counted if count]
    return sv.enumeration(parts) or "underlaget förklarar inte skillnaden"


def cell(total: Total) -> str:
    """Write a total: `379`, with the schools' sum where that is another `379 (365)`, or the sum alone `(365)`.

    The sum is left out where it would tell the number of a single hidden school.
    """
    if total.stated is None:
        return f"({sv.number(total.summed, 0)})" if total.shown else sv.EN_DASH
    stated = sv.number(total.stated, 0)
    if total.adds_up or total.secret or not total.shown:
        return stated
    return f"{stated} ({sv.number(total.summed, 0)})"


def explanation(link: Link) -> str:
    """Say for each total that does not add up why, `Stämmer` where all do."""
    words = texts()["annual"]
    names = (words["pupils"], words["last_grade"], words["passed"])
    totals = zip(names, (link.pupils, link.last_grade, link.passed), strict=True)
    told = [(name, total) for name, total in totals if total.stated is not None or total.shown]
    reasons: dict[str, list[str]] = {}
    for name, total in told:
        reasons.setdefault(why(total), []).append(name)
    if len(reasons) < 2:
        return f"{sv.capitalized(next(iter(reasons)))}." if reasons else sv.EN_DASH
    return " ".join(f"{', '.join(found)}: {reason}." for reason, found in reasons.items() if reason != FITS)


def level_word(level: str) -> str:
    """Name a level in a table.

    >>> level_word("organizer")
    'Huvudman'
    """
    return {
        Level.AREA: "Område", Level.ORGANIZER: "Huvudman", Level.MUNICIPALITY: "Kommun", Level.NATION: "Riket",
        Level.SCHOOL: "Skola",
    }[Level(level)]  # fmt: skip

"""Sentences about a funnel: which schools chance does not explain, and that the others cannot be told apart."""

from __future__ import annotations

from skq.report import sv
from skq.report.annual.funnel import OUTSIDE, Funnel, Placed
from skq.report.annual.measures import unit_of
from skq.report.annual.sentences import about
from skq.report.texts import metric_word, texts
from skq.report.wording import form
from skq.terms import round_half_up

LIMITS = "de gränser som slumpen ger skolor av deras storlek"


def caption(found: Funnel) -> str:
    """Return what stands under the figure: measure, year, what the limits are."""
    words = texts()["annual"]
    wider = words["funnel_dispersion"].format(factor=sv.number(found.dispersion, 1))
    parts = [
        f"{metric_word(found.metric, 'name')}, årskurs {found.grade_year}, {unit_of(found.metric)}, per skola efter "
        f"antal elever {sv.school_year(found.school_year)}.",
        words["funnel_limits"],
        wider if round_half_up(found.dispersion) > 1 else "",
    ]
    return " ".join(part for part in parts if part)


def in_words(found: Funnel) -> str:
    """Say what the funnel shows: how many lie outside, who, on which side, and how many chance would put there."""
    count = len(found.schools)
    whole = f"{metric_word(found.metric, 'name')}, årskurs {found.grade_year}, {sv.counting_word(count)} skolor."
    return f"{whole} {said(found)}"


def said(found: Funnel) -> str:
    """Say which schools lie outside the limits, and that the others cannot be told apart."""
    count = len(found.schools)
    chance = f"av slumpen väntas {about(found.by_chance)}"
    if not found.outside:
        return (
            f"Alla {sv.counting_word(count)} skolor ligger inom {LIMITS}; "
            "skillnaderna mellan dem ska inte läsas som skillnader i kvalitet."
        )
    told = [
        f"{side} {LIMITS if place == 0 else 'dem'} ligger {sv.enumeration([_named(one) for one in which])}"
        for place, (side, which) in enumerate(_sides(found))
    ]
    inside = count - len(found.outside)
    rest = f" {sv.capitalized(sv.counting_word(inside))} skolor ligger inom gränserna och kan inte skiljas åt."
    return f"{sv.capitalized('; '.join(told))}; {chance}.{rest if inside > 1 else ''}"


def _sides(found: Funnel) -> list[tuple[str, list[Placed]]]:
    """Return the sides on which schools lie outside, with those schools."""
    sides = [
        (word, [one for one in found.outside if one.above is up]) for word, up in (("över", True), ("under", False))
    ]
    return [(word, which) for word, which in sides if which]


def _named(school: Placed) -> str:
    return f"{school.unit.name} (även utanför 99,8 %-gränsen)" if school.outside == OUTSIDE["998"] else school.unit.name


def written(found: Funnel, value: float) -> str:
    """Return a value of the funnel's measure, with its unit sign."""
    shape = form(found.metric)
    return f"{sv.number(value * shape.scale, shape.decimals)}{shape.suffix}"

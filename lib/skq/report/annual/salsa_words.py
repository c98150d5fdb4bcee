"""Sentences about SALSA: how the schools lie to what is expected of them; never a ranking."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual.salsa import Pooled
from skq.report.numbers import Difference, Point

FEWEST_FOR_QUARTILES = 8
WHAT = (
    "SALSA räknar fram vilket meritvärde som är att vänta med hänsyn till föräldrarnas utbildning, andelen pojkar och "
    "andelen nyinvandrade."
)
NO_RANKING = "Avvikelsen är ingen rangordning: den säger inte vad den beror på."


def expected(found: Sequence[tuple[Point, Point]], judged: Sequence[Difference]) -> str:
    """Say how the schools' merit ratings lie to what SALSA expects; *found* holds expected value and residual."""
    residuals = sorted(residual.value or 0.0 for _, residual in found)
    year = sv.school_year(found[0][0].school_year)
    ends = f"{_whole(residuals[0])} till {_whole(residuals[-1])} poäng"
    text = f"{WHAT} {sv.capitalized(year)} avvek {_schools(len(residuals))} från det med {ends}"
    if len(residuals) >= FEWEST_FOR_QUARTILES:
        low, high = _middle_half(residuals)
        text += f"; för hälften var avvikelsen mellan {_whole(low)} och {_whole(high)}"
    certain = sum(bool(difference.certain) for difference in judged)
    chance = (
        f"{sv.capitalized(sv.counting_word(certain))} av {len(judged)} avvikelser som kan prövas är säkra."
        if judged
        else "Om en enskild skolas avvikelse är större än vad slumpen kan ge kan inte bedömas."
    )
    return f"{text}. {chance} {NO_RANKING}"


def in_words(found: Sequence[tuple[Point, Point]]) -> str:
    """Say what the figure of residuals shows; its alt text."""
    models = sorted(model.value or 0.0 for model, _ in found)
    residuals = sorted(residual.value or 0.0 for _, residual in found)
    return (
        f"En ring per skola, {_schools(len(found))}, {sv.school_year(found[0][0].school_year)}. Modellberäknat "
        f"meritvärde från {sv.number(models[0], 0)} till {sv.number(models[-1], 0)} poäng; avvikelse från "
        f"{_whole(residuals[0])} till {_whole(residuals[-1])} poäng."
    )


def _middle_half(ordered: Sequence[float]) -> tuple[float, float]:
    quarter = len(ordered) // 4
    return ordered[quarter], ordered[-1 - quarter]


def _whole(value: float) -> str:
    return sv.signed(value, 0)


def pooled(found: Sequence[Pooled]) -> str:
    """Say which schools certainly lie above or below what SALSA expects over three years, and that it is no ranking."""
    told = [
        f"Säkert {word} det väntade, tre läsår sammantagna: {sv.enumeration([_size(one) for one in which])}."
        for side, word in ((1, "över"), (-1, "under"))
        if (which := [one for one in found if one.side == side])
    ]
    rest = sum(not one.side for one in found)
    if not told:
        told = [f"Tre läsår sammantagna avviker ingen av {_schools(rest)} säkert från det väntade."]
    elif rest:
        told.append(f"För {_schools(rest)} rymmer intervallet noll.")
    return " ".join([WHAT, *told, NO_RANKING])


def _size(one: Pooled) -> str:
    low, high = one.residual.lower or 0.0, one.residual.upper or 0.0
    return f"{one.unit.name} {_whole(one.residual.value or 0.0)} poäng ({_whole(low)} till {_whole(high)})"


def pooled_in_words(found: Sequence[Pooled]) -> str:
    """Say what the figure of three years shows; its alt text."""
    residuals = sorted(one.residual.value or 0.0 for one in found)
    apart = sum(bool(one.side) for one in found)
    return (
        f"Medelavvikelse under tre läsår för {_schools(len(found))}, från {_whole(residuals[0])} till "
        f"{_whole(residuals[-1])} poäng. {sv.capitalized(sv.counting_word(apart)) if apart else 'Ingen'} av dem "
        "avviker säkert från det väntade."
    )


def _schools(count: int) -> str:
    return f"{sv.counting_word(count)} {'skola' if count == 1 else 'skolor'}"

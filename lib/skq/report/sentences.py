"""Sentences about single numbers and differences.

The rule of all of them: nothing is said that the interval does not carry. "Ökade" and "högre" need a difference whose
interval excludes zero; otherwise the sentence says that chance can explain it, or that it cannot be judged.
"""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.judged import Estimate
from skq.report.numbers import Difference, Point, Series
from skq.report.texts import word
from skq.report.wording import (
    amount,
    full_text,
    is_total,
    limits_text,
    noun,
    pronoun,
    resting_on,
    too_few,
    value_text,
)
from skq.terms import CellStatus

FEW_PUPILS = 30
"""Up to this many pupils a sentence says how much one pupil weighs."""

CHANCE = "skillnaden är mindre än vad slumpen kan ge"
NOT_JUDGED = "om skillnaden är större än vad slumpen kan ge kan inte bedömas"


def level(point: Point, *, year: bool = True) -> str:
    """Say the number: "Meritvärdet var 232,0 (217–247) läsåret 2024/25, 50 elever"."""
    if not point.shown:
        return not_shown(point)
    when = f" {sv.school_year(point.school_year)}" if year else ""
    on = f", {resting_on(point)}" if resting_on(point) and not is_total(point.metric) else ""
    return f"{sv.capitalized(noun(point))} var {full_text(point)}{when}{on}."


def not_shown(point: Point) -> str:
    """Say why there is no number."""
    name, when = noun(point), sv.school_year(point.school_year)
    match point.status:
        case CellStatus.NEARLY_ALL:
            return f"{sv.capitalized(name)} var nära 100{sv.NBSP}% {when}: alla utom en till fyra elever."
        case CellStatus.TOO_FEW:
            return f"{sv.capitalized(name)} visas inte för {when}: uppgiften bygger på {too_few(point)}."
        case CellStatus.PROTECTS_OTHER:
            return f"{sv.capitalized(name)} visas inte för {when}: med den kunde en annan dold uppgift räknas ut."
        case _:
            return f"Det finns ingen uppgift om {name} för {when}."


def change(point: Point, previous: Point, difference: Difference | None) -> str:
    """Say how the number stands to the year before."""
    if not point.shown:
        return not_shown(point)
    now, before = value_text(point), value_text(previous)
    name = sv.capitalized(noun(point))
    if not previous.recorded:
        return f"{name} var {now} {sv.school_year(point.school_year)}."
    if not previous.shown:
        return f"{name} var {now}. Läsåret före visas ingen uppgift, så förändringen kan inte anges."
    if now == before:
        return f"{name} var {now}, som läsåret före."
    if difference is None or not difference.shown:
        return f"{name} var {now}, mot {before} läsåret före."
    if is_total(point.metric):
        return f"{name} var {now}, mot {before} läsåret före ({amount(difference, sign=True)})."
    if difference.certain is None:
        return f"{name} var {now}, mot {before} läsåret före; {NOT_JUDGED}."
    if not difference.certain:
        return f"{name} var {now}, mot {before} läsåret före; {CHANCE}."
    verb = "ökade" if (difference.value or 0) > 0 else "minskade"
    return f"{name} {verb} från {before} till {now}, med {amount(difference)} ({limits_text(difference)})."


def change_note(point: Point, previous: Point, difference: Difference | None) -> str:
    """Say the change in the few words that fit beside a key number."""
    if not point.shown:
        return ""
    if not previous.recorded:
        return ""
    if not previous.shown:
        return "läsåret före visas inte"
    if difference is None or not difference.shown:
        return f"{value_text(previous)} läsåret före"
    if value_text(point) == value_text(previous):
        return "som läsåret före"
    if is_total(point.metric):
        return f"{amount(difference, sign=True)} mot läsåret före"
    if difference.certain is None:
        return f"{amount(difference, sign=True)}; säkerheten kan inte bedömas"
    if not difference.certain:
        return "ingen säker förändring"
    return f"{'säker ökning' if (difference.value or 0) > 0 else 'säker minskning'}: {amount(difference, sign=True)}"


def distance(point: Point, reference: Point, difference: Difference | None, *, again: bool = False) -> str:
    """Say how the school stands to its municipality (or another level).

    *again* continues a sentence about the same number: it is taken up by a pronoun and not repeated.
    """
    whose = word("level", reference.level)
    if not point.shown or not reference.shown:
        return ""
    name = pronoun(point) if again else f"{sv.capitalized(noun(point))} ({value_text(point)})"
    there = f"{whose} ({value_text(reference)})"
    if difference is None or not difference.shown or is_total(point.metric) or difference.certain is None:
        plain = f"I {whose} var {pronoun(point).lower()} {value_text(reference)}" if again else (
            f"{sv.capitalized(noun(point))} var {value_text(point)}; i {whose} {value_text(reference)}"
        )  # fmt: skip
        not_judged = difference is not None and difference.shown and not is_total(point.metric)
        return f"{plain}; {NOT_JUDGED}." if not_judged else f"{plain}."
    if not difference.certain:
        return f"{name} skiljer sig inte säkert från {there}."
    side = "över" if (difference.value or 0) > 0 else "under"
    return f"{name} låg {amount(difference)} {side} {there}."


def sensitivity(said: Estimate | None) -> str:
    """Say in how many other reasonable comparisons the verdict holds, which fail, and whether it outlasts Holm."""
    if said is None or not said.direction:
        return ""
    failing = sv.enumeration([word("check", name) for name in said.failing], conjunction="eller")
    held = f"håller i {said.holds} av {said.of} andra rimliga jämförelser" if said.of else ""
    held = f"{held}, inte {failing}" if failing else held
    alone = "står kvar när alla prövas tillsammans" if said.holm else ""
    told = "; ".join(part for part in (held, alone) if part)
    return f"{sv.capitalized(told)}." if told else ""


def expected(point: Point, model: Point, difference: Difference | None) -> str:
    """Say how the merit rating stands to the value that SALSA expects of the intake."""
    if not point.shown or not model.shown:
        return ""
    start = f"Med hänsyn till elevernas bakgrund vore {value_text(model)} att vänta enligt SALSA {model.school_year}"
    if difference is None or not difference.shown or difference.certain is None:
        return (
            f"{start}; skolan hade {value_text(point)}. Om avvikelsen är större än vad slumpen kan ge kan inte bedömas."
        )
    if not difference.certain:
        return f"{start}; skolan hade {value_text(point)}, och {CHANCE}."
    side = "över" if (difference.value or 0) > 0 else "under"
    return f"{start}; skolan låg {amount(difference)} {side} ({limits_text(difference)})."


def gaps(differences: Sequence[Difference], names: Sequence[str]) -> str:
    """Say in which of *names* girls and boys certainly differ; *differences* are girls − boys, one per name."""
    judged = [(name, gap) for name, gap in zip(names, differences, strict=True) if gap.certain is not None]
    girls = [name for name, gap in judged if gap.certain and (gap.value or 0) > 0]
    boys = [name for name, gap in judged if gap.certain and (gap.value or 0) < 0]
    parts = [
        f"{who} har säkert högre betyg i {sv.enumeration(which)}"
        for who, which in (("flickor", girls), ("pojkar", boys))
        if which
    ]
    if parts:
        return f"{sv.capitalized(sv.enumeration(parts))}."
    if judged:
        return "I inget ämne är skillnaden mellan flickor och pojkar större än vad slumpen kan ge."
    return ""


def since(series: Series, difference: Difference | None) -> str:
    """Say how the newest number stands to the oldest one shown, where the interval carries it."""
    shown = series.shown
    if len(shown) < 3 or difference is None or difference.certain is None:
        return ""
    first, last = shown[0], shown[-1]
    span = f"Sedan {sv.school_year(first.school_year)}"
    if not difference.certain:
        return f"{span} har {noun(last)} inte förändrats säkert."
    verb = "ökat" if (difference.value or 0) > 0 else "minskat"
    return f"{span} har {noun(last)} {verb} med {amount(difference)} ({limits_text(difference)})."


def small_group(point: Point) -> str:
    """Say how much one pupil weighs where a number rests on few."""
    if point.n is None or not point.shown or not 0 < point.n <= FEW_PUPILS:
        return ""
    weight = sv.plural(100 / point.n, "procentenhet", "procentenheter")
    return f"Resultaten bygger på {resting_on(point)}: i andelarna motsvarar en elev {weight}."


def no_data(what: str, reason: str) -> str:
    """Say that there is nothing to show, and why."""
    return f"Det finns inga uppgifter om {what} för skolan: {reason}."

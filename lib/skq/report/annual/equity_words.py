"""Sentences about equity: how much lies between schools, and which groups of pupils certainly differ."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual.groups import GroupRow
from skq.report.numbers import Difference, Point, Series
from skq.report.wording import amount, brief_noun, limits_text, value_text


def gaps(rows: Sequence[GroupRow], *, who: str, than: str) -> str:
    """Say in which measures *who* certainly lie above or below *than*, and in which chance can explain the gap."""
    judged = [row.gap for row in rows if row.gap is not None and row.gap.certain is not None]
    above = [gap for gap in judged if gap.certain and (gap.value or 0.0) > 0]
    below = [gap for gap in judged if gap.certain and (gap.value or 0.0) < 0]
    unsure = [gap for gap in judged if not gap.certain]
    parts = [
        f"{sv.capitalized(who)} låg säkert {side} {than}: {sv.enumeration([_gap(gap) for gap in which])}."
        for side, which in (("över", above), ("under", below))
        if which
    ]
    if unsure:
        names = sv.enumeration([brief_noun(gap) for gap in unsure])
        groups = "" if parts else f" mellan {who} och {than}"
        parts.append(f"Ingen säker skillnad{groups}: {names}.")
    return " ".join(parts)


def _gap(gap: Difference) -> str:
    return f"{brief_noun(gap)} med {amount(gap)} ({limits_text(gap)})"


def share_between(icc: Series) -> str:
    """Say in one sentence how much of the variation in merit rating lies between schools; empty where not known."""
    if not icc.current.shown:
        return ""
    return f"{value_text(icc.current)} av elevernas skillnader i meritvärde låg mellan skolorna, resten inom dem."


def between_schools(icc: Series, spread_of_pupils: Point) -> str:
    """Say how much of the variation in merit rating lies between schools, now and in the years before."""
    if not icc or not icc.current.shown:
        return (
            "Hur stor del av skillnaderna i meritvärde som ligger mellan skolorna kan inte beräknas utan elevuppgifter."
        )
    now = icc.current
    parts = [
        f"{value_text(now)} av elevernas skillnader i meritvärde låg mellan skolorna "
        f"{sv.school_year(now.school_year)}, resten inom dem (intraklasskorrelation, som tar hänsyn till skolornas "
        "storlek)."
    ]
    if spread_of_pupils.shown:
        parts.append(f"Elevernas meritvärden hade standardavvikelsen {value_text(spread_of_pupils)} poäng.")
    before = [point for point in icc.shown if point is not now]
    if before:
        told = sv.enumeration([f"{value_text(point)} ({point.school_year})" for point in before])
        parts.append(
            f"Tidigare läsår var andelen {told}. Den vilar på få skolor och har inget beräknat intervall, så om den "
            "förändrats kan inte sägas."
        )
    return " ".join(parts)


def no_breakdown(what: str) -> str:
    """Say that results are not known for groups of pupils."""
    return f"Det finns inga resultat för kommunen uppdelade på {what}."

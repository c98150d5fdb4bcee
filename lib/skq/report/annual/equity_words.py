"""Sentences about equity: how much lies between schools, and which groups of pupils certainly differ."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual.groups import GroupRow
from skq.report.apart import since_first
from skq.report.numbers import Difference, Point, Series
from skq.report.wording import amount, bare_text, brief_noun, full_text, limits_text, resting_on, value_text


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


HIDDEN = "visas inte: med den kunde en dold skolas resultat räknas ut"


def share_between(icc: Series) -> str:
    """Say in one sentence how much of the variation in merit rating lies between schools; empty where not known."""
    if not icc.current.shown:
        return ""
    return f"{full_text(icc.current)} av elevernas skillnader i meritvärde låg mellan skolorna, resten inom dem."


def between_schools(icc: Series, uncorrected: Point) -> str:
    """Say how much of the variation in merit rating lies between schools, and whether that has changed."""
    if not icc or not icc.current.shown:
        why = HIDDEN if icc.current.hidden else "kan inte beräknas utan elevuppgifter"
        return f"Hur stor del av skillnaderna i meritvärde som ligger mellan skolorna {why}."
    now = icc.current
    told = (
        f"{full_text(now)} av elevernas skillnader i meritvärde låg mellan skolorna {sv.school_year(now.school_year)}, "
        "resten inom dem (intraklasskorrelation, som tar hänsyn till skolornas storlek)."
    )
    raw = f" Utan den hänsynen är andelen {value_text(uncorrected)}." if uncorrected.shown else ""
    return f"{told}{raw}{_course(icc)}"


def _course(icc: Series) -> str:
    """Say whether the share has changed since the first year, or why that cannot be said."""
    gap = since_first(icc)
    if gap is None:
        return ""
    first = icc.shown[0]
    then = f"{value_text(first)} {sv.school_year(first.school_year)}"
    if gap.certain is None:
        return f" Den var {then}; den vilar på få skolor och har inget beräknat intervall, så mer kan inte sägas."
    if gap.certain:
        return f" Den har säkert {'ökat' if (gap.value or 0.0) > 0 else 'minskat'} från {then}."
    return f" Den var {then}; med så få skolor är skillnaden inte säker."


def spread(tenths: Point | None, quarter: Point | None) -> str:
    """Say how far the pupils with the highest and the lowest merit ratings are apart; empty where not known."""
    parts = []
    if tenths is not None and tenths.shown:
        parts.append(
            f"Gränsen till den tiondel elever som har högst meritvärde ligger {full_text(tenths)} poäng över gränsen "
            "till den tiondel som har lägst."
        )
    if quarter is not None and quarter.shown:
        parts.append(f"Den fjärdedel som har lägst meritvärde har i medeltal {full_text(quarter)} poäng.")
    return " ".join(parts)


def background(slope: Point | None, explained: Point | None) -> str:
    """Say what the parents' education means for a pupil's merit rating; empty where not known."""
    if slope is None or not slope.shown:
        return ""
    side = "lägre" if (slope.value or 0.0) < 0 else "högre"
    text = (
        f"För varje steg i föräldrarnas utbildning, från förgymnasial till gymnasial till eftergymnasial, är "
        f"meritvärdet i medeltal {full_text(slope)} poäng {side}"
    )
    if explained is not None and explained.shown:
        text += f"; {full_text(explained)} av skillnaderna mellan eleverna följer utbildningen"
    return f"{text} ({resting_on(slope)})." if slope.n is not None else f"{text}."


def segregation(index: Point | None, chance: Point | None) -> str:
    """Say how unevenly pupils with little-educated parents are spread, beside what chance alone would give."""
    if index is None or not index.shown:
        return ""
    text = (
        f"{value_text(index)} av eleverna vars föräldrar saknar gymnasial utbildning skulle behöva byta skola för att "
        "skolorna skulle bli lika"
    )
    if chance is not None and chance.shown:
        text += f"; lottning skulle ge {value_text(chance)}"
    return f"{text}."


def compensation(slope: Point | None) -> str:
    """Say whether schools with greater needs have more money per pupil, and whether that is certain."""
    if slope is None or slope.value is None or slope.lower is None or slope.upper is None:
        return ""
    where = "För varje procentenhet fler elever vars föräldrar saknar eftergymnasial utbildning"
    limits = sv.interval(slope.lower, slope.upper)
    if slope.lower <= 0 <= slope.upper:
        size = f"{sv.signed(slope.value, 0)} kronor ({limits})"
        return f"{where} är skillnaden i kostnad per elev {size}; den är inte säker."
    more = "högre" if slope.value > 0 else "lägre"
    return f"{where} är kostnaden per elev {sv.number(abs(slope.value), 0)} kronor {more} ({limits})."


def course(name: str, series: Series, chance: Series | None = None) -> str:
    """Say from what to what a measure has gone, and whether that is certain; what chance would give where known."""
    first, last = series.shown[0], series.shown[-1]
    gap = since_first(series)
    certain = None if gap is None else gap.certain
    judged = {None: "säkerheten är inte beräknad", False: "ingen säker förändring", True: "en säker förändring"}[
        certain
    ]
    text = (
        f"{name}: från {bare_text(first)} ({first.school_year}) till {bare_text(last)} ({last.school_year}), {judged}"
    )
    beside = "" if chance is None or not chance.shown else f"; slumpen ensam skulle ge {bare_text(chance.shown[-1])}"
    return f"{text}, {judged}{beside}."


def no_breakdown(what: str) -> str:
    """Say that results are not known for groups of pupils."""
    return f"Det finns inga resultat för kommunen uppdelade på {what}."

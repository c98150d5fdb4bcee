"""Sentences of the annual analysis.

The rule of the school's sentences holds here too: nothing is said that the interval does not carry.
"""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual.context import Unit
from skq.report.annual.levels import Total
from skq.report.annual.notable import Finding, Notable
from skq.report.numbers import Point, Series
from skq.report.texts import metric_word, word
from skq.report.wording import amount, full_text, limits_text, value_text
from skq.terms import Level

Row = tuple[Unit, Point]


def panel_title(metric: str, grade_year: int | None) -> str:
    """Name one panel: "Meritvärde, årskurs 9"."""
    grade = "" if grade_year is None else f", årskurs {grade_year}"
    sign = " (%)" if metric.endswith("_share") else ""
    return f"{metric_word(metric, 'short')}{grade}{sign}"


def no_numbers(metric: str, schools: int) -> str:
    """Say that no school's number of *metric* can be shown."""
    name = metric_word(metric, "name").lower()
    if schools:
        return f"Uppgiften {name} visas inte för någon skola: den bygger på för få elever på var och en."
    return f"Det finns inga uppgifter om {name} för kommunens skolor."


def no_development() -> str:
    """Say that there is nothing to draw over the years."""
    return "Det finns inga resultat för kommunen som kan visas över åren."


def around_whole(shown: Sequence[Row], whole: Point) -> str:
    """Say how many schools certainly differ from the municipality, going by their own intervals."""
    judged = [point for _, point in shown if point.has_interval]
    if not judged or whole.value is None:
        return (
            "För de enskilda skolorna saknas underlag för att räkna osäkerhet, så ordningen mellan dem ska läsas med "
            "försiktighet."
        )
    above = sum((point.lower or 0) > whole.value for point in judged)
    below = sum((point.upper or 0) < whole.value for point in judged)
    between = len(judged) - above - below
    return (
        f"{sv.capitalized(sv.counting_word(between))} av {sv.plural(len(judged), 'skola', 'skolor')} har ett "
        f"osäkerhetsintervall som rymmer kommunens värde; {sv.counting_word(above)} ligger säkert över och "
        f"{sv.counting_word(below)} säkert under."
    )


def spread_in_words(shown: Sequence[Row], rows: Sequence[Row], whole: Point) -> str:
    """Say what the figure of all schools shows; its alt text. *shown* is sorted from lowest to highest."""
    (lowest, low), (highest, high) = shown[0], shown[-1]
    count = sv.plural(len(shown), "skola", "skolor")
    ends = f"från {value_text(low)} ({lowest.name}) till {value_text(high)} ({highest.name})"
    text = f"{metric_word(low.metric, 'name')} för {count}, {ends}."
    if whole.value is not None:
        text += f" Kommunen som helhet: {value_text(whole)}."
    return f"{text} {around_whole(shown, whole)}{hidden_schools(rows, lead=' ')}"


def hidden_schools(rows: Sequence[Row], *, lead: str = "") -> str:
    """Name the schools whose number is not shown, empty where all are shown."""
    few = [unit.name for unit, point in rows if point.hidden and str(point.status) != "nearly_all"]
    nearly = [unit.name for unit, point in rows if str(point.status) == "nearly_all"]
    parts = []
    if few:
        parts.append(f"Visas inte, för få elever: {sv.enumeration(few)}.")
    if nearly:
        parts.append(f"Nära 100 procent (alla utom en till fyra elever): {sv.enumeration(nearly)}.")
    return f"{lead}{' '.join(parts)}" if parts else ""


def series_in_words(own: Series, nation: Series) -> str:
    """Say how the municipality's number went over the years; part of an alt text."""
    first, last = own.shown[0], own.shown[-1]
    text = f"{metric_word(last.metric, 'name')}"
    if last.grade_year is not None:
        text += f", årskurs {last.grade_year}"
    if first is last:
        text += f": {full_text(last)} {sv.school_year(last.school_year)}"
    else:
        text += f": {value_text(first)} {first.school_year}, {full_text(last)} {last.school_year}"
    at = nation.at(last.school_year)
    return f"{text}; riket {value_text(at)}." if at.shown else f"{text}."


def finding(found: Finding) -> str:
    """Say one notable difference of one school."""
    difference = found.difference
    up = (difference.value or 0) > 0
    name = metric_word(difference.metric, "name").lower()
    grade = "" if found.grade_year == 9 else f" i årskurs {found.grade_year}"
    pupils = sv.plural(difference.n or 0, "elev", "elever")
    size = f"{amount(difference)} ({limits_text(difference)})"
    if difference.kind == "change":
        return f"**{found.unit.name}**: {name}{grade} {'ökade' if up else 'minskade'} med {size}, {pupils}."
    return f"**{found.unit.name}**: {name}{grade} ligger {size} {'över' if up else 'under'} kommunen, {pupils}."


def false_alarms(notable: Notable) -> str:
    """Say how many differences were tested and how many chance alone would flag."""
    if not notable.tested:
        return (
            "Underlaget räcker inte för att bedöma om någon skola avviker mer än vad slumpen kan ge: de publicerade "
            "uppgifterna saknar elevantal för flera av åren."
        )
    found = len(notable.findings)
    return (
        f"{sv.capitalized(sv.counting_word(notable.tested))} skillnader har prövats. "
        f"{sv.capitalized(sv.counting_word(found))} är större än vad slumpen väntas ge, var för sig, och "
        f"berör {sv.plural(notable.pupils, 'elev', 'elever')}. Av slump väntas ungefär "
        f"{sv.number(notable.expected_by_chance, 0)} av de prövade skillnaderna flaggas, även om ingenting skiljer."
    )


def totals_in_words(rows: Sequence[Total]) -> str:
    """Say whether the schools sum to the totals of the levels above."""
    if not rows:
        return "Det finns inga elevantal att summera."
    whole = rows[-1]
    if all(row.adds_up for row in rows):
        return "Skolornas elevantal summerar till områdenas, huvudmännens och kommunens."
    if whole.difference is None:
        return "Kommunens elevantal visas inte, så summan kan inte prövas."
    return (
        f"Skolornas elevantal summerar till {sv.number(whole.summed, 0)}; kommunens uppgift är "
        f"{value_text(whole.stated)}. {reason(whole)}"
    )


def reason(total: Total) -> str:
    """Say why a sum may differ from its total."""
    if total.adds_up:
        return "Stämmer."
    if total.hidden:
        return f"{sv.plural(total.hidden, 'skola', 'skolor')} visas inte: för få elever."
    if total.rounded:
        return f"{sv.plural(total.rounded, 'skolas antal', 'skolors antal')} är avrundade till tiotal."
    return "Källorna räknar olika skolor eller läsår."


def between_schools(icc: Point, gaps: Sequence[str]) -> str:
    """Say how much of the variation in merit rating lies between schools."""
    if not icc.shown:
        return (
            "Hur stor del av skillnaderna i meritvärde som ligger mellan skolorna kan inte beräknas utan elevuppgifter."
        )
    text = f"{full_text(icc)} av elevernas skillnader i meritvärde ligger mellan skolor, resten inom dem."
    return " ".join([text, *gaps])


def level_word(level: str) -> str:
    """Name a level in a table.

    >>> level_word("organizer")
    'Huvudman'
    """
    return {Level.AREA: "Område", Level.ORGANIZER: "Huvudman", Level.MUNICIPALITY: "Kommun"}.get(
        Level(level), sv.capitalized(word("level", level))
    )


def no_breakdown() -> str:
    """Say that results are not known for groups of pupils."""
    return "Det finns inga resultat uppdelade på kön eller föräldrarnas utbildning för kommunen."


def no_subjects() -> str:
    """Say that results are not known per subject."""
    return "Det finns inga resultat per ämne för kommunen."


def scope(schools: int, with_results: int, municipality: str, school_year: str) -> str:
    """Say which schools the analysis covers."""
    return (
        f"Årsanalysen omfattar {sv.plural(schools, 'skolenhet', 'skolenheter')} i {municipality}. "
        f"{sv.capitalized(sv.counting_word(with_results))} av dem har resultat i årskurs 9 som kan visas för "
        f"{sv.school_year(school_year)} eller senast publicerade läsår."
    )

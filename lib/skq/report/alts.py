"""What stands for a figure when it is not seen: alt texts with this school's words and numbers, and source lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from skq.report import sentences, sv
from skq.report.apart import since_first
from skq.report.measures import AreaRow, Bar, SubjectRow, TestRow, Trend
from skq.report.numbers import Point, Series
from skq.report.texts import source
from skq.report.wording import bare_text, full_text, symbol, value_text


def trends(found: Sequence[Trend]) -> str:
    """Tell each panel: what it shows, the school year by year, then municipality and nation in the newest year."""
    return " ".join(["Linjer över fem läsår.", *(_trend(trend) for trend in found)])


def _trend(trend: Trend) -> str:
    current = trend.school.current
    years = ", ".join(f"{point.school_year} {_stated(point)}" for point in trend.school.points)
    beside = [
        f"{who} {value_text(series.at(current.school_year))}"
        for who, series in (("kommunen", trend.municipality), ("riket", trend.nation))
        if series.at(current.school_year).shown
    ]
    tail = f"; {sv.enumeration(beside)} {current.school_year}" if beside else ""
    model = [f"{value_text(point)} {point.school_year}" for point in trend.expected.shown] if trend.expected else []
    expected = f"; väntat enligt SALSA {', '.join(model)}" if model else ""
    return f"{trend.title}: {_finding(trend.school)}skolan {years}{tail}{expected}."


def _finding(series: Series) -> str:
    """Say first what the line shows, as far as its intervals carry it: higher, lower, or not certainly changed."""
    difference = since_first(series)
    if difference is None or difference.certain is None:
        return ""
    last, first = difference.school_year, difference.reference
    if not difference.certain:
        return f"ingen säker förändring från {first} till {last}; "
    return f"säkert {'högre' if (difference.value or 0) > 0 else 'lägre'} {last} än {first}; "


def _stated(point: Point) -> str:
    if point.shown:
        return full_text(point)
    if not point.recorded:
        return "ingen uppgift"
    return symbol(point) if symbol(point).startswith("~") else "visas inte"


def subjects(rows: Sequence[SubjectRow]) -> str:
    """Tell the subjects from the highest to the lowest, and where girls and boys certainly differ."""
    shown = [f"{row.name.lower()} {full_text(row.point)}" for row in rows if row.point.shown]
    parts = [f"Punkter med intervall, betygspoäng från högst till lägst: {', '.join(shown)}."]
    return " ".join([*parts, subject_gaps(rows)]).strip()


def subject_gaps(rows: Sequence[SubjectRow]) -> str:
    """Say in which subjects girls and boys certainly differ."""
    known = [(row.name.lower(), row.gap) for row in rows if row.gap is not None and row.gap.shown]
    return sentences.gaps([gap for _, gap in known], [name for name, _ in known])


def tests(groups: Mapping[int, Sequence[TestRow]]) -> str:
    """Tell test and grade per subject and grade year."""
    return " ".join(
        f"Årskurs {grade_year}: {'; '.join(_test(row) for row in rows)}." for grade_year, rows in groups.items()
    )


def _test(row: TestRow) -> str:
    grade = f", betyg {bare_text(row.grade)}" if row.grade.shown else ""
    municipality = f", kommunens prov {bare_text(row.municipality)}" if row.municipality.shown else ""
    return f"{row.name.lower()} prov {_stated(row.test)}{grade}{municipality}"


def resources(bars: Sequence[Bar], found: Sequence[Trend]) -> str:
    """Tell the bars and the trends beside them."""
    parts = []
    if bars:
        each = "årskurs" if bars[0].point.grade_year is not None else "läsår"
        counts = ", ".join(f"{bar.name} {value_text(bar.point)}" for bar in bars)
        parts.append(f"Staplar, elever per {each}: {counts}.")
    return " ".join([*parts, *(_trend(trend) for trend in found)])


def resources_caption(bars: Sequence[Bar], found: Sequence[Trend]) -> str:
    """Return the caption of pupils and staff."""
    parts = [bars_caption(bars)] if bars else []
    units = {"share": "procent", "ratio": "antal"}
    parts += [f"{sv.uncapitalized(trend.title)} ({units[trend.school.current.kind]})" for trend in found]
    points = [bar.point for bar in bars] + [point for trend in found for point in trend.school.shown]
    return f"{sv.capitalized(sv.enumeration(parts))}. {source_of_points(points)}"


def bars_caption(bars: Sequence[Bar]) -> str:
    """Return what the bars count."""
    if bars[0].point.grade_year is None:
        return "elever per läsår (antal)"
    return f"elever per årskurs {sv.school_year(bars[0].point.school_year)} (antal)"


def survey(groups: Mapping[int, Sequence[AreaRow]]) -> str:
    """Tell the newest index per area and grade year, and the municipality's."""
    return " ".join(
        f"Årskurs {grade_year}: {'; '.join(_area(row) for row in rows)}." for grade_year, rows in groups.items()
    )


def _area(row: AreaRow) -> str:
    municipality = f", kommunen {bare_text(row.municipality)}" if row.municipality.shown else ""
    return f"{row.name.lower()} {_stated(row.series.current)}{municipality}"


def source_line(found: Sequence[Trend]) -> str:
    """Return the source of the school's numbers in *found*."""
    return source_of([trend.school for trend in found])


def source_of(series: Iterable[Series]) -> str:
    """Return the sources of all shown points: `Källa: …`."""
    return source_of_points([point for part in series for point in part.recorded])


def source_of_points(points: Iterable[Point]) -> str:
    """Return the sources of *points*, each once, in Swedish order."""
    names = sorted({source(point.source) for point in points if point.source}, key=sv.order)
    return f"Källa: {sv.enumeration(names)}." if names else ""


def years_of(points: Iterable[Point]) -> str:
    """Return the school years that *points* belong to."""
    years = sorted({point.school_year for point in points})
    return f"läsåret {years[0]}" if len(years) == 1 else f"läsåren {sv.enumeration(years)}"

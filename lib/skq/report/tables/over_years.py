"""Tables over the school years: results, and pupils, staff and resources."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import alts, hidden, lists, measures, sv
from skq.report.company import company
from skq.report.context import SchoolReport
from skq.report.emit import Column, Passage, Table
from skq.report.measures import Trend
from skq.report.numbers import Series
from skq.report.tables import cells
from skq.report.texts import texts, word
from skq.report.wording import bare_text, interval_text
from skq.terms import CellStatus, Level


def results(report: SchoolReport) -> Table | Passage:
    """Return merit rating, all subjects and eligibility per school year, beside municipality and nation.

    Where a table of comparisons tells the newest of them, the years are left to the figure and the page; not where
    there are official statistics alone, whose every number is printed.
    """
    found = measures.trends(report, (*lists.RESULTS, *lists.ELIGIBILITY))
    if not any(trend.school.shown for trend in found):
        return Passage("")
    caption = f"Kunskapsresultat per läsår, antal elever inom parentes. {alts.source_line(found)}"
    only_on_page = bool(company(report)) and not report.published_alone
    return year_table(report, "results", found, caption, with_interval=True, with_n=True, only_on_page=only_on_page)


def resources(report: SchoolReport) -> Table | Passage:
    """Return pupils, staff, work, cost and attendance per school year, beside municipality and nation."""
    further = lists.FURTHER if report.published_alone else ()
    found = measures.trends(report, (*lists.RESOURCES, *further))
    if not found:
        return Passage("")
    caption = f"Elever, personal och resurser per läsår. {alts.source_line(found)}"
    return year_table(report, "resources", found, caption)


def further(report: SchoolReport) -> Table | Passage:
    """Return what else is known of pupils, staff, leisure centre and money; on the page alone.

    Nothing where there are official statistics alone: then all of it is printed with the rest.
    """
    found = [] if report.published_alone else measures.trends(report, lists.FURTHER)
    if not found:
        return Passage("")
    caption = f"Mer om elever, personal och resurser per läsår. {alts.source_line(found)}"
    return year_table(report, "further", found, caption, only_on_page=True)


def year_table(
    report: SchoolReport, key: str, found: Sequence[Trend], caption: str, *, with_interval: bool = False,
    with_n: bool = False, only_on_page: bool = False,
) -> Table:  # fmt: skip
    """Return a row per measure and a column per school year; measures that are hidden in every year are named below."""
    told = [trend for trend in found if _says_something(trend)] or list(found)
    with_interval = with_interval and any(trend.school.current.has_interval for trend in told)
    years, newest = _years(told), max(trend.school.current.school_year for trend in told)
    levels = _beside_levels(told, newest)
    columns = [Column("Mått", "left"), *(Column(year) for year in years)]
    columns += [Column("95 %-intervall")] if with_interval else []
    when = "" if newest == years[-1] else f" {newest}"  # the school's newest figures may be older than the last column
    columns += [Column(f"{sv.capitalized(word('level', level))}{when}") for level in levels]
    rows = [
        (
            row_name(trend), *((cells.with_n if with_n else bare_text)(trend.school.at(year)) for year in years),
            *([interval_text(trend.school.current)] if with_interval else []), *_beside_row(trend, levels, newest),
        )
        for trend in told
    ]  # fmt: skip
    points = [trend.school.at(year) for trend in told for year in years]
    everything = [trend.school.at(year) for trend in found for year in years]
    beside = [point for trend in found for level in levels for point in _level(trend, level).recorded]
    cells.save(report, key, [*everything, *beside])
    above = [point for trend in told for level in levels if cells.beside(point := _level(trend, level).at(newest))]
    left_out = [trend for trend in found if trend not in told]
    notes = (*cells.symbol_notes(report, [*points, *above]), *_left_out(left_out))
    return Table(
        key, caption, tuple(columns), tuple(rows), notes, word("words", "download"), only_on_page=only_on_page,
        terms={row_name(trend): trend.school.current.metric for trend in told},
    )  # fmt: skip


def _says_something(trend: Trend) -> bool:
    return any(point.shown or point.status is CellStatus.NEARLY_ALL for point in trend.school.points)


def _left_out(left_out: Sequence[Trend]) -> list[str]:
    names = [sv.uncapitalized(trend.title) for trend in left_out if trend.school.recorded]
    points = (point for trend in left_out for point in trend.school.recorded)
    why = hidden.reason(points, few="för få", guards="för att skydda en annan dold uppgift")
    return [f"Visas inte något läsår, {why}: {sv.enumeration(names)}."] if names else []


def _years(found: Sequence[Trend]) -> tuple[str, ...]:
    """Return the school years from the first that any measure has, so that no column stands empty at the start."""
    years = found[0].school.years
    first = min(point.school_year for trend in found for point in trend.school.recorded)
    return tuple(year for year in years if year >= first)


def _beside_levels(found: Sequence[Trend], year: str) -> list[str]:
    """Return the levels above the school that have anything to say in *year*."""
    levels = (str(Level.MUNICIPALITY), str(Level.NATION))
    return [level for level in levels if any(any(_beside_row(trend, (level,), year)) for trend in found)]


def _beside_row(trend: Trend, levels: Sequence[str], year: str) -> tuple[str, ...]:
    return tuple(cells.beside(_level(trend, level).at(year)) for level in levels)


def _level(trend: Trend, level: str) -> Series:
    return trend.municipality if level == Level.MUNICIPALITY else trend.nation


def row_name(trend: Trend) -> str:
    """Return the name of a measure's row, with its unit: "Meritvärde (poäng)"."""
    point = trend.school.current
    unit = texts()["unit_of_metric"].get(point.metric) or word("unit_of_table", point.kind)
    return f"{trend.title} ({unit})"

"""The table of national tests, and of how the grades stand to them."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import alts, measures, sv
from skq.report.context import SchoolReport
from skq.report.emit import Column, Passage, Table
from skq.report.measures import Trend
from skq.report.numbers import Point
from skq.report.tables import cells
from skq.report.tables.over_years import year_table
from skq.report.texts import subject, word
from skq.report.wording import bare_text
from skq.terms import Level

ADJUSTED = "grade_test_net_adjusted_pp"
SHARES = ("grade_above_test_share", "grade_equal_test_share", "grade_below_test_share")
"""What the net is made of; the file has it too."""

COLUMNS: dict[str, str] = {
    "test_points_mean": "Poäng",
    "test_passed_share": "Minst E (%)",
    SHARES[0]: "Högre (%)",
    SHARES[1]: "Lika (%)",
    SHARES[2]: "Lägre (%)",
    "grade_test_net_pp": "Netto (intervall)",
    ADJUSTED: "Justerat netto (intervall)",
}
"""Header by metric, in their order."""

NETS = ("grade_test_net_pp", ADJUSTED)
Row = tuple[str, dict[str, Point]]


def tests(report: SchoolReport) -> Table | Passage:
    """Return national tests of grade years 3, 6 and 9, and how grades stand to them, in the newest school year."""
    rows = [row for grade_year in (3, 6, 9) for row in _rows(report, grade_year)]
    if not rows:
        return Passage("")
    kept = _kept(rows)
    if kept == ["test_points_mean"] and (found := measures.test_trends(report)):
        return _test_years(report, found)
    columns = (Column("Prov", "left"), *(Column(COLUMNS[metric]) for metric in kept), Column("Elever"))
    lines = tuple(
        (name, *(_cell(found[metric]) for metric in kept), cells.most(found.values())) for name, found in rows
    )
    points = [found[metric] for _, found in rows for metric in kept]
    told = [point for _, found in rows for point in found.values() if point.recorded]
    beside = [report.beside(point, Level.MUNICIPALITY) for point in told if point.metric == "test_points_mean"]
    cells.save(report, "tests", [*told, *beside])
    caption = (
        f"Nationella prov, och hur betygen förhåller sig till dem, {alts.years_of(p for p in points if p.shown)}. "
        f"{alts.source_of_points(points)}"
    )
    terms = {COLUMNS[metric]: metric for metric in kept}
    return Table("tests", caption, columns, lines, _notes(report, points), word("words", "download"), terms=terms)


def _kept(rows: Sequence[Row]) -> list[str]:
    """Return the metrics that any row has; the shares give way where the adjusted net says more."""
    kept = [metric for metric in COLUMNS if any(found[metric].recorded for _, found in rows)]
    return [metric for metric in kept if metric not in SHARES] if ADJUSTED in kept else kept


def _test_years(report: SchoolReport, found: Sequence[Trend]) -> Table:
    """Return the test points over the school years, where nothing but points is known."""
    caption = f"Genomsnittlig provbetygspoäng på nationella prov (A = 20, E = 10) per läsår. {alts.source_line(found)}"
    return year_table(report, "tests", found, caption, with_n=True)


def _rows(report: SchoolReport, grade_year: int) -> list[Row]:
    """Return name and numbers of the subjects that have any shown in the newest school year."""
    asked = {metric: metric for metric in COLUMNS if metric in report.measured}
    if grade_year == 3:
        asked["test_passed_share"] = "test_all_parts_share"
    codes = sorted(report.subjects(*asked.values(), grade_year=grade_year), key=lambda code: sv.order(subject(code)))
    series = {
        code: {header: report.series(metric, subject=code, grade_year=grade_year) for header, metric in asked.items()}
        for code in codes
    }
    shown = [one.shown[-1].school_year for found in series.values() for one in found.values() if one.shown]
    newest = max(shown, default="")
    if not newest:
        return []
    rows = [(code, {header: one.at(newest) for header, one in found.items()}) for code, found in series.items()]
    return [
        (cells.grade_year_name(grade_year, name=subject(code)), _filled(points))
        for code, points in rows
        if any(point.shown for point in points.values())
    ]


def _filled(points: dict[str, Point]) -> dict[str, Point]:
    first = next(iter(points.values()))
    nothing = Point(metric=first.metric, level=first.level, unit=first.unit, school_year=first.school_year)
    return {metric: points.get(metric, nothing) for metric in COLUMNS}


def _cell(point: Point) -> str:
    return cells.signed_with_interval(point) if point.metric in NETS else bare_text(point)


def _notes(report: SchoolReport, points: Sequence[Point]) -> tuple[str, ...]:
    there = {point.metric for point in points if point.recorded}
    told = (
        (any(point.grade_year == 3 for point in points), "Årskurs 3: andelen elever som klarat alla delprov."),
        (
            NETS[0] in there,
            "Netto: andelen med högre betyg än provbetyg minus andelen med lägre, i procentenheter. Jämför bara med "
            "skolor som har liknande provresultat: där många har A på provet kan få ha ett högre betyg.",
        ),
        (ADJUSTED in there, "Justerat: netto minus det som elever med samma provbetyg har i kommunen."),
    )
    return (*cells.symbol_notes(report, points), *(note for there, note in told if there))

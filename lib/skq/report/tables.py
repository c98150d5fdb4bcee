"""The tables of the reports: each number with what it rests on, hidden ones with their symbol and its meaning.

Every table is also a CSV file: one row per number, rounded as shown, with a status code instead of a symbol.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skq import catalog
from skq.report import alts, measures, sv
from skq.report.context import SchoolReport
from skq.report.emit import Column, Passage, Table, save_csv
from skq.report.measures import Trend
from skq.report.numbers import Point, Series
from skq.report.texts import metric_word, subject, word
from skq.report.wording import bare_text, form, interval_text, is_total, symbol
from skq.terms import CellStatus, Level

CSV_HEADER = ("mått", "id", "nivå", "läsår", "årskurs", "ämne eller område", "värde", "nedre", "övre", "antal",
              "status", "källa")  # fmt: skip


def results(report: SchoolReport) -> Table | Passage:
    """Return merit rating, all subjects and eligibility per school year, beside municipality and nation."""
    found = measures.trends(report, (*measures.RESULTS, *measures.ELIGIBILITY))
    if not any(trend.school.shown for trend in found):
        return Passage("")
    caption = f"Kunskapsresultat per läsår, antal elever inom parentes. {alts.source_line(found)}"
    return _year_table(report, "results", found, caption, with_interval=True)


def resources(report: SchoolReport) -> Table | Passage:
    """Return pupils, staff, cost and attendance per school year, beside municipality and nation."""
    found = measures.trends(report, measures.RESOURCES)
    if not found:
        return Passage("")
    caption = f"Elever, personal och resurser per läsår. {alts.source_line(found)}"
    return _year_table(report, "resources", found, caption, with_interval=False)


def _year_table(report: SchoolReport, key: str, found: Sequence[Trend], caption: str, *, with_interval: bool) -> Table:
    with_interval = with_interval and any(trend.school.current.has_interval for trend in found)
    years, newest = _years(found), max(trend.school.current.school_year for trend in found)
    beside = _beside_levels(found, newest)
    columns = [Column("Mått", "left"), *(Column(year) for year in years)]
    columns += [Column("95 %-intervall")] if with_interval else []
    when = "" if newest == years[-1] else f" {newest}"  # the school's newest figures may be older than the last column
    columns += [Column(f"{sv.capitalized(word('level', level))}{when}") for level in beside]
    rows = [
        (*_year_row(trend, years, with_interval=with_interval), *_beside_row(trend, beside, newest)) for trend in found
    ]
    points = [trend.school.at(year) for trend in found for year in years]
    _save(key, [*points, *(point for trend in found for level in beside for point in _level(trend, level).recorded)])
    return Table(key, caption, tuple(columns), tuple(rows), _notes(report, points), word("words", "download"))


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
    return tuple(_beside_text(_level(trend, level).at(year)) for level in levels)


def _level(trend: Trend, level: str) -> Series:
    return trend.municipality if level == Level.MUNICIPALITY else trend.nation


def _year_row(trend: Trend, years: Sequence[str], *, with_interval: bool) -> tuple[str, ...]:
    limits = [interval_text(trend.school.current)] if with_interval else []
    return (_row_name(trend), *(_with_n(trend.school.at(year)) for year in years), *limits)


def _row_name(trend: Trend) -> str:
    unit = word("unit_of_table", trend.school.current.kind)
    return f"{trend.title} ({unit})"


def _with_n(point: Point) -> str:
    text = bare_text(point)
    if (
        not point.shown
        or point.n is None
        or is_total(point.metric)
        or catalog.metric(point.metric).family == "attendance"
    ):
        return text
    return f"{text} ({sv.number(point.n, 0)})"


def _beside_text(point: Point) -> str:
    if point.kind in ("count", "fte") or not point.recorded:  # all pupils of a municipality say nothing beside a school
        return ""
    return bare_text(point)


def subjects(report: SchoolReport) -> Table | Passage:
    """Return grade points, passes and gap per subject for the newest school year."""
    rows, _ = measures.shown_and_hidden(measures.subject_rows(report))
    if not rows:
        return Passage("")
    columns = (Column("Ämne", "left"), Column("Betygspoäng"), Column("95 %-intervall"), Column("Minst E (%)"),
               Column("Elever"), Column("Kommunen"), Column("Flickor − pojkar"))  # fmt: skip
    cells = tuple(
        (
            row.name, bare_text(row.point), interval_text(row.point), bare_text(row.passed), _count(row.point),
            _beside_text(row.municipality), _gap(row),
        )
        for row in rows
    )  # fmt: skip
    points = [point for row in rows for point in (row.point, row.passed, row.municipality)]
    _save("subjects", points)
    year = rows[0].point.school_year
    caption = (
        f"Betyg per ämne, årskurs {rows[0].point.grade_year}, {sv.school_year(year)}. {alts.source_of_points(points)}"
    )
    notes = (*_notes(report, points), "Skillnaden flickor − pojkar är fet när den är större än vad slumpen kan ge.")
    return Table("subjects", caption, columns, cells, notes, word("words", "download"), only_on_page=True)


def _gap(row: measures.SubjectRow) -> str:
    if row.gap is None:
        return ""
    if row.gap.value is None:
        return word("status_symbol", str(row.gap.status))
    text = sv.signed(row.gap.value)
    return f"**{text}**" if row.gap.certain else text


def _count(point: Point) -> str:
    return sv.number(point.n, 0) if point.n is not None and point.shown else ""


TEST_METRICS = ("test_points_mean", "test_passed_share", "grade_above_test_share", "grade_equal_test_share",
                "grade_below_test_share", "grade_test_net_pp")  # fmt: skip


def tests(report: SchoolReport) -> Table | Passage:
    """Return national tests of grade years 3, 6 and 9, and how grades stand to them, in the newest school year."""
    rows = [row for grade_year in (3, 6, 9) for row in _test_rows(report, grade_year)]
    if not rows:
        return Passage("")
    kept = [place for place in range(len(TEST_METRICS)) if any(points[place].recorded for _, points in rows)]
    if kept == [0] and (found := measures.test_trends(report)):
        return _test_years(report, found)
    headers = ("Poäng", "Minst E (%)", "Högre (%)", "Lika (%)", "Lägre (%)", "Netto (intervall)")
    columns = (Column("Prov", "left"), *(Column(headers[place]) for place in kept), Column("Elever"))
    cells = tuple((name, *(_test_cell(points[place]) for place in kept), _most(points)) for name, points in rows)
    points = [point for _, row in rows for place, point in enumerate(row) if place in kept]
    _save("tests", [point for point in points if point.recorded])
    years = alts.years_of(point for point in points if point.shown)
    caption = f"Nationella prov, och andelen elever med högre, lika och lägre betyg än provbetyget, {years}."
    source = alts.source_of_points(points)
    return Table("tests", f"{caption} {source}", columns, cells, _test_notes(report, points), word("words", "download"))


def _test_years(report: SchoolReport, found: Sequence[Trend]) -> Table:
    """Return the test points over the school years, where nothing but points is known."""
    caption = f"Genomsnittlig provbetygspoäng på nationella prov (A = 20, E = 10) per läsår. {alts.source_line(found)}"
    return _year_table(report, "tests", found, caption, with_interval=False)


def _test_rows(report: SchoolReport, grade_year: int) -> list[tuple[str, tuple[Point, ...]]]:
    """Return name and numbers of the subjects that have any shown in the newest school year."""
    first = "test_all_parts_share" if grade_year == 3 else "test_passed_share"
    metrics = tuple(first if metric == "test_passed_share" else metric for metric in TEST_METRICS)
    codes = sorted(report.subjects(*metrics, grade_year=grade_year), key=lambda code: sv.order(subject(code)))
    series = {
        code: [report.series(metric, subject=code, grade_year=grade_year) for metric in metrics] for code in codes
    }
    newest = max((one.shown[-1].school_year for found in series.values() for one in found if one.shown), default="")
    rows = [(code, tuple(one.at(newest) for one in found)) for code, found in series.items() if newest]
    return [
        (f"{subject(code)}, åk{sv.NBSP}{grade_year}", points)
        for code, points in rows
        if any(point.shown for point in points)
    ]


def _test_cell(point: Point) -> str:
    text = bare_text(point)
    if point.metric == "grade_test_net_pp" and point.has_interval:
        return f"{text} ({_signed_limits(point)})"
    return text


def _signed_limits(point: Point) -> str:
    scale = form(point.metric).scale
    return f"{sv.signed((point.lower or 0) * scale, 0)} till {sv.signed((point.upper or 0) * scale, 0)}"


def _most(points: Sequence[Point]) -> str:
    known = [point.n for point in points if point.n is not None and point.shown]
    return sv.number(max(known), 0) if known else ""


def _test_notes(report: SchoolReport, points: Sequence[Point]) -> tuple[str, ...]:
    notes = list(_notes(report, points))
    if any(point.grade_year == 3 for point in points):
        notes.append("Årskurs 3: andelen elever som klarat alla delprov.")
    if any(point.metric == "grade_test_net_pp" for point in points):
        notes.append(
            "Netto är andelen med högre betyg än provbetyg minus andelen med lägre, i procentenheter. Jämför bara med "
            "skolor som har liknande provresultat: där många har A på provet kan få ha ett högre betyg."
        )
    return tuple(notes)


def _notes(report: SchoolReport, points: Iterable[Point]) -> tuple[str, ...]:
    """Explain each symbol that stands in the table."""
    seen = list(points)
    notes = []
    symbols = {symbol(point) for point in seen if not point.shown}
    if ".." in symbols:
        notes.append(
            "Två punkter: uppgiften visas inte, den bygger på för få "
            f"(elevresultat: färre än {report.min_pupils} elever)."
        )
    if any(point.status is CellStatus.NEARLY_ALL for point in seen):
        notes.append("~100: alla utom en till fyra elever.")
    if "." in symbols:
        notes.append("En punkt: uppgift saknas eller kan inte förekomma.")
    if sv.EN_DASH in symbols:
        notes.append("Streck: ingen uppgift i underlaget.")
    if any(point.status is CellStatus.ROUNDED for point in seen):
        notes.append("Cirka: avrundat till närmaste tiotal av Skolverket.")
    return tuple(notes)


def _save(key: str, points: Iterable[Point]) -> None:
    save_csv(key, CSV_HEADER, [_csv_row(point) for point in points])


def _csv_row(point: Point) -> tuple[str, ...]:
    shape = form(point.metric)
    numbers = (
        _csv_number(point.value, shape.scale, shape.decimals),
        _csv_number(point.lower, shape.scale, shape.interval_decimals),
        _csv_number(point.upper, shape.scale, shape.interval_decimals),
        _csv_number(point.n, 1.0, 0 if point.n is None or point.n.is_integer() else 1),
    )
    status = str(point.status) if point.recorded else "not_recorded"
    grade_year = "" if point.grade_year is None else str(point.grade_year)
    which = subject(point.subject) if point.subject else ""
    return (metric_word(point.metric, "name"), point.metric, word("level", point.level), point.school_year, grade_year,
            which, *numbers, status, point.source)  # fmt: skip


def _csv_number(value: float | None, scale: float, decimals: int) -> str:
    return "" if value is None else str(sv.rounded(value * scale, decimals)).replace(".", ",")


__all__ = ["resources", "results", "subjects", "tests"]

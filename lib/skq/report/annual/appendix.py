"""The reference matter of the annual analysis: raw values beside those that borrow from all schools."""

from __future__ import annotations

from skq.report import sv
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.downloads import save_points
from skq.report.annual.funnel import Funnel, Placed, funnel
from skq.report.annual.layout import made_table, with_interval
from skq.report.annual.measures import MAIN, title
from skq.report.annual.value_added import GRADES, TESTS, Added, added
from skq.report.download import Row, csv_number, save_rows
from skq.report.emit import Passage, Table
from skq.report.texts import texts
from skq.report.wording import form

MOST_ROWS_IN_PDF = 30
SHRUNKEN = (MAIN[0], MAIN[1])
IN_CSV = (
    "95 %-gräns nedre", "95 %-gräns övre", "sammanvägt värde", "sammanvägt nedre", "sammanvägt övre", "vikt",
)  # fmt: skip
"""What the file of shrunken values says of each number besides the number itself."""


def shrunken(analysis: AnnualAnalysis) -> Table | Passage:
    """Return each school's raw value beside the one that borrows from all schools, by name; empty where not known."""
    found = [one for metric, grade_year in SHRUNKEN if (one := funnel(analysis, metric, grade_year)) is not None]
    kept = [one for one in found if any(school.shrunken for school in one.schools)]
    if not kept:
        return Passage("")
    words = texts()["annual"]
    names = {school.unit for one in kept for school in one.schools if school.shrunken}
    units = sorted(names, key=lambda unit: (sv.order(unit.name), unit.code))
    header = [words["school"]]
    rows = [[unit.name] for unit in units]
    for one in kept:
        header += [words["pupils"], title(one.metric, one.grade_year), words["shrunken"], words["weight"]]
        by_unit = {school.unit: school for school in one.schools}
        rows = [[*row, *_cells(one, by_unit.get(unit))] for row, unit in zip(rows, units, strict=True)]
    save_rows("schools-shrunken", [_line(analysis, one, school) for one in kept for school in one.schools], IN_CSV)
    years = sv.enumeration(sorted({one.school_year for one in kept}))
    return made_table(
        "schools-shrunken", words["shrunken_caption"].format(years=years), header, rows, notes=[words["shrunken_note"]],
        only_on_page=len(rows) > MOST_ROWS_IN_PDF,
    )  # fmt: skip


def _cells(found: Funnel, school: Placed | None) -> list[str]:
    if school is None or school.shrunken is None:
        return [sv.EN_DASH] * 4
    shape = form(found.metric)
    value, low, high = (limit * shape.scale for limit in school.shrunken)
    limits = sv.interval(low, high, shape.interval_decimals).replace(" ", sv.NBSP)
    return [
        sv.number(school.n, 0),
        sv.number(school.value * shape.scale, shape.decimals),
        f"{sv.number(value, shape.decimals)} ({limits})",
        sv.EN_DASH if school.weight is None else sv.number(school.weight, 2),
    ]


def _line(analysis: AnnualAnalysis, found: Funnel, school: Placed) -> Row:
    shape = form(found.metric)
    values = (*school.limits, *(school.shrunken or (None, None, None)))
    written = tuple(csv_number(value, shape.scale, shape.decimals) for value in values)
    point = analysis.series(found.metric, school.unit, grade_year=found.grade_year).at(found.school_year)
    return Row(point, school.unit.name, (*written, csv_number(school.weight, 1.0, 2)))


def value_added(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the schools' value added by grades and by tests, raw and shrunken, on the page; empty where not known."""
    found = {metric: {one.unit: one for one in added(analysis, metric)} for metric in (GRADES, TESTS)}
    used = [metric for metric in found if found[metric]]
    if not used:
        return Passage("")
    words = texts()["annual"]
    names = {unit for metric in used for unit in found[metric]}
    units = sorted(names, key=lambda unit: (sv.order(unit.name), unit.code))
    header = [words["school"]]
    rows = [[unit.name] for unit in units]
    for metric in used:
        header += [words["pupils"], words[metric], words["shrunken"]]
        rows = [[*row, *_added(found[metric].get(unit))] for row, unit in zip(rows, units, strict=True)]
    told = [(one.unit, point) for metric in used for one in found[metric].values() for point in (one.raw, one.shrunken)]
    save_points("schools-value-added", [(unit, point) for unit, point in told if point is not None])
    year = max(one.raw.school_year for metric in used for one in found[metric].values())
    return made_table("schools-value-added", words["added_caption"].format(year=year), header, rows,
                      only_on_page=True)  # fmt: skip


def _added(one: Added | None) -> list[str]:
    if one is None:
        return [sv.EN_DASH] * 3
    size = sv.EN_DASH if one.raw.n is None else sv.number(one.raw.n, 0)
    return [size, with_interval(one.raw), sv.EN_DASH if one.shrunken is None else with_interval(one.shrunken)]

"""The annual analysis's tables: all schools, the chain of levels, groups of pupils, subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skq.report import sv
from skq.report.annual import chain_words, equity_words, groups, sentences
from skq.report.annual.contents import OF_SUBJECTS
from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.annual.downloads import save_points
from skq.report.annual.groups import GroupRow
from skq.report.annual.layout import Rows, made_table, symbol_note, with_interval
from skq.report.annual.levels import PASSED, Chain, Link, Total, chain, members
from skq.report.annual.measures import MAIN, SchoolPoint, spread, title
from skq.report.download import Row, csv_number, save_rows
from skq.report.emit import Passage, Table, escaped
from skq.report.numbers import Point
from skq.report.texts import source, subject, texts, word
from skq.report.wording import bare_amount
from skq.terms import CATEGORIES, Breakdown, CellStatus, Level

IN_LEVELS = ("skolornas summa", "av skolornas elever")
"""What the file of levels says besides: the schools' shown numbers together, of passes how many pupils passed."""
ARROWS = {1: " ↑", -1: " ↓", 0: ""}


def schools(analysis: AnnualAnalysis) -> Table | Passage:
    """Return one row per school with a result that can be shown; the other schools are named below the table."""
    found = {measure: spread(analysis, *measure) for measure in MAIN}
    used = [measure for measure in MAIN if found[measure].shown]
    by_school = {measure: {school.unit: school for school in found[measure].schools} for measure in used}
    kept = [unit for unit in analysis.schools if any(_shown(by_school[measure].get(unit)) for measure in used)]
    if not kept:
        return Passage(sentences.no_schools())
    told = [(unit, school.point) for unit in analysis.schools for measure in used
            if (school := by_school[measure].get(unit)) is not None]  # fmt: skip
    # The year before stands there too: what is told of changes is the difference.
    save_points("schools", [(unit, point) for unit, now in told for point in (analysis.previous(now), now)])
    words = texts()["annual"]
    header = [words["school"]]
    rows = [[unit.name] for unit in kept]
    for grade_year in sorted({grade_year for _, grade_year in used}, reverse=True):
        measures = [measure for measure in used if measure[1] == grade_year]
        columns = [[by_school[measure].get(unit) for measure in measures] for unit in kept]
        if any(_resting(column) for column in columns):
            header.append(f"{words['pupils']}, åk{sv.NBSP}{grade_year}")
            rows = [[*row, _resting(column) or _no_number(column)] for row, column in zip(rows, columns, strict=True)]
        header += [title(*measure) for measure in measures]
        rows = [[*row, *map(_school_cell, column)] for row, column in zip(rows, columns, strict=True)]
    years = sv.enumeration(sorted({found[measure].municipality.school_year for measure in used}))
    points = [school.point for measure in used for school in by_school[measure].values()]
    notes = [_arrow_note(rows), symbol_note(rows, points), without_results(analysis, kept)]
    return made_table("schools", words["schools_caption"].format(years=years), header, rows, notes=notes)


def _shown(school: SchoolPoint | None) -> bool:
    return school is not None and (school.point.shown or school.point.status is CellStatus.NEARLY_ALL)


def _resting(column: Sequence[SchoolPoint | None]) -> str:
    """Return the largest number of pupils that the shown numbers of one school rest on."""
    known = [one.point.n for one in column if one is not None and one.point.shown and one.point.n is not None]
    return sv.number(max(known), 0) if known else ""


def _no_number(column: Sequence[SchoolPoint | None]) -> str:
    """Return the sign of pupils that are not told: two dots where every result is hidden, as the number tells of it."""
    points = [one.point for one in column if one is not None]
    alone = any(point.hidden for point in points) and not any(point.shown for point in points)
    return sv.HIDDEN if alone else sv.EN_DASH


def _school_cell(school: SchoolPoint | None) -> str:
    return sv.EN_DASH if school is None else f"{with_interval(school.point)}{ARROWS[school.side]}"


def without_results(analysis: AnnualAnalysis, kept: Sequence[Unit]) -> str:
    """Name the schools that the table leaves out: those whose results are hidden, and those that have none."""
    left = [unit for unit in analysis.schools if unit not in kept]
    hidden = [unit for unit in left if any(_hidden(analysis, unit, *measure) for measure in MAIN)]
    rest = [unit for unit in left if unit not in hidden]
    words = texts()["annual"]
    parts = [
        words[key].format(names=sv.enumeration([escaped(unit.name) for unit in units]))
        for key, units in (("all_hidden", hidden), ("no_results", rest))
        if units
    ]
    return " ".join(parts)


def _hidden(analysis: AnnualAnalysis, unit: Unit, metric: str, grade_year: int) -> bool:
    return any(point.hidden for point in analysis.series(metric, unit, grade_year=grade_year).points)


def _arrow_note(rows: Rows) -> str:
    cells = [text for row in rows for text in row[1:]]
    return texts()["annual"]["arrow_note"] if any(ARROWS[side] in text for text in cells for side in (1, -1)) else ""


def levels(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the pupils of areas, organizers and municipality beside the sum of their schools, and why they differ."""
    found = chain(analysis)
    if found is None:
        return Passage("")  # the opening says that there is nothing to add up
    words = texts()["annual"]
    header = [words["level"], words["unit"], words["schools"], words["pupils"], words["last_grade"], words["passed"],
              words["why"]]  # fmt: skip
    rows = [_level_row(link) for link in found.links]
    caption = words["levels_caption"].format(pupils_year=found.pupils_year, results_year=found.results_year)
    save_rows("levels", [Row(replace(point, recorded=True), link.unit.name, _sums(*totals)) for link in found.links
                         for point, *totals in _level_points(analysis, link, found)], IN_LEVELS)  # fmt: skip
    note = words["levels_note"] if any("(" in text for row in rows for text in row[3:6]) else ""
    return made_table("levels", caption, header, rows, left=(0, 1, 6), notes=[note])


def _level_points(analysis: AnnualAnalysis, link: Link, found: Chain) -> list[tuple[Point, Total, Total | None]]:
    """Return the numbers of a unit that the table of levels is made of, with the sum of its schools' shown ones.

    And, of those who passed, how many pupils they are of.
    """
    pupils = [(analysis.series("pupil_count", link.unit, grade_year=grade_year).at(found.pupils_year), total, None)
              for grade_year, total in ((None, link.pupils), (9, link.last_grade))]  # fmt: skip
    passed = analysis.series(PASSED, link.unit, grade_year=9).at(found.results_year)
    return [*pupils, (passed, link.passed, link.graded)]


def _sums(*totals: Total | None) -> tuple[str, ...]:
    """Return what the table tells of the schools' sums: nothing where that would tell of a single hidden school."""
    return tuple("" if total is None or total.secret else csv_number(total.summed, 1.0, 0) for total in totals)


def _level_row(link: Link) -> list[str]:
    passed = chain_words.cell(link.passed)
    graded = chain_words.cell(link.graded)
    both = sv.EN_DASH if passed == graded == sv.EN_DASH else f"{passed} av {graded}"
    return [
        chain_words.level_word(link.unit.level), link.unit.name, sv.number(link.schools, 0),
        chain_words.cell(link.pupils), chain_words.cell(link.last_grade), both, chain_words.explanation(link),
    ]  # fmt: skip


def level_results(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the main results of areas, organizers with several schools, the municipality and the nation."""
    several = [unit for unit in analysis.at(Level.ORGANIZER) if len(members(analysis, unit)) > 1]
    units = [*analysis.at(Level.AREA), *several, *analysis.at(Level.MUNICIPALITY)]
    found = [(unit, [analysis.series(m, unit, grade_year=g).current for m, g in MAIN]) for unit in units]
    nation = Unit(Level.NATION, "SE", texts()["annual"]["whole_country"], "", "")
    found.append((nation, [analysis.nation(m, grade_year=g).current for m, g in MAIN]))
    kept = [(unit, points) for unit, points in found if any(_tells(point) for point in points)]
    if not kept:
        return Passage("")
    save_points("level-results", [(unit, point) for unit, points in kept for point in points])
    words = texts()["annual"]
    header = [words["level"], words["unit"], *(title(*measure) for measure in MAIN)]
    rows = [[chain_words.level_word(unit.level), unit.name, *map(with_interval, points)] for unit, points in kept]
    years = sv.enumeration(sorted({point.school_year for _, points in kept for point in points if point.shown}))
    note = symbol_note(rows, [point for _, points in kept for point in points])
    return made_table("level-results", words["level_results_caption"].format(years=years), header, rows, left=(0, 1),
                  notes=[note])  # fmt: skip


def _tells(point: Point) -> bool:
    return point.shown or point.hidden


def by_sex(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the municipality's main results for girls and boys, with the gap and its interval."""
    rows = groups.by_sex(analysis)
    return _groups(analysis, "by-sex", rows, Breakdown.SEX, gap="gap_sex", missing="flickor och pojkar")


def by_education(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the municipality's main results by the parents' education, with the widest gap and its interval."""
    rows = groups.by_education(analysis)
    return _groups(
        analysis, "by-education", rows, Breakdown.PARENTAL_EDUCATION, gap="gap_education",
        missing="föräldrarnas utbildning",
    )  # fmt: skip


def _groups(analysis: AnnualAnalysis, key: str, found: Sequence[GroupRow], breakdown: Breakdown, *, gap: str,
            missing: str) -> Table | Passage:  # fmt: skip
    if not found:
        return Passage(equity_words.no_breakdown(missing))
    (whole,) = analysis.at(Level.MUNICIPALITY)
    save_points(key, [(whole, point) for row in found for point in row.points])
    words = texts()["annual"]
    names = [sv.capitalized(word("category", category)) for category in CATEGORIES[breakdown]]
    rows = [_group_row(row) for row in found]
    years = sv.enumeration(sorted({point.school_year for row in found for point in row.points}))
    note = symbol_note(rows, [point for row in found for point in row.points])
    caption = words[f"{gap}_caption"].format(years=years)
    notes = [_resting_on(found, names), words["gap_note"], note]
    return made_table(key, caption, [words["measure"], *names, words[gap]], rows, notes=notes)


def _resting_on(found: Sequence[GroupRow], names: Sequence[str]) -> str:
    """Say how many pupils of each group the newest numbers of each grade year rest on, as far as they are shown."""
    told = []
    for grade_year in sorted({row.grade_year for row in found}, reverse=True):
        groups_of = zip(*(row.points for row in found if row.grade_year == grade_year), strict=True)
        known = [(name, _most(points)) for name, points in zip(names, groups_of, strict=True)]
        parts = [f"{name.lower()} {count}" for name, count in known if count != sv.EN_DASH]
        if parts:
            told.append(f"Elever i åk{sv.NBSP}{grade_year}: {sv.enumeration(parts)}.")
    return " ".join(told)


def _group_row(row: GroupRow) -> list[str]:
    gap = sv.EN_DASH if row.gap is None else bare_amount(row.gap)
    return [title(row.metric, row.grade_year), *map(with_interval, row.points), gap]


def subjects(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the municipality's subjects: share with at least E, mean points, and the test beside the grade."""
    found = [(code, _subject_points(analysis, code)) for code in texts()["subject"]]
    kept = [(code, points) for code, points in found if any(point.shown for point in points)]
    if not kept:
        return Passage(sentences.no_subjects())
    (whole,) = analysis.at(Level.MUNICIPALITY)
    save_points("subjects", [(whole, point) for _, points in kept for point in points])
    words = texts()["annual"]
    used = [place for place in range(len(OF_SUBJECTS)) if any(points[place].shown for _, points in kept)]
    header = [words["subject"], words["pupils"], *(words[OF_SUBJECTS[place]] for place in used)]
    rows = [[subject(code), _most(points), *(with_interval(points[place]) for place in used)] for code, points in kept]
    shown = [point for _, points in kept for point in points if point.shown]
    years = sv.enumeration(sorted({point.school_year for point in shown}))
    origin = sv.enumeration(sorted({source(point.source) for point in shown}))
    note = symbol_note(rows, [point for _, points in kept for point in points])
    caption = words["subjects_caption"].format(years=years, source=origin)
    net = words["net_note"] if len(OF_SUBJECTS) - 1 in used else ""
    return made_table("subjects", caption, header, rows, notes=[net, note])


def _subject_points(analysis: AnnualAnalysis, code: str) -> list[Point]:
    return [analysis.series(metric, grade_year=9, subject=code).current for metric in OF_SUBJECTS]


def _most(points: Sequence[Point]) -> str:
    known = [point.n for point in points if point.shown and point.n is not None]
    return sv.number(max(known), 0) if known else sv.EN_DASH

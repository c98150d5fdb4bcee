"""How the work goes and what it has to go on: self-assessment, money, sick leave, leisure centres, adapted school."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.annual.downloads import save_points
from skq.report.annual.layout import made_table, symbol_note
from skq.report.emit import Passage, Table, escaped
from skq.report.numbers import Point, Series
from skq.report.texts import metric_word, subject, texts
from skq.report.wording import bare_text, form
from skq.terms import CATEGORIES, Breakdown, Level

STEPS = (4, 3, 2, 1)
"""The steps of the scale, the best first."""
ALLOCATED = ("allocation_index", "allocation_base", "allocation_structure", "allocation_total", "allocation_per_pupil")
MILLION = 1_000_000.0
MOST_ROWS_IN_PDF = 30
CONDITIONS = (
    "sick_leave_share", "leisure_children_count", "leisure_children_per_fte", "leisure_qualified_share",
    "leisure_enrolled_share", "adapted_pupil_count", "adapted_pupil_share",
)  # fmt: skip


def opening(analysis: AnnualAnalysis) -> Passage:
    """Return what can be told of the work in a sentence or two; empty where the data hold nothing of it."""
    return Passage(escaped(" ".join(text for text in (_assessed(analysis), _allocated(analysis)) if text)))


def known(analysis: AnnualAnalysis) -> bool:
    """Whether the data tell anything of self-assessment, money or conditions."""
    return bool(_assessed(analysis) or _allocated(analysis) or _conditions(analysis))


def _assessed(analysis: AnnualAnalysis) -> str:
    """Say how many ratings are good, by whom, and how often principal and organizer agree."""
    good = {one.category: one for one in _newest(analysis, "assessment_good_share", subject="")}
    principal = good.get("principal")
    if principal is None or principal.value is None:
        return ""
    text = (
        f"Rektorerna skattade {sv.percent(principal.value, 0)} av områdena som uppfyllda helt eller till stor del "
        f"({principal.school_year})"
    )
    organizer = good.get("organizer")
    if organizer is not None and organizer.value is not None:
        text += f", huvudmannen {sv.percent(organizer.value, 0)}"
    agreed = _newest(analysis, "assessment_agreement_share", subject="", breakdown="all")
    same = agreed[0].value if agreed else None
    alike = "" if same is None else f" I {sv.percent(same, 0)} av fallen var de två skattningarna lika."
    return f"{text}.{alike}{_moved(analysis, principal.school_year)}"


def _moved(analysis: AnnualAnalysis, school_year: str) -> str:
    """Say how many of the principals' ratings rose and fell since the year before; empty where not known."""
    shares = []
    for metric in ("assessment_improved_share", "assessment_worse_share"):
        found = _newest(analysis, metric, subject="", category="principal")
        shares += [point.value for point in found if point.school_year == school_year and point.value is not None]
    if len(shares) < 2:
        return ""
    rose, fell = (sv.percent(share, 0) for share in shares[:2])
    return f" Sedan läsåret före höjde rektorerna {rose} av skattningarna och sänkte {fell}."


def _newest(analysis: AnnualAnalysis, metric: str, **which: str) -> list[Point]:
    """Return the municipality's shown numbers of *metric* in the newest school year that has any."""
    found = [point for point in analysis.points(metric, **which) if point.shown]
    year = max((point.school_year for point in found), default="")
    return [point for point in found if point.school_year == year]


def assessments(analysis: AnnualAnalysis) -> Table | Passage:
    """Return a row per area: how many schools have which step, by who assessed, and how often the two agree."""
    ratings = [point for point in analysis.points("assessment_rating", Level.SCHOOL) if point.shown]
    if not ratings:
        return Passage("")
    year = max(point.school_year for point in ratings)
    newest = [point for point in ratings if point.school_year == year]
    areas = sorted({point.subject for point in newest}, key=lambda area: sv.order(subject(area)))
    raters = [one for one in CATEGORIES[Breakdown.RATER] if any(point.category == one for point in newest)]
    units = [(unit, point) for point in newest if (unit := analysis.named(point.unit)) is not None]
    save_points("assessments", units)
    words = texts()["annual"]
    same = {point.subject: point for point in _newest(analysis, "assessment_agreement_share", breakdown="all")}
    header = [words["assessment_area"], *(words[f"rater_{rater}"] for rater in raters)]
    rows = [[_named(area), *(_steps(newest, area, rater) for rater in raters)] for area in areas]
    if any(area in same for area in areas):
        header.append(words["assessment_same"])
        rows = [[*row, _percent(same.get(area))] for row, area in zip(rows, areas, strict=True)]
    return made_table("assessments", words["assessments_caption"].format(year=year), header, rows,
                      notes=[words["assessments_note"]])  # fmt: skip


def _named(area: str) -> str:
    return sv.capitalized(subject(area))


def _steps(points: Sequence[Point], area: str, rater: str) -> str:
    """Write how many schools have each step, the best first: `3 · 5 · 2 · 0`."""
    found = [round(point.value or 0.0) for point in points if point.subject == area and point.category == rater]
    return f"{sv.NBSP}·{sv.NBSP}".join(str(found.count(step)) for step in STEPS)


def _percent(point: Point | None) -> str:
    return sv.EN_DASH if point is None or point.value is None else sv.number(point.value * 100, 0)


def _allocated(analysis: AnnualAnalysis) -> str:
    """Say between which amounts per pupil the schools lie."""
    found = [(unit, point) for unit, point in analysis.spread("allocation_per_pupil") if point.value is not None]
    if len(found) < 2:
        return ""
    ordered = sorted(point.value or 0.0 for _, point in found)
    return (
        f"Resursfördelningen ger skolorna mellan {sv.number(ordered[0], 0)} och {sv.number(ordered[-1], 0)} kronor per "
        f"elev ({found[0][1].school_year})."
    )


def allocation(analysis: AnnualAnalysis) -> Table | Passage:
    """Return each school's index and share of the money, by name; empty where none has been shared."""
    columns = {metric: dict(analysis.spread(metric)) for metric in ALLOCATED}
    used = [metric for metric in ALLOCATED if any(point.shown for point in columns[metric].values())]
    units = [unit for unit in analysis.schools if any(unit in columns[metric] for metric in used)]
    if not used or not units:
        return Passage("")
    points = [(unit, columns[metric][unit]) for unit in units for metric in used if unit in columns[metric]]
    save_points("allocation", points)
    words = texts()["annual"]
    header = [words["school"], *(words[metric] for metric in used)]
    rows = [[unit.name, *(_money(columns[metric].get(unit)) for metric in used)] for unit in units]
    caption = words["allocation_caption"].format(year=points[0][1].school_year)
    note = symbol_note(rows, [point for _, point in points])
    return made_table("allocation", caption, header, rows, notes=[words["allocation_note"], note],
                      only_on_page=len(rows) > MOST_ROWS_IN_PDF)  # fmt: skip


def _money(point: Point | None) -> str:
    """Write an index or kronor per pupil as they are, sums of money in million kronor."""
    if point is None:
        return sv.EN_DASH
    if point.value is None or point.metric in ("allocation_index", "allocation_per_pupil"):
        return bare_text(point)
    return sv.number(point.value / MILLION, 1)


def conditions(analysis: AnnualAnalysis) -> Table | Passage:
    """Return sick leave, leisure centres and adapted school of the municipality over the years; empty without any."""
    found = _conditions(analysis)
    if not found:
        return Passage("")
    whole: Unit = analysis.at(Level.MUNICIPALITY)[0]
    save_points("conditions", [(whole, point) for series in found for point in series.points])
    words = texts()["annual"]
    years = sorted({point.school_year for series in found for point in series.shown})[-5:]
    header = [words["measure"], *(sv.short_year(year) for year in years)]
    rows = [[_condition(series), *(_at(series, year) for year in years)] for series in found]
    note = symbol_note(rows, [point for series in found for point in series.points])
    return made_table("conditions", words["conditions_caption"], header, rows, notes=[note])


def _conditions(analysis: AnnualAnalysis) -> list[Series]:
    found = []
    for metric in CONDITIONS:
        known = {(point.grade_year, point.subject) for point in analysis.points(metric, breakdown="all") if point.shown}
        for grade_year, group in sorted(known, key=lambda one: (one[0] is not None, one[0] or 0, one[1])):
            found.append(analysis.series(metric, grade_year=grade_year, subject=group))
    return found


def _condition(series: Series) -> str:
    point = series.current
    of = f", {subject(point.subject).lower()}" if point.subject else ""
    grade = "" if point.grade_year is None else f", åk{sv.NBSP}{point.grade_year}"
    sign = " (%)" if form(point.metric).suffix.endswith("%") else ""
    return f"{metric_word(point.metric, 'short').format(subject=subject(point.subject))}{of}{grade}{sign}"


def _at(series: Series, year: str) -> str:
    return bare_text(series.at(year)) if year in series.years else sv.EN_DASH

"""The sentences that open each section, and those that stand in its place where there is nothing to show."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import adults, alts, hidden, measures, sentences, sv
from skq.report.apart import since_first
from skq.report.company import company
from skq.report.context import SchoolReport
from skq.report.keys import label
from skq.report.measures import SubjectRow, Trend
from skq.report.notable import weight
from skq.report.numbers import Difference, Point, Series
from skq.report.wording import bare_amount, bare_text, limits_of, value_text
from skq.terms import CellStatus, Level

LAST_GRADE_YEAR = 9


def results(report: SchoolReport) -> str:
    """Open knowledge results: the level and what lies beside it, unless a table tells; what changed over the years."""
    merit = report.series("merit_rating_17", grade_year=LAST_GRADE_YEAR)
    passed = _passed(report)
    if not merit and not any(point.shown or point.hidden for point in passed.points):
        return no_results(report)
    main = merit if merit else passed
    told = [] if company(report) else [sentences.level(main.current), _beside(report, main.current, again=True)]
    parts = [*told, sentences.since(main, since_first(main)), sentences.small_group(main.current)]
    if not merit:
        parts.append(no_last_grade(report))
    return _joined(parts)


def no_results(report: SchoolReport) -> str:
    """Say that there are no knowledge results, and why."""
    if not _has_last_grade(report):
        return no_last_grade(report)
    return sentences.no_data("kunskapsresultat", "varken betyg eller publicerad statistik finns för de fem läsåren")


def no_last_grade(report: SchoolReport) -> str:
    """Say once why all that belongs to grade year 9 is left out."""
    last = report.grade_years[1]
    if _has_last_grade(report):
        return ""
    return (
        f"Skolan har ingen årskurs 9 (högsta årskurs är {last}); meritvärde, behörighet till gymnasieskolan och SALSA "
        "finns därför inte."
    )


def expected(report: SchoolReport) -> str:
    """Say how the newest merit rating with an expected value stands to it."""
    model, actual = measures.salsa(report)
    pairs = measures.salsa_pairs(model, actual)
    if not pairs:
        return no_salsa(report)
    newest, point = pairs[-1]
    return _joined([sentences.expected(point, newest, report.difference("vs_expected", point)), _three_years(report)])


def _three_years(report: SchoolReport) -> str:
    """Say how the school lay to what SALSA expects over three years together, which one year's chance sways less."""
    three = report.pooled(report.point("salsa_residual", grade_year=LAST_GRADE_YEAR))
    if not three.shown:
        return ""
    limits = f" ({limits_of(three)})" if three.has_interval else ""
    unsure = "; det kan vara slump" if three.has_interval and not _excludes_zero(three) else ""
    return f"I medeltal över tre läsår var avvikelsen {bare_text(three)} poäng{limits}{unsure}."


def no_salsa(report: SchoolReport) -> str:
    """Say why there is no SALSA, for a school with grade year 9; nothing for one without."""
    if not report.series("merit_rating_17", grade_year=LAST_GRADE_YEAR):
        return ""
    expected = measures.salsa(report)[0].current
    residual = report.point("salsa_residual", grade_year=expected.grade_year)
    if expected.shown and residual.shown and residual.school_year == expected.school_year:
        return (
            f"Enligt SALSA {expected.school_year} var ett meritvärde på {value_text(expected)} att vänta med hänsyn "
            f"till elevernas bakgrund; skolans avvikelse var {value_text(residual)} poäng. Om avvikelsen är större än "
            "vad slumpen kan ge kan inte bedömas."
        )
    if expected.shown:
        return "Modellberäknat meritvärde (SALSA) finns bara för läsår då skolans eget meritvärde inte visas."
    return "Underlaget har inget modellberäknat meritvärde (SALSA) för skolan de här läsåren."


def all_hidden(found: Sequence[Trend], what: str) -> str:
    """Say, in place of a figure, that every number of it is hidden."""
    points = [point for trend in found for point in trend.school.recorded if point.hidden]
    if all(point.status is CellStatus.NEARLY_ALL for point in points):
        reason = "alla utom en till fyra elever har nått målet"
    elif any(point.status is CellStatus.NEARLY_ALL for point in points):
        reason = f"uppgifterna {hidden.EITHER}, eller så har alla utom en till fyra nått målet"
    else:
        reason = f"uppgifterna {hidden.EITHER}"
    return f"{sv.capitalized(what)} visas inte: {reason}."


def subjects(shown: Sequence[SubjectRow], left_out: Sequence[SubjectRow]) -> str:
    """Say which subjects lie highest and lowest, where girls and boys certainly differ, and what is not shown."""
    parts = []
    if len(shown) >= 4:
        high = sv.enumeration([f"{row.name.lower()} ({bare_text(row.point)})" for row in shown[:2]])
        low = sv.enumeration([f"{row.name.lower()} ({bare_text(row.point)})" for row in shown[-2:]])
        parts.append(f"Högst betygspoäng har eleverna i {high}, lägst i {low}.")
    names = sv.enumeration([row.name.lower() for row in left_out])
    not_shown = f"{sv.capitalized(names)} visas inte: betygen {hidden.EITHER}." if names else ""
    return _joined([*parts, alts.subject_gaps(shown), not_shown])


def no_subjects(report: SchoolReport) -> str:
    """Say why no subjects are shown."""
    if measures.subject_rows(report):
        return f"Betygen i enskilda ämnen visas inte: de {hidden.EITHER}."
    if not _has_last_grade(report) and (report.grade_years[1] or 0) < 6:
        return "Skolan har inga årskurser där betyg sätts."
    return sentences.no_data("betyg i enskilda ämnen", "de ingår inte i det underlag som rapporten bygger på")


def resources(report: SchoolReport) -> str:
    """Open pupils, staff and resources with the number of pupils and the teachers' certificates."""
    pupils = report.point("pupil_count")
    teachers = report.point("certified_teacher_share")
    parts = [_total(report, pupils), _beside(report, teachers) if teachers.shown else ""]
    return _joined(parts)


def no_resources(report: SchoolReport) -> str:
    """Say that pupils and staff are not known."""
    return sentences.no_data("elever och personal", "de ingår inte i underlaget, eller visas inte")


def survey(report: SchoolReport) -> str:
    """Say which survey areas certainly differ from the municipality, how many answered, and whether they are few."""
    rows = [row for group in measures.areas(report).values() for row in group]
    found = [(row.series.current, report.difference("vs_municipality", row.series.current)) for row in rows]
    judged = [(point, gap) for point, gap in found if gap is not None and gap.certain is not None]
    certain = sorted((pair for pair in judged if pair[1].certain), key=lambda pair: -weight(pair[1]))
    above, below = ([pair for pair in certain if ((pair[1].value or 0) > 0) == up] for up in (True, False))
    parts = [_areas(pairs, side) for pairs, side in ((above, "över"), (below, "under"))]
    if judged and not certain:
        parts = ["Inget område skiljer sig säkert från kommunens."]
    return _joined([*parts, *_responses(report), adults.warning(adults.pupils_responses(report))])


def _areas(pairs: Sequence[tuple[Point, Difference]], side: str) -> str:
    """Name the areas on one side of the municipality, with how far from it they are."""
    told = [f"{label(point).lower()}: {bare_amount(gap)}" for point, gap in pairs]
    return f"Säkert {side} kommunen: {sv.enumeration(told)}." if told else ""


def _responses(report: SchoolReport) -> list[str]:
    points = adults.pupils_responses(report)
    shown = [f"{value_text(point)} i årskurs {point.grade_year}" for point in points if point.shown]
    return [f"Svarsfrekvens: {sv.enumeration(shown)}."] if shown else []


def no_survey(report: SchoolReport) -> str:
    """Say why there is no survey."""
    if report.has("survey_index"):
        return f"Elevenkätens resultat visas inte: de {hidden.EITHER_ANSWERS}."
    return sentences.no_data("trygghet och studiero", "ingen elevenkät ingår i underlaget")


def _passed(report: SchoolReport) -> Series:
    nine = report.series("all_subjects_passed_share", grade_year=LAST_GRADE_YEAR)
    return nine if nine else report.series("all_subjects_passed_share", grade_year=6)


def _beside(report: SchoolReport, point: Point, *, again: bool = False) -> str:
    reference = report.beside(point, Level.MUNICIPALITY)
    return sentences.distance(point, reference, report.difference("vs_municipality", point), again=again)


def _total(report: SchoolReport, point: Point) -> str:
    return sentences.change(point, report.previous(point), report.difference("change", point)) if point.recorded else ""


def _has_last_grade(report: SchoolReport) -> bool:
    last = report.grade_years[1]
    taught = any(point.grade_year == LAST_GRADE_YEAR and (point.shown or point.hidden) for point in report.every())
    return last is None or last >= LAST_GRADE_YEAR or taught


def _joined(parts: Sequence[str]) -> str:
    return " ".join(part for part in parts if part)


def _excludes_zero(point: Point) -> bool:
    return point.lower is not None and point.upper is not None and not point.lower <= 0 <= point.upper

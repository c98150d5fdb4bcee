"""Goals and commitments over all schools as tables, with the sentence that a board reads first."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual import goals
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.goals import STATUSES, Tally
from skq.report.annual.layout import made_table
from skq.report.emit import Passage, Table, escaped, save_csv
from skq.report.texts import metric_word, subject, texts
from skq.report.wording import form


def opening(analysis: AnnualAnalysis) -> Passage:
    """Return how many targets and commitments are reached over all schools, or that there are none."""
    words = texts()["annual"]
    told = in_brief(analysis)
    return Passage(escaped(" ".join([*told, words["goal_how"]] if told else [words["no_goals"]])))


def in_brief(analysis: AnnualAnalysis) -> list[str]:
    """Return one sentence about the targets and one about the commitments, of those that there are."""
    found = [(goals.targets(analysis), "målvärden för skolorna"), (goals.commitments(analysis), "åtaganden")]
    return [_counted(tallies, what) for tallies, what in found if sum(one.total for one in tallies)]


def _counted(found: Sequence[Tally], what: str) -> str:
    reached, partly, missed, open_ = (goals.counted(found, status) for status in STATUSES)
    judged = reached + partly + missed
    unknown = f"{sv.capitalized(_nobody(open_))} kan inte bedömas." if open_ else ""
    if not judged:
        return f"Inget av {sv.number(open_, 0)} {what} kan bedömas."
    told = f"är {_nobody(reached)} nådda, {_nobody(partly)} delvis nådda och {_nobody(missed)} inte nådda"
    return f"Av {sv.number(judged, 0)} {what} som kan bedömas {told}. {unknown}".strip()


def _nobody(count: int) -> str:
    return "inga" if count == 0 else sv.counting_word(count)


def targets(analysis: AnnualAnalysis) -> Table | Passage:
    """Return a row per target: the value aimed at, the schools by status, the municipality's own value and trend."""
    found = goals.targets(analysis)
    if not found:
        return Passage("")
    words = texts()["annual"]
    statuses = [words[f"goal_{status}"] for status in STATUSES]
    header = [words["goal"], words["goal_target"], *statuses, words["goal_whole"], words["goal_trend"]]
    rows = [[_title(one), _target(one), *map(str, one.counts.values()), *_whole(one)] for one in found]
    used = [place for place in range(len(header)) if place < 6 or any(row[place] != sv.EN_DASH for row in rows)]
    header, rows = [header[place] for place in used], [[row[place] for place in used] for row in rows]
    save_csv("targets", header, rows)
    year = goals.newest(analysis, goals.TARGET)["school_year"].iloc[0]
    notes = [words["goal_note"], words["trend_note"] if words["goal_trend"] in header else ""]
    return made_table("targets", words["targets_caption"].format(year=year), header, rows, notes=notes)


def _title(one: Tally) -> str:
    return one.title or measure(one)


def measure(one: Tally) -> str:
    """Name the measure of a goal: short name, subject or area, grade year."""
    of = f", {subject(one.subject).lower()}" if one.subject else ""
    grade = "" if one.grade_year is None else f", åk{sv.NBSP}{one.grade_year}"
    return f"{metric_word(one.metric, 'short').format(subject=subject(one.subject))}{of}{grade}"


def _target(one: Tally) -> str:
    shape = form(one.metric)
    if one.target is None:
        return sv.EN_DASH
    value = f"{sv.number(one.target * shape.scale, shape.decimals)}{shape.suffix}"
    if not one.tolerance:
        return value
    return f"{value} (±{sv.number(one.tolerance * shape.scale, shape.decimals).removesuffix(',0')})"


def _whole(one: Tally) -> tuple[str, str]:
    """Return the municipality's own value with its status, and its trend per year."""
    if one.whole is None:
        return sv.EN_DASH, sv.EN_DASH
    shape, words = form(one.metric), texts()["annual"]
    value, trend = (goals.number(one.whole[column]) for column in ("value", "trend"))
    status = words[f"goal_{one.whole['status']}"].lower()
    told = "" if value is None else f"{sv.number(value * shape.scale, shape.decimals)}{shape.suffix}, "
    return f"{told}{status}", sv.EN_DASH if trend is None else sv.signed(trend * shape.scale, max(shape.decimals, 1))


def commitments(analysis: AnnualAnalysis) -> Table | Passage:
    """Return a row per measure that the schools' commitments name, with how many there are and how they went."""
    found = goals.commitments(analysis)
    if not found:
        return Passage("")
    words = texts()["annual"]
    header = [words["measure"], words["commitments"], *(words[f"goal_{status}"] for status in STATUSES)]
    rows = [[measure(one), str(one.total), *map(str, one.counts.values())] for one in found]
    save_csv("commitments", header, rows)
    year = goals.newest(analysis, goals.COMMITMENT)["school_year"].iloc[0]
    caption = words["commitments_caption"].format(year=year)
    return made_table("commitments", caption, header, rows, notes=[words["commitments_note"]])

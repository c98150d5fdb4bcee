"""Goals and commitments over all schools as tables, with the sentence that a board reads first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skq.report import sv
from skq.report.annual import goals, work
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.goals import STATUSES, Tally
from skq.report.annual.layout import made_table, symbol_note
from skq.report.download import Row, csv_number, save_rows
from skq.report.emit import Passage, Table, escaped
from skq.report.numbers import Point
from skq.report.texts import metric_word, subject, texts
from skq.report.wording import form, value_text
from skq.terms import Level


def opening(analysis: AnnualAnalysis) -> Passage:
    """Return how many targets and commitments are reached, and how the work goes; a sentence where neither is told."""
    words = texts()["annual"]
    reached = in_brief(analysis)
    told = [escaped(" ".join([*reached, words["goal_how"]])) if reached else "", work.opening(analysis).text]
    if not reached and not work.known(analysis):
        told = [escaped(words["no_work"])]
    return Passage("\n\n".join(text for text in told if text))


def in_brief(analysis: AnnualAnalysis) -> list[str]:
    """Return one sentence about the targets and one about the commitments, of those that there are."""
    found = [
        (goals.targets(analysis), "målvärde för skolorna", "målvärden för skolorna"),
        (goals.commitments(analysis), "åtagande", "åtaganden"),
    ]
    return [_counted(tallies, one, many) for tallies, one, many in found if sum(tally.total for tally in tallies)]


def _counted(found: Sequence[Tally], one: str, many: str) -> str:
    reached, partly, missed, open_ = (goals.counted(found, status) for status in STATUSES)
    judged = reached + partly + missed
    if not judged:
        return f"Inget av {sv.plural(open_, one, many)} kan bedömas."
    told = f"har {_number(reached)} nåtts, {_number(partly)} delvis och {_number(missed)} inte"
    unknown = f"; {_number(open_)} kan inte bedömas" if open_ else ""
    return f"Av {sv.plural(judged, one, many)} som kan bedömas {told}{unknown}."


def _number(count: int) -> str:
    return {0: "inget", 1: "ett"}.get(count) or sv.counting_word(count)


def targets(analysis: AnnualAnalysis) -> Table | Passage:
    """Return a row per target: the value aimed at, the schools by status, the municipality's own value and trend."""
    found = goals.targets(analysis)
    if not found:
        return Passage("")
    words = texts()["annual"]
    statuses = [words[f"goal_{status}"] for status in STATUSES]
    year = str(goals.newest(analysis, goals.TARGET)["school_year"].iloc[0])
    header = [words["goal"], words["goal_target"], *statuses, words["goal_whole"]]
    rows = [[_title(one), _target(one), *_counts(one), _whole(analysis, one, year)] for one in found]
    wholes = [_whole_point(analysis, one, year) for one in found]
    told = zip(found, wholes, rows, strict=True)
    save_rows("targets", [Row(point, analysis.municipality_name, (row[0], *_plain_target(one), *row[2:-1]))
                          for one, point, row in told],
              (words["goal"], words["goal_target"], words["goal_tolerance"], *statuses))  # fmt: skip
    notes = [words["goal_note"], words["trend_note"] if any("per år" in row[-1] for row in rows) else "",
             symbol_note([row[-1].split(", ")[:1] for row in rows], wholes)]  # fmt: skip
    return made_table("targets", words["targets_caption"].format(year=year), header, rows, notes=notes)


def _whole_point(analysis: AnnualAnalysis, one: Tally, year: str) -> Point:
    """Return the municipality's number of the measure of a goal, recorded even where no source has it: a row is one."""
    nothing = Point(metric=one.metric, level=Level.MUNICIPALITY, unit=analysis.municipality_code, school_year=year,
                    grade_year=one.grade_year, subject=one.subject, recorded=True)  # fmt: skip
    found = analysis.whole(one.metric, year, grade_year=one.grade_year, subject=one.subject)
    if found is None:
        return nothing
    return replace(nothing, status=found.status, source=found.source, n=found.n, value=found.value, lower=found.lower,
                   upper=found.upper)  # fmt: skip


def _plain_target(one: Tally) -> tuple[str, str]:
    shape = form(one.metric)
    return (csv_number(one.target, shape.scale, shape.decimals), csv_number(one.tolerance, shape.scale, shape.decimals))


def _counts(one: Tally) -> list[str]:
    """Return how many schools have each status; dashes where the target is not set for schools."""
    return [str(count) if one.total else sv.EN_DASH for count in one.counts.values()]


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
        return str(texts()["annual"]["goal_varies"])
    if not one.tolerance:
        return _value(one, one.target)
    return f"{_value(one, one.target)} (±{sv.number(one.tolerance * shape.scale, shape.decimals).removesuffix(',0')})"


def _whole(analysis: AnnualAnalysis, one: Tally, year: str) -> str:
    """Return the municipality's value, or its sign where it is not shown; with status and trend if it is the target's.

    The sign is that of every other table: a dash only where no source has the number.
    """
    found = analysis.whole(one.metric, year, grade_year=one.grade_year, subject=one.subject)
    sign = "" if found is None else value_text(replace(found, recorded=True))
    if one.whole is None:
        return sign or sv.EN_DASH
    value, trend = (goals.number(one.whole[column]) for column in ("value", "trend"))
    status = texts()["annual"][f"goal_{one.whole['status']}"].lower()
    told = [text for text in (sign if value is None else _value(one, value), status) if text]
    if trend is not None:
        shape = form(one.metric)
        told.append(f"{sv.signed(trend * shape.scale, max(shape.decimals, 1))} per år")
    return ", ".join(told)


def _value(one: Tally, value: float) -> str:
    shape = form(one.metric)
    return f"{sv.number(value * shape.scale, shape.decimals)}{shape.suffix}"


def commitments(analysis: AnnualAnalysis) -> Table | Passage:
    """Return a row per measure that the schools' commitments name, with how many there are and how they went."""
    found = goals.commitments(analysis)
    if not found:
        return Passage("")
    words = texts()["annual"]
    header = [words["measure"], words["commitments"], *(words[f"goal_{status}"] for status in STATUSES)]
    rows = [[measure(one), str(one.total), *map(str, one.counts.values())] for one in found]
    year = str(goals.newest(analysis, goals.COMMITMENT)["school_year"].iloc[0])
    save_rows("commitments", [Row(_whole_point(analysis, one, year), analysis.municipality_name, tuple(row))
                              for one, row in zip(found, rows, strict=True)], header)  # fmt: skip
    caption = words["commitments_caption"].format(year=year)
    return made_table("commitments", caption, header, rows, notes=[words["commitments_note"]])

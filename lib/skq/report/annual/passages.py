"""The annual analysis's running text: in brief, what is notable, equity, levels, sources."""

from __future__ import annotations

from skq.report import sentences as of_numbers
from skq.report import sv
from skq.report.annual import (
    chain_words,
    change_words,
    cohort_words,
    cohorts,
    equity_words,
    goal_tables,
    groups,
    sentences,
)
from skq.report.annual.contents import OF_EQUITY
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.equity import followed
from skq.report.annual.figures import trends
from skq.report.annual.front import key_points
from skq.report.annual.funnel import funnel
from skq.report.annual.funnel_words import said
from skq.report.annual.levels import chain
from skq.report.annual.measures import spread
from skq.report.annual.notable import notable
from skq.report.emit import Passage, escaped, lead_block
from skq.report.numbers import Series
from skq.report.origin import REASONS, provenance, source_list
from skq.report.texts import metric_word
from skq.report.wording import is_total
from skq.terms import Level

HOW_TO_READ = (
    "**Så läses osäkerheten.** Ett 95 %-intervall visar mellan vilka värden resultatet rimligen kunde ha hamnat av "
    "slumpen med så här många elever. En skillnad kallas säker bara när dess intervall inte rymmer noll. Skillnader är "
    "räknade före avrundning. Att en skola säkert skiljer sig från kommunen säger inte vad det beror på: elevernas "
    "bakgrund skiljer sig mellan skolor."
)
HOW_WEIGHED = (
    "Listan har den skola först vars skillnad är säkrast, störst och gäller flest elever. Ett avstånd till kommunen "
    "säger inte vad det beror på."
)
FEWEST_IN_BRIEF = 3
MOST_FINDINGS = 10
GIRLS_AND_BOYS = {"who": "flickor", "than": "pojkar"}
EDUCATION = {
    "who": "elever med eftergymnasialt utbildade föräldrar",
    "than": "elever med förgymnasialt utbildade",
}


def in_brief(analysis: AnnualAnalysis) -> Passage:
    """Return what the analysis covers and what matters: notable, changed, equity, the same pupils, goals."""
    merit = spread(analysis, "merit_rating_17", 9)
    lead = sentences.scope(len(analysis.schools), merit, analysis.municipality_name, analysis.school_year)
    lines = [
        sentences.notable(notable(analysis)),
        _since_first(analysis),
        _since_last_year(analysis),
        " ".join(text for text in (_widest_gaps(analysis), equity_words.share_between(_icc(analysis))) if text),
        cohort_words.brief(step) if (step := cohorts.newest(analysis)) is not None else "",
        " ".join(goal_tables.in_brief(analysis)[:1]),
    ]
    told = [line for line in lines if line]
    levels = [of_numbers.level(point) for point in key_points(analysis)]
    told += levels[: max(FEWEST_IN_BRIEF - len(told), 0)]
    bullets = "\n".join(f"- {escaped(line)}" for line in told)
    return Passage(f"{lead_block(escaped(lead))}{bullets}")


def _since_first(analysis: AnnualAnalysis) -> str:
    """Return what certainly changed over the years; else that nothing did, for the measures that can be judged."""
    return " ".join(change_words.development(_developments(analysis))[:2])


def _since_last_year(analysis: AnnualAnalysis) -> str:
    """Say which key numbers certainly changed since the year before, and which did not."""
    points = [point for point in key_points(analysis) if not is_total(point.metric)]
    judged = [(point, gap) for point in points if (gap := analysis.difference("change", point)) is not None]
    return change_words.since_last_year([gap for _, gap in judged if gap.certain is not None])


def _widest_gaps(analysis: AnnualAnalysis) -> str:
    """Say how far apart groups of pupils certainly are in the leading measure in which they are."""
    told = [
        equity_words.gaps([row for row in rows if row.gap is not None and row.gap.certain][:1], **who)
        for rows, who in ((groups.by_sex(analysis), GIRLS_AND_BOYS), (groups.by_education(analysis), EDUCATION))
    ]
    return " ".join(text for text in told if text)


def _icc(analysis: AnnualAnalysis) -> Series:
    return analysis.series("merit_icc", grade_year=9)


def _developments(analysis: AnnualAnalysis) -> list[Series]:
    return [trend.school for trend in trends(analysis)]


def findings(analysis: AnnualAnalysis) -> Passage:
    """Return the schools where something stands out, heaviest first; what chance alone would give is told in brief."""
    found = notable(analysis)
    if not found.findings:
        return Passage(lead_block(escaped(sentences.notable(found))).rstrip())
    shown = found.first(MOST_FINDINGS)
    how = " ".join(text for text in (HOW_WEIGHED, sentences.how_marked(shown)) if text)
    lines = "\n".join(f"{place}. {sentences.finding(one, shown)}" for place, one in enumerate(shown.findings, 1))
    rest = sentences.more_findings(len(found.findings) - len(shown.findings))
    return Passage("\n\n".join(part for part in (how, lines, rest) if part))


def all_schools(analysis: AnnualAnalysis, metric: str, grade_year: int = 9) -> Passage:
    """Return what the figure of all schools says, and which schools it cannot show."""
    found = spread(analysis, metric, grade_year)
    if not found.shown:
        return Passage(escaped(sentences.no_numbers(metric, grade_year, len(found.hidden) + len(found.nearly_all))))
    return Passage(lead_block(escaped(sentences.around(found))).rstrip())


def beside_chance(analysis: AnnualAnalysis, metric: str, grade_year: int = 9) -> Passage:
    """Return which schools lie outside the limits of chance, and which are not shown; as `all_schools` without any."""
    limits = funnel(analysis, metric, grade_year)
    if limits is None:
        return all_schools(analysis, metric, grade_year)
    name = sv.capitalized(metric_word(metric, "name"))
    told = [f"{name}: {said(limits)}", sentences.not_shown(spread(analysis, metric, grade_year))]
    return Passage(lead_block(escaped(" ".join(text for text in told if text))).rstrip())


def development(analysis: AnnualAnalysis) -> Passage:
    """Return which results of the municipality certainly changed over the years, and which did not."""
    return Passage(lead_block(" ".join(change_words.development(_developments(analysis)))).rstrip())


def equity(analysis: AnnualAnalysis) -> Passage:
    """Return how much of the variation lies between schools, over the years, and which gaps between groups are sure."""
    now = {metric: None if (one := followed(analysis, metric)) is None else one.current for metric in OF_EQUITY}
    told = [
        equity_words.between_schools(_icc(analysis), analysis.series("merit_between_share", grade_year=9).current),
        equity_words.spread(now["merit_p90_p10"], now["merit_lowest_quarter_mean"]),
        equity_words.background(now["merit_background_slope"], now["merit_background_r2"]),
        " ".join(
            text
            for text in (
                equity_words.segregation(now["segregation_education"], now["segregation_education_by_chance"]),
                equity_words.compensation(now["compensation_slope"]),
            )
            if text
        ),
        equity_words.gaps(groups.by_sex(analysis), **GIRLS_AND_BOYS),
        equity_words.gaps(groups.by_education(analysis), **EDUCATION),
    ]
    return Passage("\n\n".join(text for text in told if text))


def levels(analysis: AnnualAnalysis) -> Passage:
    """Return whether the schools' numbers sum to those of the levels above."""
    return Passage(lead_block(chain_words.opening(chain(analysis))).rstrip())


def sources(analysis: AnnualAnalysis) -> Passage:
    """Return sources, how uncertainty is read, what is hidden, and provenance."""
    used = analysis.numbers.sources(Level.SCHOOL)
    parts = [source_list(analysis.meta, used), HOW_TO_READ, _hidden(analysis), provenance(analysis.meta, used)]
    return Passage("\n\n".join(part for part in parts if part))


def _hidden(analysis: AnnualAnalysis) -> str:
    rule = analysis.meta["rule"]
    text = (
        f"**Dolda uppgifter.** En skolas uppgifter visas inte när de bygger på färre än {rule['min_pupils']} elever, "
        f"och kommunens inte när de bygger på färre än {rule['min_pupils_above']}."
    )
    counts: dict[str, int] = {}
    for entry in analysis.meta.get("hidden", []):
        why = REASONS.get(str(entry["status"]))
        if why:
            counts[why] = counts.get(why, 0) + int(entry["count"])
    if not counts:
        return text
    told = sv.enumeration([f"{sv.number(count, 0)} {why}" for why, count in counts.items()])
    return f"{text} Av alla beräknade uppgifter är dolda: {told}."

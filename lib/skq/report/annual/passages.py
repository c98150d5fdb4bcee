"""The annual analysis's running text: in brief, what is notable, equity, levels, sources."""

from __future__ import annotations

from skq.report import sentences as of_numbers
from skq.report import sv
from skq.report.annual import sentences
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.front import key_points
from skq.report.annual.levels import totals
from skq.report.annual.notable import notable
from skq.report.emit import Passage
from skq.report.origin import REASONS, provenance, source_list, used_sources
from skq.report.wording import value_text
from skq.terms import Level

HOW_TO_READ = (
    "**Så läses osäkerheten.** Ett 95 %-intervall visar mellan vilka värden resultatet rimligen kunde ha hamnat av en "
    "slump med så här många elever. En skillnad kallas säker bara när dess intervall inte rymmer noll."
)
IN_BRIEF = 5
MOST_FINDINGS = 12


def in_brief(analysis: AnnualAnalysis) -> Passage:
    """Return what the analysis covers, how the main results changed, and what is notable, in a few sentences."""
    judged = [
        of_numbers.change(point, analysis.previous(point), analysis.difference("change", point))
        for point in key_points(analysis)[:3]
    ]
    merit = analysis.spread("merit_rating_17", grade_year=9)
    shown = [row for row in merit if row[1].shown]
    lines = [*judged, sentences.false_alarms(notable(analysis))]
    if shown:
        whole = analysis.series("merit_rating_17", grade_year=9).at(shown[0][1].school_year)
        lines.append(f"Meritvärdet: {_lowered(sentences.around_whole(shown, whole))}")
    lead = sentences.scope(len(analysis.schools), len(shown), analysis.municipality_name, analysis.school_year)
    bullets = "\n".join(f"- {line}" for line in lines[:IN_BRIEF])
    return Passage(f"::: {{.lead}}\n{lead}\n:::\n\n{bullets}")


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def findings(analysis: AnnualAnalysis) -> Passage:
    """Return the list of what is notable, heaviest first, with how many flags chance alone would give."""
    found = notable(analysis)
    lead = sentences.false_alarms(found)
    if not found.findings:
        return Passage(lead)
    lines = "\n".join(
        f"{place}. {sentences.finding(one)}" for place, one in enumerate(found.findings[:MOST_FINDINGS], 1)
    )
    left = len(found.findings) - MOST_FINDINGS
    rest = (
        f"\n\nYtterligare {sv.plural(left, 'skillnad', 'skillnader')} står i skolornas egna rapporter."
        if left > 0
        else ""
    )
    return Passage(f"{lead}\n\n{lines}{rest}")


def all_schools(analysis: AnnualAnalysis, metric: str, grade_year: int) -> Passage:
    """Return what the figure of all schools says, and which schools it cannot show."""
    rows = analysis.spread(metric, Level.SCHOOL, grade_year=grade_year)
    shown = [row for row in rows if row[1].shown]
    if not shown:
        return Passage(sentences.no_numbers(metric, len(rows)))
    whole = analysis.series(metric, grade_year=grade_year).at(shown[0][1].school_year)
    return Passage(f"{sentences.around_whole(shown, whole)}{sentences.hidden_schools(rows, lead=' ')}")


def equity(analysis: AnnualAnalysis) -> Passage:
    """Return how much of the variation lies between schools and how it changed, with the spread of pupils' results."""
    series = analysis.series("merit_icc", grade_year=9)
    icc = series.current if series else analysis.series("merit_icc").current
    spread = analysis.series("merit_sd", grade_year=9) or analysis.series("merit_sd")
    extra = []
    if spread and spread.current.shown:
        extra.append(f"Spridningen mellan elever (standardavvikelsen) är {value_text(spread.current)} meritpoäng.")
    return Passage(sentences.between_schools(icc, extra))


def levels(analysis: AnnualAnalysis) -> Passage:
    """Return whether the schools' numbers sum to those of the levels above."""
    return Passage(sentences.totals_in_words(totals(analysis)))


def sources(analysis: AnnualAnalysis) -> Passage:
    """Return sources, how uncertainty is read, what is hidden, and provenance."""
    used = used_sources(analysis.numbers, Level.SCHOOL)
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

"""Questions for the analysis seminar, each starting from what the numbers of this municipality carry."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual import change_words, equity_words, groups, salsa, sentences
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.figures import trends
from skq.report.annual.levels import chain
from skq.report.annual.measures import MAIN, spread
from skq.report.annual.notable import notable
from skq.report.apart import since_first
from skq.report.emit import Passage, escaped
from skq.report.wording import brief_noun


def about_change(analysis: AnnualAnalysis) -> Passage:
    """Ask about what certainly changed over the years, or about why nothing can be said to have."""
    found = [trend.school for trend in trends(analysis)]
    gaps = [gap for series in found if (gap := since_first(series)) is not None]
    moved: dict[tuple[str, str], list[str]] = {}
    for gap in gaps:
        if gap.certain:
            moved.setdefault((change_words.moved(gap), gap.reference), []).append(brief_noun(gap))
    asked = [
        f"{sv.capitalized(sv.enumeration(names))} har säkert {verb} sedan {sv.school_year(year)}. Vad gjordes "
        "annorlunda under de åren, och i vilka skolor?"
        for (verb, year), names in moved.items()
    ]
    if any(gap.certain is False for gap in gaps):
        asked.append("Hur stor måste en förändring vara för att synas säkert med så här många elever?")
    if any(gap.certain is None for gap in gaps):
        asked.append("För vissa mått går säkerheten inte att räkna. Vilka slutsatser bör vi då låta bli att dra?")
    return _questions(asked or ["Vilka uppgifter skulle vi behöva för att kunna följa utvecklingen?"])


def about_schools(analysis: AnnualAnalysis) -> Passage:
    """Ask about the schools that stand out, those that do not, and what SALSA adds."""
    found = notable(analysis)
    asked = []
    if found.flagged:
        asked.append(
            f"{sv.capitalized(sv.counting_word(found.flagged))} av {sv.number(found.tested, 0)} prövade skillnader är "
            f"säkra, och {sentences.about(found.expected_by_chance)} väntas av en slump. Vilka tror vi på, och varför?"
        )
    for metric, grade_year in MAIN[:2]:
        judged = spread(analysis, metric, grade_year)
        if judged.judged:
            same = sv.counting_word(judged.at_side(0))
            asked.append(
                f"{sv.capitalized(same)} av {len(judged.judged)} skolor skiljer sig inte säkert från kommunen i "
                f"{brief_noun(judged.municipality)}. Vad betyder det för hur vi jämför dem?"
            )
    if salsa.pairs(analysis):
        asked.append("Vilka skolor ligger långt från det som SALSA räknar fram, och vad tar SALSA inte hänsyn till?")
    return _questions(asked or ["Vad vet vi om skolorna som inte syns i siffrorna?"])


def about_equity(analysis: AnnualAnalysis) -> Passage:
    """Ask about the gaps between groups that are certain, and about what lies between schools."""
    asked = []
    icc = equity_words.share_between(analysis.series("merit_icc", grade_year=9))
    if icc:
        asked.append(f"{icc} Var bör insatserna då sättas in: i vissa skolor, eller inom alla?")
    for rows, who in ((groups.by_sex(analysis), "flickor och pojkar"),
                      (groups.by_education(analysis), "elever vars föräldrar har olika lång utbildning")):  # fmt: skip
        if any(row.gap is not None and row.gap.certain for row in rows):
            asked.append(f"Skillnaden mellan {who} är säker. När i skoltiden uppstår den, och vad har minskat den?")
    return _questions(asked or ["Vilka grupper av elever kan vi inte följa i siffrorna?"])


def about_hidden(analysis: AnnualAnalysis) -> Passage:
    """Ask about what is not shown, and about totals that do not add up."""
    found = chain(analysis)
    withheld = max((total.withheld for total in found.municipality.totals), default=0) if found else 0
    asked = []
    if withheld:
        schools = f"{sv.counting_word(withheld)} {'skolas' if withheld == 1 else 'skolors'}"
        asked.append(f"{sv.capitalized(schools)} resultat är dolda. Hur följer vi kvaliteten där utan siffror?")
    asked.append("Vilken fråga kan de här tabellerna inte svara på, och var finns svaret?")
    return _questions(asked)


def _questions(asked: Sequence[str]) -> Passage:
    return Passage("\n".join(f"{place}. {escaped(question)}" for place, question in enumerate(asked, 1)))

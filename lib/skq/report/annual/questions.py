"""Questions for the analysis seminar, each starting from what the numbers of this municipality carry."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual import (
    change_words,
    cohort_words,
    cohorts,
    equity,
    equity_words,
    groups,
    salsa,
    sentences,
    value_added,
)
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.figures import trends
from skq.report.annual.levels import chain
from skq.report.annual.measures import MAIN, spread
from skq.report.annual.notable import notable
from skq.report.apart import since_first
from skq.report.emit import Passage, escaped
from skq.report.numbers import Point
from skq.report.wording import brief_noun, full_text, value_text


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
            f"säkra, och {sentences.about(found.expected_by_chance)} väntas av slumpen. Vilka tror vi på, och varför?"
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


def about_same_pupils(analysis: AnnualAnalysis) -> Passage:
    """Ask about how the pupils who stayed developed, and about those who moved."""
    step = cohorts.newest(analysis) or cohorts.newest(analysis, years=1)
    asked = []
    if step is not None:
        span = f"från årskurs {step.from_grade} till {step.to_grade}"
        stayers, leavers, joiners = step.parts
        if within_chance(stayers):
            asked.append(f"Utvecklingen {span} bland dem som var kvar kan vara slump. Vad skulle övertyga oss om mer?")
        else:
            word = cohort_words.direction(stayers)
            asked.append(f"De elever som var kvar {span} fick säkert {word} betygspoäng. Vad har gjorts under de åren?")
        moved = [name for name, part in (("slutade", leavers), ("började", joiners)) if not within_chance(part)]
        asked += [f"Att elever {name} ändrade kullens medelvärde säkert. Vilka skolor berör det?" for name in moved]
        if not step.well_matched:
            asked.append("Färre än sju av tio elever var desamma. Vad kan vi då säga om kullen?")
    asked.append("Var i skoltiden stannar utvecklingen av, och är det samma kull eller samma årskurs som återkommer?")
    return _questions(asked)


def within_chance(point: Point) -> bool:
    """Whether the interval of a change holds zero, or is not known."""
    return point.lower is None or point.upper is None or point.lower <= 0 <= point.upper


def about_value_added(analysis: AnnualAnalysis) -> Passage:
    """Ask about the schools that certainly add more or less than expected, and about what shrinking a value means."""
    found = value_added.added(analysis)
    asked = []
    apart = [one.unit.name for one in found if one.side]
    if apart:
        asked.append(f"{sv.enumeration(apart)} skiljer sig säkert från det väntade. Vad vet vi om orsakerna?")
    if found:
        asked.append("Varför drar det sammanvägda värdet små skolor mot mitten, och när är det rättvist?")
    asked.append("Vilka elever finns inte med när tidigare resultat krävs?")
    return _questions(asked)


def about_background(analysis: AnnualAnalysis) -> Passage:
    """Ask about what parents' education means, and about how pupils are spread over schools beside chance."""
    asked = []
    slope = equity.followed(analysis, "merit_background_slope")
    if slope is not None:
        asked.append(
            f"Ett steg i föräldrarnas utbildning hör ihop med {full_text(slope.current)} poäng i meritvärde. Vilka "
            "skolor bryter mönstret, och vad gör de?"
        )
    index = equity.followed(analysis, "segregation_education")
    if index is not None and index.by_chance is not None:
        chance = value_text(index.by_chance.shown[-1])
        asked.append(
            f"Segregationen är {value_text(index.current)}, mot {chance} av slump. Hur påverkar den vad en skola kan "
            "göra?"
        )
    return _questions([*asked, "Vad skulle visa att likvärdigheten har blivit bättre, och när kan vi veta det?"])


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

"""Sentences of the annual analysis about schools together: spread, what is notable, gaps, development.

The rule of the school's sentences holds here too: nothing is said that the interval does not carry.
"""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual.measures import SchoolPoint, Spread
from skq.report.annual.notable import Finding, Notable
from skq.report.emit import escaped
from skq.report.numbers import Difference
from skq.report.texts import metric_word
from skq.report.wording import amount, brief_noun, limits_text, value_text
from skq.terms import CellStatus

MOST_NAMED = 3
HOLDS, FAILS = " (håller efter Holm)", " (håller inte efter Holm)"
"""The marks of a difference that remains when the number of comparisons is taken into account, and that does not."""


def scope(schools: int, with_results: Spread, municipality: str, school_year: str) -> str:
    """Say which schools the analysis covers, and how many of them have results in year 9 that can be shown."""
    shown, hidden = len(with_results.shown), len(with_results.hidden)
    year = with_results.municipality.school_year
    older = "" if not shown or year == school_year else f" för {sv.school_year(year)}"
    text = (
        f"Årsanalysen omfattar {sv.plural(schools, 'skolenhet', 'skolenheter')} i {municipality}. "
        f"{sv.capitalized(_nobody(shown))} har resultat i årskurs{sv.NBSP}9 som kan visas{older}"
    )
    return f"{text}; för {sv.counting_word(hidden)} är de dolda." if hidden else f"{text}."


def no_numbers(metric: str, grade_year: int, hidden: int) -> str:
    """Say that no school's number of *metric* can be shown."""
    name = f"{sv.uncapitalized(metric_word(metric, 'name'))} i årskurs{sv.NBSP}{grade_year}"
    if hidden:
        return f"Uppgiften {name} visas inte för någon skola: den bygger på för få elever eller skyddar en annan."
    return f"Det finns inga uppgifter om {name} för kommunens skolor."


def around(found: Spread) -> str:
    """Say how many schools certainly differ from the municipality, and which are not shown."""
    parts = [_sides(found), not_shown(found)]
    return " ".join(part for part in parts if part)


def _sides(found: Spread) -> str:
    judged = found.judged
    if not judged:
        return (
            f"{sv.capitalized(brief_noun(found.municipality))}: för de enskilda skolorna saknas underlag för att räkna "
            "osäkerhet, så ordningen mellan dem ska läsas med försiktighet."
        )
    above, below, between = (found.at_side(side) for side in (1, -1, 0))
    unjudged = len(found.shown) - len(judged)
    text = (
        f"{sv.capitalized(brief_noun(found.municipality))}: {sv.counting_word(between)} av {_schools(len(judged))} "
        f"skiljer sig inte säkert från kommunen; {_nobody(above)} ligger säkert över och {_nobody(below)} säkert under."
    )
    return f"{text} För {_schools(unjudged)} kan det inte bedömas." if unjudged else text


def _nobody(count: int) -> str:
    return "ingen" if count == 0 else sv.counting_word(count)


def not_shown(found: Spread) -> str:
    """Name the schools whose number is not shown, empty where all are shown."""
    parts = []
    if found.hidden:
        parts.append(f"Visas inte: {_names([unit.name for unit in found.hidden])} ({_reason(found)}).")
    if found.nearly_all:
        nearly = _names([unit.name for unit in found.nearly_all])
        parts.append(f"Nära 100{sv.NBSP}% (alla utom en till fyra elever): {nearly}.")
    return " ".join(parts)


def _reason(found: Spread) -> str:
    statuses = {school.point.status for school in found.schools}
    if CellStatus.PROTECTS_OTHER not in statuses:
        return "för få elever"
    return "för få elever, eller för att skydda en annan uppgift"


def _names(names: Sequence[str]) -> str:
    return sv.enumeration(sorted(names, key=sv.order))


def spread_in_words(found: Spread) -> str:
    """Say what the figure of all schools shows; its alt text."""
    high, low = found.shown[0], found.shown[-1]
    name = metric_word(found.metric, "name")
    text = f"{name}, årskurs {found.grade_year}, för {_schools(len(found.shown))}: {_ends(low, high)}."
    beside = [
        f"{who} {value_text(point)}"
        for who, point in (("kommunen", found.municipality), ("riket", found.nation))
        if point.shown
    ]
    lines = f" {sv.capitalized(sv.enumeration(beside))}." if beside else ""
    return f"{text}{lines} {around(found)}"


def _ends(low: SchoolPoint, high: SchoolPoint) -> str:
    if low is high:
        return f"{low.unit.name} {value_text(low.point)}"
    return f"från {value_text(low.point)} ({low.unit.name}) till {value_text(high.point)} ({high.unit.name})"


def finding(found: Finding, among: Notable) -> str:
    """Say what stands out at one school, marking the fewer that hold or do not: `**Asskolan** (79 elever): …`."""
    failing_are_fewer = len(among.failing) < len(among.holding)
    marked, mark = (among.failing, FAILS) if failing_are_fewer else (among.holding, HOLDS)
    told = "; ".join(f"{_told(one)}{mark if one in marked else ''}" for one in found.differences)
    return f"**{escaped(found.unit.name)}** ({_pupils(found.pupils)}): {told}."


def how_marked(among: Notable) -> str:
    """Say which of the listed differences hold when so many are tested, as far as the marks do not; empty for none."""
    if not among.failing:
        return "Alla skillnader i listan håller även efter Holm."
    few = len(among.failing) < len(among.holding)
    return "Skillnaderna i listan håller även efter Holm, utom de markerade." if few else ""


def _told(difference: Difference) -> str:
    size = f"{amount(difference)} ({limits_text(difference)})"
    up = (difference.value or 0.0) > 0
    name = brief_noun(difference)
    if difference.kind == "change":
        return f"{name} {'ökade' if up else 'minskade'} med {size} sedan läsåret före"
    beside = "vad SALSA väntar" if difference.kind == "vs_expected" else "kommunen"
    return f"{name} låg {size} {'över' if up else 'under'} {beside}"


def notable(found: Notable) -> str:
    """Say how many differences were tested, how many stand out and how many chance alone would flag."""
    if not found.tested:
        return (
            "Underlaget räcker inte för att bedöma om någon skola avviker mer än vad slumpen kan ge: de publicerade "
            "uppgifterna saknar elevantal."
        )
    chance = f"av slumpen väntas {about(found.expected_by_chance)}"
    tested = f"{sv.number(found.tested, 0)} prövade skillnader"
    if not found.flagged:
        return f"Ingen av {tested} mellan skolor och kommun eller läsår är säker; {chance} se säkra ut ändå."
    are = "är säker" if found.flagged == 1 else "är säkra"
    return (
        f"{sv.capitalized(sv.counting_word(found.flagged))} av {tested} {are}; {chance} se säkra ut även om ingenting "
        f"skiljer. De gäller {_which(found)}, tillsammans {_pupils(found.pupils)}.{_after_holm(found)}"
    )


def _after_holm(found: Notable) -> str:
    left = sum(difference in found.remaining for one in found.findings for difference in one.differences)
    one, none = found.flagged == 1, "Den" if found.flagged == 1 else "Ingen av dem"
    many = "Den" if one else "Alla" if left == found.flagged else f"{sv.capitalized(sv.counting_word(left))} av dem"
    told = f"{many} håller också" if left else f"{none} håller{' inte' if one else ''}"
    return f" {told} när hänsyn tas till att så många prövas på en gång (Holms metod)."


def about(expected: float) -> str:
    """Return how many differences chance is expected to flag: `ungefär 3`."""
    return "färre än en" if expected < 1 else f"ungefär {sv.number(expected, 0)}"


def _which(found: Notable) -> str:
    names = [one.unit.name for one in found.findings]
    if len(names) <= MOST_NAMED:
        return sv.enumeration(names)
    return f"{_schools(len(names))}, främst {sv.enumeration(names[:MOST_NAMED])}"


def more_findings(left: int) -> str:
    """Say how many schools the list leaves out, and where they are marked; empty where none."""
    return f"Ytterligare {_schools(left)} har säkra skillnader; de är markerade i tabellen Skolorna." if left else ""


def no_subjects() -> str:
    """Say that results are not known per subject."""
    return "Det finns inga resultat per ämne för kommunen."


def no_schools() -> str:
    """Say that no school's results can be shown."""
    return "Det finns inga resultat för kommunens skolor som kan visas."


def _schools(count: int) -> str:
    return f"{sv.counting_word(count)} {'skola' if count == 1 else 'skolor'}"


def _pupils(count: float) -> str:
    return sv.plural(count, "elev", "elever")

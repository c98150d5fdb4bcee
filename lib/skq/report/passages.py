"""The passages of the reports: in brief at the start, sources, method and hidden numbers at the end."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import brief, leads, sv
from skq.report.company import company
from skq.report.context import SchoolReport
from skq.report.emit import Column, Passage, pipe_table
from skq.report.keys import KeyNumber, key_numbers, municipality_text
from skq.report.origin import provenance, source_list
from skq.report.texts import metric_word
from skq.terms import Level


def in_brief(report: SchoolReport) -> Passage:
    """Return the key numbers as a table, and three to five sentences: what stands out, is uncertain, has changed."""
    numbers = key_numbers(report)
    if not numbers:
        return Passage("Det finns inga uppgifter att visa för skolan.")
    lines = "\n".join(f"- {line}" for line in brief.sentences_of(report))
    table = _key_table(report, numbers)  # page and PDF show it in their title block
    parts = [f'::: {{.key-numbers .content-visible when-format="ipynb"}}\n{table}\n:::', lines]
    if chance := brief.odds(report):
        parts.append(chance)
    return Passage("\n\n".join(parts))


def expected(report: SchoolReport) -> Passage:
    """Return how the school stands to what SALSA expects of its intake, the newest year and three years together."""
    return Passage(leads.expected(report))


def _key_table(report: SchoolReport, numbers: Sequence[KeyNumber]) -> str:
    columns = (Column("Nyckeltal", "left"), Column("Skolan"), Column("95 %-intervall"), Column("Kommunen"),
               Column("Mot läsåret före", "left"), Column("Bygger på", "left"))  # fmt: skip
    rows = [
        (
            number.label, number.value, number.interval or sv.EN_DASH,
            municipality_text(report, number.point) or sv.EN_DASH,
            number.change or number.note or sv.EN_DASH, number.n or sv.EN_DASH,
        )
        for number in numbers
    ]  # fmt: skip
    return pipe_table(columns, rows)


def sources(report: SchoolReport) -> Passage:
    """Return sources, method, hidden numbers and provenance."""
    used = report.numbers.sources(Level.SCHOOL)
    parts = [
        source_list(report.meta, used),
        _method(),
        _peers(report),
        _definitions(report),
        _hidden_list(report),
        provenance(report.meta, used),
    ]
    return Passage("\n\n".join(part for part in parts if part))


def _method() -> str:
    return (
        "**Så läses osäkerheten.** Ett 95 %-intervall visar mellan vilka värden resultatet rimligen kunde ha hamnat "
        "av slumpen med så här många elever. En skillnad kallas säker bara när dess intervall inte rymmer noll; även "
        "utan verkliga skillnader ser ungefär en av tjugo säker ut. Skillnader är räknade före avrundning."
    )


def _peers(report: SchoolReport) -> str:
    """Define the schools with a similar intake, where any number is set beside theirs."""
    told = report.meta.get("judgement", {}).get("peers", {})
    if not any(row.has_peers for row in company(report)):
        return ""
    by = sv.enumeration([metric_word(metric, "short").lower() for metric in told.get("measures", [])])
    count = sv.counting_word(int(told.get("count", 0)))
    return (
        f"**Skolor med liknande elevunderlag** är de upp till {count} som ligger närmast i {by}; medelvärdet väger "
        "skolorna efter antal elever. Läs skillnaden som en fråga, inte som ett betyg på skolan."
    )


def _definitions(report: SchoolReport) -> str:
    order = [number.point.metric for number in key_numbers(report)]
    unique = list(dict.fromkeys(order))
    lines = [f"*{metric_word(metric, 'short')}.* {metric_word(metric, 'definition')}" for metric in unique]
    return f"**Vad nyckeltalen betyder.** {' '.join(lines)}" if lines else ""


def _hidden_list(report: SchoolReport) -> str:
    return (
        f"**Dolda uppgifter.** Elevresultat som bygger på färre än {report.min_pupils} elever visas inte, så att ingen "
        "enskild elevs resultat kan utläsas; ibland döljs en uppgift till, så att den första inte kan räknas ut. "
        "Andelar där nästan alla nått målet skrivs ~100. Dolt är inte noll."
    )

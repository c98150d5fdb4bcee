"""The pages around the reports, as Markdown: list of schools, method, about, search, not found.

The words are in `reports/*.qmd`; here the data is laid into them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from skq.errors import RenderError
from skq.render.markdown import escaped, pipe_table, quoted
from skq.render.protection import Edition, HiddenCount, protection_parts


@dataclass(frozen=True)
class SchoolListRow:
    """One school in the list of the start page; the texts are shown as they are, in Swedish.

    `address` is that of its report (see `ExecutedReport`), "" where it has none.
    """

    name: str
    area: str
    organizer: str
    grade_years: str
    pupils: str
    merit_rating: str
    address: str


@dataclass(frozen=True)
class InputFile:
    """One file that the build has read: which table, its name, its rows and its SHA-256."""

    table: str
    file: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Source:
    """One official publication that figures come from."""

    title: str
    publisher: str
    url: str
    retrieved: str


@dataclass(frozen=True)
class SiteFacts:
    """What the pages say about the whole build.

    `rule` is a sentence on the disclosure rule; `provenance` pairs of label and value (run id, versions);
    `hidden` how many numbers are hidden and why; `edition` whom it is for and by which rule;
    `annual` the address of the annual analysis or "".
    """

    title: str
    subtitle: str
    annual: str
    rule: str
    provenance: tuple[tuple[str, str], ...]
    inputs: tuple[InputFile, ...]
    sources: tuple[Source, ...]
    hidden: tuple[HiddenCount, ...]
    edition: Edition = Edition()


@dataclass(frozen=True)
class MetricText:
    """One entry of the method page, as text: `official` the agencies' own ids, `years` those for which it is valid,

    `minimum` how many a school's number must rest on to be shown.
    """

    id: str
    family: str
    name: str
    definition: str
    formula: str
    source: str
    official: str
    breaks: tuple[str, ...] = ()
    years: str = ""
    minimum: str = ""


def site_pages(
    rows: Sequence[SchoolListRow], metrics: Sequence[MetricText], facts: SiteFacts, *, house: Path, words: str = "",
    index: str = "",
) -> dict[str, str]:  # fmt: skip
    """Return the Markdown of every page around the reports, by file name, with the texts of *house*`/reports`.

    *words* are the glossary's and *index* the list of indicators, as Markdown.
    """
    parts = {
        "title": quoted(facts.title),
        "subtitle": quoted(facts.subtitle),
        "annual": annual_box(facts.annual, subtitle=facts.subtitle),
        "schools": school_list(rows),
        "metrics": metric_list(metrics),
        "glossary": words,
        "index": index,
        "rule": escaped(facts.rule),
        **protection_parts(facts.edition, facts.hidden),
        "provenance": definition_list(facts.provenance),
        "inputs": input_table(facts.inputs),
        "sources": source_list(facts.sources),
    }
    pages = sorted((house / "reports").glob("*.qmd"))
    if not pages:
        raise RenderError(f"no pages in {house / 'reports'}; the folder reports of skq is missing")
    return {path.name: filled(path.read_text(encoding="utf-8"), parts) for path in pages}


def filled(text: str, parts: Mapping[str, str]) -> str:
    """Return *text* with every `{{name}}` replaced by the part of that name."""
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", part)
    return text


def school_list(rows: Sequence[SchoolListRow]) -> str:
    """Return the table of schools, in the order given; a column that is empty for all is left out."""
    columns = [
        ("Skola", ":---", [_school_cell(row) for row in rows]),
        ("Årskurser", ":---", [escaped(row.grade_years) for row in rows]),
        ("Elever", "---:", [escaped(row.pupils) for row in rows]),
        ("Meritvärde", "---:", [escaped(row.merit_rating) for row in rows]),
        ("Område", ":---", [escaped(row.area) for row in rows]),
        ("Huvudman", ":---", [escaped(row.organizer) for row in rows]),
        ("PDF", ":---", [_pdf_cell(row) for row in rows]),
    ]
    shown = [column for column in columns if any(cell for cell in column[2])]
    table = pipe_table([header for header, _, _ in shown], [rule for _, rule, _ in shown], _rows(shown))
    return f"::: {{.school-list}}\n{table}\n:::"


def annual_box(address: str, *, subtitle: str) -> str:
    """Return the prominent link to the annual analysis, or nothing where there is none."""
    if not address:
        return ""
    return (
        "::: {.annual}\n## Årsanalys {.unlisted}\n\n"
        f"Alla skolor tillsammans: resultat, likvärdighet och utveckling. {escaped(subtitle)}.\n\n"
        f"[Läs årsanalysen]({address}.html) eller [hämta den som PDF]({address}.pdf).\n:::"
    )


def metric_list(metrics: Sequence[MetricText]) -> str:
    """Return a section per family, in the order of their first metrics, with an entry per metric named by its id."""
    families: dict[str, list[MetricText]] = {}
    for metric in metrics:
        families.setdefault(metric.family, []).append(metric)
    parts = [[f"## {escaped(family)}", *map(_metric_entry, found)] for family, found in families.items()]
    return "\n\n".join(part for found in parts for part in found)


def _metric_entry(metric: MetricText) -> str:
    facts = [("Beräkning", metric.formula), ("Källa", metric.source), ("Officiell beteckning", metric.official)]
    facts += [("Läsår", metric.years), ("Visas för en skola", metric.minimum)]
    facts += [("Tidsseriebrott", text) for text in metric.breaks]
    return f"### {escaped(metric.name)} {{#{metric.id}}}\n\n{escaped(metric.definition)}\n\n{definition_list(facts)}"


def definition_list(pairs: Sequence[tuple[str, str]]) -> str:
    """Return the pairs of label and text as a list of facts; an empty text is left out."""
    items = "\n\n".join(f"{escaped(label)}\n:   {escaped(text)}" for label, text in pairs if text)
    return f"::: {{.facts}}\n{items}\n:::" if items else ""


def input_table(inputs: Sequence[InputFile]) -> str:
    """Return the table of input files with their checksums, or nothing."""
    if not inputs:
        return ""
    rows = [[escaped(item.file), grouped(item.rows), f"`{item.sha256[:16]}`"] for item in inputs]
    caption = ": Filer som har lästs in, med de första tecknen i deras kontrollsumma (SHA-256). {#tbl-inputs}"
    return pipe_table(["Fil", "Rader", "Kontrollsumma"], [":---", "---:", ":---"], rows) + f"\n\n{caption}"


def grouped(count: int) -> str:
    """Return *count* with spaces between the thousands, as Swedish has it.

    >>> grouped(34764)
    '34\\xa0764'
    """
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")


def source_list(sources: Sequence[Source]) -> str:
    """Return the list of official sources, or nothing."""
    items = [_source_item(source) for source in sources]
    return "\n".join(["### Officiella källor", "", *items]) if items else ""


def _source_item(source: Source) -> str:
    title = f"[{escaped(source.title)}]({source.url})" if source.url else escaped(source.title)
    return f"- {title}, {escaped(source.publisher)}" + (f", hämtad {source.retrieved}" if source.retrieved else "")


def _rows(columns: Sequence[tuple[str, str, list[str]]]) -> list[list[str]]:
    return [list(cells) for cells in zip(*(cells for _, _, cells in columns), strict=True)]


def _school_cell(row: SchoolListRow) -> str:
    return f"[{escaped(row.name)}]({row.address}.html)" if row.address else escaped(row.name)


def _pdf_cell(row: SchoolListRow) -> str:
    # The words for a screen reader name the school; the eye sees only PDF.
    return f"[PDF [för {escaped(row.name)}]{{.for-listeners}}]({row.address}.pdf)" if row.address else ""

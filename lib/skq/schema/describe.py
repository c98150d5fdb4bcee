"""The tables in words: the part of data/README.md that a person who exports a register reads."""

from __future__ import annotations

from skq.schema.columns import ColumnSpec, Kind, TableSpec

KINDS = {
    Kind.CODE: "code (text)",
    Kind.TEXT: "text",
    Kind.CHOICE: "one of",
    Kind.INTEGER: "whole number",
    Kind.DECIMAL: "number",
    Kind.BOOLEAN: "ja / nej",
    Kind.DATE: "date",
    Kind.SCHOOL_YEAR: "school year",
}


def described(spec: TableSpec) -> str:
    """Return the table as a Markdown section: file name, what a row is, every column, the key."""
    key = ", ".join(f"`{name}`" for name in spec.key)
    rows = "\n".join(_row(column) for column in spec.columns)
    return (
        f"## {spec.name} (`{spec.file_name}`)\n\n"
        f"A row is {spec.about}. No two rows share {key}.\n\n"
        "| column | Swedish header | type | required | blank | allowed | example | what |\n"
        "|---|---|---|---|---|---|---|---|\n"
        f"{rows}\n"
    )


def _row(column: ColumnSpec) -> str:
    cells = (
        f"`{column.name}`",
        ", ".join(column.headers),
        KINDS[column.kind],
        "yes" if column.required else "no",
        "yes" if column.nullable else "no",
        _allowed(column),
        column.example,
        column.about,
    )
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _allowed(column: ColumnSpec) -> str:
    """Return the closed set with every spelling, or the limits, or the form."""
    if column.kind is Kind.CHOICE:
        return "; ".join(_spelt(value, spellings) for value, spellings in column.spellings.items())
    if column.pattern:
        return column.pattern_means
    limits = _limits(column)
    words = "; ".join(_spelt(value, spellings) for value, spellings in column.spellings.items())
    return "; ".join(part for part in (limits, words) if part) or "–"


def _spelt(value: str, spellings: tuple[str, ...]) -> str:
    others = [spelling for spelling in spellings if spelling != value]
    return f"`{value}`" + (f" = {', '.join(others)}" if others else "")


def _limits(column: ColumnSpec) -> str:
    if column.minimum is None:
        return ""
    return f"{column.minimum:g}–{column.maximum:g}" if column.maximum is not None else f"≥ {column.minimum:g}"

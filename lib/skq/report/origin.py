"""Where a report's numbers come from, in words: sources, files with checksums, code, rule and run."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from skq.report import sv
from skq.report.emit import escaped

SHORT_CHECKSUM = 12
WORKED_OUT = (
    "- Rikets värden är beräknade ur de publicerade uppgifterna för kommunerna; sidan Om siffrorna säger hur många "
    "kommuner som ingår."
)
TITLE_AND_YEAR = re.compile(r"(.+), (\d{4}(?:/\d{2})?)(?:, hämtad .*)?")

REASONS = {
    "too_few": "därför att de bygger på för få",
    "protects_other": "för att skydda en annan dold uppgift",
    "nearly_all": "därför att nästan alla nått målet (~100)",
}
"""Why a number is not shown, by its status."""


def source_list(meta: Mapping[str, Any], used: Collection[str]) -> str:
    """Return the sources among *used* (values of the column `source`), one line a title with all its years."""
    known = [entry for entry in meta.get("sources", []) if entry["id"] in used and not _worked_out(entry["id"])]
    years: dict[str, list[str]] = {}
    for entry in known:
        title, year = _title_and_year(str(entry["title"]))
        years.setdefault(f"{entry['publisher']}: {title}", []).append(year or _retrieved(entry))
    lines = [f"- {escaped(title)}{_joined(sorted(set(found)))}." for title, found in sorted(years.items())]
    if meta.get("origin") in ("register", "both"):
        lines.insert(0, "- Huvudmannens egna register; vilka filer framgår nedan.")
    if any(_worked_out(code) for code in used):
        lines.append(WORKED_OUT)
    return "**Källor**\n\n" + "\n".join(lines) if lines else ""


def _worked_out(code: str) -> bool:
    return str(code).startswith("derived:")


def _title_and_year(title: str) -> tuple[str, str]:
    """Part `Betyg årskurs 6, 2024/25` in its title and its year, without the school form that all of them share."""
    found = TITLE_AND_YEAR.fullmatch(title.removeprefix("Grundskola - "))
    return (found[1], found[2]) if found else (title, "")


def _retrieved(entry: Mapping[str, Any]) -> str:
    return f"hämtad {entry['retrieved']}" if entry.get("retrieved") else ""


def _joined(found: Sequence[str]) -> str:
    told = [text for text in found if text]
    return f", {sv.enumeration(told)}" if told else ""


def provenance(meta: Mapping[str, Any], used: Collection[str]) -> str:
    """Return which files, code and rule a report rests on; of official files only those that are *used*."""
    official = meta.get("origin") == "official"
    published = {str(source["id"]) for source in meta.get("sources", [])}
    files = dict.fromkeys(
        _file(entry, whole=entry["table"] in published)
        for entry in meta.get("inputs", [])
        if not official or entry["table"] in used
    )
    run = (
        f"skq {meta.get('code_version', '')}, regel {escaped(str(meta.get('rule', {}).get('id', '')))} "
        f"(version {meta.get('rule_version', '')}), körning {meta.get('run_id', '')}."
    )
    told = f"Underlag: {', '.join(files)}. " if files else ""
    return f"::: {{.provenance}}\n**Härkomst.** {told}{run}\n:::"


def _file(entry: Mapping[str, Any], *, whole: bool) -> str:
    """Return the name of a file, and of a published one, read as a *whole*, its rows and checksum.

    Of own registers a report rests on a few rows: how many would tell of how many persons, and a checksum of few rows
    can be tried out. The run identifies them.
    """
    name = escaped(str(entry["file"]))
    if not whole:
        return name
    rows, checksum = sv.number(float(entry["rows"]), 0), str(entry["sha256"])[:SHORT_CHECKSUM]
    return f"{name} ({rows} rader, kontrollsumma {checksum})"

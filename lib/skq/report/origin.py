"""Where a report's numbers come from, in words: sources, files with checksums, code, rule and run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skq.report import sv
from skq.report.emit import escaped

SHORT_CHECKSUM = 12

REASONS = {
    "too_few": "därför att de bygger på för få",
    "protects_other": "för att skydda en annan dold uppgift",
    "nearly_all": "därför att nästan alla nått målet (~100)",
}
"""Why a number is not shown, by its status."""


def source_list(meta: Mapping[str, Any]) -> str:
    """Return the list of sources, empty where there is none."""
    lines = [_source_line(entry) for entry in meta.get("sources", [])]
    if meta.get("origin") in ("register", "both"):
        lines.insert(0, "- Huvudmannens egna register; vilka filer framgår nedan.")
    return "**Källor**\n\n" + "\n".join(lines) if lines else ""


def _source_line(entry: dict[str, str]) -> str:
    when = f", hämtad {entry['retrieved']}" if entry.get("retrieved") else ""
    return f"- {escaped(str(entry.get('publisher', '')))}: {escaped(str(entry.get('title', '')))}{when}."


def provenance(meta: Mapping[str, Any]) -> str:
    """Return which files, rows, code and rule a report rests on."""
    files = [_file(entry) for entry in meta.get("inputs", [])]
    run = (
        f"skq {meta.get('code_version', '')}, regel {escaped(str(meta.get('rule', {}).get('id', '')))} "
        f"(version {meta.get('rule_version', '')}), körning {meta.get('run_id', '')}."
    )
    told = f"Underlag (fil, rader, kontrollsumma): {', '.join(files)}. " if files else ""
    return f"::: {{.provenance}}\n**Härkomst.** {told}{run}\n:::"


def _file(entry: Mapping[str, Any]) -> str:
    rows = sv.number(float(entry["rows"]), 0)
    return f"{escaped(str(entry['file']))} ({rows} rader, {str(entry['sha256'])[:SHORT_CHECKSUM]})"

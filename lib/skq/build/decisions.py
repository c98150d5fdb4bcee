"""How the last build decided, report by report, and why: written down for `skq build --explain`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skq.batch.fingerprint import read_seal
from skq.batch.task import Done, Outcome, ReportTask, Station
from skq.build.differences import reasons
from skq.build.request import Places
from skq.errors import counted
from skq.files import write_json

MADE, REUSED, FAILED = "made anew", "reused", "failed"


@dataclass(frozen=True)
class Decision:
    """What the last build that had this report in hand did with notebook and page, and why it made the notebook."""

    notebook: str
    page: str
    why: tuple[str, ...]


def why_made(tasks: Sequence[ReportTask]) -> dict[str, list[str]]:
    """Return why the notebook of each of *tasks* is to be made anew, by name; empty for those to be reused.

    To be asked before they are made: afterwards their folders tell of the new.
    """
    made_of = {name_of(task): (task.target.parent, task.made_of) for task in tasks}
    return {
        name: [] if isinstance(parts, str) else reasons(read_seal(folder), parts)
        for name, (folder, parts) in made_of.items()
    }


def to_make(why: Mapping[str, Sequence[str]]) -> str:
    """Say how many reports are made (*why*: as from `why_made`), and how many of the last build are kept.

    >>> to_make({"a": ["its slice"], "b": []}), to_make({"a": ["its slice"], "b": ["its template"]})
    ('making 1 report, keeping 1', 'making 2 reports')
    """
    made = sum(map(bool, why.values()))
    kept = len(why) - made
    return f"making {counted(made, 'report')}{f', keeping {kept}' if kept else ''}"


def remember_decisions(places: Places, done: Sequence[Done], why: Mapping[str, Sequence[str]]) -> None:
    """Write down what became of each report, and *why* (as from `why_made`); of reports not in hand all is kept."""
    known = {name: _written(one) for name, one in read_decisions(places).items()}
    new = {name_of(item.task): _written(_decision(item, why.get(name_of(item.task), ()))) for item in done}
    write_json(places.decisions, {**known, **new})


def read_decisions(places: Places) -> dict[str, Decision]:
    """Return what builds have decided last, by the name of the report; empty where nothing (readable) was written."""
    try:
        content = json.loads(places.decisions.read_text(encoding="utf-8"))
        return {name: Decision(one["notebook"], one["page"], tuple(one["why"])) for name, one in content.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def name_of(task: ReportTask) -> str:
    """Return what a report is called among decisions, such as quality-report/12345678."""
    return f"{task.publication}/{task.key}"


def _decision(item: Done, why: Sequence[str]) -> Decision:
    failed = item.outcome is Outcome.FAILED
    told = {
        station: FAILED if failed and item.station is station else MADE if station in item.made else REUSED
        for station in Station
    }
    page = "not made" if failed and item.station is Station.NOTEBOOK else told[Station.PAGE]
    return Decision(told[Station.NOTEBOOK], page, tuple(why))


def _written(decision: Decision) -> dict[str, object]:
    return {"notebook": decision.notebook, "page": decision.page, "why": list(decision.why)}

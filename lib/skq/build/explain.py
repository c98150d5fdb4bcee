"""Why a report would be made anew by a build now, or would not: its parts then and now. Writes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from skq.batch.fingerprint import read_seal
from skq.batch.task import ReportTask
from skq.build.claim import refuse_another
from skq.build.decisions import name_of, read_decisions
from skq.build.differences import counted, reasons
from skq.build.edition import Edition
from skq.build.ready import read_ready, uncounted_moved
from skq.build.reports import Report, names_of, report_task
from skq.build.request import Places, Request
from skq.build.rows import changed_rows
from skq.build.site import address_of, with_pages
from skq.build.sliced import sliced
from skq.build.state import engine_version, numbers_parts, request_parts, slices_of
from skq.build.unknown import refuse_unknown
from skq.render.engine import choose_engine
from skq.render.made_of import page_parts
from skq.terms import ANNUAL

Say = Callable[[str], None]

AS_MANY = 12
"""So many reasons are told one by one."""

CURRENT = "The numbers: inputs, settings and the code that computes are those of the last build; nothing was computed."
HELD = "The numbers: nothing was computed; no number and no report rests on what has changed since the last build:"
COMPUTED = "The numbers were computed to compare them, because of these changes since the last build:"


@dataclass(frozen=True)
class Prospect:
    """What a build now would make its reports of: all reports, what they share, the folder of the slice in question."""

    reports: Sequence[Report]
    edition: Edition
    source: Path
    told: list[str]


def explained(request: Request, key: str, *, say: Say = lambda message: None) -> str:
    """Return why each report of *key* (a school unit code, or `annual`) would be made anew now, or would be reused.

    What is compared are the parts that were written down when it was made. Only where inputs, settings or the code of
    the numbers have changed since, its slice is computed again, into a temporary folder; *say* tells so. Raises
    SettingsError for a school that is not in the data, and whatever a build would raise for wrong inputs.
    """
    parts = request_parts(request, engine_version(choose_engine(request.settings.engine)))
    places = Places(request.out)
    refuse_another(places, request.settings.audience)
    moved = reasons(slices_of(places), numbers_parts(parts))
    with tempfile.TemporaryDirectory(prefix="skq-") as scratch:
        if moved:
            say("the numbers may have changed: computing them to compare; nothing of the build is written")
            prospect = _computed(request, key, Path(scratch), moved, say)
        else:
            prospect = _there(request, key, parts)
        asked = [report for report in prospect.reports if report[1].key == key]
        told = [_report_text(report, prospect, request, Path(scratch)) for report in asked]
    return "\n".join(["\n".join(prospect.told), *told])


def _computed(request: Request, key: str, scratch: Path, moved: Sequence[str], say: Say) -> Prospect:
    """Return what a build now would be of, its numbers computed and the slice of *key* written below *scratch*."""
    found = sliced(replace(request, schools=() if key == ANNUAL else (key,)), say=say)
    refuse_unknown([key], names_of(found.reports))
    found.write(scratch / "slices", only=key)
    return Prospect(found.reports, found.numbers.edition, scratch / "slices" / key, [COMPUTED, *_listed(moved)])


def _there(request: Request, key: str, parts: Mapping[str, Any]) -> Prospect:
    """Return the same of the slices of the last build, which are current; *parts*: what a build now is made of."""
    ready = read_ready(request)
    refuse_unknown([key], names_of(ready.reports))
    told = _held(uncounted_moved(ready, parts))
    return Prospect(ready.reports, ready.edition, Places(request.out).slices / key, told)


def _held(moved: Sequence[str]) -> list[str]:
    """Return that the numbers are as they were, and which files have *moved* on which none of them rests."""
    return [HELD, *_listed(moved)] if moved else [CURRENT]


def _report_text(report: Report, prospect: Prospect, request: Request, scratch: Path) -> str:
    """Return what would become of notebook and page of one report, and what the last build did with them."""
    places = Places(request.out)
    task = report_task(report, prospect.edition, places, request.house, source=prospect.source)
    why = reasons(read_seal(task.target.parent), _parts(task))
    notebook = _verdict("Notebook", "executed", why, _parts(task))
    if why and prospect.source.parent != places.slices:
        notebook += [f"    {line}" for line in changed_rows(places.slices / task.key, prospect.source)]
    lines = [f"\n{task}", *notebook, *_page(task, prospect, request, scratch, is_stale=bool(why))]
    if decision := read_decisions(places).get(name_of(task)):
        lines.append(f"  Last build: notebook {decision.notebook}, page {decision.page}")
        lines += _listed(decision.why)
    return "\n".join(lines)


def _page(task: ReportTask, prospect: Prospect, request: Request, scratch: Path, *, is_stale: bool) -> list[str]:
    """Return what would become of page and PDF."""
    engine = choose_engine(request.settings.engine)
    if engine.quarto is not None:
        return ["  Page and PDF: made by Quarto, anew where notebook, theme, frame of the site or Quarto changed"]
    if is_stale:
        return ["  Page and PDF: would be rendered anew, unless the notebook comes out as it was"]
    elsewhere = replace(request, out=scratch / "out")
    tasks = [_addressed(report, task) for report in prospect.reports]
    framed = next(one for one in with_pages(tasks, prospect.edition, elsewhere, engine) if one.id == task.id)
    parts = page_parts(framed.page.common if framed.page else {}, address_of(task), task.target.parent)
    why = reasons(read_seal(Places(request.out).shelf / address_of(task)), parts)
    return _verdict("Page and PDF", "rendered", why, parts)


def _addressed(report: Report, like: ReportTask) -> ReportTask:
    """Return a task that tells which report it is of and no more: enough to know the frame of all pages."""
    publication, unit = report
    return replace(like, publication=publication.name, key=unit.key, name=unit.name)


def _parts(task: ReportTask) -> dict[str, object]:
    assert not isinstance(task.made_of, str)
    return dict(task.made_of)


def _verdict(what: str, done: str, why: Sequence[str], parts: dict[str, object]) -> list[str]:
    if not why:
        return [f"  {what}: would be reused, all {counted(parts)} parts are the same"]
    return [f"  {what}: would be {done} anew, because", *_listed(why)]


def _listed(reasons_told: Sequence[str]) -> list[str]:
    more = [f"    … and {len(reasons_told) - AS_MANY} more"] if len(reasons_told) > AS_MANY else []
    return [*(f"    {reason}" for reason in reasons_told[:AS_MANY]), *more]

"""One build from beginning to end, in the order in which things happen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from itertools import count

from skq.batch.fingerprint import is_current
from skq.batch.run import Done, Outcome, ReportTask, run_reports
from skq.build.audience import PRINCIPAL, claim, for_audience, judgements_for, refuse_another
from skq.build.facts import has_facts, write_facts
from skq.build.lock import folder_lock
from skq.build.meta import file_inputs, slice_metas
from skq.build.numbers import Raw, protected_numbers, read
from skq.build.own_sites import own_sites
from skq.build.reports import Report, all_reports, is_asked_for, refuse_unknown_schools, report_tasks
from skq.build.request import Places, Request
from skq.build.site import address_of, made_site
from skq.build.state import engine_version, remember, remembered, request_parts
from skq.build.summary import Summary
from skq.build.watching import is_watched, write_watched
from skq.errors import SettingsError
from skq.judge import PeerRule, judgement_facts
from skq.render.engine import choose_engine
from skq.store import ANNUAL, write_slices, write_text

Say = Callable[[str], None]
Advance = Callable[[int, int, str], None]


def build_all(
    request: Request,
    *,
    say: Say = lambda message: None,
    advance: Advance = lambda done, total, text: None,
) -> Summary:
    """Build everything that *request* asks for and return what became of it.

    A report that fails stops no other; it is named in the summary. Wrong input or settings raise an SkqError before
    anything is written; the site is replaced in one step, at the end. *say* gets one line per step,
    *advance* how many of how many reports are ready, and which one became so.
    """
    engine = choose_engine(request.settings.engine)
    parts = request_parts(request, engine_version(engine))
    places = Places(request.out)
    refuse_another(places, request.settings.audience)
    if is_watched(request) and has_facts(request.out) and (told := remembered(places, parts)):
        return _summary(places, {**told, "built": 0, "reused": told["built"] + told["reused"]}, ())

    say("reading and checking the inputs")
    raw = read(request)
    say("computing and protecting the numbers")
    numbers = for_audience(protected_numbers(raw, request), request.settings.audience)
    reports = all_reports(numbers, raw)
    refuse_unknown_schools(request, reports)
    if not any(is_asked_for(report, request) for report in reports):
        raise SettingsError("nothing to build: with --school and for principals only quality reports are made")
    metas = slice_metas(numbers, raw, reports, house=request.house)
    peers = PeerRule(request.settings.peers.count, request.settings.peers.measures)
    judgements = judgements_for(numbers, raw.own.frames if raw.own else None, peers)
    for key, meta in metas.items():
        school = "" if key == ANNUAL else key
        meta["judgement"] = judgement_facts(judgements, numbers.units, peers, school=school)

    with folder_lock(places.lock):
        claim(places, numbers.audience)
        _tell_notes(raw, places, say)
        write_watched(raw, numbers.units, request)
        write_facts(raw, numbers.units, request.out, whole_nation=request.settings.whole_nation)
        write_slices(numbers.protected, numbers.units, metas, places.slices, judgements=judgements)
        tasks = tasks_at_hand(reports, report_tasks(reports, numbers, request), request)
        tidy(places, reports)
        say(f"executing {len(tasks)} notebook(s), {request.jobs} at once")
        ready = count(1)
        done = run_reports(tasks, jobs=request.jobs, on_done=lambda item: advance(next(ready), len(tasks), str(item)))
        say(f"rendering the site; {engine.reason}")
        make = own_sites if numbers.audience == PRINCIPAL else made_site
        result, failed_pages = make(done, numbers, file_inputs(raw), metas, request, engine)
        failed = _failures(done, failed_pages)
        told = _facts(done, failed_pages, pages=result.pages, pdfs=result.pdfs, made=result.made, engine=engine.reason)
        told["audience"] = numbers.audience
        if not failed:
            remember(places, parts, told)
    return _summary(places, told, failed)


def tasks_at_hand(reports: Sequence[Report], tasks: Sequence[ReportTask], request: Request) -> list[ReportTask]:
    """Return the tasks that are asked for, and those whose report is there and current, so that the site keeps it."""
    pairs = zip(reports, tasks, strict=True)
    return [
        task for report, task in pairs if is_asked_for(report, request) or is_current(task.target.parent, task.made_of)
    ]


def tidy(places: Places, reports: Sequence[Report]) -> None:
    """Remove folders of reports that there are no more, and what an interrupted build left behind."""
    kept = {places.reports / publication.name / unit.key for publication, unit in reports}
    for folder in sorted(places.reports.glob("*/*")):
        if folder not in kept:
            shutil.rmtree(folder)


def _tell_notes(raw: Raw, places: Places, say: Say) -> None:
    """Write down what was odd about the official files: none of it stops a build, all of it can be looked up."""
    notes = raw.official.problems if raw.official else []
    write_text(places.notes, "\n\n".join(map(str, notes)) + "\n" if notes else "")
    if notes:
        say(f"{len(notes)} note(s) on official files, see {places.notes}")
    if raw.own and raw.own.remarks:
        say(f"{len(raw.own.remarks)} warning(s): more about persons than any number needs; 'skq check' tells of them")


def _failures(done: Sequence[Done], failed_pages: dict[str, str]) -> tuple[str, ...]:
    notebooks = [str(item) for item in done if item.outcome is Outcome.FAILED]
    pages = [f"{item.task.name} ({item.task.key}), page: {failed_pages[address_of(item)]}" for item in done
             if address_of(item) in failed_pages]  # fmt: skip
    return (*notebooks, *pages)


def _facts(
    done: Sequence[Done], failed_pages: dict[str, str], *, pages: int, pdfs: int, made: Sequence[str], engine: str
) -> dict[str, object]:
    """Return the numbers of the summary: a report counts as built when its notebook or its page was made anew."""
    shown = [item for item in done if item.outcome is not Outcome.FAILED and address_of(item) not in failed_pages]
    built = [item for item in shown if item.outcome is Outcome.BUILT or address_of(item) in made]
    annual = sum(item.task.key == ANNUAL for item in shown)
    return {
        "school": len(shown) - annual,
        "annual": annual,
        "pages": pages,
        "pdfs": pdfs,
        "built": len(built),
        "reused": len(shown) - len(built),
        "engine": engine,
    }


def _summary(places: Places, told: dict[str, object], failed: tuple[str, ...]) -> Summary:
    return Summary(site=places.site, failed=failed, **told)  # type: ignore[arg-type]

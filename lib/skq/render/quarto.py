"""The engine `quarto`: the Quarto command line makes all pages and PDFs of the staged project.

What Quarto does with our project, beyond its manual, is collected in docs/quarto.md.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from skq.errors import RenderError
from skq.render.assets import FOLDER as ASSETS
from skq.render.assets import write_assets
from skq.render.embedded import page_address
from skq.render.engine import Engine, quarto_version, unusable
from skq.render.finish import finish_page
from skq.render.kept import KeptPages, shared_parts
from skq.render.processes import Programs
from skq.render.project import read_project
from skq.render.quarto_says import document_at, plain, reason, unknown_references
from skq.render.sass import one_sass
from skq.render.search import index_site
from skq.render.shards import NOTEBOOK, command_for, dealt, work_in, write_shard

SEARCH = "sok.qmd"
"""The page that the search index is for."""

IN_A_ROW = 3
"""So many first documents of a part fail one after the other before what they share is held to be at fault."""

WHOLE = "the project"

WORKSHOP = "work"


@dataclass(frozen=True)
class Rendered:
    """The addresses of the reports that were made and of those that were kept, and why some failed."""

    made: tuple[str, ...]
    reused: tuple[str, ...]
    failed: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What became of some pages: those made and where the site of them is, why others failed, what Quarto said."""

    out: Path
    made: tuple[str, ...]
    failed: dict[str, str]
    said: str


def render_with_quarto(
    project: Path, out: Path, engine: Engine, *, log: Path | None = None, jobs: int = 1, kept: Path | None = None
) -> Rendered:
    """Make all pages, PDFs and the search index of the staged *project* in the empty folder *out*.

    Quarto works in copies of parts of the project, *jobs* at a time, so the project is left as it was staged. Finished
    pages are put into the folder *kept* as soon as their part is done, and taken from it when all that they are made of
    is the same. Reports that could not be made are told by address, with Quarto's message; all others are kept then,
    and *out* stays empty. What Quarto said is in *log* afterwards (default: `quarto.log` beside the project), also
    when it failed. RenderError naming the page and Quarto's own message when Quarto does not answer or is too old, or
    when another page than a report's cannot be made. Nothing is executed.
    """
    program = _usable(engine.quarto)
    pages = read_project(project).pages
    version = ".".join(map(str, quarto_version(program)))
    with _workshop(kept) as work:
        shelf = KeptPages(kept or work / "kept", project, shared_parts(project, version))
        missing = [page for page in pages if not shelf.has(page)]
        failed = _make(project, missing, shelf, program=program, work=work, jobs=jobs, log=_log(project, log))
        shelf.drop_others(pages)
        if not failed:
            shelf.put(pages, out)
    if not failed:
        write_assets(project, out / ASSETS)
        if SEARCH in pages:
            index_site(out)
    made = [page for page in missing if _address(page) not in failed]
    return Rendered(_reports(made), _reports(page for page in pages if page not in set(missing)), failed)


def _make(
    project: Path, pages: Sequence[str], shelf: KeptPages, *, program: Path, work: Path, jobs: int, log: Path
) -> dict[str, str]:
    """Make *pages* in parts, *jobs* at a time, keep them as each part is done; return why reports failed."""
    if not pages:
        return {}
    parts = dealt(pages, {page: work_in(project, page) for page in pages}, jobs=jobs)
    outcomes: dict[int, Outcome] = {}
    environment = one_sass(program, work / "sass") if len(parts) > 1 else {}
    with ThreadPoolExecutor(max(1, jobs)) as threads, Programs(environment) as programs:
        tasks = {
            threads.submit(_made, project, part, work / f"part-{number}", program, programs): number
            for number, part in enumerate(parts, start=1)
        }
        try:
            for task in as_completed(tasks):
                outcome = outcomes[tasks[task]] = task.result()
                for page in outcome.made:
                    shelf.keep(page, outcome.out)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    in_order = [outcomes[number] for number in sorted(outcomes)]
    log.write_text("\n".join(outcome.said for outcome in in_order), encoding="utf-8", newline="\n")
    failed = {page: f"{why}\n  log: {log}" for outcome in in_order for page, why in outcome.failed.items()}
    if any(page not in pages or not page.endswith(NOTEBOOK) for page in failed):
        raise RenderError("\n".join(f"{page}: {why}" for page, why in failed.items()))
    return {_address(page): why for page, why in failed.items()}


def _made(project: Path, pages: Sequence[str], work: Path, program: Path, programs: Programs) -> Outcome:
    """Make *pages* in a project of their own; one at which Quarto stops is left out, and the others are made again."""
    waiting, said, in_a_row = list(pages), "", 0
    failed: dict[str, str] = {}
    while waiting:
        folder = work / f"{len(waiting)}"
        shard = write_shard(project, waiting, folder / project.name.lstrip("."))
        ended = programs.run(command_for(program, shard, folder / "site"))
        text = _readable(ended.said, shard)
        said += text
        if ended.code == 0:
            failed |= _flaws(waiting, folder / "site", text)
            return Outcome(folder / "site", _finished(waiting, failed, folder / "site"), failed, said)
        document = document_at(text) or (waiting[0] if len(waiting) == 1 else WHOLE)
        failed[document] = reason(text, code=ended.code)
        in_a_row = in_a_row + 1 if document == waiting[0] else 0
        if document not in waiting:
            break
        waiting.remove(document)
        if in_a_row == IN_A_ROW:
            failed |= dict.fromkeys(waiting, "it was not tried, since all before it failed")
            break
    return Outcome(work, (), failed, said)


def _flaws(pages: Sequence[str], out: Path, said: str) -> dict[str, str]:
    """Return what is wrong with the *pages* in *out* though Quarto is content: not there, or references to nowhere."""
    unknown = unknown_references(said, pages[0])
    flaws = {page: f"refers to {', '.join(names)}, which it does not have" for page, names in unknown.items()}
    for page in pages:
        wanted = [page_address(page), *([f"{_address(page)}.pdf"] if page.endswith(NOTEBOOK) else [])]
        if absent := [name for name in wanted if not (out / name).is_file()]:
            flaws[page] = f"Quarto ended well but did not make {', '.join(absent)}"
    return flaws


def _finished(pages: Sequence[str], failed: Mapping[str, str], out: Path) -> tuple[str, ...]:
    made = tuple(page for page in pages if page not in failed)
    for page in made:
        finish_page(out / page_address(page), page_address(page))
    return made


@contextmanager
def _workshop(kept: Path | None) -> Iterator[Path]:
    """Give an empty folder to work in, gone when the block ends, or when the next one begins if we are killed before.

    That is beside what is *kept*, unless it lies below a hidden folder: there Quarto finds no documents, makes nothing,
    and ends well.
    """
    place = kept.resolve() / WORKSHOP if kept else None
    if place is None or any(part.startswith(".") for part in place.parts):
        with tempfile.TemporaryDirectory(prefix="skq-") as folder:
            yield Path(folder).resolve()
        return
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        with tempfile.TemporaryDirectory(prefix="run-", dir=place) as folder:
            yield Path(folder)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _log(project: Path, log: Path | None) -> Path:
    return log or project.with_name("quarto.log")


def _readable(said: str, shard: Path) -> str:
    """Return what Quarto *said* without the codes of a terminal and without the place of the *shard*."""
    place = rf"[^\s'\"]*{re.escape('/'.join(shard.parts[-4:-1]))}/{re.escape(shard.name)}"
    return re.sub(place, shard.name, plain(said))


def _reports(pages: Iterable[str]) -> tuple[str, ...]:
    return tuple(_address(page) for page in pages if page.endswith(NOTEBOOK))


def _address(page: str) -> str:
    return page.removesuffix(NOTEBOOK)


def _usable(program: Path | None) -> Path:
    if program is None:
        raise RenderError("there is no Quarto on this machine; install it, or use --engine embedded")
    if why := unusable(program):
        raise RenderError(why)
    return program

"""The engine `quarto`: the Quarto command line makes all pages and PDFs of the staged project.

What Quarto does with our project, beyond its manual, is collected in docs/quarto.md.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from skq.errors import RenderError
from skq.render.assets import FOLDER as ASSETS
from skq.render.assets import write_assets
from skq.render.compiled import Compiled
from skq.render.engine import Engine, quarto_version, unusable
from skq.render.kept import KeptPages, shared_parts
from skq.render.processes import Programs
from skq.render.project import read_project
from skq.render.quarto_part import Outcome, Quarto, made
from skq.render.sass import one_sass
from skq.render.search import index_site
from skq.render.shards import NOTEBOOK, dealt, work_in

SEARCH = "sok.qmd"
"""The page that the search index is for."""

WORKSHOP = "work"


@dataclass(frozen=True)
class Rendered:
    """The addresses of the reports that were made and of those that were kept, and why some failed."""

    made: tuple[str, ...]
    reused: tuple[str, ...]
    failed: dict[str, str]


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
        failed = _make(missing, shelf, program=program, work=work, jobs=jobs, log=_log(project, log))
        shelf.drop_others(pages)
        if not failed:
            shelf.put(pages, out)
    if not failed:
        write_assets(project, out / ASSETS)
        if SEARCH in pages:
            index_site(out)
    new = [page for page in missing if _address(page) not in failed]
    return Rendered(_reports(new), _reports(page for page in pages if page not in set(missing)), failed)


def _make(pages: Sequence[str], shelf: KeptPages, *, program: Path, work: Path, jobs: int, log: Path) -> dict[str, str]:
    """Make *pages* in parts, *jobs* at a time, keep them as each part is done; return why reports failed."""
    if not pages:
        return {}
    parts = dealt(pages, {page: work_in(shelf.project, page) for page in pages}, jobs=jobs)
    outcomes: dict[int, Outcome] = {}
    compiled = Compiled(shelf.folder, work, shelf.shared)
    environment = {**one_sass(program, compiled.sass), "TMPDIR": str(_new(work / "tmp"))}
    with ThreadPoolExecutor(max(1, jobs)) as threads, Programs(environment) as programs:
        quarto = Quarto(program, programs, compiled)
        tasks = {
            threads.submit(made, shelf.project, part, work / f"part-{number}", quarto): number
            for number, part in enumerate(parts, start=1)
        }
        try:
            for task in as_completed(tasks):
                outcome = outcomes[tasks[task]] = task.result()
                for page in outcome.made:
                    shelf.keep(page, outcome.out)
                compiled.take(outcome.project)
                shutil.rmtree(work / f"part-{tasks[task]}")
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    in_order = [outcomes[number] for number in sorted(outcomes)]
    log.write_text("\n".join(outcome.said for outcome in in_order), encoding="utf-8", newline="\n")
    failed = {page: f"{why}\n  log: {log}" for outcome in in_order for page, why in outcome.failed.items()}
    if any(page not in pages or not page.endswith(NOTEBOOK) for page in failed):
        raise RenderError("\n".join(f"{page}: {why}" for page, why in failed.items()))
    return {_address(page): why for page, why in failed.items()}


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


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _log(project: Path, log: Path | None) -> Path:
    return log or project.with_name("quarto.log")


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

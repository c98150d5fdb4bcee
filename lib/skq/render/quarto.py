"""The engine `quarto`: the Quarto command line makes all pages and PDFs of the staged project.

What Quarto does with our project, beyond its manual, is collected in docs/quarto.md.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from skq.errors import RenderError
from skq.render.embedded import page_address
from skq.render.engine import Engine, unusable
from skq.render.project import read_project
from skq.render.search import index_site

TERMINAL_CODE = re.compile(r"\x1b\[[0-9;]*m|\r")
PROGRESS = re.compile(r"^\[\s*\d+/\d+\]\s+(?P<document>\S.*?)\s*$", re.MULTILINE)
STACK = re.compile(r"\n+Stack trace:.*", re.DOTALL)
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
WORK_FILES = (".quarto", "_site", "*_files")
"""What an earlier `quarto preview` of the project may have left in it; none of it belongs to the project."""
NOTEBOOK = ".ipynb"
MENU = '<nav class="navbar'
NOT_SEARCHED = ("sok.html", "404.html")


def render_with_quarto(project: Path, out: Path, engine: Engine, *, log: Path | None = None) -> list[str]:
    """Make all pages, PDFs and the search index of the staged *project* in the empty folder *out*; return the reports.

    The reports are told by address. Quarto works in a copy, so the project is left as it was staged. What it said is
    in *log* afterwards (default: `quarto.log` beside the project), also when it failed. RenderError naming the document
    and Quarto's own message when Quarto does not answer or is too old, or when a document cannot be made. Nothing is
    executed.
    """
    program = _usable(engine.quarto)
    with _copy_of(project) as copy:
        # The `render` of the quarto package tells neither the exit code nor what Quarto said, so it is called directly.
        command = [program, "render", str(copy), "--no-execute", "--output-dir", str(out.resolve())]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said = _readable(run.stdout.decode(errors="replace"), copy)
    log = log or project.with_name("quarto.log")
    log.write_text(said, encoding="utf-8", newline="\n")
    if run.returncode != 0:
        raise RenderError(f"{failure(said)}\n  log: {log}")
    pages = read_project(project).pages
    _refuse_missing(pages, out)
    _finish_pages(out)
    index_site(out)
    return [page.removesuffix(NOTEBOOK) for page in pages if page.endswith(NOTEBOOK)]


def failure(said: str) -> str:
    """Return what went wrong in what Quarto *said*: the document it was at, and its message without its own stack.

    >>> failure("[1/2] index.qmd\\n[2/2] om.qmd\\nERROR: no such filter\\n\\nStack trace:\\n at x")
    'om.qmd: Quarto could not make it: no such filter'
    """
    documents = PROGRESS.findall(said)
    before, _, message = said.partition("ERROR:")
    first = STACK.sub("", message).partition("ERROR:")[0]
    reason = BLANK_LINES.sub("\n", first).strip() or before.strip() or "it gave no reason"
    return f"{documents[-1] if documents else 'the project'}: Quarto could not make it: {reason}"


def _readable(said: str, copy: Path) -> str:
    """Return what Quarto *said* without the codes of a terminal and without the place of the *copy*."""
    place = rf"[^\s'\"]*{re.escape(copy.parent.name)}/{re.escape(copy.name)}"
    return re.sub(place, copy.name, TERMINAL_CODE.sub("", said))


def _usable(program: Path | None) -> str:
    if program is None:
        raise RenderError("there is no Quarto on this machine; install it, or use --engine embedded")
    if reason := unusable(program):
        raise RenderError(reason)
    return str(program)


@contextmanager
def _copy_of(project: Path) -> Iterator[Path]:
    """Give a copy of *project*, gone when the block ends."""
    # No leading dot: below a hidden folder Quarto finds no documents, makes nothing, and ends well.
    with tempfile.TemporaryDirectory(prefix="skq-") as folder:
        copy = Path(folder).resolve() / project.name.lstrip(".")
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns(*WORK_FILES))
        yield copy


def _refuse_missing(pages: Sequence[str], out: Path) -> None:
    wanted = [page_address(page) for page in pages]
    wanted += [page.removesuffix(NOTEBOOK) + ".pdf" for page in pages if page.endswith(NOTEBOOK)]
    if missing := [name for name in wanted if not (out / name).is_file()]:
        raise RenderError(f"Quarto ended well but did not make {', '.join(missing)}")


def _finish_pages(out: Path) -> None:
    """Name the menu for a listener, and let the search index hold what stands on a page and not its menu and footer."""
    for page in sorted(out.rglob("*.html")):
        text = page.read_text(encoding="utf-8").replace(MENU, f'<nav aria-label="Huvudmeny"{MENU[4:]}', 1)
        if page.relative_to(out).as_posix() not in NOT_SEARCHED:
            text = text.replace("<main ", "<main data-pagefind-body ", 1)
        page.write_text(text, encoding="utf-8", newline="\n")

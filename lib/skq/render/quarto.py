"""The engine `quarto`: the Quarto command line makes the site and every PDF of the staged project.

What Quarto does with our project, beyond its manual, is collected in docs/quarto.md.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quarto.quarto import path as quarto_path

from skq import store
from skq.errors import RenderError

OLDEST_QUARTO = (1, 9)
"""The first Quarto whose Typst format knows `pdf-standard`; an older one would make PDFs that are not PDF/UA-1."""

UA_1 = re.compile(rb"pdfuaid:part>\s*1\s*<")
TERMINAL_CODE = re.compile(r"\x1b\[[0-9;]*m|\r")
PROGRESS = re.compile(r"^\[\s*\d+/\d+\]\s+(?P<document>\S.*?)\s*$", re.MULTILINE)
STACK = re.compile(r"\n+Stack trace:.*", re.DOTALL)
WORK_FILES = (".quarto", "_site", "*_files")
"""What an earlier `quarto preview` of the project may have left in it; none of it belongs to the project."""


def quarto_version() -> tuple[int, ...] | None:
    """Return the version of the Quarto command line, such as (1, 9, 38); None where there is no Quarto.

    Where Quarto is found is decided by the `quarto` package. RenderError when what it finds does not answer.
    """
    program = quarto_path()
    if program is None:
        return None
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError as problem:
        raise RenderError(_not_quarto(program, str(problem))) from problem
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", answer.stdout.strip())
    if answer.returncode != 0 or numbers is None:
        raise RenderError(_not_quarto(program, (answer.stdout or answer.stderr).strip()))
    return tuple(map(int, numbers.groups()))


def render_with_quarto(project: Path, site: Path, *, log: Path) -> None:
    """Make the folder *site*, all pages and PDFs, from the staged Quarto project *project*.

    Quarto works in a copy, so the project is left as it was staged, and the old site stays in place until the new one
    is whole. What Quarto said is in *log* afterwards, also when it failed. RenderError naming the document and
    Quarto's own message when Quarto is missing or too old, when a document cannot be made, when a notebook gave no
    page or no PDF, or when a PDF does not declare PDF/UA-1.
    """
    program = _usable_quarto()
    with store.new_folder(site) as fresh, _copy_beside(project, site) as copy:
        # The `render` of the quarto package tells neither the exit code nor what Quarto said, so it is called directly.
        command = [program, "render", str(copy), "--no-execute", "--output-dir", str(fresh)]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said = TERMINAL_CODE.sub("", run.stdout.decode(errors="replace")).replace(str(copy), project.name)
        store.write_text(log, said)
        if run.returncode != 0:
            raise RenderError(_failure(said, log))
        _refuse_missing(project, fresh)
        _refuse_inaccessible(fresh)


def _usable_quarto() -> str:
    version = quarto_version()
    program = quarto_path()
    if version is None or program is None:
        raise RenderError(
            "There is no Quarto on this machine\n"
            "  expected: the command 'quarto', 1.9 or later\n"
            "  next:     install it (environment.yml names it), or use --engine embedded"
        )
    if version < OLDEST_QUARTO:
        raise RenderError(
            f"Quarto {'.'.join(map(str, version))} is too old to make accessible PDFs\n"
            "  expected: 1.9 or later\n"
            "  next:     update Quarto, or use --engine embedded"
        )
    return str(program)


def _not_quarto(program: str, answer: str) -> str:
    return (
        f"{program} does not answer 'quarto --version' as Quarto does\n"
        f"  found:    {answer or 'no answer'}\n"
        "  next:     install Quarto again, or use --engine embedded"
    )


@contextmanager
def _copy_beside(project: Path, site: Path) -> Iterator[Path]:
    """Give a copy of *project* on the disk of *site*, gone when the block ends."""
    # No leading dot: below a hidden folder Quarto finds no documents, makes nothing and ends well.
    with tempfile.TemporaryDirectory(dir=site.parent, prefix=f"{project.name}-") as folder:
        copy = Path(folder).resolve() / project.name
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns(*WORK_FILES))
        yield copy


def _failure(said: str, log: Path) -> str:
    """Return what went wrong: the document Quarto was at, and its message without the trace of its own code."""
    documents = PROGRESS.findall(said)
    head, _, message = said.partition("ERROR:")
    reason = STACK.sub("", message).strip() or head.strip()[-2000:] or "it told no reason"
    return f"{documents[-1] if documents else 'the project'}: Quarto could not make it: {reason}\n  log: {log}"


def _refuse_missing(project: Path, site: Path) -> None:
    notebooks = sorted(path.relative_to(project) for path in project.rglob("*.ipynb"))
    wanted = [path.with_suffix(suffix) for path in notebooks for suffix in (".html", ".pdf")]
    if missing := [path.as_posix() for path in wanted if not (site / path).is_file()]:
        raise RenderError(
            f"Quarto ended well but did not make {', '.join(missing)}\n"
            "  next:     build into a folder whose path has no part beginning with a dot; Quarto passes such folders by"
        )


def _refuse_inaccessible(site: Path) -> None:
    pdfs = sorted(site.rglob("*.pdf"))
    if wrong := [pdf.relative_to(site).as_posix() for pdf in pdfs if not UA_1.search(pdf.read_bytes())]:
        raise RenderError(f"not PDF/UA-1: {', '.join(wrong)}; keep 'pdf-standard: ua-1' under 'typst' in _quarto.yml")

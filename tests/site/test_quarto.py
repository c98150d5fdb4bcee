"""The engine quarto where Quarto is missing, old, broken or failing: told with a stand-in for the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from skq.errors import RenderError, SettingsError
from skq.render import engine
from skq.render.engine import Engine, choose_engine, quarto_version
from skq.render.quarto import Rendered, render_with_quarto
from skq.render.quarto_says import document_at, reason

from tests.site.invented import LONG


def stand_in(folder: Path, version: str, rest: str = "exit 0") -> Path:
    """Return a program that says *version* to --version and does *rest* otherwise."""
    program = folder / "quarto"
    program.write_text(f'#!/bin/sh\nif [ "$1" = "--version" ]; then echo "{version}"; exit 0; fi\n{rest}\n')
    program.chmod(0o755)
    return program


def render(program: Path | None, project: Path, folder: Path) -> Rendered:
    """Render *project* with *program* into an empty folder below *folder*."""
    out = folder / "out"
    out.mkdir()
    return render_with_quarto(project, out, Engine("quarto", "test", program), log=folder / "quarto.log")


def test_version_is_read(tmp_path: Path) -> None:
    """The three numbers are the version, also with a word behind them."""
    assert quarto_version(stand_in(tmp_path, "1.10.2-rc.1")) == (1, 10, 2)


@pytest.mark.parametrize("answer", ["", "command not found", "v1"])
def test_what_does_not_answer_is_named(tmp_path: Path, answer: str) -> None:
    """A program that is not Quarto is refused with its path and its answer."""
    program = stand_in(tmp_path, answer)
    with pytest.raises(RenderError, match="does not answer") as refused:
        quarto_version(program)
    assert str(program) in str(refused.value)
    assert (answer or "no answer") in str(refused.value)


def test_missing_program_is_told(tmp_path: Path) -> None:
    """A path where nothing is gives our error, not the system's."""
    with pytest.raises(RenderError, match="does not answer"):
        quarto_version(tmp_path / "quarto")


@pytest.mark.parametrize(("version", "refused"), [("1.8.99", True), ("1.9.0", False), ("2.0.0", False)])
def test_oldest_version(tmp_path: Path, project: Path, version: str, refused: bool) -> None:
    """Before 1.9 Quarto made no PDF/UA-1, so it is refused; from 1.9 it is asked to render."""
    message = "too old" if refused else "did not make"
    with pytest.raises(RenderError, match=message):
        render(stand_in(tmp_path, version), project, tmp_path)


@pytest.mark.parametrize(("version", "reason"), [("1.4.550", "too old"), ("hello", "does not answer")])
def test_a_quarto_that_cannot_be_used_is_told_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, reason: str
) -> None:
    """Asked for, it is refused at once; found by auto, it is passed over with the reason in one line."""
    program = stand_in(tmp_path, version)
    monkeypatch.setattr(engine, "find_quarto", lambda: program)
    with pytest.raises(SettingsError, match=f"--engine quarto: .*{reason}"):
        choose_engine("quarto")
    chosen = choose_engine("auto")
    assert chosen.name == "embedded"
    assert reason in chosen.reason
    assert "\n" not in chosen.reason


def test_failure_names_document_message_and_log(tmp_path: Path, project: Path) -> None:
    """The document Quarto was at and its own words reach the analyst; the whole output is in the log."""
    said = r"[1/2] index.qmd\n[2/2] skolor/a-1/rapport.ipynb\n\033[91mERROR: no such filter\n\nStack trace:\n at x\n"
    with pytest.raises(RenderError) as refused:
        render(stand_in(tmp_path, "1.9.38", f"printf '{said}'; exit 1"), project, tmp_path)
    lines = str(refused.value).splitlines()
    assert lines == [
        "skolor/a-1/rapport.ipynb: Quarto could not make it: no such filter",
        f"  log: {tmp_path / 'quarto.log'}",
    ]
    assert "Stack trace:" in (tmp_path / "quarto.log").read_text(encoding="utf-8")


def test_the_first_of_several_errors_is_told(tmp_path: Path, project: Path) -> None:
    """What Typst says comes first and is what one can mend; files are named within the project, not the copy."""
    said = "[1/1] om.qmd\nERROR: error: no alt text\n\n  at ../..$2/om.typ:3\n\n\nERROR: Typst failed"
    with pytest.raises(RenderError) as refused:
        render(stand_in(tmp_path, "1.9.38", f'echo "{said}"; exit 1'), project, tmp_path)
    assert str(refused.value).splitlines()[:-1] == [
        "om.qmd: Quarto could not make it: error: no alt text",
        f"  at {project.name}/om.typ:3",
    ]


def test_failure_without_a_message() -> None:
    """Where Quarto names no error, its last words are given; where it was killed, the signal."""
    assert reason("Killed\n") == "Quarto could not make it: Killed"
    assert reason("") == "Quarto could not make it: it gave no reason"
    assert reason("[1/2] om.qmd\n", code=-9) == "Quarto could not make it: it was killed by signal 9"
    assert document_at("Killed\n") is None


def test_silent_omission_is_refused(tmp_path: Path, project: Path) -> None:
    """A Quarto that ends well without a page or a PDF has failed; what is missing is listed."""
    with pytest.raises(RenderError) as refused:
        render(stand_in(tmp_path, "1.9.38"), project, tmp_path)
    told = str(refused.value)
    assert "index.qmd: Quarto ended well but did not make index.html" in told
    assert f"did not make {LONG}.html, {LONG}.pdf" in told


def test_quarto_works_in_a_copy(tmp_path: Path, project: Path) -> None:
    """Quarto gets a copy of the project, without what an earlier preview left, and the project stays as it was."""
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    listing = tmp_path / "listing"
    script = f'ls -a "$2" > "{listing}"; echo x > "$2/index.qmd"; echo "$@" >> "{listing}"; exit 1'
    with pytest.raises(RenderError):
        render(stand_in(tmp_path, "1.9.38", script), project, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == before
    told = listing.read_text(encoding="utf-8")
    assert "_quarto.yml" in told
    assert "--no-execute" in told
    assert not any(part.startswith(".") for part in Path(told.splitlines()[-1].split()[1]).parts)


def test_staged_cells_are_lists_of_lines(project: Path) -> None:
    """Quarto runs the lines of a cell together when its source is one text, which nbformat allows."""
    cells = [cell for path in sorted(project.rglob("*.ipynb")) for cell in json.loads(path.read_text())["cells"]]
    assert all(isinstance(cell["source"], list) for cell in cells)
    assert any(len(cell["source"]) > 1 for cell in cells)
    assert all(line.endswith("\n") for cell in cells for line in cell["source"][:-1])

"""The batch: exact parameters, whole notebooks or none, Markdown only, and one failure that stops nobody else."""

import json
import re
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest
from skq.batch.fingerprint import fingerprint, is_current, package_version, seal
from skq.batch.local import LocalPool
from skq.batch.notebook import run_notebook
from skq.batch.parameters import check_parameters, declared_parameters
from skq.batch.run import Limits, Outcome, PageTask, ReportTask, Station, run_reports
from skq.errors import NotebookError, ParameterError, StorageError
from skq.files import write_text
from skq.render.unit import is_ready, make_report

SHOWS = """class Shown:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/markdown": "**" + code + "**", "text/plain": code}

Shown()"""


def template(folder: Path, *cells: str, parameters: str = 'code: str = ""', name: str = "template.ipynb") -> Path:
    """Write a notebook with a cell of parameters and *cells*, and return it."""
    sources = [({"tags": ["parameters"]}, parameters), *(({}, cell) for cell in cells)]
    content = {
        "cells": [
            {"cell_type": "code", "id": f"c{number}", "metadata": metadata, "execution_count": None, "outputs": [],
             "source": source.splitlines(keepends=True)}
            for number, (metadata, source) in enumerate(sources)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def task(notebook: Path, folder: Path, key: str, made_of: str = "1") -> ReportTask:
    """A task that hands *notebook* its key as `code`."""
    return ReportTask(
        "quality-report", key, f"School {key}", notebook, folder / key / "report.ipynb", {"code": key}, made_of
    )


def test_declared_parameters(tmp_path):
    """The cell of parameters tells names and types."""
    path = template(tmp_path, parameters='code: str = ""\nyears: int = 5')
    assert declared_parameters(path) == {"code": str, "years": int}


@pytest.mark.parametrize(
    ("handed", "found"),
    [
        pytest.param({"code": "1", "cod": "1"}, "unknown parameter(s) cod", id="unknown"),
        pytest.param({}, "no value for code", id="missing"),
        pytest.param({"code": 1}, "code = 1", id="wrong-type"),
    ],
)
def test_other_parameters_are_refused(tmp_path, handed, found):
    """Parameters other than the declared ones are refused by name, before a kernel starts."""
    with pytest.raises(ParameterError) as caught:
        run_notebook(template(tmp_path), tmp_path / "out" / "report.ipynb", handed)
    assert found in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("code = ''", id="untyped"),
        pytest.param("code: str", id="without-default"),
        pytest.param("code: str = ''\nprint(code)", id="more-than-parameters"),
        pytest.param("code: list = []", id="type-unknown"),
    ],
)
def test_loose_parameters_are_refused(tmp_path, cell):
    """A cell of parameters that says anything but `name: type = default` is refused."""
    with pytest.raises(ParameterError, match="name: type = default"):
        check_parameters(template(tmp_path, parameters=cell), {"code": ""})


def test_no_notebook(tmp_path):
    """A template that is no notebook is refused by name."""
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"broken\.ipynb"):
        check_parameters(tmp_path / "broken.ipynb", {})


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A notebook that ran, in a folder with a space and Swedish letters, with a file that it wrote."""
    folder = tmp_path_factory.mktemp("batch") / "mina rapporter åäö"
    folder.mkdir()
    writes = "from pathlib import Path\nPath('drawn.svg').write_text(code)\nNone"
    path = template(folder, writes, SHOWS)
    run_notebook(path, folder / "out" / "report.ipynb", {"code": "10000001"}, made_of="abc")
    return folder / "out"


def test_notebook_writes_beside_itself(executed):
    """What a cell writes lies beside the executed notebook."""
    assert (executed / "drawn.svg").read_text() == "10000001"


def test_executed_notebook_says_nothing_of_machine_or_time(executed):
    """The executed notebook has no path, no time and none of papermill's notes in it."""
    text = (executed / "report.ipynb").read_text(encoding="utf-8")
    assert [
        word for word in (str(executed.parent), "papermill", "start_time", "duration", "iopub") if word in text
    ] == []


def test_output_is_markdown_with_a_plain_twin(executed):
    """A shown value is kept as Markdown and plain text."""
    cells = json.loads((executed / "report.ipynb").read_text(encoding="utf-8"))["cells"]
    assert cells[-1]["outputs"][0]["data"] == {"text/markdown": "**10000001**", "text/plain": "10000001"}


def test_seconds_inside_cells(tmp_path):
    """What is told of the time is what the kernel was inside the cells: at least their sleep, less than the whole."""
    path = template(tmp_path, "import time\ntime.sleep(0.3); None", "time.sleep(0.2); None")
    start = perf_counter()
    seconds = run_notebook(path, tmp_path / "out" / "report.ipynb", {"code": "1"})
    assert 0.5 <= seconds < perf_counter() - start


def test_folder_is_current_until_something_changes(executed, tmp_path):
    """A report is current for its fingerprint, and neither for another nor after a file of it was changed."""
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(executed, copy)
    assert is_current(copy, "abc")
    assert not is_current(copy, "abd")
    (copy / "drawn.svg").write_text("changed")
    assert not is_current(copy, "abc")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        pytest.param("1 / 0", r"template\.ipynb, cell 2: ZeroDivisionError: division by zero", id="fails"),
        pytest.param("print('hello')", r"cell 2: a cell may emit Markdown(.|\n)*stdout: hello", id="prints"),
        pytest.param("import warnings; warnings.warn('old')", r"cell 2(.|\n)*stderr(.|\n)*old", id="warns"),
        pytest.param("42", r"cell 2(.|\n)*text/plain", id="shows-plain-text"),
    ],
)
def test_bad_cell_leaves_nothing(tmp_path, cell, message):
    """A cell that fails or shows anything but Markdown is named, and what was there before stays."""
    target = tmp_path / "out" / "report.ipynb"
    target.parent.mkdir()
    target.write_text("old")
    with pytest.raises(NotebookError, match=message):
        run_notebook(template(tmp_path, cell), target, {"code": "1"})
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "template.ipynb"]


def test_one_failure_stops_nobody(tmp_path):
    """Of two reports at once one fails: the other is built, the failure has school, publication, cell and message."""
    path = template(tmp_path, "int(code); None", "None")
    with LocalPool(2, make_report) as pool:
        done = run_reports([task(path, tmp_path, "12"), task(path, tmp_path, "x")], pool=pool)
    assert [item.outcome for item in done] == [Outcome.BUILT, Outcome.FAILED]
    assert str(done[1]).startswith("School x (x), quality-report: template.ipynb, cell 2: ValueError: invalid literal")
    assert (done[1].station, done[1].cell) == (Station.NOTEBOOK, 2)
    assert not (tmp_path / "x").exists()


def test_current_reports_are_reused(tmp_path):
    """A report with the same fingerprint is not executed again, one with another is."""
    path = template(tmp_path, "None")
    done = [make_report(task(path, tmp_path, "1", made_of=made_of)) for made_of in ("1", "1", "2")]
    assert [item.outcome for item in done] == [Outcome.BUILT, Outcome.REUSED, Outcome.BUILT]
    assert [item.made for item in done] == [(Station.NOTEBOOK,), (), (Station.NOTEBOOK,)]
    assert [is_ready(task(path, tmp_path, "1", made_of=made_of)) for made_of in ("1", "2")] == [False, True]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        pytest.param("while True: pass", r"cell 2: took longer than 1 s \(cell_seconds", id="endless"),
        pytest.param("import os; os.kill(os.getpid(), 9)", r"cell 2: the kernel died", id="killed"),
    ],
)
def test_a_cell_that_does_not_end_well_is_named(tmp_path, cell, message):
    """An endless cell is given up after its limit, a dead kernel is noticed; the cell is named, nothing is left."""
    path = template(tmp_path, cell)
    done = make_report(replace(task(path, tmp_path, "1"), limits=Limits(cell_seconds=1)))
    assert (done.outcome, done.station, done.cell) == (Outcome.FAILED, Station.NOTEBOOK, 2)
    assert re.search(message, done.message)
    assert [entry.name for entry in tmp_path.iterdir()] == ["template.ipynb"]


def test_cells_are_told_as_they_begin(tmp_path):
    """Whoever asked for a report hears which cell it is at, counted as the template does."""
    told = []
    make_report(task(template(tmp_path, "None", "None"), tmp_path, "1"), lambda *where: told.append(where))
    assert told[0] == (Station.NOTEBOOK, None)
    assert told[-2:] == [(Station.NOTEBOOK, 2), (Station.NOTEBOOK, 3)]


def test_a_full_disk_is_no_reports_fault(tmp_path):
    """A cell whose figure does not fit on the disk does not make its school a failed one: every report would be."""
    path = template(tmp_path, "raise OSError(28, 'No space left on device', 'merit.svg')")
    with pytest.raises(StorageError, match=r"/1: the disk is full"):
        make_report(task(path, tmp_path, "1"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["template.ipynb"]


def executed_without_front(folder: Path) -> ReportTask:
    """A task whose notebook is there and current, and whose page cannot be made: its title block is missing."""
    one = task(folder / "template.ipynb", folder, "1")
    write_text(one.target, '{"cells": []}')
    seal(one.target.parent, "1")
    page = PageTask("skolor/a-1/report", folder / "project", folder / "shelf", {"code": "1"})
    return replace(one, page=page)


def test_a_page_that_cannot_be_made_is_named(tmp_path):
    """A render error is the failure of its report, told as the page's; nothing of it is kept."""
    done = make_report(executed_without_front(tmp_path))
    assert (done.outcome, done.station, done.made) == (Outcome.FAILED, Station.PAGE, ())
    assert re.match(r"School 1 \(1\), quality-report, page: skolor/a-1/report: front\.yml is not in 1/", str(done))
    assert not (tmp_path / "shelf").exists()


@pytest.mark.parametrize(("number", "what"), [(28, "the disk is full"), (30, "read-only"), (13, "not allowed")])
def test_a_disk_that_refuses_is_told_with_its_path(tmp_path, monkeypatch, number, what):
    """Where nothing can be written, that is said once, with the path and what to do, and nothing is half-written."""

    def refuse(*_: object) -> None:
        raise OSError(number, "refused", str(tmp_path / "there"))

    one = executed_without_front(tmp_path)
    write_text(one.target.parent / "front.yml", "{}")
    seal(one.target.parent, "1")
    monkeypatch.setattr("skq.files.os.replace", refuse)
    with pytest.raises(StorageError, match=rf"there: (.|\n)*{what}(.|\n)*next: (.|\n)*same command again"):
        make_report(one)
    assert [entry.name for entry in tmp_path.rglob("*") if entry.is_file() and entry.parent != one.target.parent] == []


def test_a_report_that_fails_otherwise_is_named_too(tmp_path):
    """Whatever a template does to the renderer, it is that report's failure."""
    one = executed_without_front(tmp_path)
    write_text(one.target, '{"cells": 1}')
    write_text(one.target.parent / "front.yml", "{}")
    seal(one.target.parent, "1")
    done = make_report(one)
    assert done.outcome is Outcome.FAILED
    assert done.message.startswith("AttributeError: ")


def test_package_version_follows_the_code(tmp_path):
    """The version changes with the content of a source file, not with its time."""
    (tmp_path / "a.py").write_text("x = 1")
    first = package_version(tmp_path, "0.1.0")
    (tmp_path / "a.py").touch()
    assert package_version(tmp_path, "0.1.0") == first
    (tmp_path / "a.py").write_text("x = 2")
    assert package_version(tmp_path, "0.1.0") != first
    assert first.startswith("0.1.0+")


def test_fingerprint_is_of_content():
    """The order of parts means nothing, a changed part changes the fingerprint."""
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})

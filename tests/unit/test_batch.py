"""The batch: exact parameters, whole notebooks or none, Markdown only, and one failure that stops nobody else."""

import json
from pathlib import Path

import pytest
from skq.batch.fingerprint import fingerprint, is_current
from skq.batch.notebook import run_notebook
from skq.batch.parameters import check_parameters, declared_parameters
from skq.batch.run import Outcome, ReportTask, run_reports
from skq.errors import NotebookError, ParameterError

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
    path = template(tmp_path, "int(code)", "None")
    path.write_text(path.read_text().replace("int(code)", "int(code); None"))
    done = run_reports([task(path, tmp_path, "12"), task(path, tmp_path, "x")], jobs=2)
    assert [item.outcome for item in done] == [Outcome.BUILT, Outcome.FAILED]
    assert str(done[1]).startswith("School x (x), quality-report: template.ipynb, cell 2: ValueError: invalid literal")
    assert not (tmp_path / "x").exists()


def test_current_reports_are_reused(tmp_path):
    """A report with the same fingerprint is not executed again, one with another is."""
    path = template(tmp_path, "None")
    tasks = [task(path, tmp_path, "1")]
    outcomes = [run_reports(tasks, jobs=1)[0].outcome for _ in range(2)]
    outcomes.append(run_reports([task(path, tmp_path, "1", made_of="2")], jobs=1)[0].outcome)
    assert outcomes == [Outcome.BUILT, Outcome.REUSED, Outcome.BUILT]


def test_fingerprint_is_of_content():
    """The order of parts means nothing, a changed part changes the fingerprint."""
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})

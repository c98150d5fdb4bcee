"""The lab: the seminar's notebook gets the protected tables of the last build, and keeps the group's answers."""

import json
import os
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from skq.batch.lab import SEMINAR, SEMINARS, TABLES, lab_command, lab_environment, prepare_lab, told_for
from skq.errors import SkqError

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture
def slices(tmp_path):
    """A folder with what stands for the slice of all schools."""
    folder = tmp_path / "protected" / "annual"
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"municipality_code": "9999", "school_year": "2024/25"}))
    return folder.parent


def test_notebook_is_filled_in(slices, tmp_path):
    """The notebook's parameters name municipality, school year and the tables beside it."""
    notebook = prepare_lab(slices, NOTEBOOKS, tmp_path / "lab")
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    source = "".join(next(cell for cell in cells if "parameters" in cell["metadata"].get("tags", []))["source"])
    assert "municipality_code: str = '9999'" in source
    assert f"protected_folder: str = '{TABLES}'" in source
    assert (notebook.parent / TABLES / "meta.json").is_file()


def test_notebook_says_for_whom(slices, tmp_path):
    """The first cell names the audience of the tables in words; of tables that do not tell, nothing is said."""
    (slices / "annual" / "meta.json").write_text(
        json.dumps({"municipality_code": "9999", "school_year": "2024/25", "audience": "internal"})
    )
    first = json.loads(prepare_lab(slices, NOTEBOOKS, tmp_path / "lab").read_text(encoding="utf-8"))["cells"][0]
    assert "".join(first["source"]).endswith("**Tabellerna är gjorda för huvudmannen (internt).**")
    untold = '{"cells": [{"source": ["# A"]}]}'
    assert told_for(untold, "") == untold


def test_every_seminar_is_there(slices, tmp_path):
    """Both notebooks lie beside the tables, filled in alike; the first is the one that is opened."""
    notebook = prepare_lab(slices, NOTEBOOKS, tmp_path / "lab")
    assert notebook.name == SEMINAR.name
    assert {path.name for path in notebook.parent.glob("*.ipynb")} == {seminar.name for seminar in SEMINARS}
    assert all("'9999'" in path.read_text(encoding="utf-8") for path in notebook.parent.glob("*.ipynb"))


def test_answers_are_kept(slices, tmp_path):
    """A notebook that the group has written in is not replaced, the tables are made anew."""
    notebook = prepare_lab(slices, NOTEBOOKS, tmp_path / "lab")
    notebook.write_text("answers")
    (slices / "annual" / "meta.json").write_text('{"municipality_code": "9999", "school_year": "2025/26"}')
    prepare_lab(slices, NOTEBOOKS, tmp_path / "lab")
    assert notebook.read_text() == "answers"
    assert "2025/26" in (notebook.parent / TABLES / "meta.json").read_text()


def test_nothing_built_yet(tmp_path):
    """Without a build the error says what to do first."""
    with pytest.raises(SkqError, match="skq build"):
        prepare_lab(tmp_path, NOTEBOOKS, tmp_path / "lab")


def test_command_opens_the_notebook(tmp_path):
    """JupyterLab is started by this Python, on the notebook and in its folder."""
    command = lab_command(tmp_path / SEMINAR.name)
    assert command[1:] == ["-m", "jupyterlab", "--notebook-dir", str(tmp_path), str(tmp_path / SEMINAR.name)]


def test_kernels_of_the_lab_are_warm(slices, tmp_path, monkeypatch):
    """In JupyterLab as `skq lab` starts it the notebooks' own kernel is a warm one."""
    notebook = prepare_lab(slices, NOTEBOOKS, tmp_path / "lab")
    name = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]["kernelspec"]["name"]
    found = lab_environment(notebook, {"JUPYTER_PATH": "/elsewhere", "HOME": "/h"})
    assert (found["HOME"], found["JUPYTER_PATH"].endswith(f"{os.pathsep}/elsewhere")) == ("/h", True)
    monkeypatch.setenv("JUPYTER_PATH", lab_environment(notebook, {})["JUPYTER_PATH"])
    spec = KernelSpecManager().get_kernel_spec(name)
    assert spec.metadata["kernel_provisioner"]["provisioner_name"] == "skq-warm"

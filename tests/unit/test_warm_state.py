"""Fresh state: what a notebook finds in a warm kernel is the same before every notebook, whatever one before it did."""

import asyncio
import json
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from skq.batch import kernels
from skq.batch.kernels import kernel_options
from skq.batch.warm.provisioner import NAME

if sys.platform in ("win32", "darwin"):
    pytest.skip("warm kernels need a fork that libraries bear", allow_module_level=True)

CELLS = Path(__file__).parent / "warm_cells"
STATE = (CELLS / "state.py").read_text(encoding="utf-8")
CHANGES_ALL = (CELLS / "change_all.py").read_text(encoding="utf-8")
LIBRARIES = "import matplotlib.pyplot, numpy, pandas, seaborn, skq.report.figures, statsmodels.api"
BEYOND_A_CELL = {"inherited", "session"}
MAY_DIFFER = {"random", "modules", "globals", "threads", "inherited", "logging", "garbage"}
"""Where a warm kernel may differ from an ordinary one: more is loaded, chance is seeded, it holds its lifeline, and
looks for garbage less often."""


async def executed(cells: list[str], folder: Path) -> list[str]:
    """What each cell prints, executed by nbclient in one kernel."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with kernel_options() as options:
        place = {"metadata": {"path": str(folder)}}
        await NotebookClient(notebook, kernel_name="python3", resources=place, **options).async_execute()
    return ["".join(output["text"] for output in cell["outputs"]) for cell in notebook["cells"]]


def printed(cells: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, provisioner: str = NAME) -> list[str]:
    """What each cell prints in a kernel that *provisioner* starts."""
    monkeypatch.setattr(kernels, "PROVISIONER", provisioner)
    return asyncio.run(executed(cells, folder))


def test_state_is_the_same_before_every_notebook(tmp_path, monkeypatch):
    """A notebook that changes settings, environment, builtins, chance, globals and files leaves nothing to the next."""
    before = json.loads(printed([STATE], tmp_path, monkeypatch)[0])
    changed = json.loads(printed([CHANGES_ALL, STATE], tmp_path, monkeypatch)[1])
    after = json.loads(printed([STATE], tmp_path, monkeypatch)[0])
    assert [part for part in before if before[part] != after[part]] == []
    assert {part for part in before if before[part] == changed[part]} == BEYOND_A_CELL  # all else it would have seen
    assert before["inherited"] == []


def test_state_is_that_of_an_ordinary_kernel(tmp_path, monkeypatch):
    """A warm kernel differs from an ordinary one that has imported the same only in being ready and repeatable."""
    warm, ordinary = (
        json.loads(printed([LIBRARIES, STATE], tmp_path, monkeypatch, provisioner)[1])
        for provisioner in (NAME, "local-provisioner")
    )
    for state in (warm, ordinary):
        state["warnings"].sort()  # the same filters; libraries put them there in the order of import
        state["open files"] = sorted(set(state["open files"]))  # no input: /dev/null once more, or a pipe at its end
    assert [part for part in warm if part not in MAY_DIFFER and warm[part] != ordinary[part]] == []


def test_two_kernels_at_once_find_the_same(tmp_path, monkeypatch):
    """A kernel forked while another runs has none of its files, sockets or threads."""
    alone = json.loads(printed([STATE], tmp_path, monkeypatch)[0])

    async def both() -> list[list[str]]:
        return await asyncio.gather(*(executed([STATE, "import time; time.sleep(1)"], tmp_path) for _ in range(2)))

    together = [json.loads(outputs[0]) for outputs in asyncio.run(both())]
    assert [[part for part in alone if alone[part] != state[part]] for state in together] == [[], []]

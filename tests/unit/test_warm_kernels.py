"""Warm kernels from the outside: they die, are interrupted and replaced like others, and leave nothing behind."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.multikernelmanager import AsyncMultiKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from skq.batch import kernels
from skq.batch.kernels import kernel_options
from skq.batch.local import LocalPool
from skq.batch.notebook import run_notebook
from skq.batch.task import Outcome
from skq.batch.warm import provisioner
from skq.batch.warm.asked import NoWarmKernel
from skq.batch.warm.owner import parents
from skq.batch.warm.provisioner import NAME, registered, split_command, why_not
from skq.batch.warm.spec import kernelspec
from skq.render.unit import make_report

from tests.notebooks import slices
from tests.unit.test_batch import template
from tests.unit.test_warm_sharing import task

ROOT = Path(__file__).parents[2]
needs_fork = pytest.mark.skipif(why_not() != "", reason=f"no warm kernels here: {why_not()}")
IS_WARM = "import sys; print('matplotlib.figure' in sys.modules)"
OF_PARENT = "import os; print(os.getppid())"


@pytest.fixture(autouse=True)
def warm(monkeypatch):
    """Let the batch take warm kernels, of one environment so of one parent, and every test hear reasons anew."""
    monkeypatch.setattr(kernels, "PROVISIONER", NAME)
    monkeypatch.setattr(provisioner, "_told", set())
    monkeypatch.setenv("SKQ_TEST_VARIABLE", "åäö")


def printed(folder: Path, *cells: str) -> list[str]:
    """What each cell prints, executed in one kernel as the batch starts them."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])

    async def execute() -> None:
        with kernel_options() as options:
            place = {"metadata": {"path": str(folder)}}
            await NotebookClient(notebook, kernel_name="python3", resources=place, **options).async_execute()

    asyncio.run(execute())
    return ["".join(output["text"] for output in cell["outputs"]).strip() for cell in notebook["cells"]]


def parent_processes() -> list[psutil.Process]:
    """The parents that this process has."""
    children = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in children if "skq.batch.warm.parent" in child.cmdline()]


@needs_fork
def test_kernel_has_its_own_folder_and_environment(tmp_path):
    """A warm kernel works in the folder and with the variables of its launch, the libraries at hand."""
    found = printed(tmp_path, IS_WARM, "import os; print(os.getcwd(), os.environ['SKQ_TEST_VARIABLE'])")
    assert found == ["True", f"{tmp_path} åäö"]


@needs_fork
def test_dead_kernel_is_an_error_and_the_next_works(tmp_path):
    """A kernel that ends in the middle of a cell is told as dead; the next notebook runs, with the same parent."""
    printed(tmp_path, "print(1)")
    before = parent_processes()
    with pytest.raises(DeadKernelError):
        printed(tmp_path, "import os; os._exit(3)")
    assert printed(tmp_path, IS_WARM) == ["True"]
    assert parent_processes() == before


@needs_fork
def test_dead_parent_is_replaced_and_its_kernels_go_on(tmp_path, light):
    """A notebook goes on when the parent of its kernel is killed, and the next one gets a kernel of a new parent."""
    kills = "import os, signal; old = os.getppid(); os.kill(old, signal.SIGKILL); print(old)"
    old, after = printed(tmp_path, kills, "import time; time.sleep(0.2); print(6 * 7)")
    assert after == "42"
    (new,) = printed(tmp_path, OF_PARENT)
    assert new != old
    assert int(new) in [parent.pid for parent in parent_processes()]
    wait_for(lambda: not any(child.status() == psutil.STATUS_ZOMBIE for child in psutil.Process().children()))


@needs_fork
def test_interrupt_restart_and_shutdown(tmp_path, monkeypatch):
    """Through the kernelspec, as in JupyterLab: private sockets, interrupt, restart, figures shown, a polite end."""
    monkeypatch.delenv("MPLBACKEND", raising=False)
    folder = tmp_path / "kernels" / NAME
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(kernelspec()), encoding="utf-8")
    specs = KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")], ensure_native_kernel=False)

    async def session() -> tuple[int, list[str], str, bool]:
        several = AsyncMultiKernelManager(kernel_spec_manager=specs)
        kernel = several.get_kernel(await several.start_kernel(kernel_name=NAME, cwd=str(tmp_path)))
        sockets = Path(kernel.ip).parent
        mode = sockets.stat().st_mode & 0o777
        client = kernel.client()
        client.start_channels()
        await client.wait_for_ready(60)
        endless = client.execute("while True: pass")
        await asyncio.sleep(0.3)
        await kernel.interrupt_kernel()
        seen = [(await client._async_recv_reply(endless, 60))["content"]["ename"]]
        await kernel.restart_kernel()
        await client.wait_for_ready(60)
        draw = client.execute("import matplotlib.pyplot as plt; plt.plot([1, 2])")
        while (told := await client.get_iopub_msg(timeout=60))["msg_type"] != "display_data":
            continue
        seen += [(await client._async_recv_reply(draw, 60))["content"]["status"], *sorted(told["content"]["data"])]
        client.stop_channels()
        await several.shutdown_all()
        return mode, seen, kernel.transport, sockets.exists()

    assert asyncio.run(session()) == (0o700, ["KeyboardInterrupt", "ok", "image/png", "text/plain"], "ipc", False)


@needs_fork
def test_report_is_the_same_with_either_kernel(tmp_path, monkeypatch):
    """The quality report of one school is byte for byte the same from a warm and from an ordinary kernel."""
    slice_folder = slices.write("normal", tmp_path / "slice")
    values = {
        "school_unit_code": slices.SCHOOL,
        "school_year": slices.YEARS[-1],
        "protected_folder": str(slice_folder),
    }
    for name in (NAME, "local-provisioner"):
        monkeypatch.setattr(kernels, "PROVISIONER", name)
        run_notebook(ROOT / "notebooks" / "quality_report.ipynb", tmp_path / name / "report.ipynb", values)
    warm, ordinary = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in (NAME, "local-provisioner")
    )
    assert len(warm) > 10
    assert warm == ordinary


def test_without_fork_kernels_are_ordinary(tmp_path, monkeypatch, caplog):
    """Where there is no fork the notebook runs in an ordinary kernel, and the log says why, once."""
    monkeypatch.delattr(os, "fork")
    with caplog.at_level(logging.WARNING):
        found = [printed(tmp_path, IS_WARM) for _ in range(2)]
    assert found == [["False"], ["False"]]
    told = [record.getMessage() for record in caplog.records if record.name == provisioner.__name__]
    assert told == [f"ordinary kernels instead of warm ones: {sys.platform} has no fork"]


def test_missing_provisioner_is_told(caplog):
    """Where Jupyter does not know the provisioner the ordinary one is named, and the log says what to do."""
    assert registered("skq-warm-of-another-version") == "local-provisioner"
    assert "no provisioner skq-warm-of-another-version is installed; install skq again" in caplog.text


@needs_fork
def test_library_that_cannot_be_imported_is_told(tmp_path, monkeypatch, caplog):
    """A parent that cannot import a library says which, and the notebook runs in an ordinary kernel."""
    (tmp_path / "pyarrow.py").write_text("raise ImportError('pyarrow is broken')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert printed(tmp_path, IS_WARM) == ["False"]
    assert "ordinary kernels instead of warm ones: ImportError: pyarrow is broken" in caplog.text


@needs_fork
def test_parent_that_dies_at_once_is_given_up(tmp_path, monkeypatch, caplog):
    """A parent that dies while it imports, twice, is told with its status; later notebooks do not try again."""
    (tmp_path / "pyarrow.py").write_text("import os; os._exit(7)", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert [printed(tmp_path, IS_WARM) for _ in range(2)] == [["False"], ["False"]]
    told = [record.getMessage() for record in caplog.records if record.name == provisioner.__name__]
    assert told == ["ordinary kernels instead of warm ones: the parent ended with status 7"]


@needs_fork
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param({"stdout": subprocess.PIPE}, "through a pipe", id="pipe"),
        pytest.param({"independent": True}, "outlive its owner", id="independent"),
        pytest.param({"umask": 0, "user": "x"}, "started with umask, user", id="of-popen"),
        pytest.param({"env": {"PYTHONPATH": "lib"}}, "PYTHONPATH has folders", id="relative-path"),
    ],
)
def test_unusual_launches_are_ordinary(options, reason):
    """A launch that a fork could not follow to the letter is refused, with the reason."""
    with pytest.raises(NoWarmKernel, match=reason):
        asyncio.run(provisioner._warm_kernel(["py", "-m", "ipykernel_launcher"], options))


@pytest.mark.parametrize(
    ("platform", "reason"),
    [
        pytest.param("linux", "", id="linux"),
        pytest.param("darwin", "Apple's libraries do not work in a fork of a process that has loaded them", id="macos"),
    ],
)
@needs_fork
def test_why_not(platform, reason):
    """Linux forks; macOS has fork, but its libraries do not bear it."""
    assert why_not(platform) == reason


@pytest.mark.parametrize(
    ("command", "split"),
    [
        pytest.param(["py", "-P", "-m", "ipykernel_launcher", "-f", "c"], (["py", "-P"], ("-f", "c")), id="launcher"),
        pytest.param(["py", "-m", "ipykernel", "-f", "c"], (["py"], ("-f", "c")), id="module"),
    ],
)
def test_split_command(command, split):
    """Python's own options stand before -m, ipykernel's after the module."""
    assert split_command(command) == split


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["R", "--slave", "-e", "IRkernel::main()"], id="other-language"),
        pytest.param(["py", "-m"], id="no-module"),
        pytest.param(["py", "-m", "bash_kernel", "-f", "c"], id="other-kernel"),
        pytest.param(["-m", "ipykernel"], id="no-python"),
    ],
)
def test_other_kernels_are_left_alone(command):
    """What is not an ipykernel is not forked, and the reason names it."""
    with pytest.raises(NoWarmKernel, match="not an ipykernel"):
        split_command(command)


OWNER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tests.unit.test_warm_kernels import kernels, printed, NAME, parent_processes
kernels.PROVISIONER = NAME
cell = "import os, subprocess; subprocess.Popen(['sleep', '300']); print(os.getpid())"
print("pids", printed(Path.cwd(), cell)[0], parent_processes()[0].pid, flush=True)
if sys.argv[2] == "killed":
    print("busy", flush=True)
    printed(Path.cwd(), "open('running', 'w').close()\\nwhile True: pass")
"""


def is_tracker(process: psutil.Process) -> bool:
    """Whether *process* is multiprocessing's own, which stays with the process that ever had a pool."""
    return "multiprocessing.resource_tracker" in " ".join(process.cmdline())


def of_session(mark: str) -> list[psutil.Process]:
    """Every process that was started, at whatever remove, with *mark* in its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            marked = process.environ().get("SKQ_TEST_MARK") == mark and process.status() != psutil.STATUS_ZOMBIE
            if marked and not is_tracker(process):
                found.append(process)
        except psutil.Error:
            continue
    return found


@needs_fork
@pytest.mark.parametrize("end", ["done", "killed"])
def test_nothing_is_left(tmp_path, light, end):
    """When the owner is done, or is killed while a cell runs, parent, kernels and what they started are gone."""
    mark = f"{tmp_path}-{end}"
    (tmp_path / "t").mkdir()
    environment = {**os.environ, "SKQ_TEST_MARK": mark, "TMPDIR": str(tmp_path / "t")}
    command = [sys.executable, "-c", OWNER, str(ROOT), end]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as owner:
        if end == "killed":
            wait_for((tmp_path / "running").exists)
            owner.send_signal(signal.SIGKILL)
        assert owner.wait(120) == (0 if end == "done" else -signal.SIGKILL)
    wait_for(lambda: not of_session(mark))
    if end == "done":
        assert list((tmp_path / "t").iterdir()) == []


@needs_fork
def test_workers_of_a_pool_have_warm_kernels(tmp_path, monkeypatch):
    """A worker that was handed no parent has one of its own, and nothing outlives the pool."""
    monkeypatch.setenv("SKQ_TEST_MARK", str(tmp_path))
    notebook = template(tmp_path, "import sys; assert 'matplotlib.figure' in sys.modules; None")
    with LocalPool(1, make_report) as pool:
        done = pool.submit(task(notebook, tmp_path, "1")).result()
    assert (done.outcome, done.message) == (Outcome.BUILT, "")
    wait_for(lambda: not of_session(str(tmp_path)))


def wait_for(condition) -> None:
    """Wait until *condition* holds; it is an error when it does not within a minute."""
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@needs_fork
def test_parents_of_old_environments_end(light):
    """Of the parents for many environments only the newest two stay."""
    for number in range(3):
        parents().warm_up([sys.executable], {**os.environ, "SKQ_TEST_VARIABLE": str(number)})
    wait_for(lambda: len(parent_processes()) == 2)


@needs_fork
def test_ended_parents_are_buried(tmp_path, light):
    """Ending the parents of a process leaves no process of theirs; a later notebook starts a new one."""
    printed(tmp_path, "print(1)")
    parents().end()
    assert parent_processes() == []
    assert not any(thread.name == "warm-parent" for thread in threading.enumerate())
    (of_parent,) = printed(tmp_path, OF_PARENT)
    assert [int(of_parent)] == [parent.pid for parent in parent_processes()]

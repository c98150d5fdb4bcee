"""One warm parent for all workers of a pool: begun before them, replaced when it dies or has grown."""

import json
import os
import socket
import sys
import threading
from contextlib import contextmanager, suppress

import psutil
import pytest
from skq.batch.local import LocalPool
from skq.batch.task import Limits, Outcome, ReportTask
from skq.batch.warm import parent, sharing
from skq.batch.warm.asked import SharedParent
from skq.batch.warm.owner import parents, why_not
from skq.batch.warm.preload import refuse_unsafe
from skq.batch.warm.wire import NEW_KERNEL, Launch, Lines, packed
from skq.render.unit import make_report

from tests.unit.test_batch import template

pytestmark = pytest.mark.skipif(why_not() != "", reason=f"no warm kernels here: {why_not()}")

TELLS = """import json, os, sys
with open("told.json", "w") as file:
    loaded = [name for name in ("matplotlib", "seaborn", "statsmodels") if name in sys.modules]
    told = {"parent": os.getppid(), "loaded": loaded, "sees": os.getenv("SKQ_WARM_PARENT")}
    json.dump(told, file)
None"""
TELLS_OF_PARENT = """import json, os, psutil
with open("told.json", "w") as file:
    json.dump({"parent": os.getppid(), "is": psutil.Process(os.getppid()).cmdline()}, file)
None"""


def task(notebook, folder, key, **limits) -> ReportTask:
    """A task without a page, whose notebook is handed its key."""
    target = folder / key / "report.ipynb"
    return ReportTask("quality-report", key, f"School {key}", notebook, target, {"code": key}, {"key": key}, None,
                      Limits(**limits))  # fmt: skip


def told(folder, key):
    """What the notebook of *key* said of its kernel."""
    return json.loads((folder / key / "told.json").read_text(encoding="utf-8"))


@contextmanager
def two_workers():
    """A pool of two processes; at its end none of them is left."""
    with LocalPool(2, make_report) as pool:
        yield pool
    assert not [child for child in psutil.Process().children() if "skq.batch.worker" in child.cmdline()]


def test_workers_share_the_parent_that_was_begun(tmp_path):
    """Both workers get kernels of the one parent that this process began, and with what reports need loaded."""
    sharing.begin()
    begun = parents().begun(sharing.PYTHON, sharing.kernel_environment())
    notebook = template(tmp_path, TELLS)
    with two_workers() as pool:
        futures = [pool.submit(task(notebook, tmp_path, key)) for key in ("1", "2", "3")]
        assert [future.result().message for future in futures] == [""] * 3
    assert [told(tmp_path, key) for key in ("1", "2", "3")] == [
        {"parent": begun.process.pid, "loaded": ["matplotlib"], "sees": None}
    ] * 3
    assert begun.lives()  # ready for the next build of this process


def test_kernel_of_a_shared_parent_is_held_to_its_memory(tmp_path):
    """A notebook that fills the memory is stopped, though its kernel is no child of the worker."""
    fills = "piled = []\nwhile True: piled.append(bytearray(1 << 20) + b'1')"
    sharing.begin()
    with two_workers() as pool:
        begun = task(template(tmp_path, fills), tmp_path, "1", memory_mb=700)
        done = pool.submit(begun).result()
    assert (done.outcome, "more than 700 MB of memory" in done.message) == (Outcome.FAILED, True)


def test_dead_shared_parent_is_replaced_by_each_worker(tmp_path, light):
    """A report goes on when the shared parent is killed, and the next one has a kernel of a parent of its worker."""
    kills = "import os, signal; os.kill(os.getppid(), signal.SIGKILL); None"
    sharing.begin()
    old = parents().begun(sharing.PYTHON, sharing.kernel_environment()).process.pid
    with two_workers() as pool:
        goes_on = task(template(tmp_path, kills, "open('late.txt', 'w').close()", name="kills.ipynb"), tmp_path, "1")
        assert pool.submit(goes_on).result().message == ""
        assert pool.submit(task(template(tmp_path, TELLS_OF_PARENT), tmp_path, "2")).result().message == ""
    assert (tmp_path / "1" / "late.txt").exists()
    assert "skq.batch.warm.parent" in told(tmp_path, "2")["is"]
    assert told(tmp_path, "2")["parent"] != old


def test_parent_that_has_grown_gives_way(monkeypatch):
    """A parent answers until it holds over twice what it held, then hears no more: its owner starts another."""
    sizes = iter([100, 200, 201])
    monkeypatch.setattr(parent, "held", lambda: next(sizes))
    ours, theirs = socket.socketpair()
    shared, served = SharedParent(ours), parent.Parent(theirs, trouble="no fork in this test", imported={})
    assert (ask(ours, served), shared.lives()) == ("no fork in this test", True)
    assert (ask(ours, served), shared.lives()) == ("", False)
    shared.end()
    served.close()


def ask(control, served) -> str:
    """Ask the parent *served* over *control* for a kernel; its error, "" where it hangs up."""
    handle, their_handle = socket.socketpair()
    with handle, open(os.devnull, "rb") as nothing:
        with their_handle:
            socket.send_fds(control, [NEW_KERNEL], [their_handle.fileno(), *[nothing.fileno()] * 4])
        handle.sendall(packed(Launch((), "/", {})))
        assert served._asked() is None
        with suppress(ConnectionResetError):
            return "".join(line["error"] for line in Lines(handle).receive())
    return ""


def test_growth_is_what_the_system_tells():
    """What a process holds is told in kilobytes, as by psutil (which reads it a moment later)."""
    assert parent.held() == pytest.approx(psutil.Process().memory_info().rss / 1024, rel=0.05)


def test_parent_that_was_ended_is_begun_again():
    """What was begun and ended runs no more; the next to begin has another one."""
    sharing.begin()
    first = parents().begun(sharing.PYTHON, sharing.kernel_environment())
    sharing.end()
    assert first.process.poll() is not None
    assert sharing.handed_on() == (dict(os.environ), ())
    sharing.begin()
    assert parents().begun(sharing.PYTHON, sharing.kernel_environment()).process.pid != first.process.pid


def test_nothing_is_shared_without_fork(monkeypatch):
    """Where there is no fork a worker is started with an ordinary environment and inherits nothing."""
    monkeypatch.setenv("SKQ_TEST_VARIABLE", "no fork")  # an environment for which no test before has begun a parent
    monkeypatch.delattr(os, "fork")
    sharing.begin()
    assert sharing.handed_on() == (dict(os.environ), ())


def test_parent_that_does_not_start_is_no_error(monkeypatch):
    """A parent whose Python is not there is nobody's error while workers are started."""
    monkeypatch.setattr(sharing, "PYTHON", (str(sys.executable) + "-not-there", "-P"))
    sharing.begin()
    assert sharing.handed_on()[1] == ()


def test_closed_parent_does_not_live():
    """A shared parent lives as long as somebody holds the other end; asking blocks nobody else."""
    ours, theirs = socket.socketpair()
    shared = SharedParent(ours)
    assert shared.lives()
    theirs.close()
    assert not shared.lives()
    shared.end()
    assert not shared.lives()


def test_threads_make_a_fork_unsafe(monkeypatch):
    """A process in which an import has started a thread forks no kernels, and says which thread."""
    over = threading.Event()
    monkeypatch.delitem(sys.modules, "matplotlib_inline.backend_inline", raising=False)
    thread = threading.Thread(target=over.wait, name="of-a-library")
    thread.start()
    try:
        with pytest.raises(RuntimeError, match=r"an import started threads: .*'of-a-library'"):
            refuse_unsafe()
    finally:
        over.set()
        thread.join()

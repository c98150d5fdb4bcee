"""The pool of processes: a report that kills its process, or takes too much, fails alone; a stop leaves nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import CancelledError
from pathlib import Path

import psutil
import pytest
from skq.batch.local import LocalPool
from skq.batch.run import Limits, Outcome, Station, run_reports
from skq.batch.worker import GIVES_BACK_EVERY
from skq.errors import BuildError, SkqError, StorageError

from tests.unit.pool_work import task, work

ROOT = Path(__file__).parents[2]
SOON = 20.0
"""Seconds that a machine with other work may take for what takes a tenth of one."""


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """The folder in which temporary folders are made; processes of the test are known by it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("SKQ_TEST_MARK", str(folder))
    return folder


def of_session(mark: Path) -> list[int]:
    """Return the processes that were started with *mark* in their environment, and run."""
    found = []
    for process in psutil.process_iter():
        try:
            marked = process.environ().get("SKQ_TEST_MARK") == str(mark) and process.pid != os.getpid()
            found += [process.pid] if marked and process.status() != psutil.STATUS_ZOMBIE else []
        except psutil.Error:
            continue
    return found


def until(condition) -> None:
    """Wait until *condition* holds."""
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def outcomes(done):
    """Return the outcome of each."""
    return [item.outcome for item in done]


def test_a_process_loads_what_executes_notebooks_and_no_tables(tmp_path, scratch):
    """Papermill would load Arrow, half of all that a process then holds; it opens no table, a kernel does."""
    with LocalPool(1, work) as pool:
        done = run_reports([task(tmp_path, "1", "tell what is loaded")], pool=pool)
    assert done[0].message == "papermill"


def test_a_process_that_dies_fails_its_report_alone(tmp_path, scratch):
    """A killed process is replaced: the next report is built, and the failed one names its cell and the signal."""
    with LocalPool(1, work) as pool:
        done = run_reports([task(tmp_path, "1", "die"), task(tmp_path, "2")], pool=pool)
    assert outcomes(done) == [Outcome.FAILED, Outcome.BUILT]
    assert done[0].message == "template.ipynb, cell 4: its process ended early (killed by signal 9)"
    assert done[0].cell == 4
    assert list(scratch.iterdir()) == []


def test_processes_begun_early_do_the_tasks_and_are_replaced_when_they_died(tmp_path, scratch):
    """They are there before the first task; one that was ended from outside before it had any fails no report."""
    with LocalPool(2, work) as pool:
        pool.begin()
        until(lambda: len(of_session(scratch)) == 2)
        first, second = of_session(scratch)
        os.kill(first, signal.SIGKILL)
        until(lambda: of_session(scratch) == [second])
        done = run_reports([task(tmp_path, str(number)) for number in range(4)], pool=pool)
        assert second in of_session(scratch)
    assert outcomes(done) == [Outcome.BUILT] * 4
    assert of_session(scratch) == []


def test_processes_that_rest_are_gone_until_there_is_a_task(tmp_path, scratch):
    """A pool that was told to rest holds no process; its next tasks are done all the same."""
    with LocalPool(2, work) as pool:
        pool.begin()
        until(lambda: len(of_session(scratch)) == 2)
        pool.rest()
        assert of_session(scratch) == []
        assert list(scratch.iterdir()) == []
        assert outcomes(run_reports([task(tmp_path, "1"), task(tmp_path, "2")], pool=pool)) == [Outcome.BUILT] * 2


def test_a_page_that_kills_its_process_is_no_cells_fault(tmp_path, scratch):
    """A renderer that takes its process down is told as the page's failure."""
    with LocalPool(1, work) as pool:
        (done,) = run_reports([task(tmp_path, "1", "page")], pool=pool)
    assert (done.station, done.cell) == (Station.PAGE, None)
    assert str(done) == "School 1 (1), quality-report, page: its process ended early (status 7)"


@pytest.mark.parametrize(
    ("do", "limits", "message"),
    [
        pytest.param("hang", Limits(report_seconds=1), "cell 4: the report took longer than 1 s", id="time"),
        pytest.param("take much", Limits(memory_mb=250), "cell 4: the report took more than 250 MB", id="memory"),
        pytest.param("child takes much", Limits(memory_mb=250, report_seconds=60), "more than 250 MB", id="of a child"),
    ],
)
def test_a_report_over_its_limits_is_given_up(tmp_path, scratch, do, limits, message):
    """A report that takes more than its limit is killed and says which limit; the one beside it is built."""
    with LocalPool(2, work) as pool:
        done = run_reports([task(tmp_path, "1", do, limits=limits), task(tmp_path, "2")], pool=pool)
    assert outcomes(done) == [Outcome.FAILED, Outcome.BUILT]
    assert message in done[0].message


def test_no_limit(tmp_path, scratch):
    """A limit of 0 is none: a report that holds more than nothing for longer than nothing is built."""
    with LocalPool(1, work) as pool:
        (done,) = run_reports([task(tmp_path, "1", limits=Limits(0, 0, 0))], pool=pool)
    assert done.outcome is Outcome.BUILT


@pytest.mark.parametrize("large", [0, 1], ids=["at first", "later"])
def test_a_process_that_keeps_much_gives_way(tmp_path, scratch, large):
    """After a report that leaves much behind, also if it is the first, another process goes on."""
    with LocalPool(1, work) as pool:
        done = run_reports([task(tmp_path, str(at), "keep much" if at == large else "") for at in range(3)], pool=pool)
    processes = [item.message for item in done]
    assert [processes[at] == processes[at + 1] for at in range(2)] == [at != large for at in range(2)]


@pytest.mark.skipif(sys.platform != "linux", reason="only there does the C library give memory back on request")
def test_a_process_gives_back_what_a_report_leaves_between_what_it_keeps(tmp_path, scratch):
    """Of 150 MB in small pieces, of which every fiftieth stays, the same process keeps little a few reports later."""
    with LocalPool(1, work) as pool:
        does = ("tell what is held", "leave gaps", *[""] * GIVES_BACK_EVERY, "tell what is held")
        before, made, *_, after = (one.message for one in run_reports(
            [task(tmp_path, str(at), do) for at, do in enumerate(does)], pool=pool))  # fmt: skip
    (first, held), (last, more) = before.split(), after.split()
    assert first == made == last
    assert int(more) - int(held) < 50


def test_a_process_that_has_made_many_reports_gives_way(tmp_path, scratch, monkeypatch):
    """Whatever has piled up is gone after so many."""
    monkeypatch.setattr("skq.batch.process.RENEWED_AFTER", 1)
    with LocalPool(1, work) as pool:
        done = run_reports([task(tmp_path, key) for key in "123"], pool=pool)
    assert len({item.message for item in done}) == 3


def test_libraries_that_take_much_by_themselves_renew_no_process(tmp_path, scratch, monkeypatch):
    """Where a process that is only ready holds more than others may, it goes on; else each would make one report."""
    monkeypatch.setattr("skq.batch.process.ROOM", 1.0)
    with LocalPool(1, work) as pool:
        done = run_reports([task(tmp_path, key) for key in "123"], pool=pool)
    assert len({item.message for item in done}) == 1


def test_a_process_makes_several_reports(tmp_path, scratch):
    """What neither dies nor grows goes on."""
    with LocalPool(1, work) as pool:
        done = run_reports([task(tmp_path, key) for key in "123"], pool=pool)
    assert len({item.message for item in done}) == 1


def test_stop_leaves_nobody(tmp_path, scratch):
    """A stop ends running reports with all that they have started, and those that wait, and takes every folder away."""
    pool = LocalPool(2, work)
    futures = [pool.submit(task(tmp_path, key, "hang with children")) for key in "123"]
    until(lambda: all((tmp_path / f"{key} runs").exists() for key in "12"))
    before = time.monotonic()
    pool.stop()
    took = time.monotonic() - before
    assert of_session(scratch) == []
    assert list(scratch.iterdir()) == []
    assert took < SOON / 4
    assert futures[2].cancelled()
    assert [type(future.exception()) for future in futures[:2]] == [CancelledError, CancelledError]


def test_full_disk_ends_everything(tmp_path, scratch):
    """What makes every report impossible is raised, and nothing runs on."""
    tasks = [task(tmp_path, "1", "full disk"), task(tmp_path, "2", "hang"), task(tmp_path, "3", "hang")]
    pool = LocalPool(2, work)  # whose owner has not come to its end yet
    with pytest.raises(StorageError, match="the disk is full"):
        run_reports(tasks, pool=pool)
    left = of_session(scratch)
    pool.stop()
    assert left == []


def test_fail_fast(tmp_path, scratch):
    """Without keep_going the first failure ends the build with its name; with it, all others are made."""
    tasks = [task(tmp_path, "1", "fail"), task(tmp_path, "2", "hang")]
    with LocalPool(2, work) as pool, pytest.raises(BuildError, match=r"School 1 \(1\), .*: no luck today") as refused:
        run_reports(tasks, pool=pool, keep_going=False)
    assert refused.value.exit_code == 1
    with LocalPool(1, work) as pool:
        done = run_reports([tasks[0], task(tmp_path, "3")], pool=pool)
    assert outcomes(done) == [Outcome.FAILED, Outcome.BUILT]


def test_what_is_ready_needs_no_process(tmp_path, scratch):
    """Reports that are there already are told as reused, in their place, and no process is started."""
    told = []
    with LocalPool(1, work) as pool:
        done = run_reports([task(tmp_path, "1")], pool=pool, is_ready=lambda one: True, on_done=told.append)
        assert of_session(scratch) == []
    assert outcomes(done) == outcomes(told) == [Outcome.REUSED]


def test_stations_and_notes_are_told(tmp_path, scratch):
    """Whoever made the pool hears each station and cell, and what a worker logs."""
    began, notes = [], []
    with LocalPool(1, work, began=lambda *what: began.append(what[1:]), note=notes.append) as pool:
        run_reports([task(tmp_path, "1", "warn")], pool=pool)
    assert began == [(Station.NOTEBOOK, None), (Station.NOTEBOOK, 4)]
    assert notes == ["this worker is slow"]


def test_processes_that_do_not_start(tmp_path, scratch, monkeypatch):
    """Where no worker can run, that is said with the reason, and not for every school."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SkqError, match=r"do not start \(status 1\)"), LocalPool(1, work) as pool:
        run_reports([task(tmp_path, "1")], pool=pool)


OWNER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from skq.batch.local import LocalPool
from tests.unit.pool_work import task, work
pool = LocalPool(2, work)
futures = [pool.submit(task(Path(sys.argv[2]), key, "hang with children")) for key in "12"]
futures[0].result()
"""


def test_whoever_is_killed_takes_all_along(tmp_path, scratch, monkeypatch):
    """When the owner of a pool is killed, workers, what they have started and their folders are gone soon."""
    monkeypatch.setenv("TMPDIR", str(scratch))
    with subprocess.Popen([sys.executable, "-c", OWNER, str(ROOT), str(tmp_path)]) as owner:
        until(lambda: all((tmp_path / f"{key} runs").exists() for key in "12"))
        owner.send_signal(signal.SIGKILL)
    until(lambda: of_session(scratch) == [])
    assert list(scratch.iterdir()) == []

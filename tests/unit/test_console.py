"""What a build says while it runs, and what its log file keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from skq.batch.task import Done, Outcome, ReportTask, Station
from skq.console import KEPT_LOGS, Console, RunLog

TASK = ReportTask("quality-report", "1", "Norra skolan", Path(), Path(), {}, "")
BUILT, FAILED = Done(TASK, Outcome.BUILT), Done(TASK, Outcome.FAILED, "template.ipynb, cell 2: no luck")
WORST = "failed: Norra skolan (1), quality-report: template.ipynb, cell 2: no luck"


class Clock:
    """A clock that goes a second and a half with every look at it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 8, 31, 22, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        self.now += timedelta(seconds=1.5)
        return self.now


def test_quiet_without_a_terminal(capsys):
    """Where nobody looks on, only steps and failures are told: a nation's schools would fill a log with good news."""
    with Console(terminal=False) as console:
        console.say("executing")
        console.advance(0, 2)
        console.advance(1, 2, BUILT)
        console.advance(2, 2, FAILED)
    assert capsys.readouterr().err.splitlines() == ["executing", WORST]


def test_bar_gives_way_to_lines(capsys):
    """In a terminal a step or a failure is a whole line above the bar, which is gone at the end."""
    with Console(terminal=True) as console:
        console.advance(0, 3)
        console.advance(1, 3, BUILT)
        console.advance(2, 3, FAILED)
        console.say("rendering [1]")
    lines = [line.rstrip() for line in capsys.readouterr().err.replace("\r", "\n").splitlines()]
    assert [line for line in lines if line in (WORST, "rendering [1]")] == [WORST, "rendering [1]"]


def logged(folder: Path) -> list[str]:
    """Return the lines of the only log, without their times."""
    (path,) = folder.glob("*.log")
    return [line.split(" s  ", 1)[1] for line in path.read_text(encoding="utf-8").splitlines()]


def test_log_tells_how_long_stations_took(tmp_path):
    """A report's line has the seconds of each station; their sums, and the work in them, are at the end."""
    log = RunLog(tmp_path / "logs", "skq build", now=Clock())
    with Console(terminal=False, log=log) as console:
        console.say("making 2 reports")
        for item in (BUILT, replace(BUILT, seconds={Station.PAGE: 0.8})):
            console.began(TASK, Station.NOTEBOOK, None)
            console.began(TASK, Station.NOTEBOOK, 3)
            console.began(TASK, Station.PAGE, None)
            console.advance(1, 2, item)
    one = "Norra skolan (1), quality-report: built  notebook 1.5 s  page 1.5 s"
    sums = ["notebook 3.0 s", "page 3.0 s, 0.8 s of it inside pandoc and Typst"]
    sums = [f"all reports together: {told}" for told in sums]
    assert logged(tmp_path / "logs") == ["skq build", "making 2 reports", one, one, *sums, "ended"]


def test_log_begins_each_line_with_its_time(tmp_path):
    """A line has the time in UTC and the seconds since the run began."""
    RunLog(tmp_path / "logs", "skq build", now=Clock()).close("ended")
    (path,) = (tmp_path / "logs").iterdir()
    assert path.name == "build-20260831T220001500000.log"
    assert path.read_text(encoding="utf-8").splitlines() == [
        "2026-08-31T22:00:03Z      1.5 s  skq build",
        "2026-08-31T22:00:04Z      3.0 s  ended",
    ]


def test_log_tells_how_a_run_was_ended(tmp_path):
    """What ended the run early is the last line, with its message."""
    log = RunLog(tmp_path / "logs", "skq build", now=Clock())
    with pytest.raises(ValueError, match="the inputs"), Console(terminal=False, log=log):
        raise ValueError("the inputs are wrong")
    assert logged(tmp_path / "logs")[-1] == "ended early, ValueError: the inputs are wrong"


def test_a_refused_run_leaves_nothing_in_a_new_place(tmp_path):
    """Where there is no folder of the build at the end, no log makes one."""
    RunLog(tmp_path / "out" / "logs", "skq build", now=Clock()).close("ended early")
    assert list(tmp_path.iterdir()) == []


def test_a_running_build_can_be_followed(tmp_path):
    """From the first report on, lines are in the file as soon as they are said."""
    log = RunLog(tmp_path / "logs", "skq build", now=Clock())
    log.began(TASK, Station.NOTEBOOK, None)
    log.write("reading")
    assert logged(tmp_path / "logs") == ["skq build", "reading"]
    log.close("ended")


def test_old_logs_go(tmp_path):
    """The newest logs stay, whoever else has files there keeps them."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "my notes.txt").touch()
    for number in range(KEPT_LOGS + 3):
        (folder / f"build-20250101T0000000{number:05}.log").touch()
    RunLog(folder, "skq build", now=Clock()).close("ended")
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == KEPT_LOGS + 1
    assert names[0] == "build-20250101T000000000004.log"
    assert names[-2:] == ["build-20260831T220001500000.log", "my notes.txt"]


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path):
    """A build does not fail for its log."""
    (tmp_path / "logs").write_text("no folder")
    with Console(terminal=False, log=RunLog(tmp_path / "logs", "skq build", now=Clock())) as console:
        console.began(TASK, Station.NOTEBOOK, None)
        console.advance(1, 1, BUILT)
    assert (tmp_path / "logs").read_text() == "no folder"

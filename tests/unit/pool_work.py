"""What workers of the tests' pools do instead of reports; a task's parameter `do` says what befalls it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from skq.batch.ending import memory
from skq.batch.notebook import get_ready
from skq.batch.task import Done, Limits, Outcome, ReportTask, Station
from skq.errors import StorageError

_held: list[bytearray] = []
LONG = 600


def task(folder: Path, key: str, do: str = "", *, limits: Limits = Limits()) -> ReportTask:
    """A task that nothing but `work` understands."""
    return ReportTask("quality-report", key, f"School {key}", folder / "template.ipynb", folder / key / "report.ipynb",
                      {"do": do}, "1", limits=limits)  # fmt: skip


def work(task: ReportTask, began: Callable[[Station, int | None], None]) -> Done:
    """Do what the task says, and tell the number of the process."""
    began(Station.NOTEBOOK, None)
    began(Station.NOTEBOOK, 4)
    match str(task.parameters["do"]):
        case "die":
            os.kill(os.getpid(), 9)
        case "hang":
            time.sleep(LONG)
        case "hang with children":
            command = [sys.executable, "-c", f"import time; time.sleep({LONG})"]
            for own in (False, True):
                subprocess.Popen(command, start_new_session=own)
            (task.target.parent.parent / f"{task.key} runs").touch()
            time.sleep(LONG)
        case "take much":
            bytearray(b"x" * (400 << 20))
            time.sleep(LONG)
        case "child takes much":
            takes = f"import time; held = bytearray(b'x' * (400 << 20)); time.sleep({LONG})"
            subprocess.Popen([sys.executable, "-c", takes])
            time.sleep(LONG)
        case "keep much":
            _held.append(bytearray(b"x" * (300 << 20)))
        case "leave gaps":
            pieces = [bytearray(2_000) for _ in range(75_000)]
            _held.extend(pieces[::50])
        case "tell what is held":
            return Done(task, Outcome.BUILT, f"{os.getpid()} {memory(os.getpid()):.0f}")
        case "full disk":
            raise StorageError("the disk is full")
        case "fail":
            return Done(task, Outcome.FAILED, "no luck today")
        case "tell what is loaded":
            get_ready()
            wanted = ("papermill", "pandas", "pyarrow", "isoduration")
            return Done(task, Outcome.BUILT, " ".join(name for name in wanted if sys.modules.get(name)))
        case "warn":
            logging.getLogger("skq.batch").warning("this worker is slow")
        case "page":
            began(Station.PAGE, None)
            os._exit(7)
    return Done(task, Outcome.BUILT, str(os.getpid()))

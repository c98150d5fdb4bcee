"""One unit of work: execute a report's notebook, then at once make its page and PDF. What a worker of a pool does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from skq.batch.fingerprint import is_current, seal
from skq.batch.notebook import run_notebook
from skq.batch.task import Done, Outcome, PageTask, ReportTask, Station
from skq.errors import NotebookError, SkqError, StorageError, storage_error
from skq.files import new_folder
from skq.render.embedded import render_report
from skq.render.made_of import page_parts
from skq.render.stage import ExecutedReport, stage_report

Began = Callable[[Station, int | None], None]

_DISK_IN_A_CELL = re.compile(r"Error: \[Errno (\d+)\] ([^:\n]+)")
"""How a cell tells that it could not write its figure."""


def make_report(task: ReportTask, began: Began = lambda station, cell: None) -> Done:
    """Make what of *task* is not there yet, and return what became of it; *began* is told each station and cell.

    Whatever a notebook or a page does, it is a failure of this report alone; only a disk that cannot be written is
    raised, as StorageError.
    """
    made: dict[Station, float] = {}
    station = Station.NOTEBOOK
    try:
        if not is_current(task.target.parent, task.made_of):
            made[station] = _execute(task, began)
        if task.page is not None:
            station = Station.PAGE
            if not is_made(task.page, task.target.parent):
                began(station, None)
                made[station] = make_page(task.page, task.target.parent)
    except StorageError:
        raise
    except SkqError as error:
        _raise_for_disk(error, str(task.target.parent))
        cell = error.cell if isinstance(error, NotebookError) else None
        return Done(task, Outcome.FAILED, str(error), station=station, cell=cell, made=tuple(made))
    except Exception as error:  # noqa: BLE001 - a kernel or a renderer may raise anything
        place = task.page.kept if task.page is not None and station is Station.PAGE else task.target.parent
        if isinstance(error, OSError) and (trouble := storage_error(error, str(place))):
            raise trouble from error
        return Done(task, Outcome.FAILED, f"{type(error).__name__}: {error}", station=station, made=tuple(made))
    outcome = Outcome.BUILT if made else Outcome.REUSED
    return Done(task, outcome, station=station, made=tuple(made), seconds=made)


def is_ready(task: ReportTask) -> bool:
    """Whether everything of *task* is there and current."""
    executed = task.target.parent
    return is_current(executed, task.made_of) and (task.page is None or is_made(task.page, executed))


def is_made(page: PageTask, executed: Path) -> bool:
    """Whether the shelf holds the *page* of the report in the folder *executed*."""
    return is_current(page.kept, page_parts(page.common, page.address, executed))


def make_page(page: PageTask, executed: Path) -> float:
    """Make *page* and PDF of the report in the folder *executed*, with its figures and tables, on their shelf.

    They appear there whole or not at all. Returns the seconds inside pandoc and Typst. RenderError when they cannot be
    made.
    """
    stage_report(ExecutedReport(page.address, executed), page.project)
    with new_folder(page.kept) as fresh:
        rendered = render_report((page.project / page.address).parent, fresh)
        seal(fresh, page_parts(page.common, page.address, executed))
    return rendered.seconds


def _execute(task: ReportTask, began: Began) -> float:
    began(Station.NOTEBOOK, None)
    return run_notebook(
        task.template, task.target, task.parameters, made_of=task.made_of, cell_seconds=task.limits.cell_seconds,
        on_cell=lambda number: began(Station.NOTEBOOK, number),
    )  # fmt: skip


def _raise_for_disk(error: SkqError, place: str) -> None:
    """Raise StorageError when a cell failed because its disk is full: that is no fault of its report."""
    told = _DISK_IN_A_CELL.search(str(error))
    if told and (trouble := storage_error(OSError(int(told[1]), told[2]), place)):
        raise trouble from error

"""Work done in a second process: the same answers and the same errors as in turn, and none of it outlives the block."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time

import numpy as np
import pandas as pd
import psutil
import pytest
from skq.aside import Aside, aside, received, send
from skq.errors import SkqError
from skq.forking import has_fork

needs_fork = pytest.mark.skipif(not has_fork(), reason="no second process is forked on this system")


def wrong() -> int:
    raise SkqError("two totals differ")


@pytest.mark.parametrize("at_once", [True, False])
def test_what_the_work_returns_is_given_and_what_it_raises_is_raised(at_once):
    """Whoever asks cannot tell where the work was done."""
    handed = {"grade": list(range(100_000))}
    with aside(lambda: sum(handed["grade"]), at_once=at_once) as work:
        assert work.result() == 100_000 * 99_999 // 2
    with aside(wrong, at_once=at_once) as work, pytest.raises(SkqError, match="two totals differ"):
        work.result()


@needs_fork
def test_the_work_is_done_in_another_process_meanwhile():
    """It has been done in a process that is not this one; in turn, it is this one."""
    with aside(os.getpid, at_once=True) as work:
        assert work.result() != os.getpid()
    with aside(os.getpid, at_once=False) as work:
        assert work.result() == os.getpid()


@needs_fork
def test_without_fork_the_work_is_done_in_turn(monkeypatch):
    """Where a process cannot be forked the same comes out, later."""
    monkeypatch.setattr("skq.forking.has_fork", lambda: False)
    with aside(os.getpid, at_once=True) as work:
        assert work.result() == os.getpid()


@needs_fork
def test_a_process_that_is_killed_is_told_of_and_not_waited_for_in_vain():
    """Out of memory in the second process is an error with a way on, not a build that hangs."""
    ended = pytest.raises(SkqError, match=r"ended from outside \(exit code -9\)")
    with aside(lambda: os.kill(os.getpid(), signal.SIGKILL), at_once=True) as work, ended:
        work.result()


@needs_fork
def test_a_build_that_ends_early_leaves_no_process_behind():
    """An error in the first process ends the second, which nobody asks any more."""
    ours: list[Aside[None]] = []
    before = {child.pid for child in psutil.Process().children()}

    def build() -> None:
        with aside(lambda: time.sleep(60), at_once=True) as work:
            ours.append(work)
            raise SkqError("a file is wrong")

    with pytest.raises(SkqError, match="a file is wrong"):
        build()
    assert len(ours) == 1
    assert {child.pid for child in psutil.Process().children()} <= before


@pytest.mark.parametrize("at_once", [True, False])
def test_what_comes_first_is_known_when_the_block_begins(at_once, tmp_path):
    """Asked to be first, the work is done before the block and told in it; it also raises before the block."""
    began = tmp_path / "began"

    def work() -> str:
        began.touch()
        return "told"

    with aside(work, at_once=at_once, first=True) as known:
        assert began.exists()
        assert known.result() == "told"
    with pytest.raises(SkqError, match="two totals differ"), aside(wrong, at_once=at_once, first=True):
        began.unlink()
    assert began.exists()


@needs_fork
@pytest.mark.parametrize("at_once", [True, False])
def test_a_table_comes_as_it_was_made_and_can_be_changed(at_once):
    """Texts, categories, missing numbers and an empty table arrive as they left; nothing of them is read-only."""
    made = pd.DataFrame(
        {
            "unit": pd.Categorical(["b", "a", None], categories=["a", "b"]),
            "name": pd.Series(["Ängen", None, ""], dtype="str"),
            "n": pd.array([1, None, 3], dtype="Int64"),
            "value": [0.5, np.nan, -1.0],
        }
    )
    with aside(lambda: (made, made.head(0), [made]), at_once=at_once) as work:
        whole, empty, (listed,) = work.result()
    pd.testing.assert_frame_equal(whole, made)
    pd.testing.assert_frame_equal(empty, made.head(0))
    pd.testing.assert_frame_equal(listed, made)
    whole.loc[0, "value"] = 2.0
    assert whole["value"].iloc[0] == 2.0


class Written:
    """A connection that remembers what is written to it."""

    def __init__(self) -> None:
        self.said: list[object] = []
        self.contents: list[int] = []

    def send(self, said: object) -> None:
        self.said.append(said)

    def send_bytes(self, content: memoryview) -> None:
        self.contents.append(content.nbytes)


def test_columns_travel_from_where_they_lie():
    """What is put together before it is sent holds no column: of eight megabytes some hundred bytes."""
    written = Written()
    answer = [pd.DataFrame({"value": np.arange(1_000_000, dtype="float64")})]
    send(answer, written)
    ((told, sizes),) = written.said
    assert answer == []
    assert len(told) < 5_000
    assert written.contents == sizes
    assert 8_000_000 in sizes


def test_an_answer_that_is_cut_off_is_no_answer():
    """A process that dies while it sends its table is told of, as one that dies before."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    whole = np.zeros(1_000_000)

    def half() -> None:
        theirs.send((b"", [whole.nbytes]))
        os.write(theirs.fileno(), (whole.nbytes).to_bytes(4, "big") + b"0" * 1000)
        theirs.close()

    sending = threading.Thread(target=half)
    sending.start()
    with pytest.raises((EOFError, OSError)):
        received(ours)
    sending.join()

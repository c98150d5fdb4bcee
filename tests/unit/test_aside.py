"""Work done in a second process: the same answers and the same errors as in turn, and none of it outlives the block."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest
from skq.aside import Aside, aside
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

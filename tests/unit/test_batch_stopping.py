"""Ctrl-C and SIGTERM end a run soon, whatever it computes, and all that it has started."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import psutil
import pytest

BUSY = """
import hashlib, subprocess, sys
from skq.batch.stopping import Terminated, stoppable
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print(child.pid, flush=True)
try:
    with stoppable():
        if sys.argv[1] == "waiting":
            child.wait()
        else:  # hears of no signal meanwhile
            hashlib.pbkdf2_hmac("sha256", b"a", b"b", 10**9)
except KeyboardInterrupt as error:
    sys.exit(21 if isinstance(error, Terminated) else 20)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize(
    ("number", "doing", "code"),
    [
        pytest.param(signal.SIGINT, "waiting", 20, id="ctrl-c"),
        pytest.param(signal.SIGTERM, "waiting", 21, id="sigterm"),
        pytest.param(signal.SIGTERM, "computing", 143, id="deaf"),
    ],
)
def test_a_signal_ends_the_run_and_its_children(number, doing, code):
    """The run ends by itself, or is ended where it hears of nothing; what it started in other sessions is gone too."""
    with subprocess.Popen([sys.executable, "-c", BUSY, doing], stdout=subprocess.PIPE, text=True) as run:
        child = psutil.Process(int(run.stdout.readline()))
        time.sleep(0.2)  # into the block
        run.send_signal(number)
        assert run.wait(10) == code
    until = time.monotonic() + 10
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_handlers_are_as_before():
    """After the block signals do what they did."""
    from skq.batch.stopping import stoppable

    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with stoppable():
        assert signal.getsignal(signal.SIGTERM) is not before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_other_threads_have_no_signals():
    """In another thread than the main one the block changes nothing."""
    import threading

    from skq.batch.stopping import stoppable

    seen = []

    def run() -> None:
        with stoppable():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]

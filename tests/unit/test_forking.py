"""Processes that are forked to work beside a build end with it, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from skq.forking import has_fork

pytestmark = pytest.mark.skipif(not has_fork(), reason="no process is forked on this system")

PATIENCE = 20.0

CREW = """
import time
from skq.suppression.crew import Crew
print("begun", flush=True)
with Crew(2) as crew:
    crew.answers(time.sleep, [60, 60, 60])
"""

ASIDE = """
import time
from skq.aside import aside
print("begun", flush=True)
with aside(lambda: time.sleep(60), at_once=True) as one, aside(lambda: time.sleep(60), at_once=True) as other:
    time.sleep(60)
"""


@pytest.mark.parametrize("program", [CREW, ASIDE], ids=["crew", "aside"])
def test_killed_build_leaves_none_of_them(program):
    """They hold each other's pipes, so that the end of the first process has to be told in another way."""
    first = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "begun\n"
    begun = time.monotonic()
    while len(children := psutil.Process(first.pid).children()) < 2 and time.monotonic() - begun < PATIENCE:
        time.sleep(0.02)
    assert len(children) >= 2
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    first.stdout.close()
    _, left = psutil.wait_procs(children, timeout=PATIENCE)
    for one in left:
        one.kill()
    assert left == []


def test_ctrl_c_ends_them_without_a_word():
    """The first process hears of it too and answers; nobody wants two answers."""
    program = "from skq import forking; import os, signal; forking.begin(); os.kill(os.getpid(), signal.SIGINT)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")

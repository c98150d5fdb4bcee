"""A process that makes reports, one after the other: what `skq.batch.local` starts and talks to.

Tasks come over its input, what becomes of them goes out over its output, as pickles with their length before them. When
the input ends, whoever started it is gone: it takes its temporary folder away and ends, with all that it has started.
"""

from __future__ import annotations

import logging
import os
import pickle
import shutil
import signal
import sys
import tempfile
import threading
from itertools import count
from queue import SimpleQueue
from typing import Any, BinaryIO

from skq import garbage
from skq.batch.ending import descendants, end_all
from skq.batch.notebook import get_ready
from skq.batch.warm import sharing
from skq.give_back import give_back_freed

LENGTH = 8
"""Bytes of the length before each message."""

GIVES_BACK_EVERY = 5
"""After the first report, which is the largest, and so many more each time a process gives back what they left between
what Typst remembers; that takes 15 ms.
"""

NOT_HERE = ("isoduration", "pyarrow")
"""What papermill and jsonschema load where it is installed, and no worker needs: it hands tables on and opens none."""


def write_message(stream: BinaryIO, message: Any) -> None:
    """Write *message* to *stream*, whole."""
    content = pickle.dumps(message)
    stream.write(len(content).to_bytes(LENGTH, "big") + content)
    stream.flush()


def read_message(stream: BinaryIO) -> bytes:
    """Return the next message of *stream*, still packed; b"" when there are no more."""
    head = stream.read(LENGTH)
    content = stream.read(int.from_bytes(head, "big")) if len(head) == LENGTH else b""
    return content if len(head) == LENGTH and len(content) == int.from_bytes(head, "big") else b""


class _Told(logging.Handler):
    """Hands on what is logged, so that it gets into the log of the run."""

    def __init__(self, outlet: Outlet) -> None:
        super().__init__(logging.WARNING)
        self._outlet = outlet

    def emit(self, record: logging.LogRecord) -> None:
        self._outlet.send("note", record.getMessage())


class Outlet:
    """The way out, for every thread of the process."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._lock = stream, threading.Lock()

    def send(self, kind: str, *content: Any) -> None:
        """Send a message of *kind*: `ready`, `began`, `kernel`, `note`, `done` or `error`."""
        with self._lock:
            write_message(self._stream, (kind, *content))


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Return the way in and the way out, and let nothing else read or print there."""
    inlet, outlet = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return inlet, outlet


def _listen(inlet: BinaryIO, messages: SimpleQueue[bytes], scratch: str) -> None:
    """Take messages as they come; when there are no more, end this process whatever it is doing."""
    while message := read_message(inlet):
        messages.put(message)
    end_all(descendants(os.getpid()))
    shutil.rmtree(scratch, ignore_errors=True)
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def main() -> None:
    """Do what is asked until nobody is there to ask; the arguments are the temporary folder and the import path."""
    scratch, *path = sys.argv[1:]
    inlet, stream = _streams()
    sys.modules.update(dict.fromkeys(NOT_HERE))  # type: ignore[arg-type]  # None stands for one that is not there
    garbage.look_seldom()
    messages: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(inlet, messages, scratch), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started us
    sys.path[:] = path
    tempfile.tempdir = scratch
    outlet = Outlet(stream)
    sharing.adopt(lambda kernel: outlet.send("kernel", kernel))
    logging.getLogger("skq").addHandler(_Told(outlet))
    work = pickle.loads(messages.get())
    outlet.send("ready")
    if messages.empty():
        get_ready()
    for made in count():
        task = pickle.loads(messages.get())
        try:
            done = work(task, lambda station, cell: outlet.send("began", station, cell))
            if made % GIVES_BACK_EVERY == 0:
                give_back_freed()
            outlet.send("done", done)
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever started us decides
            outlet.send("error", error)


if __name__ == "__main__":
    main()

"""One piece of work in a process of its own, beside whatever this one does meanwhile; where that cannot be, in turn.

The process is a fork: it sees what is in memory here without a copy, and only what it returns travels. Columns travel
one by one, so that neither side holds them twice.
"""

from __future__ import annotations

import multiprocessing
import pickle
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from skq import forking
from skq.errors import SkqError

T = TypeVar("T")


class Aside(Generic[T]):
    """What *work* returns, worked out beside this process if *at_once*, else as soon as it is asked for."""

    def __init__(self, work: Callable[[], T], *, at_once: bool) -> None:
        self._work, self._process, self._known = work, None, list[T]()
        if at_once and forking.has_fork():
            context = multiprocessing.get_context("fork")
            self._ours, theirs = context.Pipe(duplex=False)
            self._process = context.Process(target=_send, args=(work, self._ours, theirs), daemon=True)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # the threads that are here hold nothing it needs
                self._process.start()
            theirs.close()

    @property
    def is_apart(self) -> bool:
        """Whether it is worked out in another process, which has what it needs, whatever is let go of here."""
        return self._process is not None

    def result(self) -> T:
        """Return it, once; raises what the work raises, and SkqError where its process was killed."""
        return self._known.pop() if self._known else self._answer()

    def know(self) -> None:
        """Wait until it is worked out, and keep it for `result`; raises as that does."""
        self._known = [self._answer()]

    def _answer(self) -> T:
        if self._process is None:
            return self._work()
        try:
            answer, fault = received(self._ours)
        except (EOFError, OSError) as error:
            self._process.join()
            raise SkqError(
                f"a process that works out numbers beside the build was ended from outside "
                f"(exit code {self._process.exitcode})\n"
                "  next:     see whether memory ran out, and run 'skq build' again; 'jobs = 1' needs least"
            ) from error
        if fault is not None:
            raise fault
        found: T = answer
        return found

    def end(self) -> None:
        """Stop the process if it is still at work."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._ours.close()


@contextmanager
def aside(work: Callable[[], T], *, at_once: bool, first: bool = False) -> Iterator[Aside[T]]:
    """Give the `Aside` of *work*, which ends with the block. What it returns or raises can be pickled.

    *first*: it is worked out before the block begins, so that what both need is not in memory at the same time.
    """
    other = Aside(work, at_once=at_once)
    try:
        if first:
            other.know()
        yield other
    finally:
        other.end()


def _send(work: Callable[[], T], ours: Connection, theirs: Connection) -> None:
    """In the new process: send what *work* returns, or what it raises."""
    ours.close()
    forking.begin()
    try:
        answer: list[tuple[T | None, Exception | None]] = [(work(), None)]
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where the result is asked for
        answer = [(None, error)]
    send(answer, theirs)
    theirs.close()


def send(answer: list[Any], to: Connection) -> None:
    """Send the one *answer*, which leaves the list; its arrays go one by one, each is let go of once it is sent."""
    arrays: list[pickle.PickleBuffer] = []
    told = pickle.dumps(answer.pop(), protocol=5, buffer_callback=arrays.append)
    to.send((told, [array.raw().nbytes for array in arrays]))
    arrays.reverse()
    while arrays:
        to.send_bytes(arrays.pop().raw())


def received(where: Connection) -> Any:
    """Return what `send` sent; EOFError or OSError where it was cut off."""
    told, sizes = where.recv()
    contents = [bytearray(size) for size in sizes]
    for content in contents:
        where.recv_bytes_into(content)
    return pickle.loads(told, buffers=contents)

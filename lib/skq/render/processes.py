"""Programs that run for a while, several at once; none of them outlives whoever has started them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Self

from skq.errors import RenderError


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit code (negative: the signal that killed it) and all that it said."""

    code: int
    said: str


class Programs:
    """Runs programs, each with all its children in a group of its own; at the end of the block none is left.

    They are told *environment* besides what we were told.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = dict(environment or {})
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._stopped = False

    def run(self, command: Sequence[str]) -> Ended:
        """Run *command* to its end and return how it ended; may be called from several threads at once.

        RenderError when the block has ended meanwhile.
        """
        with self._lock:
            if self._stopped:
                raise RenderError(f"{command[0]}: stopped")
            # A group of its own: Ctrl-C reaches us alone, and we end the program together with what it has started.
            program = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **self._environment},
                start_new_session=True,
            )
            self._running.add(program)
        try:
            said = program.communicate()[0].decode(errors="replace")
        finally:
            with self._lock:
                self._running.discard(program)
        return Ended(program.returncode, said)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._stopped = True
            for program in self._running:
                _kill(program)


def _kill(program: subprocess.Popen[bytes]) -> None:
    if program.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(program.pid, signal.SIGKILL)
    else:  # pragma: no cover  # Windows has no groups of this kind
        program.kill()

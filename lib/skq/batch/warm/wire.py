"""What owner and parent say to each other: lines of JSON over a pair of Unix sockets, one pair for each kernel."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

NEW_KERNEL = b"k"
"""Said on the parent's own socket, with the file descriptors below."""

DESCRIPTORS = ("handle", "lifeline", "stdin", "stdout", "stderr")
"""handle: the owner's pair with the parent about one kernel. lifeline: its pair with the kernel, which shows each the
other's death."""


@dataclass(frozen=True)
class Launch:
    """What one kernel is started with: arguments of ipykernel, its folder and its whole environment."""

    arguments: tuple[str, ...]
    folder: str
    environment: Mapping[str, str]

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> Launch:
        """Return the launch that *message* tells."""
        return cls(tuple(message["arguments"]), message["folder"], dict(message["environment"]))


def packed(message: Mapping[str, Any] | Launch) -> bytes:
    """Return *message* as one line."""
    content = asdict(message) if isinstance(message, Launch) else dict(message)
    return json.dumps(content).encode("ascii") + b"\n"


class Lines:
    """The lines that come over a socket, whether it blocks or not."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._rest = b""
        self.ended = False

    def receive(self) -> list[dict[str, Any]]:
        """Take what is there and return its whole lines; notes in `ended` when the other side is gone."""
        try:
            data = self._source.recv(1 << 16)
        except (BlockingIOError, InterruptedError):
            return []
        except OSError:
            data = b""
        self.ended = not data
        return self.feed(data)

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Return the lines that *data* completes."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in whole]

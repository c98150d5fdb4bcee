"""Numbers made organizer by organizer on the workers of a cluster: `Run` of `skq.aggregate.partition` for a nation.

Here rows about pupils travel, as running numbers without name or pseudonym: to machines of the organizer's own, or over
TLS, and never unless it was asked for.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

import pandas as pd

from skq.aggregate.partition import Part, Run
from skq.batch.far import differences, machine
from skq.batch.scheduler import ALONE_SECONDS, lost, no_workers, workers_of
from skq.errors import ClusterError, SettingsError

AT_ONCE = 2
"""So many parts are with the cluster for each that it can do at once."""

POLLED_SECONDS = 0.05

LOOPBACK = re.compile(r"\w+://(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?/?")

Function = Callable[[Part], list[pd.DataFrame]]


def refuse_open_network(address: str) -> None:
    """Raise SettingsError when rows about pupils would travel to *address* for others on the network to read."""
    if not (address.startswith("tls://") or LOOPBACK.fullmatch(address)):
        raise SettingsError(
            f"--cluster-numbers: rows about pupils may not travel to {address}\n"
            "  expected: an address with TLS (tls://host:8786), or one of this machine (tcp://127.0.0.1:8786)\n"
            "  next:     start scheduler and workers with certificates, see docs/cluster.md, or leave the option out"
        )


def on_workers(client: Any, address: str) -> Run:
    """Return what does a function of every part on the workers of *client*, the scheduler at *address*.

    Results come in the order of the parts. ClusterError when a part cannot be made or the scheduler is lost.
    """

    def run(function: Function, parts: Sequence[Part]) -> Iterator[list[pd.DataFrame]]:
        sent: deque[tuple[Part, Any]] = deque()
        number = count()
        waiting = deque(parts)
        room = AT_ONCE * sum(one["nthreads"] for one in workers_of(client).values())
        while waiting or sent:
            while waiting and len(sent) < max(1, room):
                part = waiting.popleft()
                key = f"skq-part-{next(number)}-{client.id}"
                sent.append((part, client.submit(far_part, function, part, machine(), key=key, pure=False)))
            part, future = sent.popleft()
            _wait(future, client, address)
            yield _result(part, future, address)

    return run


def far_part(function: Function, part: Part, ours: dict[str, str]) -> list[pd.DataFrame]:
    """Return *function* of *part*, on a worker; ClusterError when it is another machine than *ours*."""
    if lacking := differences(ours, machine()):
        raise ClusterError("another machine: " + "; ".join(lacking))
    return function(part)


def _wait(future: Any, client: Any, address: str) -> None:
    """Wait until *future* is done; ClusterError when there is nobody any more who would do it."""
    seen = time.monotonic()
    while not future.done():
        time.sleep(POLLED_SECONDS)
        seen = time.monotonic() if workers_of(client) else seen
        if time.monotonic() - seen > ALONE_SECONDS:
            raise no_workers(address, {})


def _result(part: Part, future: Any, address: str) -> list[pd.DataFrame]:
    try:
        found: list[pd.DataFrame] = future.result()
    except Exception as error:
        if future.status == "cancelled":
            raise lost(address) from error
        raise ClusterError(
            f"--cluster {address}: the numbers of {part.organizer} could not be made there\n"
            f"  found:    {type(error).__name__}: {error}\n"
            "  next:     look at the logs of the workers, or leave out --cluster-numbers"
        ) from error
    return found

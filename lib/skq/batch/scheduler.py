"""Reaching a Dask scheduler, and making sure that its workers make the bytes that we would make."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from skq.batch.far import differences, machine
from skq.errors import ClusterError, SettingsError

CONNECT_SECONDS = 10
"""How long the scheduler, and its first worker, may let us wait."""

ALONE_SECONDS = 60
"""How long a cluster may be without a worker: one that died is started again sooner."""

STARTED_BY = "next:     'dask scheduler' on one machine and 'dask worker {address}' on each; see docs/cluster.md"


def connected(address: str, *, seconds: float = CONNECT_SECONDS) -> Any:
    """Return a client of the scheduler at *address* (`tcp://host:8786`, `tls://…`) that has workers.

    SettingsError where the library is not installed or *address* is none, ClusterError where nobody answers in so many
    *seconds*.
    """
    try:
        from distributed import Client, Security
    except ImportError as error:
        raise SettingsError(
            "--cluster needs the library distributed, which is not installed here\n"
            "  next:     pip install distributed, in the version of requirements.lock, here and on every worker;\n"
            "            or build without --cluster"
        ) from error
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what the analyst has to know, we tell
    begin: Any = Client  # has no types of its own
    security: Any = Security
    if address.startswith("tls://") and security().get_connection_args("client").get("ssl_context") is None:
        raise SettingsError(
            f"--cluster {address}: there are no certificates for TLS\n"
            "  expected: DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT and …__CLIENT__KEY in the environment\n"
            "  next:     see docs/cluster.md"
        )
    try:
        client = begin(address, timeout=seconds, set_as_default=False)
    except ValueError as error:
        raise SettingsError(
            f"--cluster {address}: this is no address of a scheduler\n"
            f"  expected: such as tcp://127.0.0.1:8786\n  found:    {error}"
        ) from error
    except (OSError, TimeoutError) as error:
        raise ClusterError(
            f"--cluster {address}: no scheduler answers there (within {seconds:g} s)\n"
            f"  found:    {type(error).__name__}: {_first_line(error)}\n  {STARTED_BY.format(address=address)};\n"
            "            or build without --cluster"
        ) from error
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError as error:
        client.close(timeout=1)
        raise no_workers(address, {}) from error
    return client


def refuse_other_machines(client: Any, address: str) -> None:
    """Raise ClusterError when a worker of *client* would not make the bytes that we make, naming what differs."""
    ours = machine()
    found = client.run(version, "skq", on_error="return")  # needs no skq there
    lines = {where: "skq is not installed there" for where, told in found.items() if isinstance(told, Exception)}
    if not lines:
        try:
            facts = client.run(machine, on_error="return")
        except Exception as error:  # noqa: BLE001 - a skq of before clusters cannot even read what we ask
            facts = dict.fromkeys(found, error)
        lines = {
            where: f"another skq ({told})" if isinstance(told, Exception) else "; ".join(differences(ours, told))
            for where, told in facts.items()
        }
    if wrong := {where: line for where, line in sorted(lines.items()) if line}:
        told = "\n".join(f"  {where}: {line}" for where, line in wrong.items())
        raise ClusterError(
            f"--cluster {address}: {len(wrong)} of {len(found)} worker(s) would make other bytes than we do\n{told}\n"
            "  expected: the same system, Python, skq and libraries on all machines\n"
            "  next:     install the same requirements.lock and the same skq there and start the workers again"
        )


def no_workers(address: str, unfit: Mapping[str, str]) -> ClusterError:
    """Return the error that there is nobody to make reports; *unfit* tells why some workers cannot, by address."""
    told = "".join(f"  {where}: {why}\n" for where, why in sorted(unfit.items()))
    return ClusterError(
        f"--cluster {address}: the scheduler has no worker that can make reports\n{told}"
        f"  {STARTED_BY.format(address=address)};\n"
        "            what is done is kept, so the same command goes on where this one ended"
    )


def workers_of(client: Any) -> Mapping[str, Any]:
    """Return the workers that the scheduler of *client* told of last, by address; none while it cannot be reached."""
    found: Mapping[str, Any] = client.scheduler_info().get("workers", {})
    return found


def lost(address: str) -> ClusterError:
    """Return the error that the scheduler, which was there, cannot be reached any more."""
    return ClusterError(
        f"--cluster {address}: the connection to the scheduler was lost\n"
        "  expected: the scheduler to run until the build has ended\n"
        "  next:     start it again and run the same command: what is done is kept, only the rest is made"
    )


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0]

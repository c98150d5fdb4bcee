"""`skq build`: options in, one build, what became of it out."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skq.cli.app import (
    INTERRUPTED_EXIT_CODE,
    TERMINATED_EXIT_CODE,
    Data,
    Jobs,
    Key,
    Municipality,
    Official,
    Out,
    SchoolYearOption,
    SettingsFile,
    interrupted,
)
from skq.cli.here import cores, house, pseudonym_key, settings_of
from skq.console import Console, RunLog
from skq.errors import SettingsError, refuse_no_folder
from skq.garbage import look_seldom
from skq.give_back import share_one_heap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skq.batch.cluster import ClusterPool
    from skq.build import Request


def build(
    data: Data = None,
    official: Official = None,
    municipality: Municipality = None,
    out: Out = Path("_build"),
    school: Annotated[
        list[str] | None, typer.Option("--school", help="Only this school unit code; may be given several times.")
    ] = None,
    publication: Annotated[
        list[str] | None,
        typer.Option("--publication", help="Only quality-report or annual-analysis; may be given several times."),
    ] = None,
    school_year: SchoolYearOption = None,
    jobs: Jobs = None,
    engine: Annotated[str | None, typer.Option("--engine", help="auto, quarto or embedded.")] = None,
    audience: Annotated[
        str | None, typer.Option("--audience", help="Who it is for: internal (default), public or principal.")
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going/--fail-fast", help="When a report fails: finish all others, or stop at once.")
    ] = True,
    cluster: Annotated[
        str, typer.Option("--cluster", help="Dask scheduler whose workers make the reports: tcp://127.0.0.1:8786.")
    ] = "",
    cluster_numbers: Annotated[
        bool, typer.Option("--cluster-numbers", help="Have numbers made there too: rows about pupils, unnamed, travel.")
    ] = False,
    explain: Annotated[
        str, typer.Option("--explain", help="Build nothing; tell why this school unit (or annual) would be made anew.")
    ] = "",
    settings: SettingsFile = None,
    key: Key = None,
) -> None:
    """Build every report, page and PDF, and the site around them; only what changed since last time."""
    started = time.perf_counter()
    look_seldom()
    share_one_heap()
    from skq.batch.stopping import stoppable
    from skq.build import Inputs, Request, build_all
    from skq.build.request import Places
    from skq.settings import changed

    chosen = changed(
        settings_of(settings, data), municipality_code=municipality, school_year=school_year, engine=engine, jobs=jobs,
        audience=audience,
    )  # fmt: skip
    refuse_no_folder(out.resolve())
    request = Request(
        inputs=Inputs(own=data, official=official),
        out=out.resolve(),
        house=house(),
        settings=chosen,
        cores=cores(),
        schools=tuple(school or ()),
        publications=tuple(publication or ()),
        key=pseudonym_key(key, chosen, data=data, out=out) if data is not None and not explain else None,
        keep_going=keep_going,
    )
    if explain:
        _explain(request, explain)
        return
    log = RunLog(Places(request.out).logs, "skq " + " ".join(sys.argv[1:]))
    with _ended_politely(), stoppable(), Console(log=log) as console, _pool(cluster, console, cluster_numbers) as pool:
        if pool is not None and cluster_numbers:
            request = replace(request, run_parts=pool.run_parts)
        summary = build_all(request, say=console.say, advance=console.advance, began=console.began, pool=pool)
        summary = replace(summary, seconds=time.perf_counter() - started)
        for line in filter(None, str(summary).splitlines()):
            log.write(line)
    typer.echo(str(summary))
    raise typer.Exit(summary.exit_code)


def _explain(request: Request, key: str) -> None:
    """Print why the reports of *key* would be made anew now, or would be reused."""
    from skq.build.explain import explained

    with Console() as console:
        told = explained(request, key, say=console.say)
    typer.echo(told)


def _pool(cluster: str, console: Console, numbers: bool) -> AbstractContextManager[ClusterPool | None]:
    """Return the workers of the Dask scheduler at the address *cluster*, None for the processes of this machine.

    *numbers*: whether rows about pupils are to travel to them.
    """
    if not cluster and numbers:
        raise SettingsError("--cluster-numbers: where to?\n  expected: --cluster with the address of a scheduler")
    if not cluster:
        return nullcontext()
    from skq.batch.cluster import ClusterPool
    from skq.batch.divide import refuse_open_network
    from skq.render.unit import make_report

    if numbers:
        refuse_open_network(cluster)
    return ClusterPool(cluster, make_report, began=console.began, note=console.say)


@contextmanager
def _ended_politely() -> Iterator[None]:
    """Tell of Ctrl-C and SIGTERM here: Typer would end without a word."""
    try:
        yield
    except KeyboardInterrupt as error:
        politely = type(error) is not KeyboardInterrupt  # as `skq.batch.stopping` raises it
        raise typer.Exit(interrupted(TERMINATED_EXIT_CODE if politely else INTERRUPTED_EXIT_CODE)) from error

"""The command line: options in, one call, messages and an exit code out.

Nothing heavy is imported before a command runs, so that `skq --help` answers at once. Here, and only here, errors
become exit codes: 0 done, 1 some reports failed, 2 something to mend (nothing was changed; a release that the gate
refused among it), 3 a fault of skq, 130 and 143 ended by Ctrl-C or a signal: the same command goes on.
"""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import sys
import time
import traceback
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skq.console import Console, RunLog
from skq.errors import SettingsError, SkqError, storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from skq.batch.cluster import ClusterPool
    from skq.build import Request
    from skq.settings import Settings
    from skq.sources.findings import Remark

__all__ = ["app", "main"]

FAULT_EXIT_CODE = 3
INTERRUPTED_EXIT_CODE, TERMINATED_EXIT_CODE = 130, 143
LOG_NAME = "fault.log"
SETTINGS_NAME = "skq.toml"
KEY_NAME = "pseudonym.key"

app = typer.Typer(
    name="skq",
    help="Quality reports for the schools of a Swedish school organizer: registers and official statistics in, "
    "a page and a PDF per school out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Data = Annotated[Path | None, typer.Option("--data", help="Folder with the organizer's own registers.")]
Official = Annotated[Path | None, typer.Option("--official", help="Folder with official statistics, as published.")]
Municipality = Annotated[
    str | None, typer.Option("--municipality", help="Municipality code, such as 1480; needed with --official alone.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for everything that is built.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="Settings file instead of ./skq.toml.")]
SchoolYearOption = Annotated[
    str | None, typer.Option("--school-year", help="School year of the reports, such as 2025/26; newest by default.")
]
Key = Annotated[
    Path | None,
    typer.Option("--key", help="File with the key of the pseudonyms; made on first use. Numbers do not depend on it."),
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", help="Reports at once; 0 = all processor cores.")]


@app.command()
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
    from skq.batch.stopping import stoppable
    from skq.build import Inputs, Request, build_all
    from skq.build.request import Places
    from skq.settings import changed

    chosen = changed(
        _settings(settings, data), municipality_code=municipality, school_year=school_year, engine=engine, jobs=jobs,
        audience=audience,
    )  # fmt: skip
    request = Request(
        inputs=Inputs(own=data, official=official),
        out=out.resolve(),
        house=_house(),
        settings=chosen,
        cores=_cores(),
        schools=tuple(school or ()),
        publications=tuple(publication or ()),
        key=_key(key, chosen, data=data, out=out) if data is not None and not explain else None,
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


@app.command()
def check(
    data: Annotated[Path, typer.Argument(help="Folder with the organizer's own registers.")] = Path("data/demo"),
    rederive: Annotated[
        bool, typer.Option("--rederive", help="Also derive the core metrics a second time, by SQL, and compare.")
    ] = False,
) -> None:
    """Check every input file and print every problem: file, row, column, found, expected, what to do.

    Personal data that no number needs is told first, as warnings: they do not change the exit code.
    """
    from skq.validate import checked

    found = checked(data, class_groups=_settings(None, data).class_groups)
    problems = found.problems
    _tell_remarks(found.remarks)
    if not problems:
        typer.echo(f"{data}: no problems" + (", see the warnings above" if found.remarks else ""))
        if rederive:
            typer.echo(f"{data}: {_derived_twice(data)} numbers derived twice, every cell equal")
        return
    for problem in problems:
        typer.echo(f"{problem}\n")
    typer.echo(f"{len(problems)} problem(s) in {len({problem.file for problem in problems})} file(s)")
    raise typer.Exit(2)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; it must be empty or absent.")],
    schools: Annotated[int, typer.Option("--schools", help="How many schools.", min=1)] = 12,
    years: Annotated[int, typer.Option("--years", help="How many school years.", min=1)] = 5,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same bytes.")] = 1,
) -> None:
    """Write an invented municipality with all its registers."""
    from skq.demo import write_demo

    write_demo(folder, schools=schools, years=years, seed=seed)
    typer.echo(f"{folder}: an invented municipality with {schools} schools and {years} school years")


@app.command()
def lab(
    out: Out = Path("_build"),
    start: Annotated[
        bool, typer.Option("--start/--no-start", help="Start JupyterLab, or only prepare its folder.")
    ] = True,
) -> None:
    """Open the seminar's notebook in JupyterLab, on the protected tables of the last build."""
    from skq.batch.lab import lab_command, lab_environment, prepare_lab
    from skq.build.request import Places

    notebook = prepare_lab(Places(out).slices, _house() / "notebooks", out / "lab")
    typer.echo(f"The seminar's notebook: {notebook}")
    if start:
        environment = lab_environment(notebook, os.environ)
        raise typer.Exit(subprocess.run(lab_command(notebook), env=environment, check=False).returncode)


@app.command()
def release(
    out: Annotated[Path, typer.Argument(help="Folder of a finished build, as given to build --out.")] = Path("_build"),
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder that readers are served from; 'to' in [release] otherwise.")
    ] = None,
    audience: Annotated[str | None, typer.Option("--audience", help="Refuse a build for anyone else.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who answers for it; the login name by default.")] = None,
    prepare: Annotated[bool, typer.Option("--prepare", help="Only prepare it, for another person's approval.")] = False,
    approve: Annotated[str, typer.Option("--approve", help="Approve the prepared release with this id.")] = "",
    rollback: Annotated[bool, typer.Option("--rollback", help="Give readers the release before this one.")] = False,
    official: Annotated[
        Path | None, typer.Option("--official", help="Official statistics that anyone can lay beside the release.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Gate and list of changes; nothing is released.")] = False,
    settings: SettingsFile = None,
    key: Key = None,
) -> None:
    """Attack and search the finished site, tell what changed, and give it to readers in one step, or refuse."""
    from skq.release.command import Wish
    from skq.release.command import release as released
    from skq.release.gate import Machine

    chosen = _settings(settings, None)
    target = _release_folder(to, chosen.release.to)
    watched = (out / "gate" / "watch.json").is_file() and not (approve or rollback)
    machine = Machine(
        paths=tuple(str(path) for path in (out.resolve(), target, Path.cwd(), Path.home())),
        names=tuple(name for name in (_login(), socket.gethostname()) if name),
        key=_key(key, chosen, data=None, out=out) if watched else None,
        cores=chosen.jobs or _cores(),
    )
    wish = Wish(
        out=out.resolve(), to=target, by=by or _login(), now=_now().isoformat(), audience=audience or "",
        prepare=prepare, approve=approve, rollback=rollback, dry_run=dry_run, official=official,
        two_persons=chosen.release.two_persons, machine=machine,
    )  # fmt: skip
    with Console() as console:
        said = released(wish, say=console.say)
    typer.echo(said.text)
    raise typer.Exit(said.exit_code)


@app.command()
def retain(
    out: Annotated[Path, typer.Argument(help="Folder of a build, as given to build --out.")] = Path("_build"),
    to: Annotated[Path | None, typer.Option("--to", help="Folder that readers are served from.")] = None,
    days: Annotated[
        int | None, typer.Option("--days", help="Keep what is younger; by the settings otherwise.", min=1)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete it; without this it is only listed.")] = False,
    settings: SettingsFile = None,
) -> None:
    """List what is kept longer than the rule allows: tables of a build, sites of old releases; --yes deletes it."""
    from skq.release.retain import Retention, expired
    from skq.release.retain import retain as removed

    chosen = _settings(settings, None)
    place = to or (Path(chosen.release.to) if chosen.release.to else None)
    asked = Retention(
        out=out.resolve(), to=place, days=days or chosen.retention.stage_days, keep=chosen.release.keep,
        now=_now(), by=_login(),
    )  # fmt: skip
    found = removed(asked) if yes else expired(asked)
    for one in found:
        typer.echo(str(one))
    done = "deleted" if yes else "to be deleted; --yes does it"
    typer.echo(f"{len(found)} folder(s) {done}" if found else "nothing is older than the rule allows")


def _explain(request: Request, key: str) -> None:
    """Print why the reports of *key* would be made anew now, or would be reused."""
    from skq.build.explain import explained

    with Console() as console:
        told = explained(request, key, say=console.say)
    typer.echo(told)


def _release_folder(to: Path | None, set_to: str) -> Path:
    """Return the folder of releases that the option or else the settings name."""
    if to is None and not set_to:
        raise SettingsError(
            "where to?\n  expected: --to with the folder that readers are served from, or 'to' in [release] of skq.toml"
        )
    return (to or Path(set_to)).resolve()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _login() -> str:
    """Return the name that the person at the keyboard is logged in by, "" where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _key(file: Path | None, settings: Settings, *, data: Path | None, out: Path | None) -> bytes:
    """Return the key of the pseudonyms: of *file*, else of the settings, else of the user's own folder of settings."""
    from skq.keyfile import key_of

    named = file or (Path(settings.key_file) if settings.key_file else None)
    return key_of(
        named or Path(typer.get_app_dir("skq")) / KEY_NAME,
        apart_from={"the folder with the data": data, "the folder of the build": out},
    )


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


def _derived_twice(data: Path) -> int:
    """Return how many numbers of *data* both derivations agree on; SkqError naming the first that differ."""
    from skq.aggregate import aggregate
    from skq.rederive import rederived, require_equal
    from skq.validate import validated

    tables = validated(data).frames
    return require_equal(aggregate(tables), rederived(tables))


def _tell_remarks(remarks: Sequence[Remark]) -> None:
    """Print what is more personal than any number needs; it stops nothing."""
    if remarks:
        typer.echo(f"{len(remarks)} warning(s): more about persons than any number needs\n")
    for remark in remarks:
        typer.echo(f"{remark}\n")


def _settings(file: Path | None, data: Path | None) -> Settings:
    """Return the settings of *file*, else of the skq.toml among the data, else of the one here, else what is usual."""
    from skq.settings import Settings, read_settings

    if file is not None:
        return read_settings(file)
    places = [folder / SETTINGS_NAME for folder in (data, Path()) if folder is not None]
    return next((read_settings(place) for place in places if place.is_file()), Settings())


def _house() -> Path:
    """Return the folder with templates and theme: the one we stand in, or the one skq was installed from."""
    import skq

    places = (Path.cwd(), Path(skq.__file__).parents[2])
    found = next((place for place in places if (place / "_quarto.yml").is_file()), None)
    if found is None:
        raise SettingsError(
            "the templates are not here\n  next:     run skq in the folder that holds notebooks/ and reports/"
        )
    return found


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line with *arguments* and return the exit code; no exception gets out."""
    try:
        code = app(arguments, prog_name="skq", standalone_mode=False)
        return int(code or 0)
    except SkqError as error:
        typer.echo(f"skq: {error}", err=True)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return _interrupted(INTERRUPTED_EXIT_CODE)
    except OSError as error:
        if (trouble := storage_error(error)) is None:
            return _fault(error, arguments)
        typer.echo(f"skq: {trouble}", err=True)
        return trouble.exit_code
    except Exception as error:  # noqa: BLE001 - the last place; what gets here is a fault of skq
        return _usage_error(error) or _fault(error, arguments)


def _interrupted(code: int) -> int:
    typer.echo("skq: interrupted; run the same command again to go on", err=True)
    return code


@contextmanager
def _ended_politely() -> Iterator[None]:
    """Tell of Ctrl-C and SIGTERM here: Typer would end without a word."""
    try:
        yield
    except KeyboardInterrupt as error:
        politely = type(error) is not KeyboardInterrupt  # as `skq.batch.stopping` raises it
        raise typer.Exit(_interrupted(TERMINATED_EXIT_CODE if politely else INTERRUPTED_EXIT_CODE)) from error


def _usage_error(error: Exception) -> int | None:
    """Return the exit code of a wrong command line after telling what is wrong, None for anything else."""
    show = getattr(error, "show", None)
    if show is None:
        return None
    show()
    return 2


def _fault(error: Exception, arguments: list[str]) -> int:
    """Tell of an unexpected exception in one line and keep the rest in a file."""
    log = _out_of(arguments) / LOG_NAME
    text = "skq " + " ".join(arguments) + "\n\n" + "".join(traceback.format_exception(error))
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(text, encoding="utf-8")
    except OSError:  # the fault may be that nothing can be written
        typer.echo(text, err=True)
    typer.echo(f"skq: a fault of skq itself: {type(error).__name__}: {error}\n  next:     send {log} to us", err=True)
    return FAULT_EXIT_CODE


def _out_of(arguments: list[str]) -> Path:
    for option, value in zip(arguments, arguments[1:], strict=False):
        if option == "--out":
            return Path(value)
    return Path("_build")

"""The command line: options in, one call, messages and an exit code out.

Nothing heavy is imported before a command runs, so that `skq --help` answers at once. Here, and only here, errors
become exit codes: 0 done, 1 some reports failed, 2 something to mend (nothing was changed; a release that the gate
refused among it), 3 a fault of skq, 130 and 143 ended by Ctrl-C or a signal: the same command goes on.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import typer

from skq.cli.app import INTERRUPTED_EXIT_CODE, app, interrupted
from skq.cli.building import build
from skq.cli.registers import check, demo
from skq.cli.releasing import release, retain
from skq.cli.seminar import lab
from skq.errors import SkqError, storage_error

__all__ = ["app", "main", "run"]

FAULT_EXIT_CODE = 3
LOG_NAME = "fault.log"

for _command in (build, check, demo, lab, release, retain):
    app.command()(_command)


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
        return interrupted(INTERRUPTED_EXIT_CODE)
    except OSError as error:
        if (trouble := storage_error(error)) is None:
            return _fault(error, arguments)
        typer.echo(f"skq: {trouble}", err=True)
        return trouble.exit_code
    except Exception as error:  # noqa: BLE001 - the last place; what gets here is a fault of skq
        return _usage_error(error) or _fault(error, arguments)


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
        told = f"send {log} to us"
    except OSError:  # the fault may be that nothing can be written
        typer.echo(text, err=True)
        told = "send the text above to us"
    typer.echo(f"skq: a fault of skq itself: {type(error).__name__}: {error}\n  next:     {told}", err=True)
    return FAULT_EXIT_CODE


def _out_of(arguments: list[str]) -> Path:
    for option, value in zip(arguments, arguments[1:], strict=False):
        if option == "--out":
            return Path(value)
    return Path("_build")

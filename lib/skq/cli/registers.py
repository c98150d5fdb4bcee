"""`skq check` and `skq demo`: the organizer's own registers, looked through or invented."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skq.cli.here import settings_of
from skq.errors import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skq.sources.findings import Remark


def check(
    data: Annotated[Path, typer.Argument(help="Folder with the organizer's own registers.")] = Path("data/demo"),
    rederive: Annotated[
        bool, typer.Option("--rederive", help="Also derive the core metrics a second time, by SQL, and compare.")
    ] = False,
) -> None:
    """Check every input file and print every problem: file, row, column, found, expected, what to do.

    Personal data that no number needs is told first, as remarks: they do not change the exit code.
    """
    from skq.validate import checked

    found = checked(data, class_groups=settings_of(None, data).class_groups)
    problems = found.problems
    _tell_remarks(found.remarks)
    if not problems:
        typer.echo(f"{data}: no problems" + (", see the remarks above" if found.remarks else ""))
        if rederive:
            typer.echo(f"{data}: {_derived_twice(data)} numbers derived twice, every cell equal")
        return
    for problem in problems:
        typer.echo(f"{problem}\n")
    files = {problem.file for problem in problems}
    typer.echo(f"{counted(len(problems), 'problem')} in {counted(len(files), 'file')}")
    raise typer.Exit(2)


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
        typer.echo(f"{counted(len(remarks), 'remark')}: more about persons than any number needs\n")
    for remark in remarks:
        typer.echo(f"{remark}\n")

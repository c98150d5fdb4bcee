"""`skq release` and `skq retain`: a finished site to its readers, and away with what is old."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from skq.cli.app import Key, SettingsFile
from skq.cli.here import cores, login, now, pseudonym_key, settings_of
from skq.console import Console
from skq.errors import SettingsError, counted


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

    chosen = settings_of(settings, None)
    target = _release_folder(to, chosen.release.to)
    watched = (out / "gate" / "watch.json").is_file() and not (approve or rollback)
    machine = Machine(
        paths=tuple(str(path) for path in (out.resolve(), target, Path.cwd(), Path.home())),
        names=tuple(name for name in (login(), socket.gethostname()) if name),
        key=pseudonym_key(key, chosen, data=None, out=out) if watched else None,
        cores=chosen.jobs or cores(),
    )
    wish = Wish(
        out=out.resolve(), to=target, by=by or login(), now=now().isoformat(), audience=audience or "",
        prepare=prepare, approve=approve, rollback=rollback, dry_run=dry_run, official=official,
        two_persons=chosen.release.two_persons, machine=machine,
    )  # fmt: skip
    with Console() as console:
        said = released(wish, say=console.say)
    typer.echo(said.text)
    raise typer.Exit(said.exit_code)


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

    chosen = settings_of(settings, None)
    place = to or (Path(chosen.release.to) if chosen.release.to else None)
    asked = Retention(
        out=out.resolve(), to=place, days=days or chosen.retention.stage_days, keep=chosen.release.keep,
        now=now(), by=login(),
    )  # fmt: skip
    found = removed(asked) if yes else expired(asked)
    for one in found:
        typer.echo(str(one))
    done = "deleted" if yes else "to be deleted; --yes does it"
    typer.echo(f"{counted(len(found), 'folder')} {done}" if found else "nothing is older than the rule allows")


def _release_folder(to: Path | None, set_to: str) -> Path:
    """Return the folder of releases that the option or else the settings name."""
    if to is None and not set_to:
        raise SettingsError(
            "where to?\n  expected: --to with the folder that readers are served from, or 'to' in [release] of skq.toml"
        )
    return (to or Path(set_to)).resolve()

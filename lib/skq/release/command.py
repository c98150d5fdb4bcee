"""`skq release`: gate, list of changed numbers, manifest, switch; or prepare, approve, roll back.

Everything that happens is in the log of the target. Clock, login name and folders come from the command line.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from skq.build.lock import folder_lock
from skq.build.request import Places
from skq.errors import ReleaseError
from skq.memory import NUMBERS, read_published, released_numbers, write_published
from skq.release import log
from skq.release.approval import check_approval, checked_name, known_releases, prepared_folder
from skq.release.changes import CHANGE_COLUMNS, CHANGES, causes, changed_numbers, summary, unexplained, write_changes
from skq.release.gate import Gate, Machine, gate, in_order, told
from skq.release.manifest import audience_of, content_of, faults, read_manifest, read_state, release_id
from skq.release.refusal import Refusal
from skq.release.switch import check_links_possible, move, put, settle, tidy, turn
from skq.release.target import LOCK, SITE, Target, audiences
from skq.store import write_text

Say = Callable[[str], None]
REFUSED_EXIT_CODE = 2
BUSY = "another release is running in this folder\n  next:     wait until it has ended, then run the same command again"


@dataclass(frozen=True)
class Wish:
    """What is asked of a release: the build *out*, the folder *to* that readers are served from, who and when.

    *now* is a time as text, with its zone; *machine* what no file may tell of where it was made. At most one of
    *prepare*, *approve* (an id), *rollback* and *dry_run*.
    """

    out: Path
    to: Path
    by: str
    now: str
    audience: str = ""
    prepare: bool = False
    approve: str = ""
    rollback: bool = False
    dry_run: bool = False
    official: Path | None = None
    two_persons: bool = False
    machine: Machine = Machine()

    def __post_init__(self) -> None:
        if sum([self.prepare, bool(self.approve), self.rollback, self.dry_run]) > 1:
            raise ReleaseError("give only one of --prepare, --approve, --rollback and --dry-run")


@dataclass(frozen=True)
class Said:
    """What came of it: the text for the analyst and the exit code."""

    text: str
    exit_code: int = 0


@dataclass(frozen=True)
class Candidate:
    """A finished site on its way out: what it is, what changed, and what speaks against it."""

    target: Target
    places: Places
    content: Mapping[str, Any]
    changes: pd.DataFrame
    previous: str
    known: tuple[str, ...]
    refusals: tuple[Refusal, ...]

    @property
    def id(self) -> str:
        """The id of the release that it would be."""
        return release_id(self.content)

    @property
    def told(self) -> Path:
        """The folder with its numbers and the list of changed ones."""
        return told_folder(self.places)

    def manifest(self, *, by: str, at: str) -> dict[str, Any]:
        """Return its manifest, prepared by *by*."""
        return {
            "id": self.id,
            "content": dict(self.content),
            "previous": self.previous,
            "known": list(self.known),
            "prepared_by": by,
            "prepared_at": at,
            "approved_by": "",
            "approved_at": "",
        }


def release(wish: Wish, *, say: Say = lambda message: None) -> Said:
    """Do what *wish* asks and return what is to be said of it.

    Exit code 0: done; 2: refused, nothing was changed. SkqError where something has to be mended first. Interrupted at
    any point, readers have the old release or the new one, whole, and the same command goes on.
    """
    with plain_errors(), nullcontext() if wish.dry_run else _locked(wish.to):
        if wish.approve:
            return _approve(wish)
        if wish.rollback:
            return _roll_back(wish)
        return _release(wish, say)


def told_folder(places: Places) -> Path:
    """Return where the gate leaves its findings, beside the site and never in it."""
    return places.out / "gate" / "release"


def _release(wish: Wish, say: Say) -> Said:
    by = checked_name(wish.by)
    if wish.two_persons and not (wish.prepare or wish.dry_run):
        raise ReleaseError(
            "releases here need two persons (two_persons in [release] of skq.toml)\n"
            "  next:     'skq release OUT --to DIR --prepare', then a colleague 'skq release --to DIR --approve ID'"
        )
    with folder_lock(Places(wish.out).lock):
        made = candidate(wish, say)
        lines = [*summary(made.changes, made.previous)]
        if made.refusals:
            if not wish.dry_run:
                _log(wish, made, log.REFUSED, rules=_by_rule(made.refusals))
            return Said("\n".join([*lines, told(made.refusals)]), REFUSED_EXIT_CODE)
        lines += _counts(made.content)
        if wish.dry_run:
            return Said("\n".join([*lines, f"Dry run   {made.id} would be released; nothing was changed"]))
        return _out(wish, made, by, lines, say)


def _out(wish: Wish, made: Candidate, by: str, lines: list[str], say: Say) -> Said:
    """Put the candidate among the releases or the prepared ones."""
    target, manifest = made.target, made.manifest(by=by, at=wish.now)
    check_links_possible(target)
    tidy(target, keep=made.id)
    say("copying and checking the files")
    if wish.prepare:
        put(target.prepared / made.id, made.places.site, made.told, manifest)
        _log(wish, made, log.PREPARED)
        next_step = f"skq release --to {wish.to} --approve {made.id} --by NAME"
        return Said(
            "\n".join([*lines, f"Prepared  {made.id} for {target.audience}, by {by}", f"Next      {next_step}"])
        )
    if made.previous == made.id and not faults(target.releases / made.id, read_manifest(target.releases / made.id)):
        return Said(
            "\n".join([*lines, f"Released  {made.id} already: readers have this very site; nothing was changed"])
        )
    put(target.releases / made.id, made.places.site, made.told, manifest)
    turn(target, made.id)
    _log(wish, made, log.RELEASED)
    settle(target.releases / made.id)
    return Said(
        "\n".join([*lines, f"Released  {made.id} to {target.audience}: {target.current / SITE / 'index.html'}"])
    )


def candidate(wish: Wish, say: Say) -> Candidate:
    """Return the finished site of the build, attacked, searched and compared with the release before."""
    from skq.release.published import published

    places = Places(wish.out)
    state = read_state(places)
    target = Target(wish.to, audience_of(state))
    if wish.audience not in ("", target.audience):
        raise ReleaseError(
            f"{wish.out}: this build is for another audience\n  expected: {wish.audience}\n"
            f"  found:    {target.audience}\n  next:     skq build --audience {wish.audience}, or leave the option out"
        )
    say("reading the numbers of the finished files")
    numbers = published(places.site)
    content = content_of(places, state, numbers, write_published(numbers, told_folder(places)))
    previous = target.current_id()
    rows = _changes(target, previous, content, numbers)
    write_changes(rows, told_folder(places))
    say("attacking and searching the finished files")
    asked = Gate(
        out=wish.out, site=places.site, built=state["site"], audience=target.audience,
        rule=state["parts"]["settings"]["disclosure_rule"], earlier=released_numbers(wish.to), official=wish.official,
        municipality=content["municipality"][0], persons="own" in state["parts"]["inputs"], machine=wish.machine,
    )  # fmt: skip
    refusals = in_order([*gate(asked), *unexplained(rows)])
    write_text(told_folder(places) / "refusals.txt", "".join(f"{refusal}\n\n" for refusal in refusals))
    return Candidate(target, places, content, rows, previous, tuple(known_releases(wish.to)), tuple(refusals))


def _changes(target: Target, previous: str, content: Mapping[str, Any], numbers: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers that differ from the release *previous*; none where there is none."""
    if not previous:
        return pd.DataFrame(columns=list(CHANGE_COLUMNS))
    before = target.releases / previous
    return changed_numbers(read_published(before), numbers, causes(read_manifest(before)["content"], content))


def _approve(wish: Wish) -> Said:
    """Give readers what another person prepared, if it is still what was prepared and nothing came between."""
    by = checked_name(wish.by)
    target, name = prepared_folder(wish.to, wish.approve)
    waiting, folder = target.prepared / name, target.releases / name
    manifest = read_manifest(waiting)
    check_approval(target, manifest, by=by)
    check_links_possible(target)
    approved = {**manifest, "approved_by": by, "approved_at": wish.now}
    put(waiting, waiting / SITE, waiting, approved)
    if folder.is_dir():
        put(folder, waiting / SITE, waiting, approved)
    else:
        move(waiting, folder)
    turn(target, name)
    entry = {"prepared_by": manifest["prepared_by"], "previous": manifest["previous"]}
    log.append(wish.to, {**_entry(wish, log.RELEASED, target.audience, name), **entry})
    settle(folder)
    shutil.rmtree(waiting, ignore_errors=True)
    lines = [
        f"Released  {name} to {target.audience}: {target.current / SITE / 'index.html'}",
        f"Prepared  by {manifest['prepared_by']}, {manifest['prepared_at']}; approved by {by}",
        f"Changed   see {folder / CHANGES}",
    ]
    return Said("\n".join([*_counts(manifest["content"]), *lines]))


def _roll_back(wish: Wish) -> Said:
    """Give readers the release before the one that they have."""
    checked_name(wish.by)
    target = Target(wish.to, _only_audience(wish))
    stack = log.served(log.entries(wish.to), target.audience)
    if len(stack) < 2:
        raise ReleaseError(
            f"{target.folder}: there is no release before this one to go back to\n"
            f"  found:    {len(stack)} release(s) in the log that readers of {target.audience} have had"
        )
    name = stack[-2]
    folder = target.releases / name
    if not (folder / SITE).is_dir():
        raise ReleaseError(
            f"{folder}: the site of the release before this one is gone, readers keep the one they have\n"
            "  found:    its numbers and manifest alone, as 'skq retain' leaves them\n"
            "  next:     restore the folder from a backup, or build and release again"
        )
    if wrong := faults(folder, read_manifest(folder)):
        raise ReleaseError(
            f"{folder}: the release before this one is damaged, readers keep the one they have\n"
            f"  expected: every file as its manifest says\n  found:    {len(wrong)} other(s), the first {wrong[0]}\n"
            "  next:     restore the folder from a backup, or build and release again"
        )
    turn(target, name)
    log.append(wish.to, {**_entry(wish, log.ROLLED_BACK, target.audience, name), "previous": stack[-1]})
    return Said(f"Released  {name} to {target.audience} again, instead of {stack[-1]}")


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Hold the folder *root* during the block, after finishing in the log what an interruption left untold."""
    root.mkdir(parents=True, exist_ok=True)
    with folder_lock(root / LOCK, busy=BUSY):
        history = log.entries(root)
        check_remembered(root, history)
        for audience in audiences(root):
            recover(Target(root, audience), history)
        yield


def check_remembered(root: Path, history: Sequence[Mapping[str, Any]]) -> None:
    """Raise ReleaseError where the numbers of a release that the log tells of are gone: readers still know them."""
    told = {(entry["audience"], entry["id"]) for entry in history if entry["what"] == log.RELEASED}
    gone = sorted(f"{audience}/{name}" for audience, name in told if not _numbers(root, audience, name).is_file())
    if gone:
        raise ReleaseError(
            f"{root}: {len(gone)} release(s) that the log tells of are gone, so nobody can tell what readers know\n"
            f"  expected: {_numbers(root, *gone[0].split('/'))}\n  found:    no such file\n"
            "  next:     restore it from a backup; without one only a new, empty folder of releases is left,"
            " which remembers nothing"
        )


def _numbers(root: Path, audience: str, name: str) -> Path:
    return Target(root, audience).releases / name / NUMBERS


def recover(target: Target, history: Sequence[Mapping[str, Any]]) -> None:
    """Tell in the log which release readers have, where an interruption came between the switch and the log."""
    name, stack = target.current_id(), log.served(history, target.audience)
    if not name:
        return
    if stack[-1:] != [name]:
        manifest = read_manifest(target.releases / name)
        what = log.ROLLED_BACK if name in stack else log.RELEASED
        by = manifest["approved_by"] or manifest["prepared_by"]
        entry = {"what": what, "audience": target.audience, "id": name, "by": by, "at": manifest["prepared_at"]}
        log.append(target.root, {**entry, "note": "written after an interruption"})
    settle(target.releases / name)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what the disk refuses into an error that says what to do; readers have what they had."""
    try:
        yield
    except OSError as error:
        where = error.filename or "the disk"
        what, then = {
            errno.ENOSPC: ("the disk is full", "make room there"),
            errno.EDQUOT: ("the quota of the disk is used up", "make room there"),
            errno.EROFS: ("the disk can only be read", "release to a folder that can be written to"),
            errno.EACCES: ("no right to write there", "ask whoever owns the folder for the right to write"),
            errno.EPERM: ("no right to do that there", "ask whoever owns the folder for the right to write"),
        }.get(error.errno or 0, (str(error), "see to the folder"))
        raise ReleaseError(
            f"{where}: {what}\n  expected: a folder that can be written to, with room for the site\n"
            f"  found:    {type(error).__name__}: {error.strerror or error}\n"
            f"  next:     {then} and run the same command again; readers have the release that they had, whole"
        ) from error


def _only_audience(wish: Wish) -> str:
    found = [wish.audience] if wish.audience else audiences(wish.to)
    if len(found) != 1:
        raise ReleaseError(
            f"{wish.to}: whose release is meant?\n  expected: --audience with one of {', '.join(found) or 'none'}"
        )
    return found[0]


def _log(wish: Wish, made: Candidate, what: str, **more: Any) -> None:
    entry = {**_entry(wish, what, made.target.audience, made.id), "previous": made.previous}
    log.append(wish.to, {**entry, "changed": len(made.changes), **more})


def _entry(wish: Wish, what: str, audience: str, name: str) -> dict[str, Any]:
    return {"at": wish.now, "by": checked_name(wish.by), "what": what, "audience": audience, "id": name}


def _by_rule(refusals: tuple[Refusal, ...]) -> dict[str, int]:
    rules = [refusal.rule for refusal in refusals]
    return {rule: rules.count(rule) for rule in sorted(set(rules))}


def _counts(content: Mapping[str, Any]) -> list[str]:
    numbers = content["numbers"]
    hidden = ", ".join(f"{count} {status}" for status, count in numbers["hidden"].items())
    return [f"Numbers   {numbers['shown']} shown; not shown: {hidden or 'none'}"]

"""`skq release`: gate, list of changed numbers, manifest, switch; or prepare, approve, roll back.

Everything that happens is in the log of the target. Clock, login name and folders come from the command line.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from skq.build.lock import folder_lock
from skq.build.request import Places
from skq.errors import ReleaseError
from skq.release import log
from skq.release.approval import check_approval, checked_name, prepared_folder
from skq.release.candidate import Candidate, Say, Wish, candidate
from skq.release.changes import CHANGES, summary
from skq.release.gate import told
from skq.release.manifest import faults, read_manifest
from skq.release.refusal import Refusal
from skq.release.standing import locked, plain_errors
from skq.release.switch import check_links_possible, move, put, settle, tidy, turn
from skq.release.target import SITE, Target, audiences

__all__ = ["Said", "Wish", "release"]

REFUSED_EXIT_CODE = 2


@dataclass(frozen=True)
class Said:
    """What came of it: the text for the analyst and the exit code."""

    text: str
    exit_code: int = 0


def release(wish: Wish, *, say: Say = lambda message: None) -> Said:
    """Do what *wish* asks and return what is to be said of it.

    Exit code 0: done; 2: refused, nothing was changed. SkqError where something has to be mended first. Interrupted at
    any point, readers have the old release or the new one, whole, and the same command goes on.
    """
    with plain_errors(), nullcontext() if wish.dry_run else locked(wish.to):
        if wish.approve:
            return _approve(wish)
        if wish.rollback:
            return _roll_back(wish)
        return _release(wish, say)


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
    target = made.target
    manifest = made.manifest(by=by, at=wish.now, alone=not wish.prepare)
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

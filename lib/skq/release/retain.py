"""`skq retain`: what is older than the rule for keeping it, and its removal.

Of a build: tables, executed reports and the gate's findings, by the time of their newest file. Of releases: the sites
beyond those that are kept for going back. Numbers, manifests and changes of every release stay: what was once read
must be remembered for as long as there are releases.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from skq.build.lock import folder_lock
from skq.build.request import Places
from skq.errors import SkqError
from skq.release import log
from skq.release.standing import BUSY, plain_errors
from skq.release.target import LOCK, SITE, Target, audiences

STAGES = ("tables", "reports", "gate")
"""What of a build is made of single rows, or close to them: its site, pages kept for reuse and settings are not."""


@dataclass(frozen=True)
class Retention:
    """What to look through: the build *out*, the releases *to* (None: none), and the rule: days and how many sites."""

    out: Path
    to: Path | None
    days: int
    keep: int
    now: datetime
    by: str


@dataclass(frozen=True)
class Expired:
    """One folder that is to go, and why."""

    folder: Path
    why: str

    def __str__(self) -> str:
        return f"{self.folder}  {self.why}"


def expired(asked: Retention) -> list[Expired]:
    """Return every folder that the rule says is to go, in the order of their names."""
    if not asked.out.is_dir():
        raise SkqError(f"{asked.out}: no such folder\n  expected: the folder of a build, as given to 'skq build --out'")
    return [*_stages(asked), *(_old_sites(asked.to, asked) if asked.to else ())]


def retain(asked: Retention) -> list[Expired]:
    """Remove what `expired` finds and return it; what was removed of releases is told in their log."""
    with plain_errors(), folder_lock(Places(asked.out).lock):
        if asked.to is None or not asked.to.is_dir():
            return _removed(expired(asked), asked)
        with folder_lock(asked.to / LOCK, busy=BUSY):
            return _removed(expired(asked), asked)


def _removed(found: list[Expired], asked: Retention) -> list[Expired]:
    places = Places(asked.out)
    for one in found:
        if one.folder.parent == places.out:
            places.state.unlink(missing_ok=True)  # the next build makes everything anew
        shutil.rmtree(one.folder)
    if asked.to and (sites := [one.folder for one in found if one.folder.is_relative_to(asked.to)]):
        names = [folder.relative_to(asked.to).as_posix() for folder in sites]
        log.append(asked.to, {"at": asked.now.isoformat(), "by": asked.by, "what": log.RETAINED, "removed": names})
    return found


def _stages(asked: Retention) -> list[Expired]:
    limit = asked.now - timedelta(days=asked.days)
    found = []
    for folder in (asked.out / name for name in STAGES):
        newest = _newest(folder, asked.now)
        if newest is not None and newest < limit:
            found.append(Expired(folder, f"last changed {newest:%Y-%m-%d}, more than {asked.days} days ago"))
    return found


def _old_sites(root: Path, asked: Retention) -> list[Expired]:
    """Return the sites beyond the newest of each audience, and what waited for its approval too long."""
    history = log.entries(root)
    found = []
    for target in (Target(root, audience) for audience in audiences(root)):
        kept = {
            target.current_id(),
            *log.served(history, target.audience)[-2:],
            *_order(history, target)[-asked.keep :],
        }
        sites = sorted(target.releases.glob(f"[!.]*/{SITE}"))
        found += [Expired(site, f"beyond the {asked.keep} newest") for site in sites if site.parent.name not in kept]
        limit = asked.now - timedelta(days=asked.days)
        for folder in sorted(path for path in target.prepared.glob("*") if path.is_dir()):
            newest = _newest(folder, asked.now)
            if newest is not None and newest < limit:
                found.append(Expired(folder, f"prepared {newest:%Y-%m-%d} and never approved"))
    return found


def _order(history: Sequence[Mapping[str, Any]], target: Target) -> list[str]:
    """Return the ids of the releases of *target* in the order in which readers last had them, newest last."""
    had = [
        entry["id"] for entry in history if entry.get("audience") == target.audience and entry["what"] in log.SWITCHES
    ]
    return list(reversed(dict.fromkeys(reversed(had))))


def _newest(folder: Path, now: datetime) -> datetime | None:
    """Return when the newest file below *folder* was written, None where there is no file."""
    times = [path.stat().st_mtime for path in folder.rglob("*") if path.is_file()]
    return datetime.fromtimestamp(max(times), now.tzinfo) if times else None

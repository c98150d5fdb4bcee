"""A finished site on its way out: its numbers read, compared, attacked and searched, before anything is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from skq.build.request import Places
from skq.errors import ReleaseError
from skq.files import write_text
from skq.memory import read_published, released_numbers, write_published
from skq.release.approval import known_releases
from skq.release.causes import causes
from skq.release.changes import CHANGE_COLUMNS, changed_numbers, unexplained, write_changes
from skq.release.gate import Gate, Machine, gate, in_order
from skq.release.manifest import audience_of, content_of, read_manifest, read_state, release_id
from skq.release.refusal import Refusal
from skq.release.target import Target

Say = Callable[[str], None]


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

    def manifest(self, *, by: str, at: str, alone: bool) -> dict[str, Any]:
        """Return its manifest, prepared by *by*; and approved, when one person answers for it *alone*."""
        return {
            "id": self.id,
            "content": dict(self.content),
            "previous": self.previous,
            "known": list(self.known),
            "prepared_by": by,
            "prepared_at": at,
            "approved_by": by if alone else "",
            "approved_at": at if alone else "",
        }


def told_folder(places: Places) -> Path:
    """Return where the gate leaves its findings, beside the site and never in it."""
    return places.out / "gate" / "release"


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

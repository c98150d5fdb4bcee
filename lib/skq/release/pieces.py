"""What a file of a release is taken apart into: texts with their places, or a refusal where it cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from skq.release.refusal import Refusal

PART = "\x00"
"""Stands between texts of one piece that do not belong together, so that no name is read across them."""


@dataclass(frozen=True)
class Place:
    """Where a text stands: the file relative to the site, and what of it (`page 3`, `picture in it`), outermost first.

    *foreign*: programs and typefaces that others have made. *depth*: how many files within files.
    """

    file: str
    inner: tuple[str, ...] = ()
    foreign: bool = False
    depth: int = 0

    def within(self, inner: str, *, deeper: bool = False) -> Place:
        """Return the place *inner* of this one; *deeper* when that is a file of its own."""
        return replace(self, inner=(*self.inner, inner), depth=self.depth + deeper)

    def __str__(self) -> str:
        return ": ".join((self.file, *self.inner))


@dataclass(frozen=True)
class Piece:
    """One text of a file as it stands there.

    *labels* names the lines of the text where they are not lines of the file, *lines* is False for texts without
    lines worth naming. *markup*: tags can stand within words.
    """

    place: Place
    text: str
    labels: Sequence[str] = ()
    lines: bool = True
    markup: bool = False

    def where(self, line: int) -> str:
        """Return the place of a line (from 0) as a refusal names it."""
        if self.labels:
            return f"{self.place}: {self.labels[min(line, len(self.labels) - 1)]}"
        if not self.lines:
            return str(self.place)
        return f"{self.place}, line {line + 1}" if self.place.inner else f"{self.place}:{line + 1}"


Opened = Iterator[Piece | Refusal]


def unreadable(place: Place, why: str) -> Refusal:
    """Return the refusal of a file that cannot be searched; *why* completes "cannot be read: …"."""
    return Refusal("unreadable", str(place), f"cannot be searched, so it cannot go out: {why}")

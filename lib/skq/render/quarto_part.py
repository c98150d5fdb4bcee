"""One part of the staged project, made by Quarto: without the documents at which it stops, and with what it told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from skq.render.compiled import Compiled
from skq.render.embedded import page_address
from skq.render.finish import finish_page
from skq.render.processes import Ended, Programs
from skq.render.quarto_says import document_at, plain, reason, unknown_references
from skq.render.shards import NOTEBOOK, command_for, write_shard

IN_A_ROW = 3
"""So many first documents of a part fail one after the other before what they share is held to be at fault."""

WHOLE = "the project"


@dataclass(frozen=True)
class Outcome:
    """What became of some pages: their project and the site of those made, why others failed, what Quarto said."""

    project: Path
    out: Path
    made: tuple[str, ...]
    failed: dict[str, str]
    said: str


@dataclass(frozen=True)
class Quarto:
    """The program, how it is run, and what it is told of the theme."""

    program: Path
    programs: Programs
    compiled: Compiled

    def render(self, shard: Path, out: Path) -> Ended:
        """Make the pages of *shard* in *out*; from any thread."""
        self.compiled.give(shard)
        return self.programs.run(command_for(self.program, shard, out))


def made(project: Path, pages: Sequence[str], work: Path, quarto: Quarto) -> Outcome:
    """Make *pages* in a project of their own; one at which Quarto stops is left out, and the others are made again."""
    waiting, said, in_a_row = list(pages), "", 0
    failed: dict[str, str] = {}
    while waiting:
        folder = work / f"{len(waiting)}"
        shard = write_shard(project, waiting, folder / project.name.lstrip("."))
        ended = quarto.render(shard, folder / "site")
        text = _readable(ended.said, shard)
        said += text
        if ended.code == 0:
            failed |= _flaws(waiting, folder / "site", text)
            return Outcome(shard, folder / "site", _finished(waiting, failed, folder / "site"), failed, said)
        document = document_at(text) or (waiting[0] if len(waiting) == 1 else WHOLE)
        failed[document] = reason(text, code=ended.code)
        in_a_row = in_a_row + 1 if document == waiting[0] else 0
        if document not in waiting:
            break
        waiting.remove(document)
        if in_a_row == IN_A_ROW:
            failed |= dict.fromkeys(waiting, "it was not tried, since all before it failed")
            break
    return Outcome(work, work, (), failed, said)


def _flaws(pages: Sequence[str], out: Path, said: str) -> dict[str, str]:
    """Return what is wrong with the *pages* in *out* though Quarto is content: not there, or references to nowhere."""
    unknown = unknown_references(said, pages[0])
    flaws = {page: f"refers to {', '.join(names)}, which it does not have" for page, names in unknown.items()}
    for page in pages:
        wanted = [page_address(page), *([f"{page.removesuffix(NOTEBOOK)}.pdf"] if page.endswith(NOTEBOOK) else [])]
        if absent := [name for name in wanted if not (out / name).is_file()]:
            flaws[page] = f"Quarto ended well but did not make {', '.join(absent)}"
    return flaws


def _finished(pages: Sequence[str], failed: Mapping[str, str], out: Path) -> tuple[str, ...]:
    made = tuple(page for page in pages if page not in failed)
    for page in made:
        finish_page(out / page_address(page), page_address(page))
    return made


def _readable(said: str, shard: Path) -> str:
    """Return what Quarto *said* without the codes of a terminal and without the place of the *shard*."""
    place = rf"[^\s'\"]*{re.escape('/'.join(shard.parts[-4:-1]))}/{re.escape(shard.name)}"
    return re.sub(place, shard.name, plain(said))

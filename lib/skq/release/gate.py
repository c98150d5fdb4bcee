"""The gate: everything that would stop a release, found on the finished files, all of it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from skq.build.claim import PRINCIPAL
from skq.build.edition import rule_named
from skq.build.facts import read_facts
from skq.build.watching import WATCH
from skq.errors import counted
from skq.files import folder_checksums
from skq.protect.principals import principals_rule
from skq.release.readers import own_folders, own_numbers, readers_of, seen_by_principal
from skq.release.refusal import Refusal
from skq.render.links import link_faults
from skq.render.pdfua import pdf_faults
from skq.sources.official import read_official
from skq.watch.listing import read_watch

PROTECTION = "build again with this version of skq; if it stays, send the file to us: protection has a fault"
PAGES = "build in a new folder with this version of skq; if it stays, send the file to us: a page has a fault"
PERSONAL = "mend the table or the words of one's own (comments, commitments) that it came from; build and release again"
NEXT_STEPS = {
    "changed-after-build": "run 'skq build' again and release what it makes; a site is never edited by hand",
    "joint-attack": PROTECTION,
    "earlier-release": "set 'to' in [release] of skq.toml to this folder and build again, so that the build minds it",
    "principal": PROTECTION,
    "below-limit": PROTECTION,
    "contradiction": PAGES,
    "n-beside-hidden": PAGES,
    "number-without-source": PAGES,
    "pdf-differs": PAGES,
    "unreadable-download": PAGES,
    "unexplained": "build in a new folder; if it stays, send changes.csv to us before anything is released",
    "watch-list": "run 'skq build' again: it writes the list anew",
    "watch-key": "give the key file of the build with --key, or run 'skq build' again with this one",
    "canary": PERSONAL,
    "personal-number": PERSONAL,
    "e-mail": PERSONAL,
    "secret-key": "make a new key at once, find out how the old one came into the file, build and release again",
    "unexpected-file": "build in a new folder; only what skq makes belongs in a site",
    "broken-link": "run 'skq build' again; if the link stays broken, mend the page that it stands on",
    "pdf-not-accessible": "run 'skq build' again; a PDF that was made by other means does not belong in the site",
}
"""What to do about a rule's refusals; for those that are not here, `ELSE`."""
ELSE = "mend what the file was made of, build again, and release again"
SHOWN = 10
"""So many refusals of a rule are printed; all of them stand in the file."""


@dataclass(frozen=True)
class Machine:
    """What no file of a site may tell of where it was made: *paths*, *names* of user and computer; and the *key*.

    *cores*: so many processes may search at once.
    """

    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    key: bytes | None = None
    cores: int = 1


@dataclass(frozen=True)
class Gate:
    """What the gate looks at, and what an attacker is taken to have beside it.

    *built* are the checksums that the build left of its *site*; *earlier* all numbers released before (see
    `memory.released_numbers`); *official* a folder of statistics that anyone can download, None for none. *persons*:
    whether the build has read registers of persons, whose texts are looked for.
    """

    out: Path
    site: Path
    built: Mapping[str, str]
    audience: str
    rule: str
    earlier: pd.DataFrame
    official: Path | None = None
    municipality: str = ""
    persons: bool = True
    machine: Machine = Machine()


def gate(asked: Gate) -> list[Refusal]:
    """Return every reason not to release the finished site of *asked*, sorted by rule and place; none: it may go."""
    return in_order([*as_built(asked.site, asked.built), *accessible(asked.site), *_attacked(asked), *_searched(asked)])


def as_built(site: Path, built: Mapping[str, str]) -> list[Refusal]:
    """Return a refusal for each file of *site* that is not, byte for byte, what the build left (*built*)."""
    found = folder_checksums(site)
    kinds = {
        "is not what the last whole build left": {
            name for name in {*built, *found} if built.get(name) != found.get(name)
        },
        "is gone since the last whole build": set(built) - set(found),
        "was put there after the last whole build": set(found) - set(built),
    }
    what = {name: sentence for sentence, names in kinds.items() for name in names}  # the most exact one stands last
    return [Refusal("changed-after-build", name, f"the file {what[name]}") for name in sorted(what)]


def accessible(site: Path) -> list[Refusal]:
    """Return a refusal for each link that leads nowhere, and each PDF that does not declare itself PDF/UA-1."""
    links = [fault.partition(": ") for fault in link_faults(site)]
    refusals = [Refusal("broken-link", page, what) for page, _, what in links]
    for pdf in sorted(site.rglob("*.pdf")):
        name = pdf.relative_to(site).as_posix()
        refusals += [Refusal("pdf-not-accessible", name, f"the PDF {fault}") for fault in pdf_faults(pdf.read_bytes())]
    return refusals


def in_order(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Return every refusal once, sorted by rule and place."""
    return sorted(set(refusals))


def told(refusals: Sequence[Refusal]) -> str:
    """Return the *refusals* as the analyst reads them: grouped by rule, the first of each, and what to do."""
    groups: dict[str, list[Refusal]] = {}
    for refusal in refusals:
        groups.setdefault(refusal.rule, []).append(refusal)
    lines = [f"Refused   for {counted(len(refusals), 'reason')}; nothing was released, readers have what they had"]
    for rule, found in groups.items():
        lines += ["", f"{rule}: {len(found)}", *(f"  {one.where}\n    {one.what}" for one in found[:SHOWN])]
        if len(found) > SHOWN:
            lines.append(f"  … and {len(found) - SHOWN} more")
        lines.append(f"  next:     {NEXT_STEPS.get(rule, ELSE)}")
    return "\n".join(lines)


def _attacked(asked: Gate) -> list[Refusal]:
    """Return what readers can work out of the finished site and everything else that they have.

    Each kind of reader has what is public and what is theirs: everyone; the organizer; each principal, who gets one
    folder of a principals' site.
    """
    from skq.release.attack import attack_site

    units, belonging = read_facts(asked.out)
    official = None
    if asked.official is not None:
        official = read_official(asked.official, municipality_code=asked.municipality).results
    common: dict[str, Any] = {
        "rule": rule_named(asked.rule),
        "units": units,
        "memberships": belonging,
        "official": official,
    }
    found: list[Refusal] = []
    if asked.audience == PRINCIPAL:
        own = principals_rule(common["rule"])
        for code, folder in own_folders(asked.site).items():
            told = attack_site(folder, own_rule=own, earlier=seen_by_principal(asked.earlier, code), **common)
            found += [replace(one, where=f"{folder.name}/{one.where}") for one in told]
        return found
    for readers in readers_of(asked.audience, asked.earlier):
        earlier = asked.earlier[asked.earlier["audience"].isin(readers)].reset_index(drop=True)
        principals = own_numbers(asked.earlier) if len(readers) == 1 else {}
        found += attack_site(asked.site, earlier=earlier, principals=principals, **common)
    return found


def _searched(asked: Gate) -> list[Refusal]:
    """Return what stands in the files of the site that must stand in none: personal texts, places of the machine."""
    from skq.release.scan import scan_site

    machine, listed = asked.machine, asked.out / WATCH
    if asked.persons and not listed.is_file():
        what = "the list of personal texts to look for is gone, or the build was made without one"
        return [Refusal("watch-list", f"({WATCH.as_posix()})", what)]
    watch = read_watch(listed) if asked.persons else None
    told = {"forbidden_paths": machine.paths, "user_names": machine.names}
    return scan_site(asked.site, watch=watch, key=machine.key, jobs=machine.cores, **told)

"""Every file of a finished site, opened and searched -> a refusal for each thing that may not go out.

Runs on the finished files alone. What is looked for: patterns (`patterns`: personal identity numbers, addresses,
paths, keys) and the personal texts of the very registers that the site was made of (`skq.watch`). A refusal tells where
and of what kind, never the text itself.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path, PurePosixPath
from typing import Any

from skq.release.files import file_pieces, site_files
from skq.release.patterns import Forbidden, matches
from skq.release.pieces import Piece
from skq.release.plain import plain, without_tags
from skq.release.refusal import Refusal
from skq.watch.finding import Finder
from skq.watch.listing import is_of_key

WATCHED = {
    "pupil_id": "the id of a pupil",
    "teacher_id": "the id of a teacher",
    "respondent": "the id of someone who answered a survey",
    "name": "the name of a person in the registers",
    "personal_number": "a personal identity number of the registers",
    "email": "an e-mail address of the registers",
    "phone": "a telephone number of the registers",
    "pseudonym": "the pseudonym of a person",
    "value": "the exact value of a single person",
}
"""What the kinds of watched texts are called in a refusal."""

LEAST_KEY = 16
LEAST_FOR_JOBS = 200
"""With fewer files one process is ready before another has begun."""


@dataclass(frozen=True)
class _Search:
    """What is looked for, as it is handed to other processes."""

    watch: Mapping[str, Any] | None
    key: bytes | None
    paths: tuple[str, ...]
    names: tuple[str, ...]
    allowed: frozenset[str]


class _Looked:
    """What is looked for, made ready once for many files."""

    def __init__(self, search: _Search) -> None:
        self.forbidden = Forbidden(search.paths, search.names, search.allowed)
        self.finder = None if search.watch is None or search.key is None else Finder(search.watch, search.key)
        self.key_texts = _key_texts(search.key)


def scan_site(
    site: Path,
    *,
    watch: Mapping[str, Any] | None = None,
    key: bytes | None = None,
    forbidden_paths: Sequence[str] = (),
    user_names: Sequence[str] = (),
    allowed: Collection[str] = (),
    jobs: int = 1,
) -> list[Refusal]:
    """Return a refusal for everything in the files of *site* that may not be released, sorted; each place once.

    *watch* is the list that the build wrote (`watch.read_watch`) and *key* the key that it was made with; without a
    list only patterns are looked for. *forbidden_paths* are absolute folders of this machine, *user_names* the names of
    its user and of itself, *allowed* e-mail addresses that are published on purpose. *jobs* processes search at once.
    """
    if watch is not None and (key is None or not is_of_key(watch, key)):
        return [Refusal("watch-key", "gate/watch.json", "made with another key of pseudonyms than the one given")]
    try:
        names = list(enumerate(site_files(site), 1))
    except OSError as error:
        return [Refusal("unreadable", ".", f"a folder of the site cannot be read ({type(error).__name__})")]
    search = _Search(watch, key, tuple(forbidden_paths), tuple(user_names), frozenset(allowed))
    if jobs < 2 or len(names) < LEAST_FOR_JOBS:
        return sorted(_of_files(site, names, search))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        parts = [pool.submit(_of_files, site, names[start::jobs], search) for start in range(jobs)]
        return sorted(set().union(*(part.result() for part in parts)))


def _of_files(site: Path, names: Sequence[tuple[int, str]], search: _Search) -> set[Refusal]:
    looked = _Looked(search)
    return {refusal for number, name in names for refusal in _of_file(site, name, number, looked)}


def _of_file(site: Path, name: str, number: int, search: _Looked) -> list[Refusal]:
    """Return the refusals of one file; where its very name is personal, they do not repeat the name."""
    found = list(file_pieces(site, name))
    pieces = [piece for piece in found if isinstance(piece, Piece)]
    refusals = [refusal for refusal in found if isinstance(refusal, Refusal)]
    refusals += _of_pieces(pieces, search)
    if any("the name of the file" in refusal.where for refusal in refusals):
        shown = f"(name not shown){PurePosixPath(name).suffix} (file {number} of the site, sorted by folder)"
        return [replace(one, where=one.where.replace(name, shown)) for one in refusals]
    return refusals


def _of_pieces(pieces: Sequence[Piece], search: _Looked) -> list[Refusal]:
    """Return the refusals of the texts of one file."""
    views = [(piece, text) for piece in pieces for text in _views(piece)]
    refusals = [
        Refusal(match.rule, piece.where(text.count("\n", 0, match.start)), f"{match.what} stands here")
        for piece, text in views
        for match in matches(text, search.forbidden, foreign=piece.place.foreign)
    ]
    refusals += [
        Refusal("secret-key", piece.where(0), "the key of the pseudonyms stands here")
        for piece, text in views
        if any(secret in text for secret in search.key_texts)
    ]
    if search.finder is not None:
        for hit in search.finder.hits([text for _, text in views]):
            what = WATCHED.get(hit.kind, "a personal text of the registers")
            refusals.append(Refusal("canary", views[hit.text][0].where(hit.line), f"{what} stands here"))
    return refusals


def _views(piece: Piece) -> Iterator[str]:
    """Yield the text as a search sees it: as it stands, without tags within words, and without hyphens at line ends."""
    text = plain(piece.text)
    yield text
    if piece.markup:
        yield plain(without_tags(piece.text))
    if "-\n" in text:
        yield text.replace("-\n", "")


def _key_texts(key: bytes | None) -> tuple[str, ...]:
    """Return the spellings in which a key could stand in a file."""
    if key is None or len(key) < LEAST_KEY:
        return ()
    spellings = {key.hex(), key.hex().upper(), base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode()}
    return tuple(sorted({*spellings, key.decode("latin-1")}))

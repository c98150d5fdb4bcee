"""Texts that were read of persons -> the list of their digests, every text in all the forms in which it may stand."""

from __future__ import annotations

import hmac
import json
import os
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from skq.errors import SourceError
from skq.watch.words import LEAST_DIGITS_OF_VALUE, VALUES, Digest, Words, decimal, digest_by, words

VERSION = 1
NAME, NUMBER, PERSONAL_NUMBER = "name", "value", "personal_number"
"""The kinds that are written in several ways: names in both orders, decimal numbers, and numbers of persons."""

LENGTHS = (10, 12)
"""How many signs a personal identity number has, without and with its century."""

LONGEST_NAME = 5
LEAST_SIGNS, LEAST_LETTERS, LEAST_DIGITS = 4, 8, 7
"""An id of fewer signs, letters alone or digits alone stands everywhere by chance and is not watched for."""

_CHECK = "skq watch list"


def watch_list(
    personal: Mapping[str, Collection[str]], key: bytes, *, published: Collection[str] = ()
) -> dict[str, Any]:
    """Return what `found` needs to know all texts of *personal* (kind to raw texts) again, and nothing more.

    Texts too plain to be told from others are left out and counted under `not_watched`. *published* are texts that a
    release tells on purpose (names and codes of its units): what stands whole in one of them is let through.
    """
    let_through = {part for text in published for part in _sequences(words(text))}
    digest = digest_by(key)
    kinds: dict[str, dict[str, list[str]]] = {}
    unwatched: dict[str, int] = {}
    starts: set[str] = set()
    for kind, texts in sorted(personal.items()):
        forms: set[Words] = set()
        unwatched[kind] = 0
        for text in texts:
            made = list(_forms(kind, text))
            forms.update(made)
            unwatched[kind] += not made
        forms -= let_through
        kinds[kind] = _by_length(forms, digest)
        starts |= {form[0] for form in forms if len(form) > 1 and form[0]}
    left = {kind: number for kind, number in unwatched.items() if number}
    return {
        "version": VERSION,
        "check": digest((_CHECK,)),
        "kinds": kinds,
        "starts": sorted(digest((word,)) for word in starts),
        "not_watched": left,
    }


def write_watch(content: Mapping[str, Any], path: Path) -> None:
    """Write a watch list to *path*, whole or not at all; only the user may read it, from its first moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=0, sort_keys=True)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_watch(path: Path) -> dict[str, Any]:
    """Return the watch list of the file *path*; SourceError where it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(_unreadable(path, type(error).__name__)) from error
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise SourceError(_unreadable(path, "something else"))
    return content


def is_of_key(watch: Mapping[str, Any], key: bytes) -> bool:
    """Whether *watch* was made with *key*: with another one nothing would ever be found."""
    return hmac.compare_digest(str(watch.get("check", "")), digest_by(key)((_CHECK,)))


def _forms(kind: str, text: str) -> Iterator[Words]:
    """Yield every sequence of words by which *text* is to be known again; none for texts that tell nothing."""
    if kind == NUMBER:
        value = decimal(text.replace(" ", ""))
        if value is not None and len(value.replace(".", "").strip("0")) >= LEAST_DIGITS_OF_VALUE:
            yield ("", value)
        return
    parts = words(text)
    if kind == NAME:
        if len(parts) >= 2 and sum(map(len, parts)) > LEAST_SIGNS:
            family, comma, given = text.partition(",")
            yield from _names(words(given) + words(family) if comma else parts)
        return
    whole = "".join(parts)
    if kind == PERSONAL_NUMBER and len(whole) in LENGTHS:
        for number in (whole, whole[-10:]):
            yield from ((number,), (number[:-4], number[-4:]))
    least = LEAST_DIGITS if whole.isdigit() else LEAST_LETTERS if whole.isalpha() else LEAST_SIGNS
    if len(whole) >= least and len(parts) <= LONGEST_NAME * 2:
        yield parts


def _names(parts: Words) -> Iterator[Words]:
    """Yield a name as it is, the family name first, with each of several given names alone, and as addresses have it.

    Addresses of pages and of e-mail have letters without their marks (`rabock` for `Råbock`).
    """
    *given, family = parts
    if (ascii_only := tuple(map(_without_marks, parts))) != parts:
        yield from _names(ascii_only)
    yield parts[:LONGEST_NAME]
    yield (family, *given[: LONGEST_NAME - 1])
    yield (family, given[0])
    for one in given:
        yield (one, family)


def _by_length(forms: Iterable[Words], digest: Digest) -> dict[str, list[str]]:
    lengths: dict[str, list[str]] = {}
    for form in forms:
        lengths.setdefault(str(VALUES if form[0] == "" else len(form)), []).append(digest(form))
    return {length: sorted(digests) for length, digests in sorted(lengths.items())}


def _sequences(parts: Words) -> Iterator[Words]:
    for length in range(1, len(parts) + 1):
        yield from zip(*(parts[start:] for start in range(length)), strict=False)


def _without_marks(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


def _unreadable(path: Path, found: str) -> str:
    return (
        f"{path.name}: the list of personal texts to look for cannot be read\n"
        f"  expected: the file that 'skq build' wrote\n  found:    {found}\n  next:     run 'skq build' again"
    )

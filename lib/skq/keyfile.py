"""The file with the key of the pseudonyms: made on first use, for its owner alone, and apart from data and builds.

Who has the key and a list of identifiers can tell who a pseudonym is; who has lost the key has lost nothing but the
pseudonyms. Where the file lies by default is for the command line to know.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from skq.errors import SettingsError

SHORTEST_KEY = 32
LEAST_DIFFERENT = 8

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LARGEST = 4096
ELSEWHERE = "move the key elsewhere, and name it by --key FILE or by key_file in skq.toml"


def key_of(path: Path, *, apart_from: Mapping[str, Path | None]) -> bytes:
    """Return the key that the file *path* holds; a file that there is not is made, with a new random key.

    *apart_from*: folders in which it must not lie, by what they are ("the data folder"). SettingsError for a file that
    others may read, that lies in one of them or in a git work tree, or whose key can be guessed.
    """
    place = path.expanduser().resolve()
    _refuse_place(place, apart_from)
    try:
        if not place.exists():
            _make(place)
        if os.name == "posix" and place.stat().st_mode & OTHERS:
            raise _wrong(place, "a file that only you may read", "a file that others may read", f"chmod 600 '{place}'")
        content = place.read_bytes()
    except OSError as error:
        raise _wrong(
            place,
            "a file that can be read, or a folder in which it can be made",
            f"it cannot be read or made ({error.strerror or error})",
            "name another file by --key FILE, or by key_file in skq.toml",
        ) from error
    if len(content) > LARGEST:
        raise _wrong(place, "a short file with a key", f"{len(content)} bytes: another kind of file", "check the path")
    return checked_key(content.strip())


def checked_key(key: bytes) -> bytes:
    """Return *key*; SettingsError for one so short or so uniform that it could be guessed."""
    if len(key) < SHORTEST_KEY or len(set(key)) < LEAST_DIFFERENT:
        raise SettingsError(
            "the key of the pseudonyms can be guessed\n"
            f"  expected: at least {SHORTEST_KEY} random bytes\n"
            f"  found:    {len(key)} bytes, {len(set(key))} of them different\n"
            "  next:     remove the key file, so that skq makes a new one; numbers do not depend on it"
        )
    return key


def _make(place: Path) -> None:
    """Write a new key: whole or not at all, and never over one that somebody else made meanwhile."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SHORTEST_KEY).hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(new, place)
    except FileExistsError:
        pass
    finally:
        new.unlink()


def _refuse_place(place: Path, apart_from: Mapping[str, Path | None]) -> None:
    for what, folder in apart_from.items():
        if folder is not None and place.is_relative_to(folder.expanduser().resolve()):
            raise _wrong(place, f"a file outside {what}", f"a file in {what}", ELSEWHERE)
    tree = next((folder for folder in place.parents if (folder / ".git").exists()), None)
    if tree is not None:
        raise _wrong(
            place,
            "a file outside every git work tree, so that it is never shared with the code",
            f"a file in the work tree {tree}",
            ELSEWHERE,
        )


def _wrong(place: Path, expected: str, found: str, next_step: str) -> SettingsError:
    return SettingsError(
        f"the key of the pseudonyms, {place}\n  expected: {expected}\n  found:    {found}\n  next:     {next_step}"
    )

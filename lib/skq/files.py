"""Files and folders, whole or not at all: their checksums, text and JSON, a folder that takes another's place.

Needs nothing of skq and no library, so that whoever only asks what lies on disk has little to load.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any


def checksum(path: Path) -> str:
    """Return the sha256 of a file's bytes, as hexadecimal text."""
    with path.open("rb", buffering=0) as stream:
        digest = sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def folder_checksums(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file below *folder* by its relative path, sorted; empty when there is no folder."""
    top = os.path.join(folder, "")
    files = sorted(path[len(top) :].split(os.sep) for path in _files(top)) if folder.is_dir() else []
    return {"/".join(parts): checksum(folder.joinpath(*parts)) for parts in files}


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            elif entry.is_file():
                yield entry.path


def write_text(path: Path, text: str) -> None:
    """Write *text* as UTF-8 to *path*, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, content: Any) -> None:
    """Write *content* as readable JSON with a fixed order of keys, whole or not at all."""
    write_text(path, json_text(content))


def json_text(content: Any) -> str:
    """Return *content* as JSON: sorted keys, two spaces, proper å ä ö, one newline at the end."""
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write_bytes(path: Path, content: bytes) -> None:
    """Write *content* to *path* through a file beside it, so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(name, 0o644)  # mkstemp makes it private; a site has to be readable
        os.replace(name, path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:
            error.filename = error.filename or str(path)  # writing to an open file does not say which it is
        raise


def link(source: Path, target: Path) -> None:
    """Let *target*, which is not there, be the file *source* under another name; a copy where the disk knows no such.

    For finished files, into which nobody writes any more.
    """
    try:
        os.link(source, target)
    except OSError:  # a disk without links, or a file that has too many
        shutil.copyfile(source, target)


@contextmanager
def new_folder(target: Path, *, if_changed: bool = False) -> Iterator[Path]:
    """Give an empty folder beside *target* that takes its place when the block ends well.

    When it does not end well, the new folder vanishes. The old folder stays where it is until the new one is whole;
    with *if_changed* it is left untouched where the new one holds the same bytes.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    os.chmod(fresh, 0o755)
    try:
        yield fresh
        if not (if_changed and folder_checksums(fresh) == folder_checksums(target)):
            swap_folder(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def swap_folder(fresh: Path, target: Path) -> None:
    """Put the folder *fresh* where *target* is and remove what was there; both lie on the same disk."""
    if not target.exists():
        os.replace(fresh, target)
        return
    retired = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    os.replace(target, retired / "old")
    os.replace(fresh, target)
    shutil.rmtree(retired)

"""Texts and bytes that nothing is known about: what can be read of them, and the files that stand in them as text."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from skq.release.pieces import PART, Opened, Piece, Place
from skq.release.plain import without_drawing
from skq.release.refusal import Refusal

Open = Callable[[bytes, Place], Opened]

_MARKUP = re.compile(r"<(?:!DOCTYPE|html|svg|\?xml|[a-zA-Z]+[\s>/])", re.IGNORECASE)
_PACKED = re.compile(
    r"(?:iVBORw0KGgo|/9j/|JVBERi|H4sI|UEsDB|R0lGOD|PHN2Zy|PD94bWw|PCFET0|UEFSMQ)(?:[A-Za-z0-9+/_-]|\\n|\s|%2B|%2F){16,}",
)
_DATA_ADDRESS = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.-]+)*;base64,((?:[A-Za-z0-9+/_-]|\\n|\s|%2B|%2F)+)")
_RUNS = re.compile(rb"(?:[\x20-\x7e\t]|[\xc2-\xf4][\x80-\xbf]{1,3}|[\xa0-\xff]){4,}")
_WIDE = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00){4,}")
_WIDE_BIG = re.compile(rb"(?:\x00[\x20-\x7e\xa0-\xff]){4,}")

NOTEBOOK_TRACES = {
    "papermill": "parameters, paths and times of papermill",
    "execution": "times of execution",
    "ExecuteTime": "times of execution",
    "interpreter": "the interpreter of the machine",
    "widgets": "states of widgets",
}


def decoded(content: bytes) -> str | None:
    """Return *content* as text (UTF-8, or UTF-16 and UTF-32 with their mark), None where it is none."""
    for mark, encoding in ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                return None
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def text_pieces(text: str, place: Place, opened: Open) -> Opened:
    """Yield *text* itself (source, comments, attributes and all), what a notebook's parts say, and files within it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    markup = _MARKUP.search(text, 0, 4000) is not None
    yield Piece(place, without_drawing(text) if markup else text, markup=markup)
    if place.file.endswith(".ipynb") or '"nbformat"' in text[-4000:]:
        yield from _notebook_pieces(text, place)
    yield from _files_in_text(text, place, opened)


def raw_pieces(content: bytes, place: Place) -> Opened:
    """Yield what can be read in bytes of an unknown kind: as UTF-8, Latin-1 and UTF-16, one run of signs on a line."""
    runs = [found[0] for found in _RUNS.finditer(content)]
    narrow = [run.decode("utf-8", errors="ignore") for run in runs]
    narrow += [run.decode("latin-1") for run in runs if not run.isascii()]
    wide = [found[0].decode("utf-16-le") for found in _WIDE.finditer(content)]
    wide += [found[0].decode("utf-16-be") for found in _WIDE_BIG.finditer(content)]
    yield Piece(place, f"\n{PART}\n".join([*narrow, *wide]), lines=False)


def _files_in_text(text: str, place: Place, opened: Open) -> Opened:
    """Yield the texts of files that stand in *text* as base64: pictures in addresses, outputs of notebooks."""
    seen: set[str] = set()
    number = 0
    for pattern in (_DATA_ADDRESS, _PACKED):
        for found in pattern.finditer(text):
            packed = re.sub(r"\\n|\s", "", found[found.lastindex or 0])
            if packed in seen:
                continue
            seen.add(packed)
            content = _unpacked(packed)
            if content:
                number += 1
                line = text.count("\n", 0, found.start()) + 1
                yield from opened(content, place.within(f"file {number} in it (line {line})", deeper=True))


def _unpacked(packed: str) -> bytes:
    packed = packed.replace("%2B", "+").replace("%2F", "/").replace("-", "+").replace("_", "/").rstrip("=")
    packed = packed[: len(packed) - (len(packed) % 4 == 1)]
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4))
    except (binascii.Error, ValueError):
        return b""


def _notebook_pieces(text: str, place: Place) -> Opened:
    """Yield each joined text of a notebook's cells, and a refusal for what its metadata tell of the machine."""
    try:
        notebook = json.loads(text)
    except ValueError:
        yield Refusal("unreadable", str(place), "cannot be searched, so it cannot go out: a notebook that is no JSON")
        return
    for number, joined in enumerate(_joined_texts(notebook), 1):
        yield Piece(place.within(f"text {number}"), joined)
    for trace in sorted({trace for trace in _keys(notebook) if trace in NOTEBOOK_TRACES}):
        yield Refusal("notebook-metadata", str(place), f"a notebook with {NOTEBOOK_TRACES[trace]} in its metadata")


def _joined_texts(part: Any) -> Iterator[str]:
    """Yield every list of texts as one text: notebooks keep texts as lists of lines."""
    if isinstance(part, dict):
        for value in part.values():
            yield from _joined_texts(value)
    elif isinstance(part, list) and part and all(isinstance(one, str) for one in part):
        yield "".join(part)
    elif isinstance(part, list):
        for value in part:
            yield from _joined_texts(value)


def _keys(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (key for key, value in part.items() if value)
        for value in part.values():
            yield from _keys(value)
    elif isinstance(part, list):
        for value in part:
            yield from _keys(value)

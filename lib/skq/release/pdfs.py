"""A PDF -> everything in it that is text, seen or not: pages, document information, XMP, notes, outline, attachments.

Every object of the file is looked at, not only those that a page leads to: form fields, alternative texts of the
structure, names, scripts and attached files are objects as well. Numbers and names of objects are as in ISO 32000-1.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
    TextStringObject,
)

from skq.release.pdf_words import Signs, replaced_texts, signs_of, string_text, strings_of, words_of
from skq.release.pictures import raster
from skq.release.pieces import PART, Opened, Piece, Place, unreadable
from skq.release.refusal import Refusal
from skq.release.texts import raw_pieces

Open = Callable[[bytes, Place], Opened]
Objects = Mapping[int, Any]

FAULTS = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)
"""What reading a damaged PDF can raise."""

_NAMES = {
    "/Alt": "alternative text",
    "/ActualText": "replacing text",
    "/Contents": "note",
    "/T": "title or field",
    "/URI": "address",
    "/UF": "name of an attached file",
    "/F": "name of an attached file",
    **{f"/{name}": name for name in ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "TU", "V", "JS")},
}
FREE = 65535
"""The generation of numbers that no object has."""

_END = b"%%EOF"
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_COMMENT = re.compile(rb"%[^\r\n]{4,}")
_SIMPLE_TEXT = re.compile(rb"\((?:[^\\()]|\\.)*\)")


def pdf_pieces(content: bytes, place: Place, opened: Open) -> Opened:
    """Yield every text of a PDF and of the files attached to it; a locked, damaged or mended one is refused."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of odd files there; we refuse them
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            yield unreadable(place, "it is locked by a password")
            return
        for number, text in enumerate(_page_texts(reader), 1):
            yield Piece(place.within(f"page {number}"), text, lines=False)
        elements = _structure(reader, content)
        told = [(f"object {number}", text) for number, part in elements.items() for text in strings_of(part)]
        objects = _objects(reader, elements)
        told += [pair for number, one in objects.items() for pair in _strings(one, f"object {number}")]
        told += list(_strings(reader.trailer, "end of the file"))
        if told:
            labels, texts = zip(*told, strict=True)
            text = "\n".join(" ".join(text.splitlines()) + PART for text in texts)
            yield Piece(place, text, labels=labels)
        yield from _stream_pieces(objects, place, opened)
    except FAULTS as error:
        yield unreadable(place, f"a damaged PDF ({type(error).__name__})")
        yield from raw_pieces(content, place)
        return
    bare = _STREAM.sub(b"", content)
    comments = [found.decode("latin-1") for found in _COMMENT.findall(bare)]
    yield Piece(place.within("comments between its objects"), "\n".join(comments), lines=False)
    if bare.count(_END) > 1:
        what = "a PDF that was changed after it was made: what it said before is still in it"
        yield Refusal("pdf-with-history", str(place), what)
    if after := content[content.rfind(_END) + len(_END) :].strip():
        yield from opened(after, place.within("after its end", deeper=True))


def page_texts(content: bytes) -> list[str]:
    """Return the text of each page of a PDF, one text object on a line; one of `FAULTS` where it cannot be read."""
    return list(_page_texts(PdfReader(io.BytesIO(content), strict=False)))


def _page_texts(reader: PdfReader) -> Iterator[str]:
    """Yield the text of each page, by our own reading where its typefaces are known to it, else by pypdf's."""
    for page in reader.pages:
        fonts = _composite_fonts(page.get("/Resources"))
        stream = page.get("/Contents")
        if stream is None:
            yield ""
        elif fonts is None:
            yield str(page.extract_text())
        else:
            data = _data(stream.get_object())
            yield "\n".join([words_of(data, fonts), *replaced_texts(data)])


def _data(stream: Any) -> bytes:
    """Return the content of one stream, or of several that make one."""
    if isinstance(stream, ArrayObject):
        return b"\n".join(_data(part.get_object()) for part in stream)
    return bytes(stream.get_data())


def _composite_fonts(resources: Any) -> dict[str, Signs] | None:
    """Return the texts of the codes of each typeface, None where one is of another kind than Typst's, or none is."""
    fonts = _resolved(_resolved(resources or {}).get("/Font", {}))
    found: dict[str, Signs] = {}
    for name, reference in fonts.items():
        font = _resolved(reference)
        if font.get("/Subtype") != "/Type0" or font.get("/Encoding") != "/Identity-H" or "/ToUnicode" not in font:
            return None
        found[name.removeprefix("/")] = signs_of(bytes(_resolved(font["/ToUnicode"]).get_data()))
    return found or None


def _resolved(reference: Any) -> Any:
    return reference.get_object() if isinstance(reference, IndirectObject) else reference


def _structure(reader: PdfReader, content: bytes) -> dict[int, bytes]:
    """Return the elements of the structure by their numbers, as bytes.

    They are most of the objects (every cell of every table), and reading them by pypdf takes most of the time.
    """
    known = [(offset, number) for generation, offsets in reader.xref.items() if generation < FREE
             for number, offset in offsets.items() if number]  # fmt: skip
    known.sort()
    ends = [*(offset for offset, _ in known[1:]), len(content)]
    parts = {number: content[offset:end] for (offset, number), end in zip(known, ends, strict=True)}
    return {number: part for number, part in parts.items() if b"/StructElem" in part and b"stream" not in part}


def _objects(reader: PdfReader, but: Mapping[int, bytes]) -> dict[int, Any]:
    """Return the objects of the file by their numbers, without those *but*."""
    numbers = {number: generation for generation, known in reader.xref.items() for number in known
               if number and generation < FREE}  # fmt: skip
    numbers |= dict.fromkeys(reader.xref_objStm, 0)
    return {
        number: reader.get_object(IndirectObject(number, generation, reader))
        for number, generation in sorted(numbers.items())
        if number not in but
    }


def _strings(part: Any, label: str) -> Iterator[tuple[str, str]]:
    """Yield each string below *part*, with what it is; what it refers to is an object of its own."""
    if isinstance(part, TextStringObject):
        yield label, str(part)
    elif isinstance(part, ByteStringObject):
        yield label, string_text(bytes(part))
    elif isinstance(part, DictionaryObject):
        for key, value in part.items():
            if key == "/ID":
                continue
            here = f"{label.partition(',')[0]}, {_NAMES.get(key, 'entry')}"
            if key not in _NAMES and isinstance(value, TextStringObject | ByteStringObject):
                yield here, str(key)
            yield from _strings(value, here)
    elif isinstance(part, ArrayObject):
        for value in part:
            yield from _strings(value, label)


def _page_and_font_streams(objects: Objects) -> Iterator[int]:
    """Yield the numbers of streams that pages show (read there) and of typefaces."""
    for one in objects.values():
        if isinstance(one, ArrayObject) and len(one) == 2 and one[0] == "/ICCBased":
            yield one.raw_get(1).idnum if hasattr(one, "raw_get") else -1
        if not isinstance(one, DictionaryObject):
            continue
        for key in ("/FontFile", "/FontFile2", "/FontFile3", "/ToUnicode", "/CIDToGIDMap", "/CIDSet"):
            if key in one and isinstance(one.raw_get(key), IndirectObject):
                yield one.raw_get(key).idnum
        if one.get("/Type") == "/Page" and "/Contents" in one:
            contents = one.raw_get("/Contents")
            parts = _resolved(contents) if isinstance(_resolved(contents), ArrayObject) else [contents]
            yield from (part.idnum for part in parts if isinstance(part, IndirectObject))


def _stream_pieces(objects: Objects, place: Place, opened: Open) -> Opened:
    """Yield what the streams of a file hold, but for its pages and typefaces, which are read otherwise."""
    passed_over = set(_page_and_font_streams(objects))
    for number, one in objects.items():
        if isinstance(one, DictionaryObject) and one.get("/Subtype") == "/Type0" and "/ToUnicode" not in one:
            yield unreadable(place, "a typeface that does not tell which signs it shows")
        if isinstance(one, StreamObject) and number not in passed_over:
            yield from _of_stream(one, place, f"object {number}", opened)


def _of_stream(stream: Any, place: Place, label: str, opened: Open) -> Opened:
    """Yield what a stream tells that is neither a page nor a typeface: a drawing, XMP, an attached file, a script."""
    kind, of = stream.get("/Type"), stream.get("/Subtype")
    if kind in ("/ObjStm", "/XRef"):
        return
    if of == "/Image":
        yield raster(place.within(label))
        return
    data = bytes(stream.get_data())
    if of == "/Form" or "/PatternType" in stream:
        fonts = _composite_fonts(stream.get("/Resources"))
        simple = "\n".join(found[1:-1].decode("cp1252", "replace") for found in _SIMPLE_TEXT.findall(data))
        text = simple if fonts is None else words_of(data, fonts)
        yield Piece(place.within(label), "\n".join([text, *replaced_texts(data)]), lines=False)
        return
    what = "XMP" if kind == "/Metadata" else label
    if kind == "/EmbeddedFile":
        yield Refusal("pdf-attachment", str(place), "a PDF with a file attached to it")
        what = f"attached file ({label})"
    if data.strip():
        yield from opened(data, place.within(what, deeper=True))

"""Archives, packed files, tables and the search index: what is in them, each opened as a file of its own."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator

from skq.release.pieces import PART, Opened, Piece, Place, unreadable
from skq.release.texts import raw_pieces

MOST_BYTES = 256 * 1024 * 1024
"""A file may not become larger than this when it is unpacked."""

_PAGEFIND = b"pagefind_dcd"
_INDEFINITE = 31

Open = Callable[[bytes, Place], Opened]


def gzip_pieces(content: bytes, place: Place, opened: Open) -> Opened:
    """Yield what is in each member of a gzip file, the names in their heads, and what is appended to the last."""
    rest, number = content, 0
    while rest.startswith(b"\x1f\x8b"):
        number += 1
        unpacker = zlib.decompressobj(wbits=31)
        try:
            inner = unpacker.decompress(rest, MOST_BYTES)
        except zlib.error:
            yield unreadable(place, "a damaged gzip file")
            yield from raw_pieces(content, place)
            return
        if not unpacker.eof:
            why = f"more than {MOST_BYTES >> 20} MB unpacked" if unpacker.unconsumed_tail else "a gzip file cut off"
            yield unreadable(place, why)
        if head := gzip_head(rest):
            yield from raw_pieces(head, place.within("head of the gzip file"))
        here = place if number == 1 else place.within(f"member {number}")
        if inner.startswith(_PAGEFIND):
            yield from _index_pieces(inner[len(_PAGEFIND) :], here, opened)
        else:
            yield from opened(inner, here.within("unpacked", deeper=True))
        rest = unpacker.unused_data
    if rest:
        yield from opened(rest, place.within("after its end", deeper=True))


def gzip_head(content: bytes) -> bytes:
    """Return what is told in the head of a gzip member beside its times: extra field, file name, comment (RFC 1952)."""
    flags, at = content[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(content[at : at + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            at = content.find(b"\0", at) + 1 or len(content)
    return content[10:at]


def zip_pieces(content: bytes, place: Place, opened: Open) -> Opened:
    """Yield names, comments and files of an archive (office documents are archives); a locked one is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            comments = [member.comment.decode("utf-8", "replace") for member in members]
            told = [*names, *comments, archive.comment.decode("utf-8", "replace")]
            yield Piece(place.within("names in the archive"), f"\n{PART}\n".join(told), lines=False)
            left = MOST_BYTES
            for number, member in enumerate(members, 1):
                here = place.within(f"file {number} of the archive", deeper=True)
                left -= member.file_size
                if member.flag_bits & 1:
                    yield unreadable(here, "it is locked by a password")
                elif left < 0:
                    yield unreadable(here, f"more than {MOST_BYTES >> 20} MB unpacked")
                else:
                    yield from opened(archive.read(member), here)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, OSError) as error:
        yield unreadable(place, f"a damaged archive ({type(error).__name__})")
        yield from raw_pieces(content, place)


def parquet_pieces(content: bytes, place: Place, opened: Open) -> Opened:
    """Yield the column names, metadata and rows of a Parquet table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError, ValueError):
        yield unreadable(place, "a damaged Parquet table")
        yield from raw_pieces(content, place)
        return
    told = [*table.column_names, *(f"{key!r} {value!r}" for key, value in (table.schema.metadata or {}).items())]
    yield Piece(place.within("description of the table"), "\n".join(told), lines=False)
    rows = (" ; ".join("" if value is None else str(value) for value in row.values()) for row in table.to_pylist())
    yield Piece(place, "\n".join(rows))


def _index_pieces(content: bytes, place: Place, opened: Open) -> Opened:
    """Yield the texts of one part of the search index: a page as JSON, or words and addresses as CBOR (RFC 8949)."""
    if content[:1] in (b"{", b"["):
        yield from opened(content, place.within("text of a page", deeper=True))
    elif content.startswith(b"\0asm"):
        yield from raw_pieces(content, place)
    else:
        try:
            texts = list(cbor_texts(content))
        except (IndexError, ValueError):
            yield unreadable(place, "a damaged part of the search index")
            yield from raw_pieces(content, place)
            return
        yield Piece(place.within("words of the search index"), f"\n{PART}\n".join(texts), lines=False)


def cbor_texts(content: bytes) -> Iterator[str]:
    """Yield every text in a CBOR item (RFC 8949, section 3); IndexError or ValueError where it is none."""
    place = 0
    while place < len(content):
        kind, small = content[place] >> 5, content[place] & 31
        place += 1
        size = 1 << (small - 24) if 24 <= small <= 27 else 0
        if 28 <= small < _INDEFINITE or place + size > len(content):
            raise ValueError("no CBOR item begins here")
        number = int.from_bytes(content[place : place + size], "big") if size else small
        place += size
        if kind in (2, 3) and small != _INDEFINITE:
            if place + number > len(content):
                raise ValueError("a text goes on after the end")
            yield content[place : place + number].decode("utf-8" if kind == 3 else "latin-1")
            place += number

"""Pictures made of dots: what is written in them beside the dots; that they are there at all is refused.

What a picture of dots shows cannot be searched (a photograph, a picture of a screen). A site has none: its figures
are drawn as SVG, whose texts are texts.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from skq.release.pieces import Opened, Place, unreadable
from skq.release.refusal import Refusal
from skq.release.texts import raw_pieces

Open = Callable[[bytes, Place], Opened]

MOST_TEXT = 16 * 1024 * 1024


def raster(place: Place) -> Refusal:
    """Return the refusal of a picture whose content cannot be searched."""
    return Refusal("raster-picture", str(place), "a picture made of dots: what it shows cannot be searched")


def png_pieces(content: bytes, place: Place, opened: Open) -> Opened:
    """Yield the texts, XMP and Exif of a PNG (chunks tEXt, zTXt, iTXt, eXIf and unknown ones), and what follows it."""
    yield raster(place)
    at = 8
    while at + 8 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        body = content[at + 8 : at + 8 + size]
        at += 12 + size
        here = place.within(f"chunk {kind.decode('latin-1')}")
        if kind == b"IEND":
            break
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            yield from raw_pieces(_text_of(kind, body), here)
        elif kind not in (b"IHDR", b"IDAT", b"PLTE", b"pHYs", b"gAMA", b"sRGB", b"cHRM", b"bKGD", b"tRNS"):
            yield from raw_pieces(body, here)
    if content[at:]:
        yield from opened(content[at:], place.within("after its end", deeper=True))


def _text_of(kind: bytes, body: bytes) -> bytes:
    """Return a text chunk with its packed part unpacked (PNG specification, 11.3.3)."""
    keyword, _, rest = body.partition(b"\0")
    packed = rest[1:]
    if kind == b"iTXt":
        if rest[:1] == b"\0":
            return body
        packed = rest[2:].split(b"\0", 2)[-1]
    try:
        return keyword + b" " + zlib.decompressobj().decompress(packed, MOST_TEXT)
    except zlib.error:
        return body


def jpeg_pieces(content: bytes, place: Place, opened: Open) -> Opened:
    """Yield comments, Exif, XMP and IPTC of a JPEG, the small picture in its Exif, and what follows it."""
    yield raster(place)
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        marker, size = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        body = content[at + 4 : at + 2 + size]
        if marker == 0xFE or 0xE0 <= marker <= 0xEF:
            here = place.within(f"segment {marker:02X}")
            yield from raw_pieces(body, here)
            small = body.find(b"\xff\xd8\xff")
            if small >= 0:
                yield from opened(body[small:], here.within("small picture", deeper=True))
        at += 2 + size
    end = content.find(b"\xff\xd9", at)
    if end < 0:
        yield unreadable(place, "a picture cut off")
    elif content[end + 2 :]:
        yield from opened(content[end + 2 :], place.within("after its end", deeper=True))


def gif_pieces(content: bytes, place: Place, opened: Open) -> Opened:
    """Yield what can be read in a GIF."""
    yield raster(place)
    yield from raw_pieces(content, place)

"""How files are opened: page text of PDFs, packed and damaged files, and that nothing unread is taken for clean."""

from __future__ import annotations

import base64
import gzip
import io
import os
import struct
import zipfile

import pytest
from pypdf import PdfReader, PdfWriter
from skq.release import packed
from skq.release.files import file_pieces, opened, site_files
from skq.release.packed import cbor_texts, gzip_head
from skq.release.pdf_words import signs_of, unescaped, words_of
from skq.release.pdfs import page_texts
from skq.release.pieces import Piece, Place
from skq.release.refusal import Refusal

from tests.unit.release_plants import PLANTS, typeset, write
from tests.unit.release_plants import packed as zipped

PLACE = Place("a/x.bin")
GOLD = b"The quick brown fox jumps over the lazy dog. " * 20


def texts(content: bytes) -> str:
    """Return all that is read in a file with this *content*."""
    return "\n".join(piece.text for piece in opened(content, PLACE) if isinstance(piece, Piece))


def rules(content: bytes) -> list[str]:
    return [piece.rule for piece in opened(content, PLACE) if isinstance(piece, Refusal)]


def test_pages_of_a_pdf_are_read_as_pypdf_reads_them():
    """Our reading of what Typst writes gives every word that pypdf gives, in the same order, ligatures and all."""
    content = typeset("Fjärde affischen: 231,4 – 98,7 % (214 elever) \\\\ och Åk 9")
    ours = [" ".join(page.split()) for page in page_texts(content)]
    theirs = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]
    assert ours == theirs
    assert "affischen: 231,4 – 98,7 % (214 elever)" in ours[1]


def test_shifted_signs_are_words_and_kerned_ones_are_not():
    """A shift of a fifth of the type size or more parts words (TJ, ISO 32000-1, 9.4.3); kerning does not."""
    fonts = {"f0": {1: "A", 2: "B", 3: "ffi"}}
    stream = b"BT /f0 9 Tf [(\\000\\001) 27 <0002> -250 <0003>] TJ ET BT 1 0 0 1 0 0 Tm <0001> Tj T* <0009> Tj ET"
    assert words_of(stream, fonts) == "AB ffi\nA\n\ufffd"


def test_strings_of_a_pdf_lose_their_escapes():
    """Octal numbers, letters, continued lines and doubled marks (ISO 32000-1, 7.3.4.2)."""
    assert unescaped(b"a\\(b\\)\\\\\\101\\53\\n\\\nx") == b"a(b)\\A+\nx"


def test_tables_to_unicode_are_read_in_all_three_forms():
    """Single codes, ranges with a first text, and ranges with a list (ISO 32000-1, 9.10.3)."""
    table = b"""2 beginbfchar <0001> <00C5> <0002> <00660069> endbfchar
    2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<0078> <0079007A>] endbfrange"""
    told = {1: "Å", 2: "fi", 0x10: "a", 0x11: "b", 0x12: "c", 0x20: "x", 0x21: "yz"}
    assert signs_of(table) == told


def test_texts_of_the_search_index_are_read():
    """A list of a number, a text of five signs, a map and an indefinite list (RFC 8949, appendix A)."""
    content = bytes.fromhex("84 1903e8 65") + b"svara" + bytes.fromhex("a1 6161 f93c00 9f 6162 ff")
    assert list(cbor_texts(content)) == ["svara", "a", "b"]


@pytest.mark.parametrize("content", ["1c", "65 6162", "79 00", "5b ffffffffffffffff 00"])
def test_damaged_index_is_an_error(content):
    """What goes on after its end, or is no item, is not taken for an index without texts."""
    with pytest.raises(ValueError, match=r"end|item"):
        list(cbor_texts(bytes.fromhex(content)))


def locked_pdf() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(typeset("x")))
    writer.encrypt("hemligt", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def locked_zip() -> bytes:
    content = bytearray(zipped("a.txt", b"x"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1  # general purpose bit 0: encrypted (APPNOTE 4.4.4)
    return bytes(content)


UNREADABLE = {
    "locked-pdf": locked_pdf,
    "damaged-pdf": lambda: b"%PDF-1.7\n" + b"\x00\x81" * 40,
    "locked-archive": locked_zip,
    "damaged-archive": lambda: zipped("a.txt", GOLD)[:-30],
    "damaged-member": lambda: zipped("a.txt", GOLD).replace(zipped("a.txt", GOLD)[40:60], b"\xff" * 20),
    "damaged-gzip": lambda: b"\x1f\x8b\x08\x00" + b"\xff" * 40,
    "gzip-cut-off": lambda: gzip.compress(GOLD)[:-12],
    "index-damaged": lambda: gzip.compress(b"pagefind_dcd\x65a"),
    "damaged-table": lambda: b"PAR1" + b"\x00" * 40 + b"PAR1",
    "picture-cut-off": lambda: b"\xff\xd8\xff\xda\x00\x02\x00\x00",
    "old-office-document": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 40,
    "7z": lambda: b"7z\xbc\xaf\x27\x1c" + b"\x00" * 40,
    "data-base": lambda: b"SQLite format 3\x00" + b"\x00" * 40,
    "notebook-no-json": lambda: b'{"cells": [, "nbformat": 4',
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_refused(kind):
    """Locked, damaged and unknown packed files are refused by name: nothing unread is taken for clean."""
    assert "unreadable" in rules(UNREADABLE[kind]())


def test_text_that_is_no_text_is_refused(tmp_path):
    """A page in an old encoding, or with bytes that are none, is refused, and what can be read of it is searched."""
    write(tmp_path, "a.html", "Å 811228-9874".encode("latin-1"))
    found = list(file_pieces(tmp_path, "a.html"))
    assert [piece.rule for piece in found if isinstance(piece, Refusal)] == ["unreadable"]
    assert any("811228-9874" in piece.text for piece in found if isinstance(piece, Piece))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_pipe_is_refused_and_never_waited_for(tmp_path):
    """What is neither a file nor a folder is not opened."""
    os.mkfifo(tmp_path / "a.html")
    assert [piece.rule for piece in file_pieces(tmp_path, "a.html") if isinstance(piece, Refusal)] == [
        "unexpected-file"
    ]


def test_unpacked_size_is_bounded(monkeypatch):
    """A file that grows beyond all measure when it is unpacked is refused, not unpacked."""
    monkeypatch.setattr(packed, "MOST_BYTES", 1000)
    for bomb in (gzip.compress(b"\0" * 5000), zipped("a.txt", b"\0" * 5000)):
        assert rules(bomb) == ["unreadable"]


def test_depth_is_bounded():
    """Files within files are opened five deep; what is deeper is refused."""
    content = b"811228-9874"
    for _ in range(5):
        content = zipped("a", content)
    assert "811228-9874" in texts(content)
    assert rules(content) == []
    assert rules(zipped("a", content)) == ["unreadable"]


def test_changed_pdf_is_refused():
    """What a PDF said before a change is still in it; as Typst writes it, there is one end and no more."""
    whole = typeset("x")
    assert rules(whole) == []
    writer, stream = PdfWriter(io.BytesIO(whole), incremental=True), io.BytesIO()
    writer.add_metadata({"/Subject": "y"})
    writer.write(stream)
    assert stream.getvalue().startswith(whole)
    assert rules(stream.getvalue()) == ["pdf-with-history"]


def test_bytes_after_the_end_of_a_pdf_are_opened():
    """An archive behind the last mark of a PDF is found, and so is a text between its objects."""
    hidden = typeset("x") + zipped("a.txt", b"Vendela")
    assert "Vendela" in texts(hidden)
    between = typeset("x").replace(b"\nendobj", b"\nendobj\n% Vendela was here", 1)
    assert "Vendela" in texts(between)


def test_member_behind_the_first_is_opened():
    """A gzip file may have several members, and anything behind the last."""
    assert "Vendela" in texts(gzip.compress(b"a") + gzip.compress(b"Vendela"))
    assert "Vendela" in texts(gzip.compress(b"a") + b"Vendela")


def test_head_of_a_gzip_file_is_read_and_no_more():
    """Extra field, name and comment belong to the head (RFC 1952); the packed bytes behind it are no text."""
    head = b"\x1f\x8b\x08\x1c\0\0\0\0\0\xff" + b"\x03\0abc" + b"Vendela.csv\0" + b"om \xe5k 9\0"
    assert gzip_head(head + b"packed@bytes.se\0") == head[10:]
    assert gzip_head(gzip.compress(b"x")) == b""


@pytest.mark.parametrize("alphabet", [base64.b64encode, base64.urlsafe_b64encode])
def test_file_in_a_text_is_opened(alphabet):
    """A packed file in base64 is found in any text, with or without the form of an address."""
    content = alphabet(gzip.compress(b"Vendela " + bytes(range(48, 123)))).decode()
    assert "Vendela" in texts(f'{{"output": "{content}"}}'.encode())
    assert "Vendela" in texts(f'<img src="data:application/gzip;base64,{content}">'.encode())


@pytest.mark.parametrize("way", ["png-text", "jpeg-comment"])
def test_picture_of_dots_is_refused(way, tmp_path):
    """What a picture shows cannot be searched, so no picture of dots goes out, wherever it stands."""
    PLANTS[way](tmp_path, "x")
    (name,) = site_files(tmp_path)
    assert {piece.rule for piece in file_pieces(tmp_path, name) if isinstance(piece, Refusal)} == {
        "raster-picture", "unexpected-file",
    }  # fmt: skip
    assert rules(b"GIF89a" + b"\0" * 9) == ["raster-picture"]


def test_damaged_picture_text_is_read_as_it_is():
    """A text chunk that cannot be unpacked is searched as bytes."""
    body = b"Author\0\0Vendela"
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + b"\0" * 4
    assert "Vendela" in texts(b"\x89PNG\r\n\x1a\n" + chunk)


def test_files_come_in_the_same_order(tmp_path):
    """Names are sorted, folders too, whatever the disk says."""
    for name in ("b/a.csv", "a.csv", "B/c.csv", "b/B.csv"):
        write(tmp_path, name, "x")
    assert list(site_files(tmp_path)) == ["a.csv", "B/c.csv", "b/B.csv", "b/a.csv"]


def test_archive_made_by_another_program_is_opened():
    """Names in an archive may be in any folder; folders themselves are nothing to open."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.mkdir("mapp")
        archive.writestr("mapp/a.txt", "Vendela")
    assert "Vendela" in texts(stream.getvalue())

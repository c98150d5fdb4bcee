"""A small clean site of every kind of file, and the ways in which something personal can get into one.

`clean(folder)` writes the site; each entry of `PLANTS` writes one file that holds a text, and may be called with a
harmless text for its clean twin.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import typst
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

Plant = Callable[[Path, str], None]

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def clean(site: Path) -> Path:
    """Write a site of one page with figure, table, PDF, styles and search index; return its folder."""
    write(site, "index.html", page("<p>Meritvärdet var 231,4 (214 elever).</p>"))
    write(site, "skolor/a/results.csv", "mått;antal\nmerit_rating_17;214\n")
    write(site, "skolor/a/trend.svg", svg("<title>Meritvärde per läsår</title>"))
    write(site, "assets/skq.css", "body { color: #1d2733 }")
    write(site, "assets/skq.js", "const years = 5;")
    write(site, "pagefind/pagefind-entry.json", '{"version":"1.5.2"}')
    (site / "arsanalys").mkdir(parents=True)
    (site / "arsanalys" / "arsanalys.pdf").write_bytes(typeset("Årsanalys 2025/26"))
    fragment(site, "Kvalitetsrapport 2025/26")
    return site


def write(site: Path, name: str, content: str | bytes) -> None:
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def page(body: str, head: str = "") -> str:
    return f'<!DOCTYPE html>\n<html lang="sv">\n<head>{head}</head>\n<body>\n{body}\n</body>\n</html>\n'


def svg(inner: str) -> str:
    return (
        f'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">\n{inner}\n<path d="M 0 0 L 1 1"/>\n</svg>\n'
    )


@cache
def typeset(text: str) -> bytes:
    """Return a PDF of two pages as Typst makes it, with *text* on the second."""
    return typst.compile(f'#set document(title: "Rapport")\nFörst\n#pagebreak()\n#"{text}"'.encode())


def html(body: str, head: str = "") -> Plant:
    return lambda site, text: write(site, "om.html", page(body.replace("@@", text), head.replace("@@", text)))


def drawn(inner: str) -> Plant:
    return lambda site, text: write(site, "skolor/a/tests.svg", svg(inner.replace("@@", text)))


def plain(name: str, content: str, encoding: str = "utf-8") -> Plant:
    return lambda site, text: write(site, name, content.replace("@@", text).encode(encoding))


def pdf(change: Callable[[PdfWriter, str], None]) -> Plant:
    def plant(site: Path, text: str) -> None:
        writer = PdfWriter(clone_from=io.BytesIO(typeset("Kvalitetsrapport")))
        change(writer, text)
        stream = io.BytesIO()
        writer.write(stream)
        write(site, "skolor/a/kvalitetsrapport.pdf", stream.getvalue())

    return plant


def in_xmp(writer: PdfWriter, text: str) -> None:
    stream = StreamObject()
    stream.set_data(f"<x:xmpmeta><dc:title>{text}</dc:title></x:xmpmeta>".encode())
    stream[NameObject("/Type")] = NameObject("/Metadata")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)


def in_structure(writer: PdfWriter, text: str) -> None:
    root = writer.root_object["/StructTreeRoot"]
    root[NameObject("/Alt")] = TextStringObject(text)


def in_list(writer: PdfWriter, text: str) -> None:
    """The choices of a form field are an array of strings."""
    field = {NameObject("/FT"): NameObject("/Ch"), NameObject("/Opt"): ArrayObject([TextStringObject(text)])}
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject([DictionaryObject(field)])}
    )


def in_other_typeface(writer: PdfWriter, text: str) -> None:
    """A page whose typeface is not of the kind that Typst writes."""
    page = writer.add_blank_page(width=600, height=100)
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding"}
    font = DictionaryObject({NameObject(name): NameObject(value) for name, value in names.items()})
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = StreamObject()
    stream.set_data(f"BT /F1 9 Tf 9 9 Td ({text}) Tj ET".encode("cp1252"))
    page[NameObject("/Contents")] = writer._add_object(stream)


def in_action(writer: PdfWriter, text: str) -> None:
    action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(f"app.alert('{text}')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject(k): v for k, v in action.items()})


def in_drawing(writer: PdfWriter, text: str) -> None:
    """Show the text by a typeface of one byte for a sign, which pypdf reads."""
    stream = StreamObject()
    stream.set_data(f"BT /F1 12 Tf ({text}) Tj ET".encode("cp1252"))
    stream[NameObject("/Subtype")] = NameObject("/Form")
    writer._add_object(stream)


def packed(name: str, content: bytes, *, comment: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        archive.comment = comment
    return stream.getvalue()


def in_archive(site: Path, text: str) -> None:
    write(site, "skolor/a/tables.zip", packed("inre.zip", packed("a.txt", text.encode())))


def in_archive_comment(site: Path, text: str) -> None:
    write(site, "skolor/a/tables.zip", packed("a.txt", b"x", comment=text.encode()))


def in_workbook(site: Path, text: str) -> None:
    stream = io.BytesIO()
    pd.DataFrame({"elev": [text]}).to_excel(stream, index=False)
    write(site, "skolor/a/tables.xlsx", stream.getvalue())


def in_parquet(site: Path, text: str) -> None:
    stream = io.BytesIO()
    pd.DataFrame({"elev": [text]}).to_parquet(stream)
    write(site, "skolor/a/tables.parquet", stream.getvalue())


def fragment(site: Path, text: str) -> None:
    content = json.dumps({"url": "/index.html", "content": text}, ensure_ascii=False).encode()
    write(site, "pagefind/fragment/sv_1a2b3c4.pf_fragment", gzip.compress(b"pagefind_dcd" + content, mtime=0))


def in_index(site: Path, text: str) -> None:
    """A part of the search index: a CBOR list of one text (RFC 8949)."""
    word = text.encode()
    content = b"pagefind_dcd\x81\x79" + struct.pack(">H", len(word)) + word
    write(site, "pagefind/index/sv_1a2b3c4.pf_index", gzip.compress(content, mtime=0))


def in_gzip_head(site: Path, text: str) -> None:
    head = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + text.encode("latin-1") + b"\0"
    body = zlib.compressobj(wbits=-15)
    packed = body.compress(b"x") + body.flush()
    write(site, "skolor/a/x.gz", head + packed + struct.pack("<II", zlib.crc32(b"x"), 1))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes, after: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    dots = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return PNG_HEAD + head + b"".join(chunks) + dots + chunk(b"IEND", b"") + after


def in_png(kind: bytes, before: bytes, *, deflated: bool = False) -> Plant:
    def plant(site: Path, text: str) -> None:
        body = zlib.compress(text.encode()) if deflated else text.encode()
        write(site, "assets/bild.png", png(chunk(kind, before + body)))

    return plant


def after_png(site: Path, text: str) -> None:
    write(site, "assets/bild.png", png(after=text.encode()))


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xda\0\x02\x12\x34\xff\xd9"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def in_jpeg(site: Path, text: str) -> None:
    write(site, "assets/bild.jpg", jpeg(segment(0xFE, text.encode())))


def in_thumbnail(site: Path, text: str) -> None:
    small = jpeg(segment(0xFE, text.encode("utf-16-le")))
    write(site, "assets/bild.jpg", jpeg(segment(0xE1, b"Exif\0\0" + small)))


def in_data_address(site: Path, text: str) -> None:
    address = base64.b64encode(png(chunk(b"tEXt", b"Author\0" + text.encode()))).decode()
    write(site, "skolor/a/tests.svg", svg(f'<image href="data:image/png;base64,{address}"/>'))


def in_notebook_output(site: Path, text: str) -> None:
    picture = base64.b64encode(png(chunk(b"tEXt", b"Author\0" + text.encode()))).decode()
    cell = {"cell_type": "code", "source": [], "outputs": [{"data": {"image/png": picture}}], "metadata": {}}
    write(site, "skolor/a/a.ipynb", json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}))


def in_notebook(**metadata: object) -> Plant:
    def plant(site: Path, text: str) -> None:
        told = {key: text if value == "@@" else value for key, value in metadata.items()}
        half = len(text) // 2
        cell = {"cell_type": "code", "source": ["# " + text[:half], text[half:]], "outputs": [], "metadata": {}}
        write(site, "skolor/a/a.ipynb", json.dumps({"cells": [cell], "metadata": told, "nbformat": 4}))

    return plant


def in_file_name(site: Path, text: str) -> None:
    write(site, f"skolor/{text.replace('/', ' ')}/results.csv", "mått\n")


PLANTS: dict[str, Plant] = {
    "page": html("<p>@@</p>"),
    "page-comment": html("<!-- @@ -->"),
    "page-attribute": html("<p title=\"@@\" data-x='@@'>ord</p>"),
    "page-script": html("", '<script type="application/ld+json">{"author": "@@"}</script>'),
    "page-style": html("", "<style>/* @@ */</style>"),
    "page-percent": html('<a href="mailto:x?subject=%C3%A5 @@">ord</a>'),
    "svg-title": drawn("<title>@@</title>"),
    "svg-description": drawn("<desc>@@</desc>"),
    "svg-text": drawn('<text x="1"><tspan>@@</tspan></text>'),
    "svg-comment": drawn("<!-- @@ -->"),
    "svg-metadata": drawn("<metadata><dc:creator>@@</dc:creator></metadata>"),
    "svg-attribute": drawn('<g id="a" aria-label="@@"/>'),
    "svg-picture": in_data_address,
    "csv": plain("skolor/a/results.csv", "mått;antal\n@@;7\n"),
    "csv-utf-16": plain("skolor/a/results.csv", "mått;antal\n@@;7\n", "utf-16"),
    "script": plain("assets/skq.js", "const name = '@@';"),
    "style": plain("assets/skq.css", "/* @@ */"),
    "json": plain("search.json", '[{"text": "@@"}]'),
    "unknown-bytes": plain("skolor/a/x.bin", "\x00\x01\x02@@\x00\x03", "latin-1"),
    "unknown-wide-bytes": plain("skolor/a/x.bin", "\x01@@\x03", "utf-16-be"),
    "pdf-page": lambda site, text: write(site, "skolor/a/kvalitetsrapport.pdf", typeset(text)),
    "pdf-page-other-typeface": pdf(in_other_typeface),
    "pdf-information": pdf(lambda writer, text: writer.add_metadata({"/Author": text})),
    "pdf-information-name": pdf(lambda writer, text: writer.add_metadata({"/" + text: "x"})),
    "pdf-xmp": pdf(in_xmp),
    "pdf-attachment": pdf(lambda writer, text: writer.add_attachment(filename="underlag.csv", data=text.encode())),
    "pdf-attachment-name": pdf(lambda writer, text: writer.add_attachment(filename=text, data=b"x")),
    "pdf-note": pdf(
        lambda writer, text: writer.add_annotation(page_number=0, annotation=FreeText(text=text, rect=(0, 0, 9, 9)))
    ),
    "pdf-outline": pdf(lambda writer, text: writer.add_outline_item(title=text, page_number=0)),
    "pdf-structure": pdf(in_structure),
    "pdf-list": pdf(in_list),
    "pdf-script": pdf(in_action),
    "pdf-drawing": pdf(in_drawing),
    "search-fragment": fragment,
    "search-index": in_index,
    "gzip-name": in_gzip_head,
    "archive-in-archive": in_archive,
    "archive-comment": in_archive_comment,
    "workbook": in_workbook,
    "parquet": in_parquet,
    "png-text": in_png(b"tEXt", b"Author\0"),
    "png-packed-text": in_png(b"zTXt", b"Author\0\0", deflated=True),
    "png-international-text": in_png(b"iTXt", b"Author\0\1\0sv\0x\0", deflated=True),
    "png-after-end": after_png,
    "jpeg-comment": in_jpeg,
    "jpeg-small-picture": in_thumbnail,
    "notebook-source": in_notebook(kernelspec={"name": "python3"}),
    "notebook-metadata": in_notebook(title="@@"),
    "notebook-output": in_notebook_output,
    "file-name": in_file_name,
}
"""Every way, by name."""

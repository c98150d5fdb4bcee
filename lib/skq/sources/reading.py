"""Bytes from disk and text from bytes, each refused with the file's name when it is not what it seems.

Every reader of this room begins here, so that an unreadable, truncated, moving or wrongly encoded file
is told the same way wherever it is met.
"""

from __future__ import annotations

import gzip
import hashlib
import unicodedata
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

from skq.errors import Problem, SourceError

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
PARQUET_MAGIC = b"PAR1"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

# What UTF-8 becomes when somebody reads it as Windows-1252 and saves it again: "Ã¥" was "å".
MOJIBAKE = ("Ã¥", "Ã¤", "Ã¶", "Ã…", "Ã„", "Ã–", "Ã©", "â€“", "â€œ", "Â\xa0", "ï»¿", "\ufffd")

# Letters that Swedish text in Windows-1252 can hold beyond ASCII. Anything else means another encoding.
SWEDISH_EXTRA = frozenset("åäöÅÄÖéÉèüÜáàôêëñÑæøÆØç–—‘’“”…•´·°§½²³«»×€£¨\xa0\xad")

UNPACKED_LIMIT = 512 * 1024 * 1024


class RefusedFile(SourceError):
    """A SourceError that also carries its `problem`, so that many of them can be told at once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def refuse(
    path: Path,
    *,
    found: str,
    expected: str,
    next_step: str,
    row: int | None = None,
    column: str | None = None,
    code: str = "unreadable-file",
) -> RefusedFile:
    """Return the error that names *path*, what was found there, what belongs there and what to do.

    *row* counts as a spreadsheet does, the first line being 1.
    """
    return RefusedFile(Problem(str(path), row, column, code, found, expected, next_step))


def read_bytes_stable(path: Path) -> bytes:
    """Return the content of *path*, certain that it did not change while it was read.

    Size and time of change are compared before and after, and the content is read twice and its checksum
    compared; SourceError when it moved, cannot be read, or is empty.
    """
    try:
        before = path.stat()
        content = path.read_bytes()
        again = hashlib.sha256(path.read_bytes()).digest()
        after = path.stat()
    except OSError as error:
        raise refuse(
            path,
            found=f"the file cannot be opened ({error.strerror or error})",
            expected="a file that may be read",
            next_step="check that the file exists, that it is not a folder, and that you have the right to read it",
        ) from error
    same_file = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not same_file or hashlib.sha256(content).digest() != again or len(content) != after.st_size:
        raise refuse(
            path,
            found="the file changed while it was being read",
            expected="a file that nobody writes to",
            next_step="wait until the export or copy has finished, then run again",
        )
    if not content:
        raise refuse(
            path,
            found="the file is empty (0 bytes)",
            expected="a table with a header row",
            next_step="export or copy the file again",
        )
    return content


def sha256(content: bytes) -> str:
    """Return the checksum of *content* as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def unpack(content: bytes, path: Path) -> bytes:
    """Return *content*, unpacked if it is gzip (known by its first bytes, not by its name).

    SourceError when the packed file is cut off, damaged, or unpacks to more than half a gigabyte. What it unpacks to
    may be empty: that is for the reader to judge.
    """
    if not content.startswith(GZIP_MAGIC):
        return content
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as packed:
            unpacked = packed.read(UNPACKED_LIMIT + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise refuse(
            path,
            found=f"a gzip file that is cut off or damaged ({error})",
            expected="a whole gzip file",
            next_step="download or copy the file again",
        ) from error
    if len(unpacked) > UNPACKED_LIMIT:
        raise refuse(
            path,
            found="a gzip file that unpacks to more than 512 MB",
            expected="an export of ordinary size",
            next_step="split the file, or check what it contains",
        )
    return unpacked


def decode(content: bytes, path: Path) -> str:
    """Return *content* as text in normal form C, read as UTF-8 (with or without BOM) or else Windows-1252.

    Windows-1252 is accepted only when every byte stands for a sign that Swedish text uses. Text that was once
    read in the wrong encoding ("Ã¥" for "å"), UTF-16 and binary content are refused with a SourceError.
    """
    if content.startswith(UTF16_MARKS) or content.startswith((OLE_MAGIC, ZIP_MAGIC, PARQUET_MAGIC)) or b"\0" in content:
        raise refuse(
            path,
            found="binary content (or UTF-16), not text",
            expected="a text file in UTF-8",
            next_step="export the table as CSV in UTF-8, or give the file the ending of its real kind (.xlsx)",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = _windows_1252(content, path, error)
    _refuse_mojibake(text, path)
    return unicodedata.normalize("NFC", text)


def _windows_1252(content: bytes, path: Path, utf8_error: UnicodeDecodeError) -> str:
    row = content[: utf8_error.start].count(b"\n") + 1
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        text = "\ufffd"
    strange = sorted({sign for sign in text if ord(sign) > 127 and sign not in SWEDISH_EXTRA})
    controls = any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text)
    if strange or controls:
        raise refuse(
            path,
            row=row,
            found=f"byte 0x{content[utf8_error.start]:02x}: neither UTF-8 nor Windows-1252 with Swedish text",
            expected="text in UTF-8",
            next_step="save the table again as 'CSV UTF-8'",
        )
    return text


def _refuse_mojibake(text: str, path: Path) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        for trace in MOJIBAKE:
            if trace in line:
                raise refuse(
                    path,
                    row=number,
                    found=f"letters damaged by a wrong encoding: {trace!r}",
                    expected="text in UTF-8, where å, ä and ö are whole",
                    next_step="go back to the original and export it as 'CSV UTF-8'; damaged letters cannot be mended",
                )


def refuse_locked(content: bytes, path: Path) -> None:
    """Raise SourceError when *content* should be an XLSX but is locked, an old XLS, or no workbook at all."""
    if content.startswith(OLE_MAGIC):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise refuse(
            path,
            found="a password-protected workbook" if locked else "a workbook in the old XLS format",
            expected="an unprotected XLSX workbook",
            next_step="open it, remove the password and save as .xlsx" if locked else "save it as .xlsx",
        )
    if not content.startswith(ZIP_MAGIC):
        raise refuse(
            path,
            found="content that is not an XLSX workbook",
            expected="an XLSX workbook",
            next_step="save the table again as .xlsx, or give the file the ending of its real kind",
        )
    try:
        with zipfile.ZipFile(BytesIO(content)) as book:
            damaged = book.testzip()
            workbook = "xl/workbook.xml" in book.namelist()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise refuse(
            path,
            found=f"a workbook that is cut off or damaged ({error})",
            expected="a whole XLSX workbook",
            next_step="download or copy the file again",
        ) from error
    if damaged or not workbook:
        raise refuse(
            path,
            found=f"a damaged part of the workbook: {damaged}" if damaged else "a zip file that is not a workbook",
            expected="a whole XLSX workbook",
            next_step="save the table again as .xlsx",
        )

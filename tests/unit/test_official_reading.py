"""The guard of every reading: what is refused, and that the message names the file and what to do."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from skq.errors import SourceError
from skq.sources import reading, xlsx
from skq.sources.reading import OLE_MAGIC, decode, read_bytes_stable, refuse_locked, sha256, unpack
from skq.sources.xlsx import read_workbook

from tests.official_samples import grades, save, save_workbook


def test_read_bytes_stable_path_with_swedish_letters(tmp_path: Path) -> None:
    """A path with spaces and å, ä, ö works."""
    path = save(tmp_path / "Statistik åk 9 för Ängö", "räknat.csv", "abc")
    assert read_bytes_stable(path) == b"abc"


def test_read_bytes_stable_changing_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that grows between two readings is refused."""
    path = save(tmp_path, "growing.csv", "abc")
    plain = Path.read_bytes

    def growing(self: Path) -> bytes:
        content = plain(self)
        self.write_bytes(content + b"d")
        return content

    monkeypatch.setattr(Path, "read_bytes", growing)
    with pytest.raises(SourceError, match=r"growing\.csv(.|\n)*changed while it was being read(.|\n)*wait until"):
        read_bytes_stable(path)


def test_read_bytes_stable_changing_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose content changes while size and time stay the same is refused."""
    path = save(tmp_path, "moving.csv", "abc")
    stamp = path.stat().st_mtime_ns
    plain = Path.read_bytes

    def moving(self: Path) -> bytes:
        content = plain(self)
        self.write_bytes(content[::-1])
        os.utime(self, ns=(stamp, stamp))
        return content

    monkeypatch.setattr(Path, "read_bytes", moving)
    with pytest.raises(SourceError, match="changed while it was being read"):
        read_bytes_stable(path)


def test_read_bytes_stable_empty(tmp_path: Path) -> None:
    """An empty file is refused."""
    with pytest.raises(SourceError, match=r"none\.csv(.|\n)*empty \(0 bytes\)"):
        read_bytes_stable(save(tmp_path, "none.csv", b""))


def test_read_bytes_stable_folder(tmp_path: Path) -> None:
    """A folder in the place of a file is refused."""
    with pytest.raises(SourceError, match="cannot be opened"):
        read_bytes_stable(tmp_path)


def test_unpack_cut_off(tmp_path: Path) -> None:
    """A gzip file that is cut off is refused, one that is whole is read, and plain bytes pass."""
    packed = gzip.compress(b"abc" * 1000)
    assert unpack(packed, tmp_path) == b"abc" * 1000
    assert unpack(b"abc", tmp_path) == b"abc"
    with pytest.raises(SourceError, match="cut off or damaged"):
        unpack(packed[:-9], tmp_path)


def test_unpack_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gzip file that unpacks to more than the limit is refused."""
    monkeypatch.setattr(reading, "UNPACKED_LIMIT", 10)
    with pytest.raises(SourceError, match="unpacks to more than"):
        unpack(gzip.compress(b"a" * 11), tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_decode_known_encodings(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without BOM and Windows-1252 give the same text."""
    text = "Läsår; Åsskolan; Ängö; idé – 81,3\n"
    assert decode(text.encode(encoding), tmp_path) == text


def test_decode_composes_letters(tmp_path: Path) -> None:
    """A decomposed å becomes one letter, so that headers and names compare equal."""
    assert decode("a\u030a".encode(), tmp_path) == "å"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("Ã…sskolan".encode(), "damaged by a wrong encoding", id="mojibake"),
        pytest.param("L\ufffds".encode(), "damaged by a wrong encoding", id="replacement-sign"),
        pytest.param("Läsår".encode("utf-16"), "UTF-16", id="utf-16"),
        pytest.param(b"a\0b", "binary", id="null-byte"),
        pytest.param(OLE_MAGIC, "binary", id="old-workbook"),
        pytest.param("Läsår".encode("cp437"), "neither UTF-8 nor Windows-1252", id="dos"),
        pytest.param("Läs\x01år".encode("cp1252"), "neither UTF-8 nor Windows-1252", id="control-signs"),
        pytest.param(b"ok\nL\x81s", "row 2(.|\n)*neither UTF-8 nor Windows-1252", id="undefined-byte"),
    ],
)
def test_decode_refuses(tmp_path: Path, content: bytes, message: str) -> None:
    """What is not Swedish text is refused, and damaged letters are not passed on."""
    with pytest.raises(SourceError, match=message):
        decode(content, tmp_path / "file.csv")


def _locked(folder: Path) -> bytes:
    return OLE_MAGIC + b"\0" * 64 + "EncryptedPackage".encode("utf-16-le")


def _old(folder: Path) -> bytes:
    return OLE_MAGIC + b"\0" * 64


def _text(folder: Path) -> bytes:
    return grades().encode()


def _cut(folder: Path) -> bytes:
    return save_workbook(folder, "cut.xlsx", {"a": [["b"]]}).read_bytes()[:-40]


def _damaged(folder: Path) -> bytes:
    content = save_workbook(folder, "damaged.xlsx", {"a": [["b" * 50]]}).read_bytes()
    place = content.index(b"PK\x01\x02") - 20
    return content[: place - 4] + bytes([content[place - 4] ^ 255]) + content[place - 3 :]


def _archive(folder: Path) -> bytes:
    import zipfile

    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        archive.writestr("letter.txt", "abc")
    return (folder / "archive.zip").read_bytes()


def _no_sheets(folder: Path) -> bytes:
    import zipfile

    with zipfile.ZipFile(folder / "hollow.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    return (folder / "hollow.xlsx").read_bytes()


def _uncalculated(folder: Path) -> bytes:
    return save_workbook(folder, "sums.xlsx", {"a": [["b", 1], ["c", "=B1+1"]]}).read_bytes()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_locked, "password-protected"),
        (_old, "old XLS format"),
        (_text, "not an XLSX workbook"),
        (_cut, "cut off or damaged"),
        (_damaged, "damaged"),
        (_archive, "not a workbook"),
        (_no_sheets, "cannot be read"),
        (_uncalculated, "column 'B2'(.|\n)*formula whose result is not stored"),
    ],
)
def test_read_workbook_refuses(tmp_path: Path, make: Callable[[Path], bytes], message: str) -> None:
    """A workbook that is locked, damaged, or lacks its numbers is refused for its own reason."""
    with pytest.raises(SourceError, match=message):
        read_workbook(make(tmp_path), tmp_path / "book.xlsx")


def test_read_workbook_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that unpacks to more than the limit is refused before it is read."""
    content = save_workbook(tmp_path, "large.xlsx", {"a": [["b"]]}).read_bytes()
    monkeypatch.setattr(xlsx, "UNPACKED_LIMIT", 10)
    with pytest.raises(SourceError, match="unpacks to more than"):
        read_workbook(content, tmp_path / "large.xlsx")


def test_read_workbook_stored_formula(tmp_path: Path) -> None:
    """A formula whose result is stored reads as that result, beside cells without formula."""
    import zipfile

    path = save_workbook(tmp_path, "stored.xlsx", {"a": [["b", "=1+1"], ["c", None]]})
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    assert read_workbook(path.read_bytes(), path)["a"][0] == ["b", 2.0]


def test_refuse_locked_passes_a_workbook(tmp_path: Path) -> None:
    """A sound workbook passes, and its text is kept as text: codes keep their leading zero."""
    path = save_workbook(tmp_path, "sound.xlsx", {"a": [["0764", 1.5]], "tom": []})
    refuse_locked(path.read_bytes(), path)
    assert read_workbook(path.read_bytes(), path) == {"a": [["0764", 1.5]], "tom": []}
    assert openpyxl.load_workbook(path)["a"]["A1"].value == "0764"


def test_sha256_known_value() -> None:
    """The checksum is SHA-256: the value for "abc" is the standard's own example (FIPS 180-4)."""
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

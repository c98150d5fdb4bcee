"""A finished site -> every text in every file of it, with its place, whatever the file is packed in.

A file is known by its first bytes, not by its name. What is packed in it (archives, attachments, pictures in
addresses, notebooks' outputs) is opened as a file of its own. What cannot be opened is refused, as is every file that
a site does not consist of.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from skq.release.packed import gzip_pieces, parquet_pieces, zip_pieces
from skq.release.pdfs import pdf_pieces
from skq.release.pictures import gif_pieces, jpeg_pieces, png_pieces
from skq.release.pieces import Opened, Piece, Place, unreadable
from skq.release.refusal import Refusal
from skq.release.texts import decoded, raw_pieces, text_pieces

EXPECTED = (
    "*.html", "*.svg", "*.csv", "*.pdf",
    "assets/*.css", "assets/*.js", "assets/fonts/*.ttf", "assets/fonts/*.woff2",
    "pagefind/pagefind*.js", "pagefind/pagefind-entry.json", "pagefind/*.pf_meta", "pagefind/wasm.*.pagefind",
    "pagefind/fragment/*.pf_fragment", "pagefind/index/*.pf_index",
    "site_libs/*.css", "site_libs/*.js", "site_libs/*.woff", "search.json",
)  # fmt: skip
"""What a site of either engine consists of (`*` goes through folders)."""

FOREIGN = ("assets/fonts/*", "pagefind/*.js", "pagefind/wasm.*", "site_libs/*")
"""Programs and typefaces that others have made: addresses and paths of their makers may stand in them."""

MOST_DEPTH = 5

_KINDS: tuple[tuple[bytes, Callable[[bytes, Place, Callable[[bytes, Place], Opened]], Opened]], ...] = (
    (b"%PDF", pdf_pieces),
    (b"PK\x03\x04", zip_pieces),
    (b"PK\x05\x06", zip_pieces),
    (b"\x1f\x8b", gzip_pieces),
    (b"\x89PNG\r\n\x1a\n", png_pieces),
    (b"\xff\xd8\xff", jpeg_pieces),
    (b"GIF8", gif_pieces),
    (b"PAR1", parquet_pieces),
)
_LOCKED = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old or locked office document",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a rar archive",
    b"\xfd7zXZ": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"SQLite format 3": "a data base",
}
_TEXT_ENDINGS = (".html", ".svg", ".csv", ".css", ".js", ".json", ".xml", ".txt", ".ipynb")


def site_files(site: Path) -> Iterator[str]:
    """Yield the address of every file below *site*, sorted within each folder; links are not followed.

    OSError for a folder that cannot be read: what is in it would go out unseen.
    """
    for folder, folders, names in os.walk(site, onerror=_raised):
        folders.sort()
        for name in sorted([*names, *(each for each in folders if (Path(folder) / each).is_symlink())]):
            yield (Path(folder) / name).relative_to(site).as_posix()


def _raised(error: OSError) -> None:
    raise error


def file_pieces(site: Path, name: str) -> Opened:
    """Yield every text of the file *name* of *site*, its own name first, and a refusal for each reason to stop."""
    path = site / name
    place = Place(name, foreign=_is_one_of(name, FOREIGN))
    yield Piece(place.within("the name of the file"), name, lines=False)
    kind = path.lstat().st_mode
    if stat.S_ISLNK(kind):
        if not path.resolve().is_relative_to(site.resolve()) or not path.exists():
            yield Refusal("link-out-of-site", name, "a symbolic link that leads out of the site, or nowhere")
        return
    if not stat.S_ISREG(kind):
        yield Refusal("unexpected-file", name, "neither a file nor a folder")
        return
    if not _is_expected(name):
        yield Refusal("unexpected-file", name, "a kind of file that a site does not consist of")
    try:
        content = path.read_bytes()
    except OSError as error:
        yield unreadable(place, type(error).__name__)
        return
    yield from opened(content, place)


def _is_expected(name: str) -> bool:
    hidden = any(part.startswith(".") for part in name.split("/"))
    return _is_one_of(name, EXPECTED) and not hidden


def _is_one_of(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether *name* fits one of the *patterns*, in the site itself or in a principal's site within it."""
    return any(fnmatchcase(each, pattern) for each in (name, name.partition("/")[2]) for pattern in patterns)


def opened(content: bytes, place: Place) -> Opened:
    """Yield every text of a file with this *content*, and of the files in it."""
    if place.depth > MOST_DEPTH:
        yield unreadable(place, f"more than {MOST_DEPTH} files within files")
        return
    for start, what in _LOCKED.items():
        if content.startswith(start):
            yield unreadable(place, what)
            yield from raw_pieces(content, place)
            return
    for start, pieces in _KINDS:
        if content.startswith(start):
            yield from pieces(content, place, opened)
            return
    text = decoded(content)
    if text is not None:
        yield from text_pieces(text, place, opened)
        return
    if place.depth == 0 and place.file.endswith(_TEXT_ENDINGS):
        yield unreadable(place, "its name is that of a text, and its bytes are not UTF-8")
    yield from raw_pieces(content, place)

"""Every link and every loaded file of the finished site: inside it, and there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from skq.errors import RenderError, counted

LOADING = {
    "img": ("src", "srcset"), "source": ("src", "srcset"), "video": ("src", "poster"), "audio": ("src",),
    "script": ("src",), "link": ("href",), "iframe": ("src",), "object": ("data",), "embed": ("src",),
    "use": ("href", "xlink:href"), "image": ("href", "xlink:href"), "form": ("action",), "base": ("href",),
}  # fmt: skip
"""Attributes whose address the browser asks for without a click."""
_ATTRIBUTES = r'(?:\s+[\w:.-]+(?:="[^"<>]*")?)*+'
PLAIN = re.compile(
    rf"(?:<!DOCTYPE html>)?(?:[^<]++|<(?!script|style)[a-zA-Z][a-zA-Z0-9]*+{_ATTRIBUTES}\s*/?>|</[a-zA-Z][a-zA-Z0-9]*+>"
    rf"|<script{_ATTRIBUTES}></script>)*+",
    re.ASCII,
)
"""HTML without comments, scripts of its own, or anything else that is not read as it stands; as pandoc writes it.

It is found by an expression in a fraction of the time that the parser takes.
"""
START_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9]*+)({_ATTRIBUTES})", re.ASCII)
ATTRIBUTE = re.compile(r'\s([\w:.-]+)(="([^"]*)")?', re.ASCII)
CSS_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


@dataclass
class Page:
    """What one page offers (ids), what it loads, and where it leads to."""

    ids: set[str] = field(default_factory=set)
    loads: list[str] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.page.ids.add(value)
            elif name in LOADING.get(tag, ()):
                self.page.loads.append(value.split()[0] if name == "srcset" and value.split() else value)
            elif tag in ("a", "area") and name == "href":
                self.page.leads.append(value)


def read_page(text: str) -> Page:
    """Return what the HTML *text* offers, loads and leads to."""
    reader = _Reader()
    if PLAIN.fullmatch(text):
        for tag, attributes in START_TAG.findall(text):
            if attributes:
                reader.handle_starttag(tag.lower(), _attributes(attributes))
    else:
        reader.feed(text)
        reader.close()
    return reader.page


def _attributes(text: str) -> list[tuple[str, str | None]]:
    return [(name.lower(), unescape(value) if is_given else None) for name, is_given, value in ATTRIBUTE.findall(text)]


def check_links(site: Path) -> None:
    """Raise RenderError listing every address in *site* that leads nowhere or would load from another host."""
    faults = link_faults(site)
    if faults:
        raise RenderError(f"{counted(len(faults), 'fault')} in the links of the site:\n  " + "\n  ".join(faults))


def link_faults(site: Path) -> list[str]:
    """Return one line per faulty address in the pages and style sheets of *site*, sorted by page."""
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    pages = {
        name: read_page((site / name).read_text(encoding="utf-8")) for name in sorted(files) if name.endswith(".html")
    }
    ids = {name: page.ids for name, page in pages.items()}
    faults: list[str] = []
    for name, page in pages.items():
        faults += [f"{name}: loads {address} from outside the site" for address in page.loads if _is_outside(address)]
        for address in [*page.loads, *page.leads]:
            faults += _internal_fault(name, address, files, ids)
    for name in sorted(file for file in files if file.endswith(".css")):
        faults += _style_faults(name, (site / name).read_text(encoding="utf-8"), files)
    return list(dict.fromkeys(faults))


def _is_outside(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def _internal_fault(page: str, address: str, files: set[str], ids: dict[str, set[str]]) -> list[str]:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return []
    target = _resolved(page, unquote(parts.path))
    if target not in files:
        return [f"{page}: {address} leads to {target}, which is not there"]
    fragment = unquote(parts.fragment)
    if fragment and target in ids and fragment not in ids[target]:
        return [f"{page}: {address} leads to #{fragment}, which {target} does not have"]
    return []


def _resolved(page: str, path: str) -> str:
    """Return the file that *path* means on *page*, both relative to the site."""
    if not path:
        return page
    joined = PurePosixPath(path.lstrip("/")) if path.startswith("/") else PurePosixPath(page).parent / path
    parts: list[str] = []
    for part in joined.parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    name = "/".join(parts)
    return f"{name}/index.html".lstrip("/") if path.endswith("/") else name


def _style_faults(name: str, text: str, files: set[str]) -> list[str]:
    faults = []
    for match in CSS_ADDRESS.finditer(text):
        address = match[1] or match[2]
        if _is_outside(address):
            faults.append(f"{name}: loads {address} from outside the site")
        elif not address.startswith("data:") and _resolved(name, unquote(urlsplit(address).path)) not in files:
            faults.append(f"{name}: loads {address}, which is not there")
    return faults

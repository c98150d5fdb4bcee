"""The engine of a machine without Quarto: pandoc makes the page, pandoc and Typst the PDF, from the same project."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from skq.errors import RenderError
from skq.files import link
from skq.render.notebook import read_document
from skq.render.pandoc import Wanted, convert, convert_all
from skq.render.project import Project, project_of, read_project
from skq.render.typeset import typeset

FILTERS = ("embedded.lua", "accessible.lua")
TYPST_WRITER = "typst-smart"
HTML_WRITER = "html5-smart"
CONTENT_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
SEARCH_POLICY = CONTENT_POLICY + "; script-src 'self' 'wasm-unsafe-eval'"
BESIDE = (".svg", ".csv")
"""What lies beside a notebook and goes with its page."""


class Rendered(NamedTuple):
    """The files of a report, sorted, and the seconds inside pandoc and Typst."""

    files: list[Path]
    seconds: float


def render_report(report_folder: Path, out_folder: Path) -> Rendered:
    """Make page and PDF of the one notebook in *report_folder*, with its figures and tables, in *out_folder*.

    Needs nothing but the two folders (the project is found above the first), so any process can do it. RenderError
    naming the notebook when it cannot be made or would not be accessible.
    """
    notebooks = sorted(report_folder.glob("*.ipynb"))
    if len(notebooks) != 1:
        raise RenderError(f"{report_folder}: holds {len(notebooks)} notebooks, expected one; stage the project again")
    project = read_project(project_of(report_folder))
    source = notebooks[0]
    document = read_document(source)
    out_folder.mkdir(parents=True, exist_ok=True)
    name = _name(source, project)
    pdf, page = (out_folder / f"{source.stem}{suffix}" for suffix in (".pdf", ".html"))
    size = f"size-{sha256(document.body.encode()).hexdigest()}"  # to be told when the PDF is there
    wanted = _as_pdf(project), _as_page(document.front, source=source, project=project, pdf=(pdf.name, size))
    start = perf_counter()
    typst, html = convert_all(document.body, wanted, metadata=document.front, name=name)
    set_pages = typeset(typst, root=source.parent, fonts=project.theme / "fonts", name=name)
    seconds = perf_counter() - start
    pdf.write_bytes(set_pages)
    html = html.replace(size, _size(pdf.stat().st_size))
    page.write_text(html, encoding="utf-8", newline="\n")
    return Rendered(sorted([pdf, page, *_copied(report_folder, out_folder)]), seconds)


def render_page(source: Path, out: Path) -> Path:
    """Make the page *out* of the hand-written page *source* and return it."""
    project = read_project(project_of(source.parent))
    document = read_document(source)
    wanted = _as_page(document.front, source=source, project=project)
    html = convert(document.body, wanted, metadata=document.front, name=_name(source, project))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(html, encoding="utf-8", newline="\n")
    return out


def _as_pdf(project: Project) -> Wanted:
    return Wanted(TYPST_WRITER, project.theme / "typst" / "embedded.typ", _filters(project))


def _as_page(front: Mapping[str, Any], *, source: Path, project: Project, pdf: tuple[str, str] | None = None) -> Wanted:
    """Return the page in the frame of the site, with name and size of its PDF where it has one."""
    frame = _frame(front, source=source, project=project, pdf=pdf)
    return Wanted(HTML_WRITER, project.theme / "html" / "page.html", _filters(project), frame)


def _filters(project: Project) -> tuple[Path, ...]:
    return tuple(project.theme / "filters" / name for name in FILTERS)


def _name(source: Path, project: Project) -> str:
    return source.relative_to(project.folder).as_posix()


def _frame(front: Mapping[str, Any], *, source: Path, project: Project, pdf: tuple[str, str] | None) -> dict[str, Any]:
    page = _name(source, project)
    root = "../" * page.count("/")
    kind = "report" if pdf else source.stem
    searching = kind == "sok"
    frame: dict[str, Any] = {
        "root": root,
        "site-title": escape(project.title),
        "footer": project.footer and escape(project.footer),
        "content-policy": SEARCH_POLICY if searching else CONTENT_POLICY,
        "menu": [_menu_entry(item.page, item.text, root=root, page=page) for item in project.menu],
        "crumbs": _crumbs(str(front.get("title", "")), page=page, root=root, project=project),
        "body-class": f"page-{kind}",
        "scripts": ["skq.js", "sok.js"] if searching else ["skq.js"],
    }
    if kind != "404" and not searching:
        frame["searchable"] = True
    if pdf is not None:
        frame |= dict(zip(("pdf-address", "pdf-size"), pdf, strict=True))
    return {key: value for key, value in frame.items() if value != ""} | {"root": root}


def _menu_entry(target: str, text: str, *, root: str, page: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"address": root + page_address(target), "text": escape(text)}
    return entry | ({"current": True} if target == page else {})


def _crumbs(title: str, *, page: str, root: str, project: Project) -> list[dict[str, str]]:
    if "/" not in page:
        return []
    return [{"address": f"{root}index.html", "text": escape(project.menu[0].text)}, {"text": escape(title)}]


def page_address(page: str) -> str:
    """Return the address in the site of a *page* of the project: `om.qmd` is found at `om.html`."""
    return os.path.splitext(page)[0] + ".html"


def _size(count: int) -> str:
    """Return a file's size as a reader of Swedish expects it, in kB rounded up."""
    return f"{-(-count // 1000)} kB"


def _copied(report_folder: Path, out_folder: Path) -> list[Path]:
    beside = [path for path in sorted(report_folder.iterdir()) if path.suffix in BESIDE]
    copies = [out_folder / path.name for path in beside]
    for path, copy in zip(beside, copies, strict=True):
        link(path, copy)
    return copies

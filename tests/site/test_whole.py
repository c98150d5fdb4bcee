"""The site as a whole: the same bytes twice, put in place at once, nothing lost when something fails."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from skq.errors import RenderError
from skq.render.site import ReportsFailed, render_site

from tests.site.conftest import EMBEDDED
from tests.site.invented import ANNUAL, LONG, TINY, staged


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


class MemoryShelf:
    """A shelf that remembers what it was given, for one test."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, bytes]] = {}

    def take(self, address: str, out_folder: Path) -> bool:
        out_folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.kept.get(address, {}).items():
            (out_folder / name).write_bytes(content)
        return address in self.kept

    def keep(self, address: str, files: Sequence[Path]) -> None:
        self.kept[address] = {path.name: path.read_bytes() for path in files}


def test_two_renderings_are_equal_byte_for_byte(site: Path, project: Path, tmp_path: Path) -> None:
    """Another folder, processes instead of a loop, the search index included: the same files with the same bytes."""
    again = staged(tmp_path)
    result = render_site(again, tmp_path / "site", engine=EMBEDDED, jobs=2)
    assert contents(again) == contents(project)
    assert contents(result.site) == contents(site)
    assert (result.pages, result.pdfs) == (10, 3)


def test_kept_reports_are_taken_and_give_the_same_site(site: Path, project: Path, tmp_path: Path) -> None:
    """What a shelf gives back is not made again, reports or the pages around them, and the site is the same."""
    shelf = MemoryShelf()
    first = render_site(project, tmp_path / "site", engine=EMBEDDED, reuse=shelf)
    second = render_site(project, tmp_path / "site", engine=EMBEDDED, reuse=shelf)
    assert (len(first.made), first.reused) == (3, ())
    assert (second.made, set(second.reused)) == ((), {LONG, TINY, ANNUAL})
    assert contents(tmp_path / "site") == contents(site)
    shelf.kept["om"]["om.html"] += b"<!-- of the shelf -->"
    assert render_site(project, tmp_path / "site", engine=EMBEDDED, reuse=shelf).pages == 10
    assert (tmp_path / "site" / "om.html").read_bytes().endswith(b"<!-- of the shelf -->")


def test_failing_report_leaves_the_site_and_keeps_the_others(project: Path, tmp_path: Path) -> None:
    """A report that cannot be made is named; the others are on the shelf; what stood at the place still stands."""
    broken = tmp_path / "project"
    shutil.copytree(project, broken)
    (broken / LONG).with_suffix(".ipynb").write_text('{"cells": 1}', encoding="utf-8")
    old = tmp_path / "site"
    old.mkdir()
    (old / "index.html").write_text("the old site", encoding="utf-8")
    shelf = MemoryShelf()
    with pytest.raises(ReportsFailed) as refused:
        render_site(broken, old, engine=EMBEDDED, reuse=shelf)
    assert list(refused.value.failed) == [LONG]
    assert {address for address in shelf.kept if "/" in address} == {TINY, ANNUAL}
    assert contents(old) == {"index.html": sha256(b"the old site").hexdigest()}
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["project", "site"]


def test_unknown_reference_names_the_report(project: Path, tmp_path: Path) -> None:
    """A reference to a figure that is not there stops that report and says which reference."""
    broken = tmp_path / "project"
    shutil.copytree(project, broken)
    path = (broken / TINY).with_suffix(".ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "Se @fig-absent."})
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(ReportsFailed, match="fig-absent") as refused:
        render_site(broken, tmp_path / "site", engine=EMBEDDED)
    assert list(refused.value.failed) == [TINY]


def test_staging_again_changes_nothing(tmp_path: Path) -> None:
    """Unchanged files keep their time of change, and what belongs to no report is removed."""
    project = staged(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in sorted(project.rglob("*")) if path.is_file()}
    (project / "skolor" / "old-school").mkdir()
    (project / "skolor" / "old-school" / "a.svg").write_text("old", encoding="utf-8")
    (project / "old.qmd").write_text("old", encoding="utf-8")
    staged(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in sorted(project.rglob("*")) if path.is_file()} == before
    assert not (project / "skolor" / "old-school").exists()


def test_dead_link_stops_the_site(project: Path, tmp_path: Path) -> None:
    """A hand-written page with a link to nowhere stops the build, with page and address."""
    broken = tmp_path / "project"
    shutil.copytree(project, broken)
    page = broken / "om.qmd"
    page.write_text(page.read_text(encoding="utf-8") + "\n\n[a](nowhere.html)\n", encoding="utf-8")
    with pytest.raises(RenderError, match=r"om\.html: nowhere\.html leads to nowhere\.html, which is not there"):
        render_site(broken, tmp_path / "site", engine=EMBEDDED)
    assert not (tmp_path / "site").exists()

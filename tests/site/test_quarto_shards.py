"""The engine quarto in parts: what goes into a part, what is kept, what one failure leaves, told with a stand-in."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
import yaml  # type: ignore[import-untyped]  # no stubs are among the locked libraries
from skq.errors import RenderError
from skq.render import sass
from skq.render.embedded import page_address
from skq.render.engine import Engine
from skq.render.kept import KeptPages, libraries_of, shared_parts
from skq.render.processes import Programs
from skq.render.project import read_project
from skq.render.quarto import Rendered, render_with_quarto
from skq.render.quarto_says import unknown_references
from skq.render.shards import MOST_PAGES, dealt, with_addresses, write_shard
from skq.render.site import ReportsFailed, render_site

from tests.site.invented import ANNUAL, LONG, TINY

QUARTO = """
import os, sys
from pathlib import Path

(Path(os.environ["TMPDIR"]) / "quarto-session-left").mkdir(exist_ok=True)
project, out = Path(sys.argv[2]), Path(sys.argv[5])
_, _, listed = (project / "_quarto.yml").read_text().partition("  render:\\n")
lines = [line[4:] for line in listed.splitlines() if line.startswith("  - ")]
pages = [page for page in lines if page.endswith((".qmd", ".ipynb"))]
with open({calls!r}, "a") as calls:
    calls.write(" ".join(pages) + "\\n")
for number, page in enumerate(pages, start=1):
    if len(pages) > 1:
        print(f"[{{number}}/{{len(pages)}}] {{page}}")
    text = (project / page).read_text()
    if "STOP" in text:
        sys.exit(f"ERROR: no way\\n\\nStack trace:\\n at {{project}}")
    if "LOST" in text:
        print("WARNING (refs.lua:128) Unable to resolve crossref @fig-absent")
    made = out / page
    made.parent.mkdir(parents=True, exist_ok=True)
    made.with_suffix(".html").write_text(
        '<nav class="navbar"></nav><main id="a">' + str(len(text)) + "</main>"
        '<script src="' + "../" * page.count("/") + 'site_libs/nav/nav.js"></script>'
    )
    if page.endswith(".ipynb"):
        made.with_suffix(".pdf").write_text("PDF")
    (out / "site_libs" / "nav").mkdir(parents=True, exist_ok=True)
    (out / "site_libs" / "nav" / "nav.js").write_text("nav")
    (out / "site_libs" / "unused").mkdir(parents=True, exist_ok=True)
    (out / "site_libs" / "unused" / "unused.js").write_text("unused")
(out / "search.json").write_text("[]")
cache = project / ".quarto" / "project-cache"
if cache.exists():
    with open({calls!r}, "a") as calls:
        calls.write("knows " + (cache / "colours").read_text() + "\\n")
else:
    cache.mkdir(parents=True)
    (cache / "colours").write_text("colours-of-part-with-" + str(len(pages)))
"""
"""Does with a project what Quarto does, as far as our side of it can tell."""


class StandIn:
    """A stand-in for Quarto that writes down which pages each of its runs was to make."""

    def __init__(self, folder: Path) -> None:
        self.calls_file = folder / "calls"
        script = folder / "quarto.py"
        script.write_text(QUARTO.format(calls=str(self.calls_file)), encoding="utf-8")
        self.program = folder / "quarto"
        version = 'if [ "$1" = "--version" ]; then echo 1.9.38; exit 0; fi'
        self.program.write_text(f'#!/bin/sh\n{version}\nexec {sys.executable} -I -S {script} "$@"\n')
        self.program.chmod(0o755)
        self.known: list[str] = []

    def calls(self) -> list[list[str]]:
        """Return the pages of each run since the last time this was asked, sorted."""
        if not self.calls_file.exists():
            return []
        lines = self.calls_file.read_text(encoding="utf-8").splitlines()
        self.calls_file.unlink()
        self.known = [line for line in lines if line.startswith("knows ")]
        return sorted(line.split() for line in lines if line not in self.known)


@pytest.fixture
def quarto(tmp_path: Path) -> StandIn:
    folder = tmp_path / "program"
    folder.mkdir()
    return StandIn(folder)


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    """A copy of the staged project that a test may change, without a page for search: Pagefind is not asked."""
    shutil.copytree(project, tmp_path / "project")
    settings = tmp_path / "project" / "_quarto.yml"
    content = yaml.safe_load(settings.read_text(encoding="utf-8"))
    content["project"]["render"].remove("sok.qmd")
    settings.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return tmp_path / "project"


def add(project: Path, page: str, word: str) -> None:
    """Write *word* at the end of a *page*."""
    with (project / page).open("a", encoding="utf-8") as stream:
        stream.write(f"\n\n{word}\n")


def render(project: Path, quarto: StandIn, kept: Path | None, *, jobs: int = 1) -> Rendered:
    """Render *project* by *quarto* into a folder `out` beside it, emptied before."""
    out = project.parent / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    return render_with_quarto(project, out, Engine("quarto", "test", quarto.program), jobs=jobs, kept=kept)


def files(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


REPORTS = (ANNUAL, LONG, TINY)


def test_parts_hold_every_page_once_and_weigh_about_the_same() -> None:
    """Nine pages for two cores: the heavy one apart from most others, the order kept, nothing lost or double."""
    pages = [f"{letter}.qmd" for letter in "abcdefghi"]
    weights = dict.fromkeys(pages, 10) | {"e.qmd": 60}
    parts = dealt(pages, weights, jobs=2)
    assert sorted(page for part in parts for page in part) == pages
    assert all(list(part) == sorted(part) for part in parts)
    assert sorted(sum(weights[page] for page in part) for part in parts) == [70, 70]


def test_parts_stay_small() -> None:
    """However many pages there are, no part has more than so many; and none is empty."""
    pages = [f"{number:03}.qmd" for number in range(3 * MOST_PAGES + 1)]
    parts = dealt(pages, dict.fromkeys(pages, 1), jobs=2)
    assert len(parts) == 4
    assert max(map(len, parts)) <= MOST_PAGES
    assert dealt(pages[:2], dict.fromkeys(pages, 1), jobs=8) == [("000.qmd",), ("001.qmd",)]
    assert dealt([], {}, jobs=2) == []


def test_links_become_addresses_only_where_they_lead_to_pages() -> None:
    """A part does not have the other parts' documents, so a link to one names its page; others stay as they are."""
    known = {"om.qmd", "a/b.ipynb"}
    text = "[1](om.qmd) [2](om.qmd#x) [3](a/b.ipynb) [4](no.qmd) [5](https://a.se/om.qmd) [6](b.html)"
    expected = "[1](/om.html) [2](/om.html#x) [3](/a/b.html) [4](no.qmd) [5](https://a.se/om.qmd) [6](b.html)"
    assert with_addresses(text, "index.qmd", known) == expected
    assert with_addresses("[1](../om.qmd)", "a/c.qmd", known) == "[1](/om.html)"


def test_a_part_is_a_project_with_its_own_pages_alone(project: Path, tmp_path: Path) -> None:
    """It lists its pages, has their files, theme and brand, and no file of another school."""
    shard = write_shard(project, ["om.qmd", f"{TINY}.ipynb"], tmp_path / "part")
    assert read_project(shard).pages == ("om.qmd", f"{TINY}.ipynb")
    names = set(files(shard))
    assert {"om.qmd", f"{TINY}.ipynb", "_brand.yml", "theme/css/skq.css", "assets/skq.css"} <= names
    assert not any(name.startswith(("skolor/norra", "arsanalys", "metod")) for name in names)
    menu = [item.page for item in read_project(shard).menu]
    assert menu == [page_address(item.page) for item in read_project(project).menu]
    assert "(/skydd.html)" in (shard / "om.qmd").read_text(encoding="utf-8")


def test_parts_give_one_site(copy: Path, quarto: StandIn) -> None:
    """Three parts or one: the same files. What no page uses and Quarto's own search index are left out."""
    render(copy, quarto, None)
    whole = files(copy.parent / "out")
    assert len(quarto.calls()) == 1
    rendered = render(copy, quarto, None, jobs=3)
    assert rendered == Rendered(REPORTS, (), {})
    assert len(quarto.calls()) == 3
    assert files(copy.parent / "out") == whole
    assert {"index.html", f"{LONG}.pdf", "site_libs/nav/nav.js", "assets/skq.js"} <= set(whole)
    assert not {"search.json", "site_libs/unused/unused.js"} & set(whole)
    assert not any(name.startswith("pagefind/") for name in whole)


def test_only_what_changed_is_made_again(copy: Path, quarto: StandIn, tmp_path: Path) -> None:
    """Nothing changed: Quarto is not run. A changed page, a changed figure: that page alone, and the same site."""
    kept = tmp_path / "kept"
    render(copy, quarto, kept)
    quarto.calls()
    assert render(copy, quarto, kept) == Rendered((), REPORTS, {})
    assert quarto.calls() == []
    add(copy, "om.qmd", "new")
    assert render(copy, quarto, kept).made == ()
    assert quarto.calls() == [["om.qmd"]]
    (copy / LONG).parent.joinpath("merit-trend.svg").write_text("<svg/>", encoding="utf-8")
    assert render(copy, quarto, kept) == Rendered((LONG,), (ANNUAL, TINY), {})
    assert quarto.calls() == [[f"{LONG}.ipynb"]]
    incremental = files(tmp_path / "out")
    render(copy, quarto, None)
    assert files(tmp_path / "out") == incremental


@pytest.mark.parametrize("change", ["theme/css/skq.css", "_brand.yml", "site_libs", "version"])
def test_what_all_pages_share_makes_all_again(copy: Path, quarto: StandIn, tmp_path: Path, change: str) -> None:
    """Another theme, brand or Quarto, or damaged shared files: no page is taken from before."""
    kept = tmp_path / "kept"
    render(copy, quarto, kept)
    quarto.calls()
    if change == "version":
        quarto.program.write_text(quarto.program.read_text(encoding="utf-8").replace("1.9.38", "1.9.39"))
    elif change == "site_libs":
        (kept / "site_libs" / "nav" / "nav.js").write_text("damaged", encoding="utf-8")
    else:
        add(copy, change, "# changed")
    assert render(copy, quarto, kept).made == REPORTS
    assert [len(pages) for pages in quarto.calls()] == [9]


def test_what_one_run_knows_of_the_theme_is_told_the_next(copy: Path, quarto: StandIn, tmp_path: Path) -> None:
    """The colours that Quarto has read out of the theme are handed on, unless they are damaged or of another theme."""
    kept = tmp_path / "kept"
    render(copy, quarto, kept)
    add(copy, "om.qmd", "new")
    render(copy, quarto, kept)
    assert quarto.calls()
    assert quarto.known == ["knows colours-of-part-with-9"]
    (kept / "compiled" / "project-cache" / "colours").write_text("damaged", encoding="utf-8")
    add(copy, "om.qmd", "newer")
    render(copy, quarto, kept)
    assert quarto.calls() == [["om.qmd"]]
    assert quarto.known == []
    add(copy, "theme/css/quarto.scss", "// other")
    render(copy, quarto, kept)
    assert [len(pages) for pages in quarto.calls()] == [9]
    assert quarto.known == []


def test_a_damaged_page_is_made_again_and_a_gone_one_forgotten(copy: Path, quarto: StandIn, tmp_path: Path) -> None:
    """What is kept is trusted only as it was sealed; what the project no longer has is removed from what is kept."""
    kept = tmp_path / "kept"
    render(copy, quarto, kept)
    quarto.calls()
    page = next(kept.rglob("o-byskola-99000002/kvalitetsrapport.html"))
    page.write_text("damaged", encoding="utf-8")
    settings = yaml.safe_load((copy / "_quarto.yml").read_text(encoding="utf-8"))
    settings["project"]["render"].remove(f"{LONG}.ipynb")
    (copy / "_quarto.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    assert render(copy, quarto, kept) == Rendered((TINY,), (ANNUAL,), {})
    assert not list(kept.rglob("norra-angsbacken*"))
    assert not (tmp_path / "out" / "skolor" / "norra-angsbacken-99000001").exists()


def test_one_failing_report_costs_no_other(copy: Path, quarto: StandIn, tmp_path: Path) -> None:
    """It is named with Quarto's message and without this machine's folders; all others are made and kept."""
    add(copy, f"{LONG}.ipynb", "STOP")
    rendered = render(copy, quarto, tmp_path / "kept")
    assert rendered.made == (ANNUAL, TINY)
    assert list(rendered.failed) == [LONG]
    assert rendered.failed[LONG].splitlines() == [
        "Quarto could not make it: no way",
        f"  log: {tmp_path / 'quarto.log'}",
    ]
    assert str(tmp_path) not in (tmp_path / "quarto.log").read_text(encoding="utf-8")
    assert files(tmp_path / "out") == {}
    assert len(quarto.calls()) == 2
    again = render(copy, quarto, tmp_path / "kept")
    assert quarto.calls() == [[f"{LONG}.ipynb"]]
    assert (again.made, again.reused, list(again.failed)) == ((), (ANNUAL, TINY), [LONG])


def test_failing_reports_leave_the_site(copy: Path, quarto: StandIn, tmp_path: Path) -> None:
    """As with the other engine: the reports are told by address, and what stood at the place still stands."""
    add(copy, f"{TINY}.ipynb", "STOP")
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("the old site", encoding="utf-8")
    with pytest.raises(ReportsFailed) as refused:
        render_site(copy, site, engine=Engine("quarto", "test", quarto.program), kept=tmp_path / "kept")
    assert list(refused.value.failed) == [TINY]
    assert files(site) == {"index.html": b"the old site"}


def test_reference_to_nowhere_fails_its_report(copy: Path, quarto: StandIn) -> None:
    """Quarto warns of a figure that is not there and prints question marks; here it is a failure of that report."""
    add(copy, f"{TINY}.ipynb", "LOST")
    rendered = render(copy, quarto, None)
    assert list(rendered.failed) == [TINY]
    assert rendered.failed[TINY].startswith("refers to @fig-absent, which it does not have")
    assert rendered.made == (ANNUAL, LONG)


def test_references_are_told_by_document() -> None:
    """Each warning belongs to the document before it, and is told once."""
    warning = "Unable to resolve crossref"
    said = f"[1/2] a.qmd\n{warning} @fig-x\n{warning} @fig-x\n[2/2] b.qmd\n{warning} @tbl-y\n"
    assert unknown_references(said, "a.qmd") == {"a.qmd": ["@fig-x"], "b.qmd": ["@tbl-y"]}


def test_a_page_of_the_site_that_fails_is_an_error(copy: Path, quarto: StandIn, tmp_path: Path) -> None:
    """No site can do without it: it is named, and what was made is kept for the next time."""
    add(copy, "om.qmd", "STOP")
    with pytest.raises(RenderError, match=r"^om\.qmd: Quarto could not make it: no way"):
        render(copy, quarto, tmp_path / "kept")
    quarto.calls()
    (copy / "om.qmd").write_text("# Om\n", encoding="utf-8")
    assert render(copy, quarto, tmp_path / "kept").made == ()
    assert quarto.calls() == [["om.qmd"]]


def test_a_fault_of_all_is_not_tried_page_by_page(copy: Path, quarto: StandIn) -> None:
    """When one first page after the other fails, what they share is at fault: Quarto is not run for each of them."""
    for page in read_project(copy).pages:
        add(copy, page, "STOP")
    with pytest.raises(RenderError, match="it was not tried, since all before it failed"):
        render(copy, quarto, None)
    assert [len(pages) for pages in quarto.calls()] == [9, 8, 7]


def test_two_files_of_one_name_are_refused(copy: Path, tmp_path: Path) -> None:
    """Parts that give different shared files under one name cannot be one site."""
    shelf = KeptPages(tmp_path / "kept", copy, shared_parts(copy, "1.9.38"))
    for number in (1, 2):
        made = tmp_path / f"made-{number}"
        (made / "site_libs" / "nav").mkdir(parents=True)
        (made / "site_libs" / "nav" / "nav.js").write_text(f"{number}", encoding="utf-8")
        (made / "om.html").write_text("", encoding="utf-8")
    shelf.keep("om.qmd", tmp_path / "made-1")
    with pytest.raises(RenderError, match=r"two different files of one name: site_libs/nav/nav\.js"):
        shelf.keep("om.qmd", tmp_path / "made-2")


def test_libraries_are_found_from_any_depth() -> None:
    """A page names its libraries relative to itself; pictures and addresses elsewhere are none."""
    text = '<link href="../../site_libs/bootstrap/b.css"><script src="./site_libs/nav/n.js"></script><img src="a.svg">'
    assert libraries_of(text) == {"bootstrap", "nav"}


def test_work_lies_beside_what_is_kept_and_is_gone_afterwards(copy: Path, quarto: StandIn, tmp_path: Path) -> None:
    """What a killed build has left there is removed by the next; below a hidden folder another place is taken."""
    left = tmp_path / "kept" / "work" / "run-old" / "report.html"
    left.parent.mkdir(parents=True)
    left.write_text("old", encoding="utf-8")
    render(copy, quarto, tmp_path / "kept")
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["compiled", "pages", "site_libs"]
    assert not list(tmp_path.rglob("quarto-session-left"))
    assert render(copy, quarto, tmp_path / ".hidden" / "kept").made == REPORTS


def is_alive(pid: int) -> bool:
    """Whether a process is there and not just waiting to be buried."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_nothing_outlives_the_block(tmp_path: Path) -> None:
    """An error ends a program and what it has started within 2 s, and nothing is started any more."""
    pids = tmp_path / "pids"
    command = ["sh", "-c", f"sleep 60 & echo $! $$ > {pids}.new; mv {pids}.new {pids}; wait"]
    with Programs() as programs:
        thread = threading.Thread(target=programs.run, args=(command,))
        thread.start()
        while not pids.exists():
            time.sleep(0.01)
    thread.join(2)
    assert not thread.is_alive()
    until = time.monotonic() + 5
    while (left := [pid for pid in pids.read_text().split() if is_alive(int(pid))]) and time.monotonic() < until:
        time.sleep(0.01)  # a signal takes its moment
    assert not left
    with pytest.raises(RenderError, match="stopped"):
        programs.run(["true"])


SASS = """#!/bin/sh
for word in "$@"; do case $word in --version) echo 1.2.3; exit 0;; esac; done
echo "$@" >> {folder}/sass.calls
grep -q BAD "$1" && exit 65
sleep 0.2
tr a-z A-Z < "$1" > "$2"
"""


@pytest.fixture
def shared_sass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program that stands in for Quarto's Sass, where Quarto is laid out as its makers do."""
    monkeypatch.delenv(sass.VARIABLE, raising=False)
    program = tmp_path / "bin" / "tools" / "x86_64" / "dart-sass" / "sass"
    program.parent.mkdir(parents=True)
    program.write_text(SASS.format(folder=tmp_path), encoding="utf-8")
    program.chmod(0o755)
    return Path(sass.one_sass(tmp_path / "bin" / "quarto", tmp_path / "sass")[sass.VARIABLE])


def test_one_compilation_serves_all(shared_sass: Path, tmp_path: Path) -> None:
    """Two at once with the same text in different folders: one is compiled, both get it; another text is another."""
    for name, text in (("a", "same"), ("b", "same"), ("c", "other")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "in.scss").write_text(text, encoding="utf-8")
    commands = [
        [str(shared_sass), str(tmp_path / name / "in.scss"), str(tmp_path / name / "out.css"), f"--load-path={name}"]
        for name in "abc"
    ]
    for program in [subprocess.Popen(command) for command in commands]:
        assert program.wait() == 0
    made = [(tmp_path / name / "out.css").read_text(encoding="utf-8") for name in "abc"]
    assert made == ["SAME", "SAME", "OTHER"]
    assert len((tmp_path / "sass.calls").read_text(encoding="utf-8").splitlines()) == 2


def test_compiled_again_for_another_style(tmp_path: Path) -> None:
    """Compressed is another style sheet than expanded; where imports lie is no difference."""
    program = tmp_path / "sass.sh"
    program.write_text(SASS.format(folder=tmp_path), encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "a.scss").write_text("a", encoding="utf-8")
    (tmp_path / "kept").mkdir()
    common = [str(program), str(tmp_path / "kept"), str(tmp_path / "a.scss"), str(tmp_path / "a.css")]
    for options in (["--style", "expanded"], ["--style", "compressed"], ["--style", "compressed", "--load-path=b"]):
        assert sass.main([*common, *options]) == 0
    assert len((tmp_path / "sass.calls").read_text(encoding="utf-8").splitlines()) == 2
    assert (tmp_path / "a.css").read_text(encoding="utf-8") == "A"


def test_what_cannot_be_compiled_is_not_kept(shared_sass: Path, tmp_path: Path) -> None:
    """Sass's exit code is handed on, nothing is written, and the next asks again; its other uses go straight to it."""
    (tmp_path / "a.scss").write_text("BAD", encoding="utf-8")
    for _ in range(2):
        assert subprocess.run([shared_sass, tmp_path / "a.scss", tmp_path / "a.css"], check=False).returncode == 65
    assert not (tmp_path / "a.css").exists()
    assert len((tmp_path / "sass.calls").read_text(encoding="utf-8").splitlines()) == 2
    told = subprocess.run([shared_sass, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == "1.2.3\n"


def test_no_shared_sass_where_there_is_none_to_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Quarto's Sass is not found, or somebody has chosen another, Quarto is left alone."""
    monkeypatch.delenv(sass.VARIABLE, raising=False)
    assert sass.one_sass(tmp_path / "quarto", tmp_path / "sass") == {}
    program = tmp_path / "tools" / "x86_64" / "dart-sass" / "sass"
    program.parent.mkdir(parents=True)
    program.write_text("", encoding="utf-8")
    monkeypatch.setenv(sass.VARIABLE, "/elsewhere/sass")
    assert sass.one_sass(tmp_path / "quarto", tmp_path / "sass") == {}

"""The whole way on the invented municipality: what is built, what is reused, what happens when something is wrong."""

from __future__ import annotations

import json
import os
import random
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pandas as pd
import pytest
from skq import cli
from skq.batch.publications import PUBLICATIONS, Publication
from skq.batch.run import Done, Outcome, ReportTask
from skq.build import Inputs, Request, Summary, build_all
from skq.build.decisions import read_decisions
from skq.build.explain import explained
from skq.build.leftovers import sweep
from skq.build.lock import folder_lock
from skq.build.numbers import Numbers
from skq.build.own_sites import own_sites
from skq.build.printed import NOT_TOLD, PEERS, SET_BESIDE
from skq.build.request import Places
from skq.build.watching import WATCH
from skq.demo import write_demo
from skq.errors import BuildError, SettingsError, SkqError, ValidationError, storage_error
from skq.files import checksum, folder_checksums
from skq.protect import Protected
from skq.protect.rule import OFFICIAL
from skq.release.scan import scan_site
from skq.render.engine import choose_engine
from skq.settings import Settings
from skq.sources.pseudonyms import pseudonym
from skq.store import read_slice
from skq.watch.listing import read_watch

from benchmarks.determinism import HOUSE_PARTS, Town, commentary, content, fresh, grade, renamed, theme, untouched
from tests.municipality.pages import addresses, pdf_text

HOUSE = Path(__file__).parents[2]
SCHOOLS = 3
TEXT = (".html", ".csv", ".svg", ".css", ".js")
KEY = bytes(range(32))
HOURS = "987.654"
"""The hours offered to one pupil, as no other number is."""


@dataclass(frozen=True)
class Built:
    """A request, what came of it, and the content of its site at that time."""

    request: Request
    summary: Summary
    site: dict[str, str]

    @property
    def out(self) -> Path:
        """The folder of the build."""
        return self.request.out

    @property
    def codes(self) -> list[str]:
        """The school unit codes that have a report."""
        return sorted(path.name[-8:] for path in (self.out / "site" / "skolor").iterdir())


def run(request: Request) -> Built:
    """Build *request*."""
    return Built(request, build_all(request), folder_checksums(request.out / "site"))


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Three invented schools with all tables, built whole, in folders with spaces and Swedish letters."""
    folder = tmp_path_factory.mktemp("kommun") / "Underlag för läsåret åäö"
    write_demo(folder / "register", schools=SCHOOLS, years=2, seed=7)
    plant(folder / "register")
    settings = Settings(municipality_name="Ekmora", engine="embedded")
    return run(Request(Inputs(folder / "register", None), folder / "färdigt", HOUSE, settings, cores=1, key=KEY))


def plant(register: Path) -> None:
    """Give every pupil a name, as exports have it, and one pupil hours that would be known again."""
    pupils = pd.read_csv(register / "pupils.csv", sep=";", dtype=str)
    pupils["Elevens namn"] = pupils["pupil_id"].map(name_of)
    pupils.to_csv(register / "pupils.csv", sep=";", index=False)
    attendance = pd.read_parquet(register / "attendance.parquet")
    attendance["offered_hours"] = attendance["offered_hours"].astype("float64")
    attendance.loc[0, "offered_hours"] = float(HOURS)
    attendance.to_parquet(register / "attendance.parquet", index=False)


def name_of(pupil_id: str) -> str:
    """Return an invented full name: the digits of the id as letters."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in pupil_id.lstrip("p"))
    return f"Vendela {letters.capitalize()}"


def copied(built: Built, folder: Path, **changes: object) -> Request:
    """Return a request on copies of the inputs and of everything built, in *folder*."""
    shutil.copytree(built.request.inputs.own, folder / "register")
    shutil.copytree(built.out, folder / "out")
    return replace(built.request, inputs=Inputs(folder / "register", None), out=folder / "out", **changes)


def test_everything_is_there(built):
    """Every school has a page and a PDF, and so has the annual analysis; nothing failed."""
    assert (built.summary.failed, built.summary.school, built.summary.annual) == ((), len(built.codes), 1)
    site = built.out / "site"
    pdfs = sorted(path.relative_to(site).parts[0] for path in site.rglob("*.pdf"))
    assert pdfs == ["arsanalys", *["skolor"] * len(built.codes)]
    assert all(path.with_suffix(".html").is_file() for path in site.rglob("*.pdf"))


def test_every_slice_tells_what_is_said_of_it(built):
    """Of a school: estimates and goals of itself alone, how many comparisons it stands in; the annual one has all."""
    whole = read_slice(built.out / "tables" / "protected" / "annual")
    for code in built.codes:
        part = read_slice(built.out / "tables" / "protected" / code)
        assert set(part.estimates["unit"]) <= {code}
        assert set(part.goals["unit"]) == {code}
        assert {one["unit"] for one in part.meta["judgement"]["comparisons"]} <= {code}
        of_school = whole.estimates[whole.estimates["unit"].eq(code)].reset_index(drop=True)
        said = of_school[of_school["metric"].isin(SET_BESIDE)].reset_index(drop=True)
        as_they_are = [name for name in said if name not in {*NOT_TOLD, *PEERS}]
        pd.testing.assert_frame_equal(part.estimates[as_they_are], said[as_they_are])
        told = part.meta["judgement"]["comparisons"]
        assert sum(one["tested"] for one in told) == int(of_school["p"].notna().sum())
    assert {"target", "commitment"} == set(whole.goals["origin"])
    assert whole.meta["judgement"]["peers"]["count"] == built.request.settings.peers.count


def test_every_pdf_declares_accessibility(built):
    """Each PDF says that it is PDF/UA-1 and in Swedish."""
    for path in (built.out / "site").rglob("*.pdf"):
        content = path.read_bytes()
        assert b"<pdfuaid:part>1</pdfuaid:part>" in content
        assert b"sv" in content


def test_every_link_resolves(built):
    """Every address in every page is a file of the site, or outside it and only a link."""
    site = built.out / "site"
    missing = []
    for page in sorted(site.rglob("*.html")):
        for address in addresses(page):
            path = unquote(urldefrag(address).url)
            if path and "://" not in path and not path.startswith("mailto:"):
                target = (page.parent / path).resolve()
                missing += [] if target.is_file() or (target / "index.html").is_file() else [f"{page.name}: {address}"]
    assert missing == []


def test_start_page_lists_every_school(built):
    """The start page links to each school's page."""
    linked = addresses(built.out / "site" / "index.html")
    assert [code for code in built.codes if not any(f"-{code}/kvalitetsrapport.html" in link for link in linked)] == []


def test_nothing_tells_of_the_machine(built):
    """No page, notebook, table or PDF names the folder in which it was made."""
    name = built.out.parent.parent.name
    texts = {
        path: path.read_text(encoding="utf-8")
        for folder in ("site", "project", "tables")
        for path in (built.out / folder).rglob("*")
        if path.suffix in (".html", ".ipynb", ".svg", ".csv", ".yml", ".json", ".qmd")
    }
    texts |= {path: pdf_text(path) for path in (built.out / "site").rglob("*.pdf")}  # fmt: skip
    assert [path.name for path, text in texts.items() if name in text] == []


def test_nothing_of_a_person_is_in_the_site(built, tmp_path):
    """No file holds an id, a name, a pseudonym or one pupil's hours; planted in a page and a table, each is found."""
    watch = read_watch(built.out / "gate" / "watch.json")
    assert {kind for kind, known in watch["kinds"].items() if any(known.values())} == {
        "name", "pseudonym", "pupil_id", "respondent", "teacher_id", "value",
    }  # fmt: skip
    machine = {"forbidden_paths": [str(built.out), str(built.request.inputs.own)], "user_names": ["skq-maker"]}
    assert scan_site(built.out / "site", watch=watch, key=KEY, **machine) == []
    told = f"{name_of('p0000001')};p0000001;{HOURS};{pseudonym('p0000001', 'pupil_id', KEY)}"
    shutil.copytree(built.out / "site" / "arsanalys", tmp_path / "arsanalys")
    with (tmp_path / "arsanalys" / "equity.csv").open("a", encoding="utf-8") as table:
        table.write(told + "\n")
    found = scan_site(tmp_path, watch=watch, key=KEY)
    last = len((tmp_path / "arsanalys" / "equity.csv").read_text(encoding="utf-8").splitlines())
    assert {(one.rule, one.where) for one in found} == {("canary", f"arsanalys/equity.csv:{last}")}
    assert len(found) == 4


def test_slice_knows_no_other_school(built):
    """The slice of a school holds no other school's code, but for who its peers are: never their numbers."""
    for code in built.codes:
        part = read_slice(built.out / "tables" / "protected" / code)
        former = set(part.units["predecessor_code"].dropna())
        peers = part.meta["judgement"]["peers"].pop("names")
        estimates = part.estimates.drop(columns="peers")
        frames = (part.results.frame, part.comparisons.frame, part.units, estimates, part.goals)
        text = "".join(frame.to_csv() for frame in frames) + json.dumps(part.meta)
        others = set(built.codes) - {code} - former
        assert [other for other in others if other in text] == []
        assert set(" ".join(part.estimates["peers"].dropna()).split()) <= set(peers)


def test_again_rebuilds_nothing(built):
    """The same again builds nothing and leaves every byte and every file as it is."""
    before = {path: path.stat().st_mtime_ns for path in built.out.rglob("*") if path.is_file()}
    again = build_all(built.request)
    assert (again.built, again.reused) == (0, len(built.codes) + 1)
    assert {path: path.stat().st_mtime_ns for path in built.out.rglob("*") if path.is_file()} == before


def test_touched_and_damaged_files_rebuild_nothing(built, tmp_path):
    """Inputs copied elsewhere and newer, the memory of the last build gone, a page changed and a PDF away: no notebook
    runs, and the site is as it was."""
    request = copied(built, tmp_path)
    for path in request.inputs.own.iterdir():
        os.utime(path)
    (request.out / "state.json").unlink()
    (request.out / "site" / "index.html").write_text("hacked")
    next((request.out / "site").rglob("*.pdf")).unlink()
    again = run(request)
    assert (again.summary.built, again.summary.reused) == (0, len(built.codes) + 1)
    assert again.site == built.site


def test_one_schools_text_makes_only_its_report_anew(built, tmp_path):
    """A dropped commitment of one school makes its report and the annual analysis anew; put back, all is as it was."""
    request = copied(built, tmp_path)
    path = request.inputs.own / "commitments.csv"
    content = path.read_bytes()
    path.write_bytes(b"".join(content.splitlines(keepends=True)[:-1]))
    without = run(request)
    assert (without.summary.built, without.summary.reused) == (2, len(built.codes) - 1)
    assert without.site != built.site
    path.write_bytes(content)
    restored = run(request)
    assert restored.summary.built == 2
    assert restored.site == built.site


def test_a_commentary_makes_no_number_and_no_report_anew(built, tmp_path, monkeypatch):
    """Another text of a principal: nothing is computed or executed, whatever is asked; the page of files read tells of
    it, and the gate's list is made of what was read."""
    request = copied(built, tmp_path)
    path = request.inputs.own / "kommentarer.csv"
    path.write_bytes(path.read_bytes().replace(b"Vi ", b"Alla vi "))
    slices = folder_checksums(Places(request.out).slices)
    for name in ("skq.build.computed.computed", "skq.build.explain.sliced"):
        monkeypatch.setattr(name, refused)
    told = explained(request, built.codes[0])
    assert "no number and no report rests on what has changed since the last build:\n    kommentarer.csv\n" in told
    assert "Notebook: would be reused, all" in told
    (request.out / WATCH).write_text(json.dumps({**read_watch(request.out / WATCH), "kinds": {}}))
    again = run(request)
    assert (again.summary.built, again.summary.reused) == (0, len(built.codes) + 1)
    assert folder_checksums(Places(request.out).slices) == slices
    assert read_watch(request.out / WATCH) == read_watch(built.out / WATCH)
    moved = {name for name in {*again.site, *built.site} if again.site.get(name) != built.site.get(name)}
    assert {name for name in moved if not name.startswith("pagefind/")} == {"om.html"}
    assert checksum(path)[:16] in (request.out / "site" / "om.html").read_text(encoding="utf-8")
    assert "kommentarer.csv" not in explained(request, built.codes[0])
    path.unlink()
    run(request)
    assert "kommentarer.csv" not in (request.out / "site" / "om.html").read_text(encoding="utf-8")


def test_a_changed_town_is_built_as_from_nothing(built, tmp_path):
    """A sentence in the theme renders pages and executes nothing. Then a grade, a new name, inputs written anew, and
    after that a principal's text alone: all is as another process makes it from nothing, with two jobs, elsewhere, in
    another language, time zone and mask."""
    copied(built, tmp_path)
    for name in HOUSE_PARTS:
        (shutil.copytree if (HOUSE / name).is_dir() else shutil.copy)(HOUSE / name, tmp_path / "house" / name)
    town, rng = Town(tmp_path), random.Random("a changed town")
    build_all(theme(town, rng).request(tmp_path / "out"))
    decided = read_decisions(Places(tmp_path / "out")).values()
    assert {(one.notebook, one.page) for one in decided} == {("reused", "made anew")}
    for change in (grade, renamed, untouched):
        town = change(town, rng)
    changed = build_all(town.request(tmp_path / "out"))
    assert changed.built >= 2
    assert build_all(commentary(town, rng).request(tmp_path / "out")).built == 0
    assert fresh(town, tmp_path / "Från början", jobs=2) == content(tmp_path / "out")


def test_explained_without_building(built, tmp_path):
    """Nothing changed: all would be reused. A theme: pages alone. A missing school is an error. Nothing is written."""
    request = copied(built, tmp_path)
    before = folder_checksums(tmp_path)
    told = explained(request, built.codes[0])
    assert "Notebook: would be reused, all" in told
    assert "Page and PDF: would be reused, all" in told
    assert "Last build: notebook made anew, page made anew" in told
    with pytest.raises(SettingsError, match=f"no such school in the data: 12345678(.|\n)*{built.codes[0]}"):
        explained(request, "12345678")
    house = tmp_path / "house"
    for name in HOUSE_PARTS:
        (shutil.copytree if (HOUSE / name).is_dir() else shutil.copy)(HOUSE / name, house / name)
    theme(Town(tmp_path), random.Random("a theme"))
    told = explained(replace(request, house=house), "annual")
    assert "Notebook: would be reused" in told
    assert "Page and PDF: would be rendered anew, because\n    theme html/page.html changed" in told
    shutil.rmtree(house)
    assert folder_checksums(tmp_path) == before


def test_explained_by_the_slice(built, tmp_path, monkeypatch):
    """Where an input changed the slice is computed again, and what differs in it is told by level and metric. The
    numbers alone are computed for that, not what the gate of a release looks for."""
    request = copied(built, tmp_path)
    path = request.inputs.own / "commitments.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    monkeypatch.setattr("skq.build.watching.watch_list", refused)
    said: list[str] = []
    told = explained(request, "annual", say=said.append)
    assert said[0].startswith("the numbers may have changed")
    assert "input own/commitments.csv changed" in told
    assert "Notebook: would be executed anew, because" in told
    assert "slice meta.json inputs commitments changed" in told
    assert "goals: 1 row(s) of the level school" in told


def test_one_school_alone_leaves_the_others_in_the_site(built, tmp_path):
    """Building one school again, nothing having changed, leaves the whole site as it was."""
    request = copied(built, tmp_path, schools=(built.codes[0],))
    again = run(request)
    assert again.site == built.site
    assert again.summary.built == 0


def house_where(folder: Path, template: str, code: str) -> Path:
    """Return a house in *folder* whose *template* has *code* at the end of its second cell with code."""
    for name in ("notebooks", "reports"):
        shutil.copytree(HOUSE / name, folder / name)
    for name in ("_quarto.yml", "_brand.yml"):
        shutil.copy(HOUSE / name, folder / name)
    path = folder / "notebooks" / template
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code_cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code_cells[1]["source"] = [*code_cells[1]["source"], f"\n{code}"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def half_made(out: Path) -> list[str]:
    """Return what in *out* is not whole: nothing, after any build."""
    return sorted(path.name for path in out.rglob(".*") if path.name not in (".fingerprint", ".lock"))


@pytest.fixture(scope="module")
def one_failed(built, tmp_path_factory):
    """A folder with a whole build, then the same for two schools with a template that fails for the second: the error
    of --fail-fast, and what came of the build that goes on."""
    good, bad = built.codes[:2]
    folder = tmp_path_factory.mktemp("failing")
    house = house_where(folder / "house", "quality_report.ipynb",
                        f"assert school_unit_code != '{bad}', 'no luck today'")  # fmt: skip
    request = copied(built, folder, house=house, schools=(good, bad), publications=("quality-report",))
    with pytest.raises(BuildError) as refused:
        build_all(replace(request, schools=(bad,), keep_going=False))
    site, half = folder_checksums(request.out / "site"), half_made(request.out)
    return refused.value, site, half, run(request)


def test_failing_school_is_named_and_the_other_finished(built, one_failed):
    """One of two reports fails in a cell: it is named with cell and message, the other is in the site, exit code 1."""
    *_, result = one_failed
    good, bad = built.codes[:2]
    assert result.codes == [good]
    assert result.summary.exit_code == 1
    (failure,) = result.summary.failed
    assert f"({bad}), quality-report: quality_report.ipynb, cell 2: AssertionError: no luck today" in failure
    assert half_made(result.out) == []


def test_the_last_good_report_of_a_failed_school_is_never_shown_as_new(built, one_failed):
    """Its page, PDF and files leave site and shelf; the list names the school without a link; nothing is releasable."""
    *_, result = one_failed
    bad = built.codes[1]
    kept = [path for room in ("site", "shelf") for path in (result.out / room).rglob(f"*-{bad}/**/*")]
    assert [path for path in kept if path.is_file()] == []
    index = (result.out / "site" / "index.html").read_text(encoding="utf-8")
    (name,) = [row["name"] for row in read_slice(result.out / "tables" / "protected" / bad).units.to_dict("records")
               if row["unit"] == bad]  # fmt: skip
    assert (name in index, f"-{bad}/" in index) == (True, False)
    assert not (result.out / "state.json").exists()


def test_fail_fast_leaves_the_site(built, one_failed):
    """With --fail-fast the first failure ends the build, and the site is the last good one, every byte of it."""
    error, site, half, _ = one_failed
    assert f"({built.codes[1]}), quality-report: quality_report.ipynb, cell 2: AssertionError" in str(error)
    assert (error.exit_code, site, half) == (1, built.site, [])


def test_without_the_annual_analysis_nothing_leads_to_it(built, tmp_path):
    """Where the annual analysis fails, schools' pages are made without a link to it, and the site is whole."""
    house = house_where(tmp_path / "house", "annual_analysis.ipynb", "raise RuntimeError('no luck today')")
    result = run(copied(built, tmp_path, house=house))
    assert [line.partition(":")[0] for line in result.summary.failed] == ["Ekmora (annual), annual-analysis"]
    assert result.codes == built.codes
    pages = [path.read_text(encoding="utf-8") for path in (result.out / "site").rglob("*.html")]
    assert [page for page in pages if "arsanalys" in page] == []


class Interrupted(BaseException):
    """What Ctrl-C does to the main thread."""


def test_an_interrupted_build_goes_on_where_it_was(built, tmp_path):
    """Interrupted after its first page a build leaves no half-made file; the next makes the rest, to the same bytes."""
    request = copied(built, tmp_path)
    shutil.rmtree(request.out / "shelf")
    (request.out / "state.json").unlink()

    def interrupt(done: int, total: int, item: object) -> None:
        if done:
            raise Interrupted

    with pytest.raises(Interrupted):
        build_all(request, advance=interrupt)
    assert half_made(request.out) == []
    assert folder_checksums(request.out / "site") == built.site
    again = run(request)
    assert again.site == built.site
    assert 0 < again.summary.reused < len(built.codes) + 1


def test_a_full_disk_leaves_the_old_site(built, tmp_path, monkeypatch):
    """Where the finished site cannot be put in its place, the error has its path and the old one stays, whole."""
    request = copied(built, tmp_path)
    (request.out / "site" / "index.html").write_text("the old site")
    before, replaced = folder_checksums(request.out / "site"), os.replace

    def refuse(source: Path, target: Path) -> None:
        if Path(target) == request.out / "site":
            raise OSError(28, "No space left on device", str(target))
        replaced(source, target)

    monkeypatch.setattr("skq.files.os.replace", refuse)
    with pytest.raises(OSError, match="No space left") as caught:
        build_all(request)
    assert "the disk is full" in str(storage_error(caught.value))
    monkeypatch.undo()
    sweep(Places(request.out))
    assert folder_checksums(request.out / "site") == before


@pytest.mark.parametrize("table", ["commitments", "kommentarer"])
def test_invalid_file_builds_nothing_and_changes_nothing(built, tmp_path, table):
    """A faulty input file stops the build before anything is written; the old build is as it was. So does one on which
    no number rests."""
    request = copied(built, tmp_path)
    before = folder_checksums(request.out)
    with (request.inputs.own / f"{table}.csv").open("a", encoding="utf-8") as stream:
        stream.write("nonsense;x\n")
    with pytest.raises(
        ValidationError, match=rf"{table}\.csv(.|\n)*nothing was built|nothing was built(.|\n)*{table}\.csv"
    ):
        build_all(request)
    assert folder_checksums(request.out) == before


def test_unknown_school_is_refused(built, tmp_path, monkeypatch):
    """A school code that is not in the data is an error that lists those that are, before anything is computed."""
    monkeypatch.setattr("skq.build.sliced.summed", not_yet)
    with pytest.raises(SettingsError, match=f"no such school in the data: 12345678(.|\n)*{built.codes[0]}"):
        build_all(replace(built.request, schools=("12345678",), out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_no_number_is_computed_to_explain_an_unknown_school(built, tmp_path, monkeypatch):
    """Where numbers would have to be computed, an unknown school is told of as soon as the registers have been read."""
    monkeypatch.setattr("skq.build.sliced.summed", not_yet)
    with pytest.raises(SettingsError, match="no such school in the data: 12345678"):
        explained(replace(built.request, out=tmp_path / "out"), "12345678")


@pytest.mark.parametrize("year", ["2030/31", "2019/20"])
def test_a_school_year_without_schools_leaves_the_site(built, tmp_path, monkeypatch, year):
    """A school year of which no report could be made is refused before a number is; the old build is as it was."""
    request = copied(built, tmp_path)
    before = folder_checksums(request.out)
    monkeypatch.setattr("skq.build.sliced.summed", not_yet)
    with pytest.raises(SettingsError, match=f"of {year}; nothing was built(.|\n)*: 2024/25, 2025/26\n"):
        build_all(replace(request, settings=replace(request.settings, school_year=year)))
    assert folder_checksums(request.out) == before


def test_a_school_year_without_schools_in_the_settings_file(built, tmp_path, capsys):
    """Of the file of settings it is refused as of the option: exit code 2, and the site, tables and state stay."""
    request = copied(built, tmp_path)
    before = folder_checksums(request.out)
    (request.inputs.own / "skq.toml").write_text('school_year = "2030/31"\nengine = "embedded"\n', encoding="utf-8")
    assert cli.run(["build", "--data", str(request.inputs.own), "--out", str(request.out)]) == 2
    assert "2030/31, the school year that was asked for" in capsys.readouterr().err
    after = folder_checksums(request.out)
    assert {name: digest for name, digest in after.items() if not name.startswith("logs/")} == before


def test_two_builds_do_not_run_in_one_folder(built, tmp_path, monkeypatch):
    """While a build holds its folder another one is refused, before anything is read."""
    monkeypatch.setattr("skq.build.whole.request_parts", not_yet)
    with folder_lock(tmp_path / "out" / ".lock"), pytest.raises(SkqError, match="another build is running"):
        build_all(replace(built.request, out=tmp_path / "out"))


def refused(*_: object, **__: object) -> None:
    """Stand for what makes numbers or the list of persons, where nobody needs any."""
    raise SkqError("a list of persons is made, or a number")


def not_yet(*_: object, **__: object) -> None:
    """Stand for what must not be done yet."""
    pytest.fail("too early")


def test_two_schools_have_two_reports(built):
    """The reports of two schools differ in text and in figures: nothing is carried from one to the other."""
    first, second = (next((built.out / "site" / "skolor").glob(f"*-{code}")) for code in built.codes[:2])
    assert pdf_text(first / "kvalitetsrapport.pdf") != pdf_text(second / "kvalitetsrapport.pdf")
    names = {path.name for path in first.glob("*.svg")} & {path.name for path in second.glob("*.svg")}
    assert names
    assert [name for name in names if (first / name).read_bytes() == (second / name).read_bytes()] == []


def test_principals_get_their_own_school_alone(built, tmp_path, monkeypatch):
    """A folder per school: its reports and the pages that explain them, no search, no analysis, no other school's code.

    The first school has a second publication, whose figures lie in a folder of their own.
    """
    plan = Publication("plan", "quality_report.ipynb", "school", "planer/{slug}-{code}/plan")
    monkeypatch.setitem(PUBLICATIONS, "plan", plan)
    places, out = Places(built.out), Places(tmp_path)
    shutil.copytree(places.slices, out.slices)
    codes = built.codes[:2]
    metas = {code: read_slice(places.slices / code).meta for code in codes}
    done = [
        Done(ReportTask("quality-report", code, f"Skolan {code}", built.out, folder / "kvalitetsrapport.ipynb",
                        {"school_year": metas[code]["school_year"]}, ""), Outcome.BUILT)
        for code in codes for folder in [places.reports / "quality-report" / code]
    ]  # fmt: skip
    written = tmp_path / "reports" / "plan" / codes[0]
    shutil.copytree(done[0].task.target.parent, written)
    (written / "kvalitetsrapport.ipynb").rename(written / "plan.ipynb")
    done.append(replace(done[0], task=replace(done[0].task, publication="plan", target=written / "plan.ipynb")))
    shown = Protected(*(read_slice(places.slices / codes[0]).results for _ in range(2)), pd.DataFrame())
    numbers = Numbers(shown, shown, pd.DataFrame(), OFFICIAL, "9999", "Ekmora", metas[codes[0]]["school_year"],
                      audience="principal")  # fmt: skip
    request = replace(built.request, out=tmp_path)
    result, failed = own_sites(done, numbers.edition, [], metas, request, choose_engine("embedded"))
    assert (failed, result.pdfs, len(result.made)) == ({}, 3, 3)
    assert sorted(path.name for path in out.site.iterdir()) == [f"skolan-{code}-{code}" for code in codes]
    folders = {path.parent.relative_to(out.site).as_posix() for path in out.site.rglob("*.pdf")}
    assert folders == {f"{name}/skolor/{name}" for name in map("skolan-{0}-{0}".format, codes)} | {
        f"skolan-{codes[0]}-{codes[0]}/planer/skolan-{codes[0]}-{codes[0]}"
    }
    for code, other in (codes, codes[::-1]):
        folder = out.site / f"skolan-{code}-{code}"
        names = {path.relative_to(folder).parts[0] for path in folder.rglob("*")}
        pages = {f"{name}.html" for name in ("index", "metod", "skydd", "ordlista", "om", "404")}
        assert names - {"planer"} == {*pages, "assets", "skolor"}
        assert "Kvalitetsrapport för Skolan" in (folder / "index.html").read_text(encoding="utf-8")
        texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in TEXT}
        texts |= {path: pdf_text(path) for path in folder.rglob("*.pdf")}
        assert [path.name for path, text in texts.items() if other in text or "arsanalys" in text] == []

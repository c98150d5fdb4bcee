"""A report's page by itself, as a worker makes it: the same bytes as in the site of all reports."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from skq.batch.fingerprint import seal
from skq.batch.task import Outcome, PageTask, ReportTask, Station
from skq.errors import RenderError
from skq.files import folder_checksums
from skq.render.made_of import frame_parts
from skq.render.stage import stage_frame, stage_report
from skq.render.unit import is_made, is_ready, make_report

from tests.site.invented import ANNUAL, HOUSE, TINY, write_reports

TITLE, FOOTER = "Skolornas kvalitet i Ängsbacken", "Framtaget av Ängsbackens kommun med skq 0.1.0."
FILES = ("kvalitetsrapport.html", "kvalitetsrapport.pdf", "subjects.csv")


@pytest.fixture
def alone(tmp_path: Path) -> ReportTask:
    """The task of one small school, its notebook executed, in a frame that knows of no other school."""
    (executed,) = [one.folder for one in write_reports(tmp_path / "executed") if one.address == TINY]
    seal(executed, "1")
    project = tmp_path / "project"
    pages = [path.name for path in (HOUSE / "reports").glob("*.qmd")]
    stage_frame([TINY, ANNUAL], pages, project, house=HOUSE, title=TITLE, footer=FOOTER)
    page = PageTask(TINY, project, tmp_path / "shelf", frame_parts(project))
    target = executed / "kvalitetsrapport.ipynb"
    return ReportTask("quality-report", "99000002", "Ö byskola", target, target, {}, "1", page)


def test_a_page_by_itself_is_that_of_the_site(alone: ReportTask, site: Path) -> None:
    """Page, PDF, figures and tables are on the shelf, byte for byte as in a site with two schools and an analysis."""
    assert not is_ready(alone)
    start = perf_counter()
    done = make_report(alone)
    assert (done.outcome, done.made) == (Outcome.BUILT, (Station.PAGE,))
    assert 0 < done.seconds[Station.PAGE] < perf_counter() - start
    kept = folder_checksums(alone.page.kept)
    del kept[".fingerprint"]
    assert kept == folder_checksums((site / TINY).parent)
    assert is_ready(alone)
    assert make_report(alone).outcome is Outcome.REUSED


def test_a_page_is_of_its_executed_report(alone: ReportTask) -> None:
    """Another notebook makes the page stale, another seal of the same notebook does not; a lost page is made again."""
    make_report(alone)
    executed = alone.target.parent
    seal(executed, "2")
    assert is_made(alone.page, executed)
    (alone.page.kept / "kvalitetsrapport.pdf").unlink()
    assert not is_made(alone.page, executed)
    make_report(alone)
    (executed / "kvalitetsrapport.ipynb").write_text("{}")
    assert not is_made(alone.page, executed)


def test_staging_a_report_takes_away_what_it_no_longer_has(alone: ReportTask, tmp_path: Path) -> None:
    """A figure that a report no longer draws leaves the project; another report's folder within is left alone."""
    from tests.site.invented import write_reports

    project = tmp_path / "project"
    old, other = project / Path(TINY).parent / "old.svg", project / Path(TINY).parent / "plan" / "plan.ipynb"
    other.parent.mkdir(parents=True)
    old.touch()
    other.touch()
    (report,) = [one for one in write_reports(tmp_path / "executed") if one.address == TINY]
    names = stage_report(report, project)
    assert (old.exists(), other.exists()) == (False, True)
    assert f"{TINY}.ipynb" in names


def test_a_frame_without_a_theme(tmp_path: Path) -> None:
    """A house without a theme is refused before any report is made."""
    for name in ("_quarto.yml", "_brand.yml"):
        (tmp_path / name).write_bytes((HOUSE / name).read_bytes())
    with pytest.raises(RenderError, match="no theme"):
        stage_frame([TINY], [], tmp_path / "project", house=tmp_path, title=TITLE)

"""The parts of a build: how own and official numbers lie beside each other, which school year, what the end tells."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from skq.build.combine import beside_each_other
from skq.build.edition import rule_named
from skq.build.numbers import newest_school_year
from skq.build.request import Inputs, Places, Request
from skq.build.shelf import FolderShelf
from skq.build.state import numbers_parts, only_pages_changed, remember, uncounted
from skq.build.summary import Summary
from skq.errors import SettingsError
from skq.settings import Settings
from skq.terms import RESULT_DTYPES


def changed(parts: dict[str, object], **other: object) -> dict[str, object]:
    """Return *parts* with others."""
    return {**parts, **other}


def test_only_pages_change_with_the_theme(tmp_path):
    """A sentence of the theme makes no notebook another one; inputs, templates and code may, and so may the unknown."""
    places = Places(tmp_path)
    house = {"notebooks": {"quality_report.ipynb": "1"}, "reports": {"om.qmd": "2"}, "_quarto.yml": "3"}
    parts = {"inputs": {"own": {"grades.csv": "4"}}, "house": house, "code": "5", "schools": [], "settings": {"a": 1}}
    assert not only_pages_changed(places, parts)
    places.site.mkdir(parents=True)
    remember(places, parts, {})
    assert only_pages_changed(places, parts)
    assert only_pages_changed(places, changed(parts, house={**house, "reports": {"om.qmd": "9"}, "_quarto.yml": "9"}))
    for other in (
        changed(parts, house={**house, "notebooks": {"quality_report.ipynb": "9"}}),
        changed(parts, inputs={"own": {"grades.csv": "9"}}),
        changed(parts, code="9"),
        changed(parts, settings={"a": 2}),
    ):
        assert not only_pages_changed(places, other)
    places.state.write_text("[1]", encoding="utf-8")
    assert not only_pages_changed(places, parts)


def test_numbers_rest_on_every_file_but_the_commentary():
    """A file is known as commentary as it is on reading: by its name, in Swedish or English, in the folder itself."""
    own = ("kommentarer.csv", "Commentary-2024.xlsx", "grades.csv", "official/kommentarer.csv", "~$kommentarer.xlsx")
    inputs = {"own": dict.fromkeys(own, "1"), "official": {"kommentarer.csv": "1"}}
    parts = {"inputs": inputs, "settings": {}, "released": ""}
    counted = ("own/grades.csv", "own/official/kommentarer.csv", "own/~$kommentarer.xlsx", "official/kommentarer.csv")
    assert sorted(numbers_parts(parts)["inputs"]) == sorted(counted)
    assert sorted(uncounted(parts)) == ["Commentary-2024.xlsx", "kommentarer.csv"]


def results(*rows: tuple[str, str, str, float], source: str) -> pd.DataFrame:
    """Merit ratings of grade year 9 as (level, unit, school year, value)."""
    plain = {column: "" if dtype == "str" else None for column, dtype in RESULT_DTYPES.items()}
    same = {
        **plain,
        "metric": "merit_rating_17",
        "grade_year": 9,
        "breakdown": "all",
        "category": "all",
        "source": source,
    }
    names = ("level", "unit", "school_year", "value")
    return pd.DataFrame([{**same, **dict(zip(names, row, strict=True))} for row in rows]).astype(RESULT_DTYPES)


OWN = results(
    ("school", "10000001", "2023/24", 210.0),
    ("school", "10000001", "2024/25", 220.0),
    ("municipality", "9999", "2023/24", 230.0),
    ("municipality", "9999", "2024/25", 231.0),
    source="register",
)
OFFICIAL = results(
    ("school", "10000001", "2022/23", 201.0),
    ("school", "10000001", "2023/24", 209.9),
    ("municipality", "9999", "2023/24", 239.0),
    ("nation", "SE", "2023/24", 225.0),
    source="siris:139",
)


def together() -> dict[tuple[str, str], float]:
    """The value by level and school year when both are read."""
    rows = beside_each_other(OWN, OFFICIAL)
    return {(row.level, row.school_year): row.value for row in rows.itertuples()}


def test_own_numbers_win_at_the_school():
    """At a school an own number stands before the official one, which fills the years that are not own."""
    found = {year: value for (level, year), value in together().items() if level == "school"}
    assert found == {"2022/23": 201.0, "2023/24": 210.0, "2024/25": 220.0}


def test_municipality_is_never_a_mixed_series():
    """Where there is an official series of the municipality it stands alone, also where it ends a year before."""
    assert {year: value for (level, year), value in together().items() if level == "municipality"} == {"2023/24": 239.0}


def test_own_municipality_stands_where_nothing_is_official():
    """Without an official series the organizer's own schools together are the municipality."""
    only_nation = OFFICIAL[OFFICIAL["level"] == "nation"]
    rows = beside_each_other(OWN, only_nation)
    assert list(rows.loc[rows["level"] == "municipality", "value"]) == [230.0, 231.0]


def test_newest_school_year_is_that_of_final_grades():
    """A newer year with other numbers than merit ratings of schools does not make the report newer."""
    newer = results(("school", "10000001", "2025/26", 1.0), source="register").assign(metric="pupil_count")
    assert newest_school_year(pd.concat([OWN, newer])) == "2024/25"
    assert newest_school_year(newer) == "2025/26"


@pytest.mark.parametrize(("grade_year", "newest"), [(9, "2024/25"), (10, "2028/29")])
def test_final_grades_are_those_of_the_last_grade_year(grade_year, newest):
    """In 2028/29 the pupils of grade year 10 leave school, and those of grade year 9 do not yet (domain §18)."""
    later = results(("school", "10000001", "2028/29", 215.0), source="register").assign(grade_year=grade_year)
    assert newest_school_year(pd.concat([OWN, later.astype(OWN.dtypes)])) == newest


def test_no_results_at_all():
    """Inputs without a single result are refused in plain words."""
    with pytest.raises(SettingsError, match="not a single result"):
        newest_school_year(OWN.iloc[:0])


def test_unknown_rule():
    """A disclosure rule that skq does not know is refused, with those it knows."""
    with pytest.raises(SettingsError, match="official-2024"):
        rule_named("none")


def test_nothing_to_read():
    """A build without any input says what to give."""
    with pytest.raises(SettingsError, match="--data"):
        Inputs(None, None)


def test_jobs_are_the_cores_unless_chosen():
    """Without a choice there are as many reports at once as cores."""
    inputs = Inputs(Path("a"), None)
    assert Request(inputs, Path("b"), Path("c"), Settings(), cores=6).jobs == 6
    assert Request(inputs, Path("b"), Path("c"), Settings(jobs=1), cores=6).jobs == 1


def summary(*failed: str) -> Summary:
    """The summary of twelve schools."""
    return Summary(Path("out") / "site", 12, 1, 18, 13, 2, 11, failed, "engine embedded: asked for", 12.34)


def test_summary_tells_where_how_many_and_how_long():
    """The end tells where to look, how many of each, what was built and reused, and the seconds."""
    text = str(summary())
    wanted = [str(Path("out") / "site" / "index.html"),
              "12 quality reports and 1 annual analysis", "18 pages and 13 PDFs",
              "built 2, reused 11, failed 0, in 12.3 s"]  # fmt: skip
    assert [part for part in wanted if part not in text] == []
    assert summary().exit_code == 0


def test_summary_names_failures():
    """A failure is named at the very end, and the exit code is 1."""
    assert str(summary("Norrskolan (10000001): cell 4")).endswith("  Norrskolan (10000001): cell 4")
    assert summary("x").exit_code == 1


def test_shelf_gives_back_what_it_was_given(tmp_path):
    """A finished page is taken from the shelf when it is made of the same, and not when it is stale or damaged."""
    (tmp_path / "page.html").write_text("done")
    FolderShelf(tmp_path / "shelf", {"skolor/a/page": "1"}).keep("skolor/a/page", [tmp_path / "page.html"])
    same, other = (FolderShelf(tmp_path / "shelf", {"skolor/a/page": made_of}) for made_of in ("1", "2"))
    assert same.take("skolor/a/page", tmp_path / "site")
    assert (tmp_path / "site" / "page.html").read_text() == "done"
    assert not other.take("skolor/a/page", tmp_path / "other")
    (tmp_path / "shelf" / "skolor" / "a" / "page" / "page.html").write_text("damaged")
    assert not same.take("skolor/a/page", tmp_path / "again")


def test_a_page_changed_in_the_site_is_no_longer_on_the_shelf(tmp_path):
    """Shelf and site may be one file of two names: whoever writes into it damages both, and the shelf knows."""
    (tmp_path / "page.html").write_text("done")
    shelf = FolderShelf(tmp_path / "shelf", {"skolor/a/page": "1"})
    shelf.keep("skolor/a/page", [tmp_path / "page.html"])
    assert shelf.take("skolor/a/page", tmp_path / "site")
    (tmp_path / "site" / "page.html").write_text("edited")
    assert (
        not shelf.take("skolor/a/page", tmp_path / "again") or (tmp_path / "again" / "page.html").read_text() == "done"
    )
    shelf.keep("skolor/a/page", [tmp_path / "page.html"])
    assert (tmp_path / "site" / "page.html").read_text() == "edited"
    assert shelf.take("skolor/a/page", tmp_path / "site of the next build")
    assert (tmp_path / "site of the next build" / "page.html").read_text() == "done"


def test_shelf_on_a_disk_without_links(tmp_path, monkeypatch):
    """Where a file cannot have two names, the site gets a copy."""

    def refuse(source, target):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    (tmp_path / "page.html").write_text("done")
    shelf = FolderShelf(tmp_path / "shelf", {"page": "1"})
    shelf.keep("page", [tmp_path / "page.html"])
    assert shelf.take("page", tmp_path / "site")
    (tmp_path / "site" / "page.html").write_text("edited")
    assert (tmp_path / "shelf" / "page" / "page.html").read_text() == "done"


def test_shelf_knows_nothing_of_other_pages(tmp_path):
    """A page of which nobody has said what it is made of is neither kept nor taken."""
    (tmp_path / "page.html").write_text("done")
    shelf = FolderShelf(tmp_path / "shelf", {})
    shelf.keep("page", [tmp_path / "page.html"])
    assert not (tmp_path / "shelf").exists()
    assert not shelf.take("page", tmp_path / "site")


def test_shelf_drops_what_is_wanted_no_more(tmp_path):
    """A page of no report any more leaves the shelf, the others stay."""
    (tmp_path / "page.html").write_text("done")
    both = FolderShelf(tmp_path / "shelf", {"skolor/a/page": "1", "skolor/b/page": "1"})
    for address in both.made_of:
        both.keep(address, [tmp_path / "page.html"])
    FolderShelf(tmp_path / "shelf", {"skolor/b/page": "1"}).drop_others()
    assert sorted(path.parent.parent.name for path in (tmp_path / "shelf").rglob("page.html")) == ["b"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there does the C library give memory back on request")
def test_memory_of_tables_goes_back_to_the_system():
    """When reports begin, the first process no longer holds what the numbers took."""
    program = """
import psutil, pandas as pd
from skq.give_back import give_back_memory
held = lambda: psutil.Process().memory_info().rss / 2**20
before = held()
frame = pd.DataFrame({"text": [f"pupil {i}" for i in range(2_000_000)]})
frame = frame.assign(other=frame["text"].str.upper())
most = held()
del frame
give_back_memory()
print(most - before, held() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    most, left = map(float, done.stdout.split())
    assert left < most / 3


@pytest.mark.skipif(sys.platform != "linux", reason="only there can the C library be told")
def test_large_columns_go_back_one_by_one():
    """When every second of many columns is let go of, the system has all of them back at once, though others stay."""
    program = """
import numpy as np, psutil
from skq.give_back import give_back_large_at_once
held = lambda: psutil.Process().memory_info().rss / 2**20
give_back_large_at_once()
np.ones(3 << 20)  # untold, the C library would from now on keep columns of up to as many bytes
columns = [np.ones(1 << 20) for _ in range(20)]
before = held()
del columns[::2]
print(before - held())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 10 * 8 * 0.9


@pytest.mark.skipif(sys.platform != "linux", reason="only there can the C library be told")
def test_what_a_thread_has_let_go_of_goes_back_too():
    """30 MB in small pieces that a thread has had are the system's again, also where large columns were let go of."""
    program = """
import threading, psutil
from skq.give_back import give_back_freed, share_one_heap
held = lambda: psutil.Process().memory_info().rss / 2**20
share_one_heap()
bytearray(20 << 20)  # from now on the C library keeps twice as much on top of a heap
before = held()
thread = threading.Thread(target=lambda: [bytearray(2_000) for _ in range(15_000)])
thread.start()
thread.join()
give_back_freed()
print(held() - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 10

"""Which files of a package run when a name is used: found by reading, never by running."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import skq
from skq.batch.publications import PUBLICATIONS, Publication
from skq.batch.reach import reached_code, template_names
from skq.build.made_of import code_version, notebook_code, numbers_code
from skq.build.state import COMPOSE

HOUSE = Path(__file__).parents[2]
PACKAGE = Path(skq.__file__).parent

FILES = {
    "__init__.py": "",
    "told.py": "from house.words import word\nimport house.deep.inner\nimport json\n",
    "words.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.typed import Typed\n",
    "typed.py": "",
    "late.py": "",
    "named.py": "",
    "away.py": "",
    "deep/__init__.py": 'PLACE = {"named": "house.named"}\n',
    "deep/inner.py": "def load():\n    import house.late\n",
    "deep/data/words.toml": "a = 1",
    "other/__init__.py": "",
    "other/words.toml": "b = 1",
}
"""A small package; `typed`, `away` and `other` are reached by nothing that runs."""


@pytest.fixture
def package(tmp_path):
    """The small package on disk."""
    for name, text in FILES.items():
        path = tmp_path / "house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "house"


def test_what_is_imported_anywhere_or_named_as_a_text_is_reached(package):
    """Imports of imports, imports inside functions, modules named by a text, packages above, data beside: all of it."""
    wanted = ["__init__", "deep/__init__", "deep/inner", "late", "named", "told", "words"]
    found = reached_code(["house.told"], package)
    assert sorted(found) == sorted([*(f"house/{name}.py" for name in wanted), "house/deep/data/words.toml"])


@pytest.mark.parametrize("name", ["words.py", "late.py", "named.py", "deep/data/words.toml", "__init__.py"])
def test_a_change_of_what_is_reached_is_seen(package, name):
    """Another byte in a reached file changes its checksum and no other."""
    before = reached_code(["house.told"], package)
    (package / name).write_text(FILES[name] + "\n# changed\n")
    after = reached_code(["house.told"], package)
    assert [path for path in before if before[path] != after[path]] == [f"house/{name}"]


@pytest.mark.parametrize("name", ["typed.py", "away.py", "other/words.toml", "new.py"])
def test_a_change_of_anything_else_is_not(package, name):
    """A module outside, a type, the data of another package, a new file: nothing changes."""
    before = reached_code(["house.told"], package)
    (package / name).write_text("changed = 1\n")
    assert reached_code(["house.told"], package) == before


@pytest.mark.parametrize(
    "block",
    [
        "try:\n    {0}\nexcept ImportError:\n    pass",
        "try:\n    pass\nexcept ImportError:\n    {0}",
        "try:\n    pass\nfinally:\n    {0}",
        "for one in ():\n    pass\nelse:\n    {0}",
        "match 1:\n    case 1:\n        {0}",
        "class One:\n    async def two(self):\n        with self:\n            {0}",
        "import typing\nif typing.TYPE_CHECKING:\n    pass\nelse:\n    {0}",
        "import typing\nif typing.TYPE_CHECKING:\n    pass\nelif 1:\n    {0}",
    ],
)
def test_an_import_in_any_block_is_reached(package, block):
    """Wherever the import of a module stands, it is found, whether or not the file spells the package elsewhere."""
    for more in ("", "\nTOLD = 'a house among others'"):
        (package / "words.py").write_text(block.format("from house import late") + more)
        assert "house/late.py" in reached_code(["house.words"], package)


def test_what_is_left_out_takes_with_it_what_it_alone_reaches(package):
    """Without `house.deep` neither its own modules nor those that it names are reached."""
    found = reached_code(["house.told"], package, but_for=["house.deep"])
    assert sorted(found) == ["house/__init__.py", "house/told.py", "house/words.py"]


def test_the_order_of_names_means_nothing(package):
    """The same names in another order, or twice, reach the same."""
    names = ["house.told", "house.away"]
    assert reached_code(names, package) == reached_code([*reversed(names), names[0]], package)


def test_a_template_names_what_its_code_cells_import(tmp_path):
    """Imports of code cells count, those that a text cell writes about do not."""
    cells = [
        {"cell_type": "code", "source": ["from house.told import told\n", "import house.late as late"]},
        {"cell_type": "markdown", "source": "import house.away"},
    ]
    (tmp_path / "t.ipynb").write_text(json.dumps({"cells": cells}))
    assert template_names(tmp_path / "t.ipynb") == {"house.told", "house.told.told", "house.late"}


@pytest.mark.parametrize("template", ["quality_report", "annual_analysis"])
def test_everything_that_a_report_loads_is_among_what_it_rests_on(template):
    """Each module of skq that Python itself loads for a template's imports is in the fingerprint of its reports."""
    path = HOUSE / "notebooks" / f"{template}.ipynb"
    resting = notebook_code(path)
    lines = [f"import {name}" for name in template_names(path) if _is_module(name)]
    code = "import sys, skq.report.figures, skq.report.tables\n" + "\n".join(lines)
    loaded = _loaded(code + "\nprint(*[m.__file__ for n, m in sys.modules.items() if n.partition('.')[0] == 'skq'])")
    assert {"skq/report/sv.py", "skq/catalog/__init__.py"} < loaded
    assert loaded - set(resting) == set()


def test_reports_rest_on_no_command_line_gate_or_renderer():
    """Nor on one another: a change of the annual analysis leaves the schools' reports as they are."""
    resting = {*notebook_code(HOUSE / "notebooks" / "quality_report.ipynb")}
    rooms = {path.split("/")[1] for path in resting}
    assert rooms & {"cli.py", "console.py", "release", "render", "build", "demo", "sources", "metrics"} == set()
    assert [path for path in resting if path.startswith("skq/report/annual/")] == []
    assert "skq/metrics/salsa.toml" in numbers_code()
    assert {path for path in numbers_code() if path.startswith(("skq/report/", "skq/render/", "skq/cli"))} == set()


def test_numbers_rest_on_nothing_that_is_made_for_the_gate():
    """What the gate looks for moves no version that a report prints, only what the build leaves beside the slices."""
    listed = {f"skq/watch/{name}.py" for name in ("__init__", "listing", "words")}
    for_the_gate = {*listed, "skq/build/watching.py", "skq/build/facts.py"}
    assert {"skq/build/sums.py", "skq/build/combine.py", "skq/build/sliced.py"} <= {*numbers_code()}
    assert {*numbers_code(COMPOSE)} - {*numbers_code()} == for_the_gate


def test_publications_that_share_a_slice_share_its_version(monkeypatch):
    """A second report per school changes the version that both print; the annual analysis keeps its own."""
    school, annual = PUBLICATIONS["quality-report"], PUBLICATIONS["annual-analysis"]
    before = [code_version(one, HOUSE) for one in (school, annual)]
    plan = Publication("plan", "annual_analysis.ipynb", "school", "planer/{slug}-{code}/plan")
    monkeypatch.setitem(PUBLICATIONS, "plan", plan)
    assert code_version(school, HOUSE) == code_version(plan, HOUSE) != before[0]
    assert code_version(annual, HOUSE) == before[1]


def _is_module(name: str) -> bool:
    place = PACKAGE.parent.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def _loaded(code: str) -> set[str]:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {Path(path).relative_to(PACKAGE.parent).as_posix() for path in run.stdout.split()}

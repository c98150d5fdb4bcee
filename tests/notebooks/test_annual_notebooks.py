"""The annual analysis's template and the seminar's notebook run from top to bottom on a slice worked out by hand."""

import ast
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from skq.report.emit import Passage, Picture, Table

from tests.notebooks import annual_more as further
from tests.notebooks import annual_slice as by_hand

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
ANNUAL = NOTEBOOKS / "annual_analysis.ipynb"
SEMINAR = NOTEBOOKS / "seminar" / "merit_and_equity.ipynb"
SAME_PUPILS = NOTEBOOKS / "seminar" / "same_pupils.ipynb"
BOTH = (ANNUAL, SEMINAR, SAME_PUPILS)


def cells(path, kind="code"):
    """The texts of the cells of a kind."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


def run(path, folder):
    """Run the code cells in one namespace, as a kernel would; return what each of them shows."""
    namespace: dict[str, object] = {
        "municipality_code": by_hand.MUNICIPALITY, "school_year": by_hand.NEWEST, "protected_folder": str(folder),
    }  # fmt: skip
    return [shown for text in cells(path)[1:] if (shown := last_value(text, namespace)) is not None]


def last_value(text, namespace):
    """Run *text*; return the value of its last expression, None where the last statement is not one."""
    *statements, last = ast.parse(text).body
    exec(compile(ast.Module(statements, []), "cell", "exec"), namespace)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)
    exec(compile(ast.Module([last], []), "cell", "exec"), namespace)
    return None


RECONCILED = {
    "reconciliation": [
        {"what": "school of municipality", "totals": 40, "equal": 40, "reason": "", "official": None, "own": None},
        {"what": "sex", "totals": 20, "equal": 18, "reason": "", "official": None, "own": None},
        {"what": "sex", "totals": 2, "equal": 0, "reason": "no_class", "official": None, "own": None},
    ]
}


@pytest.fixture(params=[None, further.fill], ids=["base", "further"])
def work(request, tmp_path, monkeypatch):
    """The slice, base or with all that registers tell, with the working directory of a kernel beside it."""
    folder = by_hand.write(tmp_path / "slice", more=request.param, about=RECONCILED if request.param else None)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return folder


def test_annual_analysis_has_its_sections():
    """What a board reads, in its order; sources last."""
    headings = [re.sub(r" \{.*", "", text) for text in cells(ANNUAL, "markdown")]
    assert headings == [
        "## I korthet", "## Vad som sticker ut", "## Utveckling över fem läsår", "## Alla skolor", "## Likvärdighet",
        "## Samma elever över tid", "## Mål, arbete och resurser", "## Ämnen", "## Nivåerna", "## Skolorna",
        "## Källor, metod och dolda uppgifter",
    ]  # fmt: skip


def test_every_cell_of_the_annual_analysis_shows_markdown(work):
    """Each cell gives a picture, a table or a passage, and every file that one names is there."""
    shown = run(ANNUAL, work)
    assert len(shown) == len(cells(ANNUAL)) - 2
    assert all(isinstance(one, Picture | Table | Passage) for one in shown)
    pictures = [f"{one.key}.svg" for one in shown if isinstance(one, Picture)]
    downloads = [f"{one.key}.csv" for one in shown if isinstance(one, Table)]
    beside = ["front.yml", "key-numbers.csv"]
    assert sorted(path.name for path in Path().iterdir()) == sorted([*pictures, *downloads, *beside])


def test_every_label_is_used_once(work):
    """Two figures or tables never share a label, or numbers would point at the wrong one."""
    labels = re.findall(r"\{#((?:fig|tbl)-[\w-]+)", "\n".join(one.markdown() for one in run(ANNUAL, work)))
    assert len(labels) == len(set(labels)) >= 13


def test_running_twice_gives_the_same_bytes(work, tmp_path, monkeypatch):
    """Figures, tables and title block are the same bytes a second time."""
    run(ANNUAL, work)
    first = {path.name: path.read_bytes() for path in Path().iterdir()}
    (tmp_path / "again").mkdir()
    monkeypatch.chdir(tmp_path / "again")
    run(ANNUAL, work)
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == first


def test_every_cell_of_the_seminar_shows_something(work):
    """From top to bottom: passages that JupyterLab shows, and at the end the protected numbers themselves."""
    *shown, last = run(SEMINAR, work)
    assert all(isinstance(one, Passage) for one in shown)
    assert not [one for one in shown if ":::" in one.text or "{#" in one.text]
    assert isinstance(last, pd.DataFrame)


def test_every_cell_of_the_second_seminar_shows_something(work):
    """From top to bottom, with questions in every section, and at the end the numbers that may be shown."""
    *shown, last = run(SAME_PUPILS, work)
    assert all(isinstance(one, Passage) for one in shown)
    assert not [one for one in shown if ":::" in one.text or "{#" in one.text]
    assert sum(one.text.startswith("1. ") for one in shown) == 3
    assert set(last["metric"]) <= {"cohort_change", "cohort_change_stayers"}


def test_seminar_ends_with_numbers_that_may_be_shown(work):
    """The last cell shows merit ratings of schools; hidden ones have a status and no value."""
    last = run(SEMINAR, work)[-1].set_index("unit")
    assert last.loc[by_hand.A, "value"] == 260.0
    assert last.loc[[by_hand.C, by_hand.D], "value"].isna().all()
    assert list(last.loc[[by_hand.C, by_hand.D], "status"]) == ["protects_other", "too_few"]


def test_seminar_shows_the_pictures_beside_it(work):
    """Each picture that the seminar's Markdown names lies beside the notebook."""
    texts = "\n".join(one.text for one in run(SEMINAR, work)[:-1])
    named = re.findall(r"\]\((\S+\.svg)\)", texts)
    assert named
    assert [name for name in named if not Path(name).exists()] == []


@pytest.mark.parametrize("path", BOTH, ids=lambda path: path.stem)
def test_notebook_is_clean(path):
    """No outputs, no counts, nothing but tags in the metadata, and cells numbered in their order."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [cell["id"] for cell in found] == [f"cell-{place:02d}" for place in range(len(found))]
    assert [cell for cell in found if cell.get("outputs") or cell.get("execution_count")] == []
    assert [cell["metadata"] for cell in found if set(cell["metadata"]) - {"tags"}] == []


@pytest.mark.parametrize("path", BOTH, ids=lambda path: path.stem)
def test_notebook_is_thin(path):
    """At most three lines a cell besides the imports, and no logic."""
    forbidden = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda, ast.ListComp)
    trees = [ast.parse(text) for text in cells(path)]
    assert max(len(tree.body) for tree in trees) <= 3
    assert not [node for tree in trees for node in ast.walk(tree) if isinstance(node, forbidden)]

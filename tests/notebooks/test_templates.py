"""The templates are thin, clean and run on every kind of school; papermill once for the quality report."""

from __future__ import annotations

import ast
import contextlib
import io
import json
from pathlib import Path

import papermill
import pytest
from skq.report.emit import Passage, Picture, Table

from tests.notebooks import slices

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
QUALITY_REPORT = NOTEBOOKS / "quality_report.ipynb"
TEMPLATES = sorted(NOTEBOOKS.glob("*.ipynb"))
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.With, ast.Lambda,
    ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
)  # fmt: skip
MOST_LINES = 3
MOST_LINES_ALTOGETHER = {"quality_report": 40, "annual_analysis": 45}
MOST_CELLS = {"quality_report": 22, "annual_analysis": 36}


def cells(path, kind="code"):
    """The cells of a kind."""
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell):
    """The text of a cell."""
    return "".join(cell["source"])


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_template_is_thin(path):
    """Few cells, at most three lines of code in each, and no logic: no function, branch, loop or comprehension."""
    trees = [ast.parse(source(cell)) for cell in cells(path)]
    lines = [len([line for line in source(cell).splitlines() if line.strip()]) for cell in cells(path)]
    assert len(trees) <= MOST_CELLS[path.stem]
    assert max(lines) <= MOST_LINES
    assert sum(lines) <= MOST_LINES_ALTOGETHER[path.stem]
    assert [type(node).__name__ for tree in trees for node in ast.walk(tree) if isinstance(node, FORBIDDEN)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_template_has_no_outputs(path):
    """Nothing that was run is in git: no outputs, no counts, no machine's paths or times in the metadata."""
    assert [cell for cell in cells(path) if cell["outputs"] or cell["execution_count"]] == []
    assert [cell["metadata"] for cell in cells(path) if set(cell["metadata"]) - {"tags"}] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_template_begins_with_typed_empty_parameters(path):
    """The first code cell is tagged and declares typed parameters whose values no report accepts."""
    first = cells(path)[0]
    statements = ast.parse(source(first)).body
    assert first["metadata"]["tags"] == ["parameters"]
    assert all(isinstance(statement, ast.AnnAssign) for statement in statements)
    assert {ast.literal_eval(statement.value) for statement in statements} == {""}


def test_quality_report_has_its_seven_sections():
    """The sections of a quality report, in order."""
    headings = [source(cell) for cell in cells(QUALITY_REPORT, "markdown")]
    assert headings == [
        "## I korthet", "## Kunskapsresultat", "## Ämnen", "## Nationella prov och betyg",
        "## Elever, personal och resurser", "## Trygghet och studiero", "## Källor, metod och dolda uppgifter",
    ]  # fmt: skip


def run_cells(folder):
    """Run the code cells of the quality report in one namespace, as a kernel would; return what each one shows."""
    parameters = f"school_unit_code, school_year, protected_folder = {slices.SCHOOL!r}, '2024/25', {str(folder)!r}"
    namespace: dict[str, object] = {}
    exec(parameters, namespace)
    return [shown for cell in cells(QUALITY_REPORT)[1:] if (shown := last_value(source(cell), namespace)) is not None]


def last_value(text, namespace):
    """Run *text*; return the value of its last expression, None where the last statement is not one."""
    *statements, last = ast.parse(text).body
    exec(compile(ast.Module(statements, []), "cell", "exec"), namespace)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "cell", "eval"), namespace)
    exec(compile(ast.Module([last], []), "cell", "exec"), namespace)
    return None


@pytest.mark.parametrize("kind", slices.KINDS)
def test_every_cell_shows_markdown(kind, tmp_path, monkeypatch):
    """On every kind of school each cell gives a picture, a table or a passage, and every file it names is there."""
    monkeypatch.chdir(tmp_path)
    shown = run_cells(slices.write(kind, tmp_path / "slice"))
    assert len(shown) == len(cells(QUALITY_REPORT)) - 2
    assert all(isinstance(one, Picture | Table | Passage) for one in shown)
    pictures = [one for one in shown if isinstance(one, Picture)]
    tables = [one for one in shown if isinstance(one, Table)]
    assert [one.key for one in pictures if not (tmp_path / f"{one.key}.svg").exists() or not one.alt] == []
    assert [one.key for one in tables if not (tmp_path / f"{one.key}.csv").exists()] == []
    assert (tmp_path / "front.yml").exists()


def test_hidden_values_appear_nowhere(tmp_path, monkeypatch):
    """Of a tiny school no result is in any file of its report; what is shown are the municipality's."""
    monkeypatch.chdir(tmp_path)
    folder = slices.write("tiny", tmp_path / "slice")
    shown = run_cells(folder)
    text = "\n".join(one.markdown() for one in shown)
    assert not [one for one in shown if isinstance(one, Picture) and one.key in ("results-trend", "subjects", "survey")]
    assert "| Meritvärde, åk\u00a09 | .." in text


def test_sections_without_data_are_one_sentence(tmp_path, monkeypatch):
    """A school F–6 known by its pupils alone: every other section is one sentence, no empty figure or table."""
    monkeypatch.chdir(tmp_path)
    shown = run_cells(slices.write("f6", tmp_path / "slice"))
    kinds = [(type(one).__name__, getattr(one, "key", "")) for one in shown if one.markdown()]
    assert kinds == [
        ("Passage", ""), ("Passage", ""), ("Passage", ""), ("Passage", ""), ("Picture", "pupils-and-staff"),
        ("Table", "resources"), ("Passage", ""), ("Passage", ""),
    ]  # fmt: skip


def test_two_schools_do_not_share_figures(tmp_path, monkeypatch):
    """The same notebook run for two schools gives two different figures, each in its own folder."""
    pictures = []
    for kind in ("normal", "official"):
        (tmp_path / kind).mkdir()
        monkeypatch.chdir(tmp_path / kind)
        run_cells(slices.write(kind, tmp_path / f"{kind}-slice"))
        pictures.append((tmp_path / kind / "results-trend.svg").read_bytes())
    assert pictures[0] != pictures[1]


def test_papermill_executes_the_template(tmp_path):
    """papermill runs the template as it stands; outputs are Markdown with a plain twin, nothing else."""
    folder = slices.write("normal", tmp_path / "slice")
    work = tmp_path / "work"
    work.mkdir()
    parameters = {"school_unit_code": slices.SCHOOL, "school_year": "2024/25", "protected_folder": str(folder)}
    with contextlib.redirect_stderr(io.StringIO()):
        done = papermill.execute_notebook(
            str(QUALITY_REPORT), str(tmp_path / "done.ipynb"), parameters, cwd=str(work), progress_bar=False
        )
    outputs = [output for cell in done.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} == {"execute_result"}
    assert {key for output in outputs for key in output.data} == {"text/markdown", "text/plain"}
    assert sorted(path.name for path in work.glob("*.svg")) == [
        "pupils-and-staff.svg", "results-trend.svg", "subjects.svg",
        "survey.svg", "tests.svg",
    ]  # fmt: skip

"""What is loaded when: a build with nothing to do loads no library that computes, one with nothing to compute few."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMPUTE = {"duckdb", "highspy", "pandera", "scipy", "statsmodels"}
DRAW = {"jupyter_client", "matplotlib", "nbformat", "papermill", "seaborn"}
TABLES = {"numpy", "pandas", "pyarrow"}

QUESTION = "skq.cli, skq.batch.stopping, skq.build, skq.build.request, skq.keyfile, skq.render.engine, skq.settingsfile"
"""All that `skq build` loads before it knows that something has changed."""


def said(program: str) -> str:
    """What *program* prints in a Python of its own."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        pytest.param(QUESTION, COMPUTE | DRAW | TABLES, id="nothing-changed"),
        pytest.param("skq.build.anew", COMPUTE | DRAW, id="numbers-as-they-were"),
        pytest.param("skq.report.figures, skq.report.tables", COMPUTE, id="in-a-cell"),
    ],
)
def test_nothing_is_loaded_that_is_not_needed(modules, absent):
    """Importing *modules* in a Python of its own brings none of the libraries that are *absent*."""
    code = f"import sys, {modules}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = set(said(code).split())
    assert "skq" in loaded
    assert absent & loaded == set()


def test_kernels_are_the_same_before_and_after_numbers_are_computed():
    """The parent of kernels is begun before the libraries that compute are loaded, and asked by its environment."""
    program = (
        "from skq.batch.environment import kernel_environment\n"
        "before = kernel_environment()\n"
        "import skq.build.computed\n"
        "print(sorted(set(before.items()) ^ set(kernel_environment().items())))\n"
    )
    assert said(program) == "[]\n"


def test_what_executes_notebooks_compiles_no_grammar():
    """A worker is ready with papermill, and without the grammars of addresses that jsonschema takes where they are."""
    program = (
        "import sys\n"
        "from skq.batch.notebook import NOT_NEEDED, get_ready\n"
        "get_ready()\n"
        "print('papermill' in sys.modules, 'lark' in sys.modules, set(NOT_NEEDED) & set(sys.modules))\n"
    )
    assert said(program) == "True False set()\n"

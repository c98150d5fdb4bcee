"""The shape of the project: what the documents promise is what is there, and rules that no single test would see."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import skq
import yaml
from skq.cli import app

ROOT = Path(__file__).parents[1]
MODULES = sorted(module.name for module in pkgutil.walk_packages(skq.__path__, "skq.") if "__main__" not in module.name)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp|opt)/\w")
ALLOWED_PATHS = {"tests/test_shape.py"}


def tracked() -> list[str]:
    """Every file that git knows, relative to the root; tests skip outside a clone."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git clone")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def project() -> dict[str, object]:
    """The table [project] of pyproject.toml."""
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


@pytest.mark.parametrize("name", MODULES)
def test_public_names_exist(name):
    """Everything promised in a module's __all__ can be taken from it."""
    module = importlib.import_module(name)
    assert [public for public in getattr(module, "__all__", []) if not hasattr(module, public)] == []


def test_importing_says_nothing_and_draws_nothing():
    """Importing every module prints nothing, configures no logging and opens no figure."""
    code = f"import importlib, logging\nfor name in {MODULES!r}: importlib.import_module(name)\n"
    code += "import sys\nplt = sys.modules.get('matplotlib.pyplot')\n"
    code += "assert not logging.getLogger().handlers and not (plt and plt.get_fignums())"
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_imports_point_one_way():
    """The import contracts of pyproject.toml hold."""
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_readme_shows_the_real_tree():
    """Every path in the README's tree exists, and every folder and file at the top is in it."""
    tree = (ROOT / "README.md").read_text(encoding="utf-8").split("```tree\n")[1].split("```")[0]
    shown: list[str] = []
    parents: list[str] = []
    for line in tree.splitlines():
        name = line.split("  ")[0] if not line.startswith(" ") else line.lstrip().split("  ")[0]
        depth = (len(line) - len(line.lstrip())) // 2
        parents = [*parents[:depth], name]
        shown.append("".join(parents))
    assert [path for path in shown if not (ROOT / path).exists()] == []
    top = {name.split("/")[0] + ("/" if "/" in name else "") for name in tracked()}
    assert sorted(top - set(shown)) == []


def test_readme_tells_every_command():
    """Every command and every option of `skq` stands in the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert sorted(name for name in commands if f"skq {name}" not in text) == []


def test_readme_tells_every_make_target():
    """Every target of the Makefile that has a help text stands in the README."""
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in targets if f"make {name}" not in text] == []


def test_conda_and_pip_name_the_same_libraries():
    """environment.yml and pyproject.toml name the same libraries with the same lowest versions."""
    plain = project()
    extras = plain["optional-dependencies"]
    wanted = {*plain["dependencies"], *extras["test"], *extras["cluster"]}
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = {entry for entry in entries if isinstance(entry, str)}
    own = {entry for entry in conda if re.match(r"(python|pip|pandoc|quarto)\b(?!-)", entry)}
    pip = {name for entry in entries if isinstance(entry, dict) for name in entry["pip"]}
    assert (conda - own) | pip == wanted


def test_lock_pins_every_library():
    """requirements.lock has every library of pyproject.toml, each with hashes, and no address of an index."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", lock, flags=re.MULTILINE))
    plain = project()
    extras = plain["optional-dependencies"]
    every = (*plain["dependencies"], *extras["test"], *extras["cluster"])
    named = [re.split(r"[\[>]", entry)[0] for entry in every]
    assert [name for name in named if re.sub(r"[-_.]+", "-", name).lower() not in pinned] == []
    assert [word for word in ("://", "--index", "--find-links", "@ ") if word in lock] == []
    assert len(re.findall(r"^\S+==", lock, flags=re.MULTILINE)) <= lock.count("--hash=sha256:")


def test_no_path_of_a_machine():
    """No tracked text file names a folder of somebody's machine."""
    found = []
    for name in tracked():
        if name in ALLOWED_PATHS or Path(name).suffix in (
            ".parquet",
            ".xlsx",
            ".woff2",
            ".ttf",
            ".png",
            ".pdf",
            ".lock",
        ):
            continue
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {line.strip()[:80]}" for line in text.splitlines() if MACHINE_PATHS.search(line)]
    assert found == []


def test_notebooks_have_no_outputs():
    """Notebooks in git have neither outputs nor execution counts."""
    faulty = []
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        faulty += [path.name for cell in cells if cell.get("outputs") or cell.get("execution_count")]
    assert faulty == []


def test_changelog_tells_changed_numbers():
    """The newest entry of the changelog says which published numbers change."""
    newest = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]
    assert "### Changed numbers" in newest


def test_glossary_knows_every_indicator_family():
    """Each metric of the catalogue is explained in the glossary or on the method page by its own id."""
    from skq.catalog import metrics

    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    assert [metric_id for metric_id in metrics() if f"`{metric_id}`" not in glossary] == []

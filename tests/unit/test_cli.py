"""The command line: answers at once, says what is wrong in one place, and never shows a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest
from skq import cli
from skq.batch.stopping import Terminated
from skq.build import Summary
from skq.errors import BuildError, SourceError


def test_help_names_every_command(capsys):
    """`skq --help` lists the commands and ends well."""
    assert cli.run(["--help"]) == 0
    said = capsys.readouterr().out
    assert [name for name in ("build", "check", "demo", "lab") if f"  {name} " not in said] == []


def test_help_imports_nothing_heavy():
    """Asking for help imports no library that computes, draws or runs notebooks."""
    code = (
        "import sys\nfrom skq import cli\ncli.run(['--help'])\n"
        "print([name for name in ('pandas', 'numpy', 'matplotlib', 'papermill', 'pyarrow') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["build"], "there is nothing to build from", id="no-input"),
        pytest.param(["build", "--data", "{tmp}/absent"], "no such folder", id="absent-folder"),
        pytest.param(["build", "--data", "{tmp}"], "skolenheter  [missing-table]", id="folder-without-tables"),
        pytest.param(
            ["build", "--data", "{tmp}", "--publication", "leaflet"], "unknown publication leaflet", id="publication"
        ),
        pytest.param(["build", "--data", "{tmp}", "--engine", "word"], "'engine' is wrong", id="engine"),
        pytest.param(["build", "--data", "{tmp}", "--school-year", "2024"], "'school_year' is wrong", id="school-year"),
        pytest.param(
            ["build", "--data", "{tmp}", "--settings", "{tmp}/no.toml"], "no.toml: there is no such file", id="settings"
        ),
        pytest.param(
            ["build", "--official", "{tmp}", "--engine", "embedded"], "which municipality?", id="municipality"
        ),
        pytest.param(["lab", "--out", "{tmp}/absent", "--no-start"], "run 'skq build' first", id="lab-too-early"),
    ],
)
def test_wrong_use(tmp_path, capsys, arguments, message):
    """Wrong use is told in plain words with exit code 2, and writes nothing."""
    out = ["--out", str(tmp_path / "out")] if arguments[0] == "build" else []
    code = cli.run([word.format(tmp=tmp_path) for word in arguments] + out)
    said = capsys.readouterr().err
    assert code == 2
    assert message in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command", [["check"], ["build", "--out", "out", "--data"], ["build", "--out", "out", "--official"]]
)
def test_a_file_in_place_of_its_folder(tmp_path, monkeypatch, capsys, command):
    """Where a file is given and not its folder, that is said, and which folder to give."""
    monkeypatch.chdir(tmp_path)
    Path("register").mkdir()
    Path("register", "pupils.csv").touch()
    assert cli.run([*command, "register/pupils.csv"]) == 2
    said = capsys.readouterr().err
    assert "found:    a file, not a folder" in said
    assert said.endswith("next:     give the folder in which the file lies: register\n")


def test_check_of_a_folder_without_tables(tmp_path, capsys):
    """`skq check` of the wrong folder finds a problem there."""
    assert cli.run(["check", str(tmp_path)]) == 2
    assert "[missing-table]" in capsys.readouterr().out


@pytest.mark.parametrize("wish", [[], ["--explain", "annual"]], ids=["build", "explain"])
@pytest.mark.parametrize("out", ["file", "file/below"])
def test_out_that_can_be_no_folder(tmp_path, capsys, out, wish):
    """A file in the place of the build's folder, or above it, is told with what to do; nothing is written."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert cli.run(["build", "--data", str(tmp_path), "--out", str(tmp_path / out), *wish]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"skq: {tmp_path / out}: no folder can be made there\n")
    assert ("--out" in said, "fault" in said, "Traceback" in said) == (True, False, False)
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("file", "mine")]


def test_out_where_the_system_makes_no_folder(tmp_path, monkeypatch, capsys):
    """So is a place in which the system refuses to make one, for whatever reason."""

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert cli.run(["build", "--official", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"skq: {tmp_path / 'out'}: no folder can be made there\n  found:    No such file")
    assert "fault" not in said


def test_unknown_option(capsys):
    """An option that does not exist is told with exit code 2."""
    assert cli.run(["build", "--dat", "x"]) == 2
    assert "--dat" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [(SourceError("x.csv: broken"), 2), (BuildError("two schools failed"), 1), (KeyboardInterrupt(), 130)],
)
def test_errors_become_exit_codes(monkeypatch, capsys, error, code):
    """Each kind of error has its exit code, and a message without a traceback."""
    monkeypatch.setattr(cli, "app", _raises(error))
    assert cli.run([]) == code
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("number", [28, 30, 13])
def test_a_disk_that_refuses_is_no_fault_of_skq(tmp_path, monkeypatch, capsys, number):
    """A full, read-only or foreign disk is told with its path and what to do, with exit code 2."""
    monkeypatch.setattr(cli, "app", _raises(OSError(number, "refused", "reports/annual")))
    assert cli.run(["build", "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("skq: reports/annual: ")
    assert ("next: " in said, list(tmp_path.iterdir())) == (True, [])


def test_other_trouble_of_the_system_is_a_fault_of_skq(tmp_path, monkeypatch, capsys):
    """A file that skq itself did not find is a fault of skq; where the log cannot be written, all of it is shown."""
    monkeypatch.setattr(cli, "app", _raises(FileNotFoundError(2, "No such file", "theme.css")))
    (tmp_path / "file").touch()
    assert cli.run(["build", "--out", str(tmp_path / "file")]) == 3
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert said.endswith("next:     send the text above to us\n")


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (Terminated(), 143)])
def test_an_interrupted_build_says_how_to_go_on(tmp_path, monkeypatch, capsys, error, code):
    """Ctrl-C and SIGTERM end a build with their exit codes, and with what to do."""
    monkeypatch.setattr("skq.build.build_all", _raises(error))
    assert cli.run(["build", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == code
    assert "run the same command again to go on" in capsys.readouterr().err


def test_fault_of_skq_is_kept_in_a_file(tmp_path, monkeypatch, capsys):
    """What nobody expected is told in one line; the traceback is in a file below --out."""
    monkeypatch.setattr(cli, "app", _raises(ZeroDivisionError("division by zero")))
    assert cli.run(["build", "--out", str(tmp_path)]) == 3
    assert "a fault of skq itself: ZeroDivisionError" in capsys.readouterr().err
    assert "Traceback" in (tmp_path / cli.LOG_NAME).read_text(encoding="utf-8")


def test_check_tells_every_problem(tmp_path, capsys):
    """`skq check` prints each problem and ends with exit code 2; two broken files give at least two."""
    (tmp_path / "pupils.csv").write_text("", encoding="utf-8")
    (tmp_path / "grades.csv").write_text("", encoding="utf-8")
    assert cli.run(["check", str(tmp_path)]) == 2
    said = capsys.readouterr().out
    assert [name for name in ("pupils.csv", "grades.csv") if name not in said] == []


def test_demo_writes_a_municipality_that_is_valid(tmp_path, capsys):
    """`skq demo` writes files in which `skq check` finds nothing wrong."""
    assert cli.run(["demo", str(tmp_path / "kommun"), "--schools", "3", "--years", "2"]) == 0
    assert cli.run(["check", str(tmp_path / "kommun")]) == 0
    assert "no problems" in capsys.readouterr().out


def test_below_the_command_line_paths_do_not_depend_on_where_we_stand(tmp_path, monkeypatch):
    """A relative --out is made absolute here: processes that are started later stand in other folders."""
    asked = []
    monkeypatch.setattr("skq.build.build_all", lambda request, **_: asked.append(request) or _nothing_built())
    monkeypatch.chdir(tmp_path)
    assert cli.run(["build", "--data", "register", "--out", "färdigt", "--engine", "embedded"]) == 0
    assert [(request.out, request.house.is_absolute()) for request in asked] == [(tmp_path / "färdigt", True)]
    assert cli.run(["build", "--data", "register", "--engine", "embedded", "--fail-fast"]) == 0
    assert [request.keep_going for request in asked] == [True, False]


def _nothing_built() -> Summary:
    return Summary(Path("site"), 0, 0, 0, 0, 0, 0, (), "engine embedded: asked for")


def test_installed_command_answers():
    """`python -m skq` is the same command."""
    said = subprocess.run([sys.executable, "-m", "skq", "--help"], capture_output=True, text=True, check=True).stdout
    assert said.startswith("Usage: skq")


def _raises(error: BaseException):
    def app(*_: object, **__: object) -> None:
        raise error

    return app

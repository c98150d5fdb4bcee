"""Every way in which a file can be wrong, one folder each: it is refused, for its own reason, with a reviewed message.

`tests/faulty/base/` is a tiny valid municipality (two schools, six pupils, all thirteen tables). Each other folder
holds only the files that differ from it, `without.txt` names base files that are left out, and `message.txt` is the
whole message that the analyst reads. After a change of a message: `python tests/test_faulty.py`, then review the
difference.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from skq.errors import Problem, ValidationError
from skq.validate import check, validated

FAULTY = Path(__file__).parent / "faulty"
FAULTS = sorted(folder.name for folder in FAULTY.iterdir() if folder.is_dir() and folder.name != "base")
NOTES = ("message.txt", "without.txt")


REGISTERS = {"skolenheter.csv", "elever.csv"}


def municipality_with(fault: str, folder: Path) -> Path:
    """Return *folder* filled with the valid municipality, changed by *fault*.

    A fault in one of the two registers could be told in every table, so it comes with all of them; a fault in another
    table comes with the registers only, which saves time.
    """
    changed = {path.name for path in (FAULTY / fault).iterdir()} - set(NOTES)
    everything = bool(changed & REGISTERS) or not changed
    for path in (FAULTY / "base").iterdir():
        if everything or path.name in REGISTERS or path.stem in {name.split(".")[0].split("-")[0] for name in changed}:
            shutil.copy(path, folder / path.name)
    left_out = FAULTY / fault / "without.txt"
    for name in left_out.read_text(encoding="utf-8").split() if left_out.exists() else ():
        (folder / name).unlink(missing_ok=True)
    for path in (FAULTY / fault).iterdir():
        if path.name not in NOTES:
            shutil.copy(path, folder / path.name)
    return folder


def message(problems: list[Problem]) -> str:
    """Return all problems as the command line prints them."""
    return "\n\n".join(map(str, problems)) + "\n"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Problem]]:
    """The problems of every fault."""
    return {fault: check(municipality_with(fault, tmp_path_factory.mktemp(fault))) for fault in FAULTS}


def test_valid_municipality_has_no_problem():
    """The municipality that all faults start from is itself without fault."""
    assert check(FAULTY / "base") == []


def test_there_are_enough_faults():
    """The folder holds the hundred ways, not a sample."""
    assert len(FAULTS) >= 100


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_told_as_reviewed(fault: str, found: dict[str, list[Problem]]):
    """The message of each fault is the one that was read and accepted."""
    assert message(found[fault]) == (FAULTY / fault / "message.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_has_one_reason(fault: str, found: dict[str, list[Problem]]):
    """A file with one fault is refused once, and no other file is blamed for it."""
    assert len({(problem.file, problem.column, problem.code) for problem in found[fault]}) == 1


def test_every_fault_has_its_own_reason(found: dict[str, list[Problem]]):
    """No two faults are told in the same words at the same place: each check is the only one to refuse its file."""
    told = Counter((p.column, p.code, p.found, p.expected) for problems in found.values() for p in problems[:1])
    assert [reason for reason, times in told.items() if times > 1] == []


@pytest.mark.parametrize("fault", ["binary-junk", "two-schools", "unknown-pupil", "missing-unit-register"])
def test_invalid_tables_are_not_handed_over(fault: str, tmp_path: Path):
    """A build never gets the tables of a folder with a fault."""
    with pytest.raises(ValidationError):
        validated(municipality_with(fault, tmp_path))


def write_messages() -> None:
    """Write the present message of every fault beside its files, to be reviewed as a difference."""
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            text = message(check(municipality_with(fault, Path(folder))))
        (FAULTY / fault / "message.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_messages()

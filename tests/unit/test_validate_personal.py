"""Personal data that no number needs: told file by file, dropped on reading, never a reason to stop.

`tests/personal/` has one folder per way: the files that differ from the valid municipality of `tests/faulty/base/`, and
`warnings.txt`, the reviewed words. After a change of words: `python tests/unit/test_validate_personal.py`, then review.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from skq import cli
from skq.errors import Problem
from skq.schema import TABLES
from skq.schema.personal import Surplus, personal_kind
from skq.sources.surplus import WHAT, WHY
from skq.validate import Checked, checked
from skq.validate.personal import YEARS_USED, without_names

KEY = b"a key for tests alone, of no use elsewhere"
CASES = Path(__file__).parents[1] / "personal"
BASE = Path(__file__).parents[1] / "faulty" / "base"
REGISTERS = ("skolenheter.csv", "elever.csv")
WORDS = "warnings.txt"
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


def municipality_with(case: str, folder: Path) -> Path:
    """Return *folder* filled with the two registers of the valid municipality and what *case* changes."""
    for path in (*(BASE / name for name in REGISTERS), *(CASES / case).iterdir()):
        if path.name != WORDS:
            shutil.copy(path, folder / path.name)
    return folder


def read(case: str, folder: Path) -> Checked:
    """What the municipality of *case* holds."""
    return checked(municipality_with(case, folder), key=KEY, class_groups=True)


def message(found: Checked) -> str:
    """Return all warnings as the command line prints them."""
    return "\n\n".join(map(str, found.remarks)) + "\n"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Checked]:
    """What every case holds."""
    return {case: read(case, tmp_path_factory.mktemp(case)) for case in NAMES}


@pytest.fixture(scope="module")
def plain() -> Checked:
    """What the valid municipality holds."""
    return checked(BASE, key=KEY, class_groups=True)


def test_valid_municipality_has_nothing_to_spare(plain: Checked):
    """The municipality that all cases start from holds nothing that is not needed."""
    assert plain.remarks == ()


@pytest.mark.parametrize("case", NAMES)
def test_warning_is_told_as_reviewed(case: str, cases: dict[str, Checked]):
    """The warnings of each case are those that were read and accepted."""
    assert message(cases[case]) == (CASES / case / WORDS).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", NAMES)
def test_warning_stops_nothing(case: str, cases: dict[str, Checked]):
    """An export with more than is needed can be used as it is."""
    assert cases[case].problems == []
    assert cases[case].remarks == cases[case].tables.remarks


@pytest.mark.parametrize("case", ["columns-of-pupils", "english-columns-of-staff", "known-by-content"])
def test_surplus_columns_never_enter_a_table(case: str, cases: dict[str, Checked], plain: Checked):
    """The tables are the very same as if the surplus columns had not been handed in."""
    for name in cases[case].tables:
        pd.testing.assert_frame_equal(cases[case].tables[name], plain.tables[name])


@pytest.mark.parametrize("case", NAMES)
def test_warnings_tell_of_nobody(case: str, cases: dict[str, Checked]):
    """No warning repeats a name, a number, an address or an identifier; headers and years are all it quotes."""
    told = message(cases[case])
    texts = [text for texts in cases[case].tables.personal.values() for text in texts if len(text) > 3]
    assert [text for text in [*texts, "Bergenstråle", "Lind", "@"] if text in told] == []


def test_dropped_texts_are_remembered_for_the_gate(cases: dict[str, Checked]):
    """Names (given name first, also from two columns), numbers and addresses are kept in memory to be looked for."""
    personal = cases["columns-of-pupils"].tables.personal
    assert personal["name"] >= {"Anna-Karin von Bergenstråle", "Bo Ek", "Maria Ek"}
    assert "20090413-1233" in personal["personal_number"]
    assert "elev0@exempel.se" in personal["email"]
    assert "070-123 45 07" in personal["phone"]
    assert "Anna-Karin von Bergenstråle" in cases["pupil-named-in-text"].tables.personal["name"]
    assert not any("Storgatan" in text for texts in personal.values() for text in texts)


def test_first_year_that_is_needed(cases: dict[str, Checked]):
    """Nine school years are used: 2016/17 is the first when 2024/25 is the newest, 2015/16 the last to be told."""
    (remark,) = cases["old-school-years"].remarks
    assert YEARS_USED == 9
    assert "2014/15, 2015/16" in remark.found
    assert "2016/17" not in remark.found.split(":")[1]


def test_class_is_needed_only_where_classes_are_numbered(plain: Checked):
    """The column with the class is told of unless the settings ask for class groups."""
    (remark,) = checked(BASE, key=KEY).remarks
    assert (remark.file, remark.column, remark.code) == ("elever.csv", "Klass", "unused-class")
    assert "7 rows filled" in remark.found
    assert plain.remarks == ()


def test_identifier_in_text_is_told_where_it_can_be_nothing_else(tmp_path: Path):
    """Four signs with letter and digit, or seven digits, tell of a pupil; shorter ones stand in texts by chance."""
    identifiers = ("E017", "1234567", "E17", "123456")
    pupils = (BASE / "elever.csv").read_text(encoding="utf-8")
    for number, identifier in enumerate(identifiers, start=1):
        pupils = pupils.replace(f"\nE{number};", f"\n{identifier};")
    (tmp_path / "elever.csv").write_text(pupils, encoding="utf-8")
    shutil.copy(BASE / "skolenheter.csv", tmp_path)
    rows = [f"01000001;2024/25;del {number};Mer stöd till {name}." for number, name in enumerate(identifiers)]
    text = "\n".join(["Skolenhetskod;Läsår;Avsnitt;Text", *rows])
    (tmp_path / "kommentarer.csv").write_text(text + "\n", encoding="utf-8")
    found = checked(tmp_path, key=KEY, class_groups=True)
    assert [(remark.code, remark.row) for remark in found.remarks] == [("person-in-text", 2), ("person-in-text", 3)]


PUPILS, ECONOMY = TABLES["pupils"], TABLES["economy"]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Personnummer", Surplus.PERSONAL_NUMBER),
        ("PersonNr.", Surplus.PERSONAL_NUMBER),
        ("Personalnummer", None),
        ("Elevens namn", Surplus.NAME),
        ("Vårdnadshavare 2", Surplus.NAME),
        ("Vårdnadshavare 2 e-post", Surplus.EMAIL),
        ("E-post vårdnadshavare 1", Surplus.EMAIL),
        ("guardian_phone", Surplus.PHONE),
        ("POSTNUMMER", Surplus.ADDRESS),
        ("Födelseår", Surplus.BIRTH),
        ("Sekretessmarkering", Surplus.PROTECTED),
        ("Mother tongue", Surplus.ORIGIN),
        ("Åtgärdsprogram", Surplus.HEALTH),
        ("Särskilt stöd", Surplus.HEALTH),
        ("Anmärkning", Surplus.NOTE),
        ("Skolans namn", None),
        ("Profil", None),
        ("", None),
    ],
)
def test_kind_of_header(header: str, kind: Surplus | None):
    """Headers are known in both languages, whoever's they are, and whatever marks are in them."""
    assert personal_kind(header, PUPILS) is kind


def test_no_column_of_a_table_is_surplus():
    """What a table needs is not mistaken for surplus when it is handed in with another table's header."""
    needed = [column.header for column in PUPILS.columns if column.name not in ("pupil_id", "sex")]
    assert [header for header in needed if personal_kind(header, TABLES["grades"])] == []


def test_school_may_have_an_address():
    """Of a table of units only numbers, mail and telephones of persons are surplus; other columns stay an error."""
    assert personal_kind("Adress", ECONOMY) is personal_kind("Namn", ECONOMY) is None
    assert personal_kind("Rektors e-post", ECONOMY) is Surplus.EMAIL


def test_every_kind_is_worded():
    """Every kind of surplus data has words for what it is and why it is not needed."""
    assert set(WHAT) == set(WHY) == set(Surplus)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("'Anna Berg'", "a name (not shown)"),
        ("'berg' … and 3 more rows", "a name (not shown) … and 3 more rows"),
        ("'Bergskolan'", "'Bergskolan'"),
        ("'Anna 9A'", "'Anna 9A'"),
        ("'' in 2024/25", "'' in 2024/25"),
    ],
)
def test_messages_hold_no_names(found: str, told: str):
    """A value in the wrong column is quoted, unless it is a name that the registers have, or a part of one."""
    problem = Problem("elever.csv", 2, "Kön", "not-allowed", found, "one of: flicka, pojke", "correct the value")
    assert without_names([problem], {"name": frozenset({"Anna Berg"})})[0].found == told


def test_name_in_a_wrong_column_is_not_shown(tmp_path: Path):
    """A row whose columns are shifted is refused without repeating the name that stands in the wrong one."""
    folder = municipality_with("columns-of-pupils", tmp_path)
    path = folder / "elever.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("9;pojke;", "9;Ek;", 1), encoding="utf-8")
    (problem,) = checked(folder, key=KEY).problems
    assert (problem.code, problem.found) == ("not-allowed", "a name (not shown)")


def test_command_line_tells_remarks_apart_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """`skq check` prints the remarks first, in a section of their own, and leaves with 0 where nothing is wrong."""
    folder = municipality_with("unit-table-with-contacts", tmp_path)
    assert cli.run(["check", str(folder)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("3 remarks: more about persons than any number needs\n\n")
    assert "[surplus-email]" in told
    assert told.endswith(f"{folder}: no problems, see the remarks above\n")


def write_warnings() -> None:
    """Write the present warnings of every case beside its files, to be reviewed as a difference."""
    for case in NAMES:
        with tempfile.TemporaryDirectory() as folder:
            (CASES / case / WORDS).write_text(message(read(case, Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    write_warnings()

"""What is looked at once for many cells, or passed by at a glance, is told as if every cell had been looked at."""

from __future__ import annotations

import random
import string
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from skq.schema import TABLES
from skq.sources import read_tables
from skq.sources.csvfile import read_csv
from skq.sources.grid import blank, texts_of
from skq.sources.parquetfile import read_parquet
from skq.sources.pseudonyms import ORDINARY, Pseudonyms, fingerprint, pseudonym
from skq.sources.values import read_value
from skq.validate import check

KEY = b"a key for tests alone, of no use elsewhere"
HEAD = "Elev-id;Läsår;Termin;Erbjudna timmar;Giltig frånvaro timmar;Ogiltig frånvaro timmar\n"
ROW = ";2024/25;VT;100;1;1\n"


@pytest.mark.parametrize(
    ("text", "is_total"),
    [
        ("Summa", True),
        ("  TOTALT 2024", True),
        ("_total", True),
        ("\u017fumma", True),  # the long s of old prints is an s
        ("-s:a", True),
        ("Samtliga elever", True),
        ("sum17", False),
        ("E17", False),
        ("17", False),
        ("Å1", False),
    ],
)
def test_a_row_of_totals_is_known_by_its_first_word(tmp_path: Path, text: str, is_total: bool):
    """In whatever spelling, with marks before it too; an identifier that begins alike is none."""
    (tmp_path / "narvaro.csv").write_text(f"{HEAD}E1{ROW}{text}{ROW}", encoding="utf-8")
    assert ("totals-row" in [problem.code for problem in read_tables(tmp_path).problems]) == is_total


def test_ordinary_identifiers_have_no_fault():
    """Of a thousand identifiers of every look, those passed by are exactly without what is refused in the others."""
    chance = random.Random("identifiers of every look")
    signs = string.ascii_letters + string.digits + "--  +#\u200b\u00a0Ã¥åÄ_/"
    made = ["".join(chance.choices(signs, k=chance.randint(1, 6))) for _ in range(3000)]
    made += [
        f"{date}{mark}{rest}" for date in ("20121212", "121212") for mark in ("", "-") for rest in ("1212", "TF01")
    ]
    column = TABLES["pupils"]["pupil_id"]
    ordinary = [text for text in made if ORDINARY.fullmatch(text)]
    assert len(ordinary) > 300
    assert [text for text in ordinary if read_value(text, column) != text or text.split() != [text]] == []


def test_many_persons_have_the_pseudonyms_that_each_has_alone():
    """Made together, or some of them earlier, a pseudonym is the same, and stands for one checksum."""
    names = [f"Å{number}" for number in range(50)]
    pseudonyms = Pseudonyms(KEY)
    pseudonyms.of(names[30:10:-1], "pupil_id")
    numbers, made = pseudonyms.of([*names, names[0]], "pupil_id")
    assert {name: made[numbers[name]] for name in names} == {name: pseudonym(name, "pupil_id", KEY) for name in names}
    teachers, made_of_teachers = pseudonyms.of(["Å1"], "teacher_id")
    assert made_of_teachers[teachers["Å1"]] == pseudonym("Å1", "teacher_id", KEY)
    assert len(pseudonyms.unkeyed) == 51
    assert pseudonyms.unkeyed[made[numbers["Å1"]]] == fingerprint("Å1", "pupil_id")


def test_tables_about_the_same_persons_have_the_very_same_pseudonyms():
    """Where nobody is new, the pseudonyms are those of the table before, not a copy of them."""
    pseudonyms = Pseudonyms(KEY)
    _, first = pseudonyms.of(["a", "b"], "pupil_id")
    _, again = pseudonyms.of(["b"], "pupil_id")
    assert again is first


def test_every_row_of_a_refused_text_is_told(tmp_path: Path):
    """One text in a thousand rows, one with blanks around it in another, and a blank cell: every row is counted."""
    rows = [";2024/25;VT;1;1;1"] + ["E{};2024-25;VT;1;1;1", "E{}; 2024-25 ;HT;1;1;1"] * 500
    lines = [row.format(number) for number, row in enumerate(rows)]
    (tmp_path / "narvaro.csv").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    told = [
        (one.row, one.code, one.found) for one in check(tmp_path) if one.code in ("school-year-dash", "missing-value")
    ]
    assert told == [
        (2, "missing-value", "a blank cell"),
        (3, "school-year-dash", "'2024-25'"),
        (4, "school-year-dash", "'2024-25'"),
        (5, "school-year-dash", "'2024-25' … and 997 more rows"),
    ]


def test_a_file_of_each_kind_gives_the_same_cells(tmp_path: Path):
    """Texts are the same from CSV and Parquet, in one piece or several, blanks among them."""
    cells = ["E1", "", " ", "E2", "E1", "Å 3"]
    path = tmp_path / "elever.parquet"
    pa.parquet.write_table(pa.table({"Elev-id": cells, "Läsår": ["x"] * 6}), path, row_group_size=2)
    from_parquet = read_parquet(path.read_bytes(), path=path).body
    lines = "\n".join(f'"{cell}";x' for cell in cells)
    from_csv = read_csv(f"Elev-id;Läsår\n{lines}\n".encode(), TABLES["pupils"], path=path).body
    for body in (from_parquet, from_csv):
        assert body[0].astype("str").tolist() == cells
        assert [texts_of(body[0])[code] for code in body[0].cat.codes] == cells
        assert blank(body[0]).tolist() == [False, True, True, False, False, False]
    pd.testing.assert_index_equal(from_parquet.index, from_csv.index, exact=False)


def test_values_that_share_a_text_are_one(tmp_path: Path):
    """Decimals that differ beyond what a number holds are one text; a missing number is a missing cell."""
    path = tmp_path / "x.parquet"
    numbers = [Decimal(f"0.1{'0' * 20}1"), None, Decimal("0.1"), Decimal("2")]
    pa.parquet.write_table(pa.table({"a": pa.array(numbers, pa.decimal128(30, 22))}), path)
    column = read_parquet(path.read_bytes(), path=path).body[0]
    assert [None if pd.isna(cell) else cell for cell in column] == ["0,1", None, "0,1", "2"]
    assert texts_of(column) == ["0,1", "2"]
    assert blank(column).tolist() == [False, True, False, False]

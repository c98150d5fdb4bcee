"""Frames to files, the same bytes every time: Parquet, CSV in several dialects and one XLSX.

The only module of the demo that writes. Several dialects, because registers have several and all must be read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

from skq.demo.names import MUNICIPALITY_CODE, MUNICIPALITY_NAME
from skq.demo.tables import demo_tables
from skq.errors import SettingsError
from skq.schema import TABLES, ColumnSpec, Kind

SETTINGS_NAME = "skq.toml"
SETTINGS = f"""\
# The invented municipality. Registers hold its code but not its name.
municipality_code = "{MUNICIPALITY_CODE}"
municipality_name = "{MUNICIPALITY_NAME}"

# Four hundred and fifty million kronor to share, a tenth of it by risk. The standing of a unit changes
# by five percent a year at most.
[allocation]
total_sek = 450_000_000
structure_share = 0.1
floor_share = 0.92
max_change = 0.05
index_years = 3
grade_year_weights = {{ 0 = 0.85, 7 = 1.1, 8 = 1.1, 9 = 1.1 }}
"""
CREATOR = "skq demo"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
TEXT_OF_BOOLEAN = {True: "true", False: "false"}
SWEDISH_BOOLEAN = {True: "ja", False: "nej"}


def write_demo(folder: Path, *, schools: int = 12, years: int = 5, seed: int = 1) -> list[Path]:
    """Write the invented municipality's tables and its settings into *folder*; return the paths, sorted.

    The folder is made when it is not there; an earlier demo in it is replaced, other files are left alone.
    SettingsError, and nothing written, when a file of ours would replace one that is not of a demo.
    """
    _refuse_foreign(folder)
    tables = demo_tables(schools, years, seed)
    contents = {name: make(tables[table], table) for table, (name, make) in FORMS.items()}
    contents[SETTINGS_NAME] = SETTINGS.encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return sorted(folder / name for name in contents)


def _refuse_foreign(folder: Path) -> None:
    """Raise when *folder* holds files of the same names that no demo wrote: somebody's registers."""
    ours = [*(name for name, _ in FORMS.values()), SETTINGS_NAME]
    there = sorted(name for name in ours if (folder / name).exists())
    if there and not _is_demo(folder / FORMS["school_units"][0]):
        raise SettingsError(
            f"{folder}: the invented municipality is not written over other registers\n"
            f"  found:    {', '.join(there)}\n"
            f"  expected: an empty folder, or one with an earlier demo\n"
            f"  next:     choose another folder"
        )


def _is_demo(workbook: Path) -> bool:
    """Return whether *workbook* is the register of units that `_xlsx` wrote, known by its creator."""
    try:
        with zipfile.ZipFile(workbook) as book:
            return f">{CREATOR}<".encode() in book.read("docProps/core.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def _parquet(table: pd.DataFrame, name: str) -> bytes:
    """Return Parquet with typed columns; codes as dictionaries of text, which keeps 100 000 rows small."""
    arrow = {
        column.name: pa.array(table[column.name], type=ARROW_TYPES.get(column.kind, pa.string()), from_pandas=True)
        for column in TABLES[name].columns
    }
    content = BytesIO()
    pq.write_table(pa.table(arrow), content, compression="zstd", compression_level=12)
    return content.getvalue()


ARROW_TYPES = {Kind.INTEGER: pa.int8(), Kind.DECIMAL: pa.float32(), Kind.BOOLEAN: pa.bool_()}


def _csv(table: pd.DataFrame, name: str) -> bytes:
    """Return CSV with our own column names, `;`, decimal point, UTF-8."""
    written = table.assign(**{c.name: table[c.name].map(TEXT_OF_BOOLEAN) for c in _booleans(name)})
    return written.to_csv(sep=";", index=False, lineterminator="\n").encode()


def _swedish_csv(table: pd.DataFrame, name: str, *, encoding: str = "utf-8", newline: str = "\n") -> bytes:
    """Return CSV as a Swedish register exports it: Swedish headers and words, `;`, decimal comma."""
    return swedish(table, name).to_csv(sep=";", decimal=",", index=False, lineterminator=newline).encode(encoding)


def _swedish_csv_with_bom(table: pd.DataFrame, name: str) -> bytes:
    return _swedish_csv(table, name, encoding="utf-8-sig", newline="\r\n")


def swedish(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the table with Swedish headers and, where its values are words, Swedish words."""
    columns = {column.header: _swedish_values(table[column.name], column) for column in TABLES[name].columns}
    return pd.DataFrame(columns)


def _swedish_values(values: pd.Series, column: ColumnSpec) -> pd.Series:
    if column.kind is Kind.BOOLEAN:
        return values.map(SWEDISH_BOOLEAN)
    if column.kind is Kind.CHOICE and column.name != "subject":
        return values.map(column.swedish, na_action="ignore")
    return values


def _booleans(name: str) -> list[ColumnSpec]:
    return [column for column in TABLES[name].columns if column.kind is Kind.BOOLEAN]


def _xlsx(table: pd.DataFrame, name: str) -> bytes:
    """Return a workbook with Swedish headers whose bytes do not depend on the clock."""
    book = Workbook()
    book.properties.creator = CREATOR
    sheet = book[book.sheetnames[0]]
    sheet.title = TABLES[name].file_name
    written = swedish(table, name).astype(object)
    sheet.append(list(written.columns))
    for row in written.where(written.notna(), None).itertuples(index=False):
        sheet.append(list(row))
    content = BytesIO()
    book.save(content)
    return _without_clock(content.getvalue())


def _without_clock(workbook: bytes) -> bytes:
    """Return the workbook with every time in it, in the archive and in its properties, set to 1980."""
    content = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook)) as old, zipfile.ZipFile(content, "w") as new:
        for name in sorted(old.namelist()):
            part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", old.read(name))
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.create_system = 3
            new.writestr(info, part, zipfile.ZIP_DEFLATED, 9)
    return content.getvalue()


FORMS: dict[str, tuple[str, Callable[[pd.DataFrame, str], bytes]]] = {
    "school_units": ("skolenheter.xlsx", _xlsx),
    "pupils": ("pupils.csv", _csv),
    "grades": ("grades.parquet", _parquet),
    "national_tests": ("national_tests.parquet", _parquet),
    "forecasts": ("forecasts.parquet", _parquet),
    "attendance": ("attendance.parquet", _parquet),
    "survey": ("survey.csv", _csv),
    "survey_answers": ("survey_answers.parquet", _parquet),
    "staff": ("personal.csv", _swedish_csv_with_bom),
    "economy": ("ekonomi.csv", _swedish_csv),
    "sick_leave": ("sick_leave.csv", _csv),
    "assessments": ("skattningar.csv", _swedish_csv),
    "commitments": ("commitments.csv", _csv),
    "commentary": ("kommentarer.csv", _swedish_csv),
    "leisure_centres": ("fritidshem.csv", _swedish_csv),
    "targets": ("targets.csv", _csv),
    "risk": ("socioekonomi.csv", _swedish_csv),
}
"""File name and form of each table."""

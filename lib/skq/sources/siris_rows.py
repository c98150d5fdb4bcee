"""The rows of a known export as rows of the results table, and the schools that it names.

The municipal exports do not say who the municipal organizer is: its rows come out with the municipality's code and the
level `organizer`, and `official` puts the organization number in.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from skq import catalog
from skq.sources.cells import parse_cells, unreadable
from skq.sources.reading import RefusedFile, refuse
from skq.sources.siris import ROW, Export
from skq.sources.siris_tables import (
    ITSELF,
    SEXES,
    SUBJECTS,
    SUBJECTS_NOT_CARRIED,
    Measure,
    TableSpec,
)
from skq.terms import RESULT_KEY, SCHOOL_YEAR_TEXT, CellStatus, Level, SchoolYear

_OWNER_LEVELS = {"Samtliga": str(Level.MUNICIPALITY), "Kommunal": str(Level.ORGANIZER)}
_SHARES_TOGETHER = 0.003  # three shares, each rounded to a thousandth, miss 1 by 0.0015 at most


def results_of(export: Export, spec: TableSpec) -> pd.DataFrame:
    """Return the results rows of *export*, with `municipality_code` and `rank` beside the columns of the contract.

    Shares become 0–1, the agency's own text stays in `raw`. SourceError for codes or cells that cannot be read.
    """
    rows = _placed(export, spec)
    long = _from_items(rows, export, spec) if spec.items else _from_columns(rows, export, spec)
    parsed = _parsed(long, export)
    _refuse_twice(parsed, export)
    if spec.id == "1":
        parsed = _with_net(_nobody_is_zero(parsed))
    return parsed.assign(source=f"siris:{spec.id}", rank=spec.rank)


def schools_of(export: Export) -> pd.DataFrame:
    """Return the schools that a school export names: code, name, municipality, organizer, first and last grade year.

    The grade years are those with pupils, missing where the export does not count them.
    """
    rows = export.rows
    counts = {year: rows[f"Elever, årskurs {year}"] for year in range(1, 10) if f"Elever, årskurs {year}" in rows}
    taught = pd.DataFrame({year: ~texts.isin([".", ""]) for year, texts in counts.items()}, index=rows.index)
    return pd.DataFrame(
        {
            "unit": rows["Skolenhetskod"],
            "name": rows["Skola"],
            "municipality_code": _four_digits(rows["Kommunkod"]),
            "municipality_name": rows["Skolkommun"],
            "organizer": rows["Huvudman orgnr"].where(rows["Huvudman orgnr"] != "", rows["Huvudman"]),
            "organizer_name": rows["Huvudman"],
            "organizer_type": rows["Typ av huvudman"].map(
                lambda kind: "municipal" if kind == "Kommunal" else "independent"
            ),
            "first_grade_year": _edge(taught, "first"),
            "last_grade_year": _edge(taught, "last"),
        }
    )


def _edge(taught: pd.DataFrame, edge: str) -> pd.Series:
    if taught.empty:
        return pd.Series(pd.NA, index=taught.index, dtype="Int64")
    years = taught.idxmax(axis=1) if edge == "first" else taught.iloc[:, ::-1].idxmax(axis=1)
    return years.astype("Int64").where(taught.any(axis=1), pd.NA)


def _placed(export: Export, spec: TableSpec) -> pd.DataFrame:
    """Return the export's rows with level, unit and municipality, without rows of owners that are not carried."""
    rows = export.rows.copy()
    rows["municipality_code"] = _four_digits(rows["Kommunkod"])
    _refuse_codes(rows, "municipality_code", "Kommunkod", r"\d{4}", export)
    if spec.of_schools:
        _refuse_codes(rows, "Skolenhetskod", "Skolenhetskod", r"\d{8}", export)
        return rows.assign(level=str(Level.SCHOOL), unit=rows["Skolenhetskod"])
    owners = rows["Typ av huvudman"] if "Typ av huvudman" in rows else pd.Series(export.owner, index=rows.index)
    rows = rows.assign(level=owners.map(_OWNER_LEVELS), unit=rows["municipality_code"])
    return rows[rows["level"].notna()]


def _four_digits(codes: pd.Series) -> pd.Series:
    """A spreadsheet program turns the code 0764 into 764; a municipality's code has four digits."""
    return codes.where(codes.str.len() != 3, "0" + codes)


def _refuse_codes(rows: pd.DataFrame, column: str, header: str, form: str, export: Export) -> None:
    wrong = rows[~rows[column].str.fullmatch(form)]
    if len(wrong):
        raise refuse(
            export.path,
            row=int(wrong[ROW].iloc[0]),
            column=header,
            code="wrong-code",
            found=f"{wrong[header].iloc[0]!r}" + (f" ({len(wrong)} rows in all)" if len(wrong) > 1 else ""),
            expected="eight digits" if header == "Skolenhetskod" else "four digits",
            next_step="export the table again, without saving it from a spreadsheet program",
        )


def _from_columns(rows: pd.DataFrame, export: Export, spec: TableSpec) -> pd.DataFrame:
    year = _school_year_of(export.school_year)
    parts = [
        _measured(rows, _unsplit(measure, spec), rows[header], rows, year, header=header)
        for header, measure in spec.measures.items()
    ]
    long = pd.concat(parts, ignore_index=True)
    if spec.subjects:
        long = _with_subjects(long, rows, export, spec)
    if spec.sexes:
        sexes = rows[spec.sexes].map(SEXES)
        _refuse_unknown(rows[sexes.isna()], spec.sexes, sorted(SEXES), export)
        category = long["origin"].map(sexes)
        long = long.assign(category=category, breakdown=category.map(lambda sex: "all" if sex == "all" else "sex"))
    return long


def _unsplit(measure: Measure, spec: TableSpec) -> Measure:
    """Return *measure*, without its category where each row of the table tells its own."""
    return replace(measure, category="all") if spec.sexes else measure


def _measured(
    rows: pd.DataFrame, measure: Measure, texts: pd.Series, counts: pd.DataFrame, year: str, *, header: str
) -> pd.DataFrame:
    n = texts if measure.n == ITSELF else counts[measure.n] if measure.n else pd.Series("", index=rows.index)
    return pd.DataFrame(
        {
            "metric": measure.metric,
            "level": rows["level"],
            "unit": rows["unit"],
            "municipality_code": rows["municipality_code"],
            "school_year": year,
            "grade_year": pd.array([measure.grade_year] * len(rows), dtype="Int64"),
            "subject": measure.subject,
            "breakdown": measure.breakdown,
            "category": measure.category,
            "raw": texts,
            "n_raw": n,
            ROW: rows[ROW],
            "origin": rows.index,
            "column": header,
        }
    )


def _with_subjects(long: pd.DataFrame, rows: pd.DataFrame, export: Export, spec: TableSpec) -> pd.DataFrame:
    names = rows[spec.subjects]
    known = names.isin([*SUBJECTS, *SUBJECTS_NOT_CARRIED])
    _refuse_unknown(rows[~known], spec.subjects, sorted(SUBJECTS), export)
    return long.assign(subject=long["origin"].map(names.map(SUBJECTS))).dropna(subset=["subject"])


def _refuse_unknown(wrong: pd.DataFrame, column: str, known: list[str], export: Export) -> None:
    if len(wrong):
        raise refuse(
            export.path,
            row=int(wrong[ROW].iloc[0]),
            column=column,
            code="unknown-word",
            found=repr(wrong[column].iloc[0]),
            expected=f"one of {', '.join(known)}",
            next_step="export the table again; if Skolverket has a new word, tell skq's maintainers",
        )


def _from_items(rows: pd.DataFrame, export: Export, spec: TableSpec) -> pd.DataFrame:
    """Return the long form of a table over time: one column per school year, the indicator named in each row."""
    years = [name for name in export.header if SCHOOL_YEAR_TEXT.fullmatch(name)]
    if not spec.subjects:
        _refuse_unknown(
            rows[~rows[spec.items].isin([*spec.measures, *spec.known])], spec.items, sorted(spec.measures), export
        )
    parts = []
    for item, measure in spec.measures.items():
        chosen = rows[rows[spec.items] == item] if item else rows
        counts = rows[rows[spec.items] == measure.n].set_index(["level", "unit"]) if measure.n else None
        for year in years:
            n = pd.DataFrame(index=chosen.index)
            if counts is not None:
                places = pd.MultiIndex.from_frame(chosen[["level", "unit"]])
                n[measure.n] = counts[year].reindex(places, fill_value="").to_numpy()
            parts.append(_measured(chosen, measure, chosen[year], n, year, header=year))
    long = pd.concat(parts, ignore_index=True)
    return _with_subjects(long, rows, export, spec) if spec.subjects else long


def _parsed(long: pd.DataFrame, export: Export) -> pd.DataFrame:
    shares = long["metric"].map({name: catalog.metric(name).unit == "share" for name in long["metric"].unique()})
    parts = []
    for share in (True, False):
        rows = long[shares == share]
        _refuse_cells(rows, unreadable(rows["raw"], share=share), export)
        parts.append(parse_cells(rows["raw"], share=share))
    _refuse_cells(long, unreadable(long["n_raw"], share=False), export)
    n = parse_cells(long["n_raw"], share=False)["value"].rename("n")
    parsed = long.drop(columns=["n_raw", "column", "origin"]).join(pd.concat(parts)).join(n)
    return parsed.assign(n=parsed["n"].where(parsed["n"] > 0))


def _refuse_twice(rows: pd.DataFrame, export: Export) -> None:
    twice = rows[rows.duplicated(list(RESULT_KEY))]
    if len(twice):
        raise refuse(
            export.path,
            row=int(twice[ROW].iloc[0]),
            code="duplicate-row",
            found=f"a second row for {twice['unit'].iloc[0]} {twice['subject'].iloc[0]}".rstrip(),
            expected="one row for each school or municipality and type of organizer",
            next_step="export the table again; rows may have been pasted together",
        )


def _refuse_cells(rows: pd.DataFrame, wrong: pd.Series, export: Export) -> None:
    if len(wrong):
        first = rows.loc[wrong.index[0]]
        raise _unknown_symbol(export, int(first[ROW]), str(first["column"]), str(wrong.iloc[0]), len(wrong))


def _unknown_symbol(export: Export, row: int, column: str, text: str, number: int) -> RefusedFile:
    return refuse(
        export.path,
        row=row,
        column=column[:80],
        code="unknown-symbol",
        found=repr(text[:60]) + (f" ({number} such cells)" if number > 1 else ""),
        expected="a number with decimal comma (a percentage between 0 and 100), or one of '.', '..', '~100', '*'",
        next_step="export the table again; skq does not guess what an unknown sign means",
    )


def _nobody_is_zero(rows: pd.DataFrame) -> pd.DataFrame:
    """Return *rows* where a point among the three shares of tests and grades is 0: the other shares make up the whole.

    Domain specification, section 7: "a `.` among the three shares means 0".
    """
    key = ["unit", "school_year", "subject"]
    together = rows["value"].fillna(0.0).groupby([rows[name] for name in key]).transform("sum")
    nobody = (rows["status"] == CellStatus.MISSING) & rows["n"].notna() & ((together - 1).abs() <= _SHARES_TOGETHER)
    return rows.assign(
        value=rows["value"].where(~nobody, 0.0), status=rows["status"].where(~nobody, str(CellStatus.OBSERVED))
    )


def _with_net(rows: pd.DataFrame) -> pd.DataFrame:
    """Return *rows* and, for each school and subject, the share above minus the share below."""
    key = ["unit", "school_year", "subject"]
    below, above = (rows[rows["metric"] == f"grade_{place}_test_share"].set_index(key) for place in ("below", "above"))
    below = below.reindex(above.index)
    value = (above["value"] - below["value"]).round(10)
    status = above["status"].where(above["value"].isna(), below["status"]).where(value.isna(), str(CellStatus.OBSERVED))
    net = above.assign(metric="grade_test_net_pp", value=value, status=status, raw="").reset_index()
    return pd.concat([rows, net[list(rows.columns)]], ignore_index=True)


def _school_year_of(chosen: str) -> str:
    """A calendar year of costs belongs to the school year whose autumn is in it."""
    return chosen if SCHOOL_YEAR_TEXT.fullmatch(chosen) else str(SchoolYear(int(chosen)))

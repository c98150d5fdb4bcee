"""Every published number that differs from the release before, and why: data, rule, code, library, settings, memory.

What changed is read from the manifests of both releases. Several causes at once cannot be told apart, so all of them
are told. A number that changed although nothing did that it rests on is `unexplained`, and stops a release.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from skq.catalog import METRICS
from skq.files import write_bytes
from skq.memory import TOLD, once
from skq.release.causes import Causes
from skq.release.refusal import Refusal
from skq.terms import RESULT_KEY, Level

CHANGES = "changes.csv"
UNEXPLAINED = "unexplained"
CHANGE_COLUMNS = (
    "change", *RESULT_KEY, *(f"{side}_{column}" for side in ("old", "new") for column in TOLD), "why", "cause",
)  # fmt: skip
"""One row is one number: `changed`, `shown`, `hidden`, `new` or `gone`; `cause` the short names, `why` the details."""

BEYOND_THE_SCHOOL = {"value_added", "cohorts", "cohort_change", "salsa", "allocation", "equity", "test_relation"}
"""Families whose number of a school rests on rows of other schools too: models, shares of a sum, pupils who moved."""


def changed_numbers(before: pd.DataFrame, now: pd.DataFrame, why: Causes) -> pd.DataFrame:
    """Return one row per published number that differs between two releases, with CHANGE_COLUMNS, sorted by key.

    *before* and *now* have RESULT_KEY, n, value, lower, upper and status, as from `release.published`. A number
    differs when anything of that does.
    """
    old = once(before).rename(columns={column: f"old_{column}" for column in TOLD})
    new = once(now).rename(columns={column: f"new_{column}" for column in TOLD})
    both = old.merge(new, on=list(RESULT_KEY), how="outer", indicator=True, sort=True)
    differs = both["_merge"].ne("both")
    for column in TOLD:
        differs |= _unlike(both[f"old_{column}"], both[f"new_{column}"])
    rows = both[differs].reset_index(drop=True)
    rows["change"] = _kind_of_change(rows)
    told = _reasons(rows, why)
    rows["cause"] = ["+".join(reasons) or UNEXPLAINED for reasons in told]
    rows["why"] = [_in_words(reasons) for reasons in told]
    return rows[list(CHANGE_COLUMNS)]


def unexplained(rows: pd.DataFrame) -> list[Refusal]:
    """Return a refusal for each of the changed numbers *rows* that nothing explains."""
    found = rows["cause"].eq(UNEXPLAINED)
    return [
        Refusal(
            UNEXPLAINED,
            f"{CHANGES}:{line}",
            f"{_name(row)} is {row['change']}, although nothing that it rests on changed since the last release",
        )
        for line, unknown, row in zip(range(2, len(rows) + 2), found, rows.to_dict("records"), strict=True)
        if unknown
    ]


def write_changes(rows: pd.DataFrame, folder: Path) -> Path:
    """Write the changed numbers *rows* to `changes.csv` in *folder* (semicolons, decimal points, UTF-8 with BOM)."""
    path = folder / CHANGES
    write_bytes(path, rows.to_csv(index=False, sep=";", lineterminator="\n", float_format="%.10g").encode("utf-8-sig"))
    return path


def summary(rows: pd.DataFrame, previous: str) -> list[str]:
    """Return at most ten lines that tell how much changed since the release *previous*, why, and where most."""
    if not previous:
        return ["Changed   nothing to compare with: this is the first release for these readers"]
    if rows.empty:
        return [f"Changed   no number since {previous}"]
    counts = rows["change"].value_counts()
    kinds = [(name, int(counts[name])) for name in ("changed", "shown", "hidden", "new", "gone") if name in counts]
    told = ", ".join(f"{count} {name}" for name, count in kinds)
    lines = [f"Changed   {len(rows)} numbers since {previous}: {told}"]
    by_cause = rows.groupby("cause", sort=True).size().sort_values(ascending=False, kind="stable")
    lines += [f"Why       {cause}: {count}" for cause, count in by_cause.head(4).items()]
    by_metric = rows.groupby("metric", sort=True).size().sort_values(ascending=False, kind="stable")
    lines += [f"Most in   {metric}: {count}" for metric, count in by_metric.head(4).items()]
    return [*lines, f"All       in {CHANGES}"]


def _reasons(rows: pd.DataFrame, why: Causes) -> list[dict[str, str]]:
    """Return the causes of each row with their details; none for a row that nothing explains.

    What is shown may change by other schools' rows, and by what readers have seen; the numbers themselves may not.
    """
    known: dict[tuple[str, bool, bool], dict[str, str]] = {}
    found = []
    for level, unit, metric, pattern in zip(
        rows["level"], rows["unit"], rows["metric"], _is_of_the_pattern(rows), strict=True
    ):
        school = str(unit).split("/")[0] if level in (Level.SCHOOL, Level.GROUP) else ""
        case = (school, bool(pattern) or school == "" or _looks_beyond(str(metric)), bool(pattern))
        if case not in known:
            known[case] = {**_data(*case[:2], why), **why.everywhere, **(why.memory if pattern else {})}
        found.append(known[case])
    return found


def _is_of_the_pattern(rows: pd.DataFrame) -> pd.Series:
    """Whether each row has appeared, vanished, or shows more or less than before: not another number alone."""
    differs = rows["_merge"].ne("both") | _unlike(rows["old_status"], rows["new_status"])
    for column in TOLD:
        differs |= rows[f"old_{column}"].isna().ne(rows[f"new_{column}"].isna())
    return differs


def _data(school: str, beyond: bool, why: Causes) -> dict[str, str]:
    """Return what of the inputs changed that a number of *school* (`""`: of a unit above) rests on."""
    own = why.tables.get(school, ())
    elsewhere = why.tables.get("", ()) if beyond else ()
    if own:
        return {"data": ", ".join([*own, *(["official statistics"] if why.official else [])])}
    if why.official:
        return {"data": "official statistics"}
    return {"data": ", ".join(elsewhere) + (" of other schools" if school else "")} if elsewhere else {}


def _in_words(reasons: Mapping[str, str]) -> str:
    text = "; ".join(f"{cause} ({details})" for cause, details in reasons.items())
    return f"{text}: they cannot be told apart" if len(reasons) > 1 else text


def _looks_beyond(metric: str) -> bool:
    return metric not in METRICS or METRICS[metric].family in BEYOND_THE_SCHOOL


def _kind_of_change(rows: pd.DataFrame) -> pd.Series:
    kind = pd.Series("changed", index=rows.index, dtype="str")
    kind[rows["old_value"].isna() & rows["new_value"].notna()] = "shown"
    kind[rows["old_value"].notna() & rows["new_value"].isna()] = "hidden"
    kind[rows["_merge"].eq("right_only")] = "new"
    kind[rows["_merge"].eq("left_only")] = "gone"
    return kind


def _unlike(left: pd.Series, right: pd.Series) -> pd.Series:
    """Whether two columns differ; missing is like missing and unlike everything else."""
    return left.isna().ne(right.isna()) | left.ne(right).fillna(False).astype(bool)


def _name(row: Mapping[Any, Any]) -> str:
    """Return the name of a changed number without its value: what, whose, when, of whom."""
    grade_year = "" if pd.isna(row["grade_year"]) else f"grade year {row['grade_year']}"
    whom = "" if row["breakdown"] == "all" else f"{row['breakdown']}/{row['category']}"
    parts = (row["metric"], row["unit"], row["school_year"], grade_year, row["subject"], whom)
    return ", ".join(str(part) for part in parts if part)

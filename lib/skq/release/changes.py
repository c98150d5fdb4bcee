"""Every published number that differs from the release before, and why: data, rule, code, library, settings, memory.

What changed is read from the manifests of both releases. Several causes at once cannot be told apart, so all of them
are told. A number that changed although nothing did that it rests on is `unexplained`, and stops a release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from skq.catalog import METRICS
from skq.memory import TOLD, once
from skq.release.refusal import Refusal
from skq.store import write_bytes
from skq.terms import RESULT_KEY, Level

CHANGES = "changes.csv"
UNEXPLAINED = "unexplained"
CHANGE_COLUMNS = (
    "change", *RESULT_KEY, *(f"{side}_{column}" for side in ("old", "new") for column in TOLD), "why", "cause",
)  # fmt: skip
"""One row is one number: `changed`, `shown`, `hidden`, `new` or `gone`; `cause` the short names, `why` the details."""

BEYOND_THE_SCHOOL = {"value_added", "cohorts", "cohort_change", "salsa", "allocation", "equity", "test_relation"}
"""Families whose number of a school rests on rows of other schools too: models, shares of a sum, pupils who moved."""


@dataclass(frozen=True)
class Causes:
    """What differs between what two releases were made of.

    `everywhere` (cause to details) may have moved any number; `tables` the own tables whose rows changed, by school,
    and under `""` the own files that did (none: no table did, whatever key the pupils' pseudonyms were made with);
    `official` whether official files changed.
    """

    everywhere: Mapping[str, str]
    tables: Mapping[str, tuple[str, ...]]
    official: bool


def causes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Causes:
    """Return what differs between the contents of two manifests."""
    everywhere = {
        "rule": _differing(old["rule"], new["rule"]) or _other(old["rule_version"], new["rule_version"]),
        "code": _code(old["code"], new["code"]),
        "library": _differing(old["libraries"], new["libraries"]),
        "settings": _differing(old["settings"], new["settings"]),
        "memory": "released since" if old["released_before"] != new["released_before"] else "",
    }
    before, after = old["inputs"], new["inputs"]
    schools = sorted({*before["units"], *after["units"]})
    tables = {key: _tables(before["units"].get(key, {}), after["units"].get(key, {})) for key in schools}
    moved = _files(before["files"], after["files"])
    own = tuple(name for name in moved if not _is_official(name))
    return Causes(
        everywhere={cause: details for cause, details in everywhere.items() if details},
        tables={**{key: names for key, names in tables.items() if names}, "": own} if own else {},
        official=any(_is_official(name) for name in moved),
    )


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
    write_bytes(path, rows.to_csv(index=False, sep=";", lineterminator="\n").encode("utf-8-sig"))
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
    """Return the causes of each row with their details; none for a row that nothing explains."""
    known: dict[tuple[str, bool], dict[str, str]] = {}
    found = []
    for level, unit, metric, change in zip(
        *(rows[name] for name in ("level", "unit", "metric", "change")), strict=True
    ):
        school = str(unit).split("/")[0] if level in (Level.SCHOOL, Level.GROUP) else ""
        beyond = school == "" or change != "changed" or _looks_beyond(str(metric))
        if (school, beyond) not in known:
            known[school, beyond] = {**_data(school, beyond, why), **why.everywhere}
        found.append(known[school, beyond])
    return found


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


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    return ", ".join(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def _other(old: str, new: str) -> str:
    return f"{old} to {new}" if old != new else ""


def _code(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    version = _other(old["version"], new["version"])
    return ", ".join(part for part in (version, "templates" if old["house"] != new["house"] else "") if part)


def _tables(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def _files(old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the files that differ, `<own or official>/<name>`."""
    before = {f"{kind}/{name}": digest for kind, files in old.items() for name, digest in files.items()}
    after = {f"{kind}/{name}": digest for kind, files in new.items() for name, digest in files.items()}
    return [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]


def _is_official(name: str) -> bool:
    return name.startswith(("official/", "own/official/"))

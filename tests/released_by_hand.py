"""A finished build written by hand, small enough to see all of it, and a gate whose attackers say what a test wants."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from skq.files import folder_checksums, write_json
from skq.memory import TOLD
from skq.release.command import Said, Wish, release
from skq.release.gate import Machine
from skq.release.refusal import Refusal
from skq.terms import RESULT_DTYPES, RESULT_KEY, UNIT_DTYPES
from skq.watch.listing import watch_list

SCHOOL, OTHER = "99010001", "99010003"
KEY = b"a key for tests, long enough to be one"
MACHINE = Machine(paths=("/srv/secret-folder",), names=("asaob",), key=KEY)
NOW = "2026-08-31T22:00:00+00:00"
PAGE = '<!DOCTYPE html><html lang="sv"><title>Start</title><p>Hej</p><a href="numbers.csv">tal</a></html>'


def number(value: float | None, *, unit: str = SCHOOL, metric: str = "merit_rating_17", **more: Any) -> dict[str, Any]:
    """One published number of a school in 2024/25; hidden when *value* is None."""
    level = "school" if len(unit) == 8 else "municipality"
    own = {"metric": metric, "level": level, "unit": unit, "school_year": "2024/25", "grade_year": 9, "subject": ""}
    told = {"n": 20.0, "value": value, "lower": None, "upper": None}
    status = "observed" if value is not None else "too_few"
    return {**own, "breakdown": "all", "category": "all", **told, "status": status, **more}


def numbers(*rows: dict[str, Any]) -> pd.DataFrame:
    """Published numbers as `release.published` hands them over."""
    columns = [*RESULT_KEY, *TOLD]
    frame = pd.DataFrame(list(rows), columns=columns)
    return frame.astype({column: RESULT_DTYPES[column] for column in columns})


def write_build(out: Path, *rows: dict[str, Any], audience: str = "public", page: str = PAGE, **parts: Any) -> Path:
    """Write a finished build to *out* whose site tells the numbers *rows*; *parts* replace what it was made of."""
    site = out / "site"
    (site / "assets").mkdir(parents=True, exist_ok=True)
    (site / "index.html").write_text(page, encoding="utf-8")
    (site / "assets" / "skq.css").write_text("p { margin: 0 }\n" * 400, encoding="utf-8")
    numbers(*rows).to_json(site / "numbers.csv", orient="records")
    settings = {
        "audience": audience,
        "disclosure_rule": "official-2024",
        "key_file": "somewhere",
        "peers": {"count": 5},
    }
    made_of = {
        "inputs": {"own": {"grades.csv": "g1", "pupils.csv": "p1"}}, "settings": settings, "house": {"notebooks": "h1"},
        "schools": [], "publications": [], "code": "0.1.0+c1", "versions": {"pandas": "3.0.0"}, "released": "",
    }  # fmt: skip
    made_of |= {name: value for name, value in parts.items() if name in made_of}
    for school in (SCHOOL, OTHER):
        rows = parts.get("rows", {}).get(school, {"grades": "1", "pupils": "1"})
        entries = [{"table": table, "file": f"{table}.csv", "sha256": digest} for table, digest in rows.items()]
        facts = {"rule": {"id": "official-2024"}, "rule_version": parts.get("rule", "r1"), "hidden": [],
                 "municipality_code": "9901", "municipality_name": "Ekmora", "school_year": "2024/25"}  # fmt: skip
        folder = out / "tables" / "protected" / school
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "meta.json", {**facts, "inputs": entries})
    (out / "gate").mkdir(exist_ok=True)
    pd.DataFrame(columns=list(UNIT_DTYPES)).astype(UNIT_DTYPES).to_parquet(out / "gate" / "units.parquet")
    write_json(out / "gate" / "watch.json", watch_list({"name": ["Planterad Kanariefågel"]}, KEY))
    write_json(out / "state.json", {"made_of": "x", "parts": made_of, "site": folder_checksums(site), "told": {}})
    return out


def open_gate(monkeypatch: pytest.MonkeyPatch, refusals: Sequence[Refusal] = ()) -> None:
    """Let the attackers find *refusals* and nothing else; numbers are read from `numbers.csv` of a build by hand."""
    attack, published = (ModuleType(f"skq.release.{name}") for name in ("attack", "published"))
    attack.attack_site = lambda site, **asked: list(refusals)  # type: ignore[attr-defined]
    published.published = lambda site: numbers(*json.loads((site / "numbers.csv").read_text()))  # type: ignore[attr-defined]
    for module in (attack, published):
        monkeypatch.setitem(sys.modules, module.__name__, module)


def released(out: Path, to: Path, **more: Any) -> Said:
    """Release the build *out* to *to*, by Åsa at ten in the evening of 31 August."""
    return release(Wish(**{"out": out, "to": to, "by": "Åsa Öberg", "now": NOW, "machine": MACHINE, **more}))


def shown(to: Path, audience: str = "public") -> str:
    """What readers get of the numbers, through the link."""
    return (to / audience / "current" / "site" / "numbers.csv").read_text(encoding="utf-8")


def everything(folder: Path) -> dict[str, bytes | str]:
    """Every file below *folder* with its bytes, and every link with where it leads."""
    found = sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return {str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
            for path in found if path.name != ".lock"}  # fmt: skip

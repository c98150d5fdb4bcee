"""The words of the reports, read once from the folder `texts_sv`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from skq.errors import SkqError


@cache
def texts() -> Mapping[str, Mapping[str, Any]]:
    """Return all tables of the files in `texts_sv`, merged; SkqError where two files say the same word."""
    merged: dict[str, dict[str, Any]] = {}
    for path in sorted(files("skq.report").joinpath("texts_sv").iterdir(), key=lambda path: path.name):
        for table, words in tomllib.loads(path.read_text(encoding="utf-8")).items():
            known = merged.setdefault(table, {})
            if twice := sorted(known.keys() & words.keys()):
                raise SkqError(f"texts_sv/{path.name}: [{table}] is said twice: {', '.join(twice)}")
            known.update(words)
    return merged


def word(table: str, key: str) -> str:
    """Return the Swedish word for *key* in *table*; SkqError naming both where there is none.

    >>> word("subject", "MA")
    'Matematik'
    """
    try:
        return str(texts()[table][key])
    except KeyError:
        raise SkqError(
            f"there is no Swedish word for {key!r}\n"
            f"  expected: a line '{key} = …' under [{table}] in report/texts_sv/\n"
            "  next:     add the line"
        ) from None


def metric_word(metric: str, key: str) -> str:
    """Return `name`, `short`, `unit` or `definition` of a metric.

    >>> metric_word("merit_rating_17", "short")
    'Meritvärde'
    """
    try:
        return str(texts()["metric"][metric][key])
    except KeyError:
        raise SkqError(
            f"there is no Swedish {key} for the metric {metric!r}\n"
            f"  next: add it under [metric.{metric}] in report/texts_sv/"
        ) from None


def subject(code: str) -> str:
    """Return the subject's or survey area's name, or the code itself for a code without a name; a test's part after it.

    >>> subject("MA/geometri")
    'Matematik, geometri'
    """
    whole, _, part = code.partition("/")
    name = str(texts()["subject"].get(whole) or texts()["area"].get(whole) or whole)
    return f"{name}, {part}" if part else name


def source(code: str) -> str:
    """Return who published a number, from the `source` column (`siris:139` and the like)."""
    return word("source", code.split(":", maxsplit=1)[0])

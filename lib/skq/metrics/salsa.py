"""The national SALSA models by outcome and school year, read once from `salsa.toml`; formulas are in `expected`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from skq.metrics.expected import Model, ModelStatus, Outcome
from skq.terms import SchoolYear


@cache
def national_models() -> tuple[Model, ...]:
    """Return every national model, by outcome and school year."""
    tables = tomllib.loads(files("skq.metrics").joinpath("salsa.toml").read_text(encoding="utf-8"))["model"]
    models = [
        Model(
            outcome=Outcome(table["outcome"]),
            school_year=SchoolYear.parse(table["school_year"]),
            constant=float(table["constant"]),
            education=float(table["education"]),
            boys=float(table["boys"]),
            newly_arrived=float(table["newly_arrived"]),
            status=ModelStatus(table["status"]),
            error=float(table["error"]),
            source=str(table["source"]),
        )
        for table in tables
    ]
    return tuple(sorted(models, key=lambda model: (model.outcome, model.school_year)))

"""What a slice says about itself: whose it is, by which rule, from which inputs, by which code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from skq.batch.fingerprint import CODE_LENGTH
from skq.batch.publications import Publication, ReportUnit
from skq.build.audience import hidden_in
from skq.build.claim import PRINCIPAL
from skq.build.edition import rule_of
from skq.build.inputs import official_inputs
from skq.build.made_of import code_version
from skq.build.numbers import Numbers
from skq.build.raw import Raw
from skq.files import json_text
from skq.terms import ANNUAL

SOURCE_FACTS = ("id", "title", "publisher", "url", "retrieved")


def slice_metas(
    numbers: Numbers,
    raw: Raw,
    inputs: Mapping[str, Sequence[Mapping[str, Any]]],
    reports: Sequence[tuple[Publication, ReportUnit]],
    *,
    house: Path,
) -> dict[str, dict[str, Any]]:
    """Return meta.json of every report's slice by key, without the run id, which `store` adds.

    *inputs*: what each report is made of (`own_inputs`); *house* of templates.
    """
    rule = rule_of(numbers).as_dict()
    common: dict[str, Any] = {
        "municipality_code": numbers.municipality_code,
        "municipality_name": numbers.municipality_name,
        "school_year": numbers.school_year,
        "school_years": numbers.school_years,
        "rule": rule,
        "rule_version": sha256(json_text(rule).encode()).hexdigest()[:CODE_LENGTH],
        "origin": raw.origin,
        "audience": numbers.audience,
        "sources": _sources(raw),
    }
    official = official_inputs(raw)
    # What is hidden elsewhere is told by the site, once, and by no school's report.
    told_hidden = {unit.key for _, unit in reports} if numbers.audience == PRINCIPAL else {ANNUAL}
    return {
        unit.key: {
            **common,
            "key": unit.key,
            "code_version": code_version(publication, house),
            "hidden": hidden_in(numbers, unit.key).to_dict("records") if unit.key in told_hidden else [],
            "publication": publication.name,
            "school_unit_code": "" if unit.key == ANNUAL else unit.key,
            "inputs": [*inputs.get(unit.key, []), *official],
            **({"reconciliation": list(numbers.reconciliation)} if unit.key == ANNUAL else {}),
        }
        for publication, unit in reports
    }


def _sources(raw: Raw) -> list[dict[str, Any]]:
    sources: list[Mapping[str, Any]] = list(raw.official.sources) if raw.official else []
    return [{fact: source[fact] for fact in SOURCE_FACTS} for source in sources]

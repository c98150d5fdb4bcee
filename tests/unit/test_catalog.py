"""The catalogue: every indicator of the contract, completely and consistently described."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from skq import catalog
from skq.errors import SkqError
from skq.protect import OFFICIAL
from skq.terms import SchoolYear

ROOT = Path(__file__).parents[2]
ENTRY = """
[some_share]
name = "Some"
definition = "Some of all."
formula = "some / all"
unit = "share"
direction = "higher"
family = "merit"
source = "grades register"
aggregation = "ratio_of_sums"
interval = "share"
minimum_n = 10
example = "T-01"
"""


def ids_of_the_contract() -> set[str]:
    """Return the ids that docs/architecture.md lists under the indicators of this stage."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    section = text.split("## Indicators (ids)")[1].split("Wording in Swedish")[0]
    words = set(re.findall(r"`([a-z0-9_]+)`", re.sub(r"\([^)]*\)", "", section)))
    return words


def test_catalogue_holds_the_contract():
    """The catalogue and the contract name the same indicators."""
    assert set(catalog.METRICS) == ids_of_the_contract()


@pytest.mark.parametrize("metric", catalog.metrics().values(), ids=lambda metric: metric.id)
def test_suffix_agrees_with_unit(metric):
    """A name ending in _share, _pp, _index, _fte has that unit; what is told per something is a ratio."""
    units = {"share": "share", "pp": "pp", "index": "index", "fte": "fte", "count": "count"}
    suffix = "" if "_per_" in metric.id else metric.id.rsplit("_", 1)[-1]
    assert units.get(suffix, metric.unit) == metric.unit


@pytest.mark.parametrize("metric", catalog.metrics().values(), ids=lambda metric: metric.id)
def test_minimum_is_that_of_the_rule(metric):
    """The lowest n that the catalogue tells is the one that protection applies at a school."""
    assert metric.minimum_n == OFFICIAL.families[metric.family].school


def test_examples_exist():
    """Every worked example that the catalogue names is a test."""
    sources = [*ROOT.glob("tests/spec/test_*.py"), *ROOT.glob("tests/unit/test_aggregate_*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = {word for metric in catalog.METRICS.values() for word in metric.example.split()} - {"published"}
    absent = [name for name in sorted(named) if not re.search(rf"{name}\b", text)]
    assert absent == []


def test_merit_rating_is_described():
    """Kolada, SIRIS and API names, first school year and break of the merit rating are as the domain tells."""
    merit = catalog.metric("merit_rating_17")
    assert "N15505" in merit.official["kolada"]
    assert "139" in merit.official["siris"]
    assert merit.first_school_year == SchoolYear(2014)
    assert SchoolYear(2015) in merit.breaks


def test_unknown_metric_is_named():
    """Asking for a metric that does not exist names it and those that do."""
    with pytest.raises(SkqError, match=r"'meritvärde'(.|\n)*merit_rating_17"):
        catalog.metric("meritvärde")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(("minimum_n", "minimun_n"), "unknown key: minimun_n", id="unknown key"),
        pytest.param(('example = "T-01"', ""), "absent key: example", id="absent key"),
        pytest.param(('unit = "share"', 'unit = "percent"'), "unknown unit: percent", id="unknown unit"),
        pytest.param(('"merit"', '"merits"'), "unknown family: merits", id="unknown family"),
        pytest.param(('"T-01"', '"T-01"\nofficial = { scb = ["1"] }'), "unknown agency: scb", id="unknown agency"),
    ],
)
def test_faulty_entry_is_refused(change, message):
    """A catalogue with a key or word that nobody knows is refused, naming entry and key."""
    with pytest.raises(SkqError, match=rf"\[some_share\]: {message}"):
        catalog.parse_catalog(ENTRY.replace(*change))


def test_entry_without_optional_keys():
    """Official ids, breaks and the first school year may be absent."""
    entry = catalog.parse_catalog(ENTRY)["some_share"]
    assert (entry.official, entry.breaks, entry.first_school_year) == ({}, {}, None)


def test_unknown_attribute():
    """The module has METRICS and no attribute beyond its own."""
    with pytest.raises(AttributeError, match="METRIX"):
        catalog.METRIX  # noqa: B018  # reading the attribute is the act


def test_import_is_cheap():
    """Importing the catalogue does not import pandas, so that the command line answers at once."""
    code = "import sys, skq.catalog; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

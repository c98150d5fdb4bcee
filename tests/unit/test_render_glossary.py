"""Terms explain themselves: links of the tables to the method page, years and thresholds there, and the glossary."""

import re
from dataclasses import replace

import pytest
from skq import catalog
from skq.render.glossary import glossary, metric_index
from skq.render.method import metric_texts
from skq.render.pages import MetricText, metric_list
from skq.report import sv, tables
from skq.report.emit import Column, Table
from skq.report.texts import metric_word, texts
from skq.terms import SchoolYear

LINK = re.compile(r'\[[^\]]+\]\(\.\./\.\./metod\.html#(\w+) "([^"]+)"\)')

MAKERS = [getattr(tables, name) for name in tables.__all__]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_every_table_explains_its_terms(reports, make):
    """Each table of a report leads to at least one definition, with its words as title, and only to known metrics."""
    table = make(reports["normal"])
    found = LINK.findall(table.markdown())
    if make is tables.assessment:  # its rows are the organizer's own areas
        assert found == []
    else:
        assert found
        assert [(metric, title) for metric, title in found if _title(metric) != title] == []


def _title(metric):
    return metric_word(metric, "definition").replace('"', "\u201d")


def test_links_are_not_in_rows_nor_in_the_plain_twin():
    """What a table is, and what a terminal shows, is the bare text."""
    table = Table("k", "c", (Column("Mått", "left"), Column("Elever")), (("Meritvärde", "1"),),
                  terms={"Meritvärde": "merit_rating_17"})  # fmt: skip
    assert table.rows == (("Meritvärde", "1"),)
    assert "metod.html" not in table.plain()
    assert table.markdown().count("metod.html#merit_rating_17") == 1


def test_method_page_tells_years_and_threshold():
    """Valid school years and the fewest pupils are said in words where the catalogue knows them."""
    found = {metric.id: metric for metric in metric_texts()}
    assert found["merit_rating_17"].minimum == "När det bygger på minst 10 elever."
    assert found["survey_index"].minimum == "När det bygger på minst 5 svar."
    first = str(catalog.metric("salsa_expected").first_school_year)
    assert found["salsa_expected"].years.startswith(f"Från och med läsåret {first}")
    assert found["pupil_count"].years == ""


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(2014, None, "Från och med läsåret 2014/15.", id="from"),
        pytest.param(None, 2011, "Till och med läsåret 2011/12.", id="to"),
        pytest.param(1997, 2011, "Läsåren 1997/98 till 2011/12.", id="between"),
    ],
)
def test_years_are_said_in_words(first, last, expected, monkeypatch):
    """From, to, or between: each kind of validity has its sentence."""
    entry = catalog.metric("merit_rating_17")
    changed = replace(entry, first_school_year=first and SchoolYear(first), last_school_year=last and SchoolYear(last))
    monkeypatch.setattr(catalog, "metrics", lambda: {"merit_rating_17": changed})
    assert metric_texts()[0].years == expected


def test_facts_stand_on_the_page():
    """Years and threshold are facts of the entry."""
    text = metric_list([MetricText("x", "F", "N", "D", "f", "s", "", (), "Från 2014/15.", "Minst 10 elever.")])
    assert "Läsår\n:   Från 2014/15." in text
    assert "Visas för en skola\n:   Minst 10 elever" in text


def test_a_family_has_one_section():
    """Metrics of one family stand together, whatever stands between them in the catalogue."""
    entries = [
        MetricText(name, family, name, "D", "f", "s", "") for name, family in (("a", "F"), ("b", "G"), ("c", "F"))
    ]
    headings = [line for line in metric_list(entries).splitlines() if line.startswith("#")]
    assert headings == ["## F", "### a {#a}", "### c {#c}", "## G", "### b {#b}"]


def test_glossary_is_in_swedish_order_with_an_anchor_each():
    """Å and Ö come last; no two words share an anchor."""
    words = re.findall(r"^\[(.+)\]\{#([\w-]+)\}$", glossary(), re.M)
    names = [word.replace("\\", "") for word, _ in words]
    assert names == sorted(texts()["glossary"], key=sv.order)
    assert names[-1].startswith("Å")
    assert len({anchor for _, anchor in words}) == len(words) == len(texts()["glossary"])


def test_index_leads_to_every_indicator():
    """Every indicator of the catalogue is in the index once, by its Swedish name."""
    ids = re.findall(r"\(metod\.html#(\w+)\)", metric_index())
    assert sorted(ids) == sorted(catalog.metrics())

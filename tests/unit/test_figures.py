"""Figures through their artists' data; what they say to those who do not see them is in test_figures_alt.py."""

import csv
import re
from math import isnan
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt
from skq.report import figures, lists, measures, style
from skq.report.emit import Passage, Picture
from skq.report.figures.resources import draw_pupils_and_staff, draw_survey, pupils_and_staff, survey
from skq.report.figures.results import draw_trends
from skq.report.figures.subjects import draw_subjects, draw_tests

from tests.notebooks import slices

ROOT = Path(__file__).parents[2]
EVERY = [getattr(figures, name) for name in figures.__all__]

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(autouse=True)
def closed():
    """No figure outlives its test."""
    yield
    plt.close("all")


def data(axes, gid):
    """The x and y data of every line that carries *gid*."""
    return [(list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines if line.get_gid() == gid]


def test_trend_draws_the_schools_numbers(reports):
    """The school's line has the five merit ratings, and one bar per interval."""
    with plt.rc_context(style.rc()):
        figure = draw_trends(measures.trends(reports["normal"], lists.RESULTS))
    merit = figure.axes[0]
    assert data(merit, "school")[0][1] == [196.0, 205.0, 214.0, 223.0, 232.0]
    assert len(data(merit, "interval")) == 5


def test_trend_leaves_a_gap_where_a_year_is_hidden(reports):
    """A hidden year breaks the line and is marked with the agency's two dots."""
    with plt.rc_context(style.rc()):
        figure = draw_trends(measures.trends(reports["official"], lists.RESULTS))
    merit = figure.axes[0]
    values = data(merit, "school")[0][1]
    assert [isnan(value) for value in values] == [True, False, False, True, False]
    marks = [(text.get_position()[0], text.get_text()) for text in merit.texts if text.get_gid() == "hidden"]
    assert marks == [(0, ".."), (3, "..")]


def test_trend_draws_an_interval_only_where_there_is_one(reports):
    """Of the official school one year has an interval."""
    with plt.rc_context(style.rc()):
        figure = draw_trends(measures.trends(reports["official"], lists.RESULTS))
    assert [len(data(axes, "interval")) for axes in figure.axes] == [0, 1, 0]


def test_shares_stand_in_percent(reports):
    """Shares are drawn as percent."""
    with plt.rc_context(style.rc()):
        figure = draw_trends(measures.trends(reports["normal"], (("eligible_vocational_share", 9),)))
    assert data(figure.axes[0], "school")[0][1][-1] == pytest.approx(100 * 46 / 52)


def test_shares_have_one_scale(reports):
    """The three shares can be compared by eye; the merit rating beside them has its own scale."""
    with plt.rc_context(style.rc()):
        merit, *shares = draw_trends(measures.trends(reports["normal"], lists.RESULTS)).axes
    assert len(shares) == 3
    assert len({axes.get_ylim() for axes in shares}) == 1
    assert merit.get_ylim() != shares[0].get_ylim()


def test_expected_merit_stands_in_its_panel(reports):
    """Each year's red stroke is SALSA's value; the panels without a model have none."""
    with plt.rc_context(style.rc()):
        merit, *others = draw_trends(measures.trends(reports["normal"], lists.RESULTS)).axes
    assert [line[1][0] for line in data(merit, "expected")] == [215.0, 216.0, 217.0, 218.0, 219.0]
    assert [data(axes, "expected") for axes in others] == [[], [], []]


def test_subjects_are_sorted_and_certain_gaps_filled(reports):
    """Highest first; a gap is filled only where it is certain, in the colour of who has more."""
    rows = measures.subject_rows(reports["normal"])
    with plt.rc_context(style.rc()):
        left, right = draw_subjects(rows).axes
    points = [line[0][0] for line in data(left, "value")]
    assert points == sorted(points, reverse=True)
    filled = {line.get_markerfacecolor() for line in right.lines if line.get_gid() == "gap"}
    certain = [line for line in right.lines if line.get_gid() == "gap" and line.get_markerfacecolor() == style.GIRLS]
    assert filled == {style.GIRLS, style.BACKGROUND}
    assert len(certain) == 2


def test_tests_beside_grades(reports):
    """One panel per grade year; test and grade of a subject stand on one row."""
    with plt.rc_context(style.rc()):
        figure = draw_tests(measures.tests(reports["normal"]))
    sixth = figure.axes[0]
    assert [axes.get_title("left") for axes in figure.axes] == ["Årskurs 6", "Årskurs 9"]
    assert [line[0][0] for line in data(sixth, "value")] == [14.4, 10.2, 12.6]
    assert [line[0][0] for line in data(sixth, "grade")] == pytest.approx([15.2, 11.0, 13.4])


def test_pupils_have_a_bar_per_grade_year(reports):
    """Ten bars, F to 9, with the number on each."""
    report = reports["normal"]
    with plt.rc_context(style.rc()):
        axes = draw_pupils_and_staff(measures.pupil_bars(report), measures.trends(report, lists.STAFF)).axes[0]
    heights = [bar.get_height() for bar in axes.patches]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["F", *map(str, range(1, 10))]
    assert [text.get_text() for text in axes.texts] == [f"{height:.0f}" for height in heights]


def test_rounded_counts_say_so(reports):
    """Where only a rounded total is published the bars are per school year and say "ca"."""
    with plt.rc_context(style.rc()):
        axes = draw_pupils_and_staff(measures.pupil_bars(reports["f6"]), []).axes[0]
    assert {text.get_text() for text in axes.texts} == {"ca 140"}


def test_survey_has_a_row_per_area(reports):
    """Six areas, the newest year with its interval, earlier years as small dots."""
    with plt.rc_context(style.rc()):
        fifth = draw_survey(measures.areas(reports["normal"])).axes[0]
    assert len(data(fifth, "value")) == len(data(fifth, "interval")) == 6
    assert len(data(fifth, "older")) == 6 * 4


@pytest.mark.parametrize("kind", slices.KINDS)
@pytest.mark.parametrize("draw", EVERY, ids=lambda draw: draw.__name__)
def test_a_figure_or_a_reason(reports, draw, kind, folder):
    """Every figure function gives a saved picture or a passage; it closes what it opens and changes no setting."""
    before = dict(mpl.rcParams)
    shown = draw(reports[kind])
    assert isinstance(shown, Picture | Passage)
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before
    if isinstance(shown, Picture):
        assert (folder / f"{shown.key}.svg").stat().st_size > 1000


def test_svg_is_the_same_every_time_and_needs_no_font(reports, folder):
    """Two drawings give the same bytes, without a date; letters are outlines, so that no reader needs the font."""
    figures.results_trend(reports["normal"])
    first = (folder / "results-trend.svg").read_bytes()
    figures.results_trend(reports["normal"])
    assert (folder / "results-trend.svg").read_bytes() == first
    assert not re.search(rb"<text|<dc:date", first)


def test_palette_is_the_brands():
    """Figures have the colours of `_brand.yml`, name by name."""
    import yaml

    brand = yaml.safe_load((ROOT / "_brand.yml").read_text(encoding="utf-8"))
    assert brand["color"]["palette"] == style.PALETTE


def test_every_metric_has_its_words():
    """Each metric of the catalogue has name, short name, noun, unit and definition in Swedish, and nothing else has."""
    from skq import catalog
    from skq.report.texts import texts

    words = texts()["metric"]
    assert set(words) == set(catalog.metrics())
    needed = {"name", "short", "noun", "unit", "definition"}
    assert [metric for metric, entry in words.items() if not needed <= set(entry)] == []


def test_numbers_that_only_a_figure_shows_can_be_downloaded(reports, folder):
    """Bars of pupils and dots of the survey stand in a file beside the figure, and the page leads to it."""
    report = reports["normal"]
    for picture, key in ((pupils_and_staff(report), "pupils-and-staff"), (survey(report), "survey")):
        assert f"[Ladda ner figurens siffror (CSV)]({key}.csv)" in picture.markdown()
    rows = list(
        csv.DictReader((folder / "pupils-and-staff.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
    )
    counts = {row["årskurs"]: row["värde"] for row in rows if row["id"] == "pupil_count" and row["nivå"] == "skolan"}
    shown = {bar.name.replace("F", "0"): f"{bar.point.value:.0f}" for bar in measures.pupil_bars(report)}
    assert counts == shown
    asked = list(csv.DictReader((folder / "survey.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert {row["nivå"] for row in asked} == {"skolan", "kommunen"}
    assert len({row["läsår"] for row in asked if row["nivå"] == "skolan"}) > 1

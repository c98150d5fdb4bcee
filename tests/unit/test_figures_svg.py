"""Figures are drawn once, by a renderer of our own: the bytes are those of matplotlib's `savefig` all the same."""

from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from skq.report import emit, figures, open_report, style, svg
from skq.report.annual import figures as annual_figures
from skq.report.annual import salsa_figure
from skq.report.figures import canvas, usual

from tests.notebooks import annual_slice, slices


def by_savefig(figure) -> bytes:
    """What matplotlib itself writes, under the settings in force."""
    figure.savefig("by_savefig.svg", format="svg", metadata={"Date": None, "Creator": None})
    return Path("by_savefig.svg").read_bytes()


def both_ways(draw, key, monkeypatch) -> tuple[bytes, bytes]:
    """The bytes of the picture that *draw* saves as *key*: as ours, and as matplotlib's."""
    found = []
    for way in (svg.svg_bytes, by_savefig):
        monkeypatch.setattr(emit, "svg_bytes", way)
        draw()
        found.append(Path(f"{key}.svg").read_bytes())
    return found[0], found[1]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of a school with all figures."""
    folder = slices.write("normal", tmp_path_factory.mktemp("slice"))
    return open_report(slices.SCHOOL, slices.YEARS[-1], str(folder))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("results_trend", "results-trend"),
        ("subjects", "subjects"),
        ("tests_and_grades", "tests"),
        ("pupils_and_staff", "pupils-and-staff"),
        ("survey", "survey"),
    ],
)
def test_figure_of_a_report_is_that_of_savefig(name, key, report, tmp_path, monkeypatch):
    """Every figure of the quality report has the bytes that matplotlib gives when it draws twice."""
    monkeypatch.chdir(tmp_path)
    ours, theirs = both_ways(lambda: getattr(figures, name)(report), key, monkeypatch)
    assert len(ours) > 10_000
    assert ours == theirs


@pytest.mark.parametrize(
    ("draw", "key"),
    [
        (annual_figures.development, "development"),
        (lambda analysis: annual_figures.all_schools(analysis, "merit_rating_17", key="merit"), "merit"),
        (salsa_figure.expected_merit, "schools-expected"),
    ],
)
def test_figure_of_the_analysis_is_that_of_savefig(draw, key, tmp_path, monkeypatch):
    """So have figures of the annual analysis, with labels of axes and names beside dots."""
    monkeypatch.chdir(tmp_path)
    analysis = annual_slice.opened(tmp_path / "slice")
    ours, theirs = both_ways(lambda: draw(analysis), key, monkeypatch)
    assert len(ours) > 5_000
    assert ours == theirs


def test_figures_on_axes_made_beforehand_are_those_on_new_ones(report, tmp_path, monkeypatch):
    """What a warm kernel draws on empty axes that its parent made has the bytes of a figure made from nothing."""
    monkeypatch.chdir(tmp_path)
    names = ("results_trend", "subjects", "tests_and_grades", "pupils_and_staff", "survey")
    written = []
    for ready in (dict, lambda: {shape: [canvas._with_ticks(canvas._empty(shape))] for shape in canvas.USUAL}):
        with matplotlib.rc_context(style.rc()):
            monkeypatch.setattr(canvas, "_ready", ready())
        pictures = [getattr(figures, name)(report) for name in names]
        written.append([Path(f"{picture.key}.svg").read_bytes() for picture in pictures])
    assert written[0] == written[1]
    assert sum(not left for left in canvas._ready.values()) >= 3  # they were drawn on


def test_parent_makes_as_many_empty_figures_as_a_report_asks_for(monkeypatch):
    """A figure made beforehand is handed out once."""
    monkeypatch.setattr(canvas, "_ready", {})
    monkeypatch.setattr(canvas, "USUAL", {(1, 1, (), False): 1})
    canvas.prepare()
    with matplotlib.rc_context(style.rc()):
        first, second = (canvas.canvas(1, 1, height=4)[0] for _ in range(2))
    assert first is not second
    assert canvas._ready == {(1, 1, (), False): []}


def test_usual_texts_are_those_that_figures_write(report, tmp_path, monkeypatch):
    """Most texts of a report's figures are known to a kernel whose parent has drawn the usual ones."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(svg._outlines, "_known", {})
    usual.draw_usual()
    known = set(svg._outlines._known)
    monkeypatch.setattr(svg._outlines, "_known", {})
    for draw in (figures.tests_and_grades, figures.survey):
        draw(report)
    assert len(known & set(svg._outlines._known)) > 0.5 * len(svg._outlines._known)


def test_outlines_that_a_figure_has_are_not_given_again():
    """Of a text drawn before only the outlines are handed on that the figure at hand does not have yet."""
    font = svg._outlines._get_font(FontProperties(size=8))
    first = svg._outlines.get_glyphs_with_font(font, "ABA", glyph_map={}, return_new_glyphs_only=True)
    again = svg._outlines.get_glyphs_with_font(font, "ABA", glyph_map=first[1], return_new_glyphs_only=True)
    plain = TextToPath().get_glyphs_with_font(font, "ABA")
    assert (first[0], list(first[1])) == (plain[0], list(plain[1]))
    assert (again[0], again[1]) == (plain[0], {})


def test_figures_with_labels_and_ticks_above_are_those_of_savefig(tmp_path, monkeypatch):
    """Where axes have labels, a label on top, two lines of title or ticks above, each keeps its place."""

    def draw():
        with plt.rc_context(style.rc()):
            figure, axes = plt.subplots(1, 2, figsize=(6, 2), sharey=True)
            axes[0].plot([0, 1], [0, 12_345])
            axes[0].set_xlabel("Elever")
            axes[0].set_ylabel("Andel")
            axes[0].set_title("En rad\noch en till")
            axes[1].plot([0, 1], [0, 1])
            axes[1].xaxis.set_label_position("top")
            axes[1].set_xlabel("Överst")
            axes[1].tick_params(axis="x", labeltop=True)
        emit.saved_picture(figure, "labels", caption="", alt="")

    monkeypatch.chdir(tmp_path)
    ours, theirs = both_ways(draw, "labels", monkeypatch)
    assert ours == theirs


def test_measured_texts_follow_their_font():
    """A text is measured anew when its font changes, also the very font it was measured with before."""
    renderer, font = svg._Renderer(10, 10, svg.io.StringIO()), FontProperties(size=8)
    small = renderer.get_text_width_height_descent("Ål", font, False)
    font.set_size(16)
    large = renderer.get_text_width_height_descent("Ål", font, False)
    font.set_size(8)
    assert large == pytest.approx([2 * number for number in small], rel=0.02)
    assert renderer.get_text_width_height_descent("Ål", font, False) == small

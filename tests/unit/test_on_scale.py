"""No interval is told beyond the ends of its scale, and what is worked out from it still has all of it."""

import csv

import pytest
from matplotlib import pyplot as plt
from skq import catalog
from skq.catalog.forms import ENDS
from skq.metrics.rules import A_TO_F, G_VG_MVG, MERIT_16, MERIT_17
from skq.report import style
from skq.report.apart import apart
from skq.report.download import Row, save_rows
from skq.report.figures.canvas import canvas
from skq.report.figures.panels import draw_dot
from skq.report.numbers import Point
from skq.report.wording import full_text
from skq.terms import CellStatus, Level

GRADES = ("subject_points_mean", "autumn_points_mean", "test_points_mean")


def of(lower, upper, metric="subject_points_mean", value=16.3, year="2025/26"):
    """A mean of few grades, with its interval."""
    return Point(
        metric=metric, level=Level.SCHOOL, unit="1", school_year=year, grade_year=9, subject="M2", n=12.0, value=value,
        lower=lower, upper=upper, status=CellStatus.OBSERVED, recorded=True,
    )  # fmt: skip


@pytest.mark.parametrize("scale", [G_VG_MVG, A_TO_F])
@pytest.mark.parametrize("metric", GRADES)
def test_means_of_grades_end_where_the_grades_do(metric, scale):
    """The highest and the lowest mean are those of pupils who all have the highest or the lowest grade."""
    assert ENDS[metric] == (min(scale.points.values()), max(scale.points.values()))


@pytest.mark.parametrize("rule", [MERIT_16, MERIT_17])
def test_merit_ratings_end_at_the_highest_grade_in_all(rule):
    """Sixteen or seventeen times the highest grade."""
    most = (rule.best + (rule.added_subject is not None)) * max(A_TO_F.points.values())
    assert ENDS[rule.metric] == (0.0, most)


def test_every_mean_in_points_of_grades_has_ends():
    """Of the families of grades and tests, each metric in points with the interval of a mean, but for differences."""
    found = {
        one.id
        for one in catalog.metrics().values()
        if one.interval == "mean" and one.unit == "points" and one.family in ("merit", "subject_grades", "tests")
    }
    assert found == set(ENDS)


@pytest.mark.parametrize(
    ("lower", "upper", "text"),
    [
        pytest.param(12.4, 20.1, "16,3 (12,4–20,0)", id="above"),
        pytest.param(-4.4, 12.0, "16,3 (0,0–12,0)", id="below"),
        pytest.param(12.4, 19.9, "16,3 (12,4–19,9)", id="within"),
    ],
)
def test_words_stay_on_the_scale(lower, upper, text):
    """Grade points lie between 0 and 20."""
    assert full_text(of(lower, upper)) == text


def test_a_difference_has_no_ends():
    """What is above or below something else may be negative."""
    assert of(-30.0, 4.0, metric="salsa_residual").limits == (-30.0, 4.0)


def test_downloads_stay_on_the_scale(tmp_path, monkeypatch):
    """The file tells the limit that the page tells."""
    monkeypatch.chdir(tmp_path)
    save_rows("subjects", [Row(of(12.4, 20.1), "Skolan")])
    with (tmp_path / "subjects.csv").open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file, delimiter=";")
    assert (row["nedre"], row["övre"]) == ("12,4", "20,0")


def test_figures_stay_on_the_scale():
    """The bar ends at 20."""
    with plt.rc_context(style.rc()):
        figure, (axes,) = canvas(1, 1, height=3.0)
        draw_dot(axes, 0, of(12.4, 20.1), colour=style.SCHOOL)
    (bar,) = [line for line in axes.lines if line.get_gid() == "interval"]
    assert list(bar.get_xdata()) == [12.4, 20.0]
    plt.close(figure)


def test_a_change_is_worked_out_from_the_whole_interval():
    """16,3 ± 3,8 less 15 ± 2: the square root of 3,8² and 2² is 4,294 on either side of 1,3."""
    told = apart(of(13.0, 17.0, value=15.0, year="2024/25"), of(12.5, 20.1), kind="since_first")
    assert (told.lower, told.upper) == pytest.approx((1.3 - 4.2942, 1.3 + 4.2942), abs=1e-4)

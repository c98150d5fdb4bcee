"""Forecasts (T-10, §5) and equity between schools (T-18, §10)."""

import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.metrics.equity import variation
from skq.metrics.forecasts import came_true, expected_grade, foreseen, over_hopeful, subjects_not_reached
from skq.metrics.rules import A_TO_F, ONE_TO_TEN

from tests.spec.text_tables import YEAR, counted_grades, grade_sheet, one, pupils, schools, text_table, typed


def test_quality_of_forecasts():
    """T-10: 12 of 60 forecast to fail, 9 of them do, 6 others too: sensitivity 60, precision 75, bias +5 points."""
    forecast = pd.Series([True] * 12 + [False] * 48)
    outcome = pd.Series([True] * 9 + [False] * 3 + [True] * 6 + [False] * 42)
    assert foreseen(forecast, outcome).mean() == pytest.approx(0.6)
    assert came_true(forecast, outcome).mean() == pytest.approx(0.75)
    assert over_hopeful(forecast, outcome).mean() == pytest.approx(0.05)


def test_forecasts_of_nobody():
    """Without any forecast to fail, and without anybody who failed, the shares cannot be told."""
    passes = pd.Series([False])
    assert came_true(passes, passes).count() == 0
    assert foreseen(passes, passes).count() == 0


def test_one_subject_not_reached_is_a_forecast_to_fail():
    """A pupil is forecast to fail as soon as one subject is forecast as not reached; at risk is not enough."""
    rows = text_table(
        """
        pupil_id subject forecast
        1        MA      reaches
        1        SV      not_reach
        2        MA      at_risk
        """
    )
    assert subjects_not_reached(rows, ["pupil_id"]).gt(0).to_dict() == {"1": True, "2": False}


def forecast_rows(text: str) -> pd.DataFrame:
    """Return forecasts from a text table; the first follow-up, in mathematics, unless it says otherwise."""
    rows = text_table(text)
    usual = {"school_year": YEAR, "follow_up": 1, "subject": "MA"}
    return typed("forecasts", rows.assign(**{name: value for name, value in usual.items() if name not in rows}))


def sixty_pupils(follow_up: int = 1) -> dict[str, pd.DataFrame]:
    """Return T-10 as tables: p0 to p11 forecast to fail, p0 to p8 and p12 to p17 end without a pass."""
    names = [f"p{number}" for number in range(60)]
    told = [f"{name} {'not_reach' if number < 12 else 'at_risk'}" for number, name in enumerate(names)]
    ended = [f"{name} {'1A+1F' if number < 9 or 12 <= number < 18 else '2A'}" for number, name in enumerate(names)]
    return {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id\n" + "\n".join(names)),
        "grades": counted_grades("pupil grades\n" + "\n".join(ended)),
        "forecasts": forecast_rows("pupil_id forecast\n" + "\n".join(told)).assign(follow_up=follow_up),
    }


def test_quality_of_forecasts_from_rows():
    """T-10 from pupil rows: 48 of 60 forecast to pass, 9 of 15 foreseen, 9 of 12 came true, bias 3 of 60."""
    results = aggregate(sixty_pupils())
    found = {
        name: one(results, f"forecast_{name}", subject="follow_up_1")
        for name in ("all_passed_share", "sensitivity_share", "precision_share", "bias_pp")
    }
    counts = {name: (row["n"], row["numerator"]) for name, row in found.items()}
    assert counts == {
        "all_passed_share": (60, 48),
        "sensitivity_share": (15, 9),
        "precision_share": (12, 9),
        "bias_pp": (60, 3),
    }
    assert found["bias_pp"]["value"] == pytest.approx(0.05)


def test_each_follow_up_has_its_own_quality():
    """A second follow-up that foresaw everybody stands beside the first, under its own name."""
    first = sixty_pupils()
    names = first["pupils"]["pupil_id"]
    fails = [number < 9 or 12 <= number < 18 for number in range(60)]
    second = first["forecasts"].assign(
        pupil_id=names.to_numpy(), follow_up=2, forecast=["not_reach" if fail else "reaches" for fail in fails]
    )
    tables = first | {"forecasts": pd.concat([first["forecasts"], typed("forecasts", second)])}
    results = aggregate(tables)
    found = [one(results, "forecast_sensitivity_share", subject=f"follow_up_{number}")["value"] for number in (1, 2)]
    assert found == [0.6, 1.0]
    assert one(results, "forecast_bias_pp", subject="follow_up_2")["value"] == 0


def test_forecasts_before_any_grades():
    """While nothing has come out there is the forecast and no quality; nor for a pupil without an outcome."""
    tables = sixty_pupils()
    without = aggregate({name: table for name, table in tables.items() if name != "grades"})
    assert {"forecast_all_passed_share", "forecast_near_limit_share"} <= set(without["metric"])
    assert not set(without["metric"]) & {"forecast_sensitivity_share", "forecast_precision_share", "forecast_bias_pp"}
    others = aggregate(tables | {"grades": tables["grades"].assign(school_year="2023/24")})
    assert "forecast_bias_pp" not in set(others["metric"])


def test_near_the_limit_are_one_or_two_subjects():
    """None, one, two and three subjects not reached: two of four pupils are near the limit; at risk does not count."""
    told = {"a": [], "b": ["MA"], "c": ["MA", "EN"], "d": ["MA", "EN", "BL"]}
    rows = [
        f"{name} {subject} {'not_reach' if subject in missing else 'at_risk'}"
        for name, missing in told.items()
        for subject in ("MA", "EN", "BL", "MU")
    ]
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id grade_year\na 8\nb 8\nc 8\nd 8"),
        "forecasts": forecast_rows("pupil_id subject forecast\n" + "\n".join(rows)),
    }
    results = aggregate(tables)
    near = one(results, "forecast_near_limit_share", subject="follow_up_1", grade_year=8)
    assert (near["n"], near["numerator"]) == (4, 2)
    assert one(results, "forecast_all_passed_share", subject="follow_up_1", grade_year=8)["numerator"] == 1
    assert "forecast_eligible_vocational_share" not in set(results["metric"])


EIGHT = ("SV", "EN", "MA", "BL", "HKK", "IDH", "MU", "SL")


def test_eligibility_by_predicted_grades():
    """Eight subjects: predicted passes make eligible, a predicted F in EN does not; without a grade the forecast tells.

    Of four pupils three: all E; F in EN; no grades but at risk everywhere; no grades and MU not reached (7 passes: no);
    the last one's predicted E in MU holds against the teacher's word.
    """
    kinds = {
        "passes": dict.fromkeys(EIGHT, ("reaches", "E")),
        "fails": {subject: ("at_risk", "F" if subject == "EN" else "E") for subject in EIGHT},
        "told": dict.fromkeys(EIGHT, ("at_risk", ".")),
        "lacks": {subject: ("not_reach" if subject == "MU" else "reaches", ".") for subject in EIGHT},
        "holds": {subject: ("not_reach" if subject == "MU" else "reaches", "E") for subject in EIGHT},
    }
    rows = [f"{name} {s} {told} {grade}" for name, own in kinds.items() for s, (told, grade) in own.items()]
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id\n" + "\n".join(kinds)),
        "forecasts": forecast_rows("pupil_id subject forecast predicted_grade\n" + "\n".join(rows)),
    }
    share = one(aggregate(tables), "forecast_eligible_vocational_share", subject="follow_up_1")
    assert (share["n"], share["numerator"]) == (5, 3)
    without = tables | {"forecasts": tables["forecasts"].drop(columns="predicted_grade")}
    share = one(aggregate(without), "forecast_eligible_vocational_share", subject="follow_up_1")
    assert (share["n"], share["numerator"]) == (5, 3)


def test_forecasts_need_a_pass_limit():
    """On a scale without pass limit nothing can be said of who would pass."""
    with pytest.raises(ValueError, match="no pass limit"):
        expected_grade(pd.Series(["reaches"]), pd.Series([pd.NA], dtype="str"), scale=ONE_TO_TEN)
    found = expected_grade(pd.Series(["reaches", "not_reach"]), pd.Series(["", pd.NA], dtype="str"), scale=A_TO_F)
    assert found.tolist() == ["E", "F"]


def test_forecasts_are_told_where_the_pupil_ended():
    """A pupil who moved is told at the school of the end of spring, a pupil who left nowhere."""
    register = pupils(
        """
        pupil_id school_unit_code enrolled_from enrolled_to
        mover    A                .             2025-01-10
        mover    B                2025-01-11    .
        left     A                .             2025-02-01
        stays    A                .             .
        """
    )
    tables = {
        "school_units": schools("A", "B"),
        "pupils": register,
        "forecasts": forecast_rows("pupil_id forecast\nmover reaches\nleft reaches\nstays not_reach"),
        "grades": grade_sheet("pupil MA\nstays F"),
    }
    results = aggregate(tables)
    found = {unit: one(results, "forecast_all_passed_share", unit=unit, subject="follow_up_1")["n"] for unit in "AB"}
    assert found == {"A": 1, "B": 1}
    assert one(results, "forecast_precision_share", subject="follow_up_1")["value"] == 1


MERITS = {"A": [200, 220, 240], "B": [180, 190, 200, 230], "C": [250, 260, 270]}


def test_variation_between_schools():
    """T-18: mean 224, SSB 6240, SSW 2400, between-school share 0.7222, intraclass correlation 0.7105."""
    values = [pd.Series(own, dtype=float) for own in MERITS.values()]
    n = pd.Series([len(own) for own in values])
    found = variation(n, pd.Series([own.sum() for own in values]), pd.Series([(own**2).sum() for own in values]))
    assert (found.mean, found.between, found.within) == (224, pytest.approx(6240), pytest.approx(2400))
    assert (round(found.between_share, 4), round(found.icc, 4)) == (0.7222, 0.7105)
    assert found.sd == pytest.approx(pd.concat(values).std())


def test_negative_correlation_is_reported_as_none():
    """Schools more alike than chance makes them have a raw correlation below zero, reported as 0."""
    found = variation(pd.Series([2, 2]), pd.Series([10.0, 10.0]), pd.Series([82.0, 82.0]))
    assert found.icc_raw < 0
    assert found.icc == 0


@pytest.mark.parametrize(
    ("n", "total", "squares"),
    [
        pytest.param([3], [660.0], [146000.0], id="one school"),
        pytest.param([1, 1], [200.0, 220.0], [40000.0, 48400.0], id="one pupil each"),
        pytest.param([2, 2], [400.0, 400.0], [80000.0, 80000.0], id="all alike"),
        pytest.param([0], [0.0], [0.0], id="nobody"),
    ],
)
def test_correlation_that_cannot_be_told(n, total, squares):
    """One school, one pupil per school, no variation or no pupils: the correlation is missing."""
    found = variation(pd.Series(n), pd.Series(total), pd.Series(squares))
    assert pd.isna(found.icc)
    assert pd.isna(found.between_share)

"""What a shown number of one metric tells of a hidden one of another: refused, as protection would have hidden it.

Norra has 40 pupils in grade year 9, 20 girls and 20 boys.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from skq import catalog
from skq.compare import comparisons
from skq.protect import bounding, implied, protect
from skq.protect.rule import OFFICIAL
from skq.release.attack import attack_site
from skq.release.attack_bounds import BOUNDS, METRICS

from tests.results_by_hand import OUTSIDERS, results, share, units_of
from tests.unit.release_towns import TOWN, cell, units, write_site

NORRA, SODRA, BY = TOWN
ALL, SUBJECT = "all_subjects_passed_share", "subject_passed_share"
ARTS, VOCATIONAL = "eligible_arts_share", "eligible_vocational_share"
WHOLE, PART = "test_all_parts_share", "test_part_reached_share"
MATHEMATICS = {"id": SUBJECT, "ämneskod": "MA"}
BOYS, GIRLS = ({"uppdelning": "sex", "kategori": name} for name in ("boys", "girls"))


def shown(k, n=40, code=NORRA, **other):
    """Return a shown share of Norra, or of another unit."""
    return cell(code, "Norra", k, n, **other)


def nearly(code=NORRA, status="nearly_all", **other):
    """Return a hidden share of which the file says that one to four lack it."""
    return cell(code, "Norra", 0, 1, status, **other)


def refused(site):
    """Return which numbers are refused because they can be worked out, as sentences."""
    return [one.what for one in attack_site(site, rule=OFFICIAL, units=units()) if one.rule == "joint-attack"]


def test_a_sign_that_all_subjects_tells(tmp_path):
    """39 of 40 passed in all subjects, so `~100` in mathematics is the one who failed. Both numbers are named."""
    site = write_site(tmp_path, [shown(39), nearly(**MATHEMATICS)])
    (found,) = attack_site(site, rule=OFFICIAL, units=units())
    assert (found.rule, found.where) == ("joint-attack", "arsanalys/schools.csv:3")
    assert found.what == (
        "subject_passed_share of school 90000001, 2024/25, grade year 9, MA is hidden but can be worked out from "
        "another metric (vem som har det ena har det andra: all_subjects_passed_share of school 90000001, 2024/25, "
        "grade year 9)"
    )


@pytest.mark.parametrize(
    ("failed", "hidden"),
    [
        pytest.param(2, nearly(**MATHEMATICS), id="two failed: one or both in mathematics"),
        pytest.param(1, nearly(status="protects_other", **MATHEMATICS), id="no sign tells that anybody did"),
        pytest.param(1, nearly(status="too_few", **MATHEMATICS), id="too few pupils: one failed, or nobody"),
        pytest.param(0, nearly(status="too_few", **MATHEMATICS), id="nobody failed, which may be known"),
        pytest.param(1, nearly(**MATHEMATICS, läsår="2023/24"), id="another school year"),
        pytest.param(1, nearly(**MATHEMATICS, årskurs="6"), id="another grade year"),
        pytest.param(1, nearly(**MATHEMATICS, **BOYS), id="the boys alone"),
        pytest.param(1, nearly(SODRA, **MATHEMATICS), id="another school"),
        pytest.param(1, nearly(**MATHEMATICS, källa="Skolverket"), id="the agency's own number"),
        pytest.param(1, nearly(id=SUBJECT, ämneskod="SVA"), id="passed in SV, perhaps"),
        pytest.param(1, nearly(id=SUBJECT, ämneskod="M1"), id="passed in the language chosen, perhaps"),
        pytest.param(1, nearly(id=VOCATIONAL), id="too few subjects to be eligible, perhaps"),
        pytest.param(1, nearly(id="autumn_" + SUBJECT, ämneskod="MA"), id="of the autumn"),
    ],
)
def test_an_honest_number_stands(tmp_path, failed, hidden):
    """What all subjects of Norra leave two values for, or do not bound, is no reason to refuse anything."""
    assert refused(write_site(tmp_path, [shown(40 - failed), hidden])) == []


def test_an_agencys_shown_number_bounds_nothing(tmp_path):
    """An agency may have counted others: its 39 of 40 tell nothing certain of ours."""
    assert refused(write_site(tmp_path, [shown(39, källa="Skolverket"), nearly(**MATHEMATICS)])) == []


def test_a_dot_is_perhaps_no_data(tmp_path):
    """`.` in English stands for nobody, or for no data: that many are eligible is no contradiction to refuse."""
    rows = [nearly(id=VOCATIONAL), nearly(id=SUBJECT, ämneskod="EN", status="missing")]
    assert refused(write_site(tmp_path, rows)) == []


POOLED = {"uppdelning": "period", "kategori": "three_years"}


def test_three_years_bound_three_years(tmp_path):
    """119 of 120 passed in all subjects in three years, so `~100` in mathematics is the one who failed."""
    rows = [shown(119, 120, **POOLED), nearly(**MATHEMATICS, **POOLED)]
    assert len(refused(write_site(tmp_path, rows))) == 1


def test_three_years_are_added_up(tmp_path):
    """`~100` of three years (at most four), of girls and boys of one of them (two) and of the others (one each).

    Two, one and one: the three years' sign tells them all, and of each sex one.
    """
    years = [nearly(**MATHEMATICS, läsår=year) for year in ("2022/23", "2023/24", "2024/25")]
    sexes = [nearly(**MATHEMATICS, **sex, läsår="2022/23") for sex in (GIRLS, BOYS)]
    assert refused(write_site(tmp_path, [*years, *sexes])) == []
    assert len(refused(write_site(tmp_path, [*years, *sexes, nearly(**MATHEMATICS, **POOLED)]))) == 6


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda one: f"{one.strict} {one.mild} {one.subjects}")
def test_each_bound_of_who_lacks_it(tmp_path, bound):
    """One of 40 lacks the stricter property: at most one lacks the milder, unless that rests on others too."""
    subject = "MA/A" if bound.parts else (bound.subjects or ("MA",))[-1] if "subject" in bound.mild else ""
    strict = shown(39, id=bound.strict, ämneskod="MA" if bound.parts else "")
    found = refused(write_site(tmp_path, [strict, nearly(id=bound.mild, ämneskod=subject)]))
    assert len(found) == bound.lacking


@pytest.mark.parametrize(
    ("programme", "subject"), [("vocational", "HI"), ("social", "FY"), ("science", "GE"), ("arts", "EN")]
)
def test_eligibility_bounds_the_subjects_that_it_names(tmp_path, programme, subject):
    """Who failed in another subject may be eligible; English is named by what the arts programme asks for besides."""
    rows = [shown(39, id=f"eligible_{programme}_share"), nearly(id=SUBJECT, ämneskod=subject)]
    assert refused(write_site(tmp_path, rows)) == []


def test_a_bound_of_a_bound(tmp_path):
    """39 of 40 are eligible for the arts programme, all but few for vocational ones: so one failed in English.

    The number is named of which most is known.
    """
    rows = [shown(39, id=ARTS), nearly(id=VOCATIONAL), nearly(id=SUBJECT, ämneskod="EN")]
    by = [what.split("det andra: ")[1].split(" of ")[0] for what in refused(write_site(tmp_path, rows))]
    assert by == [ARTS, VOCATIONAL]
    assert refused(write_site(tmp_path, [rows[0], rows[2], shown(39, id=SUBJECT, ämneskod="SL")])) == []


def test_a_bound_and_a_sum(tmp_path):
    """One boy failed in anything, five pupils in mathematics: it was four girls. Two boys: three or four girls."""
    rows = [shown(35, **MATHEMATICS), nearly(**MATHEMATICS, **GIRLS), nearly(**MATHEMATICS, **BOYS)]
    told = refused(write_site(tmp_path / "one", [*rows, shown(19, 20, **BOYS)]))
    assert sorted(what.split(" is hidden")[0].split(", ")[-1] for what in told) == ["boys", "girls"]
    assert refused(write_site(tmp_path / "two", [*rows, shown(18, 20, **BOYS)])) == []


def test_what_a_sum_tells_is_refused_once(tmp_path):
    """39 of 40 less 20 of 20 boys: 19 of 20 girls, whatever all subjects tell besides."""
    rows = [shown(39), shown(39, **MATHEMATICS), shown(20, 20, **MATHEMATICS, **BOYS), nearly(**MATHEMATICS, **GIRLS)]
    (found,) = refused(write_site(tmp_path, rows))
    assert "flickor och pojkar" in found


def test_what_is_hidden_for_others_is_no_secret(tmp_path):
    """One of 40 failed in anything, at least one girl in mathematics: she is told, and all pupils tell no more."""
    rows = [shown(39), nearly(status="protects_other", **MATHEMATICS), nearly(**MATHEMATICS, **GIRLS)]
    (found,) = refused(write_site(tmp_path, rows))
    assert "MA, girls is hidden" in found


@pytest.mark.parametrize(("reached", "count"), [(10, 2), (9, 0)])
def test_parts_of_a_test_and_the_whole(tmp_path, reached, count):
    """21 reached a part at two schools, where 11 and 10 reached all parts: the part was reached by no others."""
    part, whole = {"id": PART, "ämneskod": "MA/A"}, {"id": WHOLE, "ämneskod": "MA"}
    rows = [shown(36, 48, "9000", **part), shown(15, 20, **part), nearly(SODRA, **part), nearly(BY, **part),
            shown(11, 14, SODRA, **whole), shown(reached, 14, BY, **whole)]  # fmt: skip
    assert len(refused(write_site(tmp_path, rows))) == count


def test_the_whole_of_a_test_is_no_part(tmp_path):
    """Who reached all parts need not have reached the level of the test as a whole."""
    part, whole = {"id": PART, "ämneskod": "MA/total"}, {"id": WHOLE, "ämneskod": "MA"}
    rows = [shown(36, 48, "9000", **part), shown(15, 20, **part), nearly(SODRA, **part), nearly(BY, **part),
            shown(11, 14, SODRA, **whole), shown(10, 14, BY, **whole)]  # fmt: skip
    assert refused(write_site(tmp_path, rows)) == []


def test_the_gate_claims_no_more_than_protection_closes():
    """Each bound is one of protection's: of counts where all pupils behind the one are behind the other."""
    closed = {(one.strict, one.mild): one for one in implied.IMPLICATIONS}
    for one in BOUNDS:
        known = closed[one.strict, one.mild]
        assert set(known.subjects) == set(one.subjects)
        assert known.all_have_it or not one.having
        assert one.parts == (known.beside is implied.Subject.WHOLE)


def test_all_ought_to_have_what_is_bounded():
    """Which is why it may be told that perhaps nobody lacks it."""
    assert {(catalog.metric(name).unit, catalog.metric(name).direction) for name in METRICS} == {("share", "higher")}


# --- towns that protection has hidden, with bounds and without --------------------------------------


def grown(seed):
    """Return results of six schools with 14 to 30 pupils, and of all of them, and the units: few fail a subject."""
    draw = np.random.default_rng(seed)
    size = draw.integers(14, 31, 6)
    pupils = pd.DataFrame({"unit": np.repeat([f"9000000{place}" for place in range(6)], size)})
    pupils["category"] = draw.choice(["girls", "boys"], len(pupils))
    weak = draw.random(len(pupils)) < 0.12
    for subject in ("EN", "MA", "SL"):
        pupils[subject] = ~(weak & (draw.random(len(pupils)) < 0.4))
    everywhere = pd.concat([pupils, pupils.assign(unit="9999")])
    rows = []
    for (unit, category), own in pd.concat([everywhere, everywhere.assign(category="all")]).groupby(
        ["unit", "category"]
    ):
        key = {"unit": unit, "level": "municipality" if unit == "9999" else "school", "category": category,
               "breakdown": "all" if category == "all" else "sex"}  # fmt: skip
        passed = own[["EN", "MA", "SL"]]
        rows.append(share(len(own), int(passed.all(axis=1).sum()), **key))
        rows += [share(len(own), int(passed[name].sum()), **key, metric=SUBJECT, subject=name) for name in passed]
    known = units_of(dict.fromkeys(pupils["unit"].unique(), ""))
    return results(rows), known.assign(name="", first_grade_year=7, last_grade_year=9)


def protected(seed, folder):
    """Return what the gate can work out of a town's numbers, hidden by protection and written to a site."""
    table, known = grown(seed)
    frame = protect(table, comparisons(table, units=known), OUTSIDERS, units=known).results.frame
    told = frame.assign(n=frame["n"].fillna(1).astype(int), k=frame["value"].fillna(0) * frame["n"].fillna(1))
    rows = [
        cell(row["unit"], "", row["k"], row["n"], row["status"], id=row["metric"], ämneskod=row["subject"],
             uppdelning=row["breakdown"], kategori=row["category"])
        for row in told.to_dict("records")
    ]  # fmt: skip
    found = attack_site(write_site(folder, rows), rule=OUTSIDERS, units=known)
    return [one.what for one in found if one.rule == "joint-attack"]


@pytest.mark.parametrize("seed", range(4))
def test_what_protection_has_closed_is_not_refused(tmp_path, seed):
    """The gate refuses nothing of what is hidden with all bounds in mind."""
    assert protected(seed, tmp_path) == []


def test_what_protection_would_leave_open_is_refused(tmp_path, monkeypatch):
    """The same towns, protected metric by metric: most of them tell a secret, and only by another metric."""
    monkeypatch.setattr(bounding, "STRICT", frozenset())
    monkeypatch.setattr(bounding, "MILD", frozenset())
    found = [protected(seed, tmp_path / str(seed)) for seed in range(4)]
    assert sum(map(bool, found)) > 2, list(map(len, found))
    assert all("from another metric" in what for town in found for what in town)

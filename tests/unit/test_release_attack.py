"""The attacker of finished files, on towns small enough to add up by hand; each kind of leak is refused by its name."""

import pandas as pd
import pytest
from skq.memory import PUBLISHED_DTYPES
from skq.protect.principals import principals_rule
from skq.protect.rule import OFFICIAL
from skq.release.attack import attack_site

from tests.unit.release_towns import HIDDEN, PASSED, SAFE, TOWN, YEAR, cell, town, units, write_site

COHORT = {"årskurs": "7", "ämneskod": "1"}


def rules(site, **more):
    """Return the names of what is refused."""
    return sorted({one.rule for one in attack_site(site, rule=OFFICIAL, units=units(), **more)})


def released(code, k, n, metric=PASSED, year=YEAR):
    """Return one number as an earlier release told it."""
    row = {"metric": metric, "level": "school", "unit": code, "school_year": year, "grade_year": 9, "subject": "",
           "breakdown": "all", "category": "all", "n": n, "value": round(k / n, 3), "lower": None, "upper": None,
           "status": "observed", "release": "2025-a", "audience": "public"}  # fmt: skip
    return pd.DataFrame([row])[list(PUBLISHED_DTYPES)].astype(PUBLISHED_DTYPES)


def test_an_untouched_site_passes(tmp_path):
    """60 − 30 = 30 passed at two schools together: neither is told."""
    assert rules(write_site(tmp_path, town(SAFE))) == []


def test_without_complementary_suppression_it_is_refused(tmp_path):
    """60 − 30 − 24 = 6 and 78 − 40 − 30 = 8: 6 of Byskolan's 8. Cell and equation are named, not the 6."""
    (found,) = attack_site(write_site(tmp_path, town(HIDDEN)), rule=OFFICIAL, units=units())
    assert found.rule == "joint-attack"
    assert found.where == "arsanalys/schools.csv:5"
    assert "90000003" in found.what
    assert "school i municipality" in found.what
    assert " 6" not in found.what.replace("2024/25", "")


def test_one_unprotected_cell_in_a_second_file_is_refused(tmp_path):
    """Södra is hidden in one file for Byskolan's sake and shown in another: a contradiction, and Byskolan is told."""
    site = write_site(tmp_path, town(SAFE))
    write_site(site, [cell("90000002", *TOWN["90000002"])], "skolor/sodra/results.csv")
    assert rules(site) == ["contradiction", "joint-attack"]


def test_last_years_release_with_one_more_cell_is_refused(tmp_path):
    """What readers once had of Södra tells of Byskolan today; without it nothing does."""
    site = write_site(tmp_path, town(SAFE))
    assert rules(site, earlier=released("90000002", 24, 30)) == ["earlier-release"]
    assert rules(site, earlier=released("90000001", 30, 40)) == []


def test_official_statistics_are_known_to_anyone(tmp_path):
    """The same when it is the agency that has published Södra."""
    official = released("90000002", 24, 30).drop(columns=["release", "audience"])
    assert rules(write_site(tmp_path, town(SAFE)), official=official) == ["earlier-release"]


def test_a_principal_who_knows_the_own_school_may_not_tell_another(tmp_path):
    """Södra's principal knows her 24 of 30, so she would know Byskolan's too; Norra's principal learns nothing."""
    site = write_site(tmp_path, town(SAFE))
    assert rules(site, principals={"90000002": released("90000002", 24, 30)}) == ["principal"]
    assert rules(site, principals={"90000001": released("90000001", 30, 40)}) == []


def test_that_perhaps_nobody_failed_may_be_told(tmp_path):
    """Where all eight of Byskolan passed (62 of 78) it may be worked out: it tells of nobody who did not."""
    rows = town(HIDDEN)
    rows[0] |= {"värde": "79,5"}
    assert rules(write_site(tmp_path, rows)) == []


@pytest.mark.parametrize(("value", "refused"), [("83,3", ["joint-attack"]), ("", [])])
def test_sexes_add_up(tmp_path, value, refused):
    """Of 10 girls of 30 pupils with 24 passes: 20 boys with 83,3 % leave 7 of 10 girls; hidden boys leave nothing."""
    whole = cell("90000001", "Norra", 24, 30)
    girls = cell("90000001", "Norra", 0, 1, "too_few", uppdelning="sex", kategori="girls")
    boys = cell("90000001", "Norra", 17, 20, "observed" if value else "protects_other", uppdelning="sex",
                kategori="boys")  # fmt: skip
    boys["värde"] = value and "85,0"
    assert rules(write_site(tmp_path, [whole, girls, boys])) == refused


def test_three_years_and_two_of_them_tell_the_third(tmp_path):
    """90 of 120 in three years, 30 of 40 and 54 of 72 in two of them: 6 of 8 in the third, which is hidden."""
    years = [("2022/23", 30, 40, "observed"), ("2023/24", 54, 72, "observed"), ("2024/25", 6, 8, "too_few")]
    rows = [cell("90000001", "Norra", k, n, status, läsår=year) for year, k, n, status in years]
    rows.append(cell("90000001", "Norra", 90, 120, uppdelning="period", kategori="three_years"))
    assert rules(write_site(tmp_path, rows)) == ["joint-attack"]
    assert rules(write_site(tmp_path, rows[:1] + rows[2:])) == []


def test_shares_that_are_all_pupils_tell_the_third(tmp_path):
    """Above 6 and equal 15 of 30 leave 9 below the test: a share hidden beside them is told."""
    names = ("grade_above_test_share", "grade_equal_test_share", "grade_below_test_share")
    rows = [cell("90000001", "Norra", k, 30, id=name, ämneskod="MA") for name, k in zip(names, (6, 15, 9), strict=True)]
    assert rules(write_site(tmp_path, rows)) == []
    rows[2] |= {"värde": "", "antal": "", "status": "too_few"}
    assert rules(write_site(tmp_path, rows)) == ["joint-attack"]


def test_a_shown_number_of_too_few_is_refused(tmp_path):
    """Byskolan's eight are too few for everyone, enough for the principal of the school alone."""
    few = cell("90000003", *TOWN["90000003"])
    assert "below-limit" in rules(write_site(tmp_path, [few]))
    assert "below-limit" not in rules(write_site(tmp_path, [few]), own_rule=principals_rule(OFFICIAL))
    assert "below-limit" not in rules(write_site(tmp_path, [few | {"källa": "Skolverket"}]))


@pytest.mark.parametrize("column", ["antal", "nedre", "övre"])
def test_what_stands_beside_a_hidden_number_in_a_file_is_refused(tmp_path, column):
    """A hidden share whose pupils or limits are filled in is refused at its line."""
    site = write_site(tmp_path, [{**row, column: "8"} if row["status"] == "too_few" else row for row in town(SAFE)])
    found = [(one.rule, one.where) for one in attack_site(site, rule=OFFICIAL, units=units())]
    assert ("n-beside-hidden", "arsanalys/schools.csv:5") in found


@pytest.mark.parametrize(
    ("hidden", "refused"),
    [
        pytest.param("cohort_change_leavers", ["joint-attack"], id="nobody left"),
        pytest.param("cohort_change_stayers", [], id="the stayers' part is hidden"),
    ],
)
def test_a_part_of_a_change_that_nobody_made(tmp_path, hidden, refused):
    """0,27 − 0,98 − 0 = −0,71 is what five made of it who joined, when it is told that nobody left."""
    told = {"cohort_stayers_count": "28", "cohort_leavers_count": "0", "cohort_joiners_count": "5",
            "cohort_change": "0,27", "cohort_change_stayers": "0,98", "cohort_change_leavers": "0,00"}  # fmt: skip
    told[hidden] = ""
    rows = [
        cell("90000001", "Norra", 0, 28, "observed" if value else "protects_other", **COHORT, id=metric, värde=value)
        for metric, value in told.items()
    ]
    rows.append(cell("90000001", "Norra", 0, 5, "too_few", **COHORT, id="cohort_change_joiners"))
    assert rules(write_site(tmp_path, rows)) == refused


def test_a_file_in_no_known_form_is_refused(tmp_path):
    """A CSV whose rows do not say whose numbers they are cannot be attacked."""
    (tmp_path / "lista.csv").write_text("elev;betyg\nett;E\n", encoding="utf-8")
    assert rules(tmp_path) == ["unreadable-download"]


def test_two_files_that_disagree_are_refused(tmp_path):
    """Norra has 75,0 % in one file and 77,5 % in another."""
    site = write_site(tmp_path, town(SAFE))
    write_site(site, [cell("90000001", "Norra", 31, 40)], "skolor/norra/results.csv")
    assert "contradiction" in rules(site)


def test_posts_are_weighed_as_a_sum_not_counted(tmp_path):
    """Of two hidden schools with few posts 0,8 posts are known together: each may have none of them or nearly all."""
    rows = [
        cell("9000", "Staden", 8, 20), cell("90000001", "Norra", 7.2, 17),
        cell("90000002", "Södra", 0.4, 1.5, "too_few"), cell("90000003", "Byskolan", 0.4, 1.5, "too_few"),
    ]  # fmt: skip
    of_posts = [{**row, "id": "leisure_qualified_share", "årskurs": ""} for row in rows]
    assert attack_site(write_site(tmp_path / "posts", of_posts), rule=OFFICIAL, units=units()) == []
    pupils = [{**row, "id": PASSED} for row in rows]
    assert attack_site(write_site(tmp_path / "pupils", pupils), rule=OFFICIAL, units=units())


def test_a_site_of_one_school_leaves_the_others_unnamed(tmp_path):
    """The municipality's number less nothing is not the only school's that the site names: there are others."""
    rows = [cell("9000", "Staden", 6, 8), cell("90000003", "Byskolan", 6, 8, "too_few")]
    years = [{"level": "school", "unit": code, "school_year": YEAR, "parent_level": "municipality", "parent": "9000"}
             for code in TOWN]  # fmt: skip
    site = write_site(tmp_path, rows)
    assert attack_site(site, rule=OFFICIAL, units=units(), memberships=pd.DataFrame(years)) == []
    alone = pd.DataFrame(years).query("unit == '90000003'")
    assert [one.rule for one in attack_site(site, rule=OFFICIAL, units=units(), memberships=alone)] != []

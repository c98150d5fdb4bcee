"""What registers add to the annual analysis: funnels, equity, cohorts, value added, goals, work, reconciliation."""

import csv
from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex
from skq.report import style
from skq.report.annual import (
    appendix,
    cohort_tables,
    cohort_words,
    cohorts,
    equity,
    equity_words,
    figures,
    funnel_figure,
    funnel_words,
    goal_tables,
    goals,
    naming,
    notable,
    passages,
    pseudo,
    questions,
    reconciliation,
    salsa,
    salsa_figure,
    salsa_words,
    sentences,
    value_added,
    work,
)
from skq.report.annual.funnel import funnel
from skq.report.emit import Passage
from skq.report.numbers import Difference, Point
from skq.terms import CellStatus

from tests.notebooks import annual_more as further
from tests.notebooks import annual_slice as by_hand


def plain(text):
    """The text with ordinary spaces."""
    return text.replace("\u00a0", " ")


def rows(table):
    """The cells of a table with ordinary spaces."""
    return [tuple(map(plain, row)) for row in table.rows]


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    """The slice with all that registers tell."""
    return by_hand.opened(tmp_path_factory.mktemp("further"), more=further.fill)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """The slice without it."""
    return by_hand.opened(tmp_path_factory.mktemp("base"))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Pictures and CSV are saved where the kernel runs."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    plt.close("all")


class TestFunnel:
    """Schools between the limits that chance gives schools of their size."""

    def test_schools_stand_by_name_and_never_by_value(self, analysis):
        """Almskolan 90, Björkskolan 75, Höjdskolan 80, Ivarskolan 55, Junoskolan 83: the order is the alphabet's."""
        found = funnel(analysis, by_hand.PASSED)
        assert [school.value for school in found.schools] == [0.90, 0.75, 0.80, 0.55, 0.83]

    def test_only_those_outside_are_named_and_in_colour(self, analysis):
        """Ivarskolan alone has a name and the school's colour; the other four are grey."""
        (axis,) = funnel_figure.draw(funnel(analysis, by_hand.PASSED)).axes
        dots = {line.get_gid(): [] for line in axis.lines}
        for line in axis.lines:
            dots[line.get_gid()].append(to_hex(line.get_color()))
        assert dots["outside"] == [style.SCHOOL]
        assert dots["inside"] == [style.COMPARISON] * 4
        assert [text.get_text() for text in axis.texts] == ["Ivarskolan"]

    def test_no_line_goes_through_a_name(self, analysis):
        """A name lies on white, above every line and below every dot."""
        (axis,) = funnel_figure.draw(funnel(analysis, by_hand.PASSED)).axes
        (name,) = axis.texts
        dots = [line.get_zorder() for line in axis.lines if line.get_gid() in ("inside", "outside")]
        lines = [line.get_zorder() for line in axis.lines if line.get_gid() not in ("inside", "outside")]
        assert to_hex(name.get_bbox_patch().get_facecolor()) == style.BACKGROUND
        assert max(lines) < name.get_zorder() < min(dots)

    def test_limits_go_through_those_of_the_schools(self, analysis):
        """The drawn curve has at the size of each school that school's own limits."""
        found = funnel(analysis, by_hand.PASSED)
        (axis,) = funnel_figure.draw(found).axes
        low = next(line for line in axis.lines if line.get_gid() == "limits")
        smallest = min(found.schools, key=lambda school: school.n)
        assert low.get_xdata()[0] == smallest.n
        assert low.get_ydata()[0] == pytest.approx(smallest.limits[0] * 100)

    def test_words_name_those_outside_and_what_chance_gives(self, analysis):
        """5 % of five schools is less than one; the four inside are not told apart."""
        assert plain(funnel_words.said(funnel(analysis, by_hand.PASSED))) == (
            "Under de gränser som slumpen ger skolor av deras storlek ligger Ivarskolan (även utanför 99,8 %-gränsen); "
            "av slumpen väntas färre än en. Fyra skolor ligger inom gränserna och kan inte skiljas åt."
        )

    def test_words_when_all_lie_inside(self, analysis):
        """Nobody is named, and the reader is told not to read differences into it."""
        found = funnel(analysis, by_hand.PASSED)
        inside = replace(found, schools=tuple(replace(school, outside=0) for school in found.schools))
        assert funnel_words.said(inside).startswith("Alla fem skolor ligger inom de gränser")

    def test_words_tell_both_sides(self, analysis):
        """Almskolan above, Ivarskolan below: one sentence, the limits named once."""
        found = funnel(analysis, by_hand.PASSED)
        both = tuple(replace(one, outside=95) if one.unit.code == by_hand.A else one for one in found.schools)
        text = plain(funnel_words.said(replace(found, schools=both)))
        assert text.startswith(
            "Över de gränser som slumpen ger skolor av deras storlek ligger Almskolan; under dem ligger"
        )

    def test_caption_tells_over_dispersion(self, analysis):
        """The factor 1.3 that widened the limits is told; 1.0 is not."""
        found = funnel(analysis, by_hand.PASSED)
        assert "vidgade (faktor 1,3)" in funnel_words.caption(found)
        assert "vidgade" not in funnel_words.caption(replace(found, dispersion=1.0))

    def test_too_few_schools_have_no_funnel(self, analysis, base):
        """Two schools with limits are no company; the figure of all schools stands in its place."""
        assert funnel(base, by_hand.PASSED) is None
        assert figures.beside_chance(base, by_hand.PASSED, key="one").alt.startswith("Andel elever")
        assert passages.beside_chance(base, by_hand.PASSED) == passages.all_schools(base, by_hand.PASSED)

    def test_passage_names_hidden_schools_too(self, analysis):
        """Those that cannot stand in the funnel are named as hidden."""
        assert "Visas inte: Cederskolan och Dungens skola" in plain(
            passages.beside_chance(analysis, by_hand.PASSED).text
        )

    def test_raw_stands_beside_shrunken(self, analysis, folder):
        """Ivarskolan: 55 raw; half its own weight, half the common 80, is 67.5."""
        table = appendix.shrunken(analysis)
        cells = next(row for row in rows(table) if row[0] == "Ivarskolan")
        assert cells[1:4:2] == ("40", "67,5 (56–79)")
        assert cells[2] == "55,0"
        lines = list(
            csv.DictReader((folder / "schools-shrunken.csv").read_text("utf-8-sig").splitlines(), delimiter=";")
        )
        line = next(line for line in lines if line["enhet"] == "Ivarskolan")
        assert (line["värde"], line["sammanvägt värde"], line["vikt"]) == ("55,0", "67,5", "0,50")


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [
        pytest.param([1.0, 1.1, 5.0], [1.0, 1.5, 5.0], id="pushed-up"),
        pytest.param([4.9, 5.0], [4.5, 5.0], id="pushed-down-below-the-top"),
        pytest.param([], [], id="none"),
    ],
)
def test_names_stand_apart_inside_the_figure(wanted, placed):
    """At least half a unit from each other and none above 5."""
    assert naming.apart(wanted, step=0.5, highest=5.0) == placed


class TestHolm:
    """What remains when many are tested at once."""

    def gap(self, value, half, metric=by_hand.MERIT):
        """A difference with a symmetric interval."""
        return Difference(kind="change", metric=metric, school_year="2024/25", reference="", value=value,
                          lower=value - half, upper=value + half, certain=abs(value) > half)  # fmt: skip

    def test_p_is_that_of_the_interval(self):
        """A value as large as half its interval of 95 per cent has p 0.05; three standard errors 0.0027."""
        assert notable.p_value(self.gap(10, 10)) == pytest.approx(0.05, abs=1e-6)
        assert notable.p_value(self.gap(-3, 1.959964)) == pytest.approx(0.0027, abs=1e-5)

    def test_p_of_the_side_towards_zero(self):
        """A share's interval is wider on one side: that towards zero counts."""
        lopsided = replace(self.gap(10, 5), upper=40.0)
        assert notable.p_value(lopsided) == notable.p_value(self.gap(10, 5))

    def test_unknown_and_exact_differences(self):
        """No interval never stands out; no width with a difference always does, without one never."""
        assert notable.p_value(replace(self.gap(10, 5), lower=None)) == 1.0
        assert (notable.p_value(self.gap(10, 0)), notable.p_value(self.gap(0, 0))) == (0.0, 1.0)

    def test_step_down(self):
        """p .001, .02, .04: 3 · .001, 2 · .02 and .04 are below .05; of .001, .01, .04, .9 the first two remain."""
        z = {0.001: 3.2905, 0.01: 2.5758, 0.02: 2.3263, 0.04: 2.0537, 0.9: 0.1257}
        tested = [self.gap(z[p] + place / 1e6, 1.959964) for place, p in enumerate((0.001, 0.02, 0.04))]
        assert notable.remaining(tested) == frozenset(tested)
        four = [self.gap(z[p] + place / 1e6, 1.959964) for place, p in enumerate((0.9, 0.04, 0.01, 0.001))]
        assert notable.remaining(four) == frozenset(four[2:])

    @pytest.mark.parametrize(
        ("kept", "text"),
        [(0, "Ingen av dem håller när"), (1, "En av dem håller också när"), (2, "Alla håller också när")],
    )
    def test_words(self, base, kept, text):
        """None, one or all of two remain: three sentences."""
        finding = notable.notable(base).findings[0]
        found = notable.Notable((finding,), 40, frozenset(finding.differences[:kept]))
        assert text in plain(sentences.notable(found))

    @pytest.mark.parametrize(("kept", "text"), [(0, "Den håller inte när"), (1, "Den håller också när")])
    def test_words_of_a_single_one(self, base, kept, text):
        """One difference stands out and remains, or does not."""
        finding = notable.notable(base).findings[1]
        assert text in plain(sentences.notable(notable.Notable((finding,), 40, frozenset(finding.differences[:kept]))))

    def test_the_fewer_are_marked(self, base):
        """One of two holds: it is marked. One of three does not: that is marked, and said. All hold: no marks."""
        first, second, _ = notable.notable(base).findings
        of_two = notable.Notable((first,), 40, frozenset(first.differences[:1]))
        assert sentences.finding(first, of_two).count("(håller efter Holm)") == 1
        assert sentences.how_marked(of_two) == ""
        of_three = notable.Notable((first, second), 40, frozenset(first.differences))
        assert "(håller inte efter Holm)" in sentences.finding(second, of_three)
        assert "Holm" not in sentences.finding(first, of_three)
        assert sentences.how_marked(of_three).endswith("utom de markerade.")
        whole = notable.Notable((first,), 40, frozenset(first.differences))
        assert "Holm" not in sentences.finding(first, whole)
        assert sentences.how_marked(whole).startswith("Alla skillnader i listan")


class TestEquity:
    """What lies between schools, and what background means."""

    def test_share_between_has_its_interval(self, analysis):
        """10 % (5–20); 5 % (2.5–10) five years before is no certain difference with these intervals."""
        text = plain(passages.equity(analysis).text)
        assert text.startswith("10,0 % (5–20) av elevernas skillnader i meritvärde låg mellan skolorna")
        assert "Utan den hänsynen är andelen 13,0 %." in text
        assert "med så få skolor är skillnaden inte säker" in text

    def test_a_hidden_share_is_not_called_unknown(self, analysis):
        """Where it would tell of a hidden school the sentence says that, not that data are missing."""
        series = analysis.series("merit_icc", grade_year=9)
        hidden = replace(series.points[-1], value=None, lower=None, upper=None, status=CellStatus.PROTECTS_OTHER)
        alone = replace(series, points=(hidden,))
        assert "kunde en dold skolas resultat räknas ut" in equity_words.between_schools(alone, hidden)

    def test_a_certain_change_of_the_share_is_told(self, analysis):
        """From 5 % (4–6) to 10 % (9–11) is a rise."""
        series = analysis.series("merit_icc", grade_year=9)
        first = replace(series.points[0], lower=0.04, upper=0.06)
        last = replace(series.points[-1], lower=0.09, upper=0.11)
        text = plain(equity_words.between_schools(replace(series, points=(first, last)), first))
        assert "Den har säkert ökat från 5,0 % läsåret 2020/21." in text

    def test_spread_and_background(self, analysis):
        """P90 − P10, lowest quarter, slope with interval, explained share and n."""
        text = plain(passages.equity(analysis).text)
        assert "ligger 190,0 (180–200) poäng över gränsen till den tiondel som har lägst." in text
        assert "Den fjärdedel som har lägst meritvärde har i medeltal 150,0 (144–156) poäng." in text
        assert (
            "38,0 (32–44) poäng högre; 14,0 % (10–19) av skillnaderna mellan eleverna följer utbildningen (280 elever)"
            in text
        )

    def test_segregation_stands_beside_chance(self, analysis):
        """22 % of the group would have to move; drawing lots would give 9 %."""
        assert "lottning skulle ge 9,0 %" in plain(passages.equity(analysis).text)
        table = equity.over_years(analysis)
        assert next(row for row in rows(table) if row[0].startswith("Segregation, utb"))[-2] == "22,0 (9,0)"

    @pytest.mark.parametrize(
        ("low", "high", "text"),
        [(50.0, 350.0, "kronor högre (50–350)."), (-50.0, 450.0, "+200 kronor (−50 till +450); den är inte säker")],
    )
    def test_compensation_is_told_with_its_certainty(self, low, high, text):
        """200 kronor more per percentage point: certain above zero, and not."""
        point = Point(metric="compensation_slope", level="municipality", unit="9999", school_year="2024/25",
                      value=200.0, lower=low, upper=high, recorded=True)  # fmt: skip
        assert text in plain(equity_words.compensation(point))

    def test_nothing_is_said_of_what_is_not_known(self):
        """Without numbers no sentence."""
        assert equity_words.spread(None, None) == ""
        assert equity_words.background(None, None) == ""
        assert equity_words.segregation(None, None) == ""
        assert equity_words.compensation(None) == ""

    def test_table_has_the_newest_interval_and_n(self, analysis):
        """Years side by side, the newest with its interval, and how many pupils it rests on."""
        table = equity.over_years(analysis)
        row = next(row for row in rows(table) if row[0].startswith("Bakgrundens"))
        assert row[1:] == ("40,0", "41,0", "40,0", "39,0", "38,0 (32–44)", "280")

    def test_figure_has_four_panels_and_tells_the_finding(self, analysis):
        """Between schools, tenths, background, segregation with chance dotted; the alt text says what is certain."""
        picture = equity.development(analysis)
        assert plain(picture.alt).count(": från ") == 4
        assert "från 5,0 (2020/21) till 10,0 (2024/25), ingen säker förändring" in plain(picture.alt)
        assert "slumpen ensam skulle ge 9,0" in plain(picture.alt)

    def test_a_single_measure_makes_no_figure(self, base):
        """One panel alone is left out; the table tells it."""
        assert equity.development(base) == Passage("")


class TestCohorts:
    """The same pupils over time."""

    @pytest.mark.parametrize(
        ("year", "grade", "autumn"), [("2025/26", 9, 2017), ("2025/26", 1, 2025), ("2019/20", 6, 2014)]
    )
    def test_cohort_is_named_by_the_autumn_of_year_1(self, year, grade, autumn):
        """Who is in year 9 in 2025/26 began year 1 in the autumn of 2017 (domain §9.1)."""
        assert cohorts.began(year, grade) == autumn

    def test_steps_stand_three_years_first_and_the_newest_of_one(self, analysis):
        """Two cohorts over three years, newest first; of the steps over one year only that of the newest year."""
        found = cohorts.steps(analysis)
        assert [(one.years, one.began, one.from_grade, one.to_grade) for one in found] == [
            (3, 2016, 6, 9), (3, 2015, 6, 9), (1, 2017, 7, 8),
        ]  # fmt: skip
        assert found[0].from_year == "2021/22"

    def test_parts_sum_to_the_change(self, analysis):
        """1.2 = 0.9 + 0.4 − 0.1: the three parts of the table add up."""
        first = cohorts.steps(analysis)[0]
        assert sum(part.value for part in first.parts) == pytest.approx(first.change.value)

    def test_table_of_changes(self, analysis):
        """Counts, change and progress of stayers with intervals, effects of movers without."""
        assert rows(cohort_tables.decomposition(analysis))[0] == (
            "2016", "6 till 9", "2024/25", "240", "30", "48", "+1,20 (+0,9 till +1,5)", "+0,90 (+0,6 till +1,2)",
            "+0,40", "−0,10",
        )  # fmt: skip

    def test_cohort_report_follows_a_cohort_over_its_grade_years(self, analysis):
        """The cohort of 2016 has year 6 in 2021/22 … year 9 in 2024/25; 83 % of its pupils were there all that time."""
        table = cohort_tables.over_grades(analysis)
        row = next(row for row in rows(table) if row[0] == "2016")
        assert row == ("2016", "", "75,0", "11,6", "11,7", "11,8", "12,0", "82,3", "235,0", "290", "83,3")

    def test_words_say_what_the_change_is_made_of(self, analysis):
        """Sizes with direction, parts with signs, and how many were the same."""
        text = plain(cohort_tables.opening(analysis).text)
        assert (
            "fick 1,20 högre betygspoäng per elev i årskurs 9 än i årskurs 6 (95 %-intervall +0,90 till +1,50)" in text
        )
        assert "att elever slutade gav +0,40 och att elever började −0,10. 83,3 % av eleverna" in text

    def test_a_fall_is_called_lower(self, analysis):
        """From year 7 to 8 the stayers' mean fell by 0.1."""
        step = cohorts.steps(analysis)[2]
        assert "0,10 lägre betygspoäng" in plain(cohort_words.brief(step))
        assert "0,20 lägre betygspoäng per elev i årskurs 8 än i årskurs 7" in plain(cohort_words.progress(step))

    def test_few_of_the_same_are_warned_of(self, analysis):
        """180 of 280 are 64 %: less than seven of ten."""
        assert plain(cohort_words.same(cohorts.steps(analysis)[1])).endswith(
            "var desamma, färre än sju av tio: tolka förändringen försiktigt."
        )

    def test_hidden_share_of_the_same_is_not_told(self, analysis):
        """Nothing stands where the share is hidden."""
        step = cohorts.steps(analysis)[0]
        assert cohort_words.same(replace(step, matched=replace(step.matched, value=None))) == ""

    def test_nothing_to_follow_is_said(self, base):
        """Without cohorts one sentence, and no table."""
        assert cohort_tables.opening(base).text.startswith("Underlaget räcker inte för att följa samma elever")
        assert cohort_tables.decomposition(base) == Passage("")

    def test_pseudo_cohorts_are_called_that(self, tmp_path):
        """Published means of the same school three years apart: named as pseudo-cohort, and not the same pupils."""

        def published(sheet):
            for code, value in ((by_hand.A, 0.8), (by_hand.B, -0.4), (by_hand.C, 0.1)):
                by_hand.put(sheet, "pseudo_cohort_change", {"value": value}, by_hand.school(code), grade_year=9,
                            subject="MA", source="api:gr")  # fmt: skip

        text = plain(cohort_tables.opening(by_hand.opened(tmp_path, more=published)).text)
        assert "Som pseudo-kohort, skolans årskurs 6 jämte dess årskurs 9 tre år senare" in text
        assert (
            "i matematik med mellan −0,4 och +0,8 vid 3 skolor; i mitten +0,1 (2024/25). Det är inte samma elever"
            in text
        )

    def test_pseudo_cohorts_are_silent_beside_real_ones(self, analysis):
        """Where pupils can be followed nothing is said of pseudo-cohorts."""
        assert pseudo.said(analysis) == ""
        assert "pseudo" not in cohort_tables.opening(analysis).text


class TestValueAdded:
    """Schools beside pupils with the same earlier results."""

    def test_rows_stand_by_name_with_raw_and_shrunken(self, analysis):
        """Five schools in the order of the alphabet, whatever their values."""
        found = value_added.added(analysis)
        assert [one.unit.name for one in found] == [
            "Almskolan", "Björkskolan", "Höjdskolan", "Ivarskolan", "Junoskolan",
        ]  # fmt: skip
        assert [one.raw.value for one in found] == [1.5, -0.4, 0.2, -2.0, 0.0]

    def test_sides_follow_the_shrunken_value(self, analysis):
        """Almskolan 1.1 ± 0.6 is above; Ivarskolan −0.6 ± 0.8 is not below, though −2.0 ± 1.6 raw would be."""
        assert [one.side for one in value_added.added(analysis)] == [1, 0, 0, 0, 0]

    def test_words_name_only_the_certain(self, analysis):
        """One school, four that cannot be told apart, and no ranking."""
        text = value_added.said(value_added.added(analysis))
        assert "Säkert högre: Almskolan. Fyra skolor kan inte skiljas från det. Det är ingen rangordning" in text

    def test_words_when_nobody_is_certain(self, analysis):
        """All intervals hold zero."""
        rest = value_added.added(analysis)[1:]
        assert "Ingen av fyra skolor skiljer sig säkert från det." in value_added.said(rest)
        assert value_added.in_words(rest).endswith("Alla intervall rymmer noll.")

    def test_figure_draws_rings_and_dots(self, analysis):
        """A ring for each raw value, a dot for each shrunken one, zero as a line, the first name on top."""
        (axis,) = value_added.draw(value_added.added(analysis)).axes
        drawn = [line.get_gid() for line in axis.lines]
        assert (drawn.count("raw"), drawn.count("value"), drawn.count("zero")) == (5, 5, 1)
        assert next(iter(axis.get_yticklabels())).get_text() == "Almskolan"

    def test_few_schools_are_not_shown(self, base):
        """Nothing to stand beside: an empty passage."""
        assert value_added.of_schools(base) == Passage("")
        assert appendix.value_added(base) == Passage("")

    def test_table_on_the_page_has_both(self, analysis):
        """Raw and shrunken with intervals and n, on the page alone."""
        table = appendix.value_added(analysis)
        assert table.only_on_page
        assert rows(table)[0] == ("Almskolan", "40", "+1,50 (0,7–2,3)", "+1,10 (0,5–1,7)")


class TestSalsa:
    """Three years together, never a ranking."""

    def test_three_years_name_only_the_certain(self, analysis):
        """Almskolan +14 ± 9 is certainly above, Björkskolan −3 ± 8 is not."""
        picture = salsa_figure.expected_merit(analysis)
        assert "Säkert över det väntade, tre läsår sammantagna: Almskolan +14 poäng (+5 till +23)" in plain(
            picture.lead
        )
        assert "För en skola rymmer intervallet noll. Avvikelsen är ingen rangordning" in plain(picture.lead)
        assert "En av dem avviker säkert" in picture.alt

    def test_only_the_certain_are_named_in_the_figure(self, analysis):
        """One name, one coloured dot."""
        (axis,) = salsa_figure.draw_three_years(salsa.three_years(analysis)).axes
        assert [text.get_text() for text in axis.texts] == ["Almskolan"]
        assert [line.get_gid() for line in axis.lines].count("apart") == 1

    def test_nobody_certain(self, analysis):
        """The sentence counts the schools instead of naming any."""
        rest = [one for one in salsa.three_years(analysis) if not one.side]
        assert "Tre läsår sammantagna avviker ingen av en skola säkert från det väntade." in salsa_words.pooled(rest)
        assert "Ingen av dem avviker säkert" in salsa_words.pooled_in_words(rest)

    def test_own_computation_is_told(self, tmp_path):
        """Residuals that were computed here are not called published."""

        def own(sheet):
            further.fill(sheet)
            for row in sheet.results:
                if row["metric"] == "salsa_residual" and row["breakdown"] == "period":
                    row["source"] = "register:salsa-2024/25"

        assert "det är inte publicerat" in salsa_figure.expected_merit(by_hand.opened(tmp_path, more=own)).caption


class TestGoals:
    """Targets and commitments over all schools."""

    def test_schools_are_counted_by_status(self, analysis):
        """One each of reached, partly and not; the municipality's own row beside them, with trend."""
        assert rows(goal_tables.targets(analysis)) == [
            ("Minst E i alla ämnen, åk 9", "85,0 % (±2)", "–", "–", "–", "–", "82,3 %, delvis, 0,0 per år"),
            ("Fyra av fem når alla ämnen", "80,0 % (±5)", "1", "1", "1", "0", "82,3 %, nått, +0,4 per år"),
            ("Meritvärde, åk 9", "240,0 (±3)", "1", "0", "1", "1", "235,0"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("status", "sign"), [("too_few", ".."), ("protects_other", ".."), ("nearly_all", "~100"), ("missing", ".")]
    )
    def test_a_hidden_whole_has_the_sign_of_every_table(self, analysis, status, sign):
        """A dash means that no source has the number; one that is not shown has its own sign, and a note says why."""
        year = "2024/25"
        own = analysis.whole("merit_rating_17", year, grade_year=9, subject="")
        gone = replace(own, value=None, lower=None, upper=None, n=None, raw="", status=CellStatus(status))
        wholes = {key: gone if found is own else found for key, found in analysis.wholes.items()}
        hidden = replace(analysis, wholes=wholes)
        table = goal_tables.targets(hidden)
        assert rows(table)[-1][-1] == sign
        assert ("Två punkter" in " ".join(table.notes)) is (sign == "..")

    def test_brief_counts_what_can_be_judged(self, analysis):
        """Two of five reached, one partly, two not, one that cannot be judged."""
        assert plain(goal_tables.in_brief(analysis)[0]) == (
            "Av 5 målvärden för skolorna som kan bedömas har två nåtts, ett delvis och två inte; ett kan inte bedömas."
        )

    def test_commitments_are_told_by_measure(self, analysis):
        """One commitment, partly reached."""
        assert rows(goal_tables.commitments(analysis)) == [("Minst E i alla ämnen, åk 6", "1", "0", "1", "0", "0")]

    def test_nothing_judged_is_said(self, analysis):
        """Where none can be judged no share is told."""
        tally = replace(goals.targets(analysis)[1], counts=dict.fromkeys(goals.STATUSES, 0) | {"cannot_be_judged": 4})
        assert plain(goal_tables._counted([tally], "mål", "mål")) == "Inget av 4 mål kan bedömas."

    def test_targets_that_differ_between_schools_are_not_one_number(self, tmp_path):
        """Two schools with targets of their own under one title: the table says that they differ."""

        def differing(sheet):
            further.fill(sheet)
            for goal in sheet.goals:
                if goal["unit"] == by_hand.A and goal["title"]:
                    goal["target"] = 0.95

        found = by_hand.opened(tmp_path, more=differing)
        assert [row[1] for row in rows(goal_tables.targets(found))][1] == "olika per skola"

    def test_no_goals_is_one_sentence(self, tmp_path):
        """Without goals no tables, and nothing in brief."""
        bare = by_hand.opened(tmp_path, without=(by_hand.MERIT, by_hand.PASSED))
        assert goal_tables.opening(bare).text.startswith("Underlaget innehåller inga mål, åtaganden eller skattningar")
        assert (goal_tables.targets(bare), goal_tables.commitments(bare)) == (Passage(""), Passage(""))


class TestWork:
    """Self-assessment, money, conditions."""

    def test_distribution_counts_schools_by_step(self, analysis):
        """Närvaro: principals 4, 3, 2, the organizer three threes; one of three alike."""
        assert rows(work.assessments(analysis)) == [
            ("Närvaro", "1 · 1 · 1 · 0", "0 · 3 · 0 · 0", "33"),
            ("Trygghet och studiero", "0 · 2 · 0 · 1", "0 · 1 · 1 · 1", "67"),
        ]

    def test_opening_tells_agreement_and_money(self, analysis):
        """Shares by rater, agreement, and the range of kronor per pupil."""
        assert plain(work.opening(analysis).text) == (
            "Rektorerna skattade 67 % av områdena som uppfyllda helt eller till stor del (2024/25), huvudmannen 67 %. "
            "I 50 % av fallen var de två skattningarna lika. Sedan läsåret före höjde rektorerna 33 % av skattningarna "
            "och sänkte 17 %. Resursfördelningen ger skolorna mellan 70 000 och 108 000 kronor per elev (2024/25)."
        )

    def test_allocation_is_in_million_kronor(self, analysis):
        """Sums in millions, index and kronor per pupil as they are; schools by name."""
        assert rows(work.allocation(analysis)) == [
            ("Almskolan", "80,0", "50,0", "4,0", "54,0", "108 000"),
            ("Björkskolan", "120,0", "30,0", "5,0", "35,0", "70 000"),
        ]

    def test_conditions_over_the_years(self, analysis):
        """Sick leave and children per full-time staff, five years."""
        table = work.conditions(analysis)
        assert [row[-1] for row in rows(table)] == ["5,4", "22,0"]
        assert [column.header for column in table.columns][1:] == ["20/21", "21/22", "22/23", "23/24", "24/25"]

    def test_opening_follows_that_of_the_goals(self, analysis):
        """One passage opens the section: goals, then work."""
        goals_first, *rest = goal_tables.opening(analysis).text.split("\n\n")
        assert goals_first.startswith("Av 5")
        assert rest == [work.opening(analysis).text]

    def test_nothing_known_leaves_the_part_out(self, base):
        """Official data hold nothing of it."""
        assert not work.known(base)
        parts = (work.opening, work.assessments, work.allocation, work.conditions)
        assert [part(base) for part in parts] == [Passage("")] * 4


class TestReconciliation:
    """Whether the levels agree."""

    TOLD = (
        ("school of municipality", 40, 40, "", None, None),
        ("parental_education", 30, 10, "", None, None),
        ("parental_education", 20, 0, "unknown_education", None, None),
        ("official", 5, 5, "", None, None),
        ("official", 7, 7, "rounding", None, None),
        ("official", 2, 0, "counted_otherwise", None, None),
        ("official merit_rating_17 9 9999 2023/24", 1, 0, "counted_otherwise", 235.5, 234.5),
        ("official merit_rating_17 9 9999 2024/25", 1, 0, "counted_otherwise", 235.0, 234.5),
        ("official merit_rating_17 9 SE 2024/25", 1, 1, "", 230.0, 230.0),
        ("official all_subjects_passed_share 9 9999 2024/25", 1, 0, "official_not_shown", 0.8, None),
        ("official pupil_count 9999 2024/25", 1, 1, "", None, 1710.0),
    )

    @pytest.fixture
    def reconciled(self, tmp_path):
        """The slice with totals that agree and others that do not."""
        columns = ("what", "totals", "equal", "reason", "own", "official")
        told = [dict(zip(columns, one, strict=True)) for one in self.TOLD]
        return by_hand.opened(tmp_path, about={"reconciliation": told})

    def test_kinds_and_reasons(self, reconciled):
        """Per kind how many totals equal their parts; the others by reason; rounding is no difference."""
        assert rows(reconciliation.levels(reconciled)) == [
            ("Skolor i kommunen", "40", "40", "–"),
            ("Efter föräldrarnas utbildning", "30", "10", "20: föräldrarnas utbildning är inte känd för alla"),
            ("Egna tal och officiella", "14", "12", "2: annan mätdag eller andra elever"),
        ]

    def test_figures_stand_beside_the_official_ones(self, reconciled):
        """The newest of the municipality; what may not be told of our own is a dash, a hidden official one left out."""
        assert rows(reconciliation.official(reconciled)) == [
            ("Meritvärde, åk 9", "2024/25", "235,0", "234,5", "annan mätdag eller andra elever"),
            ("Elever", "2024/25", "–", "1 710", "–"),
        ]

    def test_none_made(self, base):
        """Nothing stands where nothing was reconciled."""
        assert (reconciliation.levels(base), reconciliation.official(base)) == (Passage(""), Passage(""))


class TestQuestions:
    """Each starts from this municipality's numbers."""

    def test_same_pupils(self, analysis):
        """Stayers certainly rose and leavers certainly raised the mean; joiners did not."""
        text = questions.about_same_pupils(analysis).text
        assert "fick säkert högre betygspoäng" in text
        assert "Att elever slutade ändrade kullens medelvärde säkert" in text
        assert "Att elever började" not in text

    def test_value_added_and_background(self, analysis):
        """Named schools and numbers."""
        assert "Almskolan skiljer sig säkert från det väntade" in questions.about_value_added(analysis).text
        assert "mot 9,0 % av slump" in plain(questions.about_background(analysis).text)

    def test_always_something_to_ask(self, base):
        """Without numbers the last question remains."""
        asked = (questions.about_same_pupils, questions.about_value_added, questions.about_background)
        assert all(question(base).text.startswith("1. ") for question in asked)


@pytest.mark.parametrize("seed", [1, 2])
def test_order_of_rows_never_changes_a_word(analysis, tmp_path, seed):
    """Shuffled rows give the same tables and sentences."""
    shuffled = by_hand.opened(tmp_path / "shuffled", more=further.fill, seed=seed)
    for part in (passages.equity, equity.over_years, cohort_tables.opening, cohort_tables.decomposition,
                 cohort_tables.over_grades, goal_tables.targets, goal_tables.commitments, work.opening,
                 work.assessments, work.allocation, appendix.shrunken):  # fmt: skip
        assert part(shuffled) == part(analysis)

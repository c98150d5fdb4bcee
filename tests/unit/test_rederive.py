"""The second derivation: equal to the first on the whole demo, and loud when one rule of one of them is another."""

import ast
import re
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from skq import cli
from skq.aggregate import aggregate
from skq.errors import SkqError
from skq.rederive import METRICS, differences, engine, rederived, require_equal, scripts
from skq.validate import validated

ROOT = Path(__file__).parents[2]
YEAR = "2024/25"

OF_SURVEY = {metric for metric in METRICS if metric.startswith(("survey", "hme"))}
OF_AUTUMN = {metric for metric in METRICS if metric.startswith("autumn")}
OF_PUPILS = {metric for metric in METRICS if metric not in OF_SURVEY | OF_AUTUMN}
MERIT, ALL_SUBJECTS = (
    {"merit_rating_16", "merit_rating_17"},
    {"all_subjects_passed_share", "failed_several_subjects_share"},
)
SIXTH = {"failed_one_subject_share", "failed_several_subjects_share"}
SUBJECTS, PARTS = {"subject_grades_mean"}, {"test_part_reached_share"}
POSITIVE = {metric for metric in OF_SURVEY if metric.endswith("positive_share")}
INDEX = {metric for metric in OF_SURVEY if metric.endswith("_index")} - {"hme_index"}
RESPONSE = {"survey_response_share", "survey_guardians_response_share"}
HME = {"hme_index", "hme_motivation", "hme_leadership", "hme_governance"}
KNOWING = "sum(persons) FILTER (WHERE score IS NOT NULL) AS answered"
STAYED = "enrolled_to IS NULL OR enrolled_to >= make_date(left(school_year, 4)::INTEGER + 1, 6, 1)"

CHANGED_RULES = [
    pytest.param("2_grades.sql", "apart <= 16", "apart <= 17", {"merit_rating_17"}, id="best seventeen"),
    pytest.param("2_grades.sql", "HAVING bool_or(passed)", "", MERIT, id="mean over all pupils"),
    pytest.param("2_grades.sql", " AND NOT adapted_studies", "", ALL_SUBJECTS, id="adapted studies may pass"),
    pytest.param("2_grades.sql", "others >= 5", "others >= 9", {"eligible_vocational_share"}, id="nine others"),
    pytest.param("2_grades.sql", "'FY', 'KE'", "'FY', 'TK'", {"eligible_science_share"}, id="technology for chemistry"),
    pytest.param(
        "3_tests.sql", "count(*) AS n, count(s", "count(step) AS n, count(s", {"test_participation_share"}, id="of some"
    ),
    pytest.param(
        "2_grades.sql", "CASE WHEN adapted_studies THEN", "CASE WHEN FALSE THEN", SIXTH | SUBJECTS, id="no blanks"
    ),
    pytest.param("2_grades.sql", "replace(subject, 'SVA', 'SV')", "pupil_year", SIXTH | SUBJECTS, id="one subject"),
    pytest.param("3b_autumn.sql", "12, 15", "9, 15", OF_AUTUMN, id="autumn begins instead of ends"),
    pytest.param(
        "3b_autumn.sql",
        "WHERE grade_year = 9 OR adapted_studies OR marked.pupil_year IS NOT NULL",
        "",
        {"autumn_all_subjects_passed_share"},
        id="unmarked in every year",
    ),
    pytest.param("3_tests.sql", "= any_value(parts.number)", "> 0", {"test_all_parts_share"}, id="some parts"),
    pytest.param(
        "3_tests.sql", "count(*), count_if(reached)\n    FROM part", "count(*), 0\n    FROM part", PARTS, id="no level"
    ),
    pytest.param("3_tests.sql", "spring_grade.step - test.step AS", "1 AS", {"grade_test_steps"}, id="a step each"),
    pytest.param("3_tests.sql", "sum(points_above)", "sum(steps)", {"grade_test_points"}, id="points are steps"),
    pytest.param("1b_survey.sql", "THEN 4 - try", "THEN -1 + try", INDEX, id="nothing is negative"),
    pytest.param("1b_survey.sql", "answer IN ('1', '2')", "answer = '1'", POSITIVE, id="never only"),
    pytest.param("1b_survey.sql", "sum(persons) FILTER (WHERE positive)", "0", POSITIVE, id="nobody is positive"),
    pytest.param("1b_survey.sql", "* 25.0", "* 20.0", HME, id="five steps of twenty"),
    pytest.param(
        "1b_survey.sql", "count(DISTINCT respondent)", "1", {"survey_staff_response_share"}, id="one person answered"
    ),
    pytest.param("1b_survey.sql", "sum(persons) AS answered", KNOWING, RESPONSE, id="without don't know"),
    pytest.param("1_places.sql", STAYED, "enrolled_from IS NULL", OF_PUPILS, id="there from the start"),
]


@pytest.fixture(scope="module")
def tables():
    """The registers of the invented municipality."""
    return validated(ROOT / "data" / "demo").frames


@pytest.fixture(scope="module")
def results(tables):
    """What the first derivation makes of them."""
    return aggregate(tables)


@pytest.fixture(scope="module")
def one_year(tables, results):
    """The registers of one school year and its results."""
    of_year = {name: frame[frame["school_year"].eq(YEAR)] for name, frame in tables.items() if "school_year" in frame}
    return of_year, results[results["school_year"].eq(YEAR)]


def test_every_cell_of_the_demo(tables, results):
    """Both give the same rows and the same n, sum and value, of every metric at every level and breakdown."""
    by_sql = rederived(tables)
    assert require_equal(results, by_sql) == len(by_sql) > 150_000
    assert set(by_sql["metric"]) == set(METRICS)
    assert set(by_sql["breakdown"]) == {"all", "sex", "parental_education"}


def test_parquet_files_give_the_same(one_year, tmp_path):
    """Parquet files may stand for the frames; columns that a file lacks count as blank."""
    of_year, _ = one_year
    of_year["grades"].drop(columns="is_language_choice").to_parquet(tmp_path / "grades.parquet", index=False)
    from_file = rederived({**of_year, "grades": tmp_path / "grades.parquet"})
    pd.testing.assert_frame_equal(from_file, rederived(of_year))


@pytest.mark.parametrize(("file", "rule", "changed", "named"), CHANGED_RULES)
def test_a_changed_rule_is_named(one_year, file, rule, changed, named):
    """With one rule of the SQL changed, the comparison names the metrics that the rule belongs to, and no others."""
    of_year, results = one_year
    sql = scripts()
    assert rule in sql[file]
    found = differences(results, rederived(of_year, sql={**sql, file: sql[file].replace(rule, changed)}))
    assert {difference.key[0] for difference in found} == named


def test_order_of_rows_does_not_matter(one_year):
    """The two derivations are held side by side by key, in whatever order their rows come."""
    of_year, results = one_year
    by_sql = rederived(of_year)
    assert require_equal(results, by_sql.sample(frac=1, random_state=1)) == len(by_sql)
    other = by_sql.assign(value=by_sql["value"].where(by_sql.index != 7, 400.0))
    named = differences(results, other.sample(frac=1, random_state=1))
    assert len(named) == 1
    assert named == differences(results, other)


def test_texts_may_be_categories(one_year):
    """Texts of the results may be categories, of more than what is derived twice: the same is told of them."""
    of_year, results = one_year
    coded = results.astype({name: "category" for name, dtype in results.dtypes.items() if dtype == "str"})
    by_sql = rederived(of_year)
    assert require_equal(coded, by_sql) == len(by_sql)
    other = by_sql.assign(value=by_sql["value"].where(by_sql.index != 7, 400.0))
    assert differences(coded, other) == differences(results, other) != []
    assert differences(coded, other[1:]) == differences(results, other[1:]) != []


def test_message_names_the_first_differences(one_year):
    """The error says which numbers differ and how, and what to do."""
    of_year, results = one_year
    by_sql = rederived(of_year)
    merit = by_sql["metric"].eq("merit_rating_17") & by_sql["level"].eq("municipality")
    by_sql.loc[merit & by_sql["breakdown"].eq("all"), "value"] += 0.5
    by_sql = by_sql[~(merit & by_sql["category"].eq("girls"))]
    with pytest.raises(SkqError) as caught:
        require_equal(results, by_sql)
    message = str(caught.value)
    assert message.startswith("2 cell(s) differ")
    assert re.search(
        r"merit_rating_17 · municipality · 9901 · 2024/25 · 9 · all · all: value is (\S+), by SQL", message
    )
    assert "girls: the row is there, by SQL absent" in message
    assert "next:" in message


def test_rows_of_official_statistics_are_not_compared(one_year):
    """Published figures are no derivation of ours."""
    of_year, results = one_year
    official = results.assign(source="siris:139", value=0.0)
    more = pd.concat([results, official[official["level"].eq("municipality")]])
    assert differences(more, rederived(of_year)) == []


def test_nothing_of_the_first_derivation_is_imported():
    """The room imports neither formulas nor sums of the first derivation."""
    imported = set()
    for entry in files("skq.rederive").iterdir():
        if entry.name.endswith(".py"):
            for node in ast.walk(ast.parse(entry.read_text(encoding="utf-8"))):
                imported |= {node.module} if isinstance(node, ast.ImportFrom) else set()
    assert imported
    assert not [name for name in imported if str(name).startswith(("skq.metrics", "skq.aggregate", "skq.catalog"))]


def test_no_registers_give_no_rows():
    """Without any table there is an empty frame with the columns and dtypes of the key."""
    empty = rederived({})
    assert len(empty) == 0
    assert str(empty["grade_year"].dtype) == "Int64"


def test_check_and_build_derive_twice(tmp_path, capsys, monkeypatch):
    """`skq check --rederive` says how many numbers agree; a build that finds a difference publishes nothing."""
    register, out = tmp_path / "kommun", tmp_path / "out"
    assert cli.run(["demo", str(register), "--schools", "2", "--years", "1"]) == 0
    assert cli.run(["check", str(register), "--rederive"]) == 0
    assert re.search(r"[1-9]\d* numbers derived twice, every cell equal", capsys.readouterr().out)
    sql = scripts()
    changed = {**sql, "2_grades.sql": sql["2_grades.sql"].replace("apart <= 16", "apart <= 3")}
    monkeypatch.setattr(engine, "scripts", lambda: changed)
    assert cli.run(["build", "--data", str(register), "--out", str(out)]) == 2
    message = capsys.readouterr().err
    assert re.search(r"merit_rating_17 · .* · 9 · .*: value is [\d.]+, by SQL [\d.]+", message)
    verdicts = {*(out / "tables" / "bundles").rglob("*.parquet")}  # which tell no number
    tables = sorted({*out.rglob("*.parquet")} - verdicts)
    assert tables + list(out.rglob("*.html")) == []


def test_rows_are_never_written_to_the_disk(tmp_path, monkeypatch):
    """Where memory is short the derivation ends: a pupil's row is not put by in a file of the working folder."""
    monkeypatch.chdir(tmp_path)
    sorting = "CREATE TABLE rederived AS SELECT hash(i) AS one FROM range(4_000_000) AS r(i) ORDER BY one"
    with pytest.raises(SkqError, match="too little memory(.|\n)*--jobs 1"):
        rederived({}, sql={"1.sql": "SET memory_limit = '20MB'", "2.sql": sorting})
    assert list(tmp_path.iterdir()) == []

-- All levels and breakdowns: counts and sums of schools are added up, then divided (§2, §7: never a mean of means).

CREATE OR REPLACE TEMP VIEW piece AS
FROM grade_piece UNION ALL FROM autumn_piece UNION ALL FROM test_piece;

-- Few texts in many rows: each is kept once, and told by its place in the order of texts.
CREATE OR REPLACE TYPE metric_name AS ENUM (SELECT metric FROM piece UNION SELECT metric FROM survey_row ORDER BY ALL);
CREATE OR REPLACE TYPE subject_name AS ENUM (
    SELECT subject FROM piece UNION SELECT subject FROM survey_row ORDER BY ALL
);
CREATE OR REPLACE TYPE level_name AS ENUM (SELECT DISTINCT level FROM place ORDER BY ALL);
CREATE OR REPLACE TYPE unit_name AS ENUM (SELECT DISTINCT unit FROM place ORDER BY ALL);
CREATE OR REPLACE TYPE year_name AS ENUM (SELECT DISTINCT school_year FROM place ORDER BY ALL);
CREATE OR REPLACE TYPE breakdown_name AS ENUM ('all', 'parental_education', 'sex');

-- The numbers of all units, from the counts and sums of schools in the table that *pieces* names.
CREATE OR REPLACE TEMP MACRO added_up(pieces) AS TABLE
WITH short_piece AS (
    SELECT school_unit_code, school_year, metric::metric_name AS metric, grade_year, subject::subject_name AS subject,
        sex, parental_education, n, numerator
    FROM query_table(pieces)
), short_place AS (
    SELECT school_unit_code::unit_code AS school_unit_code, school_year::year_of_school AS school_year,
        level::level_name AS level, unit::unit_name AS unit, school_year::year_name AS year
    FROM place
), placed AS (
    SELECT * EXCLUDE (school_unit_code, school_year, year), year AS school_year
    FROM short_piece JOIN short_place USING (school_unit_code, school_year)
)
SELECT metric, level, unit, school_year, grade_year, subject,
    CASE grouping(sex, parental_education) WHEN 3 THEN 'all' WHEN 1 THEN 'sex' ELSE 'parental_education' END
        AS breakdown,
    CASE grouping(sex, parental_education) WHEN 3 THEN 'all'::category_name WHEN 1 THEN sex ELSE parental_education END
        AS category,
    sum(n) AS n,
    sum(numerator) AS numerator,
    sum(numerator) / sum(n) AS value
FROM placed
GROUP BY GROUPING SETS (
    (metric, level, unit, school_year, grade_year, subject),
    (metric, level, unit, school_year, grade_year, subject, sex),
    (metric, level, unit, school_year, grade_year, subject, parental_education)
);

CREATE OR REPLACE TEMP TABLE rederived AS
SELECT metric::metric_name AS metric, level::level_name AS level, unit::unit_name AS unit,
    school_year::year_name AS school_year, grade_year, subject::subject_name AS subject,
    breakdown::breakdown_name AS breakdown, category::category_name AS category,
    n::DOUBLE AS n, numerator::DOUBLE AS numerator, value::DOUBLE AS value
FROM survey_row;

-- One kind of measure after the other, so that what has been added up makes room for the next.
INSERT INTO rederived FROM added_up('grade_piece') WHERE category IS NOT NULL;
DROP TABLE grade_piece;
INSERT INTO rederived FROM added_up('autumn_piece') WHERE category IS NOT NULL;
DROP TABLE autumn_piece;
INSERT INTO rederived FROM added_up('test_piece') WHERE category IS NOT NULL;
DROP TABLE test_piece;

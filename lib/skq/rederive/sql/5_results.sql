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
CREATE OR REPLACE TYPE category_name AS ENUM (
    'all', 'boys', 'compulsory', 'girls', 'post_secondary', 'upper_secondary'
);

CREATE OR REPLACE TEMP VIEW added_up AS
WITH short_piece AS (
    SELECT school_unit_code, school_year, metric::metric_name AS metric, grade_year, subject::subject_name AS subject,
        sex::category_name AS sex, parental_education::category_name AS parental_education, n, numerator
    FROM piece
), short_place AS (
    SELECT school_unit_code, school_year, level::level_name AS level, unit::unit_name AS unit,
        school_year::year_name AS year
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
    sum(numerator) AS numerator
FROM placed
GROUP BY GROUPING SETS (
    (metric, level, unit, school_year, grade_year, subject),
    (metric, level, unit, school_year, grade_year, subject, sex),
    (metric, level, unit, school_year, grade_year, subject, parental_education)
);

CREATE OR REPLACE TEMP VIEW rederived AS
WITH every AS (
    SELECT * REPLACE (breakdown::breakdown_name AS breakdown), numerator / n AS value
    FROM added_up
    WHERE category IS NOT NULL
    UNION ALL
    SELECT metric::metric_name, level::level_name, unit::unit_name, school_year::year_name, grade_year,
        subject::subject_name, breakdown::breakdown_name, category::category_name, n, numerator, value
    FROM survey_row
)
SELECT * REPLACE (n::DOUBLE AS n, numerator::DOUBLE AS numerator, value::DOUBLE AS value) FROM every;

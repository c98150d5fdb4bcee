-- All levels and breakdowns: counts and sums of schools are added up, then divided (§2, §7: never a mean of means).

CREATE OR REPLACE TEMP TABLE piece AS
FROM grade_piece UNION ALL FROM autumn_piece UNION ALL FROM test_piece;

-- Pupils' rows have been counted: their memory is wanted for the sums.
DROP TABLE spring_grade;
DROP TABLE merit;
DROP TABLE yes_or_no;
DROP TABLE sixth;
DROP TABLE autumn_grade;
DROP TABLE test;
DROP TABLE test_and_grade;
DROP TABLE part_taken;

CREATE OR REPLACE TEMP VIEW added_up AS
SELECT metric, level, unit, school_year, grade_year, subject,
    CASE grouping(sex, parental_education) WHEN 3 THEN 'all' WHEN 1 THEN 'sex' ELSE 'parental_education' END AS breakdown,
    CASE grouping(sex, parental_education) WHEN 3 THEN 'all' WHEN 1 THEN sex ELSE parental_education END AS category,
    sum(n) AS n,
    sum(numerator) AS numerator
FROM piece JOIN place USING (school_unit_code, school_year)
GROUP BY GROUPING SETS (
    (metric, level, unit, school_year, grade_year, subject),
    (metric, level, unit, school_year, grade_year, subject, sex),
    (metric, level, unit, school_year, grade_year, subject, parental_education)
);

CREATE OR REPLACE TEMP VIEW rederived AS
WITH every AS (
    SELECT *, numerator / n AS value FROM added_up WHERE category IS NOT NULL
    UNION ALL
    FROM index_row
    UNION ALL
    FROM response_row
)
SELECT * REPLACE (n::DOUBLE AS n, numerator::DOUBLE AS numerator, value::DOUBLE AS value) FROM every;

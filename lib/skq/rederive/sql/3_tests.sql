-- National tests, and how grades relate to them. From: domain.md §6 and §7.

-- §6: which subjects are tested in which year; no tests in the springs of 2020 and 2021.
CREATE OR REPLACE TEMP TABLE planned AS
SELECT * FROM (VALUES
    (3, ['SV', 'SVA', 'MA']),
    (6, ['SV', 'SVA', 'MA', 'EN']),
    (9, ['SV', 'SVA', 'MA', 'EN', 'BI', 'FY', 'KE', 'GE', 'HI', 'RE', 'SH'])
) AS planned(grade_year, subjects);

CREATE OR REPLACE TEMP VIEW given_test AS
SELECT pupil.*, national_tests.subject, national_tests.part, national_tests.result
FROM national_tests
JOIN counted_pupil AS pupil USING (pupil_id, school_year, grade_year)
JOIN planned USING (grade_year)
WHERE list_contains(planned.subjects, national_tests.subject) AND school_year NOT IN ('2019/20', '2020/21');

CREATE OR REPLACE TEMP TABLE test AS
SELECT given_test.* EXCLUDE (part, result), scale.points, scale.step
FROM given_test
LEFT JOIN scale ON scale.grade = given_test.result AND school_year BETWEEN scale.since AND scale.until
WHERE grade_year IN (6, 9) AND part = 'total';

-- §7: only pupils with A-F on both sides.
CREATE OR REPLACE TEMP TABLE test_and_grade AS
SELECT
    test.*,
    spring_grade.step - test.step AS steps,
    spring_grade.points - test.points AS points_above,
    sign(spring_grade.step - test.step) AS direction
FROM test
JOIN spring_grade USING (pupil_id, school_year, grade_year, subject)
WHERE test.step IS NOT NULL AND spring_grade.step IS NOT NULL;

-- §6, year 3: in a part those who took it count; in all parts those who took every part that the subject had that year.
CREATE OR REPLACE TEMP TABLE part_taken AS
SELECT *, result = 'reached' AS reached
FROM given_test
WHERE grade_year = 3 AND part <> 'total';

CREATE OR REPLACE TEMP VIEW whole_test AS
WITH parts AS (
    SELECT school_year, subject, count(DISTINCT part) AS number FROM part_taken GROUP BY ALL
)
SELECT
    taken.* EXCLUDE (part, result, reached),
    bool_and(reached) AS reached
FROM part_taken AS taken JOIN parts USING (school_year, subject)
WHERE result IN ('reached', 'not_reached')
GROUP BY ALL
HAVING count(*) = any_value(parts.number);

CREATE OR REPLACE TEMP VIEW test_piece AS
SELECT 'test_participation_share' AS metric, school_unit_code, school_year, grade_year, subject, sex, parental_education,
    count(*) AS n, count(step) AS numerator
FROM test
GROUP BY ALL
UNION ALL
SELECT 'test_points_mean', school_unit_code, school_year, grade_year, subject, sex, parental_education,
    count(*), sum(points)
FROM test
WHERE step IS NOT NULL
GROUP BY ALL
UNION ALL
SELECT 'test_passed_share', school_unit_code, school_year, grade_year, subject, sex, parental_education,
    count(*), count_if(step >= 1)
FROM test
WHERE step IS NOT NULL
GROUP BY ALL
UNION ALL
SELECT 'grade_above_test_share', school_unit_code, school_year, grade_year, subject, sex, parental_education,
    count(*), count_if(direction = 1)
FROM test_and_grade
GROUP BY ALL
UNION ALL
SELECT 'grade_equal_test_share', school_unit_code, school_year, grade_year, subject, sex, parental_education,
    count(*), count_if(direction = 0)
FROM test_and_grade
GROUP BY ALL
UNION ALL
SELECT 'grade_below_test_share', school_unit_code, school_year, grade_year, subject, sex, parental_education,
    count(*), count_if(direction = -1)
FROM test_and_grade
GROUP BY ALL
UNION ALL
SELECT 'grade_test_net_pp', school_unit_code, school_year, grade_year, subject, sex, parental_education,
    count(*), sum(direction)
FROM test_and_grade
GROUP BY ALL
UNION ALL
SELECT 'grade_test_steps', school_unit_code, school_year, grade_year, subject, sex, parental_education,
    count(*), sum(steps)
FROM test_and_grade
GROUP BY ALL
UNION ALL
SELECT 'grade_test_points', school_unit_code, school_year, grade_year, subject, sex, parental_education,
    count(*), sum(points_above)
FROM test_and_grade
GROUP BY ALL
UNION ALL
SELECT 'test_part_reached_share', school_unit_code, school_year, grade_year, subject || '/' || part, sex,
    parental_education, count(*), count_if(reached)
FROM part_taken
WHERE result IN ('reached', 'not_reached')
GROUP BY ALL
UNION ALL
SELECT 'test_all_parts_share', school_unit_code, school_year, grade_year, subject, sex, parental_education,
    count(*), count_if(reached)
FROM whole_test
GROUP BY ALL;

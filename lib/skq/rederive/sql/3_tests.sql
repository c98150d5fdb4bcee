-- National tests, and how grades relate to them. From: domain.md §6 and §7.

-- §6: which subjects are tested in which year; no tests in the springs of 2020 and 2021.
CREATE OR REPLACE TEMP TABLE planned AS
SELECT * FROM (VALUES
    (3, ['SV', 'SVA', 'MA']),
    (6, ['SV', 'SVA', 'MA', 'EN']),
    (9, ['SV', 'SVA', 'MA', 'EN', 'BI', 'FY', 'KE', 'GE', 'HI', 'RE', 'SH'])
) AS planned(grade_year, subjects);

CREATE OR REPLACE TEMP VIEW given_test AS
SELECT pupil.pupil_year, pupil.alike, school_year, grade_year, national_tests.subject, national_tests.part,
    national_tests.result
FROM national_tests
JOIN counted_pupil AS pupil USING (pupil_id, school_year, grade_year)
JOIN planned USING (grade_year)
WHERE list_contains(planned.subjects, national_tests.subject) AND school_year NOT IN ('2019/20', '2020/21');

CREATE OR REPLACE TEMP TABLE test AS
SELECT given_test.pupil_year, given_test.alike, given_test.subject, scale.points, scale.step
FROM given_test
LEFT JOIN scale ON scale.grade = given_test.result AND school_year BETWEEN scale.since AND scale.until
WHERE grade_year IN (6, 9) AND part = 'total';

-- §7: only pupils with A-F on both sides.
CREATE OR REPLACE TEMP TABLE test_and_grade AS
SELECT
    test.alike,
    subject,
    spring_grade.step - test.step AS steps,
    spring_grade.points - test.points AS points_above,
    sign(spring_grade.step - test.step) AS direction
FROM test
JOIN spring_grade USING (pupil_year, subject)
WHERE test.step IS NOT NULL AND spring_grade.step IS NOT NULL;

DROP TABLE spring_grade;

-- §6, year 3: in a part those who took it count; in all parts those who took every part that the subject had that year.
CREATE OR REPLACE TEMP TABLE part_taken AS
SELECT * EXCLUDE (grade_year), result = 'reached' AS reached
FROM given_test
WHERE grade_year = 3 AND part <> 'total';

CREATE OR REPLACE TEMP VIEW whole_test AS
WITH parts AS (
    SELECT school_year, subject, count(DISTINCT part) AS number FROM part_taken GROUP BY ALL
)
SELECT
    pupil_year,
    alike,
    subject,
    bool_and(reached) AS reached
FROM part_taken AS taken JOIN parts USING (school_year, subject)
WHERE result IN ('reached', 'not_reached')
GROUP BY ALL
HAVING count(*) = any_value(parts.number);

CREATE OR REPLACE TEMP TABLE test_piece AS
WITH of_test AS (
    SELECT alike, subject, count(*) AS n, count(step) AS participants, sum(points) AS points, count_if(step >= 1) AS passed
    FROM test
    GROUP BY ALL
), of_both AS (
    SELECT alike, subject, count(*) AS n, count_if(direction = 1) AS above, count_if(direction = 0) AS equal,
        count_if(direction = -1) AS below, sum(direction) AS net, sum(steps) AS steps, sum(points_above) AS points
    FROM test_and_grade
    GROUP BY ALL
), counted AS (
    SELECT 'test_participation_share' AS metric, alike, subject, n, participants AS numerator FROM of_test
    UNION ALL
    SELECT 'test_points_mean', alike, subject, participants, points FROM of_test WHERE participants > 0
    UNION ALL
    SELECT 'test_passed_share', alike, subject, participants, passed FROM of_test WHERE participants > 0
    UNION ALL
    SELECT 'grade_above_test_share', alike, subject, n, above FROM of_both
    UNION ALL
    SELECT 'grade_equal_test_share', alike, subject, n, equal FROM of_both
    UNION ALL
    SELECT 'grade_below_test_share', alike, subject, n, below FROM of_both
    UNION ALL
    SELECT 'grade_test_net_pp', alike, subject, n, net FROM of_both
    UNION ALL
    SELECT 'grade_test_steps', alike, subject, n, steps FROM of_both
    UNION ALL
    SELECT 'grade_test_points', alike, subject, n, points FROM of_both
    UNION ALL
    SELECT 'test_part_reached_share', alike, subject || '/' || part, count(*), count_if(reached)
    FROM part_taken
    WHERE result IN ('reached', 'not_reached')
    GROUP BY ALL
    UNION ALL
    SELECT 'test_all_parts_share', alike, subject, count(*), count_if(reached)
    FROM whole_test
    GROUP BY ALL
)
SELECT metric, school_unit_code, school_year, grade_year, subject, sex, parental_education, n, numerator
FROM counted JOIN counted_pupil AS pupil ON pupil.pupil_year = counted.alike;

DROP TABLE test;
DROP TABLE test_and_grade;
DROP TABLE part_taken;
DROP TABLE counted_pupil;

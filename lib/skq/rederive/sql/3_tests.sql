-- National tests of years 6 and 9, and how grades relate to them. From: domain.md §6 and §7.

CREATE OR REPLACE TEMP TABLE test AS
SELECT
    pupil.*,
    national_tests.subject,
    scale.points,
    scale.step
FROM national_tests
JOIN counted_pupil AS pupil USING (pupil_id, school_year, grade_year)
LEFT JOIN scale ON scale.grade = national_tests.result
WHERE grade_year IN (6, 9) AND national_tests.part = 'total';

-- §7: only pupils with A-F on both sides.
CREATE OR REPLACE TEMP VIEW test_and_grade AS
SELECT test.*, sign(spring_grade.step - test.step) AS direction
FROM test
JOIN spring_grade USING (pupil_id, school_year, grade_year, subject)
WHERE test.step IS NOT NULL AND spring_grade.step IS NOT NULL;

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
GROUP BY ALL;

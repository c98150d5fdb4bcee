-- The autumn's term grades: subjects, and all of them, in years 6 to 9. From: domain.md §3, §5; architecture.md.

-- A pupil belongs to the school of the end of the autumn term: there on 15 December, the latest where there are two.
CREATE OR REPLACE TEMP TABLE autumn_pupil AS
WITH counted AS (
    SELECT
        row_number() OVER ()::INTEGER AS pupil_year,
        * EXCLUDE (enrolled_from, enrolled_to, school_form)
    FROM enrolment
    WHERE make_date(left(school_year, 4)::INTEGER, 12, 15)
        BETWEEN coalesce(enrolled_from, '-infinity'::DATE) AND coalesce(enrolled_to, 'infinity'::DATE)
    QUALIFY row_number() OVER (
        PARTITION BY pupil_id, school_year ORDER BY enrolled_from DESC NULLS LAST, enrolled_to DESC NULLS FIRST
    ) = 1 AND coalesce(school_form, '') <> 'adapted'
)
-- Single subjects of the autumn are not split by the parents' education.
SELECT *, min(pupil_year) OVER (PARTITION BY school_unit_code, school_year, grade_year, sex) AS alike
FROM counted;

CREATE OR REPLACE TEMP TABLE autumn_grade AS
SELECT
    pupil.pupil_year,
    pupil.alike,
    grades.subject,
    scale.points,
    coalesce(scale.step >= 1, FALSE) AS passed
FROM grades
JOIN autumn_pupil AS pupil USING (pupil_id, school_year)
LEFT JOIN scale ON scale.grade = grades.grade AND school_year BETWEEN scale.since AND scale.until
WHERE grades.grade IS NOT NULL AND grades.kind = 'term' AND grades.term = 'HT' AND pupil.grade_year BETWEEN 6 AND 9;

-- As in the spring: year 9 has everyone of a school that gave that year grades, the others whoever has a mark or adapted
-- studies; SV and SVA are one subject, in which one pass is enough.
CREATE OR REPLACE TEMP VIEW autumn_all AS
WITH marked AS (
    SELECT
        pupil_year,
        bool_and(passed OR subject IN ('SV', 'SVA'))
            AND coalesce(bool_or(passed) FILTER (WHERE subject IN ('SV', 'SVA')), TRUE) AS all_passed
    FROM autumn_grade
    GROUP BY ALL
)
SELECT pupil.*, coalesce(all_passed, FALSE) AND NOT adapted_studies AS all_subjects
FROM autumn_pupil AS pupil
SEMI JOIN (
    SELECT DISTINCT school_unit_code, school_year, grade_year
    FROM autumn_pupil
    WHERE pupil_year IN (SELECT pupil_year FROM autumn_grade)
) AS graded
USING (school_unit_code, school_year, grade_year)
LEFT JOIN marked USING (pupil_year)
WHERE grade_year = 9 OR adapted_studies OR marked.pupil_year IS NOT NULL;

CREATE OR REPLACE TEMP TABLE autumn_piece AS
WITH subject_sum AS MATERIALIZED (
    SELECT alike AS pupil_year, subject, count(points) AS graded, sum(points) AS points, count(*) AS marked,
        count_if(passed) AS passed
    FROM autumn_grade
    GROUP BY ALL
)
SELECT 'autumn_all_subjects_passed_share' AS metric, school_unit_code, school_year, grade_year, '' AS subject, sex,
    parental_education, count(*) AS n, count_if(all_subjects) AS numerator
FROM autumn_all
GROUP BY ALL
UNION ALL
SELECT 'autumn_points_mean', school_unit_code, school_year, grade_year, subject, sex, NULL, graded, points
FROM subject_sum JOIN autumn_pupil USING (pupil_year)
WHERE graded > 0
UNION ALL
SELECT 'autumn_subject_passed_share', school_unit_code, school_year, grade_year, subject, sex, NULL, marked, passed
FROM subject_sum JOIN autumn_pupil USING (pupil_year);

DROP TABLE autumn_grade;
DROP TABLE autumn_pupil;

-- Grades: merit rating, all subjects passed, eligibility, single subjects. From: domain.md §1 to §5.

-- §1, §2: points of the scale A-F, and of IG-MVG through 2011/12; a dash is no grade and gives none.
CREATE OR REPLACE TEMP TABLE scale AS
SELECT * FROM (VALUES
    ('A', 20.0::DOUBLE, 5, '2012/13', '2027/28'), ('B', 17.5, 4, '2012/13', '2027/28'),
    ('C', 15.0, 3, '2012/13', '2027/28'), ('D', 12.5, 2, '2012/13', '2027/28'),
    ('E', 10.0, 1, '2012/13', '2027/28'), ('F', 0.0, 0, '2012/13', '2027/28'),
    ('MVG', 20.0, 3, '', '2011/12'), ('VG', 15.0, 2, '', '2011/12'),
    ('G', 10.0, 1, '', '2011/12'), ('IG', 0.0, 0, '', '2011/12')
) AS scale(grade, points, step, since, until);

-- §5, §7: final grades in year 9, the spring term's grades in years 6 to 8. A blank is a subject not had.
CREATE OR REPLACE TEMP TABLE spring_grade AS
SELECT
    pupil.pupil_year,
    pupil.alike,
    pupil.grade_year,
    grades.subject,
    scale.points,
    scale.step,
    coalesce(scale.step >= 1, FALSE) AS passed,
    -- §1, §2: M2 is the code of språkval; where another language is the pupil's språkval it is marked.
    (grades.subject = 'M2' OR coalesce(grades.is_language_choice, FALSE)) AS language_choice
FROM grades
JOIN counted_pupil AS pupil USING (pupil_id, school_year)
LEFT JOIN scale ON scale.grade = grades.grade AND school_year BETWEEN scale.since AND scale.until
WHERE grades.grade IS NOT NULL AND (
    (pupil.grade_year = 9 AND grades.kind = 'final')
    OR (pupil.grade_year BETWEEN 6 AND 8 AND grades.kind = 'term' AND grades.term = 'VT')
);

-- §2: the sixteen best of all but språkval, and språkval beside them when passed; or the sixteen best of all.
CREATE OR REPLACE TEMP TABLE merit AS
WITH ranked AS (
    SELECT
        pupil_year, points, passed, language_choice,
        row_number() OVER (PARTITION BY pupil_year, language_choice ORDER BY points DESC) AS place_apart,
        row_number() OVER (PARTITION BY pupil_year ORDER BY points DESC) AS place_of_all
    FROM spring_grade
    WHERE grade_year = 9 AND points IS NOT NULL
)
SELECT
    pupil_year,
    sum(points) FILTER (WHERE (NOT language_choice AND place_apart <= 16) OR (language_choice AND place_apart = 1 AND passed)) AS merit_17,
    sum(points) FILTER (WHERE place_of_all <= 16) AS merit_16
FROM ranked
GROUP BY ALL
-- §2: pupils without a single pass are in neither the sum nor the count.
HAVING bool_or(passed);

-- §4: three core subjects (SV and SVA are one) and five or nine others, for two branches with subjects named.
CREATE OR REPLACE TEMP VIEW passes AS
WITH in_subject AS (
    -- A subject is one, however many marks a pupil has in it.
    SELECT pupil_year, subject, bool_or(passed) AS passed, bool_and(passed) AS always_passed
    FROM spring_grade
    WHERE grade_year IN (6, 9)
    GROUP BY ALL
)
SELECT
    pupil_year,
    -- Of SV and SVA, which are one subject, one pass is enough.
    bool_and(always_passed OR subject IN ('SV', 'SVA'))
        AND coalesce(bool_or(passed) FILTER (WHERE subject IN ('SV', 'SVA')), TRUE) AS all_passed,
    bool_or(passed AND subject IN ('SV', 'SVA')) AND bool_or(passed AND subject = 'EN')
        AND bool_or(passed AND subject = 'MA') AS core,
    count_if(passed AND subject NOT IN ('SV', 'SVA', 'EN', 'MA')) AS others,
    count_if(passed AND subject IN ('GE', 'HI', 'RE', 'SH')) = 4 AS social,
    count_if(passed AND subject IN ('BI', 'FY', 'KE')) = 3 AS science
FROM in_subject
GROUP BY ALL;

-- Everyone who got or should have got grades: the pupils of a unit and grade year in which any were set.
CREATE OR REPLACE TEMP VIEW to_be_graded AS
SELECT pupil.*
FROM counted_pupil AS pupil
SEMI JOIN (
    SELECT DISTINCT school_unit_code, school_year, grade_year
    FROM counted_pupil
    WHERE grade_year IN (6, 9) AND pupil_year IN (SELECT pupil_year FROM spring_grade)
) AS graded
USING (school_unit_code, school_year, grade_year);

CREATE OR REPLACE TEMP TABLE yes_or_no AS
SELECT
    pupil.*,
    passes.pupil_year IS NOT NULL OR adapted_studies AS grade_dash_or_adapted,
    -- §3: an adapted course of studies has not achieved all subjects.
    coalesce(all_passed, FALSE) AND NOT adapted_studies AS all_subjects,
    coalesce(core AND others >= 5, FALSE) AS vocational,
    coalesce(core AND others >= 9, FALSE) AS arts,
    coalesce(core AND others >= 9 AND social, FALSE) AS social_science,
    coalesce(core AND others >= 9 AND science, FALSE) AS natural_science
FROM to_be_graded AS pupil
LEFT JOIN passes USING (pupil_year);

-- §3, year 6: how many subjects a pupil should have got grades in (a block is one, SV and SVA are one; a subject that an
-- adapted course of studies leaves out is a blank of such a pupil), and in how many a pass is lacking. Adapted studies
-- lack at least one. Lacking all of them, also a single one, is lacking several.
CREATE OR REPLACE TEMP TABLE sixth AS
WITH marked AS (
    SELECT
        pupil_year,
        count(DISTINCT replace(subject, 'SVA', 'SV')) AS subjects,
        count(DISTINCT replace(subject, 'SVA', 'SV')) FILTER (WHERE passed) AS passes
    FROM spring_grade
    WHERE grade_year = 6
    GROUP BY ALL
), left_out AS (
    SELECT pupil_id, school_year, count(*) AS subjects
    FROM grades
    WHERE grade IS NULL AND kind = 'term' AND term = 'VT'
    GROUP BY ALL
), counted AS (
    SELECT
        pupil.*,
        coalesce(marked.passes, 0) AS passes,
        coalesce(marked.subjects, 0) + CASE WHEN adapted_studies THEN coalesce(left_out.subjects, 0) ELSE 0 END AS subjects
    FROM yes_or_no AS pupil
    LEFT JOIN marked USING (pupil_year)
    LEFT JOIN left_out USING (pupil_id, school_year)
    WHERE grade_year = 6 AND grade_dash_or_adapted
)
SELECT *, passes > 0 AND greatest(subjects - passes, adapted_studies::INTEGER) = 1 AS lacks_one FROM counted;

CREATE OR REPLACE TEMP TABLE grade_piece AS
WITH subject_sum AS MATERIALIZED (
    -- §2: the mean of a subject is over A-F, F being 0. §5: a dash is in the denominator of its share.
    SELECT alike AS pupil_year, subject, count(points) AS graded, sum(points) AS points, count(*) AS marked,
        count_if(passed) AS passed
    FROM spring_grade
    GROUP BY ALL
)
SELECT 'merit_rating_17' AS metric, school_unit_code, school_year, grade_year, '' AS subject, sex, parental_education,
    count(*) AS n, sum(merit_17) AS numerator
FROM merit JOIN counted_pupil USING (pupil_year)
WHERE school_year BETWEEN '2014/15' AND '2029/30' -- §2, history; §18
GROUP BY ALL
UNION ALL
SELECT 'merit_rating_16', school_unit_code, school_year, grade_year, '', sex, parental_education, count(*), sum(merit_16)
FROM merit JOIN counted_pupil USING (pupil_year)
GROUP BY ALL
UNION ALL
SELECT 'all_subjects_passed_share', school_unit_code, school_year, grade_year, '', sex, parental_education,
    count(*), count_if(all_subjects)
FROM yes_or_no
-- §3: in year 6 a pupil with neither grade, dash nor adapted studies is not in the denominator.
WHERE grade_year = 9 OR grade_dash_or_adapted
GROUP BY ALL
UNION ALL
SELECT metric, school_unit_code, school_year, grade_year, '', sex, parental_education, count(*), count_if(eligible)
FROM (
    UNPIVOT (FROM yes_or_no WHERE grade_year = 9 AND school_year BETWEEN '2010/11' AND '2027/28')
    ON vocational AS eligible_vocational_share, arts AS eligible_arts_share,
        social_science AS eligible_social_share, natural_science AS eligible_science_share
    INTO NAME metric VALUE eligible
)
GROUP BY ALL
UNION ALL
SELECT 'failed_one_subject_share', school_unit_code, school_year, grade_year, '', sex, parental_education,
    count(*), count_if(lacks_one)
FROM sixth
GROUP BY ALL
UNION ALL
SELECT 'failed_several_subjects_share', school_unit_code, school_year, grade_year, '', sex, parental_education,
    count(*), count_if(NOT all_subjects AND NOT lacks_one)
FROM sixth
GROUP BY ALL
UNION ALL
SELECT 'subject_grades_mean', school_unit_code, school_year, grade_year, '', sex, parental_education,
    count(*), sum(subjects)
FROM sixth
WHERE subjects > 0
GROUP BY ALL
UNION ALL
SELECT 'subject_points_mean', school_unit_code, school_year, grade_year, subject, sex, parental_education, graded, points
FROM subject_sum JOIN counted_pupil USING (pupil_year)
WHERE graded > 0
UNION ALL
SELECT 'subject_passed_share', school_unit_code, school_year, grade_year, subject, sex, parental_education, marked, passed
FROM subject_sum JOIN counted_pupil USING (pupil_year);

-- What has been counted is not kept: its memory is wanted for what follows.
DROP TABLE merit;
DROP TABLE yes_or_no;
DROP TABLE sixth;

-- Where a pupil counts, and to which units a school's pupils are added up.
-- From: domain.md §0 (grades are measured at the end of the spring term; codes change, the register of units says who
-- continues whom), architecture.md (unit ids, predecessor_code).

-- Few texts of many pupils: each is kept once, and told by its place in the order of texts.
CREATE OR REPLACE TYPE unit_code AS ENUM (
    SELECT school_unit_code FROM pupils UNION SELECT school_unit_code FROM school_units ORDER BY ALL
);
CREATE OR REPLACE TYPE year_of_school AS ENUM (
    SELECT school_year FROM pupils UNION SELECT school_year FROM school_units ORDER BY ALL
);
CREATE OR REPLACE TYPE category_name AS ENUM (
    'all', 'boys', 'compulsory', 'girls', 'post_secondary', 'upper_secondary'
);

-- What is told of a pupil at a school; the highest education of either parent: one unknown parent is left out, two give no
-- group.
CREATE OR REPLACE TEMP VIEW enrolment AS
SELECT
    pupil_id,
    school_year::year_of_school AS school_year,
    school_unit_code::unit_code AS school_unit_code,
    grade_year::TINYINT AS grade_year,
    sex::category_name AS sex,
    CASE greatest(parent1_education, parent2_education)
        WHEN 1 THEN 'compulsory' WHEN 2 THEN 'upper_secondary' WHEN 3 THEN 'post_secondary'
    END::category_name AS parental_education,
    coalesce(adapted_studies, FALSE) AS adapted_studies,
    enrolled_from,
    enrolled_to,
    school_form
FROM pupils;

-- A pupil of two schools in a year counts where the pupil was last; one who left before June counts nowhere, as the
-- measuring day is the end of the spring term. Pupils of anpassad grundskola, who have a scale of their own, are in none
-- of these measures.
CREATE OR REPLACE TEMP TABLE counted_pupil AS
WITH counted AS (
    SELECT
        row_number() OVER ()::INTEGER AS pupil_year, -- a number for each pupil and school year
        * EXCLUDE (enrolled_from, enrolled_to, school_form)
    FROM enrolment
    WHERE enrolled_to IS NULL OR enrolled_to >= make_date(left(school_year, 4)::INTEGER + 1, 6, 1)
    QUALIFY row_number() OVER (
        PARTITION BY pupil_id, school_year ORDER BY enrolled_from DESC NULLS LAST, enrolled_to DESC NULLS FIRST
    ) = 1 AND coalesce(school_form, '') <> 'adapted'
)
-- Pupils of the same unit, year and kind are added up together, under the number of the first of them.
SELECT *, min(pupil_year) OVER (PARTITION BY school_unit_code, school_year, grade_year, sex, parental_education) AS alike
FROM counted;

-- The newest code of every unit: successors are followed to the end; where years disagree the last one's holds.
CREATE OR REPLACE TEMP TABLE newest_code AS
WITH RECURSIVE successor AS (
    SELECT school_unit_code AS code, arg_max(successor_code, school_year) AS following
    FROM school_units
    WHERE successor_code <> ''
    GROUP BY ALL
), chain AS (
    SELECT DISTINCT school_unit_code AS code, school_unit_code AS newest, [school_unit_code] AS passed
    FROM school_units
    UNION ALL
    SELECT chain.code, successor.following, list_append(passed, successor.following)
    FROM chain JOIN successor ON successor.code = chain.newest
    WHERE NOT list_contains(passed, successor.following)
)
SELECT code, arg_max(newest, len(passed)) AS newest FROM chain GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE place AS
SELECT school_unit_code, school_year, 'school' AS level, newest AS unit
FROM school_units JOIN newest_code ON code = school_unit_code
UNION ALL
SELECT school_unit_code, school_year, 'area', municipality_code || ':' || area
FROM school_units
WHERE area <> ''
UNION ALL
SELECT school_unit_code, school_year, 'organizer', coalesce(nullif(organizer_id, ''), organizer)
FROM school_units
UNION ALL
SELECT school_unit_code, school_year, 'municipality', municipality_code
FROM school_units;

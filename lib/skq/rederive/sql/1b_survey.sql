-- Survey: index, positive share and response rate of every group, and the engagement of employees (HME).
-- From: domain.md §11.1, §11.2, §11.4; architecture.md (survey, survey_answers).

-- Counts and single answers in one form; a person who is known by a number is one, others are counted.
CREATE OR REPLACE TEMP TABLE answer AS
WITH every AS (
    SELECT school_unit_code, school_year, respondent_group, area, item, answer, reversed, NULL AS respondent,
        count AS persons, invited_count
    FROM survey
    UNION ALL
    SELECT school_unit_code, school_year, respondent_group, area, item, answer, reversed, respondent, 1, invited_count
    FROM survey_answers
    WHERE answer IS NOT NULL
)
SELECT
    school_unit_code,
    school_year,
    respondent IS NOT NULL AS person_known,
    respondent,
    CASE respondent_group
        WHEN 'guardians' THEN 'survey_guardians' WHEN 'staff' THEN 'survey_staff' ELSE 'survey'
    END AS family,
    CASE respondent_group WHEN 'pupils_5' THEN 5 WHEN 'pupils_8' THEN 8 END AS grade_year,
    area,
    item,
    area IN ('hme_motivation', 'hme_leadership', 'hme_governance') AS hme,
    -- 10 / 6.67 / 3.33 / 0, in HME 0 / 25 / 50 / 75 / 100; the other way round for negative items; "don't know" has none.
    CASE WHEN area LIKE 'hme_%' THEN
        CASE WHEN coalesce(reversed, FALSE) THEN 5 - try_cast(answer AS INTEGER) ELSE try_cast(answer AS INTEGER) - 1 END
            * 25.0::DOUBLE
    ELSE
        CASE WHEN coalesce(reversed, FALSE) THEN 4 - try_cast(answer AS INTEGER) ELSE try_cast(answer AS INTEGER) - 1 END
            * 10.0::DOUBLE / 3
    END AS score,
    -- §11.2: the two most positive of the answers, of a negative item the two others; who does not know is not positive.
    CASE WHEN coalesce(reversed, FALSE) THEN answer IN ('1', '2') ELSE answer IN ('3', '4') END AS positive,
    persons,
    invited_count
FROM every;

CREATE OR REPLACE TEMP VIEW placed_answer AS
SELECT * FROM answer JOIN place USING (school_unit_code, school_year);

-- Every index has a name and a subject: the survey's areas are subjects of one, HME has one for each area and a total.
CREATE OR REPLACE TEMP VIEW index_answer AS
SELECT *, family || '_index' AS metric, area AS subject, NULL AS items_needed FROM placed_answer WHERE NOT hme
UNION ALL
SELECT *, area, '', 3 FROM placed_answer WHERE hme
UNION ALL
SELECT *, 'hme_index', '', 9 FROM placed_answer WHERE hme;

-- Counts: the mean of each item over those who answered it, then the mean of the items, as counts know no respondents.
-- It rests on the respondents, not on their answers to all items: at least the answers to the item with fewest.
CREATE OR REPLACE TEMP VIEW index_of_counts AS
WITH per_item AS (
    SELECT metric, level, unit, school_year, grade_year, subject, area, item, items_needed,
        sum(persons) AS n, sum(persons * score) / sum(persons) AS mean
    FROM index_answer
    WHERE score IS NOT NULL AND NOT person_known
    GROUP BY ALL
    HAVING sum(persons) > 0
)
SELECT metric, level, unit, school_year, grade_year, subject, min(n) AS n,
    -- §11.4: an engagement index has three items for each of its areas, or is none.
    CASE WHEN coalesce(count(*) = any_value(items_needed), TRUE) THEN avg(mean) END AS value
FROM per_item
GROUP BY ALL;

-- Persons: the mean of each person's answers, then the mean of the persons.
CREATE OR REPLACE TEMP VIEW index_of_persons AS
WITH per_person AS (
    SELECT metric, level, unit, school_year, grade_year, subject, school_unit_code, respondent, avg(score) AS mean
    FROM index_answer
    WHERE score IS NOT NULL AND person_known
        -- A total of fewer areas than all three is another index.
        AND (metric <> 'hme_index' OR school_year IN (
            SELECT school_year FROM answer WHERE hme AND person_known GROUP BY ALL HAVING count(DISTINCT area) = 3
        ))
    GROUP BY ALL
)
SELECT metric, level, unit, school_year, grade_year, subject, count(*) AS n, avg(mean) AS value
FROM per_person
GROUP BY ALL;

-- §11.2: of all who answered the item, "don't know" too; then the mean of the area's items.
CREATE OR REPLACE TEMP VIEW positive_share AS
WITH per_item AS (
    SELECT family || '_positive_share' AS metric, level, unit, school_year, grade_year, area AS subject, item, person_known,
        sum(persons) AS n, sum(persons) FILTER (WHERE positive) / sum(persons) AS share
    FROM placed_answer
    WHERE NOT hme
    GROUP BY ALL
    HAVING sum(persons) > 0
)
SELECT metric, level, unit, school_year, grade_year, subject, min(n) AS n, avg(coalesce(share, 0)) AS value
FROM per_item
GROUP BY metric, level, unit, school_year, grade_year, subject, person_known;

CREATE OR REPLACE TEMP VIEW index_row AS
WITH every AS (
    FROM index_of_counts UNION ALL FROM index_of_persons UNION ALL FROM positive_share
)
SELECT metric, level, unit, school_year, grade_year, subject, 'all' AS breakdown, 'all' AS category,
    n, value * n AS numerator, value
FROM every;

-- Answers through persons in the group. Who answered: the persons, or the item with most answers.
CREATE OR REPLACE TEMP VIEW response AS
WITH per_item AS (
    SELECT family, school_unit_code, school_year, grade_year, area, item,
        sum(persons) AS answered, max(invited_count) AS invited
    FROM answer
    WHERE NOT person_known
    GROUP BY ALL
)
SELECT family, school_unit_code, school_year, grade_year, max(invited) AS whole, max(answered) AS n
FROM per_item
GROUP BY ALL
UNION ALL
SELECT family, school_unit_code, school_year, grade_year, max(invited_count), count(DISTINCT respondent)
FROM answer
WHERE person_known
GROUP BY ALL
HAVING max(invited_count) IS NOT NULL;

CREATE OR REPLACE TEMP VIEW response_row AS
SELECT family || '_response_share' AS metric, level, unit, school_year, grade_year, '' AS subject, 'all' AS breakdown,
    'all' AS category, sum(n) AS n, sum(n) AS numerator, sum(n) / nullif(sum(whole), 0) AS value
FROM response JOIN place USING (school_unit_code, school_year)
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE survey_row AS
FROM index_row UNION ALL FROM response_row;

DROP TABLE answer;

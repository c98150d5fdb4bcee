-- Survey: index per area and response rate, pupils of years 5 and 8. From: domain.md §11.1.

CREATE OR REPLACE TEMP VIEW answer AS
SELECT
    school_unit_code,
    school_year,
    CASE respondent_group WHEN 'pupils_5' THEN 5 WHEN 'pupils_8' THEN 8 END AS grade_year,
    area AS subject,
    item,
    -- 10 / 6.67 / 3.33 / 0, the other way round for negative items; "don't know" has no score.
    CASE WHEN coalesce(reversed, FALSE) THEN 4 - try_cast(answer AS INTEGER) ELSE try_cast(answer AS INTEGER) - 1 END
        * 10.0::DOUBLE / 3 AS score,
    count AS persons,
    invited_count
FROM survey
WHERE respondent_group IN ('pupils_5', 'pupils_8');

-- The mean of each item over those who answered it, then the mean of the items: counts per item know no respondents.
-- It rests on the respondents, not on their answers to all items: at least the answers to the item with fewest.
CREATE OR REPLACE TEMP VIEW index_row AS
WITH per_item AS (
    SELECT level, unit, school_year, grade_year, subject, item, sum(persons) AS n, sum(persons * score) / sum(persons) AS mean
    FROM answer JOIN place USING (school_unit_code, school_year)
    WHERE score IS NOT NULL
    GROUP BY ALL
    HAVING sum(persons) > 0
)
SELECT 'survey_index' AS metric, level, unit, school_year, grade_year, subject, 'all' AS breakdown, 'all' AS category,
    min(n) AS n, avg(mean) * min(n) AS numerator, avg(mean) AS value
FROM per_item
GROUP BY ALL;

-- Answers through persons in the group. Who answered: the item with most answers tells how many took part.
CREATE OR REPLACE TEMP VIEW response AS
WITH per_item AS (
    SELECT school_unit_code, school_year, grade_year, subject, item, sum(persons) AS answered, max(invited_count) AS invited
    FROM answer
    GROUP BY ALL
)
SELECT school_unit_code, school_year, grade_year, max(invited) AS whole, max(answered) AS n
FROM per_item
GROUP BY ALL;

CREATE OR REPLACE TEMP VIEW response_row AS
SELECT 'survey_response_share' AS metric, level, unit, school_year, grade_year, '' AS subject, 'all' AS breakdown,
    'all' AS category, sum(n) AS n, sum(n) AS numerator, sum(n) / nullif(sum(whole), 0) AS value
FROM response JOIN place USING (school_unit_code, school_year)
GROUP BY ALL;

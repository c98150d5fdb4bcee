"""The tables of the reports: each number with what it rests on, hidden ones with their symbol and its meaning.

Every table is also a CSV file: one row per number, rounded as shown, with a status code instead of a symbol.
"""

from skq.report.tables.aims import goals
from skq.report.tables.by_subject import subjects
from skq.report.tables.cohort import cohorts, value_added
from skq.report.tables.in_company import comparison
from skq.report.tables.national_tests import tests
from skq.report.tables.of_adults import survey_of_adults
from skq.report.tables.of_ratings import assessment
from skq.report.tables.on_the_way import on_the_way
from skq.report.tables.over_years import further, resources, results

__all__ = [
    "assessment",
    "cohorts",
    "comparison",
    "further",
    "goals",
    "on_the_way",
    "resources",
    "results",
    "subjects",
    "survey_of_adults",
    "tests",
    "value_added",
]

"""The tables of the reports: each number with what it rests on, hidden ones with their symbol and its meaning.

Every table is also a CSV file: one row per number, rounded as shown, with a status code instead of a symbol.
"""

from skq.report.tables.aims import goals
from skq.report.tables.by_subject import subjects
from skq.report.tables.in_company import comparison
from skq.report.tables.national_tests import tests
from skq.report.tables.over_years import resources, results

__all__ = ["comparison", "goals", "resources", "results", "subjects", "tests"]

"""The figures of the reports: each function draws one, saves it, returns its `Picture`, or says why not."""

from skq.report.figures.resources import pupils_and_staff, survey
from skq.report.figures.results import results_trend
from skq.report.figures.subjects import subjects, tests_and_grades

__all__ = [
    "pupils_and_staff",
    "results_trend",
    "subjects",
    "survey",
    "tests_and_grades",
]

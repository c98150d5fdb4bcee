"""The annual analysis: all schools of a municipality together, from the protected tables of all of them."""

from skq.report.annual import (
    appendix,
    cohort_tables,
    equity,
    figures,
    goal_tables,
    passages,
    questions,
    reconciliation,
    salsa_figure,
    tables,
    value_added,
    work,
)
from skq.report.annual.context import AnnualAnalysis, open_annual_analysis
from skq.report.annual.front import write_front_matter

__all__ = [
    "AnnualAnalysis",
    "appendix",
    "cohort_tables",
    "equity",
    "figures",
    "goal_tables",
    "open_annual_analysis",
    "passages",
    "questions",
    "reconciliation",
    "salsa_figure",
    "tables",
    "value_added",
    "work",
    "write_front_matter",
]

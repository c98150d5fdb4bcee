"""The annual analysis: all schools of a municipality together, from the protected tables of all of them."""

from skq.report.annual import figures, passages, questions, tables
from skq.report.annual.context import AnnualAnalysis, open_annual_analysis
from skq.report.annual.front import write_front_matter

__all__ = ["AnnualAnalysis", "figures", "open_annual_analysis", "passages", "questions", "tables", "write_front_matter"]

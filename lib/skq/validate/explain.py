"""Why a value is refused: from what the schema says to what has most likely happened.

Pure. One refused value and its column in, one fault out.
"""

from __future__ import annotations

import re

import pandas as pd

from skq.schema import REGISTER_SCALES, ColumnSpec
from skq.schema import frames as schema_codes
from skq.sources.findings import Fault, personal_number
from skq.sources.values import SCIENTIFIC, SCIENTIFIC_NOTATION


def explain(code: str, value: object, column: ColumnSpec) -> Fault:
    """Return the fault of *value*, which the check *code* of *column* refused."""
    if code == "not_nullable" or pd.isna(value):  # type: ignore[call-overload]  # one value, not a column
        return _missing(column)
    if code == schema_codes.NOT_ALLOWED:
        return _not_allowed(str(value), column)
    if code == schema_codes.SCHOOL_YEAR:
        return _school_year(str(value))
    if code == schema_codes.OUT_OF_RANGE:
        return _out_of_range(value, column)
    return _code_form(str(value), column)


def _missing(column: ColumnSpec) -> Fault:
    return Fault(
        "missing-value", f"a value in every row: {column.about}", "fill in the value, or remove the row", "a blank cell"
    )


def _not_allowed(text: str, column: ColumnSpec) -> Fault:
    expected = f"one of: {_allowed(column)}"
    if text.upper() in column.allowed or text.upper() in {
        spelling for group in column.spellings.values() for spelling in group
    }:
        return Fault("lower-case", expected, f"write {text.upper()!r} with a capital letter")
    if column.name == "term" and re.fullmatch(r"[HV]T\s?\d{2,4}", text, re.IGNORECASE):
        return Fault("term-with-year", expected, "write HT or VT alone; the year belongs to the school year column")
    if column.name == "subject":
        return Fault("unknown-subject", expected, "use the subject's code; local subjects are not part of the table")
    if column.name in ("grade", "predicted_grade") and re.fullmatch(r"\d+([.,]\d+)?", text):
        return Fault("points-as-grade", expected, "write the grade itself, not its points")
    return Fault("not-allowed", expected, "correct the value")


def _allowed(column: ColumnSpec) -> str:
    """Return the closed set in words; the grades of other years' scales after those of today's."""
    others = [scale for scale in REGISTER_SCALES[1:] if set(scale.grades) & set(column.allowed)]
    usual = [value for value in column.allowed if not any(value in scale.grades for scale in others)]
    instead = "".join(f"; {scale.years} {', '.join(scale.grades)}" for scale in others)
    return ", ".join(column.swedish(value) for value in usual) + instead


def _school_year(text: str) -> Fault:
    expected = "a school year as 2024/25"
    if match := re.fullmatch(r"(\d{4})/(\d{2})", text):
        if (int(match[1]) + 1) % 100 == int(match[2]):
            return Fault("school-year-out-of-range", "a school year from 1990/91 to 2099/00", "correct the school year")
        return Fault("school-year-gap", expected, "the second year must follow the first")
    if re.fullmatch(r"\d{2}\s*[/-]\s*\d{2}", text):
        return Fault("school-year-short", expected, "write the first year with four digits")
    if re.fullmatch(r"\d{4}\s*[-–]\s*\d{2,4}", text):
        return Fault("school-year-dash", expected, "write the years with a slash between them")
    if re.fullmatch(r"\d{4}/\d{4}", text):
        return Fault("school-year-long", expected, "write the second year with two digits")
    if re.fullmatch(r"\d{4}", text):
        return Fault("school-year-single", expected, "name both years: results of spring 2025 belong to 2024/25")
    return Fault("school-year-form", expected, "correct the school year")


def _out_of_range(value: object, column: ColumnSpec) -> Fault:
    low, high = column.minimum, column.maximum
    number = float(str(value))
    limits = f"from {low:g} to {high:g}" if low is not None and high is not None else f"at least {low:g}"
    if low is not None and number < low <= 0:
        return Fault("negative-number", f"a number {limits}", "correct the sign, or leave the correction out")
    if column.name == "fte" and high is not None and number > high:
        next_step = "write full-time equivalents: 80 percent is 0,8; one row per teacher and unit"
        return Fault("out-of-range", f"a number {limits}", next_step)
    return Fault("out-of-range", f"a number {limits}: {column.about}", "correct the value")


def _code_form(text: str, column: ColumnSpec) -> Fault:
    if SCIENTIFIC.fullmatch(text):
        return SCIENTIFIC_NOTATION
    expected = column.pattern_means
    if re.search(r"\s", text):
        return Fault("blank-in-code", expected, "remove the blanks (also non-breaking ones)")
    if kind := personal_number(text):
        return Fault("personal-number", expected, "remove the personal identity number from the file", kind)
    digits = re.fullmatch(r"\\d\{(\d+)\}", column.pattern or "")
    if digits and text.isdigit() and len(text) < int(digits[1]):
        return Fault(
            "leading-zero-lost",
            expected,
            "a spreadsheet dropped the first zero: format the column as Text and export again",
        )
    return Fault("code-form", expected, "correct the code")

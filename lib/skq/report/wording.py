"""One number -> its Swedish text: value, interval, difference, what it rests on, what it is called in a sentence.

Decimals follow the agencies: shares and merit ratings one decimal, SALSA whole points. An interval is written with
fewer decimals than its value where more would only pretend to be exact.
"""

from __future__ import annotations

from skq import catalog
from skq.catalog.forms import form as form  # also known as wording.form
from skq.report import sv
from skq.report.numbers import Difference, Point
from skq.report.texts import metric_word, subject, texts, word
from skq.terms import CellStatus

TOTALS = ("pupils", "pupil_shares", "staff", "economy")
"""Families that describe what is, where chance has no say: a change is a fact, small or large."""


def is_total(metric: str) -> bool:
    """Return whether *metric* counts or describes what is, without any uncertainty from few pupils."""
    return catalog.metric(metric).family in TOTALS


def value_text(point: Point) -> str:
    """Return the number with its unit sign, or the symbol that stands where it is not shown.

    A published text that is not a plain number (`cirka 140`, `~100`, `..`) is repeated as published.
    """
    bare = bare_text(point)
    return f"{bare}{form(point.metric).suffix}" if point.shown else bare


def bare_text(point: Point) -> str:
    """Return the number without unit, as in a table whose row names the unit."""
    if point.status is CellStatus.ROUNDED:
        return point.raw or f"cirka{sv.NBSP}{sv.number(point.value or 0, 0)}"
    if point.value is None:
        return symbol(point)
    shape = form(point.metric)
    write = sv.signed if shape.signed else sv.number
    return write(point.value * shape.scale, shape.decimals)


def symbol(point: Point) -> str:
    """Return what stands where there is no number: the agency's own text, else our symbol, else a dash."""
    if not point.recorded:
        return sv.EN_DASH
    return point.raw or word("status_symbol", str(point.status))


def interval_text(point: Point) -> str:
    """Return the 95 % interval without brackets, empty where there is none."""
    if not point.shown or point.limits is None or is_total(point.metric):
        return ""
    shape, (lower, upper) = form(point.metric), point.limits
    return sv.interval(lower * shape.scale, upper * shape.scale, shape.interval_decimals)


def limits_of(point: Point) -> str:
    """Return the interval of a number that is a difference, always with signs; empty where there is none."""
    if point.lower is None or point.upper is None:
        return ""
    return signed_limits(point.metric, point.lower, point.upper, certain=not point.lower <= 0 <= point.upper)


def full_text(point: Point) -> str:
    """Return number and interval: `81,3 % (74–87)`."""
    limits = interval_text(point)
    return f"{value_text(point)} ({limits})" if limits else value_text(point)


def amount(difference: Difference, *, sign: bool = False) -> str:
    """Return the size of a difference with its unit: `4,2 procentenheter`; with its sign where *sign* is asked for."""
    shape = form(difference.metric)
    value = (difference.value or 0.0) * shape.scale
    kind = catalog.metric(difference.metric).unit
    unit = word("one_of_change", kind) if abs(sv.rounded(value, shape.decimals)) == 1 else word("unit_of_change", kind)
    number = sv.signed(value, shape.decimals) if sign else sv.number(abs(value), shape.decimals)
    return f"{number}{sv.NBSP}{unit}"


def bare_amount(difference: Difference) -> str:
    """Return a difference with its sign and interval but without its unit, as in a table: `+24,8 (+11 till +39)`."""
    shape = form(difference.metric)
    number = sv.signed((difference.value or 0.0) * shape.scale, shape.decimals)
    limits = limits_text(difference)
    return f"{number} ({limits})" if limits else number


def limits_text(difference: Difference) -> str:
    """Return the interval of a difference, always with signs: `+2 till +16`; empty where there is none."""
    if difference.lower is None or difference.upper is None:
        return ""
    return signed_limits(difference.metric, difference.lower, difference.upper, certain=bool(difference.certain))


def signed_limits(metric: str, lower: float, upper: float, *, certain: bool) -> str:
    """Return two limits of a difference with signs; of a *certain* one with the decimals that tell it from zero."""
    shape = form(metric)
    low, high = lower * shape.scale, upper * shape.scale
    decimals = shape.interval_decimals
    if certain and 0 in (sv.rounded(low, decimals), sv.rounded(high, decimals)):
        decimals += 1  # a limit that rounds to zero would contradict what the sentence says
    return f"{sv.signed(low, decimals)} till {sv.signed(high, decimals)}"


def resting_on(point: Point) -> str:
    """Return what a number rests on: `50 elever`; empty where the source does not tell."""
    if point.n is None:
        return ""
    family = catalog.metric(point.metric).family
    one, many = texts()["resting_on"].get(family, texts()["resting_on"]["pupils"])
    if family == "staff" and not float(point.n).is_integer():
        return f"{sv.number(point.n, 1)}{sv.NBSP}{many}"
    return sv.plural(point.n, one, many)


def noun(point: Point | Difference) -> str:
    """Return what the number is called in a sentence, in the definite form: `betygspoängen i matematik i årskurs 9`."""
    return _filled(metric_word(point.metric, "noun"), point)


def brief_noun(point: Point | Difference) -> str:
    """Return the shorter noun, for sentences that name several numbers."""
    entry = texts()["metric"][point.metric]
    return _filled(str(entry.get("brief", entry["noun"])), point)


def _filled(text: str, point: Point | Difference) -> str:
    grade_year = "" if point.grade_year is None else str(point.grade_year)
    return text.format(subject=subject(point.subject).lower(), grade_year=grade_year).removesuffix(" i årskurs ")


def too_few(point: Point) -> str:
    """Return what a hidden number has too few of: `för få elever`."""
    family = catalog.metric(point.metric).family
    return str(texts()["too_few"].get(family, texts()["too_few"]["pupils"]))


def pronoun(point: Point | Difference) -> str:
    """Return the pronoun that takes up the noun of a number: `Det` for meritvärdet, `Den` for andelen."""
    first = noun(point).split(" ", maxsplit=1)[0]
    return "Det" if first.endswith("t") else "Den"

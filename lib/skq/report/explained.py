"""Terms that explain themselves: on the page a link to the method page, whose title is the definition."""

from __future__ import annotations

from skq.report.texts import metric_word

METHOD_PAGE = "../../metod.html"
"""Where a report's page finds the method page."""


def explained(text: str, metric: str) -> str:
    """Return *text* as a link to the entry of *metric*; its definition is shown on hovering. A PDF drops the link.

    >>> explained("Betygspoäng", "subject_points_mean")[:61]
    '[Betygspoäng](../../metod.html#subject_points_mean "Medelvärd'
    """
    definition = metric_word(metric, "definition").replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}")
    return f'[{text}]({METHOD_PAGE}#{metric} "{definition}")'

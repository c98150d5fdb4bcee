"""Sentences about the municipality over the years: what certainly changed, what did not, what cannot be judged."""

from __future__ import annotations

from collections.abc import Sequence

from skq import catalog
from skq.report import sv
from skq.report.apart import since_first
from skq.report.numbers import Difference, Series
from skq.report.sentences import NOT_JUDGED
from skq.report.wording import amount, brief_noun, limits_text, noun, value_text
from skq.terms import SchoolYear


def development(series: Sequence[Series]) -> list[str]:
    """Say which of *series* certainly changed since the first year, which did not, and which cannot be judged."""
    spans = [(one, since_first(one)) for one in series if len(one.shown) > 1 and not _broken(one)]
    certain = [_changed(one, gap) for one, gap in spans if gap is not None and gap.certain]
    return [*certain, *_unchanged(spans), *(_unjudged(one) for one, gap in spans if gap and gap.certain is None)]


def _broken(series: Series) -> bool:
    """Whether the way of counting changed between the first and the last shown year."""
    first, last = (SchoolYear.parse(point.school_year) for point in (series.shown[0], series.shown[-1]))
    return any(first < year <= last for year in catalog.metric(series.current.metric).breaks)


def _changed(series: Series, gap: Difference) -> str:
    first, last = series.shown[0], series.shown[-1]
    verb = "ökade" if (gap.value or 0.0) > 0 else "minskade"
    return (
        f"{sv.capitalized(noun(last))} {verb} från {value_text(first)} {sv.school_year(first.school_year)} till "
        f"{value_text(last)} {sv.school_year(last.school_year)}, med {amount(gap)} ({limits_text(gap)})."
    )


def _unchanged(spans: Sequence[tuple[Series, Difference | None]]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for series, gap in spans:
        if gap is not None and gap.certain is False:
            groups.setdefault(gap.reference, []).append(brief_noun(series.shown[-1]))
    return [
        f"{sv.capitalized(sv.enumeration(names))} har inte förändrats säkert sedan {sv.school_year(year)}."
        for year, names in sorted(groups.items())
    ]


def _unjudged(series: Series) -> str:
    first, last = series.shown[0], series.shown[-1]
    name, then, now = sv.capitalized(noun(last)), sv.school_year(first.school_year), sv.school_year(last.school_year)
    if value_text(first) == value_text(last):
        return f"{name} var {value_text(last)} {now}, som {then}."
    return f"{name} var {value_text(last)} {now}, mot {value_text(first)} {then}; {NOT_JUDGED}."


def since_last_year(differences: Sequence[Difference]) -> str:
    """Say which of *differences* (changes since the year before, all of them judged) are certain and which are not."""
    certain = [gap for gap in differences if gap.certain]
    unsure = [brief_noun(gap) for gap in differences if not gap.certain]
    parts = []
    if certain:
        told = [f"{brief_noun(gap)} {moved(gap)} med {amount(gap)} ({limits_text(gap)})" for gap in certain]
        parts.append(f"Sedan läsåret före har {sv.enumeration(told)}.")
        if unsure:
            parts.append(f"Ingen säker förändring: {sv.enumeration(unsure)}.")
    elif len(unsure) > 1:
        parts.append(
            f"Sedan läsåret före har inget av de {sv.counting_word(len(unsure))} resultatmåtten förändrats mer än vad "
            "slumpen kan ge."
        )
    elif unsure:
        parts.append(f"Sedan läsåret före har {unsure[0]} inte förändrats mer än vad slumpen kan ge.")
    return " ".join(parts)


def moved(gap: Difference) -> str:
    """Return the word for a certain change: `ökat` or `minskat`."""
    return "ökat" if (gap.value or 0.0) > 0 else "minskat"


def no_development() -> str:
    """Say that there is nothing to draw over the years."""
    return "Det finns inga resultat för kommunen som kan visas över åren."

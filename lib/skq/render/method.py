"""The catalogue of indicators in Swedish, for the method page; every word from `report/texts_sv/`."""

from __future__ import annotations

from skq import catalog
from skq.render.pages import MetricText
from skq.report.texts import metric_word, texts, word

AGENCIES = {"kolada": "Kolada", "siris": "Skolverkets export", "api": "Skolverkets öppna data"}


def metric_texts() -> list[MetricText]:
    """Return one entry per indicator of the catalogue, in its order; SkqError where a Swedish wording is missing."""
    return [_metric_text(entry) for entry in catalog.metrics().values()]


def _metric_text(entry: catalog.Metric) -> MetricText:
    official = [f"{AGENCIES[agency]}: {', '.join(ids)}" for agency, ids in entry.official.items() if ids]
    breaks = [f"{year}: {word('catalogue', text)}" for year, text in sorted(entry.breaks.items())]
    return MetricText(
        id=entry.id,
        family=word("family", entry.family),
        name=metric_word(entry.id, "name"),
        definition=metric_word(entry.id, "definition"),
        formula=" ".join([_sentence(word("catalogue", entry.formula)), *_added_up(entry)]),
        source=_sentence(word("catalogue", entry.source)),
        official="; ".join(official),
        breaks=tuple(breaks),
        years=_years(entry),
        minimum=_minimum(entry),
    )


def _years(entry: catalog.Metric) -> str:
    """Say for which school years the indicator is valid; nothing where it is for all."""
    first, last = entry.first_school_year, entry.last_school_year
    kind = "between" if first and last else "from" if first else "to" if last else ""
    return word("method", f"years_{kind}").format(first=first, last=last) if kind else ""


def _minimum(entry: catalog.Metric) -> str:
    """Say how many a school's number must rest on to be shown."""
    if entry.minimum_n < 2:
        return ""
    one, many = texts()["resting_on"].get(entry.family, texts()["resting_on"]["pupils"])
    return word("method", "minimum").format(n=entry.minimum_n, what=many if entry.minimum_n > 1 else one)


def _added_up(entry: catalog.Metric) -> list[str]:
    return [] if entry.aggregation == "none" else [word("aggregation", entry.aggregation)]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."

"""The catalogue of indicators in Swedish, for the method page; every word from `report/texts_sv/`."""

from __future__ import annotations

from skq import catalog
from skq.render.pages import MetricText
from skq.report.texts import metric_word, word

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
    )


def _added_up(entry: catalog.Metric) -> list[str]:
    return [] if entry.aggregation == "none" else [word("aggregation", entry.aggregation)]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."

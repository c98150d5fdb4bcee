"""The glossary in Swedish: the words of the reports, and every indicator with its way to the method page."""

from __future__ import annotations

from skq import catalog
from skq.render.markdown import escaped
from skq.report import sv
from skq.report.texts import metric_word, texts

METHOD = "metod.html"


def glossary() -> str:
    """Return the words and what they mean, in Swedish order, each with an anchor of its own."""
    words = sorted(texts()["glossary"].items(), key=lambda entry: sv.order(entry[0]))
    items = "\n\n".join(f"[{escaped(word)}]{{#{sv.slug(word)}}}\n:   {escaped(str(told))}" for word, told in words)
    return f"::: {{.facts}}\n{items}\n:::"


def metric_index() -> str:
    """Return a list of all indicators by their Swedish name, each leading to its entry on the method page."""
    names = sorted(((metric_word(metric, "name"), metric) for metric in catalog.metrics()), key=_by_name)
    return "\n".join(f"- [{escaped(name)}]({METHOD}#{metric})" for name, metric in names)


def _by_name(entry: tuple[str, str]) -> tuple[tuple[int, ...], str]:
    return sv.order(entry[0])

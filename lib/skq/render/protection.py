"""How pupils are protected, in Swedish and in tables, from the rule that was applied; every word from `texts_sv/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skq.render.markdown import NONE, escaped, pipe_table
from skq.report import sv
from skq.report.texts import texts, word

PRINCIPAL = "principal"
SYMBOLS = ("too_few", "nearly_all", "missing")
GIRLS, GIRLS_PASSED = 21, 16
"""The larger group of the worked example; the smaller one is just too small for the rule."""


@dataclass(frozen=True)
class HiddenCount:
    """How many numbers are shown as a symbol for one reason; the words are Swedish."""

    symbol: str
    why: str
    count: int


@dataclass(frozen=True)
class Edition:
    """Whom the site is for, and the rule that was applied to it, as `DisclosureRule.as_dict` tells it."""

    audience: str = ""
    rule: Mapping[str, Any] = field(default_factory=dict)


def protection_parts(edition: Edition, hidden: Sequence[HiddenCount]) -> dict[str, str]:
    """Return what the pages say of the protection, as Markdown by the name of its place."""
    to = edition.audience or "public"
    return {
        "marking": escaped(word("marking", to)),
        "lead": escaped(word("audience_index", to)),
        "protection-lead": escaped(word("protection_lead", to)),
        "list": escaped(word("audience_list", to)),
        "audience": escaped(word("audience_told", to)) if edition.audience else "",
        "symbols": symbol_table(),
        "limits": limit_table(edition) if edition.rule else "",
        "share": more_limits(edition.rule),
        "example": example(int(edition.rule.get("min_pupils", 0))),
        "hidden": hidden_table(hidden),
    }


def symbol_table() -> str:
    """Return what each symbol means."""
    told = [(word("status_symbol", status), word("symbol_told", status)) for status in SYMBOLS]
    rows = [[escaped(symbol), escaped(text)] for symbol, text in [*told, (NONE, word("symbol_told", "absent"))]]
    caption = f": {escaped(word('protection', 'symbols_caption'))} {{#tbl-symbols}}"
    return pipe_table(texts()["protection"]["symbols"], [":---", ":---"], rows) + f"\n\n{caption}"


def limit_table(edition: Edition) -> str:
    """Return what a number must rest on, by what it is about: one row for all families with the same limits."""
    alike: dict[tuple[str, str], list[str]] = {}
    for family, limits in edition.rule["families"].items():
        told = (_limit(family, limits["school"]), _limit(family, limits["above"]))
        alike.setdefault(told, []).append(_uncapitalized(word("family", family)))
    rows = [[escaped(sv.capitalized(", ".join(names))), *map(escaped, told)] for told, names in alike.items()]
    words = texts()["protection"]
    school = words["limit_own_school" if edition.audience == PRINCIPAL else "limit_school"]
    caption = f": {escaped(words['limit_caption'].format(rule=edition.rule['id']))} {{#tbl-limits}}"
    return pipe_table([words["limit_what"], school, words["limit_above"]], [":---"] * 3, rows) + f"\n\n{caption}"


def more_limits(rule: Mapping[str, Any]) -> str:
    """Return in words what *rule* demands besides: of shares, surveys and costs, of the nation, of older years."""
    nation = [limits["nation"] for limits in rule.get("families", {}).values() if "nation" in limits]
    response = rule.get("least_response") or 0
    told = [
        ("share", {"nearly": rule.get("nearly_all", 0)}, True),
        ("hides_all_failing", {}, rule.get("hides_all_failing")),
        ("least_posts", {"least": sv.number(rule.get("least_posts") or 0, 0)}, rule.get("least_posts")),
        ("least_response", {"least": sv.number(100 * response, 0)}, response),
        ("nation", {"least": sv.number(min(nation, default=0), 0)}, nation),
        ("earlier", {}, any(rule.get("earlier", {}).values())),
    ]
    return escaped(" ".join(word("protection", key).format(**facts) for key, facts, holds in told if holds))


def _limit(family: str, least: float) -> str:
    words = texts()
    if not least:
        return str(words["protection"]["limit_none"])
    what = words["resting_on"].get(family, words["resting_on"]["pupils"])[1]
    return str(words["protection"]["limit"]).format(least=sv.number(least, 0), what=what)


def _uncapitalized(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def example(least: int) -> str:
    """Return a worked example of a number that is hidden for the sake of another, at the limit of *least* pupils.

    >>> "21 flickor och 6 pojkar" in example(10), "20 − 16 = 4" in example(10)
    (True, True)
    """
    boys = max(2, -(-least * 3 // 5))
    passed = max(1, boys - 2)
    facts = {"girls": GIRLS, "boys": boys, "everyone": GIRLS + boys, "least": least, "girls_passed": GIRLS_PASSED,
             "boys_passed": passed, "all_passed": GIRLS_PASSED + passed}  # fmt: skip
    words, hidden = texts()["protection"], word("status_symbol", "too_few")
    rows = [
        [words["example_everyone"].format(n=facts["everyone"]), str(facts["all_passed"]), str(facts["all_passed"])],
        [words["example_girls"].format(n=GIRLS), str(GIRLS_PASSED), hidden],
        [words["example_boys"].format(n=boys), hidden, hidden],
    ]
    header = [words["example_group"], words["example_open"], words["example_shown"]]
    table = pipe_table(header, [":---", "---:", "---:"], [[escaped(cell) for cell in row] for row in rows])
    told, caption = escaped(words["example_told"].format(**facts)), escaped(words["example_caption"])
    return f"{told}\n\n{table}\n\n: {caption} {{#tbl-example}}"


def hidden_table(hidden: Sequence[HiddenCount]) -> str:
    """Return how many numbers are hidden and why, or that there are none."""
    words = texts()["protection"]
    if not hidden:
        return escaped(words["hidden_none"])
    rows = [[escaped(one.symbol), escaped(one.why), sv.number(one.count, 0)] for one in hidden]
    header = [words["hidden_symbol"], words["hidden_why"], words["hidden_count"]]
    table = pipe_table(header, [":---", ":---", "---:"], rows)
    return f"{table}\n\n: {escaped(words['hidden_caption'])} {{#tbl-hidden}}"

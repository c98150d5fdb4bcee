"""Spoil a whole finished site in five ways, and see the gate refuse each by name.

    python benchmarks/mutations.py [--schools 12] [--years 5] [--work DIR] [--audience public]

Builds an invented municipality twice: as it is, and with secondary suppression switched off. The first must pass the
gate; the second must not, nor the first with a pupil's identifier in the title of an SVG, with one hidden cell of a CSV
filled in, with n beside a hidden share on a page, or beside a last year's release that told one more cell. Exit code 1
when anything is let through, or the sound site is not.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.build import Inputs, Request, build_all
from skq.build.edition import rule_named
from skq.build.facts import read_facts
from skq.build.request import Places
from skq.demo import write_demo
from skq.files import folder_checksums
from skq.memory import PUBLISHED_DTYPES, released_numbers
from skq.protect import conclude
from skq.release.attack import attack_site
from skq.release.gate import Gate, Machine, gate
from skq.release.manifest import read_state
from skq.release.published import published
from skq.release.refusal import Refusal
from skq.report.download import HEADER
from skq.settings import Settings
from skq.terms import RESULT_KEY
from skq.validate import validated

HOUSE = Path(__file__).parents[1]
KEY = bytes(range(32))
TRIES = 40
UNPROTECTED = ("contradiction", "joint-attack")
"""A number that is told in one place and hidden in another; one that tells another."""


def main() -> int:
    """Build both sites, spoil one, and print what the gate says of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=12)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--audience", default="public")
    parser.add_argument("--work", type=Path, default=None)
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="skq-mutations-"))
    if not (work / "data").is_dir():
        write_demo(work / "data", schools=given.schools, years=given.years, seed=1)
    asked = built(work, "sound", given.audience)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conclude, "_closed", lambda judged, standing, bundle: (standing.hidden, standing.hidden & False))
        bare = built(work, "bare", given.audience, jobs=1)
    cases: list[tuple[str, tuple[str, ...], Callable[[], Sequence[Refusal]]]] = [
        ("the site as it is", (), lambda: gate(asked)),
        ("secondary suppression switched off", ("joint-attack",), lambda: gate(bare)),
        ("a pupil's identifier in an SVG title", ("canary",), lambda: gate(spoiled(asked, in_svg(work / "data")))),
        ("one hidden cell of a CSV filled in", UNPROTECTED, lambda: filled_in(asked, bare)),
        ("n beside a hidden share on a page", ("n-beside-hidden",), lambda: gate(spoiled(asked, n_beside_hidden))),
        ("last year's release with one more cell", ("earlier-release",), lambda: one_more(asked, work / "data")),
    ]
    failed = 0
    for name, wanted, look in cases:
        start = time.perf_counter()
        found = [one for one in look() if one.rule != "changed-after-build" or not wanted]
        rules = Counter(one.rule for one in found)
        good = any(rules[rule] for rule in wanted) if wanted else not found
        failed += not good
        told = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items())) or "passes"
        print(f"{'ok ' if good else 'BAD'} {name:42} {time.perf_counter() - start:6.1f} s  {told}", flush=True)
        for one in [one for one in found if one.rule in wanted or not wanted][:2]:
            print(f"      {one.where}: {one.what}")
    return int(failed > 0)


def built(work: Path, name: str, audience: str, *, jobs: int = 0) -> Gate:
    """Build the municipality in the folder *name*, and return what the gate is asked about it."""
    out = work / name
    settings = Settings(municipality_name="Ekmora", engine="embedded", audience=audience, jobs=jobs)
    if not (out / "state.json").is_file():
        build_all(Request(Inputs(work / "data", None), out, HOUSE, settings, cores=os.cpu_count() or 1, key=KEY))
    state = read_state(Places(out))
    machine = Machine(key=KEY, cores=os.cpu_count() or 1)
    rule = state["parts"]["settings"]["disclosure_rule"]
    nothing = released_numbers(work / "nowhere")
    return Gate(out, Places(out).site, state["site"], audience, rule, nothing, machine=machine)


def spoiled(asked: Gate, change: Callable[[Path], None]) -> Gate:
    """Return the question about a copy of the site that *change* has had its way with."""
    site = Path(tempfile.mkdtemp(prefix="skq-spoiled-")) / "site"
    shutil.copytree(asked.site, site)
    change(site)
    return replace(asked, site=site, built=folder_checksums(site))


def in_svg(data: Path) -> Callable[[Path], None]:
    """Return a change that puts the identifier of a pupil into the title of the first figure."""
    pupil = str(pd.read_csv(data / "pupils.csv", sep=";", dtype=str, usecols=["pupil_id"])["pupil_id"].iloc[0])

    def change(site: Path) -> None:
        figure = next(path for path in sorted(site.rglob("*.svg")) if "skolor" in path.parts)
        text = figure.read_text(encoding="utf-8")
        figure.write_text(re.sub(r"(<svg[^>]*>)", rf"\1<title>{pupil}</title>", text, count=1), encoding="utf-8")

    return change


def n_beside_hidden(site: Path) -> None:
    """Write 7 behind the first hidden share of a school's page."""
    for page in sorted((site / "skolor").rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        found = re.search(r'(<td class="number[^"]*">)\.\.(</td>)', text)
        if found:
            page.write_text(
                text[: found.start()] + found[1] + ".. (7)" + found[2] + text[found.end() :], encoding="utf-8"
            )
            return
    raise SystemExit("no page hides anything: take more schools")


def hidden_for_others(asked: Gate, bare: Gate) -> pd.DataFrame:
    """Return what the sound site hides for the sake of others and the bare one tells, in an order of chance."""
    key = list(RESULT_KEY)
    hidden = published(asked.site).query("status == 'protects_other'").drop_duplicates(key)
    told = published(bare.site).query("status == 'observed'").drop_duplicates(key)
    both = hidden[[*key, "where"]].merge(told.drop(columns="where"), on=key, how="inner")
    return both.sample(frac=1.0, random_state=np.random.default_rng(1)).head(TRIES)


def filled_in(asked: Gate, bare: Gate) -> Sequence[Refusal]:
    """Return the refusals of the site with the first hidden cell of a CSV filled in that tells another, or itself."""
    for row in hidden_for_others(asked, bare).to_dict("records"):
        name, _, line = str(row["where"]).rpartition(":")

        def change(site: Path, name: str = name, line: int = int(line), row: dict = row) -> None:  # type: ignore[type-arg]
            path = site / name
            lines = path.read_text(encoding="utf-8-sig").splitlines()
            cells = lines[line - 1].split(";")
            scale = 1.0 if row["value"] > 1 else 100.0
            value = f"{row['value'] * scale:.1f}".replace(".", ",")
            for column, text in {"värde": value, "antal": f"{row['n']:.0f}", "status": "observed"}.items():
                cells[HEADER.index(column)] = text
            lines[line - 1] = ";".join(cells)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")

        now = spoiled(asked, change)
        if any(one.rule in UNPROTECTED for one in attacked(now)):
            return gate(now)
    return []


def attacked(asked: Gate) -> Sequence[Refusal]:
    """Return what the attack alone says of a site, which is quicker than the whole gate."""
    known, belonging = read_facts(asked.out)
    common = {"rule": rule_named(asked.rule), "units": known, "memberships": belonging}
    return attack_site(asked.site, earlier=asked.earlier, **common)


def one_more(asked: Gate, data: Path) -> Sequence[Refusal]:
    """Return the refusals when readers have last year's release: what the site tells, and one hidden cell besides.

    The cell is one of two hidden years beside a shown sum of three, so that it tells the other one.
    """
    same = published(asked.site)
    truth = aggregate(validated(data, key=KEY).frames).astype({"unit": "str"})
    for key in one_of_two_years(same):
        told = truth.merge(key.to_frame().T.astype(truth.dtypes[list(RESULT_KEY)].to_dict()), on=list(RESULT_KEY))
        last = pd.concat([same, told.assign(status="observed")]).assign(release="last year", audience=asked.audience)
        now = replace(asked, earlier=last[list(PUBLISHED_DTYPES)].astype(PUBLISHED_DTYPES))
        if any(one.rule == "earlier-release" for one in attacked(now)):
            return gate(now)
    return []


def one_of_two_years(told: pd.DataFrame) -> Iterator[pd.Series]:
    """Yield the key of one of two hidden years whose sum with a third, shown one stands on the site."""
    series = ["metric", "level", "unit", "grade_year", "subject"]
    years = sorted(told["school_year"].unique())
    rows = told.drop_duplicates(list(RESULT_KEY))
    single = rows[rows["breakdown"].eq("all")]
    for pooled in rows[rows["breakdown"].eq("period") & rows["value"].notna()].to_dict("records"):
        window = years[max(years.index(pooled["school_year"]) - 2, 0) : years.index(pooled["school_year"]) + 1]
        own = single[single["school_year"].isin(window)]
        for column in series:
            own = own[own[column].eq(pooled[column]) | (own[column].isna() & pd.isna(pooled[column]))]
        hidden = own[own["status"].isin(["too_few", "protects_other", "nearly_all"])]
        if len(hidden) == 2 and hidden["status"].eq("too_few").any():  # noqa: PLR2004
            yield hidden[list(RESULT_KEY)].sort_values("school_year").iloc[0]


if __name__ == "__main__":
    sys.exit(main())

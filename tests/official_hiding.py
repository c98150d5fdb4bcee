"""What Skolverket hides, held beside our rule: every published cell whose numbers can be worked out, table by table.

The numbers behind a cell are those that its own text leaves possible, narrowed by what adds up: girls and boys, private
and municipal organizers, a municipality's schools, shares that sum to one, vocational programmes and the others, which
demand more. Nothing is narrowed by a rule of disclosure. A cell is *agreed* on when every number that is left makes our
rule publish the text; *open* when some do; all others *differ*, and each kind of difference has its reason below.

    python -m tests.official_hiding ../shared/data            the table of agreement
    python -m tests.official_hiding ../shared/data --every    and every cell that differs
    python -m tests.official_hiding ../shared/data --rule official-2024    beside another rule
"""

from __future__ import annotations

import csv
import functools
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import openpyxl
from skq.protect.rule import BY_YEAR, RULES, DisclosureRule, Shape, publish_share
from skq.terms import CellStatus

FEW, NOBODY, NEARLY, NUMBER, EVERYBODY = "..", ".", "~100", "number", "100"
SYMBOLS = {CellStatus.TOO_FEW: FEW, CellStatus.MISSING: NOBODY, CellStatus.NEARLY_ALL: NEARLY}
Range = tuple[int, int]
Symbols = frozenset[str]

REASONS = {
    (NOBODY, FEW): "nobody is told of a group below the limit too; ours asks for the size first (T-27)",
    (FEW, NOBODY): "nobody is hidden in a group above the limit; ours tells it (T-27)",
    (NUMBER, FEW): "the number is told although its own group, or the other sex's, is below the limit; ours hides it",
    (EVERYBODY, FEW): "everybody is told of a group below the limit; ours hides it",
    (NEARLY, FEW): "nearly all is told of a group below the limit; ours hides it",
    (NUMBER, NEARLY): "one to four lacking are told exactly; ours says nearly all",
    (FEW, NUMBER): "hidden although size and numbers are above the limit; ours tells it",
    (FEW, EVERYBODY): "hidden although all have it; ours tells it",
    (FEW, NEARLY): "hidden outright; ours says nearly all",
    (NEARLY, EVERYBODY): "nearly all is said of all; ours tells 100",
    (NEARLY, NUMBER): "nearly all is said where five or more lack it",
}
"""What stands in a file and what our rule would publish, and what lies behind the difference."""


@dataclass(frozen=True)
class Found:
    """One cell beside our rule: where it stands, its text as a symbol, and the symbols that our rule may give."""

    table: str
    where: str
    text: str
    ours: Symbols

    @property
    def kind(self) -> str:
        """Whether the rule agrees, may agree, or differs."""
        if self.text not in self.ours:
            return "differs"
        return "agreed" if len(self.ours) == 1 else "open"


# The files


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of an export by header; of a header that is repeated the columns are numbered (`name/2`)."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream, delimiter=";"))
    start = next(i for i, line in enumerate(lines) if line and line[0] in ("Skola", "Kommun"))
    seen: Counter[str] = Counter()
    header = []
    for name in lines[start]:
        seen[name] += 1
        header.append(name if seen[name] == 1 else f"{name}/{seen[name]}")
    found = []
    for line in lines[start + 1 :]:
        if not line or not line[0].strip():
            break
        found.append(dict(zip(header, line, strict=False)))
    return found


def number(text: str) -> float | None:
    """Return a printed number, None for a symbol."""
    plain = text.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    return float(plain) if plain.replace(".", "", 1).isdigit() else None


def symbol(text: str) -> str:
    """Return a cell's text as a symbol; a share of 100 is one of its own."""
    found = number(text)
    return text.strip() if found is None else EVERYBODY if found == 100 else NUMBER


def tenths(k: int, n: int) -> int:
    """Return the per cent of k in n in tenths, rounded half up, by whole numbers alone."""
    return (2000 * k + n) // (2 * n)


# What lies behind a cell


@dataclass
class Behind:
    """The whole numbers that may lie behind a cell: between `low` and `high`."""

    low: int
    high: int

    def narrow(self, low: float, high: float) -> bool:
        """Keep only what lies between; return whether that left less. What contradicts itself is left as it is."""
        new = (max(self.low, int(low)), min(self.high, int(high)))
        if new[0] > new[1] or new == (self.low, self.high):
            return False
        self.low, self.high = new
        return True


Equation = tuple[Behind, tuple[Behind, ...]]


def settle(equations: Iterable[Equation]) -> None:
    """Narrow whole and parts of every equation by each other, until nothing changes."""
    pending = list(equations)
    changed = True
    while changed:
        changed = False
        for whole, parts in pending:
            low, high = sum(part.low for part in parts), sum(part.high for part in parts)
            changed |= whole.narrow(low, high)
            for part in parts:
                changed |= part.narrow(whole.low - (high - part.high), whole.high - (low - part.low))


def counted(text: str, most: int = 100_000) -> Behind:
    """Return what may lie behind a number of pupils."""
    found = number(text)
    if found is not None:
        return Behind(int(found), int(found))
    return Behind(0, 0) if text.strip() == NOBODY else Behind(1, most)


@functools.cache
def _having(n: int, share: float) -> Range:
    near = int(n * share / 100)
    fits = [
        k
        for k in range(max(0, near - n // 900 - 2), min(n, near + n // 900 + 3) + 1)
        if tenths(k, n) == round(share * 10)
    ]
    return (fits[0], fits[-1]) if fits else (0, n)


def having(text: str, size: Behind) -> Behind:
    """Return how many of *size* may have a property of which a share is printed."""
    share = number(text)
    if share is None or size.low != size.high:
        return Behind(0, 0) if text.strip() == NOBODY else Behind(0, size.high)
    return Behind(*_having(size.low, share)) if size.low else Behind(0, 0)


# What our rule says


@functools.cache
def _said(n: int, low: int, high: int, minimum: float, shape: Shape, nearly_all: int) -> Symbols:
    turns = {low, high, 0, 1, int(minimum) - 1, int(minimum), *range(n - nearly_all - 1, n + 1)}
    answers = set()
    for k in sorted(turn for turn in turns if low <= turn <= min(high, n)):
        told = SYMBOLS.get(publish_share(n, k, minimum=minimum, shape=shape, nearly_all=nearly_all).status)
        answers.add(told or (EVERYBODY if k == n and shape is not Shape.AMOUNT else NUMBER))
    return frozenset(answers)


def said(size: Behind, having: Behind, minimum: float, shape: Shape, rule: DisclosureRule) -> Symbols:
    """Return the symbols that the rule may give to a share with these numbers behind it."""
    low, high = size.low, min(size.high, max(size.low, 60))  # of larger groups what is possible no longer changes
    answers = frozenset().union(
        *(
            _said(n, having.low, min(having.high, n), minimum, shape, rule.nearly_all)
            for n in range(max(low, 1), high + 1)
        )
    )
    return answers or frozenset({NOBODY})


def said_of_size(size: Behind, minimum: float, rule: DisclosureRule) -> Symbols:
    """Return the symbols that the rule may give to what rests on so many, whatever it amounts to."""
    return said(size, Behind(0, size.high), minimum, Shape.AMOUNT, rule)


def beside(own: str, other: str) -> str:
    """Return what is published of one sex beside the other, by the footnotes: a number only beside a number."""
    return FEW if own == NUMBER and other in (FEW, NEARLY) else own


def of_both(own: Symbols, other: Symbols) -> Symbols:
    """Return what may be published of one sex beside the other."""
    return frozenset(beside(one, two) for one, two in product(own, other))


# The tables


def tables(folder: Path, rule: DisclosureRule = BY_YEAR) -> Iterator[Found]:
    """Return every cell of the exports beside *rule*."""
    yield from schools(folder, rule)
    yield from over_time(folder, rule)
    yield from eligibility(folder, rule)
    for year in ("2022-23", "2023-24", "2024-25"):
        yield from grade_year_6(folder, rule, year)
    yield from grade_year_6_by_sex(folder, rule)
    for year in ("2022-23", "2023-24"):
        yield from national_tests(folder, rule, year)
    yield from pupils(folder, rule)
    yield from staff(folder, rule)
    yield from special_teachers(folder, rule)
    yield from tests_beside_grades(folder, rule)


def schools(folder: Path, rule: DisclosureRule) -> Iterator[Found]:
    """Final grades of grade year 9 per school, 2024/25; what a municipality's schools leave tells of a hidden one."""
    passed, eligible = (
        "Andel (%) elever som uppfyllt betygskriterierna i alla ämnen",
        "Andel (%) elever behöriga till yrkesprog.",
    )
    merit = "Genomsnittligt meritvärde (17 ämnen)"
    every = rows_of(folder / "skolverket_siris/slutbetyg_ak9_samtliga_2024-25_skolenhet.csv")
    graded = [row for row in every if {row[passed], row[eligible], row[merit]} != {NOBODY}]
    online = api(folder)
    town = {
        code: values
        for (code, sector, year), values in over_time_rows(folder).items()
        if sector == "Samtliga" and year == "2024/25"
    }
    size = {row["Skol-enhetskod"]: counted(row["Antal elever"]) for row in graded}
    by_town = defaultdict(list)
    for row in graded:
        by_town[row["Kommun-kod"]].append(row)
    for code, own in by_town.items():
        whole = town.get(code)
        if whole and len(own) == len([row for row in every if row["Kommun-kod"] == code]):
            settle([(counted(whole["n"]), tuple(size[row["Skol-enhetskod"]] for row in own))])
    numbers = {
        (row["Skol-enhetskod"], column): having(row[column], size[row["Skol-enhetskod"]])
        for row in graded
        for column in (passed, eligible)
    }
    for code, own in by_town.items():
        if (whole := town.get(code)) and len(own) == len([row for row in every if row["Kommun-kod"] == code]):
            of_all = counted(whole["n"])
            sums = [
                (having(whole[name], of_all), tuple(numbers[row["Skol-enhetskod"], column] for row in own))
                for name, column in (("passed", passed), ("eligible", eligible))
            ]
            settle(sums)
    for row in graded:
        code = row["Skol-enhetskod"]
        where, n = f"{row['Skola']}, {row['Skolkommun']}", size[code]
        numbers[code, eligible].narrow(numbers[code, passed].low, n.high)
        for name, column, family in (("passed all", passed, "all_subjects"), ("eligible", eligible, "eligibility")):
            limits = rule.family(family, 9, "2024/25")
            ours = said(n, numbers[code, column], limits.school, limits.shape, rule)
            yield Found(f"school 9, {name}", where, symbol(row[column]), ours)
            if (code, name, "2024/25") in online:
                yield Found(f"school 9, {name}, API", where, symbol(online[code, name, "2024/25"]), ours)
        limits = rule.family("merit", 9, "2024/25")
        with_grades = Behind(max(numbers[code, eligible].low, numbers[code, passed].low), n.high)
        yield Found("school 9, merit", where, _amount(row[merit]), said_of_size(with_grades, limits.school, rule))
        yield Found("school 9, pupils", where, _amount(row["Antal elever"]), said_of_size(n, limits.school, rule))


API = {
    "ratioOfPupilsIn9thGradeWithAllSubjectsPassed": "passed all",
    "ratioOfPupils9thGradeEligibleForNationalProgramYR": "eligible",
    "specialTeacherPositions": "posts",
}


@functools.cache
def api(folder: Path) -> dict[tuple[str, str, str], str]:
    """Return the texts of the open API by school unit code, what they tell, and school year."""
    found = {}
    with gzip.open(folder / "skolverket_api/statistics_gr_v4_2026-04_13-14.jsonl.gz", "rt", encoding="utf-8") as lines:
        for body in (json.loads(line)["body"] for line in lines):
            for name, what in API.items():
                for one in body[name] or ():
                    if one["value"] is not None:
                        found[body["schoolUnit"], what, one["timePeriod"]] = one["value"]
    return found


def special_teachers(folder: Path, rule: DisclosureRule) -> Iterator[Found]:
    """Posts of special teachers per school in the API: a number of posts rests on itself."""
    for (code, what, year), text in api(folder).items():
        posts = number(text)
        if what == "posts" and posts is not None:
            limits = rule.family("staff", None, year)
            ours = frozenset({FEW if posts < limits.school else NUMBER})
            yield Found("school, special teachers, API", f"{code} {year}", NUMBER, ours)


def _amount(text: str) -> str:
    return NUMBER if number(text) is not None else text.strip()


OVER_TIME = {
    "Totalt antal elever årskurs 9": "n",
    "Genomsnittligt meritvärde (17 ämnen)": "merit",
    "Andel (%) behöriga till yrkesprogram": "eligible",
    "Andel (%) som fått godkänt betyg i alla ämnen": "passed",
}


@functools.cache
def over_time_rows(folder: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    """Return ten years of a municipality's results in grade year 9 by code, kind of organizer and school year."""
    path = folder / "skolverket_siris/jamforelse_betygsresultat_over_tid_ak9_2016-2025_kommun.xlsx"
    book = openpyxl.load_workbook(path, read_only=True)
    found: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for sector in ("Samtliga", "Kommunal", "Enskild"):
        years: list[str] = []
        for row in book[sector].iter_rows(values_only=True):
            if row[0] == "Kommun":
                years = [str(year) for year in row[5:15]]
            elif years and row[0] and row[4] in OVER_TIME:
                for year, value in zip(years, row[5:15], strict=True):
                    found[str(row[1]), sector, year][OVER_TIME[str(row[4])]] = str(value)
    book.close()
    return dict(found)


def over_time(folder: Path, rule: DisclosureRule) -> Iterator[Found]:
    """Grade year 9 per municipality and kind of organizer, 2015/16 to 2024/25."""
    every = over_time_rows(folder)
    for (code, _, year), _ in [item for item in every.items() if item[0][1] == "Samtliga"]:
        sectors = {
            name: every[code, name, year] for name in ("Samtliga", "Kommunal", "Enskild") if (code, name, year) in every
        }
        size = {name: counted(row["n"]) for name, row in sectors.items()}
        parts = tuple(size[name] for name in size if name != "Samtliga")
        settle([(size["Samtliga"], parts)])
        share = {
            (name, what): having(row[what], size[name])
            for name, row in sectors.items()
            for what in ("passed", "eligible")
        }
        settle(
            (share["Samtliga", what], tuple(share[name, what] for name in sectors if name != "Samtliga"))
            for what in ("passed", "eligible")
        )
        for name, row in sectors.items():
            where, n = f"{code} {name} {year}", size[name]
            if row["n"] == NOBODY:
                continue
            share[name, "eligible"].narrow(share[name, "passed"].low, n.high)
            for what, family in (("passed", "all_subjects"), ("eligible", "eligibility")):
                limits = rule.family(family, 9, year)
                ours = said(n, share[name, what], limits.above, limits.shape, rule)
                yield Found(f"municipality 9 over time, {what}", where, symbol(row[what]), ours)
            limits = rule.family("merit", 9, year)
            graded = Behind(max(share[name, "eligible"].low, share[name, "passed"].low), n.high)
            if row["merit"] != NOBODY:
                ours = said_of_size(graded, limits.above, rule)
                yield Found("municipality 9 over time, merit", where, _amount(row["merit"]), ours)
            ours = said_of_size(n, limits.above, rule)
            yield Found("municipality 9 over time, pupils", where, _amount(row["n"]), ours)


GIRLS, BOYS, BOTH = "Flickor", "Pojkar", "Samtliga"


def eligibility(folder: Path, rule: DisclosureRule) -> Iterator[Found]:
    """Eligibility to four kinds of programme by sex, municipality and kind of organizer, 2024/25."""
    every = rows_of(folder / "skolverket_siris/behorighet_gymnasiet_2024-25_kommun_kon.csv")
    columns = [column for column in every[0] if column.startswith("Andel")]
    towns: dict[str, dict[tuple[str, str], dict[str, str]]] = defaultdict(dict)
    for row in every:
        towns[row["Kommun-kod"]][row["Typ av huvudman"], row["Kön"]] = row
    limits = rule.family("eligibility", 9, "2024/25")
    for code, cells in towns.items():
        size = {place: counted(row["Antal elever"]) for place, row in cells.items()}
        settle(_crossed(size))
        share = {
            (*place, column): having(row[column], size[place]) for place, row in cells.items() for column in columns
        }
        equations = [one for column in columns for one in _crossed({p: share[*p, column] for p in cells})]
        for _ in range(3):
            settle(equations)
            for place, (wider, narrower) in product(cells, product(columns[:1], columns[1:])):
                share[*place, narrower].narrow(0, share[*place, wider].high)
                share[*place, wider].narrow(share[*place, narrower].low, size[place].high)
        for (sector, sex), row in cells.items():
            where = f"{code} {sector} {sex}"
            other = (sector, {GIRLS: BOYS, BOYS: GIRLS}.get(sex, ""))
            if row["Antal elever"] != NOBODY:
                ours = said_of_size(size[sector, sex], limits.above, rule)
                if other in cells and cells[other]["Antal elever"] != NOBODY:
                    ours = of_both(ours, said_of_size(size[other], limits.above, rule))
                yield Found("municipality 9 by sex, pupils", where, _amount(row["Antal elever"]), ours)
            for column in columns:
                if row[column] == NOBODY and row["Antal elever"] == NOBODY:
                    continue
                ours = said(size[sector, sex], share[sector, sex, column], limits.above, limits.shape, rule)
                if other in cells and size[other].high:
                    ours = of_both(ours, said(size[other], share[*other, column], limits.above, limits.shape, rule))
                yield Found("municipality 9 by sex, eligible", f"{where} {column[:40]}", symbol(row[column]), ours)


def _crossed(cells: dict[tuple[str, str], Behind]) -> list[Equation]:
    """Return that girls and boys are all, and the kinds of organizer too."""
    sectors = {sector for sector, _ in cells}
    sexes = [
        (cells[sector, BOTH], (cells[sector, GIRLS], cells[sector, BOYS]))
        for sector in sorted(sectors)
        if {(sector, sex) for sex in (GIRLS, BOYS, BOTH)} <= set(cells)
    ]
    kinds = [
        (cells["Samtliga", sex], tuple(cells[sector, sex] for sector in sorted(sectors - {"Samtliga"})))
        for sex in (GIRLS, BOYS, BOTH)
        if all((sector, sex) in cells for sector in sectors) and len(sectors) > 1
    ]
    return sexes + kinds


PASSED_6 = "Andel (%) elever som fått godkänt betyg i alla ämnen"
ONE_6 = "Andel (%) elever som ej fått godkänt betyg i ett ämne"
SEVERAL_6 = "Andel (%) elever som ej fått godkänt betyg i fler, alternativt alla ämnen"
SUBJECTS_6 = "Antal ämnesbetyg (genomsnitt)"
THREE = (PASSED_6, ONE_6, SEVERAL_6)


def grade_year_6(folder: Path, rule: DisclosureRule, year: str) -> Iterator[Found]:
    """Passed in all, failed in one, failed in several subjects in grade year 6, per municipality and organizer."""
    every = rows_of(folder / f"skolverket_siris/betyg_ak6_samtliga_{year}_kommun.csv")
    towns: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in every:
        towns[row["Kommun-kod"]].append(row)
    for code, rows in towns.items():
        size = [counted(row["Antal elever"]) for row in rows]
        share = [{column: having(row[column], n) for column in THREE} for row, n in zip(rows, size, strict=True)]
        whole = next(i for i, row in enumerate(rows) if row["Typ av huvudman"] == "Samtliga")
        parts = [i for i in range(len(rows)) if i != whole]
        settle([(size[whole], tuple(size[i] for i in parts))])
        for _ in range(2):
            settle(
                [(size[i], tuple(share[i].values())) for i in range(len(rows))]
                + [(share[whole][column], tuple(share[i][column] for i in parts)) for column in THREE]
            )
        for row, n, three in zip(rows, size, share, strict=True):
            where = f"{code} {row['Typ av huvudman']} {year}"
            yield from _three_shares(f"municipality 6, {year}", where, row, "", n, three, rule, year.replace("-", "/"))


def _three_shares(
    table: str, where: str, row: dict[str, str], suffix: str, n: Behind, three: dict[str, Behind],
    rule: DisclosureRule, year: str,
) -> Iterator[Found]:  # fmt: skip
    """Return the cells of the three shares, of which the second lowest is hidden too where one alone is."""
    limits = rule.family("all_subjects", 6, year)
    alone = [
        said(n, three[column], limits.above, limits.shape if column == PASSED_6 else Shape.SHARE, rule)
        for column in THREE
    ]
    ours = [set[str]() for _ in THREE]
    for told in product(*alone):
        after = _next_lowest(told, [three[column] for column in THREE])
        for place, possible in zip(ours, after, strict=True):
            place |= possible
    for column, told in zip(THREE, ours, strict=True):
        yield Found(f"{table}, three shares", f"{where} {column[:44]}", symbol(row[column + suffix]), frozenset(told))
    if row[SUBJECTS_6 + suffix] != NOBODY:
        amount = said_of_size(n, limits.above, rule)
        yield Found(f"{table}, subjects", where, _amount(row[SUBJECTS_6 + suffix]), amount)


def _next_lowest(told: tuple[str, ...], counts: list[Behind]) -> list[set[str]]:
    """Return what may stand in three shares: beside a single hidden one also the lowest of the numbers is hidden."""
    shown = [i for i, one in enumerate(told) if one in (NUMBER, EVERYBODY)]
    if told.count(FEW) != 1 or not shown:
        return [{one} for one in told]
    least = min(counts[i].high for i in shown)
    lowest = [i for i in shown if counts[i].low <= least]
    return [
        ({FEW} if len(lowest) == 1 else {FEW, one}) if i in lowest else {one} for i, one in enumerate(told)
    ]  # fmt: skip


def grade_year_6_by_sex(folder: Path, rule: DisclosureRule) -> Iterator[Found]:
    """The same by sex, 2024/25; girls and boys are together what the table of all pupils says."""
    by_sex = rows_of(folder / "skolverket_siris/betyg_ak6_per_kon_2024-25_kommun.csv")
    of_all = rows_of(folder / "skolverket_siris/betyg_ak6_samtliga_2024-25_kommun.csv")
    both = {(row["Kommun-kod"], row["Typ av huvudman"]): row for row in of_all}
    limits = rule.family("all_subjects", 6, "2024/25")
    for row in by_sex:
        where, whole = f"{row['Kommun-kod']} {row['Typ av huvudman']}", both[row["Kommun-kod"], row["Typ av huvudman"]]
        size = {sex: counted(row["Antal elever" + sex]) for sex in ("", "/2")}
        if NOBODY in (row["Antal elever"], row["Antal elever/2"]):
            continue
        total = counted(whole["Antal elever"])
        settle([(total, tuple(size.values()))])
        share = {sex: {column: having(row[column + sex], size[sex]) for column in THREE} for sex in size}
        every = {column: having(whole[column], total) for column in THREE}
        for _ in range(2):
            settle(
                [(size[sex], tuple(share[sex].values())) for sex in size]
                + [(every[column], (share[""][column], share["/2"][column])) for column in THREE]
            )
        for sex, name in (("", "girls"), ("/2", "boys")):
            yield from _three_shares(
                "municipality 6 by sex", f"{where} {name}", row, sex, size[sex], share[sex], rule, "2024/25"
            )
            other = size["/2" if sex == "" else ""]
            ours = of_both(
                said_of_size(size[sex], limits.above, rule),
                said_of_size(other, limits.above, rule),
            )
            yield Found("municipality 6 by sex, pupils", f"{where} {name}", _amount(row["Antal elever" + sex]), ours)


def national_tests(folder: Path, rule: DisclosureRule, year: str) -> Iterator[Found]:
    """National tests of grade year 9 by sex, subject, municipality and kind of organizer."""
    every = rows_of(folder / f"np/np_ak9_provbetyg_per_kon_{year}_kommun.csv")
    count, passed, mean, part = _blocks(folder / f"np/np_ak9_provbetyg_per_kon_{year}_kommun.csv")
    limits = rule.family("tests", 9, year.replace("-", "/"))
    groups: dict[tuple[str, str], dict[str, dict[str, str]]] = defaultdict(dict)
    for row in every:
        groups[row["Kommun-kod"], row["Ämne"]][row["Typ av huvudman"]] = row
    sexes = ("Totalt", GIRLS, BOYS)
    for (code, subject), sectors in groups.items():
        size = {
            (name, {"Totalt": BOTH}.get(sex, sex)): counted(row[sex + count])
            for name, row in sectors.items()
            for sex in sexes
        }
        settle(_crossed(size))
        share = {
            (name, {"Totalt": BOTH}.get(sex, sex)): having(
                row[sex + passed], size[name, {"Totalt": BOTH}.get(sex, sex)]
            )
            for name, row in sectors.items()
            for sex in sexes
        }
        settle(_crossed(share))
        for name, row in sectors.items():
            for sex in sexes:
                key = (name, {"Totalt": BOTH}.get(sex, sex))
                other = (name, {GIRLS: BOYS, BOYS: GIRLS}.get(sex, ""))
                where = f"{code} {name} {subject} {sex} {year}"
                if row[sex + count] == NOBODY:
                    continue
                pair = other in size and size[other].high > 0
                alone = said_of_size(size[key], limits.above, rule)
                yield Found(f"tests 9, {year}, mean", where, _amount(row[sex + mean]), alone)
                ours = of_both(alone, said_of_size(size[other], limits.above, rule)) if pair else alone
                yield Found(f"tests 9, {year}, pupils", where, _amount(row[sex + count]), ours)
                ours = said(size[key], share[key], limits.above, limits.shape, rule)
                if pair:
                    ours = of_both(ours, said(size[other], share[other], limits.above, limits.shape, rule))
                yield Found(f"tests 9, {year}, passed", where, symbol(row[sex + passed]), ours)


def _blocks(path: Path) -> tuple[str, str, str, str]:
    """Return the suffix of the columns of pupils, passed, mean and participation; the files differ in their order."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream, delimiter=";"))
    start = next(i for i, line in enumerate(lines) if line and line[0] == "Kommun")
    names = [name for i, name in enumerate(lines[start - 1][6:18]) if i % 3 == 0]
    suffix = {name: "" if place == 0 else f"/{place + 1}" for place, name in enumerate(names)}
    return tuple(  # type: ignore[return-value]
        next(suffix[name] for name in names if name.startswith(start))
        for start in ("Antal", "Andel (%) med", "Genomsnittlig", "Andel (%) elever som")
    )


GROUPS = (
    "Andel (%) flickor, årskurs 1-9",
    "Andel (%) elever med utländsk bakgrund, åk 1-9",
    "Andel (%) elever med föräldrar med eftergymnasial utb., åk 1-9",
)


def pupils(folder: Path, rule: DisclosureRule) -> Iterator[Found]:
    """Shares of girls and of background per school, 2025/26; and the numbers of pupils, which nobody hides."""
    limits, count = rule.family("pupil_shares", None, "2025/26"), rule.family("pupils", None, "2025/26")
    for row in rows_of(folder / "skolverket_siris/antal_elever_per_arskurs_2025-26_skolenhet.csv"):
        size = counted(row["Elever, årskurs 1-9"])
        for column in GROUPS:
            text = symbol(row[column])
            ours = said(size, having(row[column], size), limits.school, limits.shape, rule)
            yield Found("school, girls and background", f"{row['Skol-enhetskod']} {column[10:30]}", text, ours)
        for column in [name for name in row if name.startswith("Elever, årskurs") and number(row[name]) is not None]:
            own = counted(row[column])
            yield Found("school, numbers of pupils", f"{row['Skol-enhetskod']} {column}", NUMBER,
                        said_of_size(own, count.school, rule))  # fmt: skip


def staff(folder: Path, rule: DisclosureRule) -> Iterator[Found]:
    """Teachers per municipality and kind of organizer: nothing hidden 2020/21, below three posts 2024/25."""
    for year in ("2020-21", "2024-25"):
        limits = rule.family("staff", None, year.replace("-", "/"))
        path = folder / f"skolverket_siris/personal_behorighet_grundskola_{year}_kommun.csv"
        towns: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in rows_of(path):
            towns[row["Kommun-kod"]].append(row)
        for code, rows in towns.items():
            posts = {row["Typ av huvudman"]: number(row["Totalt antal"]) for row in rows}
            for row in rows:
                fte, text = posts[row["Typ av huvudman"]], _amount(row["Totalt antal"])
                if fte is None:
                    shown = [other for name, other in posts.items() if name != "Samtliga" and other is not None]
                    alone = sum(other is None for other in posts.values()) == 1 and posts["Samtliga"] is not None
                    left = posts["Samtliga"] - sum(shown) if alone and posts["Samtliga"] is not None else None
                    ours = (
                        frozenset({FEW, NUMBER})
                        if left is None
                        else frozenset({FEW if left < limits.above else NUMBER})
                    )
                else:
                    ours = frozenset({FEW if fte < limits.above else NUMBER})
                yield Found(f"staff, {year}", f"{code} {row['Typ av huvudman']}", text, ours)


def tests_beside_grades(folder: Path, rule: DisclosureRule) -> Iterator[Found]:
    """Final grades beside test grades, an excerpt of 34 schools, 2024/25."""
    limits = rule.family("test_relation", 9, "2024/25")
    for row in rows_of(folder / "np/np_relation_slutbetyg_ak9_2024-25_skolenhet_UTDRAG.csv"):
        for column in [name for name in row if "antal elever" in name and number(row[name]) is not None]:
            subject, size = column.split(",")[0], counted(row[column])
            for share in [name for name in row if name.startswith(f"{subject}, andel")]:
                ours = said(size, having(row[share], size), limits.school, limits.shape, rule)
                yield Found("tests beside grades", f"{row['Skola']} {share[:40]}", symbol(row[share]), ours)


# The answer


def counts_of(found: Iterable[Found]) -> dict[str, Counter[str]]:
    """Return how many cells of each table agree, may agree and differ."""
    counted_cells: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        counted_cells[one.table][one.kind] += 1
    return dict(counted_cells)


def differences_of(found: Iterable[Found]) -> Counter[tuple[str, str, str]]:
    """Return how often each table differs in which way: the text, and what our rule would say."""
    return Counter((one.table, one.text, "/".join(sorted(one.ours))) for one in found if one.kind == "differs")


def main(arguments: list[str]) -> None:
    """Print the table of agreement, the kinds of difference with their reason, and on request every cell."""
    rule = RULES[arguments[arguments.index("--rule") + 1]] if "--rule" in arguments else BY_YEAR
    found = list(tables(Path(arguments[0]), rule))
    print(f"{'table':42}{'agreed':>8}{'open':>8}{'differ':>8}")
    for table, kinds in counts_of(found).items():
        print(f"{table:42}{kinds['agreed']:8}{kinds['open']:8}{kinds['differs']:8}")
    total = Counter(one.kind for one in found)
    print(f"{'all':42}{total['agreed']:8}{total['open']:8}{total['differs']:8}\n")
    for (table, text, ours), count in sorted(differences_of(found).items()):
        print(f"{count:6}  {table}: {text!r}, ours {ours!r}: {REASONS.get((text, ours), '')}")
    if "--every" in arguments:
        for one in found:
            if one.kind == "differs":
                print(f"{one.table}; {one.where}; {one.text}; {'/'.join(sorted(one.ours))}")


if __name__ == "__main__":
    main(sys.argv[1:])

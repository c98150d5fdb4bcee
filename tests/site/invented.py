"""A small invented project as `batch` leaves it: two schools, one tiny, one with a long name, and an annual analysis.

Everything is typed in here, so that the tests know what must be on the pages.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from skq.render.pages import InputFile, MetricText, SchoolListRow, SiteFacts, Source, site_pages
from skq.render.protection import Edition, HiddenCount
from skq.render.stage import ExecutedReport, stage_around, stage_reports

HOUSE = Path(__file__).parents[2]
LONG_NAME = "Fristående grundskolan Norra Ängsbackens lärcentrum för språk och idrott"
TINY_NAME = "Ö byskola"
LONG = "skolor/norra-angsbacken-99000001/kvalitetsrapport"
TINY = "skolor/o-byskola-99000002/kvalitetsrapport"
ANNUAL = "arsanalys/arsanalys"
ALT = 'Meritvärdet steg från 212 läsåret 2020/21 till 234 läsåret 2024/25 och ligger över kommunens "221".'

CHART = """<svg xmlns="http://www.w3.org/2000/svg" width="453.5pt" height="190pt" viewBox="0 0 453.5 190">
<rect width="453.5" height="190" fill="#ffffff"/>
<path d="M40 20H440M40 70H440M40 120H440M40 170H440" stroke="#d5dde1" stroke-width=".6"/>
<path d="M60 130 150 118 240 122 330 110 420 108" fill="none" stroke="#7d8890" stroke-width="1.8"/>
<path d="M60 140 150 120 240 125 330 84 420 60" fill="none" stroke="#0b5d7a" stroke-width="2.4"/>
<path d="M60 124v32M150 104v32M240 109v32M330 68v32M420 44v32" stroke="#0b5d7a" stroke-width="1"/>
</svg>
"""


def key_number(
    label: str, value: str, interval: str = "", change: str = "", n: str = "", note: str = ""
) -> dict[str, str]:
    parts = {"label": label, "value": value, "interval": interval, "change": change, "n": n, "note": note}
    return {name: text for name, text in parts.items() if text or name in ("label", "value")}


KEY_NUMBERS = [
    key_number("Meritvärde, 17 ämnen", "234,1", "228,4–239,8", "+9,6 sedan 2023/24", "54 elever"),
    key_number("Godkänt i alla ämnen", "81,5 %", "69,2–89,6 %", "+2,1 procentenheter", "54 elever"),
    key_number("Behöriga till yrkesprogram", "~100", "", "", "54 elever", "1–4 elever är inte behöriga"),
    key_number("Behöriga lärare", "74,0 %", "", "−3,2 procentenheter", "31,4 heltidstjänster"),
    key_number("Trygghet, årskurs 8", "..", "", "", "", "dold: färre än fem svar"),
]

MARKING = "Innehåller uppgifter om enskilda"

FRONT: dict[str, dict[str, Any]] = {
    LONG: {
        "title": LONG_NAME, "subtitle": "Kvalitetsrapport läsåret 2024/25", "school": LONG_NAME,
        "school_unit_code": "99000001", "municipality": "Ängsbackens kommun", "school-year": "2024/25",
        "organizer": "Stiftelsen Norra Ängsbackens skolor", "marking": MARKING,
        "key-numbers": KEY_NUMBERS, "origin": "both",
        "run-id": "abc123",
    },
    TINY: {
        "title": TINY_NAME, "subtitle": "Kvalitetsrapport läsåret 2024/25", "school": TINY_NAME,
        "school_unit_code": "09000002", "municipality": "Ängsbackens kommun", "school-year": "2024/25",
        "organizer": "Ängsbackens kommun",
        "key-numbers": [key_number("Elever", "11"), key_number("Behöriga lärare", "..", note="dold: för få")],
        "origin": "official", "run-id": "abc123",
    },
    ANNUAL: {
        "title": "Årsanalys", "subtitle": "Ängsbackens kommun, läsåret 2024/25",
        "school": "Årsanalys, Ängsbackens kommun",
        "municipality": "Ängsbackens kommun", "school-year": "2024/25", "organizer": "Ängsbackens kommun",
        "key-numbers": KEY_NUMBERS[:3], "origin": "both", "run-id": "abc123", "toc": True,
    },
}  # fmt: skip

CAPTION = "Genomsnittligt meritvärde per läsår med 95 procents intervall, skolan (blå) och kommunen (grå)."
TREND = f"""![{CAPTION}](merit-trend.svg){{#fig-merit-trend fig-alt="{ALT.replace('"', "”")}"}}

::: {{.source}}
Källa: betygsregistret och Skolverket, SIRIS 139. n = 48–57 elever per läsår.
:::"""

SUBJECTS = """| Ämne | Elever | Betygspoäng | Intervall | Minst E |
| :-------------------- | -------: | --------------: | -----------: | ----------: |
| Bild | 54 | 14,2 | 13,3–15,1 | 98,1 % |
| Engelska | 54 | 15,6 | 14,6–16,6 | 96,3 % |
| Hem- och konsumentkunskap | 53 | 13,9 | 13,0–14,8 | ~100 |
| Matematik | 54 | 12,1 | 11,0–13,2 | 85,2 % |
| Svenska som andraspråk | .. | .. | .. | .. |

: Betyg i årskurs 9 efter ämne, läsåret 2024/25. {#tbl-subjects}

::: {.content-visible when-format="html"}
[Ladda ner tabellen (CSV)](subjects.csv)
:::"""

BODY = [
    ("markdown", "## I korthet"),
    ("code", "Meritvärdet är **234,1**, vilket är 9,6 poäng högre än förra läsåret. "
             "Skillnaden är större än slumpen brukar ge (@fig-merit-trend). "
             "I matematik har 85 procent minst betyget E (@tbl-subjects).[^n]\n\n"
             "- Andelen elever med godkänt i alla ämnen är oförändrad, sett till osäkerheten.\n"
             "- Andelen behöriga lärare har minskat tre år i rad.\n"
             "- Svaren om trygghet i årskurs 8 är för få för att visas.\n\n"
             "[^n]: Intervallen är 95 procents konfidensintervall."),
    ("markdown", "## Kunskapsresultat\n\nResultaten gäller elever som gick ut årskurs 9."),
    ("code", TREND),
    ("code", '::: {.callout-note title="Elevgruppen byttes ut"}\n'
             "Skolan tog över två klasser från Ängsbackens skola hösten 2023. "
             "Jämförelser bakåt ska göras med försiktighet.\n:::"),
    ("markdown", "## Ämnen"),
    ("code", SUBJECTS),
    ("markdown", "### Flickor och pojkar"),
    ("code", "Flickornas meritvärde är 18 poäng högre än pojkarnas. Skillnaden är säker."),
    ("markdown", "## Elever, lärare och resurser"),
    ("code", "| Mått | 2022/23 | 2023/24 | 2024/25 |\n|:---|---:|---:|---:|\n| Elever | 412 | 405 | 398 |\n"
             "| Elever per lärare | 12,4 | 12,9 | 13,1 |\n\n"
             ": Elever och lärare. {#tbl-staff}"),
    ("markdown", "## Källor, metod och dolda siffror {.appendix}"),
    ("code", "Meritvärdet är summan av elevens 16 bästa betyg och betyget i moderna språk.\n\n### Dolda siffror\n\n"
             "Tre siffror är dolda för att de vilar på för få elever."),
]  # fmt: skip

SHORT = [
    ("markdown", "## I korthet"),
    ("code", "Skolan har 11 elever. De flesta siffror är dolda för att skydda enskilda elever. Den kallas \"Ö'n\".\n\n"
             "::: {.callout-note}\nResultat visas inte för grupper med färre än tio elever.\n:::"),
    ("markdown", "## Kunskapsresultat"),
    ("code", "| Ämne | Elever | Minst E |\n|:--|--:|--:|\n"
             "| Svenska | .. | .. |\n| Matematik | .. | .. |\n\n: Betyg i årskurs 6. {#tbl-subjects}"),
]  # fmt: skip


# As wide as the widest tables of the demo: one with years as the names of its rows, one with schools.
COHORTS = """| Kull | Årskurs | Läsår | Kvar | Slutade | Började | Förändring | Kvar | därav slutade | därav började |
| :-- | :-- | :-- | --: | --: | --: | --: | --: | --: | --: |
| 2016 | 6 till 9 | 2023/24 | 48 | 9 | 6 | +0,03 (−0,3 till +0,3) | +0,30 (−0,1 till +0,6) | −0,11 | −0,15 |
| 2017 | 6 till 9 | 2024/25 | 51 | 2 | 3 | −0,04 (−0,3 till +0,3) | +0,12 (−0,2 till +0,4) | +0,03 | −0,18 |

: Samma elever vid två tillfällen. {#tbl-cohorts}"""

SCHOOLS = f"""| Skola | Elever | Betyg | Sammanvägt (intervall) | Prov | Sammanvägt (intervall) |
| :-- | --: | --: | --: | --: | --: |
| {LONG_NAME} | 54 | +0,61 (−0,2 till +1,4) | +0,30 (−0,4 till +1,0) | +0,4 (−0,7 till +1,6) | +0,1 (−0,6 till +0,9) |
| {TINY_NAME} | 75 | −0,27 (−0,8 till +0,3) | −0,06 (−0,6 till +0,4) | .. | .. |

: Förädlingsvärde per skola. {{#tbl-schools}}"""

YEAR = [*BODY[:-2], ("markdown", "## Samma elever och skolorna"), ("code", COHORTS), ("code", SCHOOLS), *BODY[-2:]]


def notebook(cells: list[tuple[str, str]]) -> str:
    """Return an executed notebook of Markdown cells and code cells with one text/markdown output each."""
    return json.dumps({"cells": [_cell(*cell) for cell in cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _cell(kind: str, text: str) -> dict[str, Any]:
    if kind == "markdown":
        return {"cell_type": "markdown", "metadata": {}, "source": text}
    output = {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/markdown": text, "text/plain": ""},
    }
    return {
        "cell_type": "code",
        "metadata": {},
        "execution_count": 1,
        "source": "secret_call(report)",
        "outputs": [output],
    }


def write_reports(folder: Path) -> list[ExecutedReport]:
    """Write the three executed reports below *folder*, each in a folder of its own."""
    reports = []
    for address, cells in ((LONG, BODY), (TINY, SHORT), (ANNUAL, YEAR)):
        place = folder / address.replace("/", "-")
        shutil.rmtree(place, ignore_errors=True)  # made anew, never written into: finished files may have other names
        place.mkdir(parents=True)
        (place / f"{address.rsplit('/')[-1]}.ipynb").write_text(notebook(cells), encoding="utf-8")
        (place / "front.yml").write_text(json.dumps(FRONT[address], ensure_ascii=False), encoding="utf-8")
        if cells is not SHORT:
            (place / "merit-trend.svg").write_text(CHART, encoding="utf-8")
            (place / "subjects.csv").write_text("\ufeffämne;elever\nBild;54\n", encoding="utf-8")
        reports.append(ExecutedReport(address, place))
    return reports


ROWS = [
    SchoolListRow(LONG_NAME, "Norr", "Stiftelsen Norra Ängsbackens skolor", "F–9", "398", "234,1", LONG),
    SchoolListRow("Ålidens skola", "Söder", "Ängsbackens kommun", "7–9", "1 204", "219,0", ""),
    SchoolListRow(TINY_NAME, "Söder", "Ängsbackens kommun", "F–6", "11", "", TINY),
]

METRICS = [
    MetricText("merit_rating_17", "Betyg i årskurs 9", "Genomsnittligt meritvärde",
               "Summan av elevens 16 bästa betyg och språkvalet.",
               "summan av meritvärden / elever med betyg", "betygsregistret", "Kolada N15505, SIRIS 139"),
    MetricText("pupil_count", "Elever", "Antal elever", "Elever folkbokförda den 15 oktober.", "antal",
               "elevregistret", ""),
]  # fmt: skip

RULE = {
    "id": "official-2024", "min_pupils": 10, "nearly_all": 4,
    "families": {"merit": {"school": 10.0, "above": 5.0}, "staff": {"school": 3.0, "above": 3.0}},
}  # fmt: skip

FACTS = SiteFacts(
    title="Skolornas kvalitet i Ängsbacken",
    subtitle="Läsåret 2024/25",
    annual=ANNUAL,
    rule="Resultat visas bara för grupper om minst tio elever.",
    provenance=(("Körning", "abc123"), ("Program", "skq 0.1.0")),
    inputs=(InputFile("grades", "betyg-2025.csv", 6120, "9f2c" * 16),),
    sources=(
        Source("Slutbetyg årskurs 9", "Skolverket", "https://www.skolverket.se/skolutveckling/statistik", "2025-10-01"),
    ),
    hidden=(HiddenCount("..", "bygger på för få elever", 1031), HiddenCount("..", "skyddar en annan dold siffra", 9)),
    edition=Edition("public", RULE),
)


WORDS = "::: {.facts}\n[Netto]{#netto}\n:   Högre minus lägre.\n:::"
INDEX = "- [Genomsnittligt meritvärde](metod.html#merit_rating_17)"


def staged(folder: Path) -> Path:
    """Stage the invented project below *folder* and return where it is."""
    pages = site_pages(ROWS, METRICS, FACTS, house=HOUSE, words=WORDS, index=INDEX)
    reports, project = write_reports(folder / "executed"), folder / "project"
    return stage_around(
        stage_reports(reports, project), [report.address for report in reports], pages, project, house=HOUSE,
        title="Skolornas kvalitet i Ängsbacken", footer="Framtaget av Ängsbackens kommun med skq 0.1.0.",
    )  # fmt: skip

"""The exports of Skolverket that skq knows: which column is which indicator, of which pupils, resting on which number.

Pure data. A table is known by its title and by whether its rows are schools or municipalities; `siris_specs` finds it.
Numbers as ids are Skolverket's own export ids where those are verified for this level; words are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skq.terms import Breakdown

SCHOOL_PLACES = ("Skola", "Skolenhetskod", "Skolkommun", "Kommunkod", "Typ av huvudman", "Huvudman", "Huvudman orgnr")
MUNICIPALITY_PLACES = ("Kommun", "Kommunkod", "Län", "Länskod", "Typ av huvudman")

SUBJECTS: Mapping[str, str] = {
    "Bild": "BL",
    "Biologi": "BI",
    "Engelska": "EN",
    "Fysik": "FY",
    "Geografi": "GE",
    "Hem och konsumentkunskap": "HKK",
    "Hem- och konsumentkunskap": "HKK",
    "Historia": "HI",
    "Idrott och hälsa": "IDH",
    "Kemi": "KE",
    "Matematik": "MA",
    "Moderna språk, elevens val": "M1",
    "Moderna språk, språkval": "M2",
    "Modersmål": "ML",
    "Musik": "MU",
    "Religionskunskap": "RE",
    "Samhällskunskap": "SH",
    "Slöjd": "SL",
    "Svenska": "SV",
    "Svenska som andraspråk": "SVA",
    "Teckenspråk": "TN",
    "Teknik": "TK",
}
"""The agency's names of subjects and the codes of docs/architecture.md."""

SUBJECTS_NOT_CARRIED = frozenset({"Moderna språk, skolans val"})

SEXES: Mapping[str, str] = {"Flickor": "girls", "Pojkar": "boys", "Samtliga": "all", "Totalt": "all"}


@dataclass(frozen=True)
class Measure:
    """What a column is: an indicator, and the column that holds the number of pupils (or FTE) it rests on.

    `n` is the header of that column, `itself` for a count that rests on itself, or empty where none is published.
    `subject` and `category` are empty where the row tells them.
    """

    metric: str
    n: str = ""
    grade_year: int | None = None
    category: str = "all"
    subject: str = ""

    @property
    def breakdown(self) -> str:
        """The breakdown that the category belongs to."""
        return str(Breakdown.ALL if self.category == "all" else Breakdown.SEX)


ITSELF = "itself"


@dataclass(frozen=True)
class TableSpec:
    """One export that skq knows.

    `id` becomes the source (`siris:<id>`), `measures` maps a header to its measure, `known` are columns that are
    understood and not carried, `optional` those that some years lack. With `items` the measure stands in that column of
    each row and the school years are the remaining columns. `subjects` and `sexes` name the columns that hold them.
    The lower `rank` wins where two exports publish the same number. `other_id` is the id of the same table with rows of
    the other kind, schools for municipalities or municipalities for schools, where skq reads that one too.
    """

    id: str
    title: str
    places: tuple[str, ...]
    measures: Mapping[str, Measure]
    known: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    items: str = ""
    subjects: str = ""
    sexes: str = ""
    rank: int = 0
    other_id: str = ""

    @property
    def of_schools(self) -> bool:
        """Whether a row is a school, and not a municipality."""
        return "Skolenhetskod" in self.places


_PASSED_9 = "Andel (%) elever som uppfyllt betygskriterierna i alla ämnen"
_SIXTH = {
    "Antal ämnesbetyg (genomsnitt)": "subject_grades_mean",
    "Andel (%) elever som fått godkänt betyg i alla ämnen": "all_subjects_passed_share",
    "Andel (%) elever som ej fått godkänt betyg i ett ämne": "failed_one_subject_share",
    "Andel (%) elever som ej fått godkänt betyg i fler, alternativt alla ämnen": "failed_several_subjects_share",
}
_PUPILS = "Elever, årskurs 1-9"
_PUPIL_MEASURES = {
    **{f"Elever, årskurs {year}": Measure("pupil_count", n=ITSELF, grade_year=year) for year in range(1, 10)},
    _PUPILS: Measure("pupil_count", n=ITSELF),
    "Andel (%) flickor, årskurs 1-9": Measure("girls_share", n=_PUPILS),
    "Andel (%) elever med utländsk bakgrund, åk 1-9": Measure("foreign_background_share", n=_PUPILS),
    "Andel (%) elever med föräldrar med eftergymnasial utb., åk 1-9": Measure(
        "parents_post_secondary_share", n=_PUPILS
    ),
}
_TEST_GROUPS = {
    "Andel (%) elever som deltagit": "test_participation_share",
    "Andel (%) med provbetyg A-E": "test_passed_share",
    "Genomsnittlig betygspoäng": "test_points_mean",
}
_TESTED = "Antal elever med provbetyg A-F"
_RELATIONS = {"lägre": "grade_below_test_share", "lika": "grade_equal_test_share", "högre": "grade_above_test_share"}


def _sixth_by_sex() -> dict[str, Measure]:
    return {
        f"{sex}|{name}": Measure(metric, f"{sex}|Antal elever", 6, SEXES[sex])
        for sex in ("Flickor", "Pojkar")
        for name, metric in _SIXTH.items()
    }


def _tests() -> dict[str, Measure]:
    """Shares of those with a test grade rest on them; what participation rests on is not published."""
    return {
        f"{group}|{sex}": Measure(metric, "" if "deltagit" in group else f"{_TESTED}|{sex}", 9, SEXES[sex])
        for group, metric in _TEST_GROUPS.items()
        for sex in ("Totalt", "Flickor", "Pojkar")
    }


def _relations() -> dict[str, Measure]:
    return {
        f"{subject}, andel (%) elever med {word} slutbetyg jämfört med provbetyget": Measure(
            metric, f"{subject}, antal elever med provbetyg och slutbetyg", 9, subject=SUBJECTS[subject]
        )
        for subject in ("Svenska", "Matematik", "Engelska", "Svenska som andraspråk")
        for word, metric in _RELATIONS.items()
    }


SPECS: tuple[TableSpec, ...] = (
    TableSpec(
        id="139",
        title=r"Grundskola - Slutbetyg årskurs 9, samtliga elever",
        places=SCHOOL_PLACES,
        measures={
            _PASSED_9: Measure("all_subjects_passed_share", "Antal elever", 9),
            "Andel (%) elever behöriga till yrkesprog.": Measure("eligible_vocational_share", "Antal elever", 9),
            "Genomsnittligt meritvärde (17 ämnen)": Measure("merit_rating_17", "Antal elever", 9),
        },
        known=frozenset({"Antal elever"}),
        other_id="138",
    ),
    TableSpec(
        id="6",
        title=r"Grundskola - Antal elever per årskurs",
        places=SCHOOL_PLACES,
        measures=_PUPIL_MEASURES,
        optional=frozenset({"Socioekonomisk områdestyp"}),
    ),
    TableSpec(
        id="antal-elever-kommun",
        title=r"Grundskola - Antal elever per årskurs",
        places=MUNICIPALITY_PLACES,
        measures=_PUPIL_MEASURES,
    ),
    TableSpec(
        id="behorighet-kommun",
        title=r"Grundskola - Behörighet till gymnasieskolan, fr\.o\.m\. 2011",
        places=(*MUNICIPALITY_PLACES, "Kön"),
        measures={
            "Andel (%) elever behöriga till yrkesprog.": Measure("eligible_vocational_share", "Antal elever", 9),
            "Andel elever (%) behöriga till estetiskt program": Measure("eligible_arts_share", "Antal elever", 9),
            "Andel elever (%) behöriga till Ekonomi-, humanistiska och samhällsvetenskaps- program": Measure(
                "eligible_social_share", "Antal elever", 9
            ),
            "Andel elever (%) behöriga till Naturvetenskapligt och tekniskt program": Measure(
                "eligible_science_share", "Antal elever", 9
            ),
        },
        known=frozenset({"Antal elever"}),
        sexes="Kön",
        other_id="5",
    ),
    TableSpec(
        id="betyg-ak6-kommun",
        title=r"Grundskola - Betyg årskurs 6, andel som fått godkänt betyg \(A-E\), samtliga elever",
        places=MUNICIPALITY_PLACES,
        measures={name: Measure(metric, "Antal elever", 6) for name, metric in _SIXTH.items()},
        known=frozenset({"Antal elever"}),
        other_id="betyg-ak6-skolenhet",
    ),
    TableSpec(
        id="betyg-ak6-kon-kommun",
        title=r"Grundskola - Betyg årskurs 6, andel som fått godkänt betyg \(A-E\), per kön",
        places=MUNICIPALITY_PLACES,
        measures=_sixth_by_sex(),
        known=frozenset(f"{sex}|Antal elever" for sex in ("Flickor", "Pojkar")),
        other_id="betyg-ak6-kon-skolenhet",
    ),
    TableSpec(
        id="amnesbetyg-over-tid-kommun",
        title=r"Grundskola - Jämförelse av ämnesbetyg över tid",
        places=MUNICIPALITY_PLACES,
        measures={"": Measure("subject_passed_share", grade_year=9)},
        subjects="Andel (%) elever som fått godkänt betyg i respektive ämne",
        items="Andel (%) elever som fått godkänt betyg i respektive ämne",
        rank=1,
    ),
    TableSpec(
        id="betygsresultat-over-tid-kommun",
        title=r"Grundskola - Jämförelse av betygsresultat över tid",
        places=MUNICIPALITY_PLACES[:-1],
        measures={
            "Genomsnittligt meritvärde (17 ämnen)": Measure("merit_rating_17", "Totalt antal elever årskurs 9", 9),
            "Genomsnittligt meritvärde (16 ämnen)": Measure("merit_rating_16", "Totalt antal elever årskurs 9", 9),
            "Andel (%) behöriga till yrkesprogram": Measure(
                "eligible_vocational_share", "Totalt antal elever årskurs 9", 9
            ),
            "Andel (%) som fått godkänt betyg i alla ämnen": Measure(
                "all_subjects_passed_share", "Totalt antal elever årskurs 9", 9
            ),
        },
        known=frozenset(
            {
                "Totalt antal elever årskurs 9",
                "- andel (%) flickor",
                "- andel (%) pojkar",
                "- andel (%) elever med utländsk bakgrund",
                "- andel (%) med föräldrar med eftergymnasial utbildning",
            }
        ),
        items="Uppgift",
        rank=1,
    ),
    TableSpec(
        id="32",
        title=r"Grundskola - Kostnader per kommun",
        places=MUNICIPALITY_PLACES,
        measures={"Totalt per elev": Measure("cost_per_pupil", "Genomsnittligt elevantal")},
        known=frozenset(
            {
                "Genomsnittligt elevantal",
                "Totalt",
                "Undervisning",
                "Undervisning per elev",
                "Lokaler per elev",
                "Måltider per elev",
                "Lärverktyg per elev",
                "Elevhälsa per elev",
                "Övrigt per elev",
            }
        ),
    ),
    TableSpec(
        id="personal-behorighet-kommun",
        title=r"Grundskola - Personalstatistik med lärarlegitimation och behörighet",
        places=MUNICIPALITY_PLACES,
        measures={
            "#Heltidstjänster|Totalt antal": Measure("teacher_fte", ITSELF),
            "#Heltidstjänster|Andel med lärarlegitimation och behörighet": Measure(
                "certified_teacher_share", "#Heltidstjänster|Totalt antal"
            ),
            "#Tjänstgörande lärare|Andel med lärarlegitimation och behörighet i minst ett ämne": Measure(
                "certified_any_subject_share", "#Tjänstgörande lärare|Totalt antal"
            ),
        },
        known=frozenset(
            {
                "#Heltidstjänster|Antal med lärarlegitimation och behörighet",
                "#Heltidstjänster|Förstelärare",
                "#Tjänstgörande lärare|Totalt antal",
                "#Tjänstgörande lärare|Antal med lärarlegitimation och behörighet i minst ett ämne",
                "#Tjänstgörande lärare|Förstelärare",
            }
        ),
    ),
    TableSpec(
        id="np-ak9-kommun",
        title=r"Grundskola - Resultat nationella prov årskurs 9, provbetyg per kön - Engelska, Matematik och Svenska.*",
        places=(*MUNICIPALITY_PLACES, "Ämne"),
        measures=_tests(),
        known=frozenset(f"{_TESTED}|{sex}" for sex in ("Totalt", "Flickor", "Pojkar")),
        subjects="Ämne",
        other_id="np-ak9-skolenhet",
    ),
    TableSpec(
        id="1",
        title=r"Grundskola - Relationen mellan nationella prov och slutbetyg årskurs 9, svenska.*engelska",
        places=SCHOOL_PLACES,
        measures=_relations(),
        known=frozenset(measure.n for measure in _relations().values()),
    ),
)

"""The tables of an organizer, column by column.

Sources: docs/architecture.md ("Own tables"); domain.md §0 (codes), §1 (grades), §6 (tests), §11 (survey),
§13 (attendance), §15 (ratings).
"""

from __future__ import annotations

from typing import Any

from skq.schema import parts, scales
from skq.schema.columns import ColumnSpec, Kind, TableSpec
from skq.schema.steering import LEISURE_CENTRES, RISK, TARGETS

CODE, INTEGER = Kind.CODE, Kind.INTEGER

SCHOOL_UNITS = TableSpec(
    "school_units",
    ("skolenheter",),
    "a school unit in a school year",
    (
        parts.school_unit_code(),
        parts.school_year(),
        parts.text("name", ("Namn", "Skolenhet", "Skola"), "name of the unit", "Björkskolan"),
        ColumnSpec(
            "municipality_code",
            ("Kommunkod",),
            CODE,
            "municipality where the unit lies",
            "0114",
            pattern=r"\d{4}",
            pattern_means="a municipality code of four digits",
        ),
        parts.text("organizer", ("Huvudman",), "name of the organizer", "Ekdala kommun"),
        parts.choice(
            "organizer_type",
            ("Typ av huvudman", "Huvudmannatyp"),
            "kind of organizer",
            {"municipal": ("kommunal", "kommun"), "independent": ("enskild", "fristående")},
        ),
        parts.grade_year(
            "lowest grade year of the unit",
            name="first_grade_year",
            headers=("Från årskurs", "Lägsta årskurs"),
            example="0",
        ),
        parts.grade_year(
            "highest grade year of the unit", name="last_grade_year", headers=("Till årskurs", "Högsta årskurs")
        ),
        parts.text(
            "area",
            ("Område", "Skolområde"),
            "area that the organizer follows up by",
            "Norr",
            required=False,
            nullable=True,
        ),
        ColumnSpec(
            "organizer_id",
            ("Organisationsnummer", "Huvudman id"),
            CODE,
            "organisation number of the organizer",
            "2120000000",
            required=False,
            nullable=True,
            pattern=r"\d{6}-?\d{4}",
            pattern_means="an organisation number of ten digits",
        ),
        parts.school_unit_code(
            name="successor_code",
            headers=("Efterträdare", "Ersätts av", "Ny skolenhetskod"),
            about="code of the unit that continues this one after a reorganisation",
            example="10000009",
            required=False,
            nullable=True,
        ),
    ),
    ("school_unit_code", "school_year"),
)

_EDUCATION = {"minimum": 1, "maximum": 3, "required": False, "nullable": True}
_EDUCATION_SPELLINGS = {
    "1": ("1", "förgymnasial", "compulsory"),
    "2": ("2", "gymnasial", "upper secondary"),
    "3": ("3", "eftergymnasial", "post secondary"),
}

PUPILS = TableSpec(
    "pupils",
    ("elever",),
    "a pupil at a unit in a school year",
    (
        parts.pupil_id(),
        parts.school_unit_code(),
        parts.school_year(),
        parts.grade_year(),
        parts.choice(
            "sex",
            ("Kön",),
            "legal sex",
            {"girls": ("flicka", "flickor", "girl", "F", "K"), "boys": ("pojke", "pojkar", "boy", "P", "M")},
        ),
        parts.text("class_group", ("Klass", "Grupp"), "class", "9A", required=False, nullable=True),
        *(
            ColumnSpec(
                f"parent{number}_education",
                (f"Vårdnadshavare {number} utbildning", f"Förälder {number} utbildning"),
                INTEGER,
                f"highest education of parent {number}: {parts.EDUCATION_LEVELS}",
                "3",
                spellings=_EDUCATION_SPELLINGS,
                **_EDUCATION,  # type: ignore[arg-type]  # a mapping of mixed values, checked by the tests of the schema
            )
            for number in (1, 2)
        ),
        parts.boolean("newly_arrived", ("Nyinvandrad",), "immigrated during the last four years"),
        parts.boolean("foreign_background", ("Utländsk bakgrund",), "born abroad, or both parents born abroad"),
        parts.boolean("adapted_studies", ("Anpassad studiegång",), "has an adapted timetable"),
        parts.date(
            "enrolled_from",
            ("Inskriven från", "Från datum"),
            "first day at the unit",
            "2024-08-19",
            required=False,
            nullable=True,
        ),
        parts.date(
            "enrolled_to",
            ("Inskriven till", "Till datum"),
            "last day at the unit",
            "2025-06-11",
            required=False,
            nullable=True,
        ),
        parts.choice(
            "school_form",
            ("Skolform",),
            "grundskola unless said otherwise; pupils of the adapted form are counted by themselves and nowhere else",
            {"compulsory": ("grundskola",), "adapted": ("anpassad grundskola", "anpassad", "grundsärskola")},
            required=False,
            nullable=True,
        ),
    ),
    ("pupil_id", "school_unit_code", "school_year", "enrolled_from"),
)

GRADES = TableSpec(
    "grades",
    ("betyg",),
    "a pupil's grade in a subject in a term",
    (
        parts.pupil_id(),
        parts.school_year(),
        parts.term(),
        parts.choice(
            "kind",
            ("Betygstyp", "Typ av betyg"),
            "final or term grade",
            {"final": ("slutbetyg",), "term": ("terminsbetyg",)},
        ),
        parts.subject(),
        parts.choice(
            "grade",
            ("Betyg",),
            "grade on the scale of the school year; blank = has not had the subject",
            scales.GRADES,
            nullable=True,
        ),
        parts.boolean(
            "is_language_choice", ("Språkval", "Är språkval"), "whether the grade is in the pupil's språkval"
        ),
    ),
    ("pupil_id", "school_year", "term", "kind", "subject"),
)

NATIONAL_TESTS = TableSpec(
    "national_tests",
    ("nationella_prov", "np"),
    "a pupil's result on a national test or a part of it",
    (
        parts.pupil_id(),
        parts.school_year(),
        parts.grade_year("grade year of the test: 3, 6 or 9"),
        parts.subject(),
        parts.text(
            "part", ("Delprov", "Del"), "`total` for the whole test (grade years 6 and 9), or the part's name", "total"
        ),
        parts.choice(
            "result",
            ("Resultat", "Provbetyg"),
            "grade on the year's scale, or in grade year 3 whether the level was reached; blank = did not take part",
            {
                **scales.GRADE_LETTERS,
                "reached": ("nådd", "nått", "uppnådd", "ja"),
                "not_reached": ("ej nådd", "inte nådd", "ej nått", "ej uppnådd", "nej"),
            },
            nullable=True,
        ),
    ),
    ("pupil_id", "school_year", "grade_year", "subject", "part"),
)

FORECASTS = TableSpec(
    "forecasts",
    ("prognoser", "prognos"),
    "a teacher's forecast for a pupil in a subject",
    (
        parts.pupil_id(),
        parts.school_year(),
        ColumnSpec("follow_up", ("Uppföljning",), INTEGER, "follow-up of the year, 1-4", "1", minimum=1, maximum=4),
        parts.subject(),
        parts.choice(
            "forecast",
            ("Prognos",),
            "whether the pupil is forecast to pass",
            {
                "reaches": ("når", "når målen"),
                "at_risk": ("riskerar", "riskerar att inte nå"),
                "not_reach": ("når inte", "når ej"),
            },
        ),
        parts.choice(
            "predicted_grade",
            ("Prognosbetyg", "Förväntat betyg"),
            "predicted grade, on the scale of the school year",
            scales.GRADES,
            required=False,
            nullable=True,
        ),
    ),
    ("pupil_id", "school_year", "follow_up", "subject"),
)

ATTENDANCE = TableSpec(
    "attendance",
    ("närvaro", "frånvaro"),
    "a pupil's hours in a term",
    (
        parts.pupil_id(),
        parts.school_year(),
        parts.term(),
        parts.amount("offered_hours", ("Erbjudna timmar",), "hours of teaching offered", "600"),
        parts.amount(
            "valid_absence_hours", ("Giltig frånvaro", "Giltig frånvaro timmar"), "hours of valid absence", "38"
        ),
        parts.amount(
            "invalid_absence_hours", ("Ogiltig frånvaro", "Ogiltig frånvaro timmar"), "hours of invalid absence", "12,5"
        ),
    ),
    ("pupil_id", "school_year", "term"),
)

RESPONDENT_GROUP = parts.choice(
    "respondent_group",
    ("Svarsgrupp", "Respondentgrupp"),
    "who answered",
    {
        "pupils_5": ("elever åk 5", "elever årskurs 5"),
        "pupils_8": ("elever åk 8", "elever årskurs 8"),
        "guardians": ("vårdnadshavare",),
        "staff": ("personal",),
    },
)

SURVEY_AREA = parts.choice(
    "area",
    ("Område", "Frågeområde"),
    "area of the item; the three of HME (staff only) have three items each",
    {
        "safety": ("trygghet",),
        "calm_study": ("studiero",),
        "support": ("stöd",),
        "stimulation": ("stimulans",),
        "influence": ("inflytande",),
        "respect": ("bemötande",),
        "hme_motivation": ("hme motivation",),
        "hme_leadership": ("hme ledarskap",),
        "hme_governance": ("hme styrning",),
    },
)

SURVEY_ITEM = parts.text("item", ("Fråga", "Påstående"), "the item's text or number", "Jag känner mig trygg i skolan")


def survey_answer(*, nullable: bool = False) -> ColumnSpec:
    """Return the column with the answer to an item."""
    return parts.choice(
        "answer",
        ("Svar", "Svarsalternativ"),
        "4 = most positive wording agreed with, 1 = least, or don't know; in HME always a digit, 5 = agreed with most",
        {
            "4": ("4", "stämmer mycket bra"),
            "3": ("3", "stämmer ganska bra"),
            "2": ("2", "stämmer ganska dåligt"),
            "1": ("1", "stämmer mycket dåligt"),
            "5": ("5",),
            "dont_know": ("vet ej", "vet inte"),
        },
        nullable=nullable,
    )


REVERSED = parts.boolean("reversed", ("Omvänd", "Omvänd fråga"), "whether agreeing is negative")

SURVEY = TableSpec(
    "survey",
    ("enkät",),
    "the number of persons who gave an answer to an item",
    (
        parts.school_unit_code(),
        parts.school_year(),
        RESPONDENT_GROUP,
        SURVEY_AREA,
        SURVEY_ITEM,
        survey_answer(),
        parts.count("count", ("Antal", "Antal svar"), "persons who gave this answer", "21"),
        parts.count(
            "invited_count", ("Antal inbjudna", "Inbjudna"), "persons invited; for guardians the number of pupils", "48"
        ),
        REVERSED,
    ),
    ("school_unit_code", "school_year", "respondent_group", "area", "item", "answer"),
)

SURVEY_ANSWERS = TableSpec(
    "survey_answers",
    ("enkätsvar",),
    "a person's answer to an item, for surveys whose answers are known one by one instead of counted in `survey`",
    (
        parts.school_unit_code(),
        parts.school_year(),
        RESPONDENT_GROUP,
        ColumnSpec(
            "respondent",
            ("Svarande", "Svars-id"),
            CODE,
            "number of the questionnaire; never a personal identity number, nor the pseudonym of another table",
            "S0007",
            is_person=True,
        ),
        SURVEY_AREA,
        SURVEY_ITEM,
        survey_answer(nullable=True),
        ColumnSpec(
            "invited_count",
            ("Antal inbjudna", "Inbjudna"),
            INTEGER,
            "persons invited; for guardians the number of pupils",
            "48",
            required=False,
            nullable=True,
            minimum=0,
        ),
        REVERSED,
    ),
    ("school_unit_code", "school_year", "respondent_group", "respondent", "area", "item"),
)

STAFF = TableSpec(
    "staff",
    ("personal",),
    "a teacher at a unit in a school year (15 October)",
    (
        ColumnSpec(
            "teacher_id",
            ("Personal-id", "Lärar-id", "Anställningsnummer"),
            CODE,
            "pseudonym of the teacher; never a personal identity number",
            "L0042",
            is_person=True,
        ),
        parts.school_unit_code(),
        parts.school_year(),
        parts.amount("fte", ("Heltidstjänster", "Tjänstgöringsgrad"), "full-time equivalents, 0-1", "0,8", maximum=1),
        parts.amount(
            "certified_fte",
            ("Behöriga heltidstjänster", "Behörig del"),
            "part of `fte` taught with licence and qualification",
            "0,6",
            maximum=1,
        ),
        parts.boolean(
            "certified_any",
            ("Behörig i något ämne",),
            "licensed and qualified in at least one subject taught",
            required=True,
            nullable=False,
            example="ja",
        ),
        parts.choice(
            "role",
            ("Roll", "Befattning"),
            "teacher unless said otherwise",
            {
                "teacher": ("lärare",),
                "special_educator": ("specialpedagog",),
                "special_teacher": ("speciallärare",),
                "other": ("annan", "övrig"),
            },
            required=False,
            nullable=True,
        ),
    ),
    ("teacher_id", "school_unit_code", "school_year", "role"),
)

ECONOMY = TableSpec(
    "economy",
    ("ekonomi",),
    "a unit's cost of one kind in a calendar year",
    (
        parts.school_unit_code(),
        parts.calendar_year("fiscal_year", ("År", "Räkenskapsår"), "calendar year of the accounts"),
        parts.text(
            "cost_type",
            ("Kostnadsslag", "Kostnadstyp"),
            "kind of cost: undervisning, lokaler, måltider, lärverktyg, elevhälsa, övrigt",
            "undervisning",
        ),
        parts.amount(
            "amount_tkr",
            ("Belopp tkr", "Kostnad tkr"),
            "thousand kronor; a correction may be negative",
            "31250,5",
            minimum=None,
        ),
    ),
    ("school_unit_code", "fiscal_year", "cost_type"),
)

SICK_LEAVE = TableSpec(
    "sick_leave",
    ("sjukfrånvaro",),
    "sick hours of an employee group at a unit in a calendar year",
    (
        parts.school_unit_code(),
        parts.calendar_year("year", ("År",), "calendar year"),
        parts.text("employee_group", ("Personalgrupp",), "employee group", "lärare"),
        parts.amount("sick_hours", ("Sjukfrånvarotimmar", "Sjuktimmar"), "hours of sick leave", "1830"),
        parts.amount(
            "available_hours", ("Ordinarie timmar", "Tillgängliga timmar"), "ordinary available hours", "41200"
        ),
        parts.count("employees", ("Antal anställda",), "persons in the group", "27"),
    ),
    ("school_unit_code", "year", "employee_group"),
)

ASSESSMENTS = TableSpec(
    "assessments",
    ("skattningar", "skattning"),
    "a rating of a unit in an area on the four-step scale",
    (
        parts.school_unit_code(),
        parts.school_year(),
        parts.text("area", ("Område",), "area that is rated", "trygghet och studiero"),
        parts.choice(
            "rater", ("Skattad av", "Bedömare"), "who rated", {"principal": ("rektor",), "organizer": ("huvudman",)}
        ),
        ColumnSpec(
            "rating",
            ("Skattning", "Bedömning"),
            INTEGER,
            "4 = helt, 3 = till stor del, 2 = till viss del, 1 = inte alls",
            "3",
            spellings={
                "4": ("4", "helt"),
                "3": ("3", "till stor del"),
                "2": ("2", "till viss del"),
                "1": ("1", "inte alls"),
            },
            minimum=1,
            maximum=4,
        ),
    ),
    ("school_unit_code", "school_year", "area", "rater"),
)

_OF_METRIC: dict[str, Any] = {"minimum": None, "nullable": True}

COMMITMENTS = TableSpec(
    "commitments",
    ("åtaganden",),
    "a unit's commitment, one row per metric it is followed by",
    (
        parts.school_unit_code(),
        parts.school_year(),
        parts.text(
            "commitment", ("Åtagande",), "what the unit commits itself to", "Fler elever når minst E i matematik"
        ),
        parts.text("reason", ("Varför", "Orsak"), "why", "Resultaten i matematik har sjunkit tre år i rad"),
        parts.text("activities", ("Aktiviteter", "Hur"), "what will be done", "Två lärare i alla lektioner i åk 7"),
        parts.text("owner", ("Ansvarig",), "who answers for it (role)", "rektor"),
        parts.date("start_date", ("Startdatum", "Start"), "first day", "2024-08-15"),
        parts.date("end_date", ("Slutdatum", "Slut"), "last day", "2025-06-15"),
        parts.text(
            "metric",
            ("Mätetal",),
            "indicator of the catalogue that it is measured by; blank = it is measured by none",
            "subject_passed_share",
            nullable=True,
        ),
        parts.amount("start_value", ("Startvärde",), "value of the metric at the start", "0,81", **_OF_METRIC),
        parts.amount("expected_value", ("Förväntat värde",), "value of the metric aimed at", "0,88", **_OF_METRIC),
        *parts.which_number(),
    ),
    ("school_unit_code", "school_year", "commitment", "metric"),
)

COMMENTARY = TableSpec(
    "commentary",
    ("kommentarer",),
    "the principal's text for a section of the report",
    (
        parts.school_unit_code(),
        parts.school_year(),
        parts.text("section", ("Avsnitt",), "section of the report", "knowledge_results"),
        parts.text(
            "text",
            ("Text", "Kommentar"),
            "what the principal writes, in Markdown",
            "Vi ser att resultaten i svenska vänder uppåt.",
        ),
    ),
    ("school_unit_code", "school_year", "section"),
)

TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        SCHOOL_UNITS,
        PUPILS,
        GRADES,
        NATIONAL_TESTS,
        FORECASTS,
        ATTENDANCE,
        SURVEY,
        SURVEY_ANSWERS,
        STAFF,
        ECONOMY,
        SICK_LEAVE,
        ASSESSMENTS,
        COMMITMENTS,
        COMMENTARY,
        LEISURE_CENTRES,
        TARGETS,
        RISK,
    )
}
"""Every table that an organizer can hand in, by its English name."""

UNCOUNTED = frozenset({COMMENTARY.name})
"""Tables on which no number rests, nor anything else that a report tells: a change of them makes nothing anew."""

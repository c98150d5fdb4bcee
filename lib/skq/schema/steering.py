"""The tables that an organizer steers by: leisure centres, targets of the follow-up plan, and risk for the allocation.

Sources: docs/architecture.md ("Own tables"); domain.md §14 (leisure centre), §16 (risk), §19 (follow-up plan).
"""

from __future__ import annotations

from skq.schema import parts
from skq.schema.columns import TableSpec

LEISURE_CENTRES = TableSpec(
    "leisure_centres",
    ("fritidshem",),
    "the leisure centre of a unit on 15 October of a school year",
    (
        parts.school_unit_code(),
        parts.school_year(),
        parts.count("enrolled", ("Inskrivna", "Inskrivna elever"), "pupils enrolled at the leisure centre", "112"),
        parts.amount(
            "fte",
            ("Årsarbetare",),
            "staff who work with the children, full-time equivalents",
            "5,4",
        ),
        parts.amount(
            "qualified_fte",
            ("Årsarbetare med högskoleexamen", "Årsarbetare med pedagogisk högskoleexamen"),
            "part of `fte` with a pedagogical degree",
            "2,7",
            required=False,
            nullable=True,
        ),
        parts.count(
            "enrolled_6_9",
            ("Inskrivna 6–9 år", "Inskrivna 6-9 år"),
            "enrolled children of 6 to 9 years",
            "98",
            required=False,
            nullable=True,
        ),
        parts.count(
            "population_6_9",
            ("Barn 6–9 år", "Barn 6-9 år"),
            "children of 6 to 9 years whom the leisure centre is for: in the catchment area, or at the unit",
            "126",
            required=False,
            nullable=True,
        ),
    ),
    ("school_unit_code", "school_year"),
)

TARGETS = TableSpec(
    "targets",
    ("mål", "måltal"),
    "a target of the follow-up plan: a metric and the value aimed at",
    (
        parts.text("metric", ("Mätetal",), "indicator of the catalogue", "all_subjects_passed_share"),
        parts.school_year(),
        parts.amount("target", ("Målvärde", "Mål"), "value aimed at; a share as 0,85", "0,85", minimum=None),
        parts.school_unit_code(
            about="unit that the target is for; blank = every unit of the level", required=False, nullable=True
        ),
        parts.choice(
            "level",
            ("Nivå",),
            "level that the target is for; blank = school",
            {
                "school": ("skola", "skolenhet", "enhet"),
                "area": ("område", "skolområde"),
                "organizer": ("huvudman",),
                "municipality": ("kommun",),
            },
            required=False,
            nullable=True,
        ),
        *parts.which_number(),
        parts.amount(
            "tolerance",
            ("Tolerans",),
            "how far from the target still counts as partly reached, in the metric's own unit; blank = 0",
            "0,02",
            required=False,
            nullable=True,
        ),
        parts.text(
            "title",
            ("Rubrik", "Målets namn"),
            "the target in words",
            "Alla elever ska nå målen",
            required=False,
            nullable=True,
        ),
        parts.choice(
            "kind",
            ("Måltyp", "Typ av mål"),
            "overall target (knowledge, equity) or means towards it; blank = overall",
            {"overall": ("övergripande", "övergripande mål"), "means": ("medel",)},
            required=False,
            nullable=True,
        ),
    ),
    ("metric", "school_year", "school_unit_code", "level", "grade_year", "subject"),
)

RISK = TableSpec(
    "risk",
    ("socioekonomi", "socioekonomiskt index"),
    "the mean predicted risk of a unit's pupils in a school year",
    (
        parts.school_unit_code(),
        parts.school_year(),
        parts.amount(
            "risk",
            ("Sannolikhet", "Andel utan behörighet"),
            "predicted share of the pupils who will not become eligible for upper secondary school, 0-1",
            "0,142",
            maximum=1,
        ),
    ),
    ("school_unit_code", "school_year"),
)

"""Which numbers the annual analysis speaks of, and at which levels; the slice holds many times as many."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skq.protect import ProtectedTable
from skq.report.numbers import Numbers, Point
from skq.report.rows import Key
from skq.store import Slice, Wanted
from skq.terms import Breakdown, Level

OF_SCHOOLS = (
    "merit_rating_17", "all_subjects_passed_share", "eligible_vocational_share", "pupil_count",
    "certified_teacher_share", "salsa_expected", "salsa_residual",
)  # fmt: skip
OF_SUBJECTS = ("subject_passed_share", "subject_points_mean", "test_points_mean", "grade_test_net_pp")
"""Measures shown at every level, and in the table of subjects."""

OF_EQUITY = (
    "merit_icc", "merit_between_share", "merit_sd", "merit_school_sd", "merit_p90_p10", "merit_p75_p25",
    "merit_lowest_quarter_mean", "merit_gap_education", "merit_background_slope", "merit_background_r2",
    "segregation_education", "segregation_education_by_chance", "segregation_foreign",
    "segregation_foreign_by_chance", "segregation_entropy", "compensation_slope", "compensation_correlation",
)  # fmt: skip
OF_COHORTS = (
    "cohort_stayers_count", "cohort_leavers_count", "cohort_joiners_count", "cohort_matched_share", "cohort_change",
    "cohort_change_stayers", "cohort_change_leavers", "cohort_change_joiners", "pseudo_cohort_change",
    "test_all_parts_share",
)  # fmt: skip
OF_WORK = (
    "sick_leave_share", "leisure_children_count", "leisure_children_per_fte", "leisure_qualified_share",
    "leisure_enrolled_share", "adapted_pupil_count", "adapted_pupil_share", "assessment_median", "assessment_minimum",
    "assessment_good_share", "assessment_index", "assessment_improved_share", "assessment_unchanged_share",
    "assessment_worse_share", "assessment_agreement_share", "assessment_kappa",
)  # fmt: skip
OF_MUNICIPALITY = (*OF_SUBJECTS, *OF_EQUITY, *OF_COHORTS, *OF_WORK)

OF_EACH_SCHOOL = (
    "value_added_grades", "value_added_grades_shrunken", "value_added_tests", "value_added_tests_shrunken",
    "pseudo_cohort_change", "assessment_rating", "allocation_index", "allocation_base", "allocation_structure",
    "allocation_total", "allocation_per_pupil",
)  # fmt: skip
"""Measures shown of the municipality alone, and of its schools alone."""


SPOKEN_OF: Wanted = (
    {"metric": OF_SCHOOLS},
    {"metric": OF_MUNICIPALITY, "level": [Level.MUNICIPALITY]},
    {"metric": OF_EACH_SCHOOL, "level": [Level.SCHOOL]},
)
WHOLE: Wanted = ({"level": [Level.MUNICIPALITY], "breakdown": [Breakdown.ALL]},)
"""The municipality's numbers of all pupils, of which any may have a goal."""

ROWS: Mapping[str, Wanted] = {
    "results": (*SPOKEN_OF, *WHOLE),
    "comparisons": SPOKEN_OF,
    "estimates": ({"metric": OF_SCHOOLS, "level": [Level.SCHOOL]},),
}
"""What of the slice the analysis needs."""


def numbers(part: Slice) -> Numbers:
    """Return the numbers that the analysis speaks of."""
    return Numbers.of(_kept(part.results, SPOKEN_OF), _kept(part.comparisons, SPOKEN_OF))


def wholes(part: Slice) -> Mapping[Key, Point]:
    """Return the municipality's numbers of all pupils by their key."""
    return Numbers.of(_kept(part.results, WHOLE), part.comparisons.select(level=[])).points


def _kept(table: ProtectedTable, wanted: Wanted) -> ProtectedTable:
    rows = table.frame
    met = [
        np.logical_and.reduce([rows[column].isin(list(values)) for column, values in criteria.items()])
        for criteria in wanted
    ]
    return table.only(np.logical_or.reduce(met).astype(bool))

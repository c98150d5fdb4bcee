"""A linear programme that is asked again and again, and starts each time where it ended."""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import csc_array

from skq.suppression.system import Floats

PRIMAL_SIMPLEX = 4


def programme(
    matrix: csc_array,
    lower: Floats,
    upper: Floats,
    *,
    cost: Floats | None = None,
    right: Floats | None = None,
    slack: float = 0.0,
    primal: bool = False,
) -> highspy.Highs:
    """Return a solver that minimises *cost* (0) where *matrix* times the columns is *right* (0), give or take *slack*.

    *primal*: for questions that change the cost alone, the primal simplex goes on from the last vertex.
    """
    told = np.zeros(matrix.shape[0]) if right is None else right
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.col_cost_ = np.zeros(matrix.shape[1]) if cost is None else cost
    model.col_lower_, model.col_upper_ = lower, upper
    model.row_lower_, model.row_upper_ = told - slack, told + slack
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    for option, value in (("presolve", "off"), ("threads", 1)):
        solver.setOptionValue(option, value)
    if primal:
        solver.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
    solver.passModel(model)
    return solver

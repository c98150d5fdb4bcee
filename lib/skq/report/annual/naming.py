"""The few dots of a figure that are named: each name beside its dot, no two over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from skq.report import style

STEP = 0.07
"""The least distance between two names, as a share of the height."""
MOST = 12


def name_dots(axis: Axes, dots: Sequence[tuple[float, float, str]]) -> None:
    """Write the name of each dot (x, y, name) beside it, towards the middle of the figure; at most `MOST` of them."""
    low, high = axis.get_ylim()
    middle = sum(axis.get_xlim()) / 2
    step = (high - low) * STEP
    free = {False: -math.inf, True: -math.inf}
    for x, y, name in sorted(dots[:MOST], key=lambda dot: (dot[1], dot[0], dot[2])):
        turned = x > middle
        height = max(y, free[turned] + step)
        free[turned] = height
        axis.annotate(
            name, (x, height), xytext=(-7 if turned else 7, 0), textcoords="offset points",
            ha="right" if turned else "left", va="center", color=style.SCHOOL, size=style.SMALL_SIZE, gid="name",
            path_effects=[withStroke(linewidth=2.5, foreground=style.BACKGROUND)],
        )  # fmt: skip

"""The few dots of a figure that are named: each name beside its dot, no two over each other."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from skq.report import style

STEP = 0.07
"""The least distance between two names, as a share of the height."""
MOST = 12


def name_dots(axis: Axes, dots: Sequence[tuple[float, float, str]]) -> None:
    """Write the name of each dot (x, y, name) beside it, towards the middle of the figure; at most `MOST` of them.

    No line goes through a name: it lies on a ground of its own, above the lines and below the dots.
    """
    low, high = axis.get_ylim()
    middle = sum(axis.get_xlim()) / 2
    ordered = sorted(dots[:MOST], key=lambda dot: (dot[1], dot[0], dot[2]))
    heights = apart([y for _, y, _ in ordered], step=(high - low) * STEP, highest=high)
    for (x, _, name), height in zip(ordered, heights, strict=True):
        turned = x > middle
        axis.annotate(
            name, (x, height), xytext=(-7 if turned else 7, 0), textcoords="offset points",
            ha="right" if turned else "left", va="center", color=style.SCHOOL, size=style.SMALL_SIZE, gid="name",
            bbox={"facecolor": style.BACKGROUND, "edgecolor": "none", "pad": 0.8}, zorder=2.5,
        )  # fmt: skip


def apart(ordered: Sequence[float], *, step: float, highest: float) -> list[float]:
    """Return rising heights at least *step* from each other, as near *ordered* as they can be and none above *highest*.

    >>> apart([1.0, 1.1, 5.0], step=0.5, highest=5.0)
    [1.0, 1.5, 5.0]
    >>> apart([4.9, 5.0], step=0.5, highest=5.0)
    [4.5, 5.0]
    """
    heights: list[float] = []
    for value in ordered:
        heights.append(max(value, heights[-1] + step) if heights else value)
    for place in reversed(range(len(heights))):
        most = highest if place == len(heights) - 1 else heights[place + 1] - step
        heights[place] = min(heights[place], most)
    return heights

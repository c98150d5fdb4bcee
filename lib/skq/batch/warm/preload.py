"""What the parent of warm kernels has loaded before it forks: libraries and the files of fonts, and no more.

Nothing here may start a Python thread, a zmq context, an event loop or pyplot's backend: a fork would carry them along.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from contextlib import suppress
from importlib import import_module

from skq.batch.environment import REPORTS_ALONE
from skq.garbage import look_seldom

INLINE = "module://matplotlib_inline.backend_inline"
"""The backend of matplotlib that ipykernel chooses where the environment says none; to be known before the import."""

KERNEL = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.historyapp",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "IPython.paths",
    "comm",
    "encodings.idna",
    "encodings.latin_1",
    "encodings.utf_8_sig",
    "faulthandler",
    "importlib.resources.readers",
    "ipykernel.comm.manager",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "pandas.core.arrays.arrow.extension_types",
    "pandas.core.methods.to_dict",
    "tornado.locks",
    "tornado.platform.asyncio",
    "zmq.asyncio",
)
"""What a kernel and the libraries import inside functions, late; a version that lacks one of them does without."""

LIBRARIES = (
    "numpy",
    "pyarrow.compute",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "pandas",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
)
"""What reports compute and draw with."""

SEMINARS = ("seaborn", "statsmodels.api", "statsmodels.formula.api")
"""What the notebooks of seminars compute and draw with besides."""


def preload() -> None:
    """Import all that notebooks need, register the fonts of the reports, draw one figure, then set garbage aside.

    A Python for `REPORTS_ALONE` leaves out what only seminars need. Raises whatever an import raises, and RuntimeError
    when something started a thread or a backend.
    """
    os.environ.setdefault("MPLBACKEND", INLINE)
    for name in LIBRARIES if REPORTS_ALONE in sys._xoptions else LIBRARIES + SEMINARS:
        import_module(name)
    for name in KERNEL:
        with suppress(ModuleNotFoundError):
            import_module(name)
    _report_room()
    refuse_unsafe()
    gc.collect()
    look_seldom()
    gc.freeze()  # what is loaded is shared with every kernel; collecting it again would only copy the memory


def refuse_unsafe() -> None:
    """Raise RuntimeError where this process would not bear a fork, or its forks would not be fresh."""
    if "matplotlib_inline.backend_inline" in sys.modules:
        raise RuntimeError("an import loaded the inline backend, which looks for its kernel only then")
    if threading.active_count() != 1:
        raise RuntimeError(f"an import started threads: {sorted(thread.name for thread in threading.enumerate())}")


def _report_room() -> None:
    """Load the report's code, its words, the catalogue and its type: the same for every report, and read-only."""
    import skq.report
    import skq.report.annual
    from skq.catalog import metrics
    from skq.report.figures.canvas import prepare
    from skq.report.figures.usual import draw_usual
    from skq.report.style import register_fonts
    from skq.report.texts import texts

    for name in skq.report.__all__:
        getattr(skq.report, name)
    metrics()
    texts()
    register_fonts()
    _first_figure()
    draw_usual()
    prepare()


def _first_figure() -> None:
    """Draw a figure for nobody, with no backend: what libraries load and look up for their first one is there then.

    matplotlib itself closes its files of fonts in a fork, so that no two kernels read through the same descriptor.
    """
    import matplotlib
    from matplotlib.figure import Figure

    from skq.report.figures.panels import MARKS, name_colours
    from skq.report.style import INK, RC
    from skq.report.svg import svg_bytes

    with matplotlib.rc_context({**RC, "svg.hashsalt": ""}):
        figure = Figure()
        for axes in figure.subplots(1, 2):
            axes.plot([0, 1], [0, 1], marker="o")
            axes.set_title("0")
            axes.text(0, 0, "0", weight="semibold")
        name_colours(figure, [(mark, "0", INK) for mark in MARKS])
        svg_bytes(figure)

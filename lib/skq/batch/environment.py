"""The Python that runs the reports' kernels, and the environment they see: the same on every machine."""

from __future__ import annotations

import os
import sys

FIXED_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",
    "PYTHONSAFEPATH": "1",
    "TZ": "UTC",
}
"""What a kernel sees whatever the user's session says, so that every machine draws the same."""

WRITTEN_BY_LIBRARIES = ("PYARROW_IGNORE_TIMEZONE", "SPARK_LOCAL_IP")
"""What pandera writes there when it is imported: a kernel is the same whether numbers have been computed or not."""

REPORTS_ALONE = "skq-reports"
"""The option `-X` of a Python whose kernels make reports: what seminars compute with is not loaded before it is asked
for, which halves what a parent of kernels loads."""

PYTHON = (sys.executable, "-P", "-X", REPORTS_ALONE)
"""The Python that runs skq, which imports nothing from the folder it is started in."""


def kernel_environment() -> dict[str, str]:
    """Return the whole environment of a report's kernel."""
    own = {name: value for name, value in os.environ.items() if name not in WRITTEN_BY_LIBRARIES}
    return {**own, **FIXED_ENVIRONMENT}

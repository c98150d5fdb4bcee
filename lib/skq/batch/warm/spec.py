"""The kernelspec of warm kernels, for papermill, JupyterLab and `jupyter execute`.

`python -m skq.batch.warm.spec [PREFIX]` installs it into an environment (this Python's own when none is told):
then `papermill -k skq-warm`, `jupyter execute --kernel_name=skq-warm` and JupyterLab's launcher know it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager

from skq.batch.warm.provisioner import NAME


def kernelspec(python: str = sys.executable) -> dict[str, Any]:
    """Return the content of `kernel.json`: ipykernel under *python*, forked, over Unix sockets of its own."""
    return {
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (skq, warm)",
        "language": "python",
        "metadata": {
            "debugger": True,
            "kernel_provisioner": {"provisioner_name": NAME, "config": {"private_sockets": True}},
        },
    }


def install(prefix: str = sys.prefix) -> Path:
    """Install the kernelspec under *prefix* and return its folder; OSError when that cannot be written."""
    with tempfile.TemporaryDirectory(prefix="skq-") as folder:
        (Path(folder) / "kernel.json").write_text(json.dumps(kernelspec(), indent=1) + "\n", encoding="utf-8")
        return Path(KernelSpecManager().install_kernel_spec(folder, kernel_name=NAME, prefix=prefix))


if __name__ == "__main__":
    print(install(*sys.argv[1:2]))  # noqa: T201 - the command's answer

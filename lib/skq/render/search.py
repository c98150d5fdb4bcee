"""The search index of the finished site, made by Pagefind on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from skq.errors import RenderError

FOLDER = "pagefind"
NEEDED = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json")
"""What our own search page uses besides the index itself; Pagefind's ready-made widgets are left out."""


def index_site(site: Path) -> list[Path]:
    """Write the search index of the HTML pages of *site* into its folder `pagefind/`; return its files, sorted.

    The folder appears whole, so that others may look at the site meanwhile. RenderError with Pagefind's message when it
    fails.
    """
    folder = site / FOLDER
    fresh = Path(tempfile.mkdtemp(dir=site.parent, prefix=f".{FOLDER}."))
    try:
        run = subprocess.run(
            [pagefind_path(), "--site", str(site), "--output-path", str(fresh), "--silent", "--force-language", "sv",
             "--keep-index-url"],
            capture_output=True, text=True, check=False, cwd=site,
        )  # fmt: skip
        if run.returncode != 0 or not (fresh / NEEDED[0]).is_file():
            raise RenderError(f"the search index could not be made: {run.stdout.strip()} {run.stderr.strip()}")
        _remove_widgets(fresh)
        os.chmod(fresh, 0o755)  # mkdtemp makes it private
        os.replace(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def pagefind_path() -> str:
    """Return where the program pagefind is: beside its Python package, else on the path."""
    from pagefind_bin import get_executable  # type: ignore[import-untyped]  # published without type information

    found = get_executable()
    if not Path(found).is_file():
        raise RenderError("the package pagefind_bin holds no program; install pagefind[bin] again")
    return str(found)


def _remove_widgets(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        index = path.is_dir() or path.name.startswith("wasm.") or path.suffix == ".pf_meta"
        if not index and path.name not in NEEDED:
            path.unlink()
    shutil.rmtree(folder / "playground", ignore_errors=True)

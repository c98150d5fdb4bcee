"""pandoc, called once per document and format."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pypandoc

from skq.errors import RenderError

MARKDOWN = "markdown-smart"
"""Our words are typed as they shall stand; quotation marks and dashes are not changed."""


TELLS_LETTERS = {"LC_ALL": "C.UTF-8"}
"""In a session without a language pandoc cannot open a file below a folder with å in its name."""


@cache
def pandoc_path() -> str:
    """Return where the pandoc of pypandoc_binary is."""
    return str(pypandoc.get_pandoc_path())


def convert(
    markdown: str,
    *,
    to: str,
    template: Path,
    filters: Sequence[Path],
    metadata: Mapping[str, Any],
    variables: Mapping[str, Any],
    name: str,
) -> str:
    """Return *markdown* as a complete document in the format *to*.

    *metadata* are Markdown texts (the title block), *variables* go into *template* as they are and must be escaped
    for the format. Anything that pandoc warns about is an error: RenderError naming *name*.
    """
    defaults = {
        "from": MARKDOWN,
        "to": to,
        "template": str(template),
        "filters": [str(path) for path in filters],
        "variables": dict(variables),
        "standalone": True,
        "wrap": "none",
        "fail-if-warnings": True,
        "section-divs": to.startswith("html"),
    }
    with tempfile.TemporaryDirectory(prefix="skq-") as folder:
        # JSON is YAML too, and pandoc wants the latter's suffix.
        settings = Path(folder) / "defaults.yaml"
        settings.write_text(json.dumps(defaults, ensure_ascii=False), encoding="utf-8")
        run = subprocess.run(
            [pandoc_path(), "--defaults", str(settings)],
            input=_with_title_block(markdown, metadata).encode(),
            capture_output=True,
            check=False,
            env={**os.environ, **TELLS_LETTERS},
        )
    if run.returncode != 0:
        raise RenderError(f"{name}: pandoc could not make {to}:\n{run.stderr.decode(errors='replace').strip()}")
    return run.stdout.decode()


def _with_title_block(markdown: str, metadata: Mapping[str, Any]) -> str:
    # As a block of the document itself, because only there pandoc reads the texts as Markdown, as Quarto has them.
    return f"---\n{json.dumps(dict(metadata), ensure_ascii=False)}\n---\n\n{markdown}"

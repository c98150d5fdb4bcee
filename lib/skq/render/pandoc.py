"""pandoc, called once per document."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pypandoc

from skq.errors import RenderError

MARKDOWN = "markdown-smart"
"""Our words are typed as they shall stand; quotation marks and dashes are not changed."""

NEVER_BEGUN = {"raw_tex": re.compile(r"\\[A-Za-z]"), "latex_macros": re.compile(r"\\[A-Za-z]"),
               "tex_math_dollars": re.compile(r"\$")}  # fmt: skip
"""What begins with these signs alone: in a text without them pandoc is spared the search for it at every word."""

ROOM = ("+RTS", "-A64m", "-RTS")
"""Memory for pandoc to fill before it looks for what it needs no more: a report takes less, so most it never does."""

TAB_STOP = 4
"""pandoc's own."""

TELLS_LETTERS = {"LC_ALL": "C.UTF-8"}
"""In a session without a language pandoc cannot open a file below a folder with å in its name."""

TOGETHER = Path(__file__).with_name("convert.lua")


@dataclass(frozen=True)
class Wanted:
    """One format that a document is wanted in: *to*, through *filters* in their order, laid into *template*.

    *variables* go into the template as they are and must be escaped for the format.
    """

    to: str
    template: Path
    filters: tuple[Path, ...]
    variables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """The same by pandoc's own names."""
        return {
            "to": self.to,
            "template": str(self.template),
            "filters": [str(path) for path in self.filters],
            "variables": dict(self.variables),
            "wrap": "none",
            "section-divs": self.to.startswith("html"),
        }


@cache
def pandoc_path() -> str:
    """Return where the pandoc of pypandoc_binary is."""
    return str(pypandoc.get_pandoc_path())


def convert(markdown: str, wanted: Wanted, *, metadata: Mapping[str, Any], name: str) -> str:
    """Return *markdown* as a complete document.

    *metadata* are Markdown texts (the title block). Anything that pandoc warns about is an error: RenderError naming
    *name*.
    """
    settings = {"from": MARKDOWN, "standalone": True, "fail-if-warnings": True, **wanted.options}
    with tempfile.TemporaryDirectory(prefix="skq-") as folder:
        # JSON is YAML too, and pandoc wants the latter's suffix.
        file = Path(folder) / "defaults.yaml"
        file.write_text(_json(settings), encoding="utf-8")
        run = _run("--defaults", str(file), text=_with_title_block(markdown, metadata))
    if run.returncode != 0:
        raise RenderError(f"{name}: pandoc could not make {wanted.to}:\n{run.stderr.decode(errors='replace').strip()}")
    return run.stdout.decode()


def convert_all(markdown: str, wanted: Sequence[Wanted], *, metadata: Mapping[str, Any], name: str) -> list[str]:
    """Return *markdown* in every format of *wanted*, each as by `convert`; read once, which takes longest of all.

    Where anything is said of it, each format is made by itself, so that a fault is told in the words of that.
    """
    # pandoc's command line does this to a text before it reads it, its reader does not.
    text = _with_title_block(markdown, metadata).replace("\r", "").expandtabs(TAB_STOP)
    asked = {"from": _form(text), "text": text, "wanted": [each.options for each in wanted]}
    run = _run(*ROOM, "lua", str(TOGETHER), text=_json(asked))
    if run.returncode != 0 or run.stderr or not metadata.get("title"):  # without one, pandoc invents another
        return [convert(markdown, each, metadata=metadata, name=name) for each in wanted]
    return [str(document) for document in json.loads(run.stdout)]


def _form(text: str) -> str:
    """Return the form of Markdown that *text* is read by, without what it does not use."""
    return MARKDOWN + "".join(f"-{name}" for name, sign in NEVER_BEGUN.items() if not sign.search(text))


def _run(*options: str, text: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **TELLS_LETTERS}
    return subprocess.run(
        [pandoc_path(), *options], input=text.encode(), capture_output=True, check=False, env=environment
    )


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def _with_title_block(markdown: str, metadata: Mapping[str, Any]) -> str:
    # As a block of the document itself, because only there pandoc reads the texts as Markdown, as Quarto has them.
    return f"---\n{_json(dict(metadata))}\n---\n\n{markdown}"

"""Every PDF declares what an accessible PDF must declare: PDF/UA-1, tags, Swedish, a title that is shown.

Typst has checked the content before it would write such a file; this looks at what the finished file says, whichever
engine wrote it.
"""

from __future__ import annotations

import re
from pathlib import Path

from skq.errors import RenderError, counted

# Each begins with letters that are there or not: they are found many times as fast as a choice or either case.
DECLARATIONS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("does not declare PDF/UA-1", re.compile(rb"pdfuaid:part(?:>\s*1\s*</pdfuaid:part>|=\"1\")")),
    ("is not tagged", re.compile(rb"/MarkInfo\s*<<[^>]*/Marked\s+true")),
    ("has no structure tree", re.compile(rb"/StructTreeRoot\s+\d+ \d+ R")),
    ("does not say that it is in Swedish", re.compile(rb"/Lang\s*\([sS][vV](?:-[sS][eE])?\)")),
    ("has no title", re.compile(rb"<dc:title>.*?<rdf:li[^>]*>[^<]+</rdf:li>", re.DOTALL)),
    ("shows its file name instead of its title", re.compile(rb"/DisplayDocTitle\s+true")),
)


def check_pdfs(site: Path) -> int:
    """Return the number of PDFs in *site*; RenderError listing every one that does not declare itself accessible."""
    pdfs = sorted(site.rglob("*.pdf"))
    faults = [f"{pdf.relative_to(site).as_posix()} {fault}" for pdf in pdfs for fault in pdf_faults(pdf.read_bytes())]
    if faults:
        raise RenderError(f"{counted(len(faults), 'fault')} in the PDFs of the site:\n  " + "\n  ".join(faults))
    return len(pdfs)


def pdf_faults(content: bytes) -> list[str]:
    """Return what the PDF *content* lacks, empty when it declares everything."""
    if not content.startswith(b"%PDF-"):
        return ["is no PDF"]
    return [fault for fault, declaration in DECLARATIONS if not declaration.search(content)]

"""The invented site, rendered once for all tests of this folder, and a browser where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from skq.render.engine import Engine
from skq.render.site import render_site

from tests.site.invented import staged

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EMBEDDED = Engine("embedded", "test")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The staged project, in a folder with a space and Swedish letters in its name."""
    return staged(tmp_path_factory.mktemp("staged") / "mina rapporter åäö")


@pytest.fixture(scope="session")
def site(project: Path) -> Path:
    """The finished site of the embedded engine."""
    return render_site(project, project.parent / "site", engine=EMBEDDED).site


@pytest.fixture(scope="module")  # no longer: Playwright's event loop would stand in the way of later tests' own
def browser() -> Iterator[Browser]:
    """The machine's Chromium; skipped where there is none, unless SKQ_REQUIRE_BROWSER=1."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("SKQ_REQUIRE_BROWSER") == "1":
            pytest.fail("SKQ_REQUIRE_BROWSER=1, and there is no Chromium on the path")
        pytest.skip("no Chromium on the path")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pdf_text(site: Path) -> dict[str, str]:
    """The text of every PDF, by address, with soft line ends joined."""
    from pypdf import PdfReader

    return {
        path.relative_to(site).as_posix().removesuffix(".pdf"): " ".join(
            " ".join(page.extract_text().split()) for page in PdfReader(path).pages
        )
        for path in sorted(site.rglob("*.pdf"))
    }

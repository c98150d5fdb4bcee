"""What is left to do on a page that Quarto has made, before it is a page of our site."""

from __future__ import annotations

from pathlib import Path

MENU = '<nav class="navbar'
NOT_SEARCHED = ("sok.html", "404.html")


def finish_page(path: Path, address: str) -> None:
    """Name the menu of the page at *path* for a listener, and mark what of it the search index shall hold.

    That is what stands on the page and not its menu and footer; *address* is the page's in the site.
    """
    text = path.read_text(encoding="utf-8").replace(MENU, f'<nav aria-label="Huvudmeny"{MENU[4:]}', 1)
    if address not in NOT_SEARCHED:
        text = text.replace("<main ", "<main data-pagefind-body ", 1)
    path.write_text(text, encoding="utf-8", newline="\n")

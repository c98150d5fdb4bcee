"""What the shared Lua filters make of tables, figures and notes, asked of pandoc itself."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from skq.render.markdown import pipe_table
from skq.render.pandoc import pandoc_path

FILTERS = Path(__file__).parents[2] / "reports" / "theme" / "filters"


def made(markdown: str, to: str, *, filters: tuple[str, ...] = ("embedded.lua", "accessible.lua")) -> str:
    """Return what pandoc and *filters* (ours) make of *markdown*; fails with pandoc's own message."""
    chosen = [f"--lua-filter={FILTERS / name}" for name in filters]
    command = [pandoc_path(), "--from=markdown-smart", f"--to={to}-smart", "--wrap=none", *chosen]
    run = subprocess.run(command, input=markdown, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def table(columns: int, cell: str, rows: int = 2) -> str:
    head = ["Skola", *(f"Mått {number}" for number in range(1, columns))]
    body = [["Norra skolan", *[cell] * (columns - 1)] for _ in range(rows)]
    return pipe_table(head, [":---", *["---:"] * (columns - 1)], body) + "\n\n: Tabell. {#tbl-a}\n"


class TestPdfTables:
    def test_narrow_table_gives_the_first_column_what_is_left(self) -> None:
        """Where everything fits, numbers take what they need."""
        assert "columns: (1fr, auto, auto,)" in made(table(3, "12,5"), "typst")

    def test_full_table_is_set_smaller(self) -> None:
        """Nine columns of numbers with intervals do not fit: the type shrinks, and every column gets its share."""
        text = made(table(9, "242,9 (233–252)"), "typst")
        assert re.search(r"columns: \((\d+\.\d+fr, ){8}\d+\.\d+fr,\)", text)
        size = re.search(r"#show table: set text\(size: ([\d.]+)pt\)", text)
        assert size is not None
        assert 7.4 < float(size[1]) < 8.8

    @pytest.mark.parametrize(("rows", "broken"), [(16, False), (17, True)])
    def test_only_a_long_table_is_broken(self, rows: int, broken: bool) -> None:
        """Up to 16 rows a table stays on one page."""
        assert ("set block(breakable: true)" in made(table(3, "1", rows), "typst")) is broken

    def test_table_without_caption_takes_no_number(self) -> None:
        """A table without a caption is not counted, so that the numbers in text and PDF agree."""
        markdown = pipe_table(["A"], [":---"], [["b"]]) + "\n\n" + table(2, "1") + "\nSe @tbl-a.\n"
        assert "#figure(numbering: none" in made(markdown, "typst")
        assert re.search(r'href="#tbl-a"[^>]*>Tabell.1<', made(markdown, "html5"))

    def test_what_explains_a_table_stays_on_its_page(self) -> None:
        """A table whose notes follow is not left alone; nothing holds one without notes, nor one on a page."""
        noted = table(2, "1") + "\n::: {.source}\nTvå punkter: visas inte.\n:::\n"
        assert "set block(sticky: true)" in made(noted, "typst")
        assert "set block(sticky: true)" not in made(table(2, "1") + "\nText.\n", "typst")
        assert "noted" not in made(noted, "html5") + made(noted, "typst")

    @pytest.mark.parametrize(("rows", "sticky"), [(40, True), (41, False)])
    def test_a_table_that_fills_pages_is_not_kept_on_that_of_its_notes(self, rows: int, sticky: bool) -> None:
        """It would begin on a page of its own for that, and leave its heading behind on an empty one."""
        noted = table(2, "1", rows) + "\n::: {.source}\nTvå punkter: visas inte.\n:::\n"
        assert ("set block(sticky: true)" in made(noted, "typst")) is sticky

    @pytest.mark.parametrize(
        ("rows", "follows", "rules"),
        [
            pytest.param(2, "::: {.source}\nNot.\n:::", ["sticky"], id="notes"),
            pytest.param(2, "Text.", [], id="text"),
            pytest.param(17, "Text.", ["breakable"], id="long"),
            pytest.param(40, "::: {.source}\nNot.\n:::", ["breakable", "sticky"], id="long-with-notes"),
            pytest.param(41, "::: {.source}\nNot.\n:::", ["breakable"], id="longer-than-a-page-with-notes"),
        ],
    )
    def test_the_figure_of_quarto_keeps_the_rules_of_its_table(self, rows: int, follows: str, rules: list[str]) -> None:
        """Quarto puts a figure of its own around a table; the rules for what stays on a page stand outside of it."""
        pipes = pipe_table(["A"], [":---"], [["b"]] * rows)
        figure = (
            f"::: {{#tbl-a}}\n```{{=typst}}\n#figure([\n```\n\n{pipes}\n\n```{{=typst}}\n])\n```\n:::\n\n{follows}\n"
        )
        before, opening, _ = made(figure, "typst", filters=("accessible.lua", "quarto.lua")).partition("#figure([")
        assert opening
        assert re.findall(r"#show figure: set block\((\w+): true\)", before) == rules

    def test_the_sentence_that_opens_a_section_stays_with_its_figure(self) -> None:
        """No page ends between what a figure shows in words and the figure; a page on a screen needs no such thing."""
        markdown = '::: {.lead}\nDet ökade.\n:::\n\n![Bild.](a.svg){#fig-a fig-alt="a"}\n'
        assert re.search(r"#block\(sticky: true\)\[\s+Det ökade\.\s+\]", made(markdown, "typst"))
        assert "sticky" not in made(markdown, "html5")

    def test_the_heading_of_sources_does_not_stay_behind_with_its_list(self) -> None:
        """The short list goes with the text after it; a table there keeps to itself, and so does a list at the end."""
        sources = "# Källor och metod\n\n**Källor**\n\n- Register.\n\n"
        text = made(sources + "Så läses osäkerheten.\n", "typst")
        assert re.search(r"#block\(sticky: true\)\[\s+#strong\[Källor\]\s+- Register\.\s+\]\s+Så läses", text)
        assert "sticky" not in made(sources, "typst")
        assert "sticky" not in made("# Källor\n\n" + table(2, "1") + "\nText.\n", "typst")

    def test_a_table_outside_the_count_keeps_its_name(self) -> None:
        """What no PDF has is not counted; its caption and its place on the page are as those of others."""
        alone = pipe_table(["A"], [":---"], [["b"]]) + "\n\n: [Bara på webben.]{.float-number} Mer. {#page-b}\n"
        html = made(alone + "\n" + table(2, "1"), "html5")
        assert '<div id="page-b" class="table-float">' in html
        assert '<span class="float-number">Bara på webben.</span> Mer.' in html
        assert re.search(r"Tabell.1\.", html)

    def test_a_term_is_only_itself_in_a_pdf(self) -> None:
        """On a page a term leads to its definition; a PDF stands alone, and other links are kept."""
        markdown = '[Netto](../../metod.html#net "Högre minus lägre.") och [källan](https://www.skolverket.se/)'
        assert 'href="../../metod.html#net" title="Högre minus lägre."' in made(markdown, "html5")
        text = made(markdown, "typst")
        assert "metod.html" not in text
        assert "Netto och #link(" in text


class TestPages:
    def test_numbers_stand_to_the_right_without_style(self) -> None:
        """Alignment is a class, because the content policy stops style attributes."""
        html = made(table(2, "12,5"), "html5")
        assert '<td class="number">12,5</td>' in html
        assert "style=" not in html

    def test_long_number_cell_may_be_broken(self) -> None:
        """A number with a long addition would push the table out of the page."""
        assert '<td class="number long">' in made(table(2, "+15,3 procentenheter (+7 till +23)"), "html5")

    def test_section_of_sources_is_set_apart(self) -> None:
        """From the heading on sources to the end everything is reference matter, whatever the heading's class."""
        html = made("## A\n\na\n\n## Källor och metod\n\nb\n", "html5")
        assert html.index(">a<") < html.index('class="appendix-section"') < html.index(">b<")

    def test_content_for_the_other_format_is_left_out(self) -> None:
        """What is for pages only is not in a PDF, and the other way round; what is for the notebook is in neither."""
        markdown = "\n\n".join(
            f'::: {{.content-visible when-format="{name}"}}\nonly-{name}\n:::' for name in ("html", "typst", "ipynb")
        )
        assert "only-html" in made(markdown, "html5")
        assert "only-typst" not in made(markdown, "html5")
        assert "only-html" not in made(markdown, "typst")
        assert "only-ipynb" not in made(markdown, "html5") + made(markdown, "typst")

    def test_two_floats_of_one_name_are_refused(self) -> None:
        """Two tables with one key would make every reference ambiguous."""
        command = [pandoc_path(), "--from=markdown", "--to=html5", f"--lua-filter={FILTERS / 'embedded.lua'}"]
        run = subprocess.run(command, input=table(2, "1") * 2, capture_output=True, text=True, check=False)
        assert run.returncode != 0
        assert "two floats are called tbl-a" in run.stderr

    def test_heading_levels_follow_the_format(self) -> None:
        """Sections begin at level 2 under the page's title, and at level 1 in a PDF, wherever the notebook began."""
        for mark in ("#", "##"):
            markdown = f"{mark} A\n\n{mark}# B\n"
            assert re.findall(r"<h(\d)", made(markdown, "html5")) == ["2", "3"]
            assert re.findall(r"^(=+) ", made(markdown, "typst"), re.MULTILINE) == ["=", "=="]

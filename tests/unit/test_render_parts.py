"""The small parts of the render room: reading notebooks, escaping, links, the choice of engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from skq import catalog
from skq.errors import RenderError, SettingsError
from skq.render import engine
from skq.render.engine import choose_engine
from skq.render.links import link_faults, read_page
from skq.render.markdown import escaped, quoted
from skq.render.method import metric_texts
from skq.render.notebook import notebook_markdown, split_front_matter
from skq.render.pages import SchoolListRow, filled, school_list


def notebook(*cells: dict[str, object]) -> str:
    return json.dumps({"cells": list(cells)})


def code(*outputs: dict[str, object]) -> dict[str, object]:
    return {"cell_type": "code", "source": "figure(report)", "outputs": list(outputs)}


def shown(**data: str) -> dict[str, object]:
    return {"output_type": "execute_result", "data": {name.replace("_", "/"): text for name, text in data.items()}}


class TestNotebook:
    def test_cells_become_markdown_in_order(self) -> None:
        """Markdown cells and text/markdown outputs follow each other; code and other outputs are left out."""
        text = notebook(
            {"cell_type": "markdown", "source": ["## A\n", "b"]},
            code(shown(text_markdown="C", text_plain="plain"), shown(text_html="<b>")),
            code({"output_type": "stream", "text": "printed"}),
        )
        assert notebook_markdown(text, name="x") == "## A\nb\n\nC\n"

    def test_failed_cell_is_refused(self) -> None:
        """A notebook with an error in it makes no page; the message has the file and the error."""
        failed = code({"output_type": "error", "ename": "KeyError", "evalue": "'MA'"})
        with pytest.raises(RenderError, match=r"skolor/x\.ipynb: a cell failed with KeyError: 'MA'"):
            notebook_markdown(notebook(failed), name="skolor/x.ipynb")

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 3}'])
    def test_not_a_notebook(self, text: str) -> None:
        """What is no notebook is refused by its name."""
        with pytest.raises(RenderError, match="x.ipynb: not a notebook"):
            notebook_markdown(text, name="x.ipynb")

    def test_front_matter_is_parted_from_the_body(self) -> None:
        """The YAML block at the top gives the title block; a line of dashes further down does not."""
        document = split_front_matter('---\ntitle: "Å: b"\n---\n\nText\n\n---\n', name="x")
        assert document.front == {"title": "Å: b"}
        assert document.body == "\nText\n\n---\n"

    def test_faulty_front_matter_is_refused(self) -> None:
        """A title block that is not YAML is refused by the page's name."""
        with pytest.raises(RenderError, match="om.qmd: the title block is not YAML"):
            split_front_matter('---\ntitle: "a\n---\n', name="om.qmd")


class TestMarkdown:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("S:t Eriks skola (F–9)", "S:t Eriks skola (F–9)", id="plain"),
            pytest.param("~100", r"\~100", id="nearly-all"),
            pytest.param("..", "..", id="hidden"),
            pytest.param("1. Norra", r"1\. Norra", id="list-number"),
            pytest.param("- x", r"\- x", id="bullet"),
            pytest.param("−3,2", "−3,2", id="minus"),
            pytest.param("a|b", r"a\|b", id="table"),
            pytest.param("a\nb", "a b", id="one-line"),
        ],
    )
    def test_escaped(self, text: str, expected: str) -> None:
        """Text from registers loses its meaning to Markdown, and nothing else."""
        assert escaped(text) == expected

    def test_quoted_survives_yaml(self) -> None:
        """A title with quotation marks and a star comes out of the YAML block as Markdown that shows it."""
        title = quoted('A "b" *c*')
        document = split_front_matter(f'---\ntitle: "{title}"\n---\n', name="x")
        assert document.front["title"] == r"A \"b\" \*c\*"

    def test_filled_replaces_every_place(self) -> None:
        """Every mention of a part is filled in, and what is no part is left."""
        assert filled("{{a}} {{b}} {{a}}", {"a": "1"}) == "1 {{b}} 1"

    def test_column_that_is_empty_for_all_is_left_out(self) -> None:
        """A list where no school has an area or a merit rating has no column for them; a single gap is a dash."""
        rows = [
            SchoolListRow("A", "", "K", "F–6", "120", "", "skolor/a/x"),
            SchoolListRow("B", "", "", "F–6", "..", "", ""),
        ]
        assert school_list(rows).splitlines()[1:5] == [
            "| Skola | Årskurser | Elever | Huvudman | PDF |",
            "| :--- | :--- | ---: | :--- | :--- |",
            "| [A](skolor/a/x.html) | F–6 | 120 | K | [PDF [för A]{.for-listeners}](skolor/a/x.pdf) |",
            "| B | F–6 | .. | – | – |",
        ]


class TestLinks:
    def write(self, folder: Path, **pages: str) -> Path:
        for name, text in pages.items():
            (folder / f"{name}.html").write_text(text, encoding="utf-8")
        return folder

    @pytest.mark.parametrize(
        ("html", "fault"),
        [
            pytest.param('<img src="https://a.se/x.png" alt="">', "loads https://a.se/x.png from outside", id="image"),
            pytest.param('<script src="//a.se/x.js"></script>', "loads //a.se/x.js from outside", id="no-scheme"),
            pytest.param('<link rel="stylesheet" href="http://a.se/x.css">', "from outside the site", id="style"),
            pytest.param('<a href="b.html">b</a>', "leads to b.html, which is not there", id="absent-page"),
            pytest.param('<a href="#x">b</a>', "leads to #x, which a.html does not have", id="absent-anchor"),
            pytest.param('<a href="../a.html">b</a>', "leads to ../a.html, which is not there", id="above-the-site"),
            pytest.param('<img srcset="x.png 2x" alt="">', "x.png leads to x.png, which is not there", id="srcset"),
        ],
    )
    def test_fault_is_told(self, tmp_path: Path, html: str, fault: str) -> None:
        """Each kind of faulty address is told with its page."""
        (only,) = link_faults(self.write(tmp_path, a=html))
        assert only.startswith("a.html: ")
        assert fault in only

    def test_sound_links_are_silent(self, tmp_path: Path) -> None:
        """Pages, anchors, encoded letters and links in text to other sites are all right."""
        html = '<h1 id="å">x</h1><a href="#å">1</a><a href="b.html">2</a><a href="https://skolverket.se">3</a>'
        folder = self.write(tmp_path, a=html, b='<a href="a.html#%C3%A5">4</a><a href="mailto:a@b.se">5</a>')
        assert link_faults(folder) == []

    def test_style_sheet_is_read_too(self, tmp_path: Path) -> None:
        """A font from another host in a style sheet is found, and so is one that is absent."""
        (tmp_path / "a.css").write_text(
            'a { src: url("https://a.se/f.woff") } b { src: url(fonts/f.ttf) }', encoding="utf-8"
        )
        assert link_faults(tmp_path) == [
            "a.css: loads https://a.se/f.woff from outside the site",
            "a.css: loads fonts/f.ttf, which is not there",
        ]

    def test_read_page(self) -> None:
        """Ids, what is loaded and where it leads are told apart."""
        page = read_page('<p id="a"><a href="b">c</a><img src="d" alt="">')
        assert (page.ids, page.leads, page.loads) == ({"a"}, ["b"], ["d"])


class TestEngine:
    def test_auto_without_quarto(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where there is no Quarto, auto takes the embedded engine and says so in one line."""
        monkeypatch.setattr(engine, "find_quarto", lambda: None)
        chosen = choose_engine("auto")
        assert (chosen.name, chosen.quarto) == ("embedded", None)
        assert chosen.reason == "engine embedded: no Quarto was found on this machine"

    def test_auto_with_quarto(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where there is a Quarto, auto takes it and says where it is."""
        monkeypatch.setattr(engine, "find_quarto", lambda: Path("bin/quarto"))
        monkeypatch.setattr(engine, "quarto_version", lambda program: (1, 9, 0))
        chosen = choose_engine("auto")
        assert (chosen.name, chosen.quarto) == ("quarto", Path("bin/quarto"))
        assert "bin/quarto" in chosen.reason

    def test_embedded_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Asking for the embedded engine gives it, Quarto or not."""
        monkeypatch.setattr(engine, "find_quarto", lambda: Path("bin/quarto"))
        assert choose_engine("embedded").name == "embedded"

    def test_quarto_asked_for_and_absent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Asking for Quarto where there is none is refused, with what to do."""
        monkeypatch.setattr(engine, "find_quarto", lambda: None)
        with pytest.raises(SettingsError, match="take --engine embedded"):
            choose_engine("quarto")

    def test_unknown_engine(self) -> None:
        """An engine that nobody knows is refused with the three that are known."""
        with pytest.raises(SettingsError, match="auto, quarto, embedded"):
            choose_engine("latex")


class TestMethod:
    def test_every_metric_is_told_in_swedish(self) -> None:
        """Every indicator has family, name, definition, formula and source in Swedish, in the catalogue's order."""
        texts = metric_texts()
        assert [text.id for text in texts] == list(catalog.metrics())
        assert all(text.family and text.name and text.definition and text.formula and text.source for text in texts)

    def test_official_ids_and_breaks(self) -> None:
        """An entry names the agencies' own ids, and the breaks of its own series."""
        salsa = next(text for text in metric_texts() if text.id == "salsa_expected")
        assert salsa.official == "Kolada: U15415; Skolverkets export: 95"
        assert salsa.breaks == (
            "2012/13: nyinvandrad ersätter utländsk bakgrund i modellen.",
            "2015/16: modellen utelämnar elever utan personnummer detta läsår.",
            "2016/17: modellen räknar åter elever med okänd bakgrund till de nyinvandrade.",
        )

"""A document read once for several formats: letter by letter what pandoc's command line makes of it for each."""

from dataclasses import replace
from pathlib import Path

import pytest
from skq.errors import RenderError
from skq.render.pandoc import Wanted, convert, convert_all

FILTERS = tuple(
    Path(__file__).parents[2] / "reports" / "theme" / "filters" / name for name in ("embedded.lua", "accessible.lua")
)
FRONT = {"title": "Öster \\*ett\\*", "lang": "sv", "toc": True, "key-numbers": [{"label": "Meritvärde", "n": "12"}]}
DOCUMENT = """
## Resultat {#resultat}

Se @fig-merit och @tbl-merit, "citat" -- och 'ett' till...\twide\tand\r
en not[^1], E\\+ 100\\~ och 1\\*2.

[^1]: Med **fet** text.

![Merit](merit.svg){#fig-merit fig-alt="Stiger från 200."}

| Ämne    | 2024/25 |
|:--------|--------:|
| Svenska |    14,2 |
| \tMatte |      .. |

: Betyg {#tbl-merit}

::: {.source}
Källa: register.
:::

::: {.callout-note}
## Obs
- ett
\t- två
:::

::: {.content-visible when-format="html"}
[Ladda ner](merit.csv)
:::

\tkod med\ttabb

## Källor {.appendix}

Slut.
"""


@pytest.fixture
def wanted(tmp_path: Path) -> tuple[Wanted, ...]:
    """PDF and page, in templates in a folder with Swedish letters that print metadata and variables of every kind."""
    folder = tmp_path / "mall åäö"
    folder.mkdir()
    (folder / "part.html").write_text("$subtitle$<p>$lang$</p>")
    text = "$title$\n$for(key-numbers)$$it.label$ $it.n$$endfor$\n$for(menu)$$it.text$$if(it.on)$!$endif$$endfor$$body$"
    (folder / "page.html").write_text(f"$if(toc)$<toc>$endif${text}$part.html()$")
    (folder / "page.typ").write_text(f"{text}\n")
    menu = {"menu": [{"text": "<b>Å</b>", "on": True}, {"text": "Om"}]}
    return (
        Wanted("typst-smart", folder / "page.typ", FILTERS),
        Wanted("html5-smart", folder / "page.html", FILTERS, menu),
    )


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("", id="no TeX"),
        pytest.param("Summan $x^2$ och $$\\sum_i a_i$$", id="mathematics"),
        pytest.param("\\newcommand{\\mitt}{x+1}\n\n$\\mitt^2$ och \\textbf{fet}", id="TeX and a macro"),
    ],
)
def test_together_is_as_each_by_itself(wanted: tuple[Wanted, ...], more: str) -> None:
    """Figures, notes, tabs, line ends, title block and variables come out in every format as by themselves."""
    document = f"{DOCUMENT}\n{more}\n"
    alone = [convert(document, each, metadata=FRONT, name="a") for each in wanted]
    assert convert_all(document, wanted, metadata=FRONT, name="a") == alone
    assert "Figur\N{NO-BREAK SPACE}1" in alone[1]
    assert "Ladda ner" not in alone[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("Se @fig-ingen.", "nothing is called @fig-ingen", id="a filter's fault"),
        pytest.param("::: {.a}\n\nAldrig slut.", "could not make typst-smart:\n.*unclosed", id="a warning on reading"),
        pytest.param("$\\ingen{$", "could not make typst-smart:\n.*TeX math", id="a warning on writing"),
    ],
)
def test_a_fault_is_told_as_for_one_format(wanted: tuple[Wanted, ...], text: str, told: str) -> None:
    """What pandoc refuses or warns of is the error that the first format gives by itself."""
    with pytest.raises(RenderError, match=told) as alone:
        convert(text, wanted[0], metadata=FRONT, name="a")
    with pytest.raises(RenderError) as together:
        convert_all(text, wanted, metadata=FRONT, name="a")
    assert _but_for_places(together.value) == _but_for_places(alone.value)


def test_a_document_without_a_title(wanted: tuple[Wanted, ...]) -> None:
    """What stands where a page has no title is the same too."""
    plain = (wanted[0], replace(wanted[1], template=_template(wanted[1].template, "$pagetitle$ $body$")))
    alone = [convert("Text.", each, metadata={}, name="a") for each in plain]
    assert convert_all("Text.", plain, metadata={}, name="a") == alone


def _template(beside: Path, text: str) -> Path:
    path = beside.with_name("plain.html")
    path.write_text(text)
    return path


def _but_for_places(error: RenderError) -> list[str]:
    return [line for line in str(error).splitlines() if "/" not in line]

"""What is searched in a finished site: each planted text is found and named by its kind, and clean files pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from skq.release import Refusal, scan
from skq.release.scan import scan_site
from skq.watch.listing import watch_list

from tests.unit.release_plants import PLANTS, clean, html, in_notebook, page, typeset, write

KEY = bytes(range(32))
NAME, ID, NUMBER = "Vendela Råbock", "E-77Q104", "811228-9874"
MAIL, PATH = "vendela.rabock@elev.example.se", "/" + "home/vera/skolan/elever.csv"
PLANTED = f"{NAME}, {ID}, {NUMBER}, {MAIL}, {PATH}"
HARMLESS = "Meritvärde, åk 9, 231-4711, skolan, / hem"
RULES = {"canary", "personal-number", "e-mail", "machine-path"}
LIST = watch_list({"name": [NAME], "pupil_id": [ID]}, KEY)


def scanned(site: Path, **options: object) -> list[Refusal]:
    return scan_site(site, **{"watch": LIST, "key": KEY} | options)


def rules(refusals: list[Refusal]) -> set[str]:
    return {refusal.rule for refusal in refusals}


def test_clean_site_passes(tmp_path):
    """Nothing is found in a site in which nothing is."""
    assert scanned(clean(tmp_path / "site")) == []


@pytest.mark.parametrize("way", PLANTS)
def test_planted_text_is_found_whatever_it_is_packed_in(way, tmp_path):
    """Name, id, personal number, address and path are each found; the clean twin has none of these refusals."""
    PLANTS[way](tmp_path / "planted", PLANTED)
    PLANTS[way](tmp_path / "twin", HARMLESS)
    wanted = RULES - {"machine-path"} if way == "file-name" else RULES
    found = rules(scanned(tmp_path / "planted"))
    assert wanted <= found
    assert rules(scanned(tmp_path / "twin")) == found - RULES


@pytest.mark.parametrize("way", PLANTS)
def test_no_refusal_repeats_what_was_found(way, tmp_path):
    """Neither place nor sentence holds a part of the personal texts, not even where they are the name of the file."""
    PLANTS[way](tmp_path, PLANTED)
    told = " ".join(f"{refusal.where} {refusal.what}" for refusal in scanned(tmp_path))
    assert [part for part in ("Vendela", "Råbock", "77Q104", "8112", "9874", "rabock", "vera") if part in told] == []


def test_place_is_told_by_line_page_and_member(tmp_path):
    """A page tells the line, a PDF the page, a file in a file both."""
    html("<p>ord</p>\n<p>@@</p>")(tmp_path, NUMBER)
    write(tmp_path, "a.pdf", typeset(NUMBER))
    PLANTS["svg-picture"](tmp_path, NUMBER)
    PLANTS["pdf-information"](tmp_path, NUMBER)
    places = {refusal.where for refusal in scanned(tmp_path) if refusal.rule == "personal-number"}
    assert {"om.html:6", "a.pdf: page 2"} <= places
    assert any(place.startswith("skolor/a/tests.svg: file 1 in it (line 3): chunk tEXt") for place in places)
    assert any(place.startswith("skolor/a/kvalitetsrapport.pdf: object") and "Author" in place for place in places)


@pytest.mark.parametrize("name", ["a.docx", "data/.hemlig.csv", "index.html~", "elever.xlsx", "Thumbs.db"])
def test_file_that_no_site_consists_of_is_refused(name, tmp_path):
    """Whatever lies there besides pages, figures, tables and their shared files is refused by its kind."""
    write(tmp_path, name, "ord")
    assert [(one.rule, one.where) for one in scanned(tmp_path)] == [("unexpected-file", name)]


def test_link_out_of_the_site_is_refused(tmp_path):
    """A symbolic link to a file elsewhere would publish it, and one to nowhere cannot be searched."""
    write(tmp_path, "elsewhere.csv", NUMBER)
    write(tmp_path, "site/index.html", page("ord"))
    for name, target in (("out.csv", "../elsewhere.csv"), ("nowhere.csv", "gone.csv"), ("start.html", "index.html")):
        (tmp_path / "site" / name).symlink_to(target)
    (tmp_path / "site" / "folder").symlink_to(tmp_path)
    found = scanned(tmp_path / "site")
    assert [(one.rule, one.where) for one in found] == [
        ("link-out-of-site", "folder"), ("link-out-of-site", "nowhere.csv"), ("link-out-of-site", "out.csv"),
    ]  # fmt: skip


def test_folder_and_user_of_the_build_are_found_wherever_they_stand(tmp_path):
    """The caller's own folders are no well-known paths; its user's name is none of the words that everyone has."""
    html('<p title="/srv2/underlag 2026/ut/site/index.html">a</p>')(tmp_path / "a", "")
    html('<p title="\\\\srv2\\\\underlag 2026\\\\ut">a</p>')(tmp_path / "b", "")
    html('<p data-author="ullah42">a</p> root')(tmp_path / "c", "")
    options = {"forbidden_paths": ["/srv2/underlag 2026/ut", "/"], "user_names": ["ullah42", "root"]}
    assert rules(scanned(tmp_path / "a", **options)) == {"machine-path"}
    assert rules(scanned(tmp_path / "b", **options)) == {"machine-path"}
    assert rules(scanned(tmp_path / "c", **options)) == {"machine-name"}
    assert rules(scanned(tmp_path / "a")) | rules(scanned(tmp_path / "c")) == set()


def test_addresses_that_are_published_on_purpose_pass(tmp_path):
    """An organizer's own address may stand on its pages when it is named; any other may not."""
    html('<a href="mailto:Skola@example.se">@@</a>')(tmp_path, "skola@example.se, annan@example.se")
    assert len(scanned(tmp_path, allowed=["skola@example.se"])) == 1


def test_notebook_with_traces_of_the_machine_is_refused(tmp_path):
    """Papermill's parameters and times of execution are refused by name, whatever they hold."""
    in_notebook(papermill={"parameters": {"school": "x"}})(tmp_path / "a", "ord")
    in_notebook(kernelspec={"name": "python3"})(tmp_path / "b", "ord")
    assert "notebook-metadata" in rules(scanned(tmp_path / "a"))
    assert "notebook-metadata" not in rules(scanned(tmp_path / "b"))


def test_list_made_with_another_key_is_refused(tmp_path):
    """With the wrong key nothing would be found, which must not look like a clean site."""
    write(tmp_path, "index.html", page("ord"))
    assert rules(scanned(tmp_path, key=bytes(32))) == rules(scanned(tmp_path, key=None)) == {"watch-key"}


def test_key_itself_is_found(tmp_path):
    """The key of the pseudonyms, in hexadecimal or base64, is as bad as any name."""
    html("<!-- @@ -->")(tmp_path, KEY.hex())
    assert rules(scanned(tmp_path)) == {"secret-key"}


def test_name_parted_at_the_end_of_a_line_is_found(tmp_path):
    """A hyphen at the end of a line may be the typesetter's, so the word is read without it as well."""
    html("<p>Tack till Ven-\ndela Råbock</p>")(tmp_path, "")
    assert rules(scanned(tmp_path)) == {"canary"}
    assert rules(scanned(tmp_path, watch=None, key=None)) == set()


def test_site_that_is_not_there_is_refused(tmp_path):
    """No folder, no clean site."""
    assert rules(scanned(tmp_path / "site")) == {"unreadable"}


def test_several_processes_find_the_same(tmp_path, monkeypatch):
    """Two processes search what one does, and say it in the same order."""
    monkeypatch.setattr(scan, "LEAST_FOR_JOBS", 1)
    for way in ("page", "csv", "pdf-page", "search-fragment"):
        PLANTS[way](tmp_path, PLANTED)
    assert scanned(tmp_path, jobs=2) == scanned(tmp_path) != []


def test_names_of_the_machine_that_are_everyday_words_pass(tmp_path):
    """A login or a host called as many things are would be found on every page; programs of others are not asked."""
    html("<main>data</main>")(tmp_path, "")
    write(tmp_path, "pagefind/pagefind.js", "const ullah42 = 1;")
    assert scanned(tmp_path, user_names=["main", "data", "ab", "ullah42"]) == []


def test_order_and_number_of_refusals_do_not_change(tmp_path):
    """Two searches of the same site say the same, each place once."""
    html("<p>@@ @@</p>")(tmp_path, PLANTED)
    first = scanned(tmp_path)
    assert first == scanned(tmp_path) == sorted(set(first))

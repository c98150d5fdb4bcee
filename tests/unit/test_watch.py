"""Personal texts as keyed digests: seen on reading, known again in a release, and never to be read out."""

from __future__ import annotations

import json
import stat

import pytest
from skq.errors import SourceError
from skq.watch.finding import Finder, Hit
from skq.watch.listing import is_of_key, read_watch, watch_list, write_watch
from skq.watch.words import words

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


def found(texts: list[str], watch: dict[str, object], key: bytes) -> list[Hit]:
    """Return what is found in the texts of one file."""
    return Finder(watch, key).hits(texts)


def kinds(text: str, personal: dict[str, list[str]], published: tuple[str, ...] = ()) -> list[str]:
    """Return the kinds that are found in *text*."""
    return [hit.kind for hit in found([text], watch_list(personal, KEY, published=published), KEY)]


@pytest.mark.parametrize(
    "text",
    [
        "Vi tackar Anna-Karin Berg för hjälpen.",
        "ANNA KARIN BERG",
        "Berg, Anna-Karin",
        "Berg Anna",
        "Anna\nBerg",
        "Karin Berg",
        "anna_karin_berg.csv",
        "Anna;Berg",
    ],
)
def test_name_is_found_in_both_orders_and_with_one_given_name(text):
    """Hyphens, case, order and what stands between the words do not hide a name."""
    assert kinds(text, {"name": ["Anna-Karin Berg"]}) == ["name"]
    assert kinds(text, {"name": ["Berg, Anna-Karin"]}) == ["name"]


@pytest.mark.parametrize("text", ["Annas bergstopp", "Anna", "Berg", "Anna och Berg", "Anna\x00Berg", "annaberg"])
def test_parts_of_a_name_are_no_name(text):
    """One word of a name, or both apart, tell of nobody."""
    assert kinds(text, {"name": ["Anna Berg"]}) == []


@pytest.mark.parametrize("name", ["Vendela", "A B", "Al Bo", ", ,", "Vendela,"])
def test_name_that_tells_of_nobody_is_not_watched(name):
    """One word, or words of four letters in all, would be found in half of all texts."""
    assert kinds(name, {"name": [name]}) == []


def test_composed_and_decomposed_letters_are_one():
    """Å as one sign and as A with a ring are the same name, in the register and in the release."""
    decomposed = "A\u030asa Ho\u0308k"
    assert kinds("Åsa Hök", {"name": [decomposed]}) == kinds(decomposed, {"name": ["Åsa Hök"]}) == ["name"]


def test_name_is_found_in_addresses_without_marks():
    """An address has `rabock` for `Råbock`; in the register's own spelling the name is found as well."""
    for text in ("elever/vendela-rabock.html", "Rabock, Vendela", "Vendela Råbock"):
        assert kinds(text, {"name": ["Vendela Råbock"]}) == ["name"]
    assert kinds("Vendela Råbock", {"name": ["Vendela Rabock"]}) == []


def test_name_that_a_unit_bears_is_let_through():
    """A school named after someone may say its name; another pupil's name is still found."""
    personal = {"name": ["Karin Boye", "Vendela Råbock"]}
    published = ("Karin Boye skolan",)
    assert kinds("Karin Boye skolan", personal, published) == []
    assert kinds("Karin Boye", personal) == ["name"]
    assert kinds("Vendela Råbock", personal, published) == ["name"]


@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        ("E00017", "elev e00017;A"),
        ("e-77q104", "E-77Q104.svg"),
        ("550e8400-e29b-41d4-a716-446655440000", "id=550E8400-E29B-41D4-A716-446655440000"),
        ("200112345", "200112345"),
        ("A17/2024:3", "a17/2024:3"),
        ("E017", "e017"),
        ("vendrabo", "Vendrabo"),
    ],
)
def test_id_is_found_whatever_its_signs(identifier, text):
    """Ids of letters, digits and marks are found as whole words, never within longer ones."""
    assert kinds(text, {"pupil_id": [identifier]}) == ["pupil_id"]
    assert kinds(f"x{identifier}x", {"pupil_id": [identifier]}) == []


def test_id_too_plain_is_counted_not_watched():
    """An id that any number or word could be would be found everywhere; how many such there are is told."""
    made = watch_list({"pupil_id": ["17", "100234", "abc", "skolans", "E017"], "name": ["Anna"]}, KEY)
    assert made["not_watched"] == {"name": 1, "pupil_id": 4}
    assert kinds("17 100234 abc Anna", {"pupil_id": ["17", "100234", "abc"], "name": ["Anna"]}) == []


def test_short_numbers_count_when_several_stand_together():
    """One sum of kronor may equal an id of seven digits by chance; three different ones in a file are a list."""
    personal = {"pupil_id": ["1000231", "1000232", "1000233", "1000234"]}
    assert kinds("1000231 1000231 1000232", personal) == []
    assert kinds("1000231\n1000232\n1000234", personal) == ["pupil_id"] * 3
    assert kinds("100023199", {"pupil_id": ["100023199"]}) == ["pupil_id"]


@pytest.mark.parametrize("text", ["1234,567", "1234.567", "1 234,567", "x;1234,5670;y", "12 1234,567"])
def test_value_of_a_single_person_is_found_in_any_spelling(text):
    """Marks, blanks between thousands and zeros at the end do not hide a number with six digits."""
    assert kinds(text, {"value": ["1234.567"]}) == ["value"]


@pytest.mark.parametrize("text", ["234,567", "1234,56", "11234,567", "1234,567,8", "1234567"])
def test_other_numbers_are_no_value(text):
    """A part of a number, or the same digits elsewhere, is another number."""
    assert kinds(text, {"value": ["1234.567", "12.5", "123456"]}) == []


@pytest.mark.parametrize("text", ["20121212-TF01", "121212-TF01", "20121212TF01", "121212tf01"])
def test_number_of_a_person_is_found_in_every_length(text):
    """A number seen on reading is known again without its century or its mark, whatever its check digit."""
    assert kinds(text, {"personal_number": ["20121212-TF01"]}) == ["personal_number"]


def test_place_is_text_and_line():
    """Each text tells the first line in which a watched text stands, counted from 0."""
    hits = found(["a", "b\nE00017\nE00017"], watch_list({"pupil_id": ["E00017"]}, KEY), KEY)
    assert [(hit.text, hit.line, hit.kind) for hit in hits] == [(1, 1, "pupil_id")]


def test_nothing_can_be_read_out_of_the_list(tmp_path):
    """The file holds neither name nor id nor key, is the user's alone, and differs with the key."""
    personal = {"name": ["Vendela Råbock"], "pupil_id": ["E77Q104"], "value": ["1234.567"]}
    path = tmp_path / "gate" / "watch.json"
    write_watch(watch_list(personal, KEY), path)
    text = path.read_text().casefold()
    assert [part for part in ("vendela", "råbock", "77q104", "1234", KEY.hex()) if part in text] == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_watch(path) == json.loads(json.dumps(watch_list(personal, KEY)))
    first, second = watch_list(personal, KEY)["kinds"], watch_list(personal, OTHER)["kinds"]
    assert [first[kind] != second[kind] for kind in personal] == [True] * 3


def test_order_of_the_texts_does_not_matter():
    """The same texts give the same list, byte for byte, in whatever order a set holds them."""
    names = [f"Namn{number} Efternamn{number}" for number in range(50)]
    assert json.dumps(watch_list({"name": names}, KEY)) == json.dumps(watch_list({"name": names[::-1]}, KEY))


def test_list_knows_its_key():
    """A list tells whether a key is the one it was made with."""
    made = watch_list({}, KEY)
    assert (is_of_key(made, KEY), is_of_key(made, OTHER)) == (True, False)


@pytest.mark.parametrize("content", [None, "{", "[]", '{"version": 0}'])
def test_file_that_is_no_list_is_refused(content, tmp_path):
    """A missing, damaged or foreign file is told of, and never taken for an empty list."""
    path = tmp_path / "watch.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SourceError, match="watch.json"):
        read_watch(path)


def test_list_that_cannot_be_written_leaves_nothing(tmp_path):
    """What is no list is not written, not even half."""
    with pytest.raises(TypeError):
        write_watch({"kinds": object()}, tmp_path / "watch.json")
    assert list(tmp_path.iterdir()) == []


def test_words_of_nothing_are_none():
    """A text of marks alone has no words, and watches for nothing."""
    assert words("--- ;") == ()
    assert watch_list({"pupil_id": ["---"], "name": ["", ","]}, KEY)["kinds"] == {"name": {}, "pupil_id": {}}

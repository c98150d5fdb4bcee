"""What must not be in a release whatever the data are: found in every way of writing, and nothing else is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from skq.release.patterns import Forbidden, matches
from skq.release.persons import personal_numbers
from skq.release.plain import plain, without_drawing, without_tags

NOTHING = Forbidden()
HOME, USERS, TEMPORARY = "/" + "home", "/" + "Users", "/" + "tmp"
"""Put together, because no file of the repository may name a folder of somebody's machine."""


def found(text: str, *, foreign: bool = False) -> set[str]:
    """Return the rules that *text* breaks, as it stands or without its tags."""
    views = (plain(text), plain(without_tags(text)))
    return {match.rule for view in views for match in matches(view, NOTHING, foreign=foreign)}


def luhn(nine: str) -> str:
    """Return the check digit of nine digits by the words of SKV 704: 2, 1, 2, 1 …, sum of digits, up to the ten."""
    products = "".join(str(int(digit) * weight) for digit, weight in zip(nine, [2, 1] * 5, strict=False))
    return str(-sum(map(int, products)) % 10)


COORDINATION = "811288987" + luhn("811288987")
"""Born on the 28th: 60 is added to the day."""


def test_published_example_has_its_check_digit():
    """The way in which these tests make check digits gives the published example."""
    assert luhn("811228987") == "4"


@pytest.mark.parametrize(
    "text",
    [
        "811228-9874",
        "19811228-9874",
        "198112289874",
        "8112289874",
        "811228+9874",
        "811228 9874",
        "19811228 9874",
        "1981-12-28-9874",
        "1981-12-28 9874",
        "81 12 28-98 74",
        "811228 - 9874",
        "811228\u20139874",
        "811228\u20119874",
        "811228\u22129874",
        "8112\u00ad28-98\u200b74",
        "811228\u00a09874",
        "\uff18\uff11\uff11\uff12\uff12\uff18-\uff19\uff18\uff17\uff14",
        "8112&#50;8&#x2d;9874",
        "811228&ndash;9874",
        "811228&#8209;9874",
        "<b>8112</b>28-<span class='x'>98</span>74",
        "8112<wbr>28-9874",
        "\\u0038112289874",
        "%38112289874",
        "elev_8112289874.csv",
        "E8112289874",
        "id=811228-9874;",
        "811228-\n9874",
        "811228-9874-1.svg",
        "8112289874-2",
        "8112289874/2",
        "flicka;19811228;9874;7",
        '"1981-12-28","9874"',
        f"{COORDINATION[:6]}-{COORDINATION[6:]}",
        f"19{COORDINATION}",
        "20121212-TF01",
        "121212-T123",
        "20121212TF01",
        f"000229-123{luhn('000229123')}",
        "811228-9875",
    ],
)
def test_personal_number_is_found_however_it_is_written(text):
    """With and without century, mark, blanks, tags, entities, invisible signs; coordination numbers, stand-ins."""
    assert "personal-number" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "8112289875",  # wrong check digit, no mark
        "811328-9874",  # no thirteenth month
        "811232-9874",  # no 32nd day
        "811292-9874",  # nor as a coordination number
        "010229-1234",  # no 29th of February in 1901 or 2001
        "212000-1355",  # a municipality's organisation number
        "556677-8899",  # a company's
        "99010001",  # a school unit
        "20121012 2024/25",  # a school unit and a school year
        "20250101-0630",  # a span of days
        "20250101-2026",
        "20250101-1231",
        "811228-1901",
        "20121012;2024",
        "811228;9874",
        "19811228;9875",
        "2024-11-22T04:31:57",
        "20241122043157",
        "978-91-7000-150-5",  # a book
        "9789170001505",
        "0,8112289874",  # decimals
        "8112289874.5",
        "9f8112289874e1b2",  # a checksum
        "3f2a8112289874c0ffee3f2a8112289874c0ffee",
        "2147483647",
        "1234567-8901",
        "merit_rating_17;2024/25;9;214;231,4",
        "(214 elever)",
        "112 345\u2013118 910",
        "5050-1055",
    ],
)
def test_other_numbers_are_no_personal_numbers(text):
    """Codes, checksums, spans of time, sums, organisation numbers and decimals pass."""
    assert "personal-number" not in found(text)


def test_spans_of_days_are_no_personal_numbers():
    """Whatever the days, from one to the other: the first year of the second must not be taken for four last digits."""
    forms = ("{0:%Y-%m-%d}–{1:%Y-%m-%d}", "{0:%Y-%m-%d} – {1:%Y-%m-%d}", "{0:%Y%m%d}-{1:%Y%m%d}",
             "{0:%y%m%d}-{1:%y%m%d}", "{0:%Y-%m-%d} {1:%Y}/{1:%y}", "{0:%Y-%m-%d};{1:%Y-%m-%d}",
             "{0:%Y%m%d} {1:%Y-%m-%d}")  # fmt: skip
    days = [date(2024, 1, 1) + timedelta(days=step) for step in range(0, 400, 7)]
    spans = [form.format(day, day + timedelta(days=300)) for form in forms for day in days]
    assert [span for span in spans if found(span)] == []


def test_programs_of_others_need_the_check_digit():
    """In programs of others a mark between digits proves nothing; a whole number does."""
    assert found("811228-9875", foreign=True) == set()
    assert found("811228-9874", foreign=True) == {"personal-number"}
    assert found(f"mail me@example.org at {HOME}/me/x", foreign=True) == set()


def test_place_of_a_number_is_told():
    """Start and end are those of the number itself."""
    assert list(personal_numbers("se 811228-9874 ovan")) == [(3, 14)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("skriv till anna.ek@skola.example.se.", "e-mail"),
        ("mailto:anna@xn--skol-qoa.se", "e-mail"),
        ("anna&#64;skola.se", "e-mail"),
        ("anna%40skola.se", "e-mail"),
        ("anna (at) skola.se", "e-mail"),
        ("anna [snabel-a] skola.se", "e-mail"),
        ("ring 070-123 45 67", "telephone"),
        ("+46 73 123 45 67", "telephone"),
        ("0761234567", "telephone"),
        (f"made in {HOME}/vera/skq/_build", "machine-path"),
        (f"'{USERS}/vera/a.csv'", "machine-path"),
        (f"({TEMPORARY}/x.csv)", "machine-path"),
        ("\\/root\\/x", "machine-path"),
        ("C:\\Users\\vera\\a.csv", "machine-path"),
        ('{"path": "C:\\\\Users\\\\vera"}', "machine-path"),
        ("D:/Data/elever", "machine-path"),
        ("\\\\server01\\gemensam\\elever.csv", "machine-path"),
        ("file:///srv/x", "machine-path"),
        ("~/skola/elever", "machine-path"),
        ("%USERPROFILE%", "machine-path"),
        ("-----BEGIN RSA PRIVATE KEY-----", "secret-key"),
        ("AKIAIOSFODNN7EXAMPLE", "secret-key"),
        ('password = "hemligt1"', "secret-key"),
    ],
)
def test_addresses_paths_and_keys_are_found(text, rule):
    """Each is found by the name of its rule, through entities and escapes too."""
    assert rule in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "@media print { a { color: red } }",
        "ikon@2x.png",
        "skq@1.2.3",
        "https://example.se/home/om.html",
        "../../home/index.html",
        "href='skolor/tmp/x.html'",
        "a ratio of 3:/4",
        "07 12 23 45 67 89 10",
        "1 070 123 456",
        "0701/2345678",
        "kl. 13:45\\n",
        "regex \\\\d+",
        "Meritvärde (att jämföra)",
        "password-less",
        "secret = x",
        "http://www.w3.org/2000/svg",
    ],
)
def test_what_looks_alike_passes(text):
    """Style rules, addresses of pages, tables of figures and programs have none of these."""
    assert found(text) == set()


@pytest.mark.parametrize("text", ["a\n&#10;b\r\nc", "\u00ad\nå\ufe0f\n", "<p\ntitle='\n'>\n<!--\n-->"])
def test_lines_stay_lines(text):
    """Whatever is undone, the number of lines is the same, so that a place can be told."""
    lines = text.count("\n")
    assert [view(text).count("\n") for view in (plain, without_tags, without_drawing)] == [lines] * 3


def test_drawing_is_left_out_and_nothing_else():
    """Co-ordinates go; a text in the same attribute, or a number in another one, stays."""
    assert without_drawing('<path d="M1,2 L3.5 811228z" x="811228" y2="9874"/>') == "<path/>"
    kept = '<path d="Anna" id="811228" transform="Anna(1)" data-x="1"/>'
    assert without_drawing(kept) == kept

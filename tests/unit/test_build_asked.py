"""A school year or a school that was asked for and is not in what was read: refused at once, with what was meant."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from skq.batch.publications import PUBLICATIONS, ReportUnit
from skq.build.asked import refuse_no_school, refuse_unread, school_years
from skq.build.combine import all_units
from skq.build.raw import Raw, read
from skq.build.request import Inputs, Request
from skq.build.unknown import refuse_unknown
from skq.errors import SettingsError
from skq.settings import Settings
from skq.sources import Tables
from skq.sources.official import read_official
from skq.validate import validated

from tests.official_samples import grades, save

BASE = Path(__file__).parents[1] / "faulty" / "base"
ANNUAL_ALONE = [(PUBLICATIONS["annual-analysis"], ReportUnit("annual", "Ekmora"))]
SCHOOLS = {"10000001": "Vikskolan", "20000002": "Kvarngläntans skola", "20000003": "Almtuvans skola"}


@pytest.fixture(scope="module")
def own() -> Tables:
    """Registers with schools of 2023/24 and 2024/25."""
    return validated(BASE)


@pytest.fixture
def official(tmp_path: Path) -> Raw:
    """Official statistics alone: one school's final grades of 2024/25."""
    save(tmp_path, "betyg.csv", grades())
    return Raw(None, read_official(tmp_path, municipality_code="9990"), "9990")


def asked(school_year: str = "", *schools: str) -> Request:
    """Return a request for this school year and these schools."""
    return Request(Inputs(BASE, None), Path(), Path(), Settings(school_year=school_year), 1, schools=schools)


@pytest.mark.parametrize("beside", [False, True], ids=["own-registers", "both"])
def test_a_school_year_that_own_registers_do_not_have(own, official, beside):
    """The year is told, with those of the register of units; official figures bring no school into a year."""
    raw = Raw(own, official.official if beside else None, "0199")
    told = r"2025/26(.|\n)*expected: .*: 2023/24, 2024/25\n(.|\n)*found: +2025/26(.|\n)*next: +correct the school year"
    with pytest.raises(SettingsError, match=told):
        refuse_unread(asked("2025/26"), raw)
    refuse_unread(asked("2024/25"), raw)
    refuse_unread(asked(), raw)


def test_a_school_year_that_official_statistics_do_not_have(official):
    """Of official statistics alone the years are those with a figure of a school."""
    with pytest.raises(SettingsError, match=r"of 2030/31; nothing was built(.|\n)*: 2024/25\n"):
        refuse_unread(asked("2030/31"), official)
    refuse_unread(asked("2024/25"), official)


def test_a_school_year_of_which_only_the_register_is_there(own):
    """A year that has begun, with schools and nothing more yet, can be asked for."""
    register = own["school_units"]
    begun = register[register["school_year"].eq("2024/25")].assign(school_year="2025/26")
    raw = Raw(Tables({**own.frames, "school_units": pd.concat([register, begun], ignore_index=True)}), None, "0199")
    refuse_unread(asked("2025/26"), raw)
    assert school_years(raw, all_units(raw, Settings())) == ["2023/24", "2024/25", "2025/26"]


def test_newest_results_of_a_year_without_schools(own):
    """Where official figures are newer than the registers, no site without schools is made of the newest year."""
    raw = Raw(own, None, "0199")
    units = all_units(raw, Settings())
    with pytest.raises(SettingsError, match=r"add the schools of 2025/26(.|\n)*or give --school-year 2024/25"):
        refuse_no_school("2025/26", ANNUAL_ALONE, raw, units)
    school = (PUBLICATIONS["quality-report"], ReportUnit("01000001", "Björkskolan"))
    refuse_no_school("2024/25", [school, *ANNUAL_ALONE], raw, units)


def test_official_statistics_without_a_school_have_their_analysis(official):
    """The annual analysis of official statistics that hold no school's figure is made as before."""
    refuse_no_school("2024/25", ANNUAL_ALONE, official, official.official.units)


def test_a_school_that_nothing_read_knows(own, official):
    """It is told with the school that may be meant, of own registers and of official statistics."""
    with pytest.raises(SettingsError, match="no such school in the data: 1000001(.|\n)*mean 01000001 Björkskolan"):
        refuse_unread(asked("", "1000001"), Raw(own, None, "0199"))
    with pytest.raises(SettingsError, match=r"in 2024/25: 10000010(.|\n)*did you mean 10000001 Vikskolan\?"):
        refuse_unread(asked("2024/25", "10000010"), official)


@pytest.mark.parametrize(
    ("text", "next_step"),
    [
        pytest.param("1000001", "did you mean 10000001 Vikskolan?", id="digit-missing"),
        pytest.param("20000004", "did you mean 20000002 Kvarngläntans skola or 20000003 Almtuvans skola?", id="equal"),
        pytest.param("kvarnglantans skola", "did you mean 20000002 Kvarngläntans skola?", id="name"),
        pytest.param(
            "10000001,20000003", "give the option once for each: --school 10000001 --school 20000003", id="several"
        ),
        pytest.param("99", "give one of these codes\n    10000001 Vikskolan\n    20000002 Kvarn", id="nothing-near"),
    ],
)
def test_what_may_have_been_meant(text, next_step):
    """The nearest code or name is told with its school; several codes at once, how they are given."""
    with pytest.raises(SettingsError) as refused:
        refuse_unknown([text], SCHOOLS)
    assert f"\n  next:     {next_step}" in str(refused.value)


@pytest.mark.parametrize("text", ["88888888", "10000000"])
def test_hundreds_of_schools_are_no_wall_of_codes(text):
    """Of 300 schools at most three are told, and where the codes are if none is near."""
    many = {f"1000{number:04d}": "Skolan" for number in range(1, 301)}
    with pytest.raises(SettingsError, match="one of 300 school") as refused:
        refuse_unknown([text], many)
    assert str(refused.value).count("Skolan") <= 4
    assert ("school_units" in str(refused.value)) == (text == "88888888")


def test_several_unknown_schools_are_told_apart():
    """Each gets its own nearest one; what is known is not told."""
    with pytest.raises(SettingsError, match="in the data: 1000001, 200000022\n") as refused:
        refuse_unknown(["200000022", "1000001", "20000003"], SCHOOLS)
    assert "1000001: did you mean 10000001 Vikskolan?; 200000022: did you mean 20000002" in str(refused.value)


def test_a_folder_with_official_statistics_alone_is_read_as_such(tmp_path):
    """A folder given as own registers that holds `official/` and nothing else has no own registers."""
    save(tmp_path, "official/betyg.csv", grades())
    raw = read(Request(Inputs(tmp_path, None), Path(), Path(), Settings(municipality_code="9990"), 1))
    assert (raw.own, raw.origin) == (None, "official")

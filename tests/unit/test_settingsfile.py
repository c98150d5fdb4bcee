"""skq.toml: a file of choices, refused where it is wrong."""

from dataclasses import fields
from pathlib import Path

import pytest
from skq.errors import SettingsError
from skq.settings import AllocationSettings, LimitSettings, PeerSettings, ReleaseSettings, RetentionSettings, Settings
from skq.settingsfile import read_settings, settings_from

ROOT = Path(__file__).parents[2]


def test_our_file_says_the_defaults():
    """The skq.toml of the repository states exactly what is used without any file."""
    assert read_settings(ROOT / "skq.toml") == Settings()


def test_our_file_comments_every_key():
    """Every setting, and every table of settings, stands in skq.toml in its own block, which begins with a comment."""
    blocks = (ROOT / "skq.toml").read_text(encoding="utf-8").split("\n\n")
    lines = [[line for line in block.splitlines() if not line.startswith("#")] for block in blocks if block[0] == "#"]
    heads = [block[0].split(" = ")[0].strip("[]") for block in lines if block]
    assert heads == [field.name for field in fields(Settings)]


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("peers", PeerSettings),
        ("limits", LimitSettings),
        ("allocation", AllocationSettings),
        ("release", ReleaseSettings),
        ("retention", RetentionSettings),
    ],
)
def test_our_file_names_every_key_of_a_table(table, kind):
    """Each key of a table of settings stands in skq.toml."""
    block = next(block for block in (ROOT / "skq.toml").read_text("utf-8").split("\n\n") if f"[{table}]\n" in block)
    keys = [line.split(" = ")[0] for line in block.partition(f"[{table}]\n")[2].splitlines()]
    assert keys == [field.name for field in fields(kind)]


def test_near_miss_is_named():
    """A misspelt key is an error that says which key was probably meant."""
    with pytest.raises(SettingsError, match="unknown key 'munipality_code'(.|\n)*did you mean 'municipality_code'"):
        settings_from({"munipality_code": "1480"})


def test_key_like_no_other():
    """An unknown key that resembles none gets no guess."""
    with pytest.raises(SettingsError, match="remove the line"):
        settings_from({"xyzzy": 1})


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        pytest.param("municipality_code", 1480, "text in quotation marks", id="code-as-number"),
        pytest.param("municipality_code", "148", "four digits", id="short-code"),
        pytest.param("school_year", "2024-2025", "2025/26", id="school-year-form"),
        pytest.param("school_year", "2024/26", "2025/26", id="school-year-gap"),
        pytest.param("engine", "latex", '"auto", "quarto", "embedded"', id="engine"),
        pytest.param("audience", "all", '"public", "internal", "principal"', id="audience"),
        pytest.param("jobs", -1, "0 (all processor cores)", id="negative-jobs"),
        pytest.param("jobs", True, "a whole number", id="jobs-yes"),
        pytest.param("class_groups", 1, "true or false", id="groups-number"),
        pytest.param("allocation", {"structure_share": "0,1"}, "a number", id="number-as-text"),
        pytest.param("limits", {"report_seconds": -1}, "0 (no limit) or a whole number of seconds", id="time-limit"),
        pytest.param("limits", {"memory_mb": "4 GB"}, "a whole number", id="memory-as-text"),
        pytest.param("peers", 8, "[peers]", id="table-as-number"),
        pytest.param("peers", {"count": 0}, "from 1 to 50", id="no-peers"),
        pytest.param("peers", {"measures": []}, "one or more", id="no-measures"),
        pytest.param("peers", {"measures": ["merit_rating_17"]}, '"foreign_background_share"', id="result-as-intake"),
        pytest.param("peers", {"measures": ["girls_share"] * 2}, "each once", id="measure-twice"),
        pytest.param("peers", {"measures": "girls_share"}, "a list of texts", id="measure-as-text"),
        pytest.param("allocation", {"total_sek": -1}, "whole kronor", id="negative-sum"),
        pytest.param("allocation", {"total_sek": 1.5}, "a whole number", id="broken-sum"),
        pytest.param("allocation", {"structure_share": 10}, "0.1 for 10 percent", id="structure-percent"),
        pytest.param("allocation", {"floor_share": -0.1}, "from 0 to 1", id="floor"),
        pytest.param("allocation", {"max_change": 1.01}, "from 0 to 1", id="change"),
        pytest.param("allocation", {"index_years": 0}, "from 1 to 10", id="no-years"),
        pytest.param("allocation", {"grade_year_weights": {"10": 1}}, '"0" to "9"', id="grade-year-10"),
        pytest.param("allocation", {"grade_year_weights": {"7": 0}}, "above 0", id="weightless"),
        pytest.param("allocation", {"grade_year_weights": {"7": "x"}}, "a table such as", id="weight-as-text"),
    ],
)
def test_wrong_value(key, value, expected):
    """A wrong value is named with its key and what is expected."""
    with pytest.raises(SettingsError) as caught:
        settings_from({key: value})
    assert key in str(caught.value)
    assert expected in str(caught.value)


def test_tables_are_read():
    """Keys of a table are laid over its defaults; whole numbers do for numbers; weights come by grade year."""
    content = {"allocation": {"total_sek": 5, "structure_share": 0, "grade_year_weights": {"7": 2, "0": 0.5}}}
    found = settings_from(content).allocation
    assert (found.total_sek, found.structure_share, found.index_years) == (5, 0.0, 1)
    assert found.weights == {0: 0.5, 7: 2.0}
    assert settings_from({"peers": {"measures": ["girls_share"]}}).peers == PeerSettings(5, ("girls_share",))


def test_near_miss_within_a_table():
    """A misspelt key of a table is named with its table."""
    with pytest.raises(SettingsError, match=r"unknown key 'allocation\.total'(.|\n)*mean 'allocation\.total_sek'"):
        settings_from({"allocation": {"total": 1}})


def test_file_that_is_not_there(tmp_path):
    """A file of settings that does not exist is told as such, and so is a folder in its place."""
    with pytest.raises(SettingsError, match=r"absent\.toml: there is no such file(.|\n)*nothing of that name"):
        read_settings(tmp_path / "absent.toml")
    with pytest.raises(SettingsError, match=r"there is no such file(.|\n)*found: +a folder"):
        read_settings(tmp_path)


def test_broken_file(tmp_path):
    """A file that is no TOML is named with the place of the fault."""
    (tmp_path / "skq.toml").write_text("engine = auto\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"skq\.toml: the settings cannot be read(.|\n)*line 1"):
        read_settings(tmp_path / "skq.toml")

"""skq.toml: what an organizer chooses, refused where it is wrong."""

from dataclasses import fields
from pathlib import Path

import pytest
from skq.errors import SettingsError
from skq.settings import Settings, changed, read_settings, settings_from

ROOT = Path(__file__).parents[2]


def test_our_file_says_the_defaults():
    """The skq.toml of the repository states exactly what is used without any file."""
    assert read_settings(ROOT / "skq.toml") == Settings()


def test_our_file_comments_every_key():
    """Every setting stands in skq.toml with a comment on the line before its block."""
    blocks = (ROOT / "skq.toml").read_text(encoding="utf-8").split("\n\n")
    commented = [block.splitlines()[-1].split(" = ")[0] for block in blocks if block.startswith("#") and " = " in block]
    assert commented == [field.name for field in fields(Settings)]


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
        pytest.param("audience", "all", '"public", "internal"', id="audience"),
        pytest.param("jobs", -1, "0 (all processor cores)", id="negative-jobs"),
        pytest.param("jobs", True, "a whole number", id="jobs-yes"),
    ],
)
def test_wrong_value(key, value, expected):
    """A wrong value is named with its key and what is expected."""
    with pytest.raises(SettingsError) as caught:
        settings_from({key: value})
    assert key in str(caught.value)
    assert expected in str(caught.value)


def test_broken_file(tmp_path):
    """A file that is no TOML is named with the place of the fault."""
    (tmp_path / "skq.toml").write_text("engine = auto\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"skq\.toml: the settings cannot be read(.|\n)*line 1"):
        read_settings(tmp_path / "skq.toml")


def test_options_lie_over_the_file():
    """An option that was given wins, one that was not leaves the setting alone."""
    settings = changed(Settings(engine="quarto", jobs=3), jobs=1, engine=None)
    assert (settings.engine, settings.jobs) == ("quarto", 1)

"""What an organizer chooses: options over what a file says, and choices that are refused wherever they come from."""

import pytest
from skq.errors import SettingsError
from skq.settings import PEER_MEASURES, PeerSettings, ReleaseSettings, RetentionSettings, Settings, changed


def test_options_lie_over_the_file():
    """An option that was given wins, one that was not leaves the setting alone."""
    settings = changed(Settings(engine="quarto", jobs=3), jobs=1, engine=None)
    assert (settings.engine, settings.jobs) == ("quarto", 1)


def test_option_is_refused_as_a_line_of_the_file_is():
    """A choice is checked where it is made: an option that is wrong is named with its key and what is expected."""
    with pytest.raises(SettingsError, match="setting 'engine' is wrong(.|\n)*\"embedded\"(.|\n)*found: +'latex'"):
        changed(Settings(), engine="latex")


@pytest.mark.parametrize(("kind", "key"), [(ReleaseSettings, "keep"), (RetentionSettings, "stage_days")])
def test_one_is_the_least_that_can_be_kept(kind, key):
    """The last release and the last day are kept: 1 is taken, 0 is not."""
    assert getattr(kind(**{key: 1}), key) == 1
    with pytest.raises(SettingsError, match="at least 1"):
        kind(**{key: 0})


def test_every_measure_of_intake_can_be_chosen():
    """Schools can be found alike by all measures at once."""
    assert PeerSettings(50, PEER_MEASURES).measures == PEER_MEASURES

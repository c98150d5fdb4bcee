"""What a build says of the reports that it makes and of those that it keeps."""

import pytest
from skq.build.decisions import to_make


@pytest.mark.parametrize(
    ("why", "said"),
    [
        pytest.param({"a": ["never made"], "b": ["its slice"]}, "making 2 reports", id="all"),
        pytest.param({"a": ["its slice"], "b": [], "c": []}, "making 1 report, keeping 2", id="one of three"),
        pytest.param({"a": []}, "making 0 reports, keeping 1", id="none"),
    ],
)
def test_reports_that_are_kept_are_not_said_to_be_made(why, said):
    """With `--school` in a finished folder the site keeps the other reports; nobody should think they are made anew."""
    assert to_make(why) == said

"""What the CSV files of a finished site tell, read back without knowing what they were made from."""

import pytest
from skq.errors import SourceError
from skq.release.published import published
from skq.terms import RESULT_KEY

from tests.unit.release_towns import SAFE, cell, town, write_site


def test_every_row_is_one_number_with_its_key(tmp_path):
    """Norra: 30 of 40 in grade year 9 is 0.75 of all subjects passed, told to a thousandth, in line 3 of the file."""
    numbers = published(write_site(tmp_path, town(SAFE)))
    row = numbers[numbers["unit"].eq("90000001")].iloc[0]
    assert [row[column] for column in RESULT_KEY] == [
        "all_subjects_passed_share", "school", "90000001", "2024/25", 9, "", "all", "all",
    ]  # fmt: skip
    assert (row["value"], row["n"], row["status"], row["where"]) == (0.75, 40, "observed", "arsanalys/schools.csv:3")
    assert row["step"] == pytest.approx(0.001)


def test_hidden_numbers_stand_with_their_status_alone(tmp_path):
    """No value and no n where the status hides."""
    numbers = published(write_site(tmp_path, town(SAFE)))
    hidden = numbers[numbers["status"].ne("observed")]
    assert sorted(hidden["status"]) == ["protects_other", "too_few"]
    assert hidden[["value", "n"]].isna().all(axis=None)


def test_the_same_number_in_two_files_is_two_rows(tmp_path):
    """Each place is told, so that two that disagree can be named."""
    site = write_site(tmp_path, town(SAFE))
    write_site(site, [cell("90000001", "Norra", 30, 40)], "skolor/norra/results.csv")
    numbers = published(site)
    assert list(numbers[numbers["unit"].eq("90000001")]["where"]) == ["arsanalys/schools.csv:3",
                                                                      "skolor/norra/results.csv:2"]  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [{"id": "no_such_metric"}, {"värde": "7,5 eller så"}, {"nivå": "byn"}, {"status": "kanske"}, {"kategori": "a;b"}],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path, fault):
    """File and line are told; nothing is guessed."""
    with pytest.raises(SourceError, match=r"arsanalys/schools\.csv:2: the row"):
        published(write_site(tmp_path, [cell("90000001", "Norra", 30, 40, **fault)]))


def test_a_site_without_downloads_tells_no_numbers(tmp_path):
    """An empty frame with the same columns."""
    assert published(tmp_path).empty

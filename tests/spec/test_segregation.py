"""Segregation between schools: Duncan's index of dissimilarity (T-19, §10)."""

from skq.metrics.segregation import dissimilarity

from tests.spec.text_tables import text_table


def test_dissimilarity():
    """T-19: 30, 10 and 5 pupils of one group beside 20, 40 and 45 of the other: D = 0.4762."""
    rows = text_table(
        """
        school low other
        A      30  20
        B      10  40
        C      5   45
        """
    )
    found = dissimilarity(rows["low"].astype(int), rows["other"].astype(int))
    assert (round(found.value, 4), found.n, found.units) == (0.4762, 150, 3)

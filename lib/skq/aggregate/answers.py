"""Survey answers per respondent -> results rows, averaged in the order per respondent (domain §11.1).

Their source says so: `register:per_respondent`. Counts know no respondents and are averaged per item, see
`aggregate.surveys`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import SUMS, unit_cells
from skq.aggregate.coded import stacked
from skq.aggregate.places import placed
from skq.aggregate.rollup import rolled_up
from skq.aggregate.surveys import GROUPS, HIGHEST, HME_TOTAL, described, positive_cells
from skq.metrics.hme import hme_score
from skq.metrics.survey import item_score, respondent_means
from skq.schema.parts import HME_AREAS

PER_RESPONDENT = "register:per_respondent"
_UNIT_GROUP = ["school_unit_code", "school_year", "grade_year"]
_RESPONDENT = [*_UNIT_GROUP, "respondent"]


def answer_rows(answers: pd.DataFrame, where: pd.DataFrame, *, whole_nation: bool = False) -> pd.DataFrame:
    """Return the results rows, unsorted, of *answers* (a row per respondent and item) at the places *where*.

    The indices are means over respondents with Student's interval; positive shares go per item, as Kolada's do; the
    response rate counts respondents, at the units for which it is told how many were invited.
    """
    given = answers[answers["answer"].notna()]
    if given.empty:
        return pd.DataFrame()
    cells = stacked(list(answer_cells(given)))
    rows = rolled_up(placed(cells, where, whole_nation=whole_nation))
    highest = rows["metric"].map(HIGHEST)
    return rows.assign(
        lower=rows["lower"].mask(highest.notna(), rows["lower"].clip(lower=0)),
        upper=rows["upper"].mask(highest.notna() & rows["upper"].gt(highest), highest),
        source=PER_RESPONDENT,
    )


def answer_cells(answers: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of *answers*: indices per respondent, positive shares per item, response rates."""
    for group, rows in described(answers).groupby("respondent_group", sort=True):
        family = GROUPS[str(group)][0]
        own, hme = rows[~rows["is_hme"]], rows[rows["is_hme"]]
        own = own.assign(score=item_score(own["answer"], negative=own["negative"]))
        hme = hme.assign(score=hme_score(hme["answer"], negative=hme["negative"]), subject="")
        yield _index_cells(own, metric=f"{family}_index")
        for area in HME_AREAS:
            yield _index_cells(hme[hme["area"].eq(area)], metric=area)
        areas = hme.groupby("school_year")["area"].transform("nunique")
        yield _index_cells(hme[areas.eq(len(HME_AREAS))], metric=HME_TOTAL)  # a total of fewer statements is another
        yield from positive_cells(rows, family=family)
        yield _response_cells(rows, family=family)


def _index_cells(scores: pd.DataFrame, *, metric: str) -> pd.DataFrame:
    means = respondent_means(scores, [*_RESPONDENT, "subject"])
    score = means["score"]
    summed = means.assign(n=1.0, part=score, whole=1.0, squares=score**2)
    sums = summed.groupby([*_UNIT_GROUP, "subject"], as_index=False, dropna=False)[SUMS].sum()
    return unit_cells(sums, metric=metric)


def _response_cells(rows: pd.DataFrame, *, family: str) -> pd.DataFrame:
    known = rows[rows.groupby(_UNIT_GROUP, dropna=False)["invited"].transform("count").gt(0)]
    answered = known.drop_duplicates(_RESPONDENT)  # of a unit that invited nobody knows how many, no one counts
    units = answered.groupby(_UNIT_GROUP, as_index=False, dropna=False).agg(
        part=("respondent", "size"), whole=("invited", "max")
    )
    return unit_cells(units.assign(n=units["part"]), metric=f"{family}_response_share")

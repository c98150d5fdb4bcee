"""The units that official statistics speak of: schools, organizers, municipalities, the nation."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from skq.sources.derive import NATION
from skq.terms import UNIT_DTYPES, Level

NATION_NAME = "Riket"
_TEXTS = ("name", "municipality_code", "municipality_name", "organizer", "organizer_name", "organizer_type")
_GRADE_YEARS = ("first_grade_year", "last_grade_year")


def places_of(exports: Sequence[pd.DataFrame], registers: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return every school named, by its code: name, municipality, organizer and grade years of the newest export.

    A school that no export names is taken from the register.
    """
    named = [part for part in exports if len(part)]
    registered = [part.assign(school_year="") for part in registers if len(part)]
    if not named and not registered:
        nobody = pd.DataFrame(columns=[*_TEXTS, "school_year", *_GRADE_YEARS], index=pd.Index([], name="unit"))
        return nobody.astype({**dict.fromkeys([*_TEXTS, "school_year"], "str"), **dict.fromkeys(_GRADE_YEARS, "Int64")})
    everything = pd.concat([*named, *registered], ignore_index=True)
    newest = everything.sort_values(["unit", "school_year"], ascending=[True, False], kind="stable")
    schools = newest.drop_duplicates("unit").set_index("unit")
    years = newest.dropna(subset=["first_grade_year"]).drop_duplicates("unit").set_index("unit")
    return schools.assign(**{name: years[name].reindex(schools.index) for name in _GRADE_YEARS})


def municipal_organizers(schools: pd.DataFrame) -> dict[str, str]:
    """Return municipality code to the organization number that most of its municipal schools have."""
    municipal = schools[(schools["organizer_type"] == "municipal") & (schools["municipality_code"] != "")]
    counts = municipal.groupby(["municipality_code", "organizer"]).size().reset_index(name="schools")
    largest = counts.sort_values(["municipality_code", "schools", "organizer"], ascending=[True, False, True])
    first = largest.drop_duplicates("municipality_code")
    return dict(zip(first["municipality_code"], first["organizer"], strict=True))


def units_of(results: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each school, organizer and municipality of *results*, and one for the nation.

    A school that no file names is called "Skolenhet <code>".
    """
    codes = sorted(set(results.loc[results["level"] == Level.SCHOOL, "unit"]))
    of_schools = _schools(codes, schools)
    municipalities = _municipalities(results, of_schools, schools)
    organizers = _organizers(results, of_schools, schools)
    nation = pd.DataFrame({"level": [str(Level.NATION)], "unit": [NATION], "name": [NATION_NAME]})
    units = pd.concat([of_schools, organizers, municipalities, nation], ignore_index=True).reindex(
        columns=list(UNIT_DTYPES)
    )
    texts = [name for name in UNIT_DTYPES if name not in _GRADE_YEARS]
    units[texts] = units[texts].astype("object").fillna("").astype("str")
    return units.astype(dict.fromkeys(_GRADE_YEARS, "Int64")).sort_values(["level", "unit"], ignore_index=True)


def _schools(codes: list[str], schools: pd.DataFrame) -> pd.DataFrame:
    found = schools.reindex(pd.Index(codes, name="unit")).reset_index()
    return found.assign(level=str(Level.SCHOOL), name=found["name"].fillna("Skolenhet " + found["unit"]))


def _municipalities(results: pd.DataFrame, of_schools: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    with_rows = set(results.loc[results["level"] == Level.MUNICIPALITY, "unit"])
    codes = sorted((with_rows | set(of_schools["municipality_code"].dropna())) - {""})
    names = schools.drop_duplicates("municipality_code").set_index("municipality_code")["municipality_name"]
    named = [str(names.get(code, f"Kommun {code}")) for code in codes]
    return pd.DataFrame({"level": str(Level.MUNICIPALITY), "unit": codes, "name": named, "municipality_code": codes})


def _organizers(results: pd.DataFrame, of_schools: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Organizers of the schools and those with figures; one of several municipalities belongs to none of them."""
    with_rows = set(results.loc[results["level"] == Level.ORGANIZER, "unit"])
    ids = sorted((with_rows | set(of_schools["organizer"].dropna())) - {""})
    own = schools[schools["organizer"].isin(ids)]
    first = (
        own.sort_values("school_year", ascending=False, kind="stable")
        .drop_duplicates("organizer")
        .set_index("organizer")
    )
    alone = own.groupby("organizer")["municipality_code"].nunique() == 1
    found = first.reindex(ids)
    return pd.DataFrame(
        {
            "level": str(Level.ORGANIZER),
            "unit": ids,
            "name": found["organizer_name"].fillna("").tolist(),
            "municipality_code": found["municipality_code"].where(alone.reindex(ids, fill_value=False), "").tolist(),
            "organizer": ids,
            "organizer_type": found["organizer_type"].fillna("").tolist(),
        }
    )

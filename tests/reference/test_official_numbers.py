"""Numbers of real official statistics, typed in from the files by hand: one at least for every kind of file.

Source of every expected value: the named file of the shared data folder, opened in a text viewer.
"""

import gzip
import json

import pandas as pd
import pytest
from skq.sources.cells import parse_cell, parse_share
from skq.sources.official import Official
from skq.sources.reading import decode
from skq.sources.siris import read_export

from tests.official_samples import SHARED_DATA, one, real_official


@pytest.fixture(scope="module")
def official() -> Official:
    """All real official statistics; skipped where they are absent."""
    return real_official()


ALE = {"level": "municipality", "unit": "1440", "breakdown": "all"}
NUMBERS = [
    # slutbetyg_ak9_samtliga_2024-25_skolenhet.csv: Bohusskolan;11043800;…;88;73,9;84,1;221,6
    ({"metric": "all_subjects_passed_share", "unit": "11043800", "grade_year": 9}, "2024/25", 0.739, 88),
    ({"metric": "eligible_vocational_share", "unit": "11043800"}, "2024/25", 0.841, 88),
    ({"metric": "merit_rating_17", "unit": "11043800"}, "2024/25", 221.6, 88),
    # antal_elever_per_arskurs_2025-26_skolenhet.csv: Alboskolan;72616393;…;197;46,7;16,2;57,4;.;.;.;68;62;67;.;.;.
    ({"metric": "pupil_count", "unit": "72616393", "grade_year": 4}, "2025/26", 68, 68),
    ({"metric": "pupil_count", "unit": "72616393", "grade_year": None}, "2025/26", 197, 197),
    ({"metric": "girls_share", "unit": "72616393"}, "2025/26", 0.467, 197),
    ({"metric": "foreign_background_share", "unit": "72616393"}, "2025/26", 0.162, 197),
    ({"metric": "parents_post_secondary_share", "unit": "72616393"}, "2025/26", 0.574, 197),
    # antal_elever_per_arskurs_2024-25_kommun.csv: Ale;1440;…;Samtliga;47,8;…;4 102 and Göteborg;1480;…;56 096
    ({"metric": "pupil_count", "grade_year": None, **ALE}, "2024/25", 4102, 4102),
    ({"metric": "pupil_count", "grade_year": None, **ALE, "unit": "1480"}, "2024/25", 56096, 56096),
    ({"metric": "girls_share", **ALE}, "2024/25", 0.478, 4102),
    # behorighet_gymnasiet_2024-25_kommun_kon.csv: Ale;…;Samtliga;Samtliga;434;81,6;80,6;79,0;77,6
    ({"metric": "eligible_vocational_share", **ALE}, "2024/25", 0.816, 434),
    ({"metric": "eligible_science_share", **ALE}, "2024/25", 0.776, 434),
    # the same file: Ale;…;Samtliga;Flickor;214;83,2;81,8;80,8;79,0
    ({"metric": "eligible_arts_share", **ALE, "breakdown": "sex", "category": "girls"}, "2024/25", 0.818, 214),
    # betyg_ak6_samtliga_2022-23_kommun.csv: Ale;…;Samtliga;481;17,0;75,9;10,8;13,3
    ({"metric": "all_subjects_passed_share", "grade_year": 6, **ALE}, "2022/23", 0.759, 481),
    # betyg_ak6_samtliga_2024-25_kommun.csv: Ale;1440;…;Samtliga;445;17,1;75,7;9,7;14,6
    ({"metric": "subject_grades_mean", "grade_year": 6, **ALE}, "2024/25", 17.1, 445),
    ({"metric": "all_subjects_passed_share", "grade_year": 6, **ALE}, "2024/25", 0.757, 445),
    ({"metric": "failed_one_subject_share", "grade_year": 6, **ALE}, "2024/25", 0.097, 445),
    ({"metric": "failed_several_subjects_share", "grade_year": 6, **ALE}, "2024/25", 0.146, 445),
    # the same file: Ale;…;Kommunal;420;17,1;75,0;9,5;15,5
    (
        {
            "metric": "failed_one_subject_share",
            "level": "organizer",
            "unit": "2120001439",
            "grade_year": 6,
            "breakdown": "all",
        },
        "2024/25",
        0.095,
        420,
    ),
    # betyg_ak6_per_kon_2024-25_kommun.csv: Ale;…;Samtliga;217;17,1;82,0;8,3;9,7;228;17,0;69,7;11,0;19,3
    (
        {"metric": "all_subjects_passed_share", "grade_year": 6, **ALE, "breakdown": "sex", "category": "boys"},
        "2024/25",
        0.697,
        228,
    ),
    (
        {"metric": "failed_several_subjects_share", "grade_year": 6, **ALE, "breakdown": "sex", "category": "girls"},
        "2024/25",
        0.097,
        217,
    ),
    (
        {"metric": "subject_grades_mean", "grade_year": 6, **ALE, "breakdown": "sex", "category": "boys"},
        "2024/25",
        17.0,
        228,
    ),
    # jamforelse_amnesbetyg_over_tid_ak9_2016-2025_kommun.csv.gz: Ale;…;Samtliga;Matematik;83,4;…;87,2
    ({"metric": "subject_passed_share", "subject": "MA", **ALE}, "2024/25", 0.834, None),
    ({"metric": "subject_passed_share", "subject": "MA", **ALE}, "2015/16", 0.872, None),
    # jamforelse_betygsresultat_over_tid_ak9_2016-2025_kommun.xlsx, sheet Samtliga: Ale 224,5 … 204,3; 434 … 366
    ({"metric": "merit_rating_17", **ALE}, "2024/25", 224.5, 434),
    ({"metric": "merit_rating_16", **ALE}, "2015/16", 197.3, 366),
    # the same, sheet Kommunal: Ale 77,2 of 369 in 2023/24; Ale kommun is 2120001439
    (
        {"metric": "all_subjects_passed_share", "level": "organizer", "unit": "2120001439", "grade_year": 9},
        "2023/24",
        0.772,
        369,
    ),
    # kostnader_grundskola_2024_kommun.csv: Ale;…;Kommunal;3 827;…;137 600
    ({"metric": "cost_per_pupil", "level": "organizer", "unit": "2120001439"}, "2024/25", 137600, 3827),
    # personal_behorighet_grundskola_2020-21_kommun.csv: Ale;…;Samtliga;257,9;189,1;73,3;32,7;291;239;82,1;35
    ({"metric": "teacher_fte", **ALE}, "2020/21", 257.9, 257.9),
    ({"metric": "certified_teacher_share", **ALE}, "2020/21", 0.733, 257.9),
    ({"metric": "certified_any_subject_share", **ALE}, "2020/21", 0.821, 291),
    # np_ak9_provbetyg_per_kon_2022-23_kommun.csv: Ale;…;Engelska;84,3;83,0;85,6;333;161;172;98,5;~100;~100;15,7;…
    ({"metric": "test_participation_share", "subject": "EN", **ALE}, "2022/23", 0.843, None),
    ({"metric": "test_passed_share", "subject": "EN", **ALE}, "2022/23", 0.985, 333),
    # np_ak9_provbetyg_per_kon_2023-24_kommun.csv, other order: Ale;…;Engelska;371;186;185;98,1;…;15,7;15,5;15,9
    ({"metric": "test_passed_share", "subject": "EN", **ALE}, "2023/24", 0.981, 371),
    (
        {"metric": "test_points_mean", "subject": "EN", **ALE, "breakdown": "sex", "category": "girls"},
        "2023/24",
        15.5,
        186,
    ),
    # np_relation_slutbetyg_ak9_2024-25_skolenhet_UTDRAG.csv (T-13): Aroseniusskolan;48529699; MA 162;0,6;58,6;40,7
    ({"metric": "grade_above_test_share", "subject": "MA", "unit": "48529699"}, "2024/25", 0.407, 162),
    ({"metric": "grade_test_net_pp", "subject": "MA", "unit": "48529699"}, "2024/25", 0.401, 162),
    ({"metric": "grade_test_net_pp", "subject": "EN", "unit": "48529699"}, "2024/25", 0.065, 153),
    # statistics_gr_v4_2026-04_13-14.jsonl.gz, first line, school unit 10100155
    ({"metric": "pupils_per_teacher", "unit": "10100155"}, "2025/26", 12.8, None),
    ({"metric": "certified_teacher_share", "unit": "10100155"}, "2021/22", 0.673, None),
    ({"metric": "special_teacher_fte", "unit": "10100155"}, "2023/24", 1.0, None),
    ({"metric": "test_points_mean", "subject": "SV", "grade_year": 6, "unit": "10100155"}, "2024/25", 12.5, None),
    ({"metric": "all_subjects_passed_share", "grade_year": 6, "unit": "10100155"}, "2024/25", 0.727, None),
    # kolada_U15415_U15416_skolenhet_2024.json: "10023937": expected 254, deviation -9
    ({"metric": "salsa_expected", "unit": "10023937"}, "2023/24", 254, None),
    ({"metric": "salsa_residual", "unit": "10023937"}, "2023/24", -9, None),
]


@pytest.mark.parametrize(
    ("place", "school_year", "value", "n"),
    [
        pytest.param(*row, id=f"{row[0]['metric']}-{row[0]['unit']}-{row[1]}-{number}")
        for number, row in enumerate(NUMBERS)
    ],
)
def test_number_as_published(
    official: Official, place: dict[str, object], school_year: str, value: float, n: float | None
) -> None:
    """The number in the results table is the one in the file, and rests on the pupils or posts of the file."""
    row = one(official.results, **{"school_year": school_year, **place})
    assert row["value"] == value
    assert pd.isna(row["n"]) if n is None else row["n"] == n


def test_symbols_as_published(official: Official) -> None:
    """Ahlafors Fria skola 2024/25 (25;88;~100;237,7): 88 % of 25 pupils, and an eligibility that is only ~100."""
    school = official.results[official.results["unit"] == "71387206"]
    assert one(school, metric="all_subjects_passed_share", grade_year=9)[["value", "n", "raw"]].tolist() == [
        0.88,
        25,
        "88",
    ]
    nearly = one(school, metric="eligible_vocational_share")
    assert nearly[["status", "raw", "n"]].tolist() == ["nearly_all", "~100", 25]
    assert pd.isna(nearly["value"])


def test_wilson_of_a_school(official: Official) -> None:
    """65 of 88 pupils (Bohusskolan, 73,9 %): the interval is that of Wilson's formula, written out a second time."""
    row = one(
        official.results, metric="all_subjects_passed_share", unit="11043800", grade_year=9, school_year="2024/25"
    )
    z, n, p = 1.959964, 88, 65 / 88
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    assert row["lower"] == pytest.approx(middle - half, abs=1e-6)
    assert row["upper"] == pytest.approx(middle + half, abs=1e-6)


def test_every_api_school_is_usable(official: Official) -> None:
    """All 298 schools of the API answers have numbers, a name and a municipality."""
    with gzip.open(SHARED_DATA / "skolverket_api" / "statistics_gr_v4_2026-04_13-14.jsonl.gz", "rt") as lines:
        codes = {json.loads(line)["body"]["schoolUnit"] for line in lines}
    schools = official.units[official.units["level"] == "school"].set_index("unit")
    assert len(codes) == 298
    assert codes <= set(schools.index)
    assert (schools.loc[sorted(codes), "name"] != "").all()
    assert schools.loc[sorted(codes), "municipality_code"].str.fullmatch(r"\d{4}").all()


@pytest.mark.parametrize(("code", "number"), [("1480", 178), ("1384", 60)])
def test_schools_of_a_municipality(official: Official, code: str, number: int) -> None:
    """Göteborg has 178 schools in the exports of pupils and grades, Kungsbacka 60 (counted with cut and sort)."""
    schools = official.units[official.units["level"] == "school"]
    assert (schools["municipality_code"] == code).sum() == number


def test_invented_municipality_stays_out(official: Official) -> None:
    """The made-up municipality 9999 of constructed_symbols.csv gives no number and no unit."""
    assert not (official.units["municipality_code"] == "9999").any()
    assert not official.results["unit"].isin(["9999", "10000001", "10000002", "10000003", "10000004"]).any()


def test_notes_of_the_real_folder(official: Official) -> None:
    """Nothing in the real folder disagrees or is cut off: all notes are of files that skq does not use."""
    assert {problem.code for problem in official.problems} == {"not-recognised", "not-used", "no-rows"}
    unread = {problem.file for problem in official.problems if problem.code == "not-used"}
    assert unread == {"skolverket_siris/constructed_symbols.csv"}


def test_constructed_symbols() -> None:
    """Every symbol of constructed_symbols.csv is read: 1 124 with a no-break space, 81,4, ~100, .. and . (by hand)."""
    path = SHARED_DATA / "skolverket_siris" / "constructed_symbols.csv"
    if not path.is_file():
        pytest.skip("the shared data folder is absent")
    read = read_export(decode(path.read_bytes(), path), path)
    group = "Samtl. elever, exklusive nyinvandrade och med okänd bakgr.|"
    assert read.rows[f"{group}Antal elever"].map(parse_cell).map(lambda cell: cell.value).tolist()[0] == 1124
    shares = read.rows[f"{group}Andel (%) elever behöriga till yrkesprog."].map(parse_share)
    assert [str(cell.status) for cell in shares] == ["nearly_all", "too_few", "missing", "observed"]
    assert shares.iloc[3].value == 0.976
    assert read.rows["Skolenhetskod"].tolist() == ["10000001", "10000002", "10000003", "10000004"]

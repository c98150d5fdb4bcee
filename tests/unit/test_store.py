"""The store: whole files or none, same numbers same bytes, and nothing of another school in a school's slice."""

import json
from hashlib import sha256

import pandas as pd
import pyarrow.parquet as pq
import pytest
from skq.build.printed import Printed
from skq.errors import ProtectionError, SkqError, SourceError
from skq.files import folder_checksums, json_text
from skq.judgements import Judgements, typed_estimates, typed_goals
from skq.protect import Protected
from skq.protect.table import COLUMN_DTYPES, sealed
from skq.store import PARTS, read_slice, reading, renew_slice, write_slices, writing
from skq.terms import ANNUAL, UNIT_DTYPES

from tests.notebooks.slices import as_printed

OWN, OTHER, FORMER = "10000001", "20000002", "10000009"
UNITS = [
    ("school", OWN, "Norr", "Stiftelsen"),
    ("school", OTHER, "Söder", "Kommunen"),
    ("area", "9999:Norr", "Norr", ""),
    ("area", "9999:Söder", "Söder", ""),
    ("organizer", "5560000001", "", "Stiftelsen"),
    ("organizer", "2120000002", "", "Kommunen"),
    ("municipality", "9999", "", ""),
    ("nation", "SE", "", ""),
]
SEEN_BY_OWN = [OWN, "9999:Norr", "5560000001", "9999", "SE"]


def units() -> pd.DataFrame:
    """Two schools with areas and organizers, the municipality and the nation."""
    organizers = {"Stiftelsen": "5560000001", "Kommunen": "2120000002", "": ""}
    rows = [
        {
            **dict.fromkeys(UNIT_DTYPES, ""),
            "level": level,
            "unit": unit,
            "name": organizer if level == "organizer" else unit,
            "municipality_code": "9999",
            "area": area,
            "organizer": organizers[organizer],
            "first_grade_year": 1,
            "last_grade_year": 9,
            "predecessor_code": FORMER if unit == OWN else "",
        }
        for level, unit, area, organizer in UNITS
    ]
    return pd.DataFrame(rows)


def protected(value: float = 200.0) -> Protected:
    """One result and one change per unit."""
    blank = {kind: {column: None if dtype != "str" else "" for column, dtype in COLUMN_DTYPES[kind].items()}
             for kind in COLUMN_DTYPES}  # fmt: skip
    known = [(level, unit) for level, unit, _, _ in UNITS] + [("school", FORMER)]
    same = {"metric": "merit_rating_17", "school_year": "2024/25", "breakdown": "all", "category": "all"}
    rows = [{**same, "level": level, "unit": unit, "value": value, "status": "observed"} for level, unit in known]
    results = pd.DataFrame([{**blank["results"], **row} for row in rows])
    changes = pd.DataFrame([{**blank["comparisons"], **row, "kind": "change", "reference": "2023/24"} for row in rows])
    return Protected(sealed(results, "results"), sealed(changes, "comparisons"), pd.DataFrame())


def said(value: float = 200.0) -> Judgements:
    """One estimate of each school, one goal of each school and of the municipality."""
    same = {"metric": "merit_rating_17", "school_year": "2024/25", "breakdown": "all", "category": "all"}
    schools = [{**same, "level": "school", "unit": code, "value": value} for code in (OTHER, OWN)]
    city = {**same, "level": "municipality", "unit": "9999", "value": value}
    goals = [{**row, "origin": "target", "target": 210.0, "status": "not_reached"} for row in (*schools, city)]
    return Judgements(typed_estimates(pd.DataFrame(schools)), typed_goals(pd.DataFrame(goals)))


@pytest.fixture
def slices(tmp_path):
    """A folder with the slices of one school and of all."""
    folder = tmp_path / "skyddade tabeller åäö"
    write_slices(protected(), units(), {OWN: {"school_unit_code": OWN}, ANNUAL: {}}, folder, judgements=said())
    return folder


def test_school_slice_holds_itself_and_what_is_above(slices):
    """A school's slice has its own rows (under its former code too) and those of the levels above it."""
    part = read_slice(slices / OWN)
    expected = sorted([*SEEN_BY_OWN, FORMER])
    assert sorted(part.results.frame["unit"]) == expected
    assert sorted(part.comparisons.frame["unit"]) == expected
    assert sorted(part.units["unit"]) == sorted(SEEN_BY_OWN)


def test_no_other_school_in_any_byte(slices):
    """Another school's code, its area and its organizer stand nowhere in the files of a slice, read as text."""
    part = read_slice(slices / OWN)
    frames = (part.results.frame, part.comparisons.frame, part.estimates, part.goals, part.units)
    text = "".join(frame.to_csv() for frame in frames)
    text += (slices / OWN / "meta.json").read_text(encoding="utf-8")
    assert [word for word in (OTHER, "Söder", "2120000002") if word in text] == []


def test_annual_slice_holds_all(slices):
    """The slice of the annual analysis has every unit."""
    assert set(read_slice(slices / ANNUAL).units["unit"]) == {unit for _, unit, _, _ in UNITS}


def test_judgements_travel_along(slices):
    """A school's slice has what is said of the school alone, the annual one all of it, in the form of the contract."""
    part, whole = read_slice(slices / OWN), read_slice(slices / ANNUAL)
    assert (part.estimates["unit"].tolist(), part.goals["unit"].tolist()) == ([OWN], [OWN])
    pd.testing.assert_frame_equal(whole.estimates, said().estimates)
    pd.testing.assert_frame_equal(whole.goals, said().goals)


def test_slices_without_judgements(tmp_path):
    """Numbers that nothing is said of make a slice with empty frames."""
    write_slices(protected(), units(), {OWN: {}}, tmp_path)
    part = read_slice(tmp_path / OWN)
    assert (len(part.estimates), len(part.goals)) == (0, 0)


@pytest.mark.parametrize("name", ["estimates", "goals"])
def test_judgement_of_a_hidden_number_is_refused(name, tmp_path):
    """What speaks of a number that is not shown is not written: the row's value is there, the result's is not."""
    frames = {"estimates": said().estimates, "goals": said().goals}
    frames[name] = frames[name].assign(school_year="2023/24")
    with pytest.raises(ProtectionError, match=f"row.s. of {name} speak of a number that is not shown(.|\n)*2023/24"):
        write_slices(protected(), units(), {OWN: {}}, tmp_path, judgements=Judgements(**frames))


@pytest.mark.parametrize("name", ["estimates", "goals"])
def test_judgements_of_another_version_are_refused(name, slices):
    """Stored judgements with other columns are an error that says to build again."""
    path = slices / OWN / f"{name}.parquet"
    pd.read_parquet(path).drop(columns="value").to_parquet(path, index=False)
    with pytest.raises(SkqError, match=f"stored {name} have other columns(.|\n)*build again"):
        read_slice(slices / OWN)


def test_same_numbers_same_bytes(slices, tmp_path):
    """Rows in another order, written to another folder by two processes, give the same files."""
    shuffled = protected()
    again = Protected(
        sealed(shuffled.results.frame.iloc[::-1], "results"),
        sealed(shuffled.comparisons.frame.iloc[::-1], "comparisons"),
        pd.DataFrame(),
    )
    turned = Judgements(said().estimates.iloc[::-1], said().goals.iloc[::-1])
    metas = {OWN: {"school_unit_code": OWN}, ANNUAL: {}}
    write_slices(again, units().iloc[::-1], metas, tmp_path / "again", judgements=turned, jobs=2)
    assert folder_checksums(tmp_path / "again") == folder_checksums(slices)


def test_unchanged_slice_is_left_untouched(slices):
    """Writing the same again replaces no file."""
    before = {path: path.stat().st_ino for path in slices.rglob("*.*")}
    write_slices(protected(), units(), {OWN: {"school_unit_code": OWN}, ANNUAL: {}}, slices, judgements=said())
    assert {path: path.stat().st_ino for path in slices.rglob("*.*")} == before


def test_run_id_follows_the_numbers(slices, tmp_path):
    """Another number gives another run id; the same numbers give the same."""
    ids = []
    for value in (200.0, 200.0, 201.0):
        write_slices(protected(value), units(), {OWN: {}}, tmp_path / "ids")
        ids.append(read_slice(tmp_path / "ids" / OWN).meta["run_id"])
    assert ids[0] == ids[1] != ids[2]


def test_a_renewed_slice_is_as_if_it_was_written_so(slices, tmp_path):
    """What a slice says can be another, its tables being the same: the bytes are those of one written with it."""
    write_slices(protected(), units(), {OWN: {"school_unit_code": OWN, "code_version": "2"}, ANNUAL: {}},
                 tmp_path / "fresh", judgements=said())  # fmt: skip
    meta = renew_slice(slices / OWN, code_version="2")
    assert folder_checksums(slices / OWN) == folder_checksums(tmp_path / "fresh" / OWN)
    assert meta == read_slice(slices / OWN).meta
    assert meta["run_id"] != read_slice(slices / ANNUAL).meta["run_id"]


def test_stale_slices_go(slices):
    """A slice that is asked for no more is removed, others stay."""
    write_slices(protected(), units(), {ANNUAL: {}}, slices)
    assert [path.name for path in slices.iterdir()] == [ANNUAL]


def test_unknown_school_is_refused(tmp_path):
    """A slice of a school that the list of units does not know is an error that names it."""
    with pytest.raises(SkqError, match="school unit 77777777: 0 rows"):
        write_slices(protected(), units(), {"77777777": {}}, tmp_path)


def test_units_without_a_column_are_refused(tmp_path):
    """A list of units that lacks a column is an error that names it."""
    with pytest.raises(SkqError, match="lacks the column.* area"):
        write_slices(protected(), units().drop(columns="area"), {OWN: {}}, tmp_path)


def test_incomplete_slice_is_refused(slices):
    """A slice with a missing file is an error that says what to do."""
    (slices / OWN / "units.parquet").unlink()
    with pytest.raises(SourceError, match=f"{OWN}: this is not a complete slice(.|\n)*skq build"):
        read_slice(slices / OWN)


def test_hidden_number_on_disk_is_refused(slices):
    """A hidden number that someone wrote into a stored table does not get back in."""
    path = slices / OWN / "results.parquet"
    pd.read_parquet(path).assign(status="too_few").to_parquet(path, index=False)
    with pytest.raises(ProtectionError, match="hidden number"):
        read_slice(slices / OWN)


def test_a_lean_slice_is_the_whole_one_as_printed(slices, tmp_path):
    """What is taken from whole tables is what is left of the school's whole slice, in each of its tables."""
    (folder,) = write_slices(protected(), units(), {OWN: {}}, tmp_path / "lean", judgements=said(), needed=Printed)
    of = {one: {name: pd.read_parquet(one / f"{name}.parquet") for name in PARTS} for one in (slices / OWN, folder)}
    whole, lean = of.values()
    expected = as_printed(whole)
    for name in PARTS:
        pd.testing.assert_frame_equal(lean[name], expected[name].reset_index(drop=True), check_exact=True)


def test_the_annual_slice_is_left_whole(slices, tmp_path):
    """The annual analysis and the seminars work with every digit, also where schools' slices are lean."""
    write_slices(protected(), units(), {ANNUAL: {}, OWN: {}}, tmp_path / "lean", judgements=said(), needed=Printed)
    of = {one: (one / ANNUAL / f"{name}.parquet" for name in PARTS) for one in (slices, tmp_path / "lean")}
    assert [path.read_bytes() for path in of[slices]] == [path.read_bytes() for path in of[tmp_path / "lean"]]


AWKWARD = {"b": {"c": [1, {}], "a": None}, "a": "Å\n\"x\"", "å": [], "inputs": [{"rows": 1}, []], "z": {}}


@pytest.mark.parametrize("meta", [AWKWARD, {}], ids=["awkward", "nothing"])
def test_run_id_is_the_checksum_of_all_that_a_slice_says(meta, tmp_path):
    """It is made of the JSON of meta and of the checksums of the tables; meta.json is the JSON of meta with it."""
    (folder,) = write_slices(protected(), units(), {OWN: meta}, tmp_path)
    files = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.parquet")}
    run_id = sha256(json_text({"meta": meta, "files": files}).encode()).hexdigest()[:12]
    assert (folder / "meta.json").read_text(encoding="utf-8") == json_text({**meta, "run_id": run_id})


def test_meta_is_readable_json(slices):
    """meta.json is JSON with sorted keys and one newline at its end."""
    text = (slices / OWN / "meta.json").read_text(encoding="utf-8")
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert text.endswith("}\n")


def test_a_part_of_a_slice(slices):
    """Of some metrics alone a slice has their results, all of them and no others, and the same units and meta.

    What rests on results is left out, in the form that it has elsewhere.
    """
    whole = read_slice(slices / OWN)
    all_of_it = read_slice(slices / OWN, only=["merit_rating_17", "pupil_count"])
    nothing = read_slice(slices / OWN, only=["pupil_count"])
    for part in (all_of_it, nothing):
        pd.testing.assert_frame_equal(part.units, whole.units)
        assert part.meta == whole.meta
        for name in ("comparisons", "estimates", "goals"):
            left, there = (_frame(getattr(each, name)) for each in (part, whole))
            pd.testing.assert_frame_equal(left, there.head(0))
    pd.testing.assert_frame_equal(all_of_it.results.frame, whole.results.frame)
    assert len(nothing.results.frame) == 0


def test_rows_of_a_slice(slices):
    """Of a part only the rows are read that meet any of the criteria; a part that none are named for is read whole."""
    whole = read_slice(slices / ANNUAL)
    read = read_slice(
        slices / ANNUAL,
        rows={"results": ({"unit": [OWN]}, {"metric": ["merit_rating_17"], "level": ["nation"]}), "comparisons": ()},
    )
    known = whole.results.frame
    wanted = known["unit"].eq(OWN) | (known["metric"].eq("merit_rating_17") & known["level"].eq("nation"))
    assert 0 < wanted.sum() < len(known)
    pd.testing.assert_frame_equal(read.results.frame, known[wanted].reset_index(drop=True))
    pd.testing.assert_frame_equal(read.comparisons.frame, whole.comparisons.frame.head(0))
    pd.testing.assert_frame_equal(read.estimates, whole.estimates)


def test_rows_are_written_some_at_a_time(slices, tmp_path, monkeypatch):
    """A slice with two rows in each group says the same as one with all rows in one."""
    monkeypatch.setattr(writing, "ROWS_AT_A_TIME", 2)
    write_slices(protected(), units(), {ANNUAL: {}}, tmp_path / "again", judgements=said())
    path = tmp_path / "again" / ANNUAL / "results.parquet"
    pd.testing.assert_frame_equal(pd.read_parquet(path), pd.read_parquet(slices / ANNUAL / "results.parquet"))
    assert pq.ParquetFile(path).num_row_groups == 5


def test_slice_is_read_as_pandas_reads_it(slices):
    """What stands in a slice is what `pandas.read_parquet` finds there, types and all."""
    path = slices / ANNUAL / "results.parquet"
    pd.testing.assert_frame_equal(reading._read_part(path, None), pd.read_parquet(path))


def test_damaged_slice_is_refused(slices):
    """A file that is no Parquet any more is an error that names it."""
    path = slices / OWN / "goals.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SourceError, match=f"{OWN}: this is not a complete slice(.|\n)*goals.parquet"):
        read_slice(slices / OWN)


def _frame(table):
    return getattr(table, "frame", table)

"""Reports made by a cluster: real scheduler and workers on loopback, one killed half-way; and a played cluster."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from skq.aggregate.partition import Part, part_cells
from skq.batch import cluster as cluster_module
from skq.batch import divide, far
from skq.batch.carry import Parcel, brought, laid_out, packed, put_in_place
from skq.batch.cluster import ClusterPool
from skq.batch.divide import far_part, on_workers, refuse_open_network
from skq.batch.far import Answer, Errand, differences, machine
from skq.batch.fingerprint import seal
from skq.batch.run import run_reports
from skq.batch.scheduler import connected, refuse_other_machines
from skq.batch.task import Done, Outcome, PageTask, ReportTask, Station
from skq.cli import run
from skq.errors import ClusterError, SettingsError, StorageError
from skq.files import folder_checksums
from skq.render.made_of import frame_parts
from skq.render.stage import stage_around
from skq.render.unit import make_report

from tests.unit.test_batch import SHOWS, template

HOUSE = Path(__file__).parents[2]
REPORTS = 4

WRITES = """import json, time
from pathlib import Path
said = json.loads((Path(protected_folder) / "meta.json").read_text())
time.sleep(said["sleep"])
Path("bild.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
Path("front.yml").write_text(json.dumps({"title": "Rapport " + said["name"], "lang": "sv"}))
code = said["name"]
None"""


def tasks_in(folder: Path, names: str, *, sleep: float = 0.0) -> list[ReportTask]:
    """Tasks for one small report per letter of *names*, with page and PDF, below *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    notebook = template(folder, WRITES, SHOWS, parameters='protected_folder: str = ""')
    around = {"index.qmd": "# Skolor"}
    project = stage_around(set(), [], around, folder / "out" / "project", house=HOUSE, title="Skolor")
    frame = frame_parts(project)
    tasks = []
    for name in names:
        source = folder / "out" / "tables" / "protected" / name
        source.mkdir(parents=True)
        (source / "meta.json").write_text(json.dumps({"name": name, "sleep": sleep}))
        page = PageTask(f"skolor/{name}/rapport", project, folder / "out" / "shelf", frame)
        target = folder / "out" / "reports" / "quality-report" / name / "rapport.ipynb"
        handed = {"protected_folder": f"../../../tables/protected/{name}"}
        tasks.append(ReportTask("quality-report", name, f"Skola {name}", notebook, target, handed, f"of {name}", page))
    return tasks


def part(code: str) -> Part:
    """The part of an organizer with three pupils at the school *code*."""
    keys = {"school_unit_code": code, "school_year": "2024/25", "grade_year": 4, "sex": ["girls", "girls", "boys"]}
    pupils = pd.DataFrame({"pupil_id": [0, 1, 2], **keys})
    return Part(f"Owner of {code}", (code,), {"pupils": pupils.astype({"grade_year": "Int64"})})


@dataclass
class Played:
    """What happened on a real cluster, step by step."""

    local: Path
    far: Path
    done: list[Done]
    lost: BaseException | None
    stopped_in: float
    left: list[str]
    parts: list[list[pd.DataFrame]]


def started(*arguments: str, path: str) -> subprocess.Popen[bytes]:
    """Start a process of the cluster, in a session of its own; *path* is its PYTHONPATH."""
    code = "import sys; from distributed.cli import dask_{0}; sys.argv[0] = 'dask {0}'; dask_{0}.main()"
    command = [sys.executable, "-c", code.format(arguments[0]), *arguments[1:], "--no-dashboard"]
    quiet = {**os.environ, "DASK_LOGGING__DISTRIBUTED": "critical", "PYTHONPATH": path}
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet, start_new_session=True
    )


def ended(process: subprocess.Popen[bytes]) -> None:
    """End *process* and all that it has started."""
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.kill()
    process.wait()
    for child in children:
        if child.is_running():
            child.kill()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, without_libraries: str) -> Iterator[Played]:
    """Four reports made here, and there: one of two workers is killed half-way, at the end the scheduler is lost."""
    root = tmp_path_factory.mktemp("kluster åäö")
    local, away = tasks_in(root / "here", "abcd"), tasks_in(root / "there", "abcdg")
    for task in local:
        make_report(task)
    contact = root / "scheduler.json"
    served = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(contact))
    processes = [started("scheduler", *served, path=without_libraries)]
    done: list[Done] = []
    lost: BaseException | None = None
    try:
        patience = time.monotonic() + 60
        while not contact.is_file() and time.monotonic() < patience:
            time.sleep(0.05)
        address = json.loads(contact.read_text())["address"]
        for number in (1, 2):
            own = str(root / f"worker-{number}")
            processes.append(
                started("worker", address, "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1",
                        "--local-directory", own, path=without_libraries)
            )  # fmt: skip

        both = connected(address, seconds=90)
        both.wait_for_workers(2, timeout=90)
        both.close()

        def on_done(item: Done) -> None:
            done.append(item)
            if len(done) == 1:
                processes[1].send_signal(signal.SIGKILL)

        with ClusterPool(address, make_report) as pool:
            parts = list(pool.run_parts(part_cells, [part("a"), part("b")]))
            run_reports(away[:REPORTS], pool=pool, on_done=on_done)
            slow = away[REPORTS]
            (root / "there" / "out" / "tables" / "protected" / "g" / "meta.json").write_text('{"sleep": 99}')
            future = pool.submit(slow)
            time.sleep(0.5)
            processes[0].send_signal(signal.SIGKILL)
            lost = future.exception(timeout=60)
            before = time.monotonic()
        stopped_in = time.monotonic() - before
        left = sorted(path.name for path in (root / "there" / "out" / "reports" / "quality-report").iterdir())
        yield Played(root / "here" / "out", root / "there" / "out", done, lost, stopped_in, left, parts)
    finally:
        for process in processes:
            ended(process)


def test_killed_worker_loses_nothing(played):
    """With one of two workers killed half-way every report is made all the same, once."""
    assert sorted(item.task.key for item in played.done) == list("abcd")
    assert {(item.outcome, item.made) for item in played.done} == {
        (Outcome.BUILT, (Station.NOTEBOOK, Station.PAGE)),
    }


@pytest.mark.parametrize("part", ["reports", "shelf"])
def test_cluster_makes_the_bytes_of_a_local_build(played, part):
    """Notebooks, figures, pages and PDFs made by a cluster are those made here, byte for byte."""
    made = folder_checksums(played.local / part)
    assert len(made) >= 4 * REPORTS
    assert folder_checksums(played.far / part) == made


def test_tasks_are_told_as_they_were_handed_in(played):
    """What comes back speaks of the places here, not of a folder of the worker."""
    assert {item.task.target.parents[3] for item in played.done} == {played.far}


def test_numbers_are_made_there_part_by_part(played):
    """A cluster makes the cells of each part, in the order of the parts: two girls and a boy are three pupils."""
    counts = [next(cells for cells in made if cells["metric"].iloc[0] == "pupil_count") for made in played.parts]
    assert [sorted(cells["school_unit_code"].unique()) for cells in counts] == [["a"], ["b"]]
    assert [sorted(zip(cells["sex"], cells["n"], strict=True)) for cells in counts] == [[("boys", 1), ("girls", 2)]] * 2


def test_lost_scheduler_is_told(played):
    """A scheduler that dies half-way is an error that tells what to do; what is done is kept, nothing is half-made."""
    assert isinstance(played.lost, ClusterError)
    assert "what is done is kept" in str(played.lost)
    assert played.left == list("abcd")
    assert played.stopped_in < 50  # the report that was at work would have slept twice as long


@pytest.fixture
def task(tmp_path: Path) -> ReportTask:
    """One task without a page, whose slice is a line of text."""
    notebook = tmp_path / "template.ipynb"
    notebook.write_text("{}")
    source = tmp_path / "out" / "tables" / "protected" / "a"
    source.mkdir(parents=True)
    (source / "meta.json").write_text("of a")
    target = tmp_path / "out" / "reports" / "quality-report" / "a" / "rapport.ipynb"
    handed = {"protected_folder": "../../../tables/protected/a"}
    return ReportTask("quality-report", "a", "Skola a", notebook, target, handed, "1")


def test_a_task_takes_its_inputs_along_and_nothing_else(task, tmp_path):
    """What is packed is the template and the task's own slice: no other slice, no register, no place of ours."""
    (tmp_path / "out" / "tables" / "protected" / "b").mkdir()
    (tmp_path / "out" / "tables" / "protected" / "b" / "meta.json").write_text("of b")
    (tmp_path / "register.csv").write_text("personal")
    sent, parcel = packed(task)
    assert parcel.opened() == {"house/template.ipynb": b"{}", "out/tables/protected/a/meta.json": b"of a"}
    assert not sent.target.is_absolute()
    assert not sent.template.is_absolute()
    there = laid_out(sent, parcel, tmp_path / "there")
    (there.target.parent).mkdir(parents=True)
    assert (there.target.parent / there.parameters["protected_folder"] / "meta.json").read_text() == "of a"


def test_outputs_replace_what_was_there(task, tmp_path):
    """A folder that comes back takes the place of the old one; one that is not sealed does not come back."""
    there = replace(task, target=tmp_path / "there" / "rapport.ipynb")
    there.target.parent.mkdir()
    there.target.write_text("new")
    assert brought(Done(there, Outcome.FAILED)).opened() == {}
    seal(there.target.parent, "1")
    task.target.parent.mkdir(parents=True)
    (task.target.parent / "old.svg").write_text("old")
    put_in_place(task, brought(Done(there, Outcome.BUILT)))
    assert folder_checksums(task.target.parent) == folder_checksums(there.target.parent)


@pytest.mark.parametrize(
    "parcel",
    [
        pytest.param(replace(Parcel.of({"a": b"1"}), checksum="0"), id="checksum"),
        pytest.param(replace(Parcel.of({"a": b"1"}), files={"a": b"1"}), id="compression"),
        pytest.param(Parcel.of({"../a": b"1"}), id="above"),
        pytest.param(Parcel.of({"/a": b"1"}), id="absolute"),
    ],
)
def test_damaged_parcels_are_refused(parcel, tmp_path):
    """Bytes that changed on their way, and names that lead outside the folder, are refused."""
    with pytest.raises(ClusterError, match="parcel of files"):
        parcel.opened()


def test_no_library_is_told(monkeypatch):
    """Without distributed the option says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError, match="pip install distributed"):
        connected("tcp://127.0.0.1:8786")


@pytest.mark.parametrize(
    ("address", "kind", "message"),
    [
        pytest.param("tcp://127.0.0.1:9", ClusterError, "no scheduler answers there", id="nobody"),
        pytest.param("nonsense://x", SettingsError, "no address of a scheduler", id="no-address"),
        pytest.param("tls://127.0.0.1:9", SettingsError, "no certificates for TLS", id="no-certificates"),
    ],
)
def test_wrong_addresses_are_told(address, kind, message):
    """An address where nobody is, or that is none, is an error that names it."""
    with pytest.raises(kind, match=message) as caught:
        connected(address, seconds=0.5)
    assert address in str(caught.value)


def test_help_needs_no_cluster():
    """The command line, and the pool itself, are loaded without the library of clusters."""
    code = "import sys, skq.cli, skq.batch.cluster; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


class Sent:
    """What a played scheduler was sent."""

    def __init__(self, errand: Errand, status: str, result: Any) -> None:
        self.errand, self.status, self._result = errand, status, result

    def result(self, timeout: float) -> Any:
        """Return the worker's answer."""
        return self._result

    def exception(self) -> Any:
        """Return the error."""
        return self._result

    def add_done_callback(self, ready: Any) -> None:
        """It is ready at once."""
        ready(self)


class PlayedClient:
    """A scheduler with workers w1 and w2 that answers by *plan*: a status and a result for each time a task is sent."""

    id, status = "played", "running"

    def __init__(self, plan: Any, workers: tuple[str, ...] = ("w1", "w2")) -> None:
        self.plan, self.workers, self.sent, self.facts = plan, workers, [], {}

    def scheduler_info(self) -> dict[str, Any]:
        """Return the workers."""
        return {"workers": dict.fromkeys(self.workers, {"nthreads": 1})}

    def submit(self, function: Any, errand: Errand, *, key: str, pure: bool, workers: Any = None) -> Sent:
        """Take an errand."""
        self.sent.append((errand.task.key, workers))
        status, result = self.plan(len(self.sent), errand)
        return Sent(errand, status, result)

    def run(self, function: Any, *arguments: Any, on_error: str = "raise") -> dict[str, Any]:
        """Run a function on all workers."""
        name = "version" if arguments == ("skq",) else function.__name__
        return {
            worker: self.facts.get((worker, name), "0.1.0" if name == "version" else machine())
            for worker in self.workers
        }

    def close(self, timeout: float = 0) -> None:
        """End."""
        self.status = "closed"


def outcome(task: ReportTask, client: PlayedClient, monkeypatch: pytest.MonkeyPatch) -> tuple[Future[Done], list[str]]:
    """Return what becomes of *task* on a played cluster, and what was noted."""
    monkeypatch.setattr(cluster_module, "connected", lambda address: client)
    monkeypatch.setattr(cluster_module, "WATCHED_SECONDS", 0.01)
    notes: list[str] = []
    with ClusterPool("tcp://played", make_report, note=notes.append) as pool:
        future = pool.submit(task)
        future.exception(timeout=10)
    return future, notes


def made(errand: Errand) -> tuple[str, Answer]:
    """A worker's answer that all went well."""
    return "finished", Answer("w2", Done(errand.task, Outcome.BUILT), Parcel.of({"notebook/rapport.ipynb": b"{}"}))


def test_a_task_whose_workers_died_once_gets_another_chance(task, monkeypatch):
    """A task that was there when workers died may have been there by accident: it is sent again, and made."""
    client = PlayedClient(lambda count, errand: ("error", RuntimeError("died")) if count == 1 else made(errand))
    future, notes = outcome(task, client, monkeypatch)
    assert future.result().outcome is Outcome.BUILT
    assert task.target.read_text() == "{}"
    assert len(notes) == 1


def test_a_task_that_kills_workers_again_and_again_is_named(task, monkeypatch):
    """The second time it is to blame: a failure of that report, not of the build."""
    client = PlayedClient(lambda count, errand: ("error", RuntimeError("died")))
    future, _ = outcome(task, client, monkeypatch)
    assert future.result().outcome is Outcome.FAILED
    assert "every worker that was to make it died" in future.result().message
    assert len(client.sent) == 2


def test_a_worker_of_another_machine_gets_no_more_tasks(task, monkeypatch):
    """A worker that joined later and would make other bytes is passed over; the others go on."""
    other = Answer("w1", refused="python: here 3.11, there 3.12", unfit=True)
    client = PlayedClient(lambda count, errand: ("finished", other) if count == 1 else made(errand))
    future, notes = outcome(task, client, monkeypatch)
    assert future.result().outcome is Outcome.BUILT
    assert client.sent == [("a", None), ("a", ["w2"])]
    assert "python: here 3.11, there 3.12" in notes[0]


def test_a_cluster_of_other_machines_alone_is_an_error(task, monkeypatch):
    """Where no worker is left that makes our bytes, the error names each and why."""
    other = Answer("w1", refused="python: here 3.11, there 3.12", unfit=True)
    client = PlayedClient(lambda count, errand: ("finished", other), workers=("w1",))
    future, _ = outcome(task, client, monkeypatch)
    with pytest.raises(ClusterError, match=r"w1: python: here 3\.11, there 3\.12"):
        future.result()


def test_a_task_that_workers_refuse_is_named(task, monkeypatch):
    """A task that two workers could not even begin is a failure of its report."""
    full = [Answer(worker, refused="OSError: disk full") for worker in ("w1", "w2")]
    client = PlayedClient(lambda count, errand: ("finished", full[count - 1]))
    future, _ = outcome(task, client, monkeypatch)
    assert future.result().outcome is Outcome.FAILED
    assert "disk full" in future.result().message


def test_a_full_disk_here_stops_everything(task, monkeypatch):
    """Outputs that cannot be written here are no fault of the report: the error says what to do."""

    def full(task: ReportTask, parcel: Parcel) -> None:
        raise OSError(28, "No space left on device", "out")

    monkeypatch.setattr(cluster_module, "put_in_place", full)
    future, _ = outcome(task, PlayedClient(lambda count, errand: made(errand)), monkeypatch)
    with pytest.raises(StorageError, match="make room"):
        future.result()


@pytest.mark.parametrize(
    ("client", "message"),
    [
        pytest.param({"workers": ()}, "no worker that can make reports", id="no-workers"),
        pytest.param({"status": "connecting"}, "connection to the scheduler was lost", id="silent"),
    ],
)
def test_a_cluster_that_falls_silent_is_an_error(task, monkeypatch, client, message):
    """Without workers, or without a scheduler, a build does not wait for ever."""
    played = PlayedClient(lambda count, errand: made(errand))
    vars(played).update(client)
    monkeypatch.setattr(cluster_module, "ALONE_SECONDS", 0.1)
    monkeypatch.setattr(cluster_module, "SILENT_SECONDS", -1.0 if "status" in client else 5.0)
    future, _ = outcome(task, played, monkeypatch)
    with pytest.raises(ClusterError, match=message):
        future.result()


@pytest.mark.parametrize(
    ("worker", "message"),
    [
        pytest.param(("version", ModuleNotFoundError("skq")), "w2: skq is not installed there", id="no-skq"),
        pytest.param(("machine", AttributeError("machine")), "w2: another skq", id="old-skq"),
        pytest.param(("machine", {**machine(), "typst": "0"}), "w2: typst: here .*, there 0", id="typst"),
    ],
)
def test_other_machines_are_refused_before_any_work(worker, message):
    """A worker that would make other bytes is named, with what differs."""
    client = PlayedClient(None)
    client.facts = {("w2", worker[0]): worker[1]}
    with pytest.raises(ClusterError, match=message) as caught:
        refuse_other_machines(client, "tcp://played")
    assert "1 of 2 worker(s)" in str(caught.value)


def test_same_machines_are_accepted():
    """Workers like this machine are accepted."""
    refuse_other_machines(PlayedClient(None), "tcp://played")


def test_all_that_can_change_bytes_is_compared():
    """System, Python, the code of skq and the libraries that draw and render are told of a machine."""
    drawn_and_rendered = {"matplotlib", "numpy", "pypandoc-binary", "typst"}
    assert {"system", "python", "skq", "distributed", *drawn_and_rendered} <= set(machine())
    assert differences(machine(), machine()) == []


def test_a_worker_refuses_what_it_would_make_otherwise(task, monkeypatch):
    """A worker looks for itself too, since it may have joined after the build began."""
    monkeypatch.setattr(far, "_worker", lambda: far._Worker("w1", 1, None))
    sent, parcel = packed(task)
    answer = far.run_errand(Errand(sent, parcel, make_report, {**machine(), "skq": "old"}, "session"))
    assert answer.unfit
    assert "skq: here old" in answer.refused


@pytest.mark.parametrize("address", ["tls://10.0.0.5:8786", "tcp://127.0.0.1:8786", "tcp://localhost:8786"])
def test_rows_of_pupils_travel_hidden_or_not_at_all(address):
    """Rows about pupils may go over TLS, or stay on the machine."""
    refuse_open_network(address)


@pytest.mark.parametrize("address", ["tcp://10.0.0.5:8786", "tcp://127.0.0.1.example.org:8786", "ws://cluster:8786"])
def test_rows_of_pupils_do_not_travel_in_the_open(address):
    """Over an open network they are refused before any connection, and the message tells how."""
    with pytest.raises(SettingsError, match="expected: an address with TLS"):
        refuse_open_network(address)


class PlayedNumbers(PlayedClient):
    """A played cluster that makes numbers; *broken* is the status of every future, "" where all goes well."""

    broken = ""

    def submit(self, function: Any, *arguments: Any, key: str, pure: bool, workers: Any = None) -> Any:
        """Do it here."""
        self.sent.append(key)
        future: Any = Future()
        future.status = self.broken
        if self.broken:
            future.set_exception(RuntimeError("no luck"))
        else:
            future.set_result(function(*arguments))
        return future


def test_parts_are_handed_out_a_few_at_a_time():
    """No more parts are with the cluster than keep it busy, however many organizers a nation has."""
    client = PlayedNumbers(None)
    made = on_workers(client, "tcp://played")(lambda one: [one.organizer], [part(str(code)) for code in range(20)])
    assert next(iter(made)) == ["Owner of 0"]
    assert len(client.sent) == 4
    assert [organizer for (organizer,) in made] == [f"Owner of {code}" for code in range(1, 20)]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        pytest.param("error", "the numbers of Owner of a could not be made", id="fails"),
        pytest.param("cancelled", "connection to the scheduler was lost", id="lost"),
    ],
)
def test_parts_that_are_not_made_are_told(status, message):
    """An organizer whose numbers cannot be made stops the build, and is named; so does a lost scheduler."""
    client = PlayedNumbers(None)
    client.broken = status
    with pytest.raises(ClusterError, match=message):
        list(on_workers(client, "tcp://played")(part_cells, [part("a")]))


def test_parts_wait_for_no_worker_for_ever(monkeypatch):
    """When all workers are gone the build ends, and says what to start."""
    client = PlayedNumbers(None, workers=())
    monkeypatch.setattr(client, "submit", lambda *arguments, **options: Future())
    monkeypatch.setattr(divide, "ALONE_SECONDS", 0.1)
    with pytest.raises(ClusterError, match="no worker that can make reports"):
        list(on_workers(client, "tcp://played")(part_cells, [part("a")]))


def test_numbers_are_made_by_machines_like_ours_alone():
    """A worker that would make other numbers refuses its part."""
    with pytest.raises(ClusterError, match="skq: here old"):
        far_part(part_cells, part("a"), {**machine(), "skq": "old"})


def test_numbers_need_a_cluster(capsys):
    """--cluster-numbers alone is a wrong command line, told before anything is read."""
    assert run(["build", "--data", str(HOUSE / "data" / "demo"), "--cluster-numbers"]) == 2
    assert "expected: --cluster" in capsys.readouterr().err

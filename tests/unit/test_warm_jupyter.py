"""The kernelspec in others' hands: `jupyter execute`, papermill's command, and a Jupyter server's REST interface."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest
from skq.batch.warm.owner import why_not
from skq.batch.warm.provisioner import NAME
from skq.batch.warm.spec import install

pytestmark = pytest.mark.skipif(why_not() != "", reason=f"no warm kernels here: {why_not()}")

TELLS = "import os, sys; print('statsmodels' in sys.modules, os.path.basename(os.getcwd()))"
COMMANDS = """
import sys
from nbclient.cli import NbClientApp
from papermill.cli import papermill
kernel = sys.argv[1]
NbClientApp.launch_instance(["--kernel_name=" + kernel, "--inplace", "execute.ipynb"])
papermill.main(["-k", kernel, "papermill.ipynb", "papermill.ipynb"], standalone_mode=False)
"""
"""What the commands `jupyter execute` and `papermill` run, one after the other in one process to spare its start."""

TOKEN = "of-this-test"
LONGEST_WAIT = 60.0


@pytest.fixture
def jupyter(tmp_path):
    """An environment for Jupyter's commands that knows the installed kernelspec and no configuration of the machine."""
    install(str(tmp_path / "prefix"))
    return {
        **os.environ,
        "JUPYTER_PATH": str(tmp_path / "prefix" / "share" / "jupyter"),
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "run"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PYTHONWARNINGS": "ignore",
    }


def test_commands_get_warm_kernels(tmp_path, jupyter):
    """`jupyter execute` and papermill's own command find the libraries loaded, in their own folder."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("execute.ipynb", "papermill.ipynb"):
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(TELLS)]), folder / name)
    subprocess.run([sys.executable, "-c", COMMANDS, NAME], cwd=folder, env=jupyter, check=True, timeout=120)
    for name in ("execute.ipynb", "papermill.ipynb"):
        (*_, cell) = nbformat.read(folder / name, as_version=4)["cells"]
        assert cell["outputs"][0]["text"] == "True notebooks\n"


@contextmanager
def served(folder, environment):
    """A Jupyter server in *folder* without extensions, behind the Unix socket that is given."""
    place = folder / "s"
    options = [f"--ServerApp.sock={place}", f"--IdentityProvider.token={TOKEN}", "--no-browser", "--allow-root"]
    command = [sys.executable, "-c", "from jupyter_server.serverapp import main; main()", *options]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        wait_for(lambda: place.exists() or server.poll() is not None)
        assert server.poll() is None, (folder / "log").read_text()
        yield place, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(LONGEST_WAIT)


def asked(place: Path, method: str, path: str, **content):
    """The server's answer to one request, as JSON."""
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.connect(str(place))
        body = json.dumps(content) if content else None
        connection.request(method, path, body, {"Authorization": f"token {TOKEN}"})
        answer = connection.getresponse().read()
        return json.loads(answer) if answer else None
    finally:
        connection.close()


def kernels_of(server: psutil.Process) -> list[psutil.Process]:
    """The kernels that a warm parent of *server* has forked."""
    parents = [child for child in server.children() if "skq.batch.warm.parent" in child.cmdline()]
    return [kernel for parent in parents for kernel in parent.children()]


def test_server_starts_warm_kernels(tmp_path, light, jupyter):
    """Over its REST interface a server tells of the kernel, forks one, restarts it, ends it; nothing stays."""
    with served(tmp_path, jupyter) as (place, server):
        known = asked(place, "GET", "/api/kernelspecs")["kernelspecs"][NAME]["spec"]
        assert known["display_name"] == "Python 3 (skq, warm)"
        started = asked(place, "POST", "/api/kernels", name=NAME)
        (first,) = kernels_of(server)
        asked(place, "POST", f"/api/kernels/{started['id']}/restart", again=True)
        (second,) = kernels_of(server)
        assert first.pid != second.pid
        asked(place, "DELETE", f"/api/kernels/{started['id']}")
        wait_for(lambda: not kernels_of(server))
        family = server.children(recursive=True)
    wait_for(lambda: not any(process.is_running() for process in family))


def wait_for(condition) -> None:
    """Wait until *condition* holds; it is an error when it does not in time."""
    until = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)

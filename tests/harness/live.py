"""The real application in a process of its own, on a loopback port, with a demo community."""

import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from tests.harness import forked
from tests.harness.postgresql import free_port
from tests.harness.run import once, run_folder

CAIHONG = "cli.main"
DEMO_SEED, DEMO_WEEKS = "7", "3"
STARTS_WITHIN_S = 30


@dataclass(frozen=True)
class LiveServer:
    """A running application: where it answers, what it keeps, what it wrote to its log."""

    url: str
    data: Path
    environment: dict[str, str]

    def log(self) -> str:
        """Everything the server has written so far."""
        return (self.data / "server.log").read_text(encoding="utf-8", errors="replace")

    def caihong(self, *arguments: str) -> str:
        """Run a `caihong …` command on the same database and return what it prints."""
        return caihong(*arguments, environment=self.environment)


def caihong(*arguments: str, environment: dict[str, str]) -> str:
    """Run a `caihong …` command; a failure shows what it said."""
    done = forked.run(CAIHONG, *arguments, environment=environment)
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}"
        raise RuntimeError(f"caihong {' '.join(arguments)} exited {done.returncode}:\n{said}")
    return done.stdout


def environment_for(data: Path, **settings: str) -> dict[str, str]:
    """The environment of an installation that keeps everything in `data`; settings as CAIHONG_… without the prefix."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAIHONG_")}
    own = {f"CAIHONG_{name.upper()}": value for name, value in settings.items()}
    return kept | {"CAIHONG_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"} | own


def demo_data(target: Path) -> Path:
    """Copy the demo community, database and keys, into `target`; it is made once for the whole run."""
    shutil.copytree(once("demo", _make_demo), target, dirs_exist_ok=True)
    return target


def _make_demo() -> str:
    data = run_folder() / "demo"
    data.mkdir()
    caihong("migrate", environment=environment_for(data))
    few = ("--seed", DEMO_SEED, "--weeks", DEMO_WEEKS)
    caihong("demo", *few, environment=environment_for(data))
    return str(data)


@contextmanager
def serving(data: Path, *, host: str = "127.0.0.1", **settings: str) -> Iterator[LiveServer]:
    """Serve the installation in `data` until the block ends."""
    port, environment = free_port(), environment_for(data, **settings)
    log = data / "server.log"
    log.unlink(missing_ok=True)
    command = ("serve", "--host", host, "--port", str(port))
    process = forked.begin(CAIHONG, command, environment, log, log)
    server = LiveServer(f"http://127.0.0.1:{port}", data, environment)
    try:
        _wait_until_healthy(server, process)
        yield server
    finally:
        forked.end(process)


def _wait_until_healthy(server: LiveServer, process: BaseProcess) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.exitcode is None:
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=2):  # noqa: S310  our own loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"The server did not start:\n{server.log()}")


@pytest.fixture
def live_server(tmp_path: Path) -> Iterator[LiveServer]:
    """The application with a demo community of this test's own."""
    with serving(demo_data(tmp_path / "data")) as server:
        yield server


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The application with a demo community shared by tests that only look."""
    with serving(demo_data(tmp_path_factory.mktemp("demo"))) as server:
        yield server

"""One pytest run: a folder its workers share, and work that is done once for all of them."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
RUN_FOLDER = "CAIHONG_TEST_RUN"
MEMORY, ROOM = Path("/dev/shm"), 6 * 1024**3  # noqa: S108  a folder of our own in it


def is_controller(config: pytest.Config) -> bool:
    """Whether this process started the run, rather than being one of its xdist workers."""
    return not hasattr(config, "workerinput")


def stay_in_memory() -> None:
    """Put what the run writes into memory, where a machine has plenty: thousands of databases come and go.

    Whoever sets TMPDIR chooses for themselves.
    """
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM
    if "TMPDIR" not in os.environ and has_room and os.access(MEMORY, os.W_OK):
        os.environ["TMPDIR"] = str(MEMORY)  # for the workers, and for the servers that tests start
        tempfile.tempdir = None  # so that it is read


def open_run() -> None:
    """Make the folder; workers inherit its path through the environment."""
    folder = Path(tempfile.mkdtemp(prefix="caihong-tests-"))
    folder.chmod(0o755)  # the database server may be another user
    (folder / "pid").write_text(str(os.getpid()))
    os.environ[RUN_FOLDER] = str(folder)


def close_run() -> None:
    """Remove the folder."""
    shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


def dead_runs() -> list[Path]:
    """Folders of runs that were killed before they could tidy up."""
    folders = Path(tempfile.gettempdir()).glob("caihong-tests-*/pid")
    return [pid.parent for pid in folders if not _is_alive(int(pid.read_text() or 0))]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def run_folder() -> Path:
    """The folder that all processes of this run share."""
    return Path(os.environ[RUN_FOLDER])


def run_id() -> str:
    """A short name no other run has; safe in a database's name."""
    return run_folder().name.rpartition("-")[2].lower().replace("_", "x")


def once(name: str, make: Callable[[], str]) -> str:
    """Return what `make` said the first time any process of this run asked for `name`.

    A failure is remembered too, so that a hundred tests do not each wait for the same refusal.
    """
    answer, refusal = run_folder() / f"{name}.answer", run_folder() / f"{name}.refusal"
    with FileLock(run_folder() / f"{name}.lock"):
        if refusal.exists():
            raise RuntimeError(refusal.read_text())
        if not answer.exists():
            try:
                answer.write_text(make())
            except Exception as error:
                refusal.write_text(str(error))
                raise
        return answer.read_text()


def allowed_to_miss(part: str) -> bool:
    """Whether the caller said that this part of the tests may be left out."""
    return part in os.environ.get("ALLOW_MISSING", "").split(",")


def part_is_missing(request: pytest.FixtureRequest, part: str, reason: str) -> None:
    """Fail the test because `part` cannot run here, or skip it if ALLOW_MISSING names the part."""
    request.node.user_properties.append(("missing", f"{part}: {reason}"))
    if allowed_to_miss(part):
        pytest.skip(f"{part} is missing, as ALLOW_MISSING allows: {reason}")
    pytest.fail(f"{reason}\n(ALLOW_MISSING={part} runs the rest without it)", pytrace=False)

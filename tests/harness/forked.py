"""Processes that need not load the application first: each is forked from one that has loaded it, once a worker.

To load it takes a processor more than two seconds, and every story in a browser has a server of its own.
"""

import gc
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

ENDS_WITHIN_S = 10

_context = get_context("forkserver")
_context.set_forkserver_preload([__name__, "api.app", "cli.main", "uvicorn.main"])


def begin(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    stdout: Path,
    stderr: Path,
) -> BaseProcess:
    """Start `python -m module arguments …` with this environment and no other, writing to files."""
    process = _context.Process(
        target=_run, args=(module, [*arguments], {**environment}, str(stdout), str(stderr))
    )
    process.start()
    return process


def run(
    module: str, *arguments: str, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """The same, to its end."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "stdout", Path(folder) / "stderr"
        process = begin(module, arguments, environment, *files)
        process.join()
        said = [file.read_text(encoding="utf-8", errors="replace") for file in files]
        assert process.exitcode is not None
        return subprocess.CompletedProcess([module, *arguments], process.exitcode, *said)


def end(process: BaseProcess) -> None:
    """Ask a process to end, and end it if it does not."""
    process.terminate()
    process.join(ENDS_WITHIN_S)
    if process.exitcode is None:
        process.kill()
        process.join()


def _run(
    module: str, arguments: list[str], environment: dict[str, str], stdout: str, stderr: str
) -> None:
    for stream, file in ((sys.stdout, stdout), (sys.stderr, stderr)):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, stream.fileno())
        os.close(opened)
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.environ.clear()
    os.environ.update(environment)
    gc.freeze()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)

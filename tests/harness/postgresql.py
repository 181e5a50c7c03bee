"""A PostgreSQL for the tests: the one DATABASE_URL names, or one started from binaries on this machine."""

import importlib.util
import json
import os
import pwd
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.harness.run import dead_runs, once, run_folder

# Nothing here has to survive a power cut. CAIHONG_TEST_FSYNC=1 keeps real commits, for timing them.
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\n"
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 128MB
log_lock_waits = on
deadlock_timeout = 200ms
"""


def server_url() -> str:
    """The address of a server where databases may be made, started if need be (once for the whole run)."""
    return os.environ.get("DATABASE_URL") or once("postgresql", start)


def stop(run: Path) -> None:
    """Stop the server that the run with this folder started, if it did."""
    started = run / "postgresql.json"
    if started.exists():
        command = json.loads(started.read_text())
        run_as_owner([command["pg_ctl"], "-D", command["data"], "-m", "immediate", "-w", "stop"])


def stop_forgotten() -> None:
    """Stop servers of runs that were killed, and remove what those left."""
    for run in dead_runs():
        with suppress(RuntimeError):  # it is no longer running, or another run is at it
            stop(run)
        shutil.rmtree(run, ignore_errors=True)


def start() -> str:
    """Make and start a cluster in the run's folder."""
    binaries, folder = find_binaries(), run_folder() / "postgresql"
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, owner().pw_uid, owner().pw_gid)
    data, port = folder / "data", free_port()
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "-D"]
    run_as_owner([f"{binaries}/initdb", *options, str(data)])
    with (data / "postgresql.conf").open("a") as conf:
        conf.write(f"{SETTINGS}port = {port}\n")
        conf.write("" if os.environ.get("CAIHONG_TEST_FSYNC") else FAST)
    run_as_owner([f"{binaries}/pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "start"])
    stopping = {"pg_ctl": f"{binaries}/pg_ctl", "data": str(data)}
    (run_folder() / "postgresql.json").write_text(json.dumps(stopping))
    return f"postgres://postgres@127.0.0.1:{port}/postgres"


def find_binaries() -> Path:
    """The folder with initdb and pg_ctl: on PATH, where Debian puts them, or in the pgserver wheel."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    wheel = importlib.util.find_spec("pgserver")
    if wheel and wheel.origin:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise RuntimeError(
        "No PostgreSQL: set DATABASE_URL, or install a server (Debian: apt install postgresql)"
    )


def owner() -> pwd.struct_passwd:
    """The unprivileged user a cluster runs under when we are root, as PostgreSQL insists."""
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def run_as_owner(command: list[str]) -> None:
    """Run one of PostgreSQL's tools under its user; its words are shown if it fails."""
    log = run_folder() / "postgresql.out"
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        identity = {"user": owner().pw_uid, "group": owner().pw_gid, "extra_groups": []}
    # To a file, not a pipe: the server keeps its copy open for as long as it lives.
    with log.open("w") as output:
        done = subprocess.run(
            command, cwd="/", stdout=output, stderr=output, check=False, **identity
        )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{log.read_text()}")


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port

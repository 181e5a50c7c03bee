"""The machine and the versions that the figures belong to."""

import os
import platform
import re
import sqlite3
import subprocess
from pathlib import Path

from bench.pgbench import tool

SYNCS_SECONDS = 1


def _read(path: str, pattern: str) -> str | None:
    try:
        found = re.search(pattern, Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return None
    return found[1].strip() if found else None


def _said(*command: str) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def syncs(folder: Path) -> str | None:
    """Return how many fdatasync calls of 8 kB a second the disk answers, as pg_test_fsync measures it."""
    try:
        program = tool("pg_test_fsync")
    except RuntimeError:
        return None
    file = str(folder / "fsync")
    said = _said(program, "-s", str(SYNCS_SECONDS), "-f", file)
    found = re.search(r"fdatasync\s+([\d.]+) ops/sec", said or "")
    return f"{float(found[1]):.0f}/s" if found else None


def commit() -> str:
    """Return our commit, marked if files were changed since."""
    head = _said("git", "rev-parse", "--short", "HEAD") or "unknown"
    changed = _said("git", "status", "--porcelain", "--untracked-files=no")
    return f"{head}, with changes" if changed else head


def facts(postgres: str, folder: Path) -> dict[str, str]:
    """Return what a reader must know of the machine and the versions."""
    processor = _read("/proc/cpuinfo", r"^model name\s*:\s*(.+)$") or platform.machine()
    memory = _read("/proc/meminfo", r"^MemTotal:\s*(\d+)")
    return {
        "machine": f"{processor}, {os.cpu_count()} cores",
        "memory": f"{int(memory) / 1024**2:.0f} GiB" if memory else "unknown",
        "disk": f"fdatasync {syncs(folder) or 'not measured'}",
        "versions": f"Python {platform.python_version()}, PostgreSQL {postgres}, SQLite {sqlite3.sqlite_version}",
        "caihong": commit(),
    }

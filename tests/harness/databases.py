"""Migrated databases, one for each test: copied from a template that the real migrations built."""

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.harness import postgresql
from tests.harness.run import ROOT, once, run_folder, run_id

Dialect = Literal["sqlite", "postgresql"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
MIGRATE = (
    "import asyncio, sys; from kernel.database import migrate; asyncio.run(migrate(sys.argv[1]))"
)

_numbers = itertools.count(1)


@dataclass(frozen=True)
class ScratchDatabase:
    """A database that lives as long as one test."""

    url: str
    dialect: Dialect


@contextmanager
def scratch_database(dialect: Dialect, *, migrated: bool = True) -> Iterator[ScratchDatabase]:
    """Make a fresh database and take it away afterwards; fails if somebody is still connected to it."""
    make = _sqlite if dialect == "sqlite" else _postgresql
    with make(migrated) as url:
        yield ScratchDatabase(url, dialect)


def copy_migrated(path: Path) -> None:
    """Put a migrated and empty SQLite file at a path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(once("sqlite-template", _sqlite_template), path)


@contextmanager
def _sqlite(migrated: bool) -> Iterator[str]:
    path = run_folder() / f"{_unique_name()}.db"
    if migrated:
        copy_migrated(path)
    try:
        yield f"sqlite://{path}"
    finally:
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()


@contextmanager
def _postgresql(migrated: bool) -> Iterator[str]:
    name = _unique_name()
    template = once("postgresql-template", _postgresql_template) if migrated else "template1"
    # Copied as files: two thirds of the time that it takes through the log.
    administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield _url_of(name)
    except BaseException:
        administer(f"DROP DATABASE {name} WITH (FORCE)")
        raise
    try:
        # Without FORCE the server itself refuses while a connection is left open: a leak fails the test.
        administer(f"DROP DATABASE {name}")
    except asyncpg.ObjectInUseError:
        administer(f"DROP DATABASE {name} WITH (FORCE)")
        raise


def _unique_name() -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"caihong_test_{run_id()}_{worker}_{next(_numbers)}"


def _sqlite_template() -> str:
    path = run_folder() / "template.db"
    _migrate(f"sqlite://{path}")
    return str(path)


def _postgresql_template() -> str:
    name = f"caihong_test_{run_id()}_template"
    administer(f"CREATE DATABASE {name}")
    _migrate(_url_of(name))
    return name


def drop_template() -> None:
    """Take the template away from a server that was not ours; one we started goes as a whole."""
    made = run_folder() / "postgresql-template.answer"
    if made.exists() and "DATABASE_URL" in os.environ:
        administer(f"DROP DATABASE {made.read_text()} WITH (FORCE)")


def _migrate(url: str) -> None:
    """Run the migrations in a process of their own, so that no ORM state leaks into the tests."""
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE, url], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"The migrations failed on {url}:\n{done.stderr}")


def _url_of(name: str) -> str:
    return urlunsplit(urlsplit(postgresql.server_url())._replace(path=f"/{name}"))


def administer(statement: str) -> None:
    """Run one statement on the test server, outside any transaction."""
    _office().submit(_administer, postgresql.server_url(), statement).result()


@cache
def _office() -> ThreadPoolExecutor:
    """The thread in which a connection to the server stays open for as long as this process lives."""
    return ThreadPoolExecutor(1)


@cache
def _line(url: str) -> tuple[asyncio.Runner, asyncpg.Connection]:
    runner = asyncio.Runner()
    return runner, runner.run(asyncpg.connect(url))


def _administer(url: str, statement: str) -> None:
    runner, connection = _line(url)
    runner.run(connection.execute(statement))


def in_a_thread(work: Any, *arguments: Any) -> Any:
    """Run a coroutine function to its end in another thread: works whatever loop this thread is in."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work(*arguments))).result()

"""Where the figures are taken: a PostgreSQL server with real commits and stock settings, and files for SQLite."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench.load import parent_of
from kernel.database import connected
from tests.harness import postgresql
from tests.harness.databases import MIGRATE
from tests.harness.run import close_run, open_run

# The tests' server notices deadlocks sooner and logs waits; figures are taken with PostgreSQL's own defaults.
STOCK = ("deadlock_timeout = '1s'", "log_lock_waits = off")

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server to measure on; `pid` is its main process if it runs here, `prefix` begins our databases."""

    url: str
    pid: int | None
    version: str
    prefix: str

    def database(self, name: str) -> str:
        """Return the address of one of its databases."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))


@dataclass(frozen=True, slots=True)
class Place:
    """All that the rows are measured in."""

    server: Server
    folder: Path


@contextmanager
def a_server(url: str | None) -> Iterator[Server]:
    """Use the server at `url`, or start one whose commits reach the disk and stop it afterwards."""
    if url:
        server = asyncio.run(_looked_at(url, stock=False))
        try:
            yield server
        finally:
            asyncio.run(_without_template(server))
        return
    os.environ["CAIHONG_TEST_FSYNC"] = "1"
    open_run()
    try:
        yield asyncio.run(_looked_at(postgresql.start(), stock=True))
    finally:
        run = Path(os.environ["CAIHONG_TEST_RUN"])
        with suppress(RuntimeError):
            postgresql.stop(run)
        close_run()


async def _looked_at(url: str, *, stock: bool) -> Server:
    async with direct(url) as raw:
        for setting in STOCK if stock else ():
            await raw.execute(f"ALTER SYSTEM SET {setting}")
        await raw.execute("SELECT pg_reload_conf()")
        version = await raw.fetchval("SHOW server_version")
        # Asked while this connection is open: with it ends the process whose parent is looked for.
        main = parent_of(await raw.fetchval("SELECT pg_backend_pid()"))
    own = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1", None)
    return Server(url, main if own else None, version, f"caihong_bench_{os.getpid()}")


async def _without_template(server: Server) -> None:
    async with direct(server.url) as raw:
        await raw.execute(f"DROP DATABASE IF EXISTS {server.prefix}_template")


@asynccontextmanager
async def direct(url: str) -> AsyncIterator[Any]:
    """Open one connection of our own, with no timeouts set."""
    raw = await asyncpg.connect(url)
    try:
        yield raw
    finally:
        await raw.close()


async def migrated(url: str) -> None:
    """Run the migrations in a process of their own: the ORM keeps statements of the dialect it met first."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATE, url)
    if await process.wait():
        raise RuntimeError("the migrations failed")


@asynccontextmanager
async def a_database(server: Server) -> AsyncIterator[str]:
    """Make a migrated database, connect this task to it, and drop it afterwards."""
    name, template = f"{server.prefix}_{next(_numbers)}", f"{server.prefix}_template"
    async with direct(server.url) as raw:
        if not await raw.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", template):
            await raw.execute(f"CREATE DATABASE {template}")
            await migrated(server.database(template))
        await raw.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        async with connected(server.database(name)):
            yield server.database(name)
    finally:
        async with direct(server.url) as raw:
            await raw.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def a_folder() -> Iterator[Path]:
    """Make a folder for SQLite files and take it away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="caihong-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def settle_down(url: str) -> None:
    """Write out what earlier work left in memory, so that the next sample does not pay for it.

    And let the planner know the tables, as autovacuum does within a minute: the plans of the foreign keys were made
    while they were empty.
    """
    if not url.startswith("sqlite"):
        async with direct(url) as raw:
            await raw.execute("ANALYZE")
            await raw.execute("CHECKPOINT")


async def analyze(url: str, shrunk: str | None = None) -> None:
    """Let the planner know the tables as they are now; give back the room of one that was emptied."""
    async with direct(url) as raw:
        if shrunk:
            await raw.execute(f"VACUUM FULL {shrunk}")
        await raw.execute("VACUUM ANALYZE")

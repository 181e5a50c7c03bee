"""The database: one SQLite file or one PostgreSQL server, reached through Tortoise's engines.

`transaction()` is for verbs that move no value; value moves only through the posting desk, which opens its own.
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.migrations.api.migrate import migrate as run_migrations
from tortoise.transactions import in_transaction

from kernel.direct import Answer, Engine, Steps, numbered

Dialect = Literal["sqlite", "postgresql"]
Row = dict[str, Any]

APP = "caihong"
MODEL_MODULES = [
    "people.models",
    "people.approvals",
    "people.token_families",
    "people.browsers",
    "people.proofs",
    "people.tallies",
    "people.events",
    "people.cards",
    "people.lives",
    "people.factors",
    "people.privacy",
    "checkin.models",
    "checkin.hours_models",
    "checkin.signup_models",
    "checkin.code_papers",
    "redemption.models",
    "redemption.allowances",
    "redemption.family_papers",
    *("people.hardship_marks", "redemption.stock_papers"),
]
MIGRATION_LOCK = 0x0CA1_406E  # Any fixed number: whoever migrates this database takes it.

# The write-ahead log keeps its room on disk between checkpoints, and 64 MiB of pages stay in memory. A page that many
# posts touch is copied into the file once for 32 MiB of log, not for each 4: a fifth more posts a second.
SQLITE_PRAGMAS = {
    "synchronous": "FULL",
    "busy_timeout": 10_000,
    "trusted_schema": "OFF",
    "journal_size_limit": 64 * 1024 * 1024,
    "wal_autocheckpoint": 8_000,
    "cache_size": -64 * 1024,
}
POSTGRESQL_SETTINGS = {
    "lock_timeout": "4s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "15s",
}


def tortoise_config(url: str) -> dict[str, Any]:
    """Return Tortoise's configuration for `sqlite:///path`, `postgres://…` or `postgresql://…`."""
    return {
        "connections": {"default": _connection(url)},
        "apps": {
            APP: {
                "models": MODEL_MODULES,
                "default_connection": "default",
                "migrations": "migrations",
            }
        },
    }


def _connection(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "engine": "kernel.engines.sqlite",
            "credentials": {"file_path": _sqlite_path(url), **SQLITE_PRAGMAS},
        }
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(
            f"CAIHONG_DATABASE_URL begins with {parts.scheme!r}: use sqlite:// or postgres://"
        )
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "engine": "kernel.engines.postgresql",
        "credentials": {
            "user": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "host": query.get("host") or parts.hostname or None,
            "port": int(query.get("port") or parts.port or 5432),
            "database": parts.path.lstrip("/") or None,
            "minsize": 1,
            "maxsize": int(query.get("pool", 8)),
            "server_settings": POSTGRESQL_SETTINGS,
            "reset": _nothing_to_reset,
        },
    }


# asyncpg would ask the server all the same, one round trip each time a connection is given back.
async def _nothing_to_reset(_: Any) -> None:
    """No connection carries anything from one user to the next: no SET, no LISTEN, no lock of a session."""


def _sqlite_path(url: str) -> str:
    """`sqlite:///a/b` and `sqlite:////a/b` are absolute and `sqlite://a/b` relative, as Tortoise reads them."""
    path = unquote(url.removeprefix("sqlite://"))
    return "/" + path.lstrip("/") if path.startswith("/") else path


def _require_openable(url: str) -> None:
    """Make the folder of an SQLite file, and fail here if the file cannot be opened.

    Tortoise keeps its connection lock when opening fails, and the next statement would wait for ever.
    """
    if url.startswith("sqlite"):
        path = Path(_sqlite_path(url))
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as tried:
            tried.execute("SELECT name FROM sqlite_master LIMIT 1")


@asynccontextmanager
async def connected(url: str, *, shared: bool = False) -> AsyncIterator[TortoiseContext]:
    """Open the database for this task; with `shared`, for every task of the process."""
    _require_openable(url)
    with TortoiseContext() as context:
        await context.init(config=tortoise_config(url), _enable_global_fallback=shared)
        try:
            yield context
        finally:
            await context.close_connections()


async def migrate(url: str) -> None:
    """Apply every migration that is missing; several processes may ask at once."""
    _require_openable(url)
    async with _migration_lock(url):
        config = tortoise_config(url)
        config["connections"]["default"]["credentials"].pop("server_settings", None)
        before = _steps_in_file(url)
        try:
            await run_migrations(config=config, direction="forward")
        finally:
            await Tortoise.close_connections()
        if 0 < before < _steps_in_file(url):
            _rewrite_file(url)


def _steps_in_file(url: str) -> int:
    """Return how many steps an SQLite file has taken; 0 for a new one, and on PostgreSQL."""
    if not url.startswith("sqlite"):
        return 0
    with closing(sqlite3.connect(_sqlite_path(url))) as file:
        known = "SELECT 1 FROM sqlite_master WHERE name = 'tortoise_migrations'"
        if file.execute(known).fetchone() is None:
            return 0
        return int(file.execute("SELECT count(*) FROM tortoise_migrations").fetchone()[0])


def _rewrite_file(url: str) -> None:
    """Write an SQLite file anew after a step of the schema, so that what was dropped leaves no trace in its pages."""
    with closing(sqlite3.connect(_sqlite_path(url), isolation_level=None)) as file:
        file.execute("VACUUM")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@asynccontextmanager
async def _migration_lock(url: str) -> AsyncIterator[None]:
    """On PostgreSQL one migrates at a time; SQLite's write lock does the same for a file."""
    if url.startswith("sqlite"):
        yield
        return
    credentials = _connection(url)["credentials"]
    wanted = {name: credentials[name] for name in ("user", "password", "host", "port", "database")}
    holder = await asyncpg.connect(**wanted)
    try:
        await holder.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield
    finally:
        await holder.close()


@asynccontextmanager
async def transaction() -> AsyncIterator[TransactionalDBClient]:
    """Open one database transaction: all of its block or nothing."""
    async with in_transaction() as connection:
        yield connection


@asynccontextmanager
async def wiped() -> AsyncIterator[None]:
    """Have what is deleted or overwritten in this block also wiped from the pages of an SQLite file.

    On PostgreSQL the server's own vacuum gives the room of old rows away.
    """
    engine = connection()
    if engine.capabilities.dialect != "sqlite":
        yield
        return
    (before,) = await engine.execute_query_dict("PRAGMA secure_delete")
    await engine.execute_query("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        await engine.execute_query(f"PRAGMA secure_delete = {int(before['secure_delete'])}")


@asynccontextmanager
async def snapshot() -> AsyncIterator[None]:
    """Read several things as of one moment, so that they agree with each other."""
    async with in_transaction() as open_connection:
        if open_connection.capabilities.dialect != "sqlite":
            await open_connection.execute_query(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
            )
        yield


async def hold(engine: BaseDBAsyncClient, steps: Steps[Answer], opening: str | None) -> Answer:
    """Hold a talk on one of our engines (`kernel.direct.Engine`)."""
    return await cast(Engine, engine).hold(steps, opening)


def connection() -> BaseDBAsyncClient:
    """Return the open transaction's connection, or the engine if none is open."""
    return Tortoise.get_connection("default")


def in_a_transaction() -> bool:
    """Say whether the caller stands inside `transaction()`."""
    return isinstance(connection(), TransactionalDBClient)


def dialect() -> Dialect:
    """Return which of the two databases this is."""
    return "sqlite" if connection().capabilities.dialect == "sqlite" else "postgresql"


async def fetch(sql: str, *values: Any) -> list[Row]:
    """Run a statement written with $1, $2 … and return its rows, RETURNING included."""
    client = connection()
    if client.capabilities.dialect == "sqlite":
        sql = numbered(sql)
    return await client.execute_query_dict(sql, list(values))


async def execute(sql: str, *values: Any) -> int:
    """Run a statement written with $1, $2 … and return how many rows it touched."""
    client = connection()
    if client.capabilities.dialect == "sqlite":
        sql = numbered(sql)
    count, _ = await client.execute_query(sql, list(values))
    return count


def may_be_retried(error: BaseException) -> bool:
    """Say whether the database gave up on a transaction that would go through another time."""
    if isinstance(
        error,
        asyncpg.exceptions.TransactionRollbackError | asyncpg.exceptions.LockNotAvailableError,
    ):
        return True
    locked = isinstance(error, OperationalError | sqlite3.OperationalError)
    return locked and "database is locked" in str(error)


def is_duplicate(error: BaseException) -> bool:
    """Say whether a row was refused because another with the same key is there."""
    if isinstance(error, IntegrityError):
        error = error.__cause__ or error
    if isinstance(error, sqlite3.IntegrityError | IntegrityError):
        return "UNIQUE constraint failed" in str(error)
    return isinstance(error, asyncpg.UniqueViolationError)


def is_overloaded(error: BaseException) -> bool:
    """Say whether the database had no connection, time or room for a transaction, and undid it."""
    pg = asyncpg.exceptions
    return isinstance(error, TimeoutError | pg.QueryCanceledError | pg.InsufficientResourcesError)


def connection_was_lost(error: BaseException) -> bool:
    """Say whether the line to the database broke, so that the outcome of a COMMIT is unknown."""
    lost = (
        asyncpg.exceptions.PostgresConnectionError,
        asyncpg.exceptions.InterfaceError,
        asyncpg.exceptions.OperatorInterventionError,
        OSError,
    )
    return isinstance(error, lost)

"""SQLite for Tortoise: transactions begin IMMEDIATE and survive a cancelled caller.

A deferred BEGIN that reads and then writes fails at once when another process wrote in between, and busy_timeout does
not help there. The lock that keeps other tasks off the one connection is held until COMMIT or ROLLBACK has really run.
"""

import asyncio
import sqlite3
from contextvars import copy_context
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

from kernel.direct import Answer, Steps, numbered
from kernel.engines import begun, to_the_end


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock when it begins."""

    async def begin(self) -> None:
        """Take the write lock, waiting as long as busy_timeout allows."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as locked:
            raise OperationalError(locked) from locked


class GuardedTransaction(SqliteTransactionContext):
    """A transaction that frees the connection whatever happens on the way in or out."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        beginning = begun(self._begin())
        try:
            await asyncio.shield(beginning)
        except BaseException:
            await to_the_end(self._abandon(beginning))
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        client: TransactionalDBClient = self.connection
        return client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        get_connections().reset(self.token)
        await to_the_end(self._leave(commit=exc_type is None))

    async def _begin(self) -> None:
        await self.ensure_connection()
        await self.connection.begin()

    async def _abandon(self, beginning: "asyncio.Task[None]") -> None:
        try:
            await asyncio.wait([beginning])
            if not beginning.cancelled() and beginning.exception() is None:
                await self.connection.rollback()
        finally:
            self._trxlock.release()

    async def _leave(self, *, commit: bool) -> None:
        try:
            if self.connection._finalized:
                return
            if commit:
                await self._commit()
            else:
                await self.connection.rollback()
        finally:
            self._trxlock.release()

    async def _commit(self) -> None:
        try:
            await self.connection.commit()
        except sqlite3.Error as refused:
            await self.connection._connection.rollback()
            raise OperationalError(refused) from refused


class ImmediateClient(SqliteClient):
    """Tortoise's SQLite client with immediate, guarded transactions, and talks in one visit to its thread."""

    def _in_transaction(self) -> GuardedTransaction:
        return GuardedTransaction(ImmediateTransaction(self), self._lock)

    async def hold(self, steps: Steps[Answer], opening: str | None = None) -> Answer:
        """Carry out a talk; with `opening` in one immediate transaction, else each statement commits itself."""
        # The lock keeps other tasks' transactions off the one connection; a visit cannot be cut in two.
        async with self._lock:
            if self._connection is None:
                await self.create_connection(with_db=True)
            opened: Any = self._connection
            # The thread tells the caller's time: a clock that is held still is held still there too.
            held = copy_context()
            answer: Answer = await opened._execute(
                held.run, _visit if opening else _talk, opened._conn, steps
            )
            return answer


def _visit(connection: sqlite3.Connection, steps: Steps[Answer]) -> Answer:
    connection.execute("BEGIN IMMEDIATE")
    try:
        answer = _talk(connection, steps)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return answer


def _talk(connection: sqlite3.Connection, steps: Steps[Answer]) -> Answer:
    try:
        ask = next(steps)
        while True:
            sql = numbered(ask.sql)
            if ask.many:
                ask = steps.send([(connection.executemany(sql, ask.values).rowcount,)])
            else:
                ask = steps.send(connection.execute(sql, ask.values).fetchall())
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    finally:
        steps.close()


client_class = ImmediateClient

"""SQLite for Tortoise: transactions begin IMMEDIATE and survive a cancelled caller.

A deferred BEGIN that reads and then writes fails at once when another process wrote in between, and busy_timeout does
not help there. Statements run one after another in the engine's own thread, so a ROLLBACK queued behind a BEGIN whose
caller has gone still undoes it.
"""

import asyncio
import sqlite3
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


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
        try:
            await self.ensure_connection()
            self.token = get_connections().set(self.connection_name, self.connection)
            try:
                await self.connection.begin()
            except BaseException:
                get_connections().reset(self.token)
                await asyncio.shield(self.connection._connection.rollback())
                raise
        except BaseException:
            self._trxlock.release()
            raise
        return self.connection  # type: ignore[no-any-return]

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            if self.connection._finalized:
                return
            if exc_type is None:
                await self._commit()
            else:
                await asyncio.shield(self.connection.rollback())
        finally:
            get_connections().reset(self.token)
            self._trxlock.release()

    async def _commit(self) -> None:
        try:
            await asyncio.shield(self.connection.commit())
        except sqlite3.Error as refused:
            await asyncio.shield(self.connection._connection.rollback())
            raise OperationalError(refused) from refused


class ImmediateClient(SqliteClient):
    """Tortoise's SQLite client with immediate, guarded transactions."""

    def _in_transaction(self) -> GuardedTransaction:
        return GuardedTransaction(ImmediateTransaction(self), self._lock)


client_class = ImmediateClient

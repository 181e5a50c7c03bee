"""PostgreSQL for Tortoise, with a transaction entry that cannot leak its connection.

Tortoise's own entry acquires and then begins without a guard: a cancellation in between keeps the connection for
ever. Ours also waits only so long for a free connection.
"""

import asyncio
from typing import Any

from asyncpg.exceptions import InterfaceError, PostgresConnectionError
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContextPooled
from tortoise.connection import get_connections

from kernel.engines import begun, to_the_end

ACQUIRE_SECONDS = 5.0


class GuardedTransaction(TransactionContextPooled):
    """A transaction that gives its connection back whatever happens on the way in or out."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool = self.client._parent._pool
        self.client._connection = await pool.acquire(timeout=ACQUIRE_SECONDS)
        beginning = begun(self.client.begin())
        try:
            await asyncio.shield(beginning)
        except BaseException:
            await to_the_end(self._abandon(beginning))
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        get_connections().reset(self.token)
        await to_the_end(self._leave(commit=exc_type is None))

    async def _abandon(self, beginning: "asyncio.Task[None]") -> None:
        try:
            await asyncio.wait([beginning])
            if not beginning.cancelled() and beginning.exception() is None:
                await self._rollback()
        finally:
            await self.client._parent._pool.release(self.client._connection)

    async def _leave(self, *, commit: bool) -> None:
        try:
            if self.client._finalized:
                return
            if commit:
                await self.client.commit()
            else:
                await self._rollback()
        finally:
            await self.client._parent._pool.release(self.client._connection)

    async def _rollback(self) -> None:
        try:
            await self.client.rollback()
        except (InterfaceError, PostgresConnectionError, OSError):
            # The connection is gone, and its transaction with it; the first error is the one to tell.
            return


class PostgresqlClient(AsyncpgDBClient):
    """Tortoise's asyncpg client with guarded transactions."""

    def _in_transaction(self) -> GuardedTransaction:
        return GuardedTransaction(TransactionWrapper(self), self._pool_init_lock)


client_class = PostgresqlClient

"""PostgreSQL for Tortoise, with a transaction entry that cannot leak its connection.

Tortoise's own entry acquires and then begins without a guard: a cancellation in between keeps the connection for
ever. Ours also waits only so long for a free connection.
"""

import asyncio
from typing import Any

from asyncpg import Pool
from asyncpg.exceptions import InterfaceError, PostgresConnectionError
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContextPooled
from tortoise.connection import get_connections

from kernel.direct import Answer, Steps
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
    """Tortoise's asyncpg client with guarded transactions, and talks on a connection of the pool."""

    def _in_transaction(self) -> GuardedTransaction:
        return GuardedTransaction(TransactionWrapper(self), self._pool_init_lock)

    async def hold(self, steps: Steps[Answer], opening: str | None = None) -> Answer:
        """Carry out a talk; with `opening` in one transaction, else each statement commits itself."""
        pool = self._pool or await self._filled_pool()
        line = await pool.acquire(timeout=ACQUIRE_SECONDS)
        try:
            return await _talk(line, steps, opening)
        except Exception:
            if not line.is_closed() and line.is_in_transaction():
                await line.execute("ROLLBACK")
            raise
        except BaseException:
            # Cut off in the middle: whatever is open on this line must not reach its next user.
            line.terminate()
            raise
        finally:
            await pool.release(line)

    async def _filled_pool(self) -> Pool:
        async with self._pool_init_lock:
            if self._pool is None:
                await self.create_connection(with_db=True)
        return self._pool


async def _talk(line: Any, steps: Steps[Answer], opening: str | None) -> Answer:
    if opening:
        await line.execute(f"BEGIN; {opening}")
    try:
        ask = next(steps)
        while True:
            if ask.many:
                told = await line.fetchmany(f"{ask.sql} RETURNING 1", ask.values)
                ask = steps.send([(len(told),)])
            else:
                ask = steps.send(await line.fetch(ask.sql, *ask.values))
    except StopIteration as end:
        if opening:
            await line.execute("COMMIT")
        answer: Answer = end.value
        return answer
    finally:
        steps.close()


client_class = PostgresqlClient

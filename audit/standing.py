"""Read a whole book as of one moment, for as long as it takes, without keeping anybody from writing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from kernel.database import connected, connection, dialect, execute, snapshot


@asynccontextmanager
async def standing_still() -> AsyncIterator[None]:
    """Let everything read inside be of one moment.

    PostgreSQL gives that to any transaction. SQLite gives it to a reader with a connection of its own: on the shared
    one the whole house would wait until the last row has been read.
    """
    if dialect() == "postgresql":
        async with snapshot():
            yield
        return
    shared: Any = connection()
    async with connected(f"sqlite://{shared.filename}"):
        await execute("BEGIN")
        try:
            yield
        finally:
            await execute("ROLLBACK")

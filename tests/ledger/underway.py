"""A batch of the desk held still between its reading and its writing, on a line of its own, and rivals beside it."""

import sqlite3
from contextlib import asynccontextmanager

import asyncpg

from kernel import clock
from kernel.database import dialect, tortoise_config
from kernel.direct import numbered
from ledger.batch import Decided, Signed
from ledger.desk import desk
from ledger.posting import decide_batch, fence_of, write_batch


class Underway:
    """The steps of one batch, carried out as far as the test wants."""

    def __init__(self, line, steps):
        self.line, self.steps, self.ask, self.answers = line, steps, next(steps), None
        self.decided: list[Decided] = []

    async def step(self):
        """Carry out the next statement; at the end the answers are there."""
        try:
            self.ask = self.steps.send(await self.line.fetch(self.ask))
        except StopIteration as end:
            self.answers = end.value

    async def read(self):
        """Go on until the next statement would write, or nothing is to be written."""
        while self.answers is None and not writes(self.ask.sql):
            await self.step()

    async def finish(self):
        """Carry out the rest, commit, and return the answers."""
        while self.answers is None:
            await self.step()
        await self.line.commit()
        return self.answers


def writes(sql):
    return sql.startswith(("WITH fence_rows", "UPDATE", "INSERT"))


class SqliteLine:
    """A second connection to the file, which waits for nobody."""

    def __init__(self, url):
        path = tortoise_config(url)["connections"]["default"]["credentials"]["file_path"]
        self.raw = sqlite3.connect(path, timeout=0, isolation_level=None)
        self.raw.row_factory = sqlite3.Row

    async def begin(self, _):
        self.raw.execute("BEGIN IMMEDIATE")

    async def fetch(self, ask):
        sql = numbered(ask.sql)
        if ask.many:
            return [(self.raw.executemany(sql, ask.values).rowcount,)]
        return self.raw.execute(sql, ask.values).fetchall()

    async def commit(self):
        if self.raw.in_transaction:
            self.raw.execute("COMMIT")

    async def close(self):
        self.raw.close()


class PostgresqlLine:
    """A second connection to the server; what it waits for longer than a moment is refused."""

    def __init__(self, raw):
        self.raw = raw

    async def begin(self, opening):
        await self.raw.execute(f"BEGIN; {opening}")

    async def fetch(self, ask):
        return await self.raw.fetch(ask.sql, *ask.values)

    async def commit(self):
        if self.raw.is_in_transaction():
            await self.raw.execute("COMMIT")

    async def close(self):
        await self.raw.close()


@asynccontextmanager
async def a_line(database):
    """Open a line past the desk's pool."""
    line: SqliteLine | PostgresqlLine
    if database.dialect == "sqlite":
        line = SqliteLine(database.url)
    else:
        settings = {"lock_timeout": "300ms"}
        line = PostgresqlLine(await asyncpg.connect(database.url, server_settings=settings))
    try:
        yield line
    finally:
        await line.close()


@asynccontextmanager
async def under_way(database, *posts, locked, before=None):
    """Begin a batch of posts of one book, to be decided on what another batch will leave behind, if one is given."""
    book_id = posts[0].book_id
    accounts = await desk()._accounts(book_id, {name for each in posts for name in each.accounts})
    signed = [Signed(each, each.fingerprint, clock.now()) for each in posts]

    def both_talks():
        decided = yield from decide_batch(
            book_id, signed, accounts, dialect(), locked=locked, before=before
        )
        batch.decided.append(decided)
        return (yield from write_batch(decided, dialect()))

    async with a_line(database) as line:
        if locked:
            await line.begin(fence_of(book_id))
        batch = Underway(line, both_talks())
        yield batch

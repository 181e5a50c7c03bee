"""A community in three months, a stand-in for the sealer, and a rival whose post is under way."""

import sqlite3
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg

from kernel import clock
from kernel.database import execute, fetch, tortoise_config
from kernel.days import start_of
from kernel.ids import new_id
from ledger import chart
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import Line
from tests.ledger.world import ANN, a_book, fixed

ZONE = "Asia/Shanghai"
SEPTEMBER, OCTOBER, NOVEMBER = 20_260_930, 20_261_031, 20_261_130
EXPIRES = 20_281_130
BY = 7


def noon(day):
    """Return noon of a day where the community lives."""
    return start_of(day, ZONE) + 12 * clock.HOUR


async def a_book_since(day):
    """Open a book on a day."""
    with clock.frozen(noon(day)):
        return await a_book()


async def award_on(book_id, day, points, person=ANN):
    """Post an award for something that happened on a day."""
    line = Line(chart.POINTS_ISSUED, chart.purse(person), points, EXPIRES)
    award = fixed(book_id, Kind.HOURS_EARNED, line)
    return await post(replace(award, occurred_at=noon(day)))


async def seal_everything(book_id):
    """Stand in for the sealer."""
    await execute("DELETE FROM seal_queue WHERE book_id = $1", book_id)


async def sums_until(book_id, ends_on):
    """Add up, by account, everything booked on or before a day, the long way."""
    sums = {}
    for row in await fetch(
        "SELECT t.* FROM transfer t JOIN journal_entry e ON e.book_id = t.book_id AND e.id = t.entry_id "
        "WHERE t.book_id = $1 AND e.booked_on <= $2",
        *(book_id, ends_on),
    ):
        for account, debits, credited in (
            (row["debit_id"], row["amount"], 0),
            (row["credit_id"], 0, row["amount"]),
        ):
            before = sums.get(account, (0, 0))
            sums[account] = before[0] + debits, before[1] + credited
    return sums


@asynccontextmanager
async def a_post_under_way(database, book_id, like):
    """Hold a post that has read its fence: what is yielded writes it, like another entry, and commits."""
    entry_id = new_id()
    columns = "occurred_at, posted_at, actor_id, document_id, booked_on, leaf_version, leaf, kind, document_type"
    parts = "debit_id, credit_id, amount, expires_on, line, asset, debit_balance, debit_version, credit_balance"
    writes = f"""
        INSERT INTO journal_entry (book_id, id, {columns}) SELECT book_id, {entry_id}, {columns}
        FROM journal_entry WHERE id = {like};
        INSERT INTO transfer (book_id, entry_id, {parts}, credit_version) SELECT book_id, {entry_id}, {parts},
        credit_version + 1000 FROM transfer WHERE entry_id = {like};
        INSERT INTO seal_queue (book_id, entry_id) VALUES ({book_id}, {entry_id});
        COMMIT
    """.split(";")
    if database.dialect == "sqlite":
        file = tortoise_config(database.url)["connections"]["default"]["credentials"]["file_path"]
        rival = sqlite3.connect(file, isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")

        async def finish():
            for write in writes:
                rival.execute(write)

        yield finish
        rival.close()
    else:
        rival = await asyncpg.connect(database.url)
        await rival.execute(
            f"BEGIN; SELECT closed_until FROM book WHERE id = {book_id} FOR KEY SHARE"
        )

        async def finish():
            for write in writes:
                await rival.execute(write)

        yield finish
        await rival.close()

"""A community in three months, and a rival whose post is under way."""

import sqlite3
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import asyncpg

from kernel import clock
from kernel.database import fetch, tortoise_config
from kernel.days import start_of
from kernel.ids import new_id
from ledger import chart
from ledger.chart import Kind
from ledger.desk import post
from ledger.leaf import leaf_of
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


async def sums_until(book_id, ends_on):
    """Add up, by account, everything booked on or before a day, the long way."""
    sums: dict[int, tuple[int, int]] = {}
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
    """Hold a post that has read its fence; what is yielded writes it, the same as an earlier entry, and commits."""
    (entry,) = await fetch("SELECT * FROM journal_entry WHERE id = $1", like)
    lines = await fetch("SELECT * FROM transfer WHERE entry_id = $1", like)
    entry["id"] = new_id()
    lines = [
        {**each, "entry_id": entry["id"], "credit_version": each["credit_version"] + 1}
        for each in lines
    ]
    entry["leaf"] = leaf_of(entry, lines)
    place = {"book_id": book_id, "entry_id": entry["id"]}
    rows = [
        ("journal_entry", entry),
        *(("transfer", each) for each in lines),
        ("seal_queue", place),
    ]
    if database.dialect == "sqlite":
        file = tortoise_config(database.url)["connections"]["default"]["credentials"]["file_path"]
        rival = sqlite3.connect(file, isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        yield partial(_finish_on_sqlite, rival, rows)
        rival.close()
    else:
        rival = await asyncpg.connect(database.url)
        await rival.execute("BEGIN")
        await rival.fetch("SELECT closed_until FROM book WHERE id = $1 FOR KEY SHARE", book_id)
        yield partial(_finish_on_postgresql, rival, rows)
        await rival.close()


async def _finish_on_sqlite(rival, rows):
    for table, row in rows:
        rival.execute(_insert(table, row, "?"), tuple(row.values()))
    rival.execute("COMMIT")


async def _finish_on_postgresql(rival, rows):
    for table, row in rows:
        await rival.execute(_insert(table, row, "$"), *row.values())
    await rival.execute("COMMIT")


def _insert(table, row, mark):
    places = ", ".join(f"{mark}{number}" for number in range(1, len(row) + 1))
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"

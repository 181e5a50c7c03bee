"""A whole book as a stream: its accounts, and its entries with their lines, in the order of their booking.

An export of a million entries must not need memory for all of them: entries come in pages.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass

from kernel.database import Row, fetch
from kernel.days import day_of, plus_days
from ledger.books import zone_of
from ledger.chart import AccountName
from ledger.trial_balance import trial_balance

PAGE = 500
FIRST_DAY, LAST_DAY = 10_101, 99_991_231


@dataclass(frozen=True, slots=True)
class Account:
    """An account that something ever moved through."""

    id: int
    name: AccountName
    type: str


@dataclass(frozen=True, slots=True)
class Move:
    """One line of an entry: a positive amount from the credited to the debited account."""

    debit: Account
    credit: Account
    amount: int
    expires_on: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry with its lines. `leaf` is its hash as 64 hexadecimal digits."""

    id: int
    kind: str
    booked_on: int
    occurred_on: int
    document: str
    actor_id: int | None
    approver_id: int | None
    reason_code: str | None
    rule_version: int | None
    reverses_id: int | None
    leaf: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """What an exporter needs to know of a book before its entries.

    `ends` is what each account holds at the end, debits positive, by the books' own balances and not by these entries.
    """

    id: int
    zone: str
    accounts: dict[int, Account]
    ends: dict[int, int]


async def open_for_reading(book_id: int) -> Book:
    """Return a book's accounts, in the order of the chart, and what they hold. Raises: NotFound."""
    totals = await trial_balance(book_id)
    accounts = {each.account_id: Account(each.account_id, each.name, each.type) for each in totals}
    ends = {each.account_id: each.debits - each.credits for each in totals}
    return Book(book_id, await zone_of(book_id), accounts, ends)


async def first_day(book_id: int) -> int | None:
    """Return the day (yyyymmdd) of the earliest booking, or None in an empty book."""
    return await _next_day(book_id, FIRST_DAY)


async def held_on(book_id: int, day: int) -> dict[int, int]:
    """Return what each account held when a day (yyyymmdd) was over, debits positive, by the books' own reading."""
    totals = await trial_balance(book_id, on=day)
    return {each.account_id: each.debits - each.credits for each in totals}


async def entries(
    book: Book, first: int | None = None, last: int | None = None
) -> AsyncIterator[Entry]:
    """Yield the entries booked from one day to another (yyyymmdd), by day and then in the order of their ids."""
    day: int | None = await _next_day(book.id, first or FIRST_DAY)
    while day is not None and day <= (last or LAST_DAY):
        after = 0
        while page := await _page(book, day, after):
            for entry in page:
                yield entry
            after = page[-1].id
            if len(page) < PAGE:
                break
        day = await _next_day(book.id, plus_days(day, 1))


async def _next_day(book_id: int, day: int) -> int | None:
    rows = await fetch(
        "SELECT MIN(booked_on) AS day FROM journal_entry WHERE book_id = $1 AND booked_on >= $2",
        *(book_id, day),
    )
    found: int | None = rows[0]["day"]
    return found


async def _page(book: Book, day: int, after: int) -> list[Entry]:
    rows = await fetch(
        "SELECT * FROM journal_entry WHERE book_id = $1 AND booked_on = $2 AND id > $3 "
        f"ORDER BY id LIMIT {PAGE}",
        *(book.id, day, after),
    )
    if not rows:
        return []
    moves = await _moves(book, [row["id"] for row in rows])
    return [_entry(book.zone, row, moves[row["id"]]) for row in rows]


async def _moves(book: Book, entry_ids: list[int]) -> dict[int, list[Move]]:
    places = ", ".join(f"${number}" for number in range(2, len(entry_ids) + 2))
    rows = await fetch(
        "SELECT entry_id, debit_id, credit_id, amount, expires_on FROM transfer "
        f"WHERE book_id = $1 AND entry_id IN ({places}) ORDER BY entry_id, line",
        *(book.id, *entry_ids),
    )
    found: dict[int, list[Move]] = defaultdict(list)
    for row in rows:
        debit, credit = book.accounts[row["debit_id"]], book.accounts[row["credit_id"]]
        found[row["entry_id"]].append(Move(debit, credit, row["amount"], row["expires_on"]))
    return found


def _entry(zone: str, row: Row, moves: list[Move]) -> Entry:
    return Entry(
        id=row["id"],
        kind=row["kind"],
        booked_on=row["booked_on"],
        occurred_on=day_of(row["occurred_at"], zone),
        document=f"{row['document_type']}/{row['document_id']}",
        actor_id=row["actor_id"],
        approver_id=row["approver_id"],
        reason_code=row["reason_code"],
        rule_version=row["rule_version"],
        reverses_id=row["reverses_id"],
        leaf=bytes(row["leaf"]).hex(),
        moves=tuple(moves),
    )

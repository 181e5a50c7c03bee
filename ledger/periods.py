"""Periods: a month is closed once, its closing trial balance is kept, and nothing is booked into it any more.

Months are closed in order, the first one being the month the book begins with. What comes to light later about a closed
month is booked on the first open day.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.database import execute, fetch, may_be_retried, transaction
from kernel.days import day_of, month_end, plus_months
from ledger.books import take_fence_alone, the_book
from ledger.errors import (
    BookIsReadOnly,
    EarlierPeriodOpen,
    FenceIsBusy,
    NotAMonth,
    PeriodAlreadyClosed,
    PeriodNotOver,
    PeriodNotSealed,
)
from ledger.sealing import seal_everything
from ledger.trial_balance import Totals, count_totals

MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
DIGEST_VERSION = 1
DIGEST_PREFIX = b"caihong period"
ATTEMPTS = 10
PAUSE_SECONDS = 0.1
ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Period:
    """A closed month: its last day, when and by whom it was closed, and the hash of its closing trial balance."""

    ends_on: int
    closed_at: int
    closed_by: int
    digest: bytes


async def closed_periods(book_id: int) -> list[Period]:
    """Return the closed months, latest first."""
    rows = await fetch(
        "SELECT ends_on, closed_at, closed_by, digest FROM period WHERE book_id = $1 ORDER BY ends_on DESC",
        book_id,
    )
    return [Period(**row) for row in rows]


async def first_open_month(book_id: int) -> int:
    """Return the last day of the month that is closed next. Raises: NotFound."""
    return await _first_open(await the_book(book_id))


async def _first_open(book: Mapping[str, Any]) -> int:
    if book["closed_until"] is not None:
        return plus_months(book["closed_until"], 1)
    rows = await fetch(
        "SELECT MIN(booked_on) AS day FROM journal_entry WHERE book_id = $1", book["id"]
    )
    opened_on = day_of(book["opened_at"], book["zone"])
    return month_end(min(rows[0]["day"] or opened_on, opened_on))


async def close(book_id: int, ends_on: int, by: int) -> Period:
    """Close the month that ends on a day (yyyymmdd) in somebody's name, and keep its closing trial balance.

    Raises: NotAMonth, PeriodNotOver, PeriodAlreadyClosed, EarlierPeriodOpen, PeriodNotSealed, BookIsReadOnly,
    FenceIsBusy, NotFound.
    """
    await _require_closable(await the_book(book_id), ends_on)
    for _ in range(ATTEMPTS):
        await _until_sealed(book_id, ends_on)
        # Counted before the fence is taken, so that posts wait for moments only; entries are only ever added, so the
        # same number of them under the fence is the same entries.
        entries = await _entries_in(book_id, ends_on)
        totals = await count_totals(book_id, ends_on)
        try:
            async with transaction():
                await _require_closable(await take_fence_alone(book_id), ends_on)
                if await _is_settled(book_id, ends_on, entries):
                    return await _write(book_id, ends_on, by, totals)
        except Exception as busy:
            if not may_be_retried(busy):
                raise
        await asyncio.sleep(PAUSE_SECONDS)
    raise FenceIsBusy


def _is_month_end(day: int) -> bool:
    return 1 <= day // 100 % 100 <= 12 and day == month_end(day)  # noqa: PLR2004  months of a year


async def _require_closable(book: Mapping[str, Any], ends_on: int) -> None:
    if not _is_month_end(ends_on):
        raise NotAMonth
    if ends_on >= day_of(clock.now(), book["zone"]):
        raise PeriodNotOver(month=month_words(ends_on))
    first = await _first_open(book)
    if ends_on < first:
        raise PeriodAlreadyClosed(month=month_words(ends_on))
    if ends_on > first:
        raise EarlierPeriodOpen(month=month_words(first))
    if book["read_only"]:
        raise BookIsReadOnly


def month_words(ends_on: int) -> str:
    """Return a month as 2026-11."""
    return f"{ends_on // 10_000}-{ends_on // 100 % 100:02}"


def read_month(text: str) -> int:
    """Return the last day (yyyymmdd) of a month written as 2026-11. Raises: NotAMonth."""
    found = MONTH.fullmatch(text)
    if found is None:
        raise NotAMonth
    return month_end(int(found[1]) * 10_000 + int(found[2]) * 100 + 1)


async def _until_sealed(book_id: int, ends_on: int) -> None:
    for _ in range(ATTEMPTS):
        await seal_everything(book_id)
        waiting = await unsealed(book_id, ends_on)
        if not waiting:
            return
        await asyncio.sleep(
            PAUSE_SECONDS
        )  # Another sealer is at it, or an altered entry stays in the queue.
    raise PeriodNotSealed(entries=waiting, month=month_words(ends_on))


async def unsealed(book_id: int, ends_on: int) -> int:
    """Return how many entries booked on or before a day are still waiting for their seal."""
    rows = await fetch(
        "SELECT COUNT(*) AS entries FROM seal_queue q "
        "JOIN journal_entry e ON e.book_id = q.book_id AND e.id = q.entry_id "
        "WHERE q.book_id = $1 AND e.booked_on <= $2",
        *(book_id, ends_on),
    )
    return int(rows[0]["entries"])


async def _entries_in(book_id: int, ends_on: int) -> int:
    rows = await fetch(
        "SELECT COUNT(*) AS entries FROM journal_entry WHERE book_id = $1 AND booked_on > $2 AND booked_on <= $3",
        *(book_id, plus_months(ends_on, -1), ends_on),
    )
    return int(rows[0]["entries"])


async def _is_settled(book_id: int, ends_on: int, entries: int) -> bool:
    """Say, under the fence, whether what was counted is everything and all of it is sealed."""
    if await unsealed(book_id, ends_on):
        return False
    return await _entries_in(book_id, ends_on) == entries


async def _write(book_id: int, ends_on: int, by: int, totals: Totals) -> Period:
    rows = [
        {"account_id": account_id, "debits": total[0], "credits": total[1]}
        for account_id, total in sorted(totals.items())
    ]
    period = Period(ends_on, clock.now(), by, period_digest(ends_on, rows))
    await execute(
        "INSERT INTO period (book_id, closed_at, closed_by, ends_on, digest) VALUES ($1, $2, $3, $4, $5)",
        *(book_id, period.closed_at, by, ends_on, period.digest),
    )
    for start in range(0, len(rows), ROWS_AT_ONCE):
        await _keep_totals(book_id, ends_on, rows[start : start + ROWS_AT_ONCE])
    await execute("UPDATE book SET closed_until = $2 WHERE id = $1", book_id, ends_on)
    return period


async def _keep_totals(book_id: int, ends_on: int, rows: list[dict[str, int]]) -> None:
    values = ", ".join(
        f"($1, $2, ${3 * at}, ${3 * at + 1}, ${3 * at + 2})" for at in range(1, len(rows) + 1)
    )
    numbers = [number for row in rows for number in row.values()]
    await execute(
        f"INSERT INTO period_total (book_id, ends_on, account_id, debits, credits) VALUES {values}",
        *(book_id, ends_on, *numbers),
    )


def period_digest(ends_on: int, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the hash (32 bytes) of a closing trial balance, whatever order its rows come in.

    Each row has `account_id`, `debits` and `credits`: all that was ever booked on or before `ends_on` (yyyymmdd). The
    numbers have one width and their count comes first, so that no two trial balances share a text.
    """
    totals = sorted((row["account_id"], row["debits"], row["credits"]) for row in rows)
    digest = hashlib.sha256(len(DIGEST_PREFIX).to_bytes(2, "big") + DIGEST_PREFIX)
    for number in (DIGEST_VERSION, ends_on, len(totals)):
        digest.update(number.to_bytes(8, "big"))
    for total in totals:
        digest.update(b"".join(number.to_bytes(8, "big") for number in total))
    return digest.digest()

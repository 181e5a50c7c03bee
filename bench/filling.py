"""Fill a book quickly with entries as the desk would have posted them: valid leaves, running balances, lots and keys.

Rows go straight into the tables (COPY on PostgreSQL), for measuring and testing on large books only. Once sealed
(`ledger.sealing.seal_everything`) such a book passes every check of `ledger.checks`.
"""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import dialect, transaction
from kernel.days import day_of, month_end, plus_months
from kernel.ids import EPOCH_MS, RANDOM_BITS, new_id
from ledger import chart
from ledger.books import open_book
from ledger.chart import AccountName, Kind, class_of
from ledger.leaf import ENTRY_FIELDS, TRANSFER_FIELDS, VERSION, leaf_of

ZONE = "Asia/Shanghai"
CHUNK = 20_000
MONTHS_VALID = 24
FINGERPRINT = bytes(16)

COLUMNS = {
    "account": "book_id id opened_at side floored lots path asset type",
    "balance": "book_id account_id debits credits version side",
    "lot_balance": "book_id account_id expires_on debits credits",
    "journal_entry": " ".join((*ENTRY_FIELDS, "leaf", "leaf_version")),
    "transfer": " ".join(("book_id", "entry_id", *TRANSFER_FIELDS)),
    "idempotency": "book_id entry_id answered_at scope key fingerprint outcome",
    "seal_queue": "book_id entry_id",
}


@lru_cache
def _day(hour: int) -> int:
    return day_of(hour * HOUR, ZONE)


@lru_cache
def _lot(day: int) -> int:
    return month_end(plus_months(day, MONTHS_VALID))


@dataclass(slots=True)
class Filled:
    """An account while its book is filled: what was moved through it so far."""

    id: int
    name: AccountName
    kept: chart.Class
    debits: int = 0
    credits: int = 0
    version: int = 0

    def move(self, amount: int, *, debit: bool) -> tuple[int | None, int | None]:
        """Count one line; return the running balance and version of a floored account."""
        if debit:
            self.debits += amount
        else:
            self.credits += amount
        if not self.kept.floored:
            return None, None
        self.version += 1
        return (self.credits - self.debits) * self.kept.side, self.version


@dataclass(frozen=True, slots=True)
class Move:
    """One transfer to be written."""

    debit: Filled
    credit: Filled
    amount: int
    expires_on: int | None = None


@dataclass
class Filler:
    """Collects the rows of one book and writes them in large pieces."""

    book_id: int
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    accounts: list[Filled] = field(default_factory=list)
    lots: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    entered: int = 0

    def open(self, names: Iterable[AccountName]) -> list[Filled]:
        """Open accounts whose ids follow one another, which lets pgbench draw them at random."""
        opened, first, now = [], new_id(), clock.now()
        if self.accounts:
            first = max(first, self.accounts[-1].id + 1)
        for account_id, name in enumerate(names, first):
            kept = class_of(name)
            kinds = kept.side, int(kept.floored), int(kept.lots)
            row = (self.book_id, account_id, now, *kinds, name.path, name.asset, kept.type)
            self.rows["account"].append(row)
            opened.append(Filled(account_id, name, kept))
        self.accounts += opened
        return opened

    def enter(self, kind: Kind, document: tuple[str, int], moves: Iterable[Move], at: int) -> int:
        """Add one entry of that moment (UTC microseconds) with its key and its place in the queue."""
        entry_id = ((at // 1000 - EPOCH_MS) << RANDOM_BITS) + self.entered % (1 << RANDOM_BITS)
        self.entered += 1
        entry = dict.fromkeys(ENTRY_FIELDS)
        entry |= {"book_id": self.book_id, "id": entry_id, "kind": kind.value, "actor_id": 1}
        entry |= {"document_type": document[0], "document_id": document[1]}
        entry |= {"occurred_at": at, "posted_at": at, "booked_on": _day(at // HOUR)}
        transfers = [self._transfer(line, move) for line, move in enumerate(moves, 1)]
        leaf = leaf_of(entry, transfers)
        self.rows["journal_entry"].append((*entry.values(), leaf, VERSION))
        self.rows["transfer"] += [(self.book_id, entry_id, *each.values()) for each in transfers]
        act = kind.value.rpartition("_")[2].lower()
        key = f"{document[0]}:{document[1]}:{act}:1"
        self.rows["idempotency"].append(
            (self.book_id, entry_id, at, "document", key, FINGERPRINT, "posted")
        )
        self.rows["seal_queue"].append((self.book_id, entry_id))
        return entry_id

    def _transfer(self, line: int, move: Move) -> dict[str, Any]:
        for account, side in ((move.debit, 0), (move.credit, 1)):
            if account.kept.lots and move.expires_on is not None:
                self.lots.setdefault((account.id, move.expires_on), [0, 0])[side] += move.amount
        credit_balance, credit_version = move.credit.move(move.amount, debit=False)
        debit_balance, debit_version = move.debit.move(move.amount, debit=True)
        return {
            "line": line,
            "asset": move.debit.name.asset,
            "debit_id": move.debit.id,
            "credit_id": move.credit.id,
            "amount": move.amount,
            "expires_on": move.expires_on,
            "debit_balance": debit_balance,
            "debit_version": debit_version,
            "credit_balance": credit_balance,
            "credit_version": credit_version,
        }

    async def write(self) -> None:
        """Write what was collected so far."""
        await write_rows(self.rows)
        self.rows.clear()

    async def close(self) -> None:
        """Write the rest, and what the accounts and lots hold at the end."""
        self.rows["balance"] = [
            (self.book_id, each.id, each.debits, each.credits, each.version, each.kept.side)
            for each in self.accounts
            if each.kept.floored
        ]
        self.rows["lot_balance"] = [
            (self.book_id, *lot, *moved) for lot, moved in self.lots.items()
        ]
        await self.write()


async def write_rows(rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Write rows of several tables in one transaction, whatever order their keys would ask for."""
    async with transaction() as client:
        raw: Any = client._connection
        if dialect() == "postgresql":
            await raw.execute("SET LOCAL statement_timeout = 0")
            # The rows keep every foreign key by construction; asking a million times would measure nothing.
            await raw.execute("SET LOCAL session_replication_role = replica")
        for table, columns in COLUMNS.items():
            names = columns.split()
            if dialect() == "postgresql":
                await raw.copy_records_to_table(table, records=rows[table], columns=names)
                continue
            places = ", ".join("?" * len(names))
            sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
            await raw.executemany(sql, rows[table])


async def fill(
    book_id: int, entries: int, *, volunteers: int = 10_000, days: int = 365, seed: int = 1
) -> list[AccountName]:
    """Open a book with that many one-line awards to random volunteers over the last days; return the purses.

    Everything waits in the seal queue.
    """
    await open_book(book_id, ZONE)
    drawn, filler = random.Random(seed), Filler(book_id)  # noqa: S311
    issued = filler.open([chart.POINTS_ISSUED])[0]
    purses = filler.open(chart.purse(number) for number in range(1, volunteers + 1))
    start, document = clock.now() - days * DAY, new_id()
    for number in range(entries):
        at = start + days * DAY * number // entries
        expires_on = _lot(_day(at // HOUR))
        # The first round pays everybody, so that no purse is empty.
        purse = purses[number if number < volunteers else drawn.randrange(volunteers)]
        award = Move(issued, purse, drawn.randrange(10, 121), expires_on)
        filler.enter(Kind.HOURS_EARNED, ("attendance", document + number), [award], at)
        if len(filler.rows["journal_entry"]) >= CHUNK:
            await filler.write()
    await filler.close()
    return [each.name for each in purses]


@dataclass(frozen=True, slots=True)
class SettlingBook:
    """A book of property companies: so much is payable to each, and each has a settlement batch open."""

    book_id: int
    payables: list[Filled]
    settling: list[Filled]
    purses: list[Filled]
    owed: list[Filled]


async def fill_settling(
    book_id: int, entries: int, *, accounts: int = 10_000, fen: int = 10**9, seed: int = 1
) -> SettlingBook:
    """Open a book with that many companies, each owed `fen`, as many volunteers, and one-line settlements posted."""
    await open_book(book_id, ZONE)
    drawn, filler = random.Random(seed), Filler(book_id)  # noqa: S311
    numbers = range(1, accounts + 1)
    opened = (
        filler.open(chart.payable(number) for number in numbers),
        filler.open(chart.settling(number, 1) for number in numbers),
        filler.open(chart.purse(number) for number in numbers),
        filler.open(chart.owed(number) for number in numbers),
    )
    names = chart.vouchers(1, "issued"), chart.voucher(1), chart.POINTS_ISSUED
    source, voucher, issued = filler.open(names)
    at, document = clock.now() - DAY, new_id()
    large = [Move(source, voucher, 10**15)]
    filler.enter(Kind.VOUCHER_ISSUED, ("voucher", document), large, at)
    payables, settling, purses, _ = opened
    until = _lot(_day(at // HOUR))
    for number in range(accounts):
        used = ("voucher_use", document + number)
        filler.enter(Kind.VOUCHER_USED, used, [Move(voucher, payables[number], fen)], at)
        award = [Move(issued, purses[number], 10**8, until)]
        filler.enter(Kind.POINTS_GRANTED, ("attendance", document + number), award, at)
    for number in range(entries):
        line = Move(payables[drawn.randrange(accounts)], settling[drawn.randrange(accounts)], 1)
        paper = ("settlement", document + number)
        filler.enter(Kind.SETTLEMENT_OPENED, paper, [line], at + 1000 * (number + 1))
        if len(filler.rows["journal_entry"]) >= CHUNK:
            await filler.write()
    await filler.close()
    return SettlingBook(book_id, *opened)

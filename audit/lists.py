"""The books as lists for a spreadsheet: trial balance, journal, an account's statement. Amounts stay numbers."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audit import whole_book
from audit.plain_text import Words
from audit.spreadsheets import Cell, Rows
from audit.whole_book import Book, Move
from kernel.days import to_date
from kernel.errors import N_
from ledger import statements
from ledger.chart import FEN, AccountName
from ledger.statements import StatementLine
from ledger.trial_balance import AccountTotal, account_total
from ledger.trial_balance import trial_balance as totals_of_all

PAGE = 500
TYPES = {
    "asset": N_("Asset"),
    "liability": N_("Liability"),
    "equity": N_("Equity"),
    "income": N_("Income"),
    "expense": N_("Expense"),
}


@dataclass(frozen=True, slots=True)
class List:
    """A table with its name and the heads of its columns, in the reader's language."""

    name: str
    heads: tuple[str, ...]
    rows: Rows


def amount_of(amount: int, asset: str) -> int | Decimal:
    """Return an amount as a spreadsheet counts it: money in yuan, all else in its own unit."""
    return Decimal(amount).scaleb(-2) if asset == FEN else amount


def _day(day: int | None) -> date | None:
    return None if day is None else to_date(day)


async def trial_balance(book: Book, words: Words) -> List:
    """Return every account with what was ever debited and credited, and its balance on either side."""
    totals = await totals_of_all(book.id)
    named = await words.accounts(book.id, [each.name for each in totals])
    units = await words.assets(book.id, sorted({each.name.asset for each in totals}))
    heads: tuple[str, ...] = (
        N_("Account"),
        N_("Path"),
        N_("Type"),
        N_("Asset"),
        N_("Debits"),
        N_("Credits"),
    )
    heads += (N_("Balance, debit"), N_("Balance, credit"))

    async def rows() -> AsyncIterator[Sequence[Cell]]:
        for total in totals:
            name = total.name
            kept = (named[name], name.path, words.text(TYPES[total.type]), units[name.asset])
            yield (*kept, *_figures(total))

    return List(words.text(N_("Trial balance")), tuple(map(words.text, heads)), rows())


def _figures(total: AccountTotal) -> tuple[Cell, ...]:
    net, asset = total.debits - total.credits, total.name.asset
    return (
        amount_of(total.debits, asset),
        amount_of(total.credits, asset),
        amount_of(net, asset) if net > 0 else None,
        amount_of(-net, asset) if net < 0 else None,
    )


async def journal(
    book: Book, words: Words, *, first: int | None = None, last: int | None = None
) -> List:
    """Return every line of the entries booked from one day to another (yyyymmdd), one row a line."""
    names = [each.name for each in book.accounts.values()]
    named = await words.accounts(book.id, names)
    units = await words.assets(book.id, sorted({each.asset for each in names}))
    heads: tuple[str, ...] = (
        N_("Booked on"),
        N_("Entry"),
        N_("Line"),
        N_("What"),
        N_("Debit"),
        N_("Credit"),
    )
    heads += (N_("Amount"), N_("Asset"), N_("Expires"), N_("Happened on"), N_("Document"))
    heads += (N_("Reverses"), N_("Leaf"))

    async def rows() -> AsyncIterator[Sequence[Cell]]:
        async for entry in whole_book.entries(book, first, last):
            for number, move in enumerate(entry.moves, 1):
                yield (
                    *(_day(entry.booked_on), str(entry.id), number, words.kind(entry.kind)),
                    *_moved(move, named, units),
                    *(_day(entry.occurred_on), entry.document),
                    *(entry.reverses_id and str(entry.reverses_id), entry.leaf),
                )

    return List(words.text(N_("Journal")), tuple(map(words.text, heads)), rows())


def _moved(move: Move, named: dict[AccountName, str], units: dict[str, str]) -> tuple[Cell, ...]:
    asset = move.debit.name.asset
    return (
        named[move.debit.name],
        named[move.credit.name],
        amount_of(move.amount, asset),
        units[asset],
        _day(move.expires_on),
    )


async def statement(book: Book, words: Words, account_id: int) -> List:
    """Return an account's lines, latest first, each with the balance after it.

    Raises:
        NotFound
    """
    total = await account_total(book.id, account_id)
    asset = total.name.asset
    named = await words.accounts(book.id, [total.name])
    units = await words.assets(book.id, [asset])
    heads: tuple[str, ...] = (
        N_("Booked on"),
        N_("Entry"),
        N_("What"),
        N_("Other account"),
        N_("Amount"),
    )
    heads += (N_("Balance"), N_("Asset"), N_("Expires"), N_("Document"))

    async def rows() -> AsyncIterator[Sequence[Cell]]:
        async for page in _pages(book.id, account_id):
            others = await words.accounts(book.id, [each.other for each in page])
            for line in page:
                yield (
                    *(_day(line.booked_on), str(line.entry_id), words.kind(line.kind)),
                    *(others[line.other], amount_of(line.amount, asset)),
                    *(amount_of(line.balance_after, asset), units[asset]),
                    *(_day(line.expires_on), f"{line.document_type}/{line.document_id}"),
                )

    return List(named[total.name], tuple(map(words.text, heads)), rows())


async def _pages(book_id: int, account_id: int) -> AsyncIterator[list[StatementLine]]:
    page = await statements.statement(book_id, account_id, limit=PAGE)
    while True:
        yield page.lines
        if page.next is None:
            return
        page = await statements.statement(book_id, account_id, before=page.next, limit=PAGE)

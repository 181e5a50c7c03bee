"""A book as plain text that other accounting programs read: Beancount and hledger.

Debits are positive and credits negative, as both programs have it; so what residents hold is negative under
Liabilities. Every account's balance is asserted at each month's end and at the end. The last assertions come from the
balances our books keep, not from the lines above them: a program that accepts the file has audited those.
"""

import re
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from typing import Protocol

from audit import whole_book
from audit.whole_book import Account, Book, Entry
from kernel.days import month_end, plus_days
from kernel.errors import N_
from ledger.chart import FEN, AccountName

ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}
COMPONENT = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
HEAD = (
    N_("Debits are positive, credits negative. Fen are written as yuan (CNY) with two decimals."),
    N_("Balances are asserted for each account at each month's end and at the end."),
    N_("Names are masked. Each entry carries its leaf: the hash under which it is sealed."),
)


@dataclass(frozen=True, slots=True)
class Words:
    """How the reader's language speaks of anything, of a kind of entry, of assets, and of accounts, names masked."""

    text: Callable[[str], str]
    kind: Callable[[str], str]
    assets: Callable[[int, Sequence[str]], Awaitable[dict[str, str]]]
    accounts: Callable[[int, Sequence[AccountName]], Awaitable[dict[AccountName, str]]]


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a line as the programs write it: `amount` is positive for a debit."""

    account: Account
    amount: int
    expires_on: int | None = None


class Form(Protocol):
    """The grammar of one program."""

    def head(self, title: str, says: Iterable[str], assets: Mapping[str, str], day: int) -> str:
        """Return what stands at the top: comments, options and the assets that are counted, with their names."""

    def account(self, path: str, assets: Iterable[str], words: str, day: int) -> str:
        """Return what opens an account on a day, for the assets that it holds."""

    def brought_forward(self, day: int, words: str, postings: Iterable[Posting]) -> str:
        """Return the entry that brings balances forward on a day."""

    def entry(self, entry: Entry, words: str) -> str:
        """Return a journal entry with its lines."""

    def assertions(self, day: int, held: Iterable[tuple[Account, int]]) -> str:
        """Return the assertion of what accounts hold when a day is over."""


def path_of(account: Account) -> str:
    """Return an account's name in the programs' form: Liabilities:Volunteer:101:Points."""
    parts = account.name.path.split(":")
    if not all(COMPONENT.match(part) for part in parts):
        # Somebody opened an account by hand under a name that no program takes.
        parts = ["outside", str(account.id)]
    return ":".join([ROOTS[account.type], *(part[0].upper() + part[1:] for part in parts)])


def commodity_of(asset: str) -> str:
    """Return an asset as a commodity: POINTS, MINUTES, CNY, ITEM-7."""
    return "CNY" if asset == FEN else asset.upper().replace(":", "-")


def figure(amount: int, asset: str) -> str:
    """Return an amount in its commodity's unit: fen as yuan with two decimals, all else as it is."""
    if asset != FEN:
        return str(amount)
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def iso(day: int) -> str:
    """Return a day (yyyymmdd) as 2026-11-30."""
    return f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"


def postings_of(entry: Entry) -> Iterator[Posting]:
    """Return an entry's sides, the debit of each line before its credit."""
    for move in entry.moves:
        yield Posting(move.debit, move.amount, move.expires_on)
        yield Posting(move.credit, -move.amount, move.expires_on)


@dataclass(slots=True)
class Held:
    """What accounts hold so far, debits positive, and which moved since they were last asserted."""

    sums: dict[int, int]
    moved: set[int] = field(default_factory=set)

    def count(self, entry: Entry) -> None:
        """Count an entry's lines."""
        for posting in postings_of(entry):
            self.sums[posting.account.id] = self.sums.get(posting.account.id, 0) + posting.amount
            self.moved.add(posting.account.id)

    def since_last(self, book: Book) -> list[tuple[Account, int]]:
        """Return what the accounts that moved hold, and begin anew."""
        held = [(book.accounts[each], self.sums[each]) for each in sorted(self.moved)]
        self.moved.clear()
        return held


async def plain_text(
    book: Book,
    form: Form,
    words: Words,
    title: str,
    *,
    first: int | None = None,
    last: int | None = None,
) -> AsyncIterator[str]:
    """Yield a book, or its entries booked from one day to another (yyyymmdd), as text: one piece for each entry.

    Read inside `standing_still`, or entries of two moments would be mixed.
    """
    begins = first or await whole_book.first_day(book.id)
    if begins is None:
        yield form.head(title, map(words.text, HEAD), {}, 0)
        return
    opened = plus_days(begins, -1) if first else begins
    for piece in await _opening(book, form, words, title, opened):
        yield piece
    before = await whole_book.held_on(book.id, opened) if first else {}
    held = Held({account_id: amount for account_id, amount in before.items() if amount})
    if held.sums:
        postings = [Posting(book.accounts[each], held.sums[each]) for each in held.sums]
        yield form.brought_forward(opened, words.text(N_("Balances brought forward")), postings)
    day = opened
    async for entry in whole_book.entries(book, first, last):
        if month_end(entry.booked_on) != month_end(day) and held.moved:
            yield form.assertions(month_end(day), held.since_last(book))
        day = entry.booked_on
        held.count(entry)
        yield form.entry(entry, words.kind(entry.kind))
    ends = book.ends if last is None else await whole_book.held_on(book.id, last)
    yield form.assertions(last or day, [(book.accounts[each], ends[each]) for each in ends])


async def _opening(book: Book, form: Form, words: Words, title: str, day: int) -> list[str]:
    accounts = book.accounts.values()
    named = await words.accounts(book.id, [each.name for each in accounts])
    assets = await words.assets(book.id, sorted({each.name.asset for each in accounts}))
    pieces = [form.head(title, map(words.text, HEAD), assets, day)]
    # Goods of every kind are handed out through one path: it is one account with several commodities.
    shared: dict[str, list[Account]] = {}
    for account in accounts:
        shared.setdefault(path_of(account), []).append(account)
    for path, one in shared.items():
        pieces.append(form.account(path, [e.name.asset for e in one], named[one[0].name], day))
    return pieces

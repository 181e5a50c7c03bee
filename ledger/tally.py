"""Pure bookkeeping: apply the lines of one entry after the other to what accounts hold, and refuse what may not be.

The desk loads a `Tally` for a batch of posts, decides each on the state the ones before it left, and writes back
exactly what changed. A refused entry leaves no trace in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.accounts import Account
from ledger.chart import AccountName, Class, Kind, is_allowed
from ledger.errors import AccountIsClosed, NothingToPost, WouldOverdraw
from ledger.post import Holding, Line, Lot


@dataclass(slots=True)
class Counter:
    """Two growing counters of a floored account or of one lot in it, as loaded and as they become."""

    debits: int = 0
    credits: int = 0
    side: int = 1
    version: int = 0
    closed: bool = False

    @property
    def balance(self) -> int:
        """Return what is left, on the account's normal side."""
        return (self.credits - self.debits) * self.side

    def copy(self) -> "Counter":
        """Return the same counters, to be moved on trial."""
        return Counter(self.debits, self.credits, self.side, self.version, self.closed)

    def move(self, amount: int, *, debit: bool) -> None:
        """Count one line. Raises: AccountIsClosed, WouldOverdraw."""
        if self.closed:
            raise AccountIsClosed
        before = (self.credits - self.debits) * self.side
        if debit:
            self.debits += amount
        else:
            self.credits += amount
        self.version += 1
        if (self.credits - self.debits) * self.side < 0:
            raise WouldOverdraw(available=before, needed=amount)


class Moved(NamedTuple):
    """One transfer as it will stand in the book: its line, and each floored side's running balance and version."""

    line: Line
    debit: Account
    credit: Account
    debit_balance: int | None
    debit_version: int | None
    credit_balance: int | None
    credit_version: int | None


LotKey = tuple[int, int]  # account id, expires_on


@dataclass(slots=True)
class Tally:
    """What accounts hold while entries are applied to them. Floored accounts and their lots are counted by id.

    `moved` and `moved_lots` keep what each counter that moved was loaded as (None: a lot that was not there).
    """

    accounts: Mapping[AccountName, Account]
    counters: dict[int, Counter]
    lots: dict[int, dict[int, Counter]]
    moved: dict[int, Counter] = field(default_factory=dict)
    moved_lots: dict[LotKey, Counter | None] = field(default_factory=dict)

    def balances(self, names: Iterable[AccountName]) -> dict[AccountName, Holding]:
        """Return what a decision may look at: every floored account it named."""
        seen = {}
        for name in names:
            account = self.accounts[name]
            if account.floored:
                seen[name] = Holding(self.counters[account.id].balance, self._lots_of(account))
        return seen

    def _lots_of(self, account: Account) -> tuple[Lot, ...]:
        if not account.kept.lots:
            return ()
        held = self.lots.get(account.id, {})
        return tuple(Lot(day, held[day].balance) for day in sorted(held) if held[day].balance)

    def apply(self, kind: Kind, lines: Iterable[Line]) -> list[Moved]:
        """Apply an entry's lines in order, all of them or none.

        Raises: NothingToPost, WouldOverdraw, AccountIsClosed; AssertionError for a line outside the chart.
        """
        trial = _Trial(self)
        moved = [trial.apply(kind, line) for line in lines]
        if not moved:
            raise NothingToPost
        trial.keep()
        return moved


class _Trial:
    """An entry being applied to copies of the counters it touches, until all its lines are found good."""

    __slots__ = ("counters", "lots", "tally")

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.counters: dict[int, Counter] = {}
        self.lots: dict[LotKey, Counter] = {}

    def apply(self, kind: Kind, line: Line) -> Moved:
        debit, credit = self.tally.accounts[line.debit], self.tally.accounts[line.credit]
        _require_sound(kind, line, debit.kept, credit.kept)
        credit_balance, credit_version = self._move(credit, line, debit=False)
        debit_balance, debit_version = self._move(debit, line, debit=True)
        return Moved(
            line, debit, credit, debit_balance, debit_version, credit_balance, credit_version
        )

    def _move(self, account: Account, line: Line, *, debit: bool) -> tuple[int | None, int | None]:
        if not account.floored:
            return None, None
        if line.expires_on is not None and account.kept.lots:
            self._lot(account.id, line.expires_on).move(line.amount, debit=debit)
        counter = self.counters.get(account.id)
        if counter is None:
            counter = self.counters[account.id] = self.tally.counters[account.id].copy()
        counter.move(line.amount, debit=debit)
        return counter.balance, counter.version

    def _lot(self, account_id: int, day: int) -> Counter:
        lot = self.lots.get((account_id, day))
        if lot is None:
            kept = self.tally.lots.get(account_id, {}).get(day)
            lot = self.lots[account_id, day] = kept.copy() if kept else Counter()
        return lot

    def keep(self) -> None:
        """Make what the entry did the state that the next one finds."""
        tally = self.tally
        for account_id, counter in self.counters.items():
            tally.moved.setdefault(account_id, tally.counters[account_id])
            tally.counters[account_id] = counter
        for key, lot in self.lots.items():
            days = tally.lots.setdefault(key[0], {})
            tally.moved_lots.setdefault(key, days.get(key[1]))
            days[key[1]] = lot


def _require_sound(kind: Kind, line: Line, debit: Class, credit: Class) -> None:
    """A line the chart does not allow is our defect, not the reader's: it must never reach the database."""
    if type(line.amount) is not int or line.amount <= 0:
        raise AssertionError(f"amount {line.amount!r} is not a positive whole number")
    same_asset = line.debit.asset == line.credit.asset and line.debit != line.credit
    if not same_asset or not is_allowed(kind, debit, credit):
        raise AssertionError(f"{kind} may not move {line.debit} → {line.credit}")
    if (line.expires_on is not None) != (debit.lots or credit.lots):
        raise AssertionError(f"{line} names a lot exactly where an account has lots")

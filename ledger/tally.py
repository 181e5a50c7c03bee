"""Pure bookkeeping of one entry: apply its lines to what the accounts hold, and refuse what may not be.

The desk loads a `Tally` under locks, decides on it, applies the lines, and writes back exactly what changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ledger.accounts import Account
from ledger.chart import AccountName, Kind, class_of, is_allowed
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

    def move(self, amount: int, *, debit: bool) -> None:
        """Count one line. Raises: AccountIsClosed, WouldOverdraw."""
        if self.closed:
            raise AccountIsClosed
        before = self.balance
        if debit:
            self.debits += amount
        else:
            self.credits += amount
        self.version += 1
        if self.balance < 0:
            raise WouldOverdraw(available=before, needed=amount)


@dataclass(frozen=True, slots=True)
class Moved:
    """One transfer as it will stand in the book: its line, and each floored side's running balance and version."""

    line: Line
    debit: Account
    credit: Account
    debit_balance: int | None
    debit_version: int | None
    credit_balance: int | None
    credit_version: int | None


@dataclass(slots=True)
class Tally:
    """What the accounts of one post hold while its lines are applied."""

    accounts: Mapping[AccountName, Account]
    counters: dict[int, Counter]
    lots: dict[tuple[int, int], Counter]
    touched: set[int] = field(default_factory=set)
    touched_lots: set[tuple[int, int]] = field(default_factory=set)

    def balances(self) -> dict[AccountName, Holding]:
        """Return what a decision may look at: every floored account it named."""
        seen = {}
        for name, account in self.accounts.items():
            if account.floored:
                seen[name] = Holding(self.counters[account.id].balance, self._lots_of(account.id))
        return seen

    def _lots_of(self, account_id: int) -> tuple[Lot, ...]:
        held = (
            Lot(day, counter.balance)
            for (owner, day), counter in sorted(self.lots.items())
            if owner == account_id and counter.balance
        )
        return tuple(held)

    def apply(self, kind: Kind, lines: Iterable[Line]) -> list[Moved]:
        """Apply an entry's lines in order.

        Raises: NothingToPost, WouldOverdraw, AccountIsClosed; AssertionError for a line outside the chart.
        """
        moved = [self._apply_one(kind, line) for line in lines]
        if not moved:
            raise NothingToPost
        return moved

    def _apply_one(self, kind: Kind, line: Line) -> Moved:
        _require_sound(kind, line)
        debit, credit = self.accounts[line.debit], self.accounts[line.credit]
        credit_balance, credit_version = self._move(credit, line, debit=False)
        debit_balance, debit_version = self._move(debit, line, debit=True)
        return Moved(
            line, debit, credit, debit_balance, debit_version, credit_balance, credit_version
        )

    def _move(self, account: Account, line: Line, *, debit: bool) -> tuple[int | None, int | None]:
        if not account.floored:
            return None, None
        if account.kept.lots and line.expires_on is not None:
            lot = (account.id, line.expires_on)
            self.lots.setdefault(lot, Counter()).move(line.amount, debit=debit)
            self.touched_lots.add(lot)
        counter = self.counters[account.id]
        counter.move(line.amount, debit=debit)
        self.touched.add(account.id)
        return counter.balance, counter.version


def _require_sound(kind: Kind, line: Line) -> None:
    """A line the chart does not allow is our defect, not the reader's: it must never reach the database."""
    if type(line.amount) is not int or line.amount <= 0:
        raise AssertionError(f"amount {line.amount!r} is not a positive whole number")
    if not is_allowed(kind, line.debit, line.credit):
        raise AssertionError(f"{kind} may not move {line.debit} → {line.credit}")
    names_lot = line.expires_on is not None
    if names_lot != _has_lots(line):
        raise AssertionError(f"{line} names a lot exactly where an account has lots")


def _has_lots(line: Line) -> bool:
    return class_of(line.debit).lots or class_of(line.credit).lots

"""Count accounts again from their lines in one pass: totals, versions, running balances, lots. Pure.

Lines come nearly in the order of their account's versions; one that is early waits until the ones before it have come.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from kernel.errors import N_
from ledger.blocks import named
from ledger.chart import AccountName, in_chart
from ledger.findings import Findings

MOST_WAITING = 1_000  # of one account; then the version before them is missed for good

NOT_CHARTED = N_("The account %(path)s (%(asset)s) is not as the chart of accounts says")
NOT_THE_SUM = N_("The balance of %(path)s (%(asset)s) is not the sum of its transfers")
BREAKS = N_("In %(path)s the running balance breaks at entry %(entry)s")
LOT_NOT_THE_SUM = N_("The lot %(day)s of %(path)s is not the sum of its transfers")
NO_ACCOUNT = N_("Account %(account)s is gone, but entry %(entry)s still names it")


class Counted:
    """An account as its row describes it, and what its lines add up to so far."""

    __slots__ = (
        *("id", "path", "asset", "type", "side", "floored", "named", "debits", "credits"),
        *("version", "running", "waiting", "lots", "breaks", "seen"),
    )

    def __init__(self, row: Sequence[Any]) -> None:
        """Begin with an account's row: id, path, asset, type, side, floored, lots."""
        self.id, self.path, self.asset, self.type, self.side = row[:5]
        self.floored = bool(row[5])
        self.named = named(self.id, self.path, self.asset)
        self.debits = self.credits = self.version = self.running = 0
        self.waiting: dict[int, tuple[int, int | None, int]] = {}
        self.lots: dict[int | None, list[int]] | None = {} if row[6] else None
        self.breaks: list[int] = []  # entries at which the running balance is not what follows
        self.seen = False

    def move(
        self,
        entry_id: int,
        debit: int,
        credit: int,
        day: int | None,
        balance: int | None,
        version: int | None,
    ) -> None:
        """Count one line, with the running balance and version it was given."""
        self.debits += debit
        self.credits += credit
        if not self.floored:
            if version is not None or balance is not None:
                self.breaks.append(entry_id)
            return
        if self.lots is not None:
            lot = self.lots.setdefault(day, [0, 0])
            lot[0] += debit
            lot[1] += credit
        change = (credit - debit) * self.side
        if version == self.version + 1:
            self._step(version, change, balance, entry_id)
            if self.waiting:
                self._go_on()
        elif version is None or version <= self.version or version in self.waiting:
            self.breaks.append(entry_id)
        else:
            self.waiting[version] = (change, balance, entry_id)
            if len(self.waiting) > MOST_WAITING:
                self._jump()

    def _step(self, version: int, change: int, balance: int | None, entry_id: int) -> None:
        self.version = version
        self.running += change
        if self.running != balance:
            self.breaks.append(entry_id)
            # What follows is judged by what stands here, so that each break is told once.
            self.running = self.running if balance is None else balance

    def _go_on(self) -> None:
        while (next_one := self.waiting.pop(self.version + 1, None)) is not None:
            self._step(self.version + 1, *next_one)

    def _jump(self) -> None:
        """Go on behind a version that is not there: the entry after the gap is where the running balance breaks."""
        version = min(self.waiting)
        change, balance, entry_id = self.waiting.pop(version)
        self.breaks.append(entry_id)
        self.version = version
        self.running = self.running + change if balance is None else balance
        self._go_on()

    def finish(self) -> None:
        """Judge what still waits: the versions before it never came."""
        while self.waiting:
            self._jump()


class Recount:
    """All accounts of a book while its lines pass by."""

    def __init__(self) -> None:
        """Begin without accounts."""
        self.accounts: dict[int, Counted] = {}
        self.lines = 0
        self.strangers: dict[
            int, int
        ] = {}  # accounts without a row, and the first entry that names each

    def open(self, rows: Iterable[Sequence[Any]], found: Findings) -> None:
        """Take in accounts (id, path, asset, type, side, floored, lots), each judged by the chart."""
        for row in rows:
            account = self.accounts[row[0]] = Counted(row)
            kept = in_chart(AccountName(account.path, account.asset))
            as_charted = (kept.type, kept.floored, kept.lots) if kept else None
            if as_charted != (account.type, bool(row[5]), bool(row[6])):
                told = {"path": account.path, "asset": account.asset}
                found.add("accounts", NOT_CHARTED, account_id=account.id, **told)

    def add(self, entry_id: int, lines: Iterable[Sequence[Any]]) -> set[int]:
        """Count an entry's lines (TRANSFER_FIELDS in order), and return the accounts they touch."""
        touched, accounts = set(), self.accounts
        for line in lines:
            debit_id, credit_id, amount, day = line[2], line[3], line[4], line[5]
            self.lines += 1
            touched.add(debit_id)
            touched.add(credit_id)
            if debit_id not in accounts or credit_id not in accounts:
                self._take_in(entry_id, debit_id, credit_id)
            accounts[debit_id].move(entry_id, amount, 0, day, line[6], line[7])
            accounts[credit_id].move(entry_id, 0, amount, day, line[8], line[9])
        return touched

    def _take_in(self, entry_id: int, *account_ids: int) -> None:
        for account_id in account_ids:
            if account_id not in self.accounts:
                self.accounts[account_id] = Counted((account_id, "?", "?", "?", 1, 0, 0))
                self.strangers[account_id] = entry_id

    def judge_versions(self, found: Findings) -> None:
        """Tell where running balances break; to be asked when all lines have passed."""
        for account_id, entry_id in self.strangers.items():
            found.add("orphans", NO_ACCOUNT, entry_id=entry_id, account=account_id)
        for account in self.accounts.values():
            account.finish()
            for entry_id in account.breaks:
                found.add(
                    *("running-balances", BREAKS),
                    entry_id=entry_id,
                    account_id=account.id,
                    path=account.path,
                )

    def judge_balances(self, rows: Iterable[Sequence[Any]], found: Findings) -> None:
        """Compare counted accounts with balance rows: account_id, debits, credits, version."""
        for account_id, debits, credited, version in rows:
            account = self.accounts.get(account_id)
            if account is None:
                continue
            counted = account.debits, account.credits, account.version
            account.seen = True
            if not account.floored or counted != (debits, credited, version):
                _not_the_sum(account, found)

    def judge_missing_balances(self, found: Findings) -> None:
        """Tell the floored accounts whose balance row has not been seen."""
        for account in self.accounts.values():
            if account.floored and not account.seen:
                _not_the_sum(account, found)

    def judge_lots(self, rows: Iterable[Sequence[Any]], found: Findings) -> None:
        """Compare counted lots with lot rows: account_id, expires_on, debits, credits."""
        for account_id, day, debits, credited in rows:
            account = self.accounts.get(account_id)
            lots = account.lots if account else None
            counted = lots.pop(day, [0, 0]) if lots is not None else [0, 0]
            if account and counted != [debits, credited]:
                told = {"day": day, "path": account.path}
                found.add("lots", LOT_NOT_THE_SUM, account_id=account_id, **told)

    def judge_missing_lots(self, found: Findings) -> None:
        """Tell the lots that lines name and whose row has not been seen."""
        for account in self.accounts.values():
            for day, counted in (account.lots or {}).items():
                if day is None or counted != [0, 0]:
                    told = {"day": day, "path": account.path}
                    found.add("lots", LOT_NOT_THE_SUM, account_id=account.id, **told)


def _not_the_sum(account: Counted, found: Findings) -> None:
    told = {"path": account.path, "asset": account.asset}
    found.add("balances", NOT_THE_SUM, account_id=account.id, **told)

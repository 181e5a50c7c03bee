"""What may happen to a settlement: pure decisions over plain values.

A locked settlement never changes. A use that turns out wrong afterwards goes back onto its voucher, the company owes
the amount back, and the next settlement is the smaller for it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger import chart
from ledger.chart import AccountName
from ledger.paper import Paper
from ledger.post import Balances, Change, Decision, Fact, Facts, Line
from people.models import Trade
from redemption.errors import AlreadySettled, AlreadyUndone, VoucherIsVoid
from redemption.settlement_errors import (
    NotSettledYet,
    SettlementHasChanged,
    SettlementIsLocked,
    SettlementIsPaid,
    SettlementNotLocked,
)
from redemption.settlement_papers import SettlementState
from redemption.states import VoucherState

SETTLEMENT = "settlement"
# What a partner of each trade is paid for.
USES = {Trade.PROPERTY: "voucher_use", Trade.MERCHANT: "service_use"}
Amounts = tuple[tuple[int, int], ...]  # of uses: id and fen


@dataclass(frozen=True, slots=True)
class Content:
    """What a settlement pays for, and which corrected uses it takes off: (use id, fen), oldest first."""

    uses: Amounts
    corrected: Amounts = ()
    trade: Trade = Trade.PROPERTY

    @property
    def used_fen(self) -> int:
        """Return what was used."""
        return sum(fen for _, fen in self.uses)

    @property
    def owed_back_fen(self) -> int:
        """Return what the company owes back of earlier months."""
        return sum(fen for _, fen in self.corrected)

    @property
    def amount_fen(self) -> int:
        """Return what is to be paid."""
        return self.used_fen - self.owed_back_fen

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows."""
        return tuple(self.fact(use_id) for use_id, _ in (*self.uses, *self.corrected))

    def fact(self, use_id: int) -> Fact:
        """Name the row of one line."""
        return Fact(USES[self.trade], use_id)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of every line, by which a signature says what was seen."""
        text = "\n".join(
            f"{sign}{use_id}:{fen}"
            for sign, part in (("+", self.uses), ("-", self.corrected))
            for use_id, fen in part
        )
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Lock:
    """A settlement about to be locked: whose, what it holds, who signed first and second, and when."""

    settlement_id: int
    company_id: int
    content: Content
    approval: Paper
    made_by: int
    checked_by: int | None
    now: int

    @property
    def accounts(self) -> tuple[AccountName, AccountName, AccountName]:
        """Name what the partner is owed, the part being paid, and what it owes back."""
        whose, of = self.company_id, self.content.trade.value
        return (
            chart.payable(whose, of),
            chart.settling(whose, self.settlement_id, of),
            chart.owed_back(whose, of),
        )


def fitting(
    uses: Amounts, corrected: Iterable[tuple[int, int]], trade: Trade = Trade.PROPERTY
) -> Content:
    """Return what a settlement holds: corrections are taken off whole, oldest first, while there is enough to pay."""
    left, fit = sum(fen for _, fen in uses), []
    for use_id, fen in corrected:
        if fen > left:
            break
        fit.append((use_id, fen))
        left -= fen
    return Content(uses, tuple(fit), trade)


def locked(lock: Lock, facts: Facts, balances: Balances) -> Decision:
    """Decide a lock: what is owed for the lines moves into the settlement, and the lines are fixed.

    Raises: SettlementIsLocked, SettlementHasChanged, and what the approval is refused for.
    """
    written = lock.approval.require(facts, balances)
    if facts[Fact(SETTLEMENT, lock.settlement_id)]["state"] != SettlementState.DRAFT:
        raise SettlementIsLocked
    content = lock.content
    waiting = all(_waits(facts[content.fact(use_id)]) for use_id, _ in content.uses)
    if not waiting or any(
        not _owed_back(facts[content.fact(use_id)]) for use_id, _ in content.corrected
    ):
        raise SettlementHasChanged
    payable, settling, owed_back = lock.accounts
    pays = (
        Line(payable, settling, content.amount_fen),
        Line(payable, owed_back, content.owed_back_fen),
    )
    table = USES[content.trade]
    marks = (("settled_in_id", content.uses), ("deducted_in_id", content.corrected))
    fixed = [
        Change(table, use_id, {column: lock.settlement_id})
        for column, part in marks
        for use_id, _ in part
    ]
    paper = Change(SETTLEMENT, lock.settlement_id, _signed(lock))
    return Decision(tuple(line for line in pays if line.amount), (*written, paper, *fixed))


def _waits(use: Mapping[str, Any]) -> bool:
    return use["undone_at"] is None and use["settled_in_id"] is None


def _owed_back(use: Mapping[str, Any]) -> bool:
    return is_corrected(use) and use["deducted_in_id"] is None


def is_corrected(use: Mapping[str, Any]) -> bool:
    """Say whether a use was taken back after its settlement had been locked."""
    return use["undone_at"] is not None and use["settled_in_id"] is not None


def _signed(lock: Lock) -> dict[str, Any]:
    """Return what both signatures write; where nothing is to be paid, that is the end of it."""
    nothing = not lock.content.amount_fen
    return {
        "state": (SettlementState.PAID if nothing else SettlementState.LOCKED).value,
        "uses": len(lock.content.uses),
        "amount_fen": lock.content.amount_fen,
        "owed_back_fen": lock.content.owed_back_fen,
        "made_by": lock.made_by,
        "checked_by": lock.checked_by,
        "locked_at": lock.now,
        "paid_by": lock.made_by if nothing else None,
        "paid_at": lock.now if nothing else None,
    }


def paid(
    settlement_id: int,
    settling: AccountName,
    reference: str,
    moment: tuple[int, int],
    facts: Facts,
    _: Balances,
) -> Decision:
    """Decide that a settlement was paid by bank; `moment` is who entered it and when.

    Raises: SettlementNotLocked, SettlementIsPaid.
    """
    row, (by, now) = facts[Fact(SETTLEMENT, settlement_id)], moment
    if row["state"] == SettlementState.DRAFT:
        raise SettlementNotLocked
    if row["state"] == SettlementState.PAID:
        raise SettlementIsPaid(reference=row["bank_reference"] or "–")
    gone = Line(settling, chart.BANK_PAID_OUT, row["amount_fen"])
    values = {
        "state": SettlementState.PAID.value,
        "bank_reference": reference,
        "paid_by": by,
        "paid_at": now,
    }
    return Decision((gone,), (Change(SETTLEMENT, settlement_id, values),))


def corrected(
    use_id: int, voucher_id: int, approval: Paper, now: int, facts: Facts, balances: Balances
) -> Decision:
    """Decide that a settled use goes back onto its voucher, and that the company owes it back.

    Raises: AlreadyUndone, NotSettledYet, VoucherIsVoid, and what the approval is refused for.
    """
    written = approval.require(facts, balances)
    paper = Fact(USES[Trade.PROPERTY], use_id)
    use, voucher = facts[paper], facts[Fact("voucher", voucher_id)]
    require_correctable(use, voucher)
    owed = chart.owed_back(use["company_id"])
    again = {
        "remaining_fen": voucher["remaining_fen"] + use["amount_fen"],
        "state": VoucherState.ISSUED.value,
    }
    writes = (
        *written,
        Change("voucher", voucher_id, again),
        Change(paper.table, use_id, {"undone_at": now}),
    )
    return Decision((Line(owed, chart.voucher(voucher_id), use["amount_fen"]),), writes)


def require_unsettled(use: Mapping[str, Any], owed_fen: int) -> None:
    """Refuse an undo at the desk of what was undone or is settled. Raises: AlreadyUndone, AlreadySettled."""
    if use["undone_at"] is not None:
        raise AlreadyUndone
    if use["settled_in_id"] is not None or owed_fen < use["amount_fen"]:
        raise AlreadySettled


def require_correctable(use: Mapping[str, Any], voucher: Mapping[str, Any] | None = None) -> None:
    """Refuse what the desk can undo, what was undone, and a void voucher.

    Raises: AlreadyUndone, NotSettledYet, VoucherIsVoid.
    """
    if use["undone_at"] is not None:
        raise AlreadyUndone
    if use["settled_in_id"] is None:
        raise NotSettledYet
    if voucher is not None and voucher["state"] == VoucherState.VOID:
        raise VoucherIsVoid

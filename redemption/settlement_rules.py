"""What may happen to a settlement: pure decisions over plain values.

A locked settlement never changes. A use that turns out wrong afterwards goes back onto its voucher, the company owes
the amount back, and the next settlement is the smaller for it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger import chart
from ledger.paper import Paper
from ledger.post import Balances, Change, Decision, Fact, Facts, Line
from redemption.errors import AlreadyUndone, VoucherIsVoid
from redemption.settlement_errors import (
    NotSettledYet,
    SettlementHasChanged,
    SettlementIsLocked,
    SettlementIsPaid,
    SettlementNotLocked,
)
from redemption.settlement_papers import SettlementState
from redemption.states import VoucherState

USE, SETTLEMENT = "voucher_use", "settlement"
Amounts = tuple[tuple[int, int], ...]  # of uses: id and fen


@dataclass(frozen=True, slots=True)
class Content:
    """What a settlement pays for, and which corrected uses it takes off: (use id, fen), oldest first."""

    uses: Amounts
    corrected: Amounts = ()

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
        return tuple(Fact(USE, use_id) for use_id, _ in (*self.uses, *self.corrected))

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


def fitting(uses: Amounts, corrected: Iterable[tuple[int, int]]) -> Content:
    """Return what a settlement holds: corrections are taken off whole, oldest first, while there is enough to pay."""
    left, fit = sum(fen for _, fen in uses), []
    for use_id, fen in corrected:
        if fen > left:
            break
        fit.append((use_id, fen))
        left -= fen
    return Content(uses, tuple(fit))


def locked(lock: Lock, facts: Facts, balances: Balances) -> Decision:
    """Decide a lock: what is owed for the lines moves into the settlement, and the lines are fixed.

    Raises: SettlementIsLocked, SettlementHasChanged, and what the approval is refused for.
    """
    written = lock.approval.require(facts, balances)
    if facts[Fact(SETTLEMENT, lock.settlement_id)]["state"] != SettlementState.DRAFT:
        raise SettlementIsLocked
    content = lock.content
    waiting = all(_waits(facts[Fact(USE, use_id)]) for use_id, _ in content.uses)
    if not waiting or any(
        not _owed_back(facts[Fact(USE, use_id)]) for use_id, _ in content.corrected
    ):
        raise SettlementHasChanged
    payable = chart.payable(lock.company_id)
    pays = (
        Line(payable, chart.settling(lock.company_id, lock.settlement_id), content.amount_fen),
        Line(payable, chart.owed_back(lock.company_id), content.owed_back_fen),
    )
    fixed = (
        *(Change(USE, use_id, {"settled_in_id": lock.settlement_id}) for use_id, _ in content.uses),
        *(
            Change(USE, use_id, {"deducted_in_id": lock.settlement_id})
            for use_id, _ in content.corrected
        ),
    )
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
    company_id: int,
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
    gone = Line(chart.settling(company_id, settlement_id), chart.BANK_PAID_OUT, row["amount_fen"])
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
    use, voucher = facts[Fact(USE, use_id)], facts[Fact("voucher", voucher_id)]
    require_correctable(use, voucher)
    owed = chart.owed_back(use["company_id"])
    again = {
        "remaining_fen": voucher["remaining_fen"] + use["amount_fen"],
        "state": VoucherState.ISSUED.value,
    }
    writes = (
        *written,
        Change("voucher", voucher_id, again),
        Change(USE, use_id, {"undone_at": now}),
    )
    return Decision((Line(owed, chart.voucher(voucher_id), use["amount_fen"]),), writes)


def require_correctable(use: Mapping[str, Any], voucher: Mapping[str, Any]) -> None:
    """Refuse what the desk can undo, what was undone, and a void voucher.

    Raises: AlreadyUndone, NotSettledYet, VoucherIsVoid.
    """
    if use["undone_at"] is not None:
        raise AlreadyUndone
    if use["settled_in_id"] is None:
        raise NotSettledYet
    if voucher["state"] == VoucherState.VOID:
        raise VoucherIsVoid

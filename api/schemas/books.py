"""The books in JSON. `asset` names the unit of every amount beside it: points, minutes, fen, or pieces of an item."""

from typing import Any, Literal, Self

from pydantic import ConfigDict

from api.schemas.types import Answer, Day, Id, Moment, example, one
from audit import proofs
from audit.report import AuditReport
from ledger.checks import Finding
from ledger.post import Line
from ledger.trial_balance import AccountTotal
from web.i18n import gettext

_ENTRY = "482915093250080773"


class Account(Answer):
    """One row of the trial balance; the balance is on the account's normal side."""

    model_config = ConfigDict(
        json_schema_extra=example(
            account_id="482915093250080784",
            path="points:issued",
            asset="points",
            type="expense",
            debits=96420,
            credits=0,
            balance=96420,
        )
    )
    account_id: Id
    path: str
    asset: str
    type: Literal["asset", "expense", "liability", "income", "equity"]
    debits: int
    credits: int
    balance: int

    @classmethod
    def of(cls, total: AccountTotal) -> Self:
        """Show an account's totals."""
        return cls.model_validate(
            {
                "account_id": total.account_id,
                "path": total.name.path,
                "asset": total.name.asset,
                "type": total.type,
                "debits": total.debits,
                "credits": total.credits,
                "balance": total.balance,
            }
        )


class TrialBalance(Answer):
    """Every account that was ever used, by asset and in the order of the chart of accounts.

    `on` is the local day until which bookings count (their `booked_on`); null for everything posted so far.
    """

    model_config = ConfigDict(json_schema_extra=example(on="2026-10-31", items=[one(Account)]))
    on: Day | None
    items: list[Account]


class Balance(Answer):
    """What an account held after one of its lines; versions count them from 1, and 0 is before the first."""

    model_config = ConfigDict(
        json_schema_extra=example(account_id="482915093250080784", version=17, balance=60)
    )
    account_id: Id
    version: int
    balance: int


class Transfer(Answer):
    """One line of an entry: an amount of one asset, debited to one account and credited to another."""

    model_config = ConfigDict(
        json_schema_extra=example(
            debit="points:issued",
            credit="volunteer:482915093250080772:points",
            asset="points",
            amount=20,
            expires_on="2028-11-30",
        )
    )
    debit: str
    credit: str
    asset: str
    amount: int
    expires_on: Day | None

    @classmethod
    def of(cls, line: Line) -> Self:
        """Show a line of an entry."""
        return cls(
            debit=line.debit.path,
            credit=line.credit.path,
            asset=line.debit.asset,
            amount=line.amount,
            expires_on=line.expires_on,
        )


class Entry(Answer):
    """One journal entry: what happened, who did it and why, and the leaf that it was sealed under."""

    model_config = ConfigDict(
        json_schema_extra=example(
            entry_id=_ENTRY,
            kind="HOURS_EARNED",
            document_type="attendance",
            document_id="482915093250080771",
            actor_id="482915093250080769",
            approver_id=None,
            reason_code=None,
            reason=None,
            rule_version=1,
            reverses_id=None,
            reversed_by_id=None,
            occurred_at="2026-11-21T03:00:00Z",
            booked_on="2026-11-21",
            posted_at="2026-11-21T03:05:12.000001Z",
            leaf="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            lines=[one(Transfer)],
        )
    )
    entry_id: Id
    kind: str
    document_type: str
    document_id: Id
    actor_id: Id | None
    approver_id: Id | None
    reason_code: str | None
    reason: str | None
    rule_version: int | None
    reverses_id: Id | None
    reversed_by_id: Id | None
    occurred_at: Moment
    booked_on: Day
    posted_at: Moment
    leaf: str
    lines: list[Transfer]

    @classmethod
    def of(cls, row: dict[str, Any], lines: tuple[Line, ...]) -> Self:
        """Show an entry with its lines."""
        told = {name: row[name] for name in cls.model_fields if name in row}
        return cls.model_validate(
            told
            | {
                "entry_id": row["id"],
                "reversed_by_id": row["reversed_by"],
                "leaf": bytes(row["leaf"]).hex(),
                "lines": [Transfer.of(line) for line in lines],
            }
        )


class Proof(Answer):
    """An equation over one asset, in the reader's language, with both of its sides."""

    model_config = ConfigDict(
        json_schema_extra=example(
            asset="points",
            says="Points people hold = points issued − points used or expired",
            left=31904,
            right=31904,
            holds=True,
        )
    )
    asset: str
    says: str
    left: int
    right: int
    holds: bool

    @classmethod
    def of(cls, proof: proofs.Proof) -> Self:
        """Show an equation."""
        return cls(
            asset=proof.asset,
            says=gettext(proof.words),
            left=proof.left,
            right=proof.right,
            holds=proof.holds,
        )


class Found(Answer):
    """One thing that is not as the rules say, in the reader's language."""

    model_config = ConfigDict(
        json_schema_extra=example(
            check="leaves",
            says=f"Entry {_ENTRY} was altered: it no longer hashes to its leaf",
            entry_id=_ENTRY,
            account_id=None,
        )
    )
    check: str
    says: str
    entry_id: Id | None
    account_id: Id | None

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """Show a finding."""
        return cls(
            check=finding.check,
            says=gettext(finding.says, **finding.members),
            entry_id=finding.entry_id,
            account_id=finding.account_id,
        )


class Checks(Answer):
    """Whether the books are right as of one moment: every equation, and every finding."""

    model_config = ConfigDict(
        json_schema_extra=example(
            checked_at="2026-11-21T06:06:00Z",
            entries_checked=2418,
            is_sound=True,
            proofs=[one(Proof)],
            findings=[],
        )
    )
    checked_at: Moment
    entries_checked: int
    is_sound: bool
    proofs: list[Proof]
    findings: list[Found]

    @classmethod
    def of(cls, report: AuditReport) -> Self:
        """Show a report."""
        return cls(
            checked_at=report.at,
            entries_checked=report.entries,
            is_sound=report.is_sound,
            proofs=[Proof.of(proof) for proof in report.proofs],
            findings=[Found.of(finding) for finding in report.findings],
        )

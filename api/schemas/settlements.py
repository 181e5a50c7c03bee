"""Months settled with property companies, in JSON; amounts are fen, 1/100 yuan, and months are written as 2026-10."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from api.schemas.types import Answer, Asked, Id, Moment, Reason, example, one
from audit import settlement_pack
from redemption.dues import Due, slip_of, what, whose
from redemption.settling import REFERENCE_LIMIT

_COMPANY = "482915093250080782"


class Payment(Asked):
    """The bank's reference of the transfer."""

    model_config = ConfigDict(json_schema_extra=example(reference="ICBC20261102001"))
    reference: Annotated[str, Field(min_length=1, max_length=REFERENCE_LIMIT, pattern=r"^\S+$")]


class Correction(Asked):
    """Why a settled use is taken back."""

    model_config = ConfigDict(json_schema_extra=example(reason="扣错了户"))
    reason: Reason


class SettlementMonth(Answer):
    """What became of a company's vouchers in one month by the books, and how far its settlement is.

    `before_fen` + `issued_fen` = `used_fen` − `corrected_fen` + `void_fen` + `expired_fen` + `outstanding_fen`.
    `to_pay_fen` is known once both signatures stand under it.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            company_id=_COMPANY,
            company="安和物业",
            month="2026-10",
            state="paid",
            before_fen=42000,
            issued_fen=30000,
            used_fen=25000,
            corrected_fen=0,
            void_fen=2000,
            expired_fen=0,
            outstanding_fen=45000,
            listed_fen=0,
            discounts_fen=0,
            residents_fen=0,
            to_pay_fen=25000,
            bank_reference="ICBC20261102001",
        )
    )
    company_id: Id
    company: str
    month: str
    state: Literal["running", "nothing", "open", "draft", "locked", "paid"]
    before_fen: int
    issued_fen: int
    used_fen: int
    corrected_fen: int
    void_fen: int
    expired_fen: int
    outstanding_fen: int
    listed_fen: int
    discounts_fen: int
    residents_fen: int
    to_pay_fen: int | None
    bank_reference: str

    @classmethod
    def of(cls, month: settlement_pack.Month) -> Self:
        """Show a month."""
        found, paper = month.figures, month.settlement
        signed = paper is not None and month.state in ("locked", "paid")
        return cls(
            company_id=month.company.id,
            company=month.company.name,
            month=month.words,
            state=month.state,
            before_fen=found.before,
            issued_fen=found.issued,
            used_fen=found.used,
            corrected_fen=found.corrected,
            void_fen=found.void,
            expired_fen=found.expired,
            outstanding_fen=found.outstanding,
            listed_fen=found.listed,
            discounts_fen=found.discounts,
            residents_fen=found.residents if found.of_services else 0,
            to_pay_fen=paper.amount_fen if paper and signed else None,
            bank_reference=paper.bank_reference if paper else "",
        )


class SettlementMonths(Answer):
    """Months in which vouchers moved, the latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(SettlementMonth)]))
    items: list[SettlementMonth]


class SettlementLine(Answer):
    """One use that is paid for: of which flat's bill, or which service; of a correction the amount is negative."""

    model_config = ConfigDict(
        json_schema_extra=example(
            use_id="482915093250080783",
            slip="7Q2M-K9XW-4TP/1",
            used_at="2026-10-21T06:06:00Z",
            what="3-2-601",
            name_masked="王*兰",
            amount_fen=3000,
        )
    )
    use_id: Id
    slip: str
    used_at: Moment
    what: str
    name_masked: str
    amount_fen: int

    @classmethod
    def of(cls, use: Due, sign: int = 1) -> Self:
        """Show a line."""
        return cls(
            use_id=use.id,
            slip=slip_of(use),
            used_at=use.used_at,
            what=what(use),
            name_masked=whose(use).masked_name,
            amount_fen=sign * use.amount_fen,
        )


class SettlementPack(Answer):
    """A month with its lines, oldest first, its sums and both signatures; before they stand, as it would be now."""

    model_config = ConfigDict(
        json_schema_extra=example(
            month=one(SettlementMonth),
            lines=[one(SettlementLine)],
            amount_fen=3000,
            undone_before_fen=0,
            undone_after_fen=0,
            agrees=True,
            prepared_by="赵敏",
            checked_by="钱主任",
            locked_at="2026-11-02T01:00:00Z",
            paid_at="2026-11-03T01:00:00Z",
        )
    )
    month: SettlementMonth
    lines: list[SettlementLine]
    amount_fen: int
    undone_before_fen: int
    undone_after_fen: int
    agrees: bool
    prepared_by: str
    checked_by: str
    locked_at: Moment | None
    paid_at: Moment | None

    @classmethod
    def of(cls, found: settlement_pack.Pack) -> Self:
        """Show a pack."""
        paper = found.month.settlement
        return cls(
            month=SettlementMonth.of(found.month),
            lines=[
                *(SettlementLine.of(use) for use in found.uses),
                *(SettlementLine.of(use, -1) for use in found.corrections),
            ],
            amount_fen=found.amount_fen,
            undone_before_fen=found.undone_before,
            undone_after_fen=found.undone_after,
            agrees=found.agrees,
            prepared_by=found.maker,
            checked_by=found.checker,
            locked_at=paper.locked_at if paper else None,
            paid_at=paper.paid_at if paper else None,
        )

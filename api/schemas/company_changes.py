"""Changes of property companies in JSON; amounts are fen, 1/100 yuan."""

from typing import Self

from pydantic import ConfigDict

from api.schemas.types import Answer, Asked, Id, Moment, SentId, example, one
from redemption import change_papers

_BEFORE, _AFTER, _CHANGE = "482915093250080782", "482915093250080783", "482915093250080790"


class AskChange(Asked):
    """The company that leaves, and the one that takes its place."""

    model_config = ConfigDict(json_schema_extra=example(before_id=_BEFORE, after_id=_AFTER))
    before_id: SentId
    after_id: SentId


class CompanyChange(Answer):
    """A change that was posted: so many vouchers, with so much left on them."""

    model_config = ConfigDict(
        json_schema_extra=example(
            change_id=_CHANGE,
            before="安和物业",
            after="邻里物业",
            vouchers=12,
            amount_fen=43_000,
            changed_at="2026-11-02T04:00:00Z",
        )
    )
    change_id: Id
    before: str
    after: str
    vouchers: int
    amount_fen: int
    changed_at: Moment

    @classmethod
    def of(cls, found: change_papers.CompanyChange) -> Self:
        """Show a change."""
        return cls(
            change_id=found.id,
            before=found.before.name,
            after=found.after.name,
            vouchers=found.vouchers,
            amount_fen=found.amount_fen,
            changed_at=found.changed_at,
        )


class CompanyChanges(Answer):
    """The changes, the latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(CompanyChange)]))
    items: list[CompanyChange]

"""Closed months in JSON. A month is written as 2026-11; amounts are in the asset beside them."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from api.schemas.books import Account, Proof
from api.schemas.types import Answer, Asked, Day, Id, Moment, example, one
from audit import months
from ledger.periods import month_words


class CloseMonth(Asked):
    """The month to close: the first that is open, once it is over."""

    model_config = ConfigDict(json_schema_extra=example(month="2026-10"))
    month: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class Month(Answer):
    """A month of the book; the points are known once it is closed, and it never opens again."""

    model_config = ConfigDict(
        json_schema_extra=example(
            month="2026-10",
            starts_on="2026-10-01",
            ends_on="2026-10-31",
            state="closed",
            entries=812,
            closed_at="2026-11-02T01:00:00Z",
            closed_by_id="482915093250080768",
            digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            points_issued=12480,
            points_exchanged=9310,
        )
    )
    month: str
    starts_on: Day
    ends_on: Day
    state: Literal["closed", "next", "later", "running"]
    entries: int
    closed_at: Moment | None
    closed_by_id: Id | None
    digest: str | None
    points_issued: int | None
    points_exchanged: int | None

    @classmethod
    def of(cls, month: months.Month) -> Self:
        """Show a month."""
        period = month.period
        return cls(
            month=month_words(month.ends_on),
            starts_on=month.starts_on,
            ends_on=month.ends_on,
            state=month.state,
            entries=month.entries,
            closed_at=period.closed_at if period else None,
            closed_by_id=period.closed_by if period else None,
            digest=bytes(period.digest).hex() if period else None,
            points_issued=month.issued,
            points_exchanged=month.exchanged,
        )


class Months(Answer):
    """The months of the book, latest first; `before` of the next page is the last of these."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Month)]))
    items: list[Month]


class Closing(Answer):
    """A month with the trial balance at its end: kept if it is closed, otherwise as it would be kept now."""

    model_config = ConfigDict(
        json_schema_extra=example(month=one(Month), totals=[one(Account)], proofs=[one(Proof)])
    )
    month: Month
    totals: list[Account]
    proofs: list[Proof]

    @classmethod
    def of(cls, closing: months.Closing) -> Self:
        """Show a month's end."""
        return cls(
            month=Month.of(closing.month),
            totals=[Account.of(total) for total in closing.totals],
            proofs=[Proof.of(proof) for proof in closing.proofs],
        )

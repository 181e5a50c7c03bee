"""Statements in JSON: the lines of an account between two balances."""

from typing import Literal, Self

from pydantic import ConfigDict

from api.schemas.types import Answer, Day, Id, Moment, Page, example, one
from ledger import statements
from ledger.statements import StatementLine

Between = tuple[int | None, int | None]  # days (yyyymmdd), both included; None for no bound


class Movement(Answer):
    """One line of an account: positive where the balance grew. `asset` names the unit of `amount`.

    `booked_late` says that the month in which it happened was closed when it was posted, so that it is booked on a
    later day. `is_sealed` is false while a line of a house account waits for its seal, and null elsewhere.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            entry_id="482915093250080770",
            line=1,
            kind="HOURS_EARNED",
            asset="points",
            amount=20,
            balance_after=60,
            expires_on="2028-11-30",
            other_account="points:issued",
            document_type="attendance",
            document_id="482915093250080771",
            reason_code=None,
            occurred_at="2026-11-21T03:00:00Z",
            booked_on="2026-11-21",
            booked_late=False,
            posted_at="2026-11-21T03:05:12.000001Z",
            is_sealed=None,
        )
    )
    entry_id: Id
    line: int
    kind: str
    asset: str
    amount: int
    balance_after: int
    expires_on: Day | None
    other_account: str
    document_type: str
    document_id: Id
    reason_code: str | None
    occurred_at: Moment
    booked_on: Day
    booked_late: bool
    posted_at: Moment
    is_sealed: bool | None

    @classmethod
    def of(cls, line: StatementLine, zone: str, *, floored: bool) -> Self:
        """Show a line of a statement; a day is one of the zone."""
        return cls(
            entry_id=line.entry_id,
            line=line.line,
            kind=line.kind,
            asset=line.other.asset,
            amount=line.amount,
            balance_after=line.balance_after,
            expires_on=line.expires_on,
            other_account=line.other.path,
            document_type=line.document_type,
            document_id=line.document_id,
            reason_code=line.reason_code,
            occurred_at=line.occurred_at,
            booked_on=line.booked_on,
            booked_late=line.booked_on != line.occurred_on(zone),
            posted_at=line.posted_at,
            is_sealed=None if floored else line.place is not None,
        )


class Statement(Page):
    """A page of an account's lines, latest first, between two balances.

    `counts_by` is `posting` for a statement of everything, which lists in the order of posting (a house account in the
    order of sealing, and first what is not yet sealed). It is `booked_on` for one between days (`first_day`,
    `last_day`), whose balances count nothing that is booked later. `closing_balance` is the one after the latest line
    of the page, `opening_balance` the one before its earliest: the closing one of the next page. Lines of a house
    account that wait for their seal may not all have room: `unlisted_amount` is what `unlisted_lines` of them add.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            counts_by="posting",
            first_day=None,
            last_day=None,
            opening_balance=40,
            closing_balance=60,
            unlisted_lines=0,
            unlisted_amount=0,
            items=[one(Movement)],
            next=None,
        )
    )
    counts_by: Literal["posting", "booked_on"]
    first_day: Day | None
    last_day: Day | None
    opening_balance: int
    closing_balance: int
    unlisted_lines: int
    unlisted_amount: int
    items: list[Movement]

    @classmethod
    def of(
        cls,
        page: statements.Statement,
        zone: str,
        between: Between,
        following: str | None,
    ) -> Self:
        """Show a page of a statement between days, or of all of it."""
        return cls(
            counts_by="posting" if between == (None, None) else "booked_on",
            first_day=between[0],
            last_day=between[1],
            opening_balance=page.opening,
            closing_balance=page.closing,
            unlisted_lines=page.unlisted.lines,
            unlisted_amount=page.unlisted.amount,
            items=[Movement.of(line, zone, floored=page.floored) for line in page.lines],
            next=following,
        )

    @classmethod
    def of_nothing(cls, between: Between) -> Self:
        """Show the statement of an account that was never used."""
        return cls(
            counts_by="posting" if between == (None, None) else "booked_on",
            first_day=between[0],
            last_day=between[1],
            opening_balance=0,
            closing_balance=0,
            unlisted_lines=0,
            unlisted_amount=0,
            items=[],
            next=None,
        )

"""Open a named fund of points, and close it when nothing is left in it."""

from kernel import clock
from kernel.database import transaction
from ledger import chart
from ledger.balances import holding
from people.fund_errors import FundIsClosed, FundIsNeeded, FundNotFound, FundStillHasPoints
from people.fund_papers import Fund
from people.household_errors import FundNameIsMissing
from people.lives import PassesTo, PassingRule
from people.models import Community
from people.naming import NAME_LIMIT, within

PURPOSE_LIMIT = 200


async def open_fund(book_id: int, name: str, by: int, *, purpose: str = "") -> Fund:
    """Open a fund under a name; a name that is there is the same fund.

    Raises: FundNameIsMissing, TextTooLong, FundIsClosed.
    """
    name, purpose = within(name, NAME_LIMIT, "name"), within(purpose, PURPOSE_LIMIT, "purpose")
    if not name:
        raise FundNameIsMissing(field="name")
    async with transaction():
        await Community.filter(id=book_id).select_for_update().first()
        found = await Fund.get_or_none(book_id=book_id, name=name)
        if found is None:
            return await Fund.create(
                book_id=book_id, name=name, purpose=purpose, opened_by=by, opened_at=clock.now()
            )
    require_open(found)
    return found


async def fund(book_id: int, fund_id: int) -> Fund:
    """Return a fund. Raises: FundNotFound."""
    found = await Fund.get_or_none(book_id=book_id, id=fund_id)
    if found is None:
        raise FundNotFound
    return found


async def funds(book_id: int) -> list[Fund]:
    """Return a community's funds, the open ones first, by name."""
    found = await Fund.filter(book_id=book_id).order_by("name", "id")
    return sorted(found, key=lambda each: each.closed_at is not None)


def require_open(found: Fund) -> None:
    """Refuse a fund that was closed. Raises: FundIsClosed."""
    if found.closed_at is not None:
        raise FundIsClosed(fund=found.name)


async def close_fund(book_id: int, fund_id: int, by: int) -> Fund:
    """Close a fund; twice is once. Raises: FundNotFound, FundIsNeeded, FundStillHasPoints."""
    async with transaction():
        # Whoever gives to it or spends it holds this row until their entry is there.
        found = await Fund.filter(book_id=book_id, id=fund_id).select_for_update().first()
        if found is None:
            raise FundNotFound
        if found.closed_at is not None:
            return found
        rule = await PassingRule.filter(book_id=book_id).order_by("-decided_at", "-id").first()
        if rule is not None and rule.passes_to is PassesTo.FUND and rule.fund_id == fund_id:
            raise FundIsNeeded
        left = (await holding(book_id, chart.fund(fund_id))).balance
        if left:
            raise FundStillHasPoints(points=left)
        found.closed_by, found.closed_at = by, clock.now()
        await found.save(update_fields=["closed_by", "closed_at"])
        return found

"""Funds of points: open and close one, give to it, and what the gifts became."""

from api.asking import ShopKeeper, SignedIn, Volunteer
from api.routing import Id, Key
from api.routing import router as _router
from api.schemas.funds import Fund, Funds, FundSpent, Gift, Gifts, Give, OpenFund, Spent
from people import fund_papers, funds, roster
from people.permissions import Permission, require
from redemption import giving, spending

router = _router("funds")


@router.get("/funds")
async def list_funds(viewer: SignedIn) -> Funds:
    """List the funds with the points in each."""
    return Funds(items=[await _shown(each) for each in await funds.funds(viewer.book_id)])


@router.post("/funds", status_code=201)
async def open_fund(viewer: ShopKeeper, body: OpenFund) -> Fund:
    """Open a fund; the same name is the same fund."""
    made = await funds.open_fund(viewer.book_id, body.name, viewer.person_id, purpose=body.purpose)
    return await _shown(made)


@router.get("/funds/{fund_id}/spending")
async def fund_spending(viewer: SignedIn, fund_id: Id) -> FundSpent:
    """List what a fund paid for, the latest first, without a word about whom it helped."""
    await funds.fund(viewer.book_id, fund_id)
    found = await giving.spent_by(viewer.book_id, fund_id)
    return FundSpent(items=[Spent.of(each) for each in reversed(found)])


@router.post("/funds/{fund_id}/closing", status_code=201)
async def close_fund(viewer: ShopKeeper, fund_id: Id) -> Fund:
    """Close a fund in which nothing is left."""
    return await _shown(await funds.close_fund(viewer.book_id, fund_id, viewer.person_id))


@router.post("/funds/{fund_id}/gifts", status_code=201)
async def give_points(viewer: SignedIn, fund_id: Id, body: Give, key: Key) -> Gift:
    """Give points to a fund: one's own, or by a clerk those of a member. A gift is final."""
    book, by = viewer.book_id, viewer.person_id
    known = spending.BY_CODE
    if body.person_id is None or body.person_id == by:
        donor = require(viewer, Permission.EARN_AND_SPEND).person_id
    else:
        require(viewer, Permission.SERVE)
        donor = (await roster.member(book, body.person_id)).person_id
        known = await spending.recognised(book, donor, by, body.way, body.pin or "")
    made = await giving.give(book, donor, fund_id, body.points, by, key, recognised=known)
    return Gift.of(giving.Became(made))


@router.get("/me/gifts")
async def my_gifts(viewer: Volunteer) -> Gifts:
    """List the bearer's gifts, and what became of each."""
    found = await giving.became(viewer.book_id, viewer.person_id)
    return Gifts(items=[Gift.of(each) for each in found])


async def _shown(found: fund_papers.Fund) -> Fund:
    return Fund.of(found, await giving.left_in(found.book_id, found.id))

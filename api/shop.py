"""The counter: what is on the shelves, who stands there, what a cart costs, goods for points, and back again."""

from typing import Annotated

from fastapi import Query

from api.asking import Clerk, Finder, SignedIn
from api.routing import Id, Key
from api.routing import router as _router
from api.schemas.people import Member, Members
from api.schemas.shelves import Item, Items, Shop, Shops
from api.schemas.shop import Cart, Quoted, Redeem, Redemption, Return
from api.schemas.types import Scanned, SentId
from people import collecting
from people.lookup import find_member
from people.permissions import Permission
from redemption import counter, refunds, spending, stock
from redemption.errors import RedemptionNotFound, ShopNotHere
from redemption.family_errors import FamilyMayNotPay
from redemption.receipts import receipt

router = _router("shop")


@router.get("/shops")
async def shops(viewer: SignedIn) -> Shops:
    """List the community's charity shops."""
    return Shops(items=[Shop.of(shop) for shop in await stock.shops(viewer.book_id)])


@router.get("/items")
async def items(viewer: SignedIn, shop_id: Annotated[SentId | None, Query()] = None) -> Items:
    """List what a shop has; without one named, the community's first."""
    known = [shop.id for shop in await stock.shops(viewer.book_id)]
    if shop_id is not None and shop_id not in known:
        raise ShopNotHere
    if not known:
        return Items(items=[])
    shelves = await stock.shelves(viewer.book_id, shop_id or known[0])
    return Items(items=[Item.of(shelf) for shelf in shelves])


@router.get("/members")
async def members(viewer: Finder, query: Annotated[Scanned, Query(examples=["107"])]) -> Members:
    """Find a member by scanned code, number, end of the phone number, or name; shown masked."""
    found = await find_member(viewer.book_id, query, viewer.person_id)
    return Members(items=[Member.of(member) for member in found])


@router.post("/quotes")
async def quote_cart(viewer: Clerk, body: Cart) -> Quoted:
    """Say what a cart would cost a member now; nothing is reserved and nothing written."""
    return Quoted.of(await counter.quote(viewer.book_id, body.shop_id, body.person_id, body.pairs))


@router.post("/redemptions", status_code=201)
async def redeem(viewer: Clerk, body: Redeem, key: Key) -> Redemption:
    """Hand out goods for points: both leave in one entry."""
    recognised = await spending.recognised(
        viewer.book_id, body.person_id, viewer.person_id, body.way, body.pin or ""
    )
    return Redemption.of(
        await counter.redeem(
            viewer.book_id,
            body.shop_id,
            body.person_id,
            body.pairs,
            viewer.person_id,
            key,
            expected_total=body.expected_points,
            recognised=recognised,
            payment=await _payment(viewer.book_id, body),
        )
    )


async def _payment(book_id: int, body: Redeem) -> counter.Payment:
    """Return who pays: the family beside the member, or the member alone where a code collects.

    A spent code is named too: the same request under its key gets its answer again.
    """
    if body.collect_code is None:
        return counter.Payment(frozenset(body.family_ids))
    if body.family_ids:
        raise FamilyMayNotPay
    return counter.Payment(code_id=(await collecting.named(book_id, body.collect_code)).id)


@router.get("/redemptions/{redemption_id}")
async def one_redemption(viewer: SignedIn, redemption_id: Id) -> Redemption:
    """Return a receipt: to those who work here, and to the member who was served."""
    found = await receipt(viewer.book_id, redemption_id)
    if found.person_id != viewer.person_id and not viewer.may(Permission.READ_RECEIPTS):
        raise RedemptionNotFound
    return Redemption.of(found)


@router.post("/redemptions/{redemption_id}/undo", status_code=201)
async def undo_redemption(viewer: Clerk, redemption_id: Id, key: Key) -> Redemption:
    """Undo a redemption as a whole within 15 minutes."""
    return Redemption.of(await refunds.undo(viewer.book_id, redemption_id, viewer.person_id, key))


@router.post("/redemptions/{redemption_id}/returns", status_code=201)
async def return_goods(viewer: Clerk, redemption_id: Id, body: Return, key: Key) -> Redemption:
    """Take back pieces of some lines: their points return to the lots they came from; damaged ones are written off."""
    return Redemption.of(
        await refunds.return_goods(
            *(viewer.book_id, redemption_id, body.pairs, viewer.person_id, key),
            damaged=body.damaged,
        )
    )

"""The counter beside a plain sale: goods swapped, sales moved to their owner, carts parked, passbooks printed."""

from api.asking import Clerk
from api.routing import Id, Key
from api.routing import router as _router
from api.schemas.approvals import Approval
from api.schemas.counter import (
    AskExchange,
    AskReturn,
    Exchange,
    Move,
    Park,
    ParkedSale,
    ParkedSales,
    Passbook,
    Printed,
)
from api.schemas.shop import Redemption
from people.roster import member
from redemption import exchange_acts, exchanging, parking, passbooks, return_acts, spending
from redemption.shops import shop_of
from web.acts import ACTS
from web.approval_words import say_all
from web.record_words import records_of

router = _router("shop")


@router.post("/redemptions/{redemption_id}/exchanges", status_code=201)
async def exchange_goods(viewer: Clerk, redemption_id: Id, body: Exchange, key: Key) -> Redemption:
    """Swap goods of today for others in one entry; the new receipt names the old one."""
    swap, pin = body.of(redemption_id), body.pin or ""
    done = await exchanging.exchange(viewer.book_id, swap, viewer.person_id, key, pin=pin)
    return Redemption.of(done)


@router.post("/redemptions/{redemption_id}/exchange-requests", status_code=201)
async def ask_exchange(viewer: Clerk, redemption_id: Id, body: AskExchange) -> Approval:
    """Ask that goods of many points be swapped; it is booked once somebody else approves."""
    asked = await exchange_acts.ask_exchange(ACTS, viewer, body.of(redemption_id), body.reason)
    [said] = await say_all(viewer, [asked])
    return Approval.of(said)


@router.post("/redemptions/{redemption_id}/return-requests", status_code=201)
async def ask_return(viewer: Clerk, redemption_id: Id, body: AskReturn) -> Approval:
    """Ask that pieces may come back although it is late, or much; it is booked once somebody else approves."""
    asked = await return_acts.ask_return(
        *(ACTS, viewer, redemption_id, body.pairs, body.reason), damaged=body.damaged
    )
    [said] = await say_all(viewer, [asked])
    return Approval.of(said)


@router.post("/redemptions/{redemption_id}/move", status_code=201)
async def move_sale(viewer: Clerk, redemption_id: Id, body: Move, key: Key) -> Redemption:
    """Let another member pay for a sale of the last 15 minutes, in one entry."""
    known = await spending.recognised(
        viewer.book_id, body.person_id, viewer.person_id, body.way, body.pin or ""
    )
    moved = await exchanging.move_sale(
        *(viewer.book_id, redemption_id, body.person_id, viewer.person_id, key), recognised=known
    )
    return Redemption.of(moved)


@router.get("/shops/{shop_id}/parked-sales")
async def parked_sales(viewer: Clerk, shop_id: Id) -> ParkedSales:
    """List the carts that wait at a shop today."""
    await shop_of(viewer.book_id, shop_id)
    found = await parking.parked(viewer.book_id, shop_id)
    return ParkedSales(items=[ParkedSale.of(each) for each in found])


@router.post("/shops/{shop_id}/parked-sales", status_code=201)
async def park_sale(viewer: Clerk, shop_id: Id, body: Park) -> ParkedSale:
    """Put a cart aside; ten at most wait at a shop, and nothing is reserved."""
    made = await parking.park(viewer.book_id, shop_id, body.person_id, body.pairs, viewer.person_id)
    return ParkedSale.of(made)


@router.post("/shops/{shop_id}/parked-sales/{parked_id}/recall", status_code=201)
async def recall_sale(viewer: Clerk, shop_id: Id, parked_id: Id) -> ParkedSale:
    """Take a parked cart back to a counter: it no longer waits."""
    return ParkedSale.of(await parking.recall(viewer.book_id, shop_id, parked_id))


@router.get("/members/{person_id}/passbook")
async def passbook(viewer: Clerk, person_id: Id) -> Passbook:
    """Return the lines that go into a member's printed booklet next."""
    await member(viewer.book_id, person_id)
    book = await passbooks.booklet(viewer.book_id, person_id)
    fresh = await passbooks.not_printed(viewer.book_id, person_id)
    records = await records_of(viewer.book_id, fresh, viewer.zone)
    ready_to = passbooks.place_of(fresh[0]) if fresh else book.printed_to
    return Passbook.of(book, ready_to, records[::-1])


@router.post("/members/{person_id}/passbook/printed", status_code=204)
async def passbook_printed(viewer: Clerk, person_id: Id, body: Printed) -> None:
    """Remember that these lines are in the booklet now."""
    await member(viewer.book_id, person_id)
    await passbooks.mark_printed(
        viewer.book_id, person_id, body.printed_to, body.ready_to, viewer.person_id
    )

"""What stands behind the counter: items, lots with their papers, marks of hardship, and relief goods."""

from api.asking import Clerk, MemberKeeper, ShopKeeper, StockCounter
from api.routing import Id, Key
from api.routing import router as _router
from api.schemas.approvals import Approval
from api.schemas.counts import Count, WriteOff
from api.schemas.shelves import Item
from api.schemas.stock import AddItem, Lot, Lots, Mark, Marked, Receive, Relief, ReliefHandout
from people import hardship
from redemption import counts, relief, slip_pictures, stock, write_offs
from redemption.models import StockLot
from redemption.stock import Kept, Shelf
from web.acts import ACTS
from web.approval_words import say_all

router = _router("stock")


@router.post("/items", status_code=201)
async def add_item(viewer: ShopKeeper, body: AddItem) -> Item:
    """Put a thing into a shop's catalogue; without a maker's barcode it gets one of the shop's own."""
    made = await stock.add_item(
        viewer.book_id,
        body.shop_id,
        body.name,
        body.price_points,
        barcode=body.barcode,
        price_fen=body.price_fen,
        unit=body.unit,
        kept=Kept(body.category, body.household_limit_pieces),
    )
    return Item.of(Shelf(made, 0, 0, 0))


@router.post("/items/{item_id}/lots", status_code=201)
async def receive_lot(viewer: ShopKeeper, item_id: Id, body: Receive, key: Key) -> Lot:
    """Take a lot in: pieces from one source, with what they cost, their slip, and who bought and who gave them."""
    return Lot.of(
        await stock.receive(
            viewer.book_id,
            item_id,
            body.source,
            body.quantity_pieces,
            by=viewer.person_id,
            key=key,
            use_by=body.use_by,
            donor=body.donor,
            slip=body.paper,
        )
    )


@router.get("/items/{item_id}/lots")
async def lots_of_item(viewer: StockCounter, item_id: Id) -> Lots:
    """List the lots of an item, latest first."""
    lots = await StockLot.filter(book_id=viewer.book_id, item_id=item_id).order_by("-received_at")
    pictures = await slip_pictures.standing(viewer.book_id, [lot.id for lot in lots])
    return Lots(items=[Lot.of(lot, pictures.get(lot.id)) for lot in lots])


@router.post("/stock-counts", status_code=201)
async def ask_count(viewer: StockCounter, body: Count) -> Approval:
    """Hand in a count of the shelves; its differences are posted once a second person approves."""
    asked = await counts.ask_count(ACTS, viewer, body.shop_id, body.piles, body.reason)
    [said] = await say_all(viewer, [asked])
    return Approval.of(said)


@router.post("/write-offs", status_code=201)
async def ask_write_off(viewer: StockCounter, body: WriteOff) -> Approval:
    """Ask that pieces of a lot be written off; it is done once a second person approves."""
    asked = await write_offs.ask_write_off(
        ACTS, viewer, body.lot_id, body.quantity_pieces, body.cause, body.reason
    )
    [said] = await say_all(viewer, [asked])
    return Approval.of(said)


@router.post("/members/{person_id}/hardship", status_code=201)
async def mark_hardship(viewer: MemberKeeper, person_id: Id, body: Mark) -> Marked:
    """Record that a member's household is in hardship and agreed to the record; no reason is kept."""
    return Marked.of(
        await hardship.mark(
            viewer.book_id, person_id, body.agreed_how, body.valid_until, viewer.person_id
        )
    )


@router.post("/members/{person_id}/hardship/ending", status_code=204)
async def end_hardship(viewer: MemberKeeper, person_id: Id) -> None:
    """End the mark of a member's household: it gets no relief goods any more."""
    await hardship.end(viewer.book_id, person_id, viewer.person_id)


@router.post("/relief-handouts", status_code=201)
async def hand_out_relief(viewer: Clerk, body: Relief, key: Key) -> ReliefHandout:
    """Give relief goods to somebody of a household in hardship, or goods that a fund pays for."""
    return ReliefHandout.of(
        await relief.hand_out(
            *(viewer.book_id, body.shop_id, body.person_id, body.pairs, viewer.person_id, key),
            fund_id=body.fund_id,
        )
    )


@router.post("/relief-handouts/{handout_id}/undo", status_code=201)
async def undo_relief(viewer: Clerk, handout_id: Id, key: Key) -> ReliefHandout:
    """Undo a hand-out of relief within 15 minutes."""
    return ReliefHandout.of(await relief.undo(viewer.book_id, handout_id, viewer.person_id, key))

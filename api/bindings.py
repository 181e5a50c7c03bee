"""Barcodes that the counter did not know: bound by a clerk, confirmed by somebody else."""

from api.asking import Clerk, ShopKeeper
from api.routing import Id
from api.routing import router as _router
from api.schemas.bindings import Bind, Bound, Waiting
from redemption import bindings

router = _router("stock")


@router.post("/bound-barcodes", status_code=201)
async def bind_barcode(viewer: Clerk, body: Bind) -> Bound:
    """Bind an unknown barcode to an item on offer; the goods can be exchanged at once."""
    return Bound.of(
        await bindings.bind(viewer.book_id, body.item_id, body.barcode, viewer.person_id)
    )


@router.get("/bound-barcodes")
async def waiting_barcodes(viewer: ShopKeeper) -> Waiting:
    """List the barcodes that wait to be confirmed."""
    return Waiting(items=[Bound.of(each) for each in await bindings.waiting(viewer.book_id)])


@router.post("/bound-barcodes/{binding_id}/confirmation", status_code=201)
async def confirm_barcode(viewer: ShopKeeper, binding_id: Id) -> Bound:
    """Confirm a binding that somebody else made."""
    return Bound.of(await bindings.confirm(viewer.book_id, binding_id, viewer.person_id))


@router.post("/bound-barcodes/{binding_id}/refusal", status_code=204)
async def refuse_barcode(viewer: ShopKeeper, binding_id: Id) -> None:
    """Take a binding away: its barcode is unknown again."""
    await bindings.refuse(viewer.book_id, binding_id)

"""Items that the counter did not know: added by a clerk, confirmed or refused by somebody else."""

from api.asking import Clerk, ShopKeeper
from api.routing import Id, Key
from api.routing import router as _router
from api.schemas.new_items import AddNewItem, Confirm, NewItem, NewItems
from redemption import new_items

router = _router("stock")


@router.post("/new-items", status_code=201)
async def add_new_item(viewer: Clerk, body: AddNewItem, key: Key) -> NewItem:
    """Add an item with the pieces that stand at the counter; it can be exchanged at once, not by who added it."""
    made = await new_items.add(viewer.book_id, body.shop_id, body.brought, viewer.person_id, key)
    return NewItem.of(await new_items.one(viewer.book_id, made.id))


@router.get("/new-items")
async def new_items_waiting(viewer: ShopKeeper) -> NewItems:
    """List the new items that wait to be confirmed, with what was handed out of each meanwhile."""
    found = await new_items.waiting(viewer.book_id)
    return NewItems(items=[NewItem.of(await new_items.told(each)) for each in found])


@router.post("/new-items/{new_item_id}/confirmation", status_code=201)
async def confirm_new_item(viewer: ShopKeeper, new_item_id: Id, body: Confirm) -> NewItem:
    """Confirm an item that somebody else added, with its name and price put right."""
    done = await new_items.confirm(
        viewer.book_id, new_item_id, viewer.person_id, body.name, body.price_points
    )
    return NewItem.of(await new_items.told(done))


@router.post("/new-items/{new_item_id}/refusal", status_code=201)
async def refuse_new_item(viewer: ShopKeeper, new_item_id: Id) -> NewItem:
    """Withdraw a new item from exchange; what was exchanged stands."""
    done = await new_items.refuse(viewer.book_id, new_item_id, viewer.person_id)
    return NewItem.of(await new_items.told(done))

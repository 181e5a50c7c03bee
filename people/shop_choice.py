"""Which of a community's shops a browser works for: kept with its session, at a counter with the browser itself.

A counter stands in one shop, whoever takes a turn there; what a phone chose ends with its session.
"""

from kernel.database import transaction
from people.factors import CounterDevice
from people.models import Session
from people.permissions import Viewer


async def choose_shop(viewer: Viewer, shop_id: int) -> None:
    """Let the viewer's browser work for a shop of their community from now on."""
    if viewer.device_id is not None:
        here = CounterDevice.filter(book_id=viewer.book_id, id=viewer.device_id)
        await here.update(shop_id=shop_id)
        return
    await Session.filter(book_id=viewer.book_id, id=viewer.session_id).update(shop_id=shop_id)


async def stay_at(book_id: int, shop_id: int) -> None:
    """Let every browser of a community that has not chosen go on with a shop: nobody is asked in the middle of work."""
    async with transaction():
        for browsers in (Session, CounterDevice):
            await browsers.filter(book_id=book_id, shop_id__isnull=True).update(shop_id=shop_id)

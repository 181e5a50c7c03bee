"""When the desk was too busy to say what it did, the form comes back under its old key: nothing is done twice."""

from collections.abc import Awaitable, Callable
from typing import Any

from ledger.errors import OutcomeIsUnknown
from people import sessions
from redemption import counter, refunds, stock, vouchers
from redemption.models import StockLot
from redemption.receipts import receipt
from tests.web.counter_world import Visitor, day, own_key
from tests.web.office import an_office, browser_of

__all__ = ["day", "own_key"]


def answer_is_lost(act: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The act is done, but nobody hears of it."""

    async def done(*args: Any, **more: Any) -> None:
        await act(*args, **more)
        raise OutcomeIsUnknown

    return done


async def test_points_become_one_voucher_however_often_the_form_is_sent(day, monkeypatch):
    world = day.world
    wang = Visitor((await sessions.begin(world.book, day.wang.person_id, staff=False)).token)
    chosen = {"offer": world.offer.id, "company": world.company}
    page = await wang.get("/vouchers/new/confirm", params=chosen)
    with monkeypatch.context() as lost:
        lost.setattr(vouchers, "issue", answer_is_lost(vouchers.issue))
        await world.give_points(100, person=day.wang.person_id)
        busy = await wang.send(page, "/vouchers")
    assert busy.status_code == 503
    assert (await wang.send(busy, "/vouchers")).status_code == 200
    assert len(await vouchers.of_person(world.book, day.wang.person_id)) == 1
    await wang.http.aclose()


async def test_goods_come_back_once_however_often_the_form_is_sent(day, monkeypatch):
    world = day.world
    await world.receive(world.soap, 5)
    sold = await counter.redeem(
        world.book, world.shop.id, day.wang.person_id, [(world.soap.id, 3)], world.clerk, "k"
    )
    at = f"/redemptions/{sold.redemption_id}"
    page = await day.clerk.get(at)
    line = {f"line-{sold.lines[0].line_id}": "1"}
    with monkeypatch.context() as lost:
        lost.setattr(refunds, "return_goods", answer_is_lost(refunds.return_goods))
        busy = await day.clerk.send(page, f"{at}/returns", **line)
    assert busy.status_code == 503
    assert (await day.clerk.send(busy, f"{at}/returns")).status_code == 200
    back = await receipt(world.book, sold.redemption_id)
    assert sum(each.quantity_refunded for each in back.lines) == 1


async def test_goods_come_in_once_however_often_the_form_is_sent(database, monkeypatch):
    office = await an_office()
    shop = await stock.open_shop(office.book_id, "彩虹慈善超市")
    rice = await stock.add_item(office.book_id, shop.id, "大米", 60)
    zhao = await browser_of(office, office.zhao)
    await zhao.get(f"/shop/items/{rice.id}")
    fields = {"source": "sponsor", "quantity": "12", "key": zhao.key}
    with monkeypatch.context() as lost:
        lost.setattr(stock, "receive", answer_is_lost(stock.receive))
        busy = await zhao.post(f"/shop/items/{rice.id}/lots", **fields)
    assert busy.status_code == 503
    fields["key"] = zhao.key
    assert (await zhao.post(f"/shop/items/{rice.id}/lots", **fields)).status_code == 303
    assert [lot.quantity_received for lot in await StockLot.all()] == [12]

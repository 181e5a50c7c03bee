"""The shelves: new things, lots that come in, and what is left."""

import asyncio

import pytest

from ledger.errors import KeyReused
from redemption import stock
from redemption.errors import (
    BarcodeIsTaken,
    BarcodeIsWrong,
    DayIsOdd,
    ItemNotHere,
    NameIsMissing,
    PriceIsWrong,
    QuantityIsOdd,
    ShopNotHere,
)
from redemption.models import StockLot
from redemption.states import OnOffer, Source
from tests.redemption.world import key, make_world


async def test_a_thing_without_a_makers_code_gets_one_of_the_shops_own(database):
    world = await make_world()
    assert world.rice.barcode is not None
    assert world.rice.barcode.startswith("20")
    found = await stock.find_item(world.book, world.shop.id, world.rice.barcode)
    assert found.id == world.rice.id


async def test_a_scanned_barcode_finds_its_item(database):
    world = await make_world()
    found = await stock.find_item(world.book, world.shop.id, "６９０１２３４５６７８９２\r\n")
    assert found.id == world.soap.id
    with pytest.raises(ItemNotHere):
        await stock.find_item(world.book, world.shop.id, "4006381333931")
    with pytest.raises(BarcodeIsWrong):
        await stock.find_item(world.book, world.shop.id, "9" * 100_000)


async def test_a_barcode_belongs_to_one_item_of_a_shop(database):
    world = await make_world()
    with pytest.raises(BarcodeIsTaken, match="香皂"):
        await stock.add_item(world.book, world.shop.id, "肥皂", 5, barcode="6901234567892")
    at_once = (
        stock.add_item(world.book, world.shop.id, name, 5, barcode="4006381333931")
        for name in ("毛巾", "雨伞")
    )
    told = await asyncio.gather(*at_once, return_exceptions=True)
    assert sum(isinstance(each, BarcodeIsTaken) for each in told) == 1
    elsewhere = await make_world()
    assert elsewhere.soap.barcode == world.soap.barcode


@pytest.mark.parametrize(
    ("odd", "refusal"),
    [
        ({"name": " "}, NameIsMissing),
        ({"name": "米" * 81}, NameIsMissing),
        ({"price_points": -1}, PriceIsWrong),
        ({"price_points": 1_000_001}, PriceIsWrong),
        ({"price_fen": 1.5}, PriceIsWrong),
        ({"barcode": "123"}, BarcodeIsWrong),
        ({"shop_id": 1}, ShopNotHere),
    ],
)
async def test_an_odd_item_is_refused(database, odd, refusal):
    world = await make_world(points=0, rice=0, soap=0)
    asked = {"shop_id": world.shop.id, "name": "毛巾", "price_points": 18, **odd}
    with pytest.raises(refusal):
        await stock.add_item(world.book, **asked)


async def test_a_lot_comes_in_once(database):
    world = await make_world(rice=0)
    asked = (world.book, world.rice.id, Source.SPONSOR, 20)
    first = await stock.receive(*asked, by=world.clerk, key="once", donor="爱心企业")
    again = await stock.receive(*asked, by=world.clerk, key="once", donor="爱心企业")
    assert first.id == again.id
    assert (first.source, first.donor, first.receiver_id) == (
        Source.SPONSOR,
        "爱心企业",
        world.clerk,
    )
    assert await world.on_shelf(world.rice) == 20
    assert await StockLot.filter(book_id=world.book, item_id=world.rice.id).count() == 1
    with pytest.raises(KeyReused):
        await stock.receive(*asked[:3], 21, by=world.clerk, key="once")
    totals = await world.totals()
    assert totals[f"shop:{world.shop.id}:received:sponsor"] == 20


@pytest.mark.parametrize("quantity", [0, -5, 1_000_001, 2.0, True])
async def test_an_odd_lot_is_refused(quantity):
    with pytest.raises(QuantityIsOdd):
        await stock.receive(1, 1, Source.PURCHASED, quantity, by=1, key="k")


@pytest.mark.parametrize("day", [20260230, 0, 99999999, -1, 10**20])
async def test_a_day_that_does_not_exist_is_refused(day):
    with pytest.raises(DayIsOdd):
        await stock.receive(1, 1, Source.PURCHASED, 1, by=1, key="k", use_by=day)


async def test_an_item_of_another_community_is_not_here(database):
    world, elsewhere = await make_world(), await make_world()
    with pytest.raises(ItemNotHere):
        await stock.receive(
            world.book, elsewhere.rice.id, Source.PURCHASED, 1, by=world.clerk, key=key()
        )
    with pytest.raises(ItemNotHere):
        await stock.set_price(world.book, elsewhere.rice.id, 1)
    with pytest.raises(ItemNotHere):
        await stock.set_on_offer(world.book, elsewhere.rice.id, OnOffer.WITHDRAWN)
    assert [shop.id for shop in await stock.shops(world.book)] == [world.shop.id]
    assert (await stock.open_shop(world.book, "金苑慈善超市")).id == world.shop.id

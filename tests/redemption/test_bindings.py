"""Barcodes that the counter did not know: bound at once, confirmed by somebody else, or taken away."""

import asyncio

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.clock import HOUR
from kernel.database import execute
from kernel.days import start_of
from redemption import bindings, stock
from redemption.errors import BarcodeIsTaken, BarcodeIsWrong, ItemNotHere
from redemption.states import OnOffer
from redemption.stock_errors import BindingNotFound, ConfirmsOwnBinding
from redemption.stock_papers import BoundBarcode
from tests.redemption.world import ZONE, make_world

UNKNOWN = "4006381333931"


async def test_an_unknown_barcode_is_bound_once_and_found_from_then_on(database):
    world = await make_world(points=0, rice=0, soap=0)
    asked = (world.book, world.rice.id, UNKNOWN, world.clerk)
    told = await asyncio.gather(*(bindings.bind(*asked) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(each, BoundBarcode) for each in told) == 1
    assert sum(isinstance(each, BarcodeIsTaken) for each in told) == 9
    found = await stock.find_item(world.book, world.shop.id, UNKNOWN)
    assert found.id == world.rice.id
    with pytest.raises(BarcodeIsTaken, match="大米"):
        await stock.add_item(world.book, world.shop.id, "毛巾", 5, barcode=UNKNOWN)
    [waits] = await bindings.waiting(world.book)
    with pytest.raises(ConfirmsOwnBinding):
        await bindings.confirm(world.book, waits.id, world.clerk)
    with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
        await execute("UPDATE bound_barcode SET confirmed_by = bound_by, confirmed_at = bound_at")
    await bindings.confirm(world.book, waits.id, world.other)
    for late in (
        bindings.confirm(world.book, waits.id, world.other),
        bindings.refuse(world.book, waits.id),
    ):
        with pytest.raises(BindingNotFound):
            await late
    assert await bindings.waiting(world.book) == []


async def test_what_the_office_refuses_is_unknown_again(database):
    world = await make_world(points=0, rice=0, soap=0)
    bound = await bindings.bind(world.book, world.rice.id, UNKNOWN, world.clerk)
    await bindings.refuse(world.book, bound.id)
    with pytest.raises(ItemNotHere):
        await stock.find_item(world.book, world.shop.id, UNKNOWN)


async def test_an_odd_binding_is_refused(database):
    world, elsewhere = await make_world(points=0, rice=0, soap=0), await make_world(points=0)
    with pytest.raises(BarcodeIsTaken):
        await bindings.bind(world.book, world.rice.id, str(world.soap.barcode), world.clerk)
    with pytest.raises(BarcodeIsWrong):
        await bindings.bind(world.book, world.rice.id, "123", world.clerk)
    with pytest.raises(ItemNotHere):
        await bindings.bind(world.book, elsewhere.rice.id, UNKNOWN, world.clerk)
    await stock.set_on_offer(world.book, world.rice.id, OnOffer.WITHDRAWN)
    with pytest.raises(ItemNotHere):
        await bindings.bind(world.book, world.rice.id, UNKNOWN, world.clerk)


async def test_what_nobody_confirms_by_the_next_evening_is_unknown_again(database):
    world = await make_world(points=0, rice=0, soap=0)
    noon = start_of(20_261_126, ZONE) + 12 * HOUR
    with clock.frozen(noon):
        bound = await bindings.bind(world.book, world.rice.id, UNKNOWN, world.clerk)
    with clock.frozen(start_of(20_261_128, ZONE) - 1):
        assert await bindings.let_unconfirmed_go(world.book) == 0
    with clock.frozen(start_of(20_261_128, ZONE)):
        assert await bindings.let_unconfirmed_go(world.book) == 1
        with pytest.raises(ItemNotHere):
            await stock.find_item(world.book, world.shop.id, UNKNOWN)
        again = await bindings.bind(world.book, world.rice.id, UNKNOWN, world.clerk)
    assert again.id != bound.id
    await bindings.confirm(world.book, again.id, world.other)
    with clock.frozen(start_of(20_261_224, ZONE)):
        assert await bindings.let_unconfirmed_go(world.book) == 0

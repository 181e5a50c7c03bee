"""What the counter's page asks before and after a sale: prices for nobody yet, goods by name, answers by key."""

from kernel import clock
from kernel.clock import DAY
from redemption import counter, receipts, stock
from redemption.states import OnOffer
from tests.redemption.world import make_world


async def test_a_cart_has_a_price_before_anybody_stands_there(database):
    world = await make_world()
    quote = await counter.quote(world.book, world.shop.id, None, [(world.rice.id, 2)])
    assert (quote.total, quote.available, quote.owed) == (60, 0, 0)
    assert not quote.can_confirm


async def test_a_key_tells_what_it_sold_and_to_its_clerk_alone(database):
    world = await make_world()
    assert await receipts.of_key(world.book, world.clerk, "k") is None
    sold = await counter.redeem(
        world.book, world.shop.id, world.member, [(world.soap.id, 1)], world.clerk, "k"
    )
    assert await receipts.of_key(world.book, world.clerk, "k") == sold
    assert await receipts.of_key(world.book, world.desk_clerk, "k") is None


async def test_today_is_the_communitys_day(database):
    world = await make_world()
    cart = [(world.soap.id, 1)]
    with clock.frozen(clock.now() - DAY):
        await counter.redeem(world.book, world.shop.id, world.member, cart, world.clerk, "a")
    now = await counter.redeem(world.book, world.shop.id, world.member, cart, world.clerk, "b")
    assert await receipts.today(world.book, world.shop.id) == [now]


async def test_goods_are_found_by_name_and_those_without_barcode_listed(database):
    world = await make_world()
    shop = world.shop.id
    assert [item.name for item in await stock.by_name(world.book, shop, "米")] == ["大米 5kg"]
    assert await stock.by_name(world.book, shop, " \x00") == []
    assert [item.id for item in await stock.without_barcode(world.book, shop)] == [world.rice.id]
    await stock.set_on_offer(world.book, world.rice.id, OnOffer.WITHDRAWN)
    assert await stock.by_name(world.book, shop, "米") == []
    assert await stock.without_barcode(world.book, shop) == []

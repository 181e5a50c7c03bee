"""The limit of a year as the administrator sets it, and a voucher that its owner gives back."""

from ledger import chart
from ledger.balances import holding
from people import sessions
from people.models import Role
from people.registration import grant_role
from redemption import voucher_limits, vouchers
from redemption.states import VoucherState
from tests.redemption.world import key
from tests.web.counter_world import Visitor, day, own_key
from tests.web.test_settlement_pages import staff

__all__ = ["day", "own_key"]
TERMS, LIMIT = "/shop/vouchers", "/shop/voucher-limit"


async def test_an_administrator_sets_the_limit_and_an_organiser_only_reads_it(day):
    admin = await staff(day.world, "钱主任", Role.ADMIN)
    organiser = await staff(day.world, "赵敏", Role.ORGANISER)
    page = await admin.get(TERMS)
    odd = await admin.send(page, LIMIT, limit_yuan="很多")
    assert odd.status_code == 422
    assert 'value="很多"' in odd.text
    assert (await admin.send(page, LIMIT, limit_yuan="9999999")).status_code == 422
    await admin.send(page, LIMIT, limit_yuan="450")
    assert await voucher_limits.limit_of(day.world.book) == 45_000
    read = (await organiser.get(TERMS)).text
    assert "¥450.00" in read
    assert LIMIT not in read
    await admin.send(page, LIMIT, limit_yuan="")
    assert await voucher_limits.limit_of(day.world.book) is None
    assert "不限" in (await organiser.get(TERMS)).text


async def test_a_volunteer_gives_the_rest_of_a_voucher_back_once_and_nobody_elses(day):
    world = day.world
    given = (world.book, day.wang.person_id, world.offer.id, world.company, day.wang.person_id)
    voucher = await vouchers.issue(*given, key())
    for person in (day.wang.person_id, day.zhang.person_id):
        await grant_role(world.book, person, Role.VOLUNTEER, None)
    wang, zhang = [
        Visitor((await sessions.begin(world.book, each.person_id, staff=False)).token)
        for each in (day.wang, day.zhang)
    ]
    address = f"/vouchers/{voucher.id}"
    shown = await wang.get(address)
    assert "退回 100 分" in shown.text
    assert (await zhang.get(address)).status_code == 404
    done = await wang.send(shown, f"{address}/void")
    assert "积分已回到您的账户" in done.text
    assert (await vouchers.voucher(world.book, voucher.id)).state is VoucherState.VOID
    purse = await holding(world.book, chart.purse(day.wang.person_id))
    assert purse.balance == 100
    assert f"{address}/void" not in done.text

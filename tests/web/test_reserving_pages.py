"""Goods reserved on the phone and handed out at the counter, numbers, and opening times, over HTTP without scripts."""

from people import sessions
from people.models import Role
from people.registration import grant_role
from redemption import openings, stock
from redemption.models import Redemption
from redemption.opening_papers import OpeningTime, SpecialDay
from redemption.pickup_codes import code_of
from redemption.reservation_papers import Reservation
from redemption.reserving import reserve
from redemption.shop_rules import rule_of
from redemption.states import ReservationState
from tests.redemption.world import key, today
from tests.web.counter_world import ADDRESS, Visitor, day, forms, own_key

__all__ = ["day", "own_key"]


async def phone_of(day, person_id):
    """Somebody's own phone."""
    return Visitor((await sessions.begin(day.world.book, person_id, staff=False)).token)


async def reserved(day, pieces=2):
    """Wang has soap put aside."""
    world, who = day.world, day.wang.person_id
    cart = [(world.soap.id, pieces)]
    return await reserve(world.book, world.shop.id, who, cart, who, key())


async def test_what_is_missing_and_what_the_household_had_is_said_before_anybody_reserves(day):
    world = day.world
    await stock.keep(world.book, world.soap.id, stock.Kept(household_limit=3))
    await reserved(day, 2)
    zhang, wang = await phone_of(day, day.zhang.person_id), await phone_of(day, day.wang.person_id)
    assert "还差 10 分" in (await zhang.get("/goods")).text
    page = await wang.get("/goods")
    assert "您家本月已换 2 / 3" in page.text
    soap = f"line-{world.soap.id}"
    asked = await wang.get(f"/goods/confirm?{soap}=2")
    assert "还可换 1 件" in asked.text
    assert forms(asked, "/reservations") == []
    assert (await wang.get("/goods/confirm?line-x=1")).status_code == 422
    assert (await wang.get("/goods/confirm?line-7=1")).status_code == 404
    asked = await wang.send(page, "/goods/confirm", **{soap: "1"})
    done = await wang.send(asked, "/reservations")
    again = await wang.send(asked, "/reservations")
    assert done.url == again.url
    assert await Reservation.filter(person_id=day.wang.person_id).count() == 2


async def test_a_refused_reservation_shows_the_basket_again(day):
    wang = await phone_of(day, day.wang.person_id)
    asked = await wang.get(f"/goods/confirm?line-{day.world.soap.id}=1")
    await stock.set_price(day.world.book, day.world.soap.id, 9)
    refused = await wang.send(asked, "/reservations")
    assert refused.status_code == 409
    assert "香皂 ×1" in refused.text
    done = await wang.send(refused, "/reservations")
    assert "取货码" in done.text


async def test_its_owner_cancels_it_and_nobody_else_sees_it(day):
    kept = await reserved(day)
    wang, zhang = await phone_of(day, day.wang.person_id), await phone_of(day, day.zhang.person_id)
    at = f"/reservations/{kept.id}"
    assert (await zhang.get(at)).status_code == 404
    page = await wang.get(at)
    assert f"{kept.number[:3]} {kept.number[3:]}" in page.text
    ended = await wang.send(page, f"{at}/cancellation")
    assert "积分已退回" in ended.text
    late = await wang.send(page, f"{at}/cancellation")
    assert "积分已退回" in late.text, "the same form again has the same answer"
    assert "已取消" in (await wang.get("/reservations")).text


async def test_the_clerk_hands_out_by_the_number_in_whole_or_in_part(day):
    kept = await reserved(day, 3)
    listed = await day.clerk.get("/counter/reservations")
    assert "王*兰" in listed.text
    assert "王秀兰" not in listed.text
    shown = await day.clerk.scan(f"{kept.number[:3]} {kept.number[3:]}")
    assert shown.url.path == f"/counter/reservations/{kept.id}"
    line = (await Reservation.get(id=kept.id).values_list("lines__id", flat=True),)[0]
    at = f"/counter/reservations/{kept.id}/pick-up"
    odd = await day.clerk.send(shown, at, **{f"line-{line}": "9"})
    assert odd.status_code == 409
    assert 'value="9"' in odd.text, "what was typed is kept"
    done = await day.clerk.send(odd, at, **{f"line-{line}": "1"})
    assert "已扣 8 分" in done.text
    assert (await Redemption.get()).points_total == 8
    assert (await day.world.points(day.wang.person_id)).balance == 92
    again = await day.clerk.get(f"/counter/reservations/{kept.id}")
    assert "已取货" in again.text
    unknown = await day.clerk.scan(kept.number)
    assert unknown.status_code == 404


async def test_a_scanned_code_opens_it_and_the_clerk_can_cancel_for_them(day):
    kept = await reserved(day)
    token = code_of(day.world.book, kept.id)
    shown = await day.clerk.scan(f"{ADDRESS}/Q/{token}")
    assert shown.url.path == f"/counter/reservations/{kept.id}"
    listed = await day.clerk.send(shown, f"/counter/reservations/{kept.id}/cancellation")
    assert "请把物品放回货架" in listed.text
    assert (await Reservation.get(id=kept.id)).state is ReservationState.CANCELLED
    strange = await day.clerk.scan(code_of(day.world.book + 1, kept.id))
    assert strange.status_code == 404
    assert "没有找到这个预约" in strange.text


async def test_numbers_are_taken_printed_called_and_shown_to_everybody(day):
    world = day.world
    wang, shop = await phone_of(day, day.wang.person_id), f"/queue/{world.shop.id}/screen"
    assert "现在不取号" in (await wang.get("/queue")).text
    refused = await day.clerk.http.post(
        "/counter/queue/tickets",
        data=forms(await day.clerk.get("/counter"), "/counter/scans")[0].fields,
    )
    assert refused.status_code == 409
    for weekday in range(1, 8):
        hours = (world.book, world.shop.id, (0, 1440), world.clerk)
        await openings.add_hours(*hours, weekday=weekday, exchange_day=True)
    page = await wang.get("/queue")
    mine = await wang.send(page, "/queue/tickets")
    assert "下一个就是您" in mine.text
    twice = await wang.send(page, "/queue/tickets")
    assert "您今天的号是 1" in twice.text
    calling = await day.clerk.get("/counter/queue")
    paper = await day.clerk.send(calling, "/counter/queue/tickets")
    assert '<p class="ticket-number num">2</p>' in paper.text
    await day.clerk.send(calling, "/counter/queue/calls")
    assert "轮到您了" in (await wang.get("/queue")).text
    called = await day.clerk.send(
        await day.clerk.get("/counter/queue"), "/counter/queue/calls", nth=1
    )
    assert '<p class="ticket-number num">2</p>' in called.text
    assert "请告诉店员您在这里" in (await wang.get("/queue")).text
    everybody = await Visitor("").get(shop)
    assert '<p class="called-number num">2</p>' in everybody.text
    assert "过号：1" in everybody.text
    back = await day.clerk.send(called, "/counter/queue/recalls")
    assert '<p class="ticket-number num">1</p>' in back.text
    last = await day.clerk.send(back, "/counter/queue/calls")
    assert '<p class="ticket-number num">–</p>' in last.text
    nobody = await day.clerk.send(last, "/counter/queue/calls")
    assert nobody.status_code == 409


async def keeper_of(world):
    """An organiser's browser."""
    await grant_role(world.book, world.other, Role.ORGANISER, None)
    return Visitor((await sessions.begin(world.book, world.other, staff=True)).token)


HOURS, DAYS, RULE = (f"/shop/opening/{what}" for what in ("hours", "days", "rule"))


async def test_the_organiser_keeps_the_hours_and_the_rules(day):
    keeper = await keeper_of(day.world)
    page = await keeper.get("/shop/opening")
    for odd in (
        {"day": "week-5", "opens": "11:00", "closes": "9:00"},
        {"day": "x", "opens": "9:00"},
    ):
        refused = await keeper.send(page, HOURS, **odd)
        assert refused.status_code == 422
        assert f'value="{odd["opens"]}"' in refused.text, "what was typed is kept"
    typed = {"day": "month-15", "opens": "9:00", "closes": "11:30", "exchange_day": "1"}
    saved = await keeper.send(page, HOURS, **typed)
    assert "每月 15 日" in saved.text
    ended = await keeper.send(saved, f"{HOURS}/{(await OpeningTime.get()).id}/end")
    assert "柜台随时可用" in ended.text
    typed = {"reservation_days": "5", "pieces_a_day": "", "exchanges_a_day": "x"}
    refused = await keeper.send(page, RULE, **typed)
    assert refused.status_code == 422
    assert 'value="x"' in refused.text
    await keeper.send(page, RULE, **typed | {"exchanges_a_day": "2"})
    assert (await rule_of(day.world.book, day.world.shop.id)).exchanges_a_day == 2


async def test_a_closed_day_is_told_at_the_counter_until_it_is_opened_by_exception(day):
    keeper = await keeper_of(day.world)
    page = await keeper.get("/shop/opening")
    date = f"{today() // 10000}-{today() // 100 % 100:02}-{today() % 100:02}"
    assert (await keeper.send(page, DAYS, date=date, reason=" ")).status_code == 422
    await keeper.send(page, DAYS, date=date, reason="盘点")
    assert "现在不开放：盘点" in (await day.clerk.get("/counter")).text
    kept = await reserved(day)
    at = f"/counter/reservations/{kept.id}"
    shown = await day.clerk.get(at)
    refused = await day.clerk.send(shown, f"{at}/pick-up")
    assert refused.status_code == 409
    typed = {"date": date, "day_opens": "0:00", "day_closes": "23:59", "reason": "补发"}
    assert "现在不开放" not in (await keeper.send(page, DAYS, **typed)).text
    assert {each.made_by for each in await SpecialDay.all()} == {day.world.other}
    done = await day.clerk.send(refused, f"{at}/pick-up")
    assert "已扣 16 分" in done.text

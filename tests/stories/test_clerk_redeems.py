"""The clerk's errand over HTTP, without scripts: code, goods, confirm, receipt, undo."""

import asyncio
from typing import Any

import pytest

from kernel import clock
from kernel.clock import DAY
from people import sessions
from people.approvals import Approval
from people.deciding import approve
from people.models import Role
from redemption.models import Redemption
from tests.redemption.approving import somebody
from tests.web.counter_world import ADDRESS, SOAP, Visitor, day, forms, own_key
from web.acts import ACTS

__all__ = ["day", "own_key"]
pytestmark = pytest.mark.story

CONFIRM = "/counter/redemptions"


async def _filled(day):
    """王秀兰 with two pieces of soap on the counter."""
    await day.clerk.scan(f"{ADDRESS.upper()}/Q/{day.code(day.wang)}")
    page = await day.clerk.scan(SOAP)
    return await day.clerk.scan(SOAP, page)


async def test_a_member_is_served_and_the_exchange_undone(day):
    page = await _filled(day)
    assert "王*兰" in page.text
    assert "王秀兰" not in page.text
    done = await day.clerk.send(page, CONFIRM)
    assert done.status_code == 200
    assert "已扣 16 分" in done.text
    assert "剩余积分：84" in done.text
    assert "单号 00001" in done.text
    assert (await day.world.points(day.wang.person_id)).balance == 84
    assert await day.world.on_shelf(day.world.soap) == 8

    front = await day.clerk.get("/counter")
    assert "已扣分" in front.text
    assert "还没扣分" not in front.text, "the basket is empty for the next person"

    undone = await day.clerk.send(done, f"{done.url.path}/reversal")
    assert "16 分已退回给 王*兰" in undone.text
    assert (await day.world.points(day.wang.person_id)).balance == 100
    assert await day.world.on_shelf(day.world.soap) == 10
    assert "已撤销" in (await day.clerk.get("/counter/redemptions")).text


async def test_the_undo_says_whose_goods_it_takes_back(day):
    done = await day.clerk.send(await _filled(day), CONFIRM)
    receipt = await Redemption.first()
    assert receipt is not None
    assert "撤销 王*兰 " in done.text
    assert "的 2 件 16 分？" in done.text


async def test_the_same_form_sent_twice_is_one_sale(day):
    page = await _filled(day)
    twice = await asyncio.gather(day.clerk.send(page, CONFIRM), day.clerk.send(page, CONFIRM))
    again = await day.clerk.send(page, CONFIRM)
    assert len({answer.url.path for answer in (*twice, again)}) == 1
    assert await Redemption.all().count() == 1
    assert (await day.world.points(day.wang.person_id)).balance == 84


async def test_goods_may_come_before_the_person(day):
    page = await day.clerk.scan(SOAP)
    assert "这些商品是谁的" in page.text
    page = await day.clerk.scan("３３１６", page)
    done = await day.clerk.send(page, CONFIRM)
    assert "已扣 8 分" in done.text


async def test_too_few_points_are_said_and_the_exchange_corrected(day):
    await day.clerk.scan("5521")
    page = await day.clerk.scan(SOAP)
    page = await day.clerk.send(page, "/counter/lines", item=str(day.world.rice.id), step="1")
    assert "还差 18 分" in page.text
    refused = await day.clerk.send(page, CONFIRM)
    assert refused.status_code == 409
    assert "还差 18 分" in refused.text
    assert "香皂" in refused.text, "what lay on the counter is still there"

    corrected = await day.clerk.send(refused, "/counter/last-line-removal")
    done = await day.clerk.send(corrected, CONFIRM)
    assert "已扣 8 分" in done.text
    assert (await day.world.points(day.zhang.person_id)).balance == 12


async def test_a_page_that_never_saw_the_answer_is_told_after_a_reload(day):
    page = await _filled(day)
    basket = day.clerk.http.cookies.get("__Host-basket")
    await day.clerk.send(page, CONFIRM)
    day.clerk.http.cookies.delete("__Host-basket")
    day.clerk.http.cookies.set("__Host-basket", basket, domain="caihong.test", path="/")

    reloaded = await day.clerk.get("/counter")
    assert reloaded.url.path.startswith("/redemptions/")
    assert "王*兰 16 分：已扣" in reloaded.text
    assert await Redemption.all().count() == 1


async def test_a_part_comes_back(day):
    done = await day.clerk.send(await _filled(day), CONFIRM)
    form = f"{done.url.path}/returns"
    line = await Redemption.first().values_list("lines__id", flat=True)
    refused = await day.clerk.send(done, form, **{f"line-{line}": "３"})
    assert refused.status_code == 409
    assert 'value="3"' in refused.text, "what was typed is kept"
    back = await day.clerk.send(refused, form, **{f"line-{line}": "1"})
    assert "已退货" in back.text
    assert (await day.world.points(day.wang.person_id)).balance == 92


async def test_a_part_that_comes_back_late_is_asked_for_and_approved(day):
    done = await day.clerk.send(await _filled(day), CONFIRM)
    at = done.url.path
    line = await Redemption.first().values_list("lines__id", flat=True)
    parts: Any = {f"line-{line}": "1"}
    zhao = await somebody(day.world.book, "赵敏", Role.ORGANISER)
    with clock.frozen(clock.now() + DAY):
        signed = await sessions.begin(day.world.book, day.world.clerk, staff=True)
        clerk = Visitor(signed.token)
        late = await clerk.send(await clerk.get(at), f"{at}/returns", **parts)
        assert late.status_code == 409
        assert "要先由社区工作者批准" in late.text
        asks = forms(late, f"{at}/returns")[0].fields | parts
        no_reason = await clerk.http.post(f"{at}/return-requests", data=asks)
        assert no_reason.status_code == 422
        assert 'value="1"' in no_reason.text, "what was typed is kept"
        page = await clerk.http.post(f"{at}/return-requests", data=asks | {"reason": "破损"})
        assert "王*兰退货，退回 8 分" in page.text
        assert (await day.world.points(day.wang.person_id)).balance == 84
        request = await Approval.get(book_id=day.world.book)
        await approve(ACTS, zhao, request.id, request.digest)
        assert "已批准" in (await clerk.get(page.url.path)).text
        await clerk.http.aclose()
    assert (await day.world.points(day.wang.person_id)).balance == 92

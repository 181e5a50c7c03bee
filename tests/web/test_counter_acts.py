"""What the counter can do beside a plain sale: park, swap, move, print the passbook, and say what became of it."""

from redemption.models import Redemption
from tests.web.counter_world import SOAP, day, forms, own_key

__all__ = ["day", "own_key"]
CONFIRM = "/counter/redemptions"


async def filled(day, *texts):
    """Wang at the counter, and what was scanned after."""
    page = await day.clerk.scan("3316")
    for text in texts or (SOAP,):
        page = await day.clerk.scan(text, page)
    return page


async def sold(day, *texts):
    """The receipt of a sale to Wang."""
    return await day.clerk.send(await filled(day, *texts), CONFIRM)


async def test_goods_are_parked_for_the_next_person_and_recalled(day):
    await filled(day)
    asked = await day.clerk.scan("5521")
    parked = await day.clerk.send(asked, "/counter/switch", answer="park")
    assert "尾号 5521" in parked.text
    assert "1 · 王*兰" in parked.text
    at = f"/counter/parked/{parked.text.split('/counter/parked/')[1].split('/')[0]}/recall"
    full = await day.clerk.scan(SOAP, parked)
    assert (await day.clerk.send(full, at)).status_code == 409, "other goods lie there"
    free = await day.clerk.send(full, "/counter/parking")
    back = await day.clerk.send(free, at)
    assert "尾号 3316" in back.text
    assert "已扣 8 分" in (await day.clerk.send(back, CONFIRM)).text
    assert (await day.clerk.send(free, at)).status_code == 404


async def test_nothing_is_parked_where_nothing_lies(day):
    page = await filled(day)
    empty = await day.clerk.send(page, "/counter/last-line-removal")
    assert forms(empty, "/counter/parking") == []
    data = {"csrf": forms(page, "/counter/scans")[0].fields["csrf"]}
    assert (await day.clerk.http.post("/counter/parking", data=data)).status_code == 422


async def test_goods_are_swapped_on_the_counter_and_the_new_receipt_names_the_old(day):
    old = await sold(day, SOAP, SOAP)
    line = next(name for name in forms(old, f"{old.url.path}/returns")[0].fields if "line-" in name)
    form = forms(old, f"{old.url.path}/returns")[0]
    typed = form.fields | {line: "2", line.replace("line", "broken"): "1"}
    counter = await day.clerk.http.post(f"{old.url.path}/exchange", data=typed)
    assert "换货：凭条 00001 退回" in counter.text
    assert "坏了，要报损" in counter.text
    assert "disabled" in forms(counter, CONFIRM)[0].buttons[0]
    rice = await day.clerk.send(counter, "/counter/lines", item=str(day.world.rice.id), step="1")
    done = await day.clerk.send(rice, CONFIRM)
    assert "代替凭条 00001" in done.text
    assert "已扣 14 分" in done.text
    assert "剩余积分：70" in done.text
    assert "整单撤销" not in done.text
    assert f"{done.url.path}/reversal" not in done.text
    assert "见代替它的凭条 00002" in (await day.clerk.get(old.url.path)).text


async def test_a_swap_that_cannot_begin_keeps_what_was_typed(day):
    old = await sold(day)
    form = forms(old, f"{old.url.path}/returns")[0]
    line = next(name for name in form.fields if "line-" in name)
    refused = await day.clerk.http.post(f"{old.url.path}/exchange", data=form.fields | {line: "3"})
    assert refused.status_code == 409
    assert 'value="3"' in refused.text
    await filled(day)
    busy = await day.clerk.http.post(f"{old.url.path}/exchange", data=form.fields | {line: "1"})
    assert busy.status_code == 409
    assert "请先确认、挂单" in busy.text


async def test_a_sale_moves_to_the_member_whose_it_is(day):
    old = await sold(day)
    page = await day.clerk.get(f"{old.url.path}/move")
    found = await day.clerk.send(page, f"{old.url.path}/move/person", code="5521")
    assert "把 1 件 8 分从 王*兰 移到 王*兰 名下？" in found.text
    assert "尾号" not in found.text
    done = await day.clerk.send(found, f"{old.url.path}/move")
    assert "已移单" in done.text
    assert "剩余积分：12" in done.text
    assert "从凭条 00001 移来" in done.text
    before = await day.clerk.get(old.url.path)
    assert "已移到另一位名下" in before.text
    counter = await day.clerk.get("/counter")
    assert ">已移单<" in counter.text
    nobody = await day.clerk.send(page, f"{old.url.path}/move/person", code="谁也不是")
    assert nobody.status_code == 404
    late = await day.clerk.send(found, f"{old.url.path}/move", key="again")
    assert late.status_code == 409


async def test_the_passbook_goes_on_where_it_was_printed(day):
    receipt = await sold(day)
    assert "还有 2 行没打印" in receipt.text
    page = await day.clerk.get(f"/counter/passbook/{day.wang.person_id}")
    assert "香皂" in page.text
    done = await day.clerk.send(page, f"{page.url.path}/printed")
    assert "都打印好了" in done.text
    assert (await day.clerk.send(page, f"{page.url.path}/printed")).status_code == 409
    await sold(day)
    page = await day.clerk.get(f"/counter/passbook/{day.wang.person_id}")
    assert page.text.count('class="blank"') == 2


async def test_a_slip_is_as_wide_as_the_paper_of_this_browser(day):
    receipt = await sold(day)
    assert "paper w80 short" in receipt.text
    assert "paper w58 short" in (await day.clerk.send(receipt, "/paper", paper="58")).text


async def test_a_sale_that_was_sent_and_not_taken_says_so_once(day):
    page = await filled(day)
    day.clerk.http.cookies.set("sent", forms(page, CONFIRM)[0].fields["key"])
    told = await day.clerk.get("/counter")
    assert "王*兰 8 分：没有扣，请重新确认" in told.text
    assert any(each.startswith("sent=") for each in told.headers.get_list("set-cookie")), "once"
    assert "已扣 8 分" in (await day.clerk.send(told, CONFIRM)).text
    assert await Redemption.all().count() == 1

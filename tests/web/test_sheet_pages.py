"""Down for the day and practice, over HTTP without scripts: sheets typed in, a case decided, a book thrown away."""

import re
from pathlib import Path

from people.models import Role
from people.practice_papers import PracticeBook
from redemption.display_papers import CounterDisplay
from redemption.models import Redemption
from redemption.sheet_papers import PaperSheet, RowState, SheetEnd, SheetRow
from tests.web.counter_world import SOAP, day, own_key, signed_in
from web.counter_keys import KEYS

__all__ = ["day", "own_key"]

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"


async def printed(day, sheets="2"):
    """The clerk numbers a pack."""
    page = await day.clerk.get("/counter/sheets")
    return await day.clerk.send(page, "/counter/sheets", sheets=sheets)


async def typed(shop, **fields):
    """The clerk types a row in."""
    page = await shop.clerk.get("/counter/sheets/entry")
    return await shop.clerk.send(page, "/counter/sheets/rows", **fields)


async def test_a_pack_is_numbered_printed_typed_in_and_put_away(day):
    assert (await printed(day, "0")).status_code == 422
    pack = await printed(day)
    assert [each.number for each in await PaperSheet.all().order_by("number")] == [1, 2]
    assert "第 2 张" in pack.text
    assert "最近三个月没有人来过" in pack.text
    unclear = await typed(day, sheet="1", row="1", who="王", goods="香皂×2")
    assert unclear.status_code == 422
    assert "王*兰" in unclear.text
    assert "香皂×2" in unclear.text  # what was typed stays
    for wrong in (
        {"sheet": "9"},
        {"row": "13"},
        {"who": "没有这人"},
        {"goods": "没有这样"},
        {"goods": " , "},
        {"day": "2020-01-01"},
        {"points": "x"},
    ):
        fields = {"sheet": "1", "row": "1", "who": day.wang.shown_number, "goods": SOAP} | wrong
        assert (await typed(day, **fields)).status_code in (404, 422), wrong
    goods = f"{SOAP} ×2\n大米"
    done = await typed(day, sheet="1", row="1", who=day.wang.shown_number, goods=goods)
    assert "第 1 行，王*兰：已记账" in done.text
    assert 'value="2"' in done.text  # the next row is asked for
    paper = await Redemption.get()
    assert (paper.points_total, paper.recognised) == (46, "sheet")
    receipt = await day.clerk.get(f"/redemptions/{paper.id}")
    assert "手工单：第 1 张第 1 行" in receipt.text
    sheet = await PaperSheet.get(number=1)
    listed = await day.clerk.get("/counter/sheets")
    away = await day.clerk.send(listed, f"/counter/sheets/{sheet.id}/ending", end="entered")
    assert "手工单已收好" in away.text
    assert (await PaperSheet.get(id=sheet.id)).end is SheetEnd.ENTERED


async def test_a_row_short_of_points_waits_and_another_person_decides(day):
    await printed(day)
    short = await typed(day, sheet="1", row="3", who=day.zhang.shown_number, goods="大米")
    assert "等社区工作者决定" in short.text
    row = await SheetRow.get()
    seen = await day.clerk.get("/counter/sheets/cases")
    assert "积分不够" in seen.text
    assert "/decision" not in seen.text  # the clerk who typed it in reads it alone
    li = await signed_in(day.world.book, day.world.other, Role.ORGANISER)
    assert "有 1 行手工单等待决定" in (await li.get("/approvals")).text
    page = await li.get("/counter/sheets/cases")
    decision = f"/counter/sheets/rows/{row.id}/decision"
    refused = await li.send(page, decision, answer="owed", reason=" ")
    assert refused.status_code == 422
    done = await li.send(
        page, decision, answer="owed", reason="大米已拿走", seen=str(row.entered_at)
    )
    assert "这一行已记账" in done.text
    row = await SheetRow.get()
    assert (row.state, row.missing_points) == (RowState.BOOKED, 10)
    late = await li.send(page, decision, answer="drop", reason="写重了")
    assert late.status_code == 409
    await li.http.aclose()


async def test_practice_is_entered_and_left_by_a_button_and_touches_nothing(day):
    page = await day.clerk.send(await day.clerk.get("/practice"), "/practice")
    assert "练习 · 不算数" in page.text
    assert "10000014" in page.text
    # A real member's code, number or goods mean nothing in there.
    for real in (day.code(day.wang), "王秀兰", SOAP):
        assert (await day.clerk.scan(real)).status_code in (404, 422)
    await day.clerk.scan("201")
    basket = await day.clerk.scan("10000014")
    receipt = await day.clerk.send(basket, "/counter/redemptions")
    assert receipt.text.count("练习 · 不算数") == 2  # on the page and on the slip
    assert await Redemption.filter(book_id=day.world.book).count() == 0
    assert (await day.world.points(day.wang.person_id)).balance == 100
    assert (await day.clerk.get("/shop/counts")).status_code == 200
    assert (await day.clerk.get("/approvals")).status_code == 200
    left = await day.clerk.send(receipt, "/practice/ending")
    assert "练习 · 不算数" not in left.text
    assert "现在开始又算数了" in left.text
    assert (await PracticeBook.get()).ended_at is not None
    real = await day.clerk.scan(day.wang.shown_number)
    assert "王*兰" in real.text


async def test_a_practice_that_ended_elsewhere_leads_back_to_where_it_counts(day):
    await day.clerk.send(await day.clerk.get("/practice"), "/practice")
    cookies = dict(day.clerk.http.cookies)
    await day.clerk.send(await day.clerk.get("/practice"), "/practice/ending")
    day.clerk.http.cookies.set("__Host-practice", cookies["__Host-practice"], domain="caihong.test")
    assert "练习 · 不算数" not in (await day.clerk.get("/counter")).text
    nobody = type(day.clerk)("")
    refused = await nobody.send(await nobody.get("/practice"), "/practice")
    assert refused.status_code in (403, 404, 409)
    assert await PracticeBook.all().count() == 1
    await nobody.http.aclose()


async def a_window_of_the_clerks_own_is_opened_by_a_button(day, asked, other):
    assert "谢谢您" not in (await day.clerk.get("/counter/display")).text
    rows = await CounterDisplay.all().values()
    opened = await day.clerk.send(asked, "/counter/display/opening")
    assert (opened.url.path, "谢谢您" in opened.text) == ("/counter/display", True)
    before = await CounterDisplay.all().values()
    assert before != rows
    for who in (day.clerk, other):
        await who.get("/counter/display")
    assert await CounterDisplay.all().values() == before


async def test_the_second_screen_shows_totals_and_nothing_personal(day):
    other = type(day.clerk)("")
    asked = await other.get("/counter/display")
    mine = await day.clerk.get("/counter/display")
    assert await CounterDisplay.all().count() == 0, "looking writes nothing"
    assert (await other.send(asked, "/counter/display", code="000000")).status_code == 422
    page = await day.clerk.send(
        await day.clerk.get("/counter/display/code"), "/counter/display/code"
    )
    [digits] = re.findall(r"ticket-number num\">(\d{3}) (\d{3})", page.text)
    code = "".join(digits)
    shown = await other.send(asked, "/counter/display", code=code)
    assert "欢迎" in shown.text
    again = type(day.clerk)("")  # A code is good for one device.
    form = await again.get("/counter/display")
    assert (await again.send(form, "/counter/display", code=code)).status_code == 422
    await day.clerk.scan(day.wang.shown_number)
    basket = await day.clerk.scan(SOAP)
    text = (await other.get("/counter/display")).text
    assert all(each in text for each in ("王*兰", "香皂 ×1", ">8<", ">92<"))
    assert not any(each in text for each in ("王秀兰", "3316", day.wang.shown_number + "<"))
    await day.clerk.send(basket, "/counter/redemptions")
    assert "谢谢您" in (await other.get("/counter/display")).text
    await a_window_of_the_clerks_own_is_opened_by_a_button(day, mine, other)
    paired = await day.clerk.get("/counter/display/code")
    await day.clerk.send(paired, "/counter/display/ending")
    assert "谢谢您" not in (await other.get("/counter/display")).text
    assert "结束配对" not in (await day.clerk.get("/counter/display/code")).text
    for each in (other, again):
        await each.http.aclose()


async def test_the_card_and_the_counter_and_its_script_know_the_same_keys(day):
    script = (STATIC / "counter.js").read_text(encoding="utf-8")
    [keys] = re.findall(r"const KEYS = {([^}]*)}", script)
    [pressed] = re.findall(r"const PRESSED = {([^}]*)}", script)
    in_script = set(re.findall(r': "([^"]+)"', keys + pressed))
    in_script |= set(re.findall(r'event\.key === "(\w+)"', script))
    names = {"-": "−", "p": "P", "Escape": "Esc"}
    caps = {cap for key in KEYS for cap in key.cap.split()}
    assert {names.get(each, each) for each in in_script} == caps
    card = await day.clerk.get("/counter/guide")
    counter = await day.clerk.get("/counter")
    for key in KEYS:
        assert f"<kbd>{key.cap}</kbd>" in card.text
        if key.on_counter:
            assert f"<kbd>{key.cap}</kbd>" in counter.text

"""The counter's box and basket: what is understood, what is asked back, and what no input can break."""

import re

import pytest

from kernel import clock
from kernel.clock import MINUTE
from people import sessions
from people.models import Role
from people.registration import grant_role
from redemption import counter, stock
from redemption.models import Redemption
from redemption.states import OnOffer
from tests.redemption.world import make_world
from tests.web.counter_world import SOAP, Visitor, day, forms, own_key

__all__ = ["day", "own_key"]

CONFIRM = "/counter/redemptions"


def shown(page) -> str:
    """What the page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


@pytest.mark.parametrize(
    "said", ["138 0000 3316", "３３１６", "王秀兰", "number"], ids=lambda said: said
)
async def test_a_person_is_found_by_what_people_say(day, said):
    number = str(day.wang.number)
    page = await day.clerk.scan(said.replace("number", number))
    assert "王*兰" in page.text
    assert f"编号 {number}、3 号楼、尾号 3316" in page.text
    assert forms(page, "/counter/clearing")


async def test_several_people_are_told_apart_by_two_facts(day):
    page = await day.clerk.scan("兰")
    assert "是哪一个" in page.text
    assert "3 号楼、138****3316" in page.text
    assert "5 号楼、137****5521" in page.text
    chosen = await day.clerk.send(page, "/counter/customer", person=str(day.zhang.person_id))
    assert "尾号 5521" in chosen.text


async def test_a_code_that_ran_out_leads_to_the_other_ways(day):
    with clock.frozen(clock.now() - 3 * MINUTE):
        old = day.code(day.wang)
    page = await day.clerk.scan(old)
    assert page.status_code == 409
    assert "手机后四位" in page.text
    assert "尾号 3316" in (await day.clerk.scan("3316", page)).text


async def test_another_persons_code_never_switches_silently(day):
    await day.clerk.scan("3316")
    page = await day.clerk.scan(SOAP)
    asked = await day.clerk.scan(day.code(day.zhang), page)
    assert "还没确认 王*兰 的 1 件" in asked.text
    confirm = forms(asked, CONFIRM)[0].buttons[0]
    assert "disabled" in confirm, "nothing is confirmed before the question is answered"
    waiting = await day.clerk.scan(SOAP, asked)
    assert waiting.status_code == 409
    assert "请先选择" in waiting.text

    went_on = await day.clerk.send(asked, "/counter/switch", answer="go-on")
    assert "尾号 3316" in went_on.text
    assert "1 件" in went_on.text
    asked = await day.clerk.scan("5521", went_on)
    changed = await day.clerk.send(asked, "/counter/switch", answer="clear")
    assert "尾号 5521" in changed.text
    assert "还没扣分" not in changed.text
    assert "挂着的单" not in changed.text


async def test_quantities_go_up_and_down(day):
    await day.clerk.scan("3316")
    page = await day.clerk.scan(SOAP)
    page = await day.clerk.send(page, "/counter/lines", item=str(day.world.soap.id), step="1")
    assert "2 件" in page.text
    page = await day.clerk.send(page, "/counter/lines", item=str(day.world.rice.id), step="1")
    assert "3 件" in page.text
    page = await day.clerk.send(page, "/counter/last-line-removal")
    assert "2 件" in page.text
    for _ in range(3):
        page = await day.clerk.send(page, "/counter/lines", item=str(day.world.soap.id), step="-1")
    assert "还没有商品" in page.text


async def test_a_line_that_is_not_on_the_shelf_is_red_and_cannot_be_confirmed(day):
    await day.clerk.scan("3316")
    page = await day.clerk.scan(SOAP)
    for _ in range(10):
        page = await day.clerk.scan(SOAP, page)
    assert "香皂 只剩 10 件" in page.text
    assert re.search(r'<li class="just short"', page.text)
    refused = await day.clerk.send(page, CONFIRM)
    assert refused.status_code == 409
    assert await Redemption.all().count() == 0


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("6901234567800", 422, "条码"),
        ("4006381333931", 404, "没有这个商品"),
        ("谁也不是", 404, "没有找到"),
        ("A" * 48, 404, "积分码"),
        ("\x00\x00", 200, "兑换台"),
        ("9" * 400, 404, "没有找到"),
        ("", 200, "兑换台"),
        ("' OR 1=1 --", 404, "没有找到"),
        ("https://elsewhere.example/x", 404, "没有找到"),
    ],
    ids=["check digit", "unknown goods", "nobody", "foreign code", "NUL", "long", "empty", "sql", "web"],
)  # fmt: skip
async def test_what_is_not_understood_is_said_and_changes_nothing(day, text, status, words):
    await day.clerk.scan("3316")
    page = await day.clerk.scan(SOAP)
    answer = await day.clerk.scan(text, page)
    assert answer.status_code == status
    assert words in shown(answer)
    assert "1 件" in (await day.clerk.get("/counter")).text


async def test_typed_goods_are_found_by_name(day):
    page = await day.clerk.scan("香皂")
    assert "1 件" in page.text


async def test_the_clerk_is_not_served_by_the_clerk(day):
    await grant_role(day.world.book, day.world.clerk, Role.VOLUNTEER, None)
    page = await day.clerk.scan("张店员")
    assert page.status_code == 409
    assert "同事" in page.text


async def test_a_changed_price_is_asked_again(day):
    await day.clerk.scan("3316")
    page = await day.clerk.scan(SOAP)
    await stock.set_price(day.world.book, day.world.soap.id, 9)
    refused = await day.clerk.send(page, CONFIRM)
    assert refused.status_code == 409
    assert "9 分" in shown(refused)
    done = await day.clerk.send(refused, CONFIRM)
    assert "已扣 9 分" in done.text


async def test_an_item_that_was_withdrawn_says_so(day):
    await day.clerk.scan("3316")
    page = await day.clerk.scan(SOAP)
    await stock.set_on_offer(day.world.book, day.world.soap.id, OnOffer.WITHDRAWN)
    assert "暂不兑换" in (await day.clerk.send(page, CONFIRM)).text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/counter/lines", {"item": "x", "step": "1"}),
        ("/counter/lines", {"item": "9" * 40, "step": "1"}),
        ("/counter/lines", {"item": "1", "step": "ten"}),
        ("/counter/customer", {"person": "\x00"}),
        ("/counter/customer", {}),
        ("/counter/switch", {"answer": "9"}),
        ("/counter/last-line-removal", {}),
        (CONFIRM, {}),
        (CONFIRM, {"basket": "a.b.c", "expected_total": "1" * 40, "key": "k"}),
        ("/redemptions/1/reversal", {"key": "k"}),
        ("/redemptions/x/returns", {"line-x": "1", "key": "k"}),
    ],
)
async def test_a_form_nobody_was_shown_does_no_harm(day, path, form):
    page = await day.clerk.get("/counter")
    csrf = forms(page, "/counter/scans")[0].fields["csrf"]
    answer = await day.clerk.http.post(path, data=form | {"csrf": csrf})
    assert answer.status_code < 500
    assert await Redemption.all().count() == 0


@pytest.mark.parametrize("wrong", ["", "full-width ｋｅｙ", "k" * 65])
async def test_a_key_that_is_none_is_refused_and_the_page_has_a_fresh_one(day, wrong):
    await day.clerk.scan("3316")
    page = await day.clerk.scan(SOAP)
    refused = await day.clerk.send(page, CONFIRM, key=wrong)
    assert refused.status_code == 422
    assert "已扣 8 分" in (await day.clerk.send(refused, CONFIRM)).text


async def test_a_basket_is_no_use_to_another_clerk(day):
    await day.clerk.scan("3316")
    page = await day.clerk.scan(SOAP)
    text = forms(page, CONFIRM)[0].fields["basket"]
    await grant_role(day.world.book, day.world.other, Role.CLERK, None)
    session = await sessions.begin(day.world.book, day.world.other, staff=True)
    rival = Visitor(session.token)
    own = await rival.get("/counter")
    refused = await rival.send(own, CONFIRM, basket=text)
    assert refused.status_code == 422
    assert await Redemption.all().count() == 0
    await rival.http.aclose()


async def test_receipts_of_another_community_are_not_found(day):
    there = await make_world(points=50)
    foreign = await counter.redeem(
        there.book, there.shop.id, there.member, [(there.soap.id, 1)], there.clerk, "k"
    )
    for path in (
        f"/redemptions/{foreign.redemption_id}",
        "/redemptions/x",
        f"/redemptions/{2**70}",
    ):
        assert (await day.clerk.get(path)).status_code == 404
    own = await day.clerk.get("/counter")
    csrf = forms(own, "/counter/scans")[0].fields["csrf"]
    for act in ("reversal", "returns"):
        answer = await day.clerk.http.post(
            f"/redemptions/{foreign.redemption_id}/{act}", data={"csrf": csrf, "key": "k"}
        )
        assert answer.status_code in (404, 422)


async def test_the_menu_marks_one_place(day):
    page = await day.clerk.get("/counter/redemptions")
    side = page.text.split('class="wide-only side-holder"')[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]+)" aria-current', side) == ["/counter/redemptions"]


@pytest.mark.parametrize("path", ["/counter", "/counter/redemptions", "/redemptions/1"])
async def test_the_counter_is_the_clerks(day, path):
    assert (await day.desk.get(path)).status_code == 403

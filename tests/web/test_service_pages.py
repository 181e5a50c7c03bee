"""A merchant's desk, merchants and funds over http: who pays what, an undo, gifts, and what a fund pays for."""

import pytest

from people import funds, hardship, households, sessions
from people.lives import ConsentGiven
from people.models import Role, Trade
from people.registration import grant_role, open_company, register
from redemption import agreeing, giving
from tests.redemption.service_world import HAIRCUT
from tests.redemption.world import key, today
from tests.web.counter_world import Visitor, day, forms, own_key, signed_in

__all__ = ["day", "own_key"]


@pytest.fixture
async def barber(day):
    """A barber's browser, with a haircut on offer."""
    book = day.world.book
    at = await open_company(book, "巷口理发", Trade.MERCHANT)
    haircut = await agreeing.offer_service(book, at.id, "理发")
    await agreeing.agree(book, haircut.id, HAIRCUT, day.world.clerk)
    person = (await register(book, "邱建民")).person_id
    await grant_role(book, person, Role.MERCHANT, None, company_id=at.id)
    return Visitor((await sessions.begin(book, person, staff=True)).token)


async def _asked(barber, shown):
    page = await barber.send(await barber.get("/services"), "/services/scans", code=shown)
    button = forms(page, "/services/choices")[0].buttons[0]
    return await barber.send(page, "/services/choices", service=str(button["value"]))


async def test_two_taps_render_a_service_and_the_slip_is_undone_until_it_is_settled(day, barber):
    confirm = await _asked(barber, day.code(day.wang))
    assert "¥10.00" in confirm.text
    done = await barber.send(confirm, "/services/uses")
    assert "当面收 ¥10.00" in done.text
    assert "F01-0001" in done.text
    again = await barber.send(confirm, "/services/uses")
    assert again.url.path == done.url.path
    front = await barber.get("/services")
    assert "社区应付您 ¥10.00，居民已付 ¥10.00" in front.text
    assert (await day.world.points(day.wang.person_id)).balance == 80
    undone = await barber.send(done, f"{done.url.path}/reversal")
    assert "请退还" in undone.text
    assert (await day.world.points(day.wang.person_id)).balance == 100
    assert "¥0.00" in (await barber.get("/services")).text


async def test_a_merchant_sees_nobody_by_name_and_nothing_of_another(day, barber):
    by_name = await barber.send(await barber.get("/services"), "/services/scans", code="王秀兰")
    assert by_name.status_code == 422
    assert "王秀兰" in by_name.text
    assert "秀" not in by_name.text.replace("王秀兰", "")
    done = await barber.send(await _asked(barber, day.wang.shown_number), "/services/uses")
    other = await open_company(day.world.book, "社区食堂", Trade.MERCHANT)
    person = (await register(day.world.book, "石玉梅")).person_id
    await grant_role(day.world.book, person, Role.MERCHANT, None, company_id=other.id)
    canteen = Visitor((await sessions.begin(day.world.book, person, staff=True)).token)
    assert (await canteen.get(done.url.path)).status_code == 404
    assert "理发" not in (await canteen.get("/desk/settlements")).text
    assert (await day.desk.get("/services")).status_code == 403


async def test_the_office_enters_a_merchant_and_agrees_on_who_pays(day):
    office = await signed_in(day.world.book, day.world.other, Role.ORGANISER)
    made = await office.send(await office.get("/merchants"), "/merchants", name="修车铺")
    service = await office.send(made, f"{made.url.path}/services", name="补胎")
    form = f"{service.url.path}/agreements"
    odd = await office.send(service, form, list_yuan="10", subsidy_yuan="8", discount_yuan="3")
    assert odd.status_code == 422
    assert 'value="8"' in odd.text
    agreed = await office.send(odd, form, subsidy_yuan="3", discount_yuan="2")
    assert "¥5.00" in agreed.text
    assert "正在生效" in agreed.text
    member = await signed_in(day.world.book, day.wang.person_id, Role.VOLUNTEER, staff=False)
    assert "补胎" in (await member.get("/own-services")).text


async def test_points_are_given_by_phone_and_at_the_counter_and_the_donor_is_told(day):
    world, book = day.world, day.world.book
    fund = await funds.open_fund(book, "敬老基金", world.clerk, purpose="给困难老人")
    member = await signed_in(book, day.wang.person_id, Role.VOLUNTEER, staff=False)
    at = f"/gifts/{fund.id}"
    much = await member.send(await member.get(at), at, points="1000")
    assert much.status_code == 409
    assert 'value="1000"' in much.text
    thanks = await member.send(much, at, points="30")
    assert "谢谢您：30 分已捐给“敬老基金”" in thanks.text
    counter = await day.clerk.send(
        await day.clerk.get("/counter/gifts"), "/counter/gifts", code=day.wang.shown_number
    )
    given = await day.clerk.send(counter, "/counter/gifts/given", fund=str(fund.id), points="10")
    assert "谢谢您：10 分" in given.text
    await households.make(book, "5-1-302", day.zhang.person_id, None)
    await hardship.mark(book, day.zhang.person_id, ConsentGiven.PAPER, today(), world.other)
    found = await day.clerk.send(
        await day.clerk.get("/counter/relief"), "/counter/relief", code=day.zhang.shown_number
    )
    handouts = "/counter/relief/handouts"
    with_fund = await day.clerk.send(found, handouts, nth=1)
    slip = await day.clerk.send(with_fund, handouts, nth=2, **{f"line-{world.rice.id}": "1"})
    assert "敬老基金 · 30 分" in slip.text
    own = (await member.get("/gifts")).text
    assert "帮助了一户困难家庭：大米 5kg ×1" in own
    assert "王*兰" not in own
    assert await giving.left_in(book, fund.id) == 10
    office = await signed_in(book, world.other, Role.ORGANISER)
    close = await office.send(await office.get(f"/funds/{fund.id}"), f"/funds/{fund.id}/closing")
    assert close.status_code == 409
    assert "王*兰" in close.text
    await giving.give(book, day.wang.person_id, fund.id, 1, day.wang.person_id, key())

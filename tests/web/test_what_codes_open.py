"""Every code opens something useful for whoever scans it, row by row; looking changes nothing and signs nobody in."""

import re

import pytest

from checkin import venue_codes
from checkin.models import Attendance, CheckinScan
from checkin.shifts import plan_activity, plan_shift
from kernel import clock
from kernel.clock import HOUR, MINUTE
from kernel.database import fetch
from people import card_issuing, posters, sessions, signin
from people.codes import make_code, member_key
from people.models import Membership, Role, Session
from people.registration import grant_role, open_community, open_company, register
from redemption import vouchers
from redemption.pickup_codes import code_of as pickup_code
from tests.redemption.reserving_world import wish
from tests.redemption.world import World, make_world
from tests.web.office import Browser, an_office, browser_of

CARD_OF_OTHERS = "somebody else&#39;s points card"


@pytest.fixture
async def office(database):
    return await an_office()


async def card_of(office, person_id=None):
    made = await card_issuing.issue_cards(office.book_id, [person_id or office.wang], office.chen)
    return made[0].token


async def code_of(office, person_id=None):
    member = await Membership.get(book_id=office.book_id, person_id=person_id or office.wang)
    return make_code(member_key(), office.book_id, member.id, clock.now())


async def tables():
    """Every row that a look must leave as it is; that a signed-in browser was seen is noted by any page."""
    names = ("attendance", "checkin_scan", "used_member_code", "invite", "card", "redemption")
    rows = [await fetch(f"SELECT * FROM {name} ORDER BY id") for name in names]
    return [*rows, await fetch("SELECT id, ended_at FROM session ORDER BY id")]


async def looked(browser, token):
    """Scan, see that nothing changed and nobody was signed in, and return where it leads or what it says."""
    before, signed_in = await tables(), browser.http.cookies.get("__Host-sid")
    answer = await browser.get(f"/Q/{token}")
    assert await tables() == before
    assert browser.http.cookies.get("__Host-sid") == signed_in
    assert token not in answer.headers.get("location", "").replace(f"/welcome/{token}", "")
    return answer.headers.get("location") or answer.text


async def test_the_table_of_cards_and_codes(office):
    await grant_role(office.book_id, office.zhao, Role.CLERK, None)
    clerk = await register(office.book_id, "张店员")
    await grant_role(office.book_id, clerk.person_id, Role.CLERK, None)
    for token, others in (
        (await card_of(office), CARD_OF_OTHERS),
        (await code_of(office), "somebody else&#39;s points code"),
    ):
        own = await browser_of(office, office.wang, staff=False)
        neighbour = await browser_of(office, office.li, staff=False)
        organiser, both = (
            await browser_of(office, office.chen),
            await browser_of(office, office.zhao),
        )
        assert await looked(own, token) == "/"
        said = await looked(neighbour, token)
        assert others in said
        assert not re.search("王.?兰", said)
        assert await looked(organiser, token) == "/arrivals"
        assert await looked(both, token) == "/arrivals"
        assert await looked(await browser_of(office, clerk.person_id), token) == "/counter"
        with clock.frozen(clock.now() + 5 * HOUR):
            assert await looked(both, token) == "/counter", "no shift is running"
    said = await looked(Browser(), await card_of_again(office))
    assert "signs nobody in" in said
    assert not re.search("王.?兰", said)


async def card_of_again(office):
    made = await card_issuing.issue_cards(office.book_id, [office.wang], office.chen, replace=True)
    return made[0].token


async def test_the_table_of_vouchers(office):
    company = await open_company(office.book_id, "安和物业")
    rival = await open_company(office.book_id, "邻里物业")
    await World.give_points(World(office.book_id, *[None] * 10), 100, person=office.wang)  # type: ignore[arg-type]
    offer = await vouchers.offer(office.book_id, 5000, 100)
    who = (office.book_id, office.wang, offer.id, company.id, office.wang, "k")
    voucher = await vouchers.issue(*who)
    token = vouchers.code_of(voucher)
    for person, at in ((office.zhao, company), (office.chen, rival)):
        await grant_role(office.book_id, person, Role.PROPERTY_DESK, None, company_id=at.id)
    own = await browser_of(office, office.wang, staff=False)
    assert await looked(own, token) == f"/vouchers/{voucher.id}"
    desk = await browser_of(office, office.zhao)
    to_use = await looked(desk, token)
    assert re.fullmatch(r"/desk/vouchers/[0-9A-Z-]+", to_use)
    assert "50" in (await desk.get(to_use)).text
    for person in (office.chen, office.li):
        assert "安和物业" in await looked(await browser_of(office, person), token)
    assert "property-fee voucher" in await looked(Browser(), token)


async def test_the_table_of_everything_else(office):
    visitor, wang = Browser(), await browser_of(office, office.wang, staff=False)
    poster = posters.own_points_token(office.book_id)
    assert await looked(wang, poster) == "/"
    assert "number slip" in await looked(visitor, poster)
    venue = venue_codes.issue(office.book_id, office.shift.id, clock.now())
    assert await looked(wang, venue) == "/check-in"
    assert await looked(visitor, venue) == "/check-in"
    invite = await signin.invite(office.book_id, office.wang, office.chen)
    assert await looked(visitor, invite) == f"/welcome/{invite}"
    elsewhere = await open_community("彩虹社区")
    stranger = await register(elsewhere.id, "外人")
    foreign = (await card_issuing.issue_cards(elsewhere.id, [stranger.person_id], 1))[0].token
    for token in (foreign, "A" * 29, "GEAQ" + "A" * 30, "HELLO"):
        said = await looked(wang, token)
        assert "We do not know this code" in said
        assert "外人" not in said


async def test_an_organiser_receives_whose_card_was_read_in_and_out(office):
    card = await card_of(office)
    chen = await browser_of(office, office.chen)
    asked = await chen.follow(await chen.get(f"/Q/{card}"))
    assert "王*兰" in asked
    assert await Attendance.all().count() == 0
    seen = re.search(r'name="seen" value="([^"]+)"', asked)
    assert seen
    form = {"seen": seen[1], "shift": office.shift.id, "purpose": "in"}
    page = await chen.follow(await chen.post("/arrivals", **form))
    assert "王*兰 is checked in" in page
    row = await Attendance.get(person_id=office.wang)
    assert (row.state, row.provenance, row.confirmed_by) == ("present", "confirmed", office.chen)
    await chen.post("/arrivals", **form)
    assert await CheckinScan.filter(way="card", refusal="").count() == 1, "twice is once"
    with clock.frozen(clock.now() + 30 * MINUTE):
        asked = await chen.follow(await chen.get(f"/Q/{card}"))
        assert "Check out" in asked
        leaving = re.search(r'name="seen" value="([^"]+)"', asked)
        assert leaving
        form = {"seen": leaving[1], "shift": office.shift.id, "purpose": "out"}
        assert "checked out" in await chen.follow(await chen.post("/arrivals", **form))
    row = await Attendance.get(person_id=office.wang)
    assert (row.state, row.minutes_worked) == ("left", 30)


async def test_a_code_is_received_once_and_by_its_reader_alone(office):
    chen, zhao = await browser_of(office, office.chen), await browser_of(office, office.zhao)
    code = await code_of(office)
    pages = [await each.follow(await each.get(f"/Q/{code}")) for each in (chen, zhao)]
    seen = [re.search(r'name="seen" value="([^"]+)"', page)[1] for page in pages]  # type: ignore[index]
    form = {"shift": office.shift.id, "purpose": "in"}
    foreign = await zhao.post("/arrivals", seen=seen[0], **form)
    assert foreign.status_code == 403
    assert (
        (await chen.post("/arrivals", seen=seen[0], **form))
        .headers["location"]
        .startswith("/shifts/")
    )
    refused = await zhao.post("/arrivals", seen=seen[1], **form)
    assert "just used" in await zhao.follow(refused)
    assert (await chen.post("/arrivals", seen="x", **form)).status_code == 403


async def test_at_a_shift_a_number_or_a_name_does_too_and_a_dead_card_says_so(office):
    chen = await browser_of(office, office.chen)
    shift = f"/arrivals?shift={office.shift.id}"
    await chen.get(shift)
    for said in ("103", "3316", "王秀兰"):
        answer = await chen.post("/arrivals/scans", code=said, shift=office.shift.id)
        assert "王*兰" in answer.text
    old = await card_of(office)
    await card_of_again(office)
    said = await chen.follow(await chen.post("/arrivals/scans", code=old, shift=office.shift.id))
    assert "no longer good" in said or "replaced or reported lost" in said
    await chen.get(shift)
    own = await chen.post("/arrivals/scans", code="陈静", shift=office.shift.id)
    assert "Somebody else must confirm you" in own.text


async def test_of_two_running_shifts_the_organiser_chooses(office):
    other = await plan_activity(office.book_id, "送餐", "助老")
    begins = clock.now() - HOUR
    second = await plan_shift(office.book_id, other.id, begins, begins + 2 * HOUR)
    chen = await browser_of(office, office.chen)
    asked = await chen.follow(await chen.get(f"/Q/{await card_of(office)}"))
    assert asked.count('name="seen"') == 2
    assert f'value="{second.id}"' in asked
    assert await Session.filter(person_id=office.wang).count() == 0


async def test_a_pick_up_code_opens_for_its_owner_at_the_counter_and_says_where_to_go(database):
    world = await make_world()
    kept = await wish(world, (world.soap.id, 1))
    token = pickup_code(world.book, kept.id)
    for person, role in ((world.member, Role.VOLUNTEER), (world.other, Role.VOLUNTEER)):
        await grant_role(world.book, person, role, None)
    await grant_role(world.book, world.clerk, Role.CLERK, None)

    async def phone(person_id):
        signed = await sessions.begin(world.book, person_id, staff=person_id == world.clerk)
        return Browser(signed.token)

    assert await looked(await phone(world.member), token) == f"/reservations/{kept.id}"
    assert await looked(await phone(world.clerk), token) == "/counter"
    for stranger in (await phone(world.other), Browser()):
        said = await looked(stranger, token)
        assert "pick-up code for reserved goods" in said
        assert "香皂" not in said
    unknown = await looked(await phone(world.member), pickup_code(world.book + 1, kept.id))
    assert "We do not know this code" in unknown

"""Work on call in a browser without scripts: what volunteers, the people they help, and organisers see and press."""

import re

import pytest

from checkin import errands, service_cards, shifts
from checkin.alone_models import CardKind, How, ServiceCard, Witness
from checkin.errands import Served
from checkin.models import Activity, Attendance, AttendanceState, Provenance, Purpose, Shift
from checkin.receiving import receive
from kernel import clock
from kernel.clock import HOUR, MINUTE
from people import roster
from tests.web.office import Browser, an_office, browser_of


@pytest.fixture
async def office(database):
    made = await an_office()
    await shifts.plan_activity(made.book_id, "陪诊", "助老", usual_minutes=90)
    return made


async def one_card(office, kind=CardKind.PERSON):
    person = office.li if kind is CardKind.PERSON else None
    return await service_cards.make(
        office.book_id, kind, "李奶奶家", by=office.chen, person_id=person
    )


async def test_an_organiser_puts_work_on_call_makes_a_card_once_and_stops_it(office):
    chen, number = await browser_of(office, office.chen), await number_of(office, office.li)
    await chen.get("/on-call/new")
    odd = await chen.post("/on-call", title="送餐", category="助老", minutes="0")
    assert (odd.status_code, 'value="送餐"' in odd.text) == (422, True)
    done = await chen.post("/on-call", title="送餐", category="助老", minutes="45")
    assert "“送餐” is on call" in await chen.follow(done)
    assert (await Activity.get(title="送餐")).usual_minutes == 45

    page = (await chen.get("/service-cards")).text
    assert "No cards yet" in page
    for fields in (
        {"kind": "person", "label": ""},
        {"kind": "person", "label": "李奶奶家", "number": "999"},
        {"kind": "place", "label": "食堂", "number": number},
    ):
        refused = await chen.post("/service-cards", **fields)
        assert refused.status_code in (404, 422), fields
    made = await chen.post("/service-cards", kind="person", label="李奶奶家", number=number)
    card = await ServiceCard.get()
    assert made.status_code == 200
    assert f"{card.number[:4]} {card.number[4:]}" in made.text
    assert (card.person_id, card.made_by) == (office.li, office.chen)
    gone = await chen.post(f"/service-cards/{card.id}/revocation")
    assert "is stopped" in await chen.follow(gone)


async def test_a_scanned_card_waits_for_sign_in_then_begins_and_ends(office):
    card = await one_card(office)
    came = clock.now()
    stranger = Browser()
    sent = await stranger.get(f"/Q/{card.token}")
    assert sent.headers["location"] == "/errands/card"
    assert (await stranger.get("/errands/card")).headers["location"].startswith("/sign-in?next=")

    wang = await browser_of(office, office.wang, staff=False)
    with clock.frozen(came):
        await wang.get(f"/Q/{card.token}")
        page = (await wang.get("/errands/card")).text
        assert "李奶奶家" in page
        escort = await Activity.get(title="陪诊")
        # The moment of the scan counts, not that of slow thumbs.
    with clock.frozen(came + 2 * MINUTE):
        begun = await wang.post("/errands/card", activity=escort.id)
        assert "You have been out for 陪诊" in await wang.follow(begun)
    row = await Attendance.get()
    assert row.checked_in_at == came
    with clock.frozen(came + HOUR):
        assert "Number on the card" in (await wang.get("/errands")).text
        await wang.follow(await wang.post("/errands/scans", code=card.card.number))
        done = await wang.post("/errands/card/end", attendance=row.id)
        assert "Finished" in await wang.follow(done)
    assert (await Attendance.get()).provenance is Provenance.TWO_ENDED
    zhao = await browser_of(office, office.zhao)
    listed = (await zhao.get("/verifications")).text
    assert "one card scanned at both ends" in listed
    assert "Verify 1" in listed
    one = (await zhao.get(f"/verifications/{row.id}")).text
    assert "number of the card “李奶奶家” typed" in one


async def number_of(office, person):
    return (await roster.member(office.book_id, person)).shown_number


async def refused_without_whom(office, wang, escort):
    own = await number_of(office, office.wang)
    for whom, status in (("", 422), ("999", 404), (own, 409)):
        await wang.get("/errands")
        refused = await wang.post("/errands", activity=escort.id, whom=whom)
        assert refused.status_code == status, whom
    assert await Shift.filter(on_call=True).count() == 0


async def test_a_cards_number_is_taken_where_codes_are_typed_and_not_guessed_there(office):
    card = await one_card(office)
    wang = await browser_of(office, office.wang, staff=False)
    await wang.get("/scan")
    taken = await wang.post("/scan", code=f"{card.card.number[:4]} {card.card.number[4:]}")
    assert taken.headers["location"] == "/errands/card"
    for _ in range(10):
        assert (await wang.post("/scan", code="12345678")).status_code == 404
    too_many = await wang.post("/scan", code=card.card.number)
    assert (too_many.status_code, "Too many wrong numbers" in too_many.text) == (429, True)


async def test_start_and_stop_wait_for_the_word_of_who_was_helped(office):
    wang = await browser_of(office, office.wang, staff=False)
    escort = await Activity.get(title="陪诊")
    assert "Start: 陪诊" in (await wang.get("/")).text
    await refused_without_whom(office, wang, escort)
    began = clock.now()
    with clock.frozen(began):
        begun = await wang.post(
            "/errands", activity=escort.id, whom=await number_of(office, office.li)
        )
        assert "You have been out for 陪诊" in await wang.follow(begun)
    row = await Attendance.get()
    with clock.frozen(began + HOUR):
        over = await wang.follow(await wang.post("/errands/end", attendance=row.id))
        assert "Please let somebody confirm" in over
        zhao = await browser_of(office, office.zhao)
        listed = (await zhao.get("/verifications")).text
        assert "Nobody has confirmed this" in listed
        assert f"/attendances/{row.id}/verification" not in listed
        barred = await zhao.post(f"/attendances/{row.id}/verification")
        assert barred.status_code == 409
        li = await browser_of(office, office.li, staff=False)
        assert "王*兰 says: 陪诊 for you" in (await li.get("/")).text
        assert "That is noted" in await li.follow(
            await li.post(f"/errands/{row.id}/word", agrees="1")
        )
        assert "Were you helped?" not in (await li.get("/")).text
        again = await li.follow(await li.post(f"/errands/{row.id}/word", agrees="1"))
        assert "Nothing to confirm" in again or "confirmed already" in again
        one = (await zhao.get(f"/verifications/{row.id}")).text
        assert "who was helped, on their own phone" in one
        done = await zhao.post(f"/attendances/{row.id}/verification")
        assert "Verified" in await zhao.follow(done)


async def test_who_was_not_helped_says_so_and_an_organiser_notes_how_they_know(office):
    began = clock.now()
    escort = await Activity.get(title="陪诊")
    with clock.frozen(began):
        await errands.start(office.book_id, office.wang, escort.id, served=Served(office.li))
    with clock.frozen(began + HOUR):
        row = (await errands.stop(office.book_id, office.wang)).attendance
        li = await browser_of(office, office.li, staff=False)
        await li.get("/")
        assert "will look at it" in await li.follow(
            await li.post(f"/errands/{row.id}/word", agrees="0")
        )
        wang = await browser_of(office, office.wang, staff=False)
        assert "They say that it was not so" in (await wang.get(f"/errands/{row.id}")).text
        zhao = await browser_of(office, office.zhao)
        assert "says that it was not so" in (await zhao.get("/verifications")).text
        await zhao.get(f"/verifications/{row.id}")
        empty = await zhao.follow(await zhao.post(f"/attendances/{row.id}/word", note=" "))
        assert "Nobody has confirmed this" in empty
        said = await zhao.post(f"/attendances/{row.id}/word", note="15:20 电话问过，记错了人")
        assert "15:20 电话问过，记错了人" in await zhao.follow(said)
    assert (await Witness.get()).how is How.ORGANISER


async def test_the_persons_card_confirms_on_the_volunteers_phone_and_a_dead_card_says_so(office):
    card = await one_card(office)
    escort = await Activity.get(title="陪诊")
    began = clock.now()
    with clock.frozen(began):
        await errands.start(office.book_id, office.wang, escort.id, served=Served(office.li))
    with clock.frozen(began + HOUR):
        row = (await errands.stop(office.book_id, office.wang)).attendance
        wang = await browser_of(office, office.wang, staff=False)
        await wang.get(f"/Q/{card.token}")
        assert "Confirm what is over" in (await wang.get("/errands/card")).text
        done = await wang.post("/errands/card/confirmation", attendance=row.id)
        assert "Confirmed" in await wang.follow(done)
        li = await browser_of(office, office.li, staff=False)
        await li.get(f"/Q/{card.token}")
        assert "This is your own card" in (await li.get("/errands/card")).text
        await service_cards.revoke(office.book_id, card.card.id, office.chen)
        await wang.get(f"/Q/{card.token}")
        dead = await wang.get("/errands/card")
        assert (dead.status_code, "no longer good" in dead.text) == (409, True)
        wrong = await wang.post("/errands/scans", code="12345678")
        assert (wrong.status_code, "no service card of this community" in wrong.text) == (404, True)


async def test_a_member_checks_the_leader_in_from_their_own_first_page(office):
    await Shift.filter(id=office.shift.id).update(leader_id=office.zhao)
    await receive(
        office.book_id, office.shift.id, office.wang, Purpose.ARRIVING, by=office.chen, way="number"
    )
    wang = await browser_of(office, office.wang, staff=False)
    assert "Check in the leader, 赵敏" in (await wang.get("/")).text
    done = await wang.follow(await wang.post(f"/shifts/{office.shift.id}/leader", leaves="0"))
    assert "The leader is checked in" in done
    assert "赵敏, who leads the shift, is leaving" in done
    with clock.frozen(clock.now() + 5 * MINUTE):
        done = await wang.follow(await wang.post(f"/shifts/{office.shift.id}/leader", leaves="1"))
        assert "The leader is checked out" in done
    row = await Attendance.get(person_id=office.zhao)
    assert (row.state, row.confirmed_by, row.needs_second) == (
        AttendanceState.LEFT,
        office.wang,
        True,
    )
    li = await browser_of(office, office.li, staff=False)
    await li.get("/")
    refused = await li.follow(await li.post(f"/shifts/{office.shift.id}/leader", leaves="0"))
    assert "Only somebody who is checked in" in refused


async def test_the_screen_of_a_shift_is_not_there_for_an_errand(office):
    escort = await Activity.get(title="陪诊")
    begun = await errands.start(office.book_id, office.wang, escort.id, served=Served(office.li))
    chen = await browser_of(office, office.chen)
    shift_id = begun.attendance.shift_id
    for path in ("", "/sign-ups", "/code", "/roll-call", "/kiosk"):
        assert (await chen.get(f"/shifts/{shift_id}{path}")).status_code == 404, path
    assert str(shift_id) not in (await chen.get("/shifts")).text
    assert "陪诊" in (await chen.get("/on-call")).text
    assert not re.search(r"<option[^>]*>陪诊", (await chen.get("/shifts/new")).text)

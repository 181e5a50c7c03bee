"""Signing up, sheets, weekly plans, pasted lists and reminders over http, as a browser without scripts sees them."""

import html
import re

import pytest

from checkin import reminding, shifts, signing
from checkin.models import Shift
from checkin.signup_models import (
    ShiftTemplate,
    SignUp,
    SignUpSheet,
    SignUpWay,
    SkippedDay,
)
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.days import day_of, plus_days, start_of, to_date
from kernel.settings import settings
from people.registration import register
from tests.web.office import Office, an_office, browser_of
from web import group_reminders
from web.group_lists import pasted

ZONE, PUBLIC = "Asia/Shanghai", "https://caihong.example.cn"


async def tomorrow(office: Office, *, capacity: int = 1, hour: int = 15) -> Shift:
    """A shift of tomorrow afternoon, far enough away for offers."""
    day = plus_days(day_of(clock.now(), ZONE), 1)
    starts = start_of(day, ZONE) + hour * HOUR
    activity = office.shift.activity_id
    return await shifts.plan_shift(
        office.book_id, activity, starts, starts + 2 * HOUR, capacity=capacity
    )


async def test_a_volunteer_signs_up_waits_is_asked_and_answers(database):
    office = await an_office()
    shift = await tomorrow(office)
    wang, li = [await browser_of(office, who, staff=False) for who in (office.wang, office.li)]
    at = f"/join/{shift.id}"
    listed = (await wang.get("/join?show=needed")).text
    assert "10 points an hour" in listed
    assert "Places left: 1" in listed
    assert at in listed
    await wang.get(at)
    assert "You are signed up" in await wang.follow(await wang.post(at))
    await li.get(at)
    assert "You are number 1 on the waiting list" in await li.follow(await li.post(at))
    assert at not in (await li.get("/join?show=needed")).text.split("<nav")[2]
    await wang.get(at)
    assert "no longer signed up" in await wang.follow(await wang.post(f"{at}/withdrawal"))
    assert "A place is free for you" in (await li.get("/join")).text
    assert "A place is free for you" in (await li.get("/")).text
    await li.get(at)
    assert "Yes, I am coming" in li.seen
    assert "You are signed up" in await li.follow(await li.post(at))
    assert (await wang.get(f"/join/{(await an_office()).shift.id}")).status_code == 404
    with clock.frozen(shift.starts_at):
        assert "Signing up is over" in (await li.get(at)).text
        assert "has begun" in html.unescape(await li.follow(await li.post(at)))


async def test_the_organiser_signs_up_by_number_sees_masked_names_and_changes_the_places(database):
    office = await an_office()
    shift = await tomorrow(office)
    chen = await browser_of(office, office.chen)
    at = f"/shifts/{shift.id}/sign-ups"
    await chen.get(at)
    assert "王*兰 is signed up" in await chen.follow(await chen.post(at, code="１０３"))
    assert "王秀兰" not in chen.seen
    assert "on the waiting list" in await chen.follow(await chen.post(at, code="104"))
    refused = await chen.post(at, code="77777")
    assert refused.status_code == 404
    assert 'value="77777"' in refused.text
    await register(office.book_id, "王秀兰")
    choice = await chen.post(at, code="王秀兰")
    assert choice.text.count('name="person"') == 2
    assert "on the waiting list" in await chen.follow(await chen.post(at, person=str(office.zhao)))
    refused = await chen.post(f"/shifts/{shift.id}/capacity", capacity="viele")
    assert refused.status_code == 422
    assert 'value="viele"' in refused.text
    await chen.follow(await chen.post(f"/shifts/{shift.id}/capacity", capacity="2"))
    assert "Asked, not answered yet: 1" in chen.seen
    gone = await chen.post(f"{at}/{office.wang}/withdrawal")
    assert "no longer signed up" in await chen.follow(gone)
    again = await chen.post(f"{at}/{office.wang}/withdrawal")
    assert "no sign-up" in await chen.follow(again)
    assert (await SignUp.get(person_id=office.li)).way is SignUpWay.ORGANISER


async def test_the_shifts_screen_shows_who_signed_up_and_has_not_come(database):
    office = await an_office()
    with clock.frozen(office.shift.starts_at - DAY):
        await signing.sign_up(office.book_id, office.shift.id, office.li)
    chen = await browser_of(office, office.chen)
    page = await chen.get(f"/shifts/{office.shift.id}")
    assert "Signed up, not here yet: 1" in page.text
    assert "李*国" in page.text
    assert "Not here yet" in (await chen.get(f"/shifts/{office.shift.id}/sign-ups")).text


async def test_a_list_from_the_group_becomes_sign_ups_and_doubts_are_asked_about(database):
    office = await an_office()
    shift = await tomorrow(office, capacity=0)
    await register(office.book_id, "王伟")
    chen = await browser_of(office, office.chen)
    at = f"/shifts/{shift.id}"
    await chen.get(f"{at}/group-list")
    text = "#接龙\n周六清洁\n1. 李建国 带孙子\n2. 王姐\n3. 隔壁老赵他妹 <b>"
    read = await chen.post(f"{at}/group-list", text=text)
    assert read.status_code == 200
    assert "#接龙" in read.text
    assert "&lt;b&gt;" in read.text
    assert await SignUp.all().count() == 0
    chosen = re.findall(r'name="person" value="(\d+)" checked', read.text)
    assert chosen == [str(office.li)]
    offered = re.findall(r'<option value="(\d+)">', read.text)
    assert str(office.wang) in offered
    answer = await chen.post(f"{at}/group-sign-ups", person=[str(office.wang), "", *chosen])
    assert "2 people of the list are signed up" in await chen.follow(answer)
    rows = await SignUp.all().order_by("turn")
    assert [(row.person_id, row.way) for row in rows] == [
        (office.wang, SignUpWay.GROUP),
        (office.li, SignUpWay.GROUP),
    ]
    empty = await chen.post(f"{at}/group-list", text=" \n ")
    assert empty.status_code == 422
    stranger = await an_office()
    assert (await chen.post(f"{at}/group-sign-ups", person=str(stranger.wang))).status_code == 403


def test_a_pasted_text_keeps_its_lines():
    assert pasted("１．王秀兰\r\n\x00２．李建国") == "1.王秀兰\n2.李建国"
    assert pasted(None) is None


@pytest.mark.parametrize("public", ["", PUBLIC])
async def test_the_notice_has_text_to_copy_and_a_code_only_where_phones_can_open_it(
    database, monkeypatch, public
):
    monkeypatch.setenv("CAIHONG_PUBLIC_URL", public)
    settings.cache_clear()
    office = await an_office()
    shift = await tomorrow(office, capacity=5)
    chen = await browser_of(office, office.chen)
    page = (await chen.get(f"/shifts/{shift.id}/notice")).text
    settings.cache_clear()
    assert "周六清洁家园" in page
    assert "Places left: 5" in page
    assert ('class="qr"' in page) == bool(public)
    assert (f"{PUBLIC}/join/{shift.id}" in page) == bool(public)


async def test_a_weekly_plan_is_made_its_crew_entered_and_holidays_skipped(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    await chen.get("/weekly-plans/new")
    fields = {
        "activity": str(office.shift.activity_id), "starts": "22:00", "ends": "1:30",
        "capacity": "1", "people": "3", "weeks": "1",
    }  # fmt: skip
    refused = await chen.post("/weekly-plans", **fields)
    assert refused.status_code == 422
    assert 'value="22:00"' in refused.text
    wanted = [str(day) for day in range(7)]
    made = await chen.post("/weekly-plans", **fields, weekday=wanted)
    assert re.search(r"[78] shifts were made", await chen.follow(made))
    plan = await ShiftTemplate.get()
    assert (plan.weekdays, plan.minutes) == (127, 210)
    at = f"/weekly-plans/{plan.id}"
    joined = await chen.post(f"{at}/crew", code="103")
    assert "王*兰 will be signed up" in await chen.follow(joined)
    assert (await chen.post(f"{at}/crew", code="0")).status_code == 404
    assert "Nothing new was due" in await chen.follow(await chen.post(f"{at}/shifts"))
    await chen.follow(await chen.post(f"{at}/crew/{office.wang}/end"))
    day = to_date(plus_days(day_of(clock.now(), ZONE), 3)).isoformat()
    warned = await chen.post("/weekly-plans/skipped-days", first=day, title="春节")
    assert "stay" in warned.text
    assert len(re.findall(r'<li><a href="/shifts/\d+">', warned.text)) == 1
    skipped = await SkippedDay.get()
    bad = await chen.post("/weekly-plans/skipped-days", first=day, last="gestern")
    assert bad.status_code == 422
    assert 'value="gestern"' in bad.text
    await chen.follow(await chen.post(f"/weekly-plans/skipped-days/{skipped.day}/end"))
    assert await SkippedDay.all().count() == 0
    await chen.follow(await chen.post(f"{at}/end"))
    assert "Nothing is planned every week yet" in chen.seen


async def test_tomorrow_is_a_list_to_print_and_a_text_to_copy(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    assert "No shift tomorrow" in (await chen.get("/reminders")).text
    shift = await tomorrow(office, capacity=2)
    await signing.sign_up(office.book_id, shift.id, office.wang)
    page = (await chen.get("/reminders")).text
    assert "王*兰 · 103" in page
    assert "周六清洁家园 彩虹里: 王*兰" in page
    assert "13800003316" not in page


@pytest.fixture
def a_group(monkeypatch):
    """A group's robot whose host nobody has allowed, so that nothing leaves this machine."""
    monkeypatch.setenv("CAIHONG_GROUP_WEBHOOK_URL", "https://robot.example/send?key=1")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def test_the_group_is_told_once_and_again_only_when_it_was_not_taken(
    database, monkeypatch, caplog, a_group
):
    office = await an_office()
    at_ten = start_of(day_of(clock.now(), ZONE), ZONE) + 10 * HOUR
    sent: list[str] = []

    async def take(text: str) -> None:
        sent.append(text)

    with clock.frozen(at_ten):
        shift = await tomorrow(office, capacity=2)
        await signing.sign_up(office.book_id, shift.id, office.wang)
        assert await group_reminders.remind_group(office.book_id) == 0
        assert "not among group_webhook_hosts" in caplog.text
        assert "王" not in caplog.text
        monkeypatch.setattr(group_reminders, "send", take)
        assert await group_reminders.remind_group(office.book_id) == 1
        assert await group_reminders.remind_group(office.book_id) == 0
    (text,) = sent
    assert "王*兰" in text
    assert "金苑社区" in text
    assert "13800003316" not in text
    assert not reminding.may_remind(at_ten - 2 * HOUR, day_of(at_ten, ZONE), ZONE)
    assert (await SignUpSheet.get(shift_id=shift.id)).reminded_at == at_ten


async def test_without_an_address_nobody_is_told(database, monkeypatch):
    office = await an_office()
    await tomorrow(office)
    monkeypatch.setattr(reminding, "FROM_HOUR", 0)
    assert await group_reminders.remind_group(office.book_id) == 0
    assert (await SignUpSheet.get()).reminded_at is None

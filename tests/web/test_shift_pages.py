"""The organiser's plan and shift screen over http, as a browser without scripts sees them."""

import re

import pytest

from checkin import asking, board, venue_codes
from checkin.attending import check_in, check_out
from checkin.errors import NotCheckedIn
from checkin.models import Activity, AttendanceState, Shift, ShiftState
from kernel import clock
from kernel.clock import MINUTE
from kernel.settings import settings
from tests.web.office import HERE, Browser, an_office, browser_of
from web.render import ENVIRONMENT

PUBLIC = "https://caihong.example.cn"


@pytest.fixture
def public_url(monkeypatch):
    monkeypatch.setenv("CAIHONG_PUBLIC_URL", PUBLIC)
    settings.cache_clear()
    yield PUBLIC
    monkeypatch.undo()
    settings.cache_clear()


async def ask(office, number="103"):
    claim = venue_codes.claim(office.book_id, office.shift.id, clock.now())
    return (await asking.ask_by_number(claim, number)).attendance


async def came(office, person_id):
    at = clock.now() - 2 * MINUTE
    return await check_in(
        office.book_id, person_id, venue_codes.claim(office.book_id, office.shift.id, at)
    )


async def test_an_activity_and_its_first_shift_are_planned_with_full_width_digits(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    await chen.get("/activities/new")
    planned = await chen.post(
        "/activities", title="夜间巡逻", category="平安", place="岗亭", multiplier="１５０"
    )
    assert "夜间巡逻" in await chen.follow(planned)
    activity = await Activity.get(title="夜间巡逻")
    assert activity.multiplier_percent == 150
    planned = await chen.post(
        "/shifts",
        activity=str(activity.id),
        day="２０３０-01-05",
        starts="２２：００",
        ends="1:30",
        people="４",
    )
    assert "夜间巡逻" in await chen.follow(planned)
    shift = await Shift.get(activity_id=activity.id)
    assert shift.ends_at - shift.starts_at == 210 * MINUTE
    assert shift.points_budget == 4 * 52 * 110 // 100 + 1


IMPOSSIBLE = [
    ("day", "morgen"),
    ("day", "99999-99-99"),
    ("starts", "25:00"),
    ("ends", "\0"),
    ("people", "9" * 40),
    ("people", "0"),
    ("budget", "-1"),
]


async def test_a_shift_that_cannot_be_keeps_everything_typed(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    for field, typed in IMPOSSIBLE:
        fields = {
            "activity": str(office.shift.activity_id),
            "day": "2030-01-05",
            "starts": "09:00",
            "ends": "11:00",
            "people": "20",
            "budget": "",
        } | {field: typed}
        answer = await chen.post("/shifts", **fields)
        assert answer.status_code in (409, 422), field
        assert 'role="alert"' in answer.text
        assert ('value="2030-01-05"' if field != "day" else 'value="11:00"') in answer.text
    assert await Shift.all().count() == 1


async def test_a_second_activity_of_that_name_is_refused_in_words(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    answer = await chen.post("/activities", title="周六清洁家园", category="环境")
    assert answer.status_code == 409
    assert "周六清洁家园" in answer.text
    assert 'value="环境"' in answer.text


async def test_no_code_is_shown_that_phones_cannot_open(database):
    office = await an_office()
    far = await browser_of(office, office.chen)
    page = await far.get(f"/shifts/{office.shift.id}?here=1")
    assert "Phones cannot open this code yet" in page.text
    assert 'class="qr"' not in page.text
    assert "Show it anyway" not in page.text


async def test_on_this_computer_the_code_can_be_shown_anyway(database):
    office = await an_office()
    near = await browser_of(office, office.chen, address=HERE)
    page = await near.get(f"/shifts/{office.shift.id}")
    assert 'class="qr"' not in page.text
    assert 'href="?here=1"' in page.text
    page = await near.get(f"/shifts/{office.shift.id}?here=1")
    assert 'class="qr"' in page.text
    assert "only in a browser on this computer" in page.text
    assert f"/shifts/{office.shift.id}/code?here=1" in page.text


async def test_the_code_renews_itself_and_carries_the_public_address(
    database, public_url, monkeypatch
):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    shown: list[str] = []

    def note(text: str, _label: str) -> str:
        shown.append(text)
        return ""

    monkeypatch.setitem(ENVIRONMENT.globals, "qr", note)
    page = await chen.get(f"/shifts/{office.shift.id}")
    assert 'http-equiv="refresh"' in page.text
    fragment = await chen.get(f"/shifts/{office.shift.id}/code", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert re.search(r"\d{3} \d{3}", fragment.text)
    whole = await chen.get(f"/shifts/{office.shift.id}/code")
    assert "<h1>周六清洁家园</h1>" in whole.text
    assert len(set(shown)) == 3
    for text in shown:
        assert text.startswith("HTTPS://CAIHONG.EXAMPLE.CN/Q/")
        token = text.rpartition("/")[2]
        assert venue_codes.read(token, office.book_id, office.shift.id, clock.now())


async def test_a_visitor_is_let_in_by_one_tap_with_matching_digits(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    waiting = await ask(office)
    page = await chen.get(f"/shifts/{office.shift.id}")
    assert "王*兰" in page.text
    assert "王秀兰" not in page.text
    assert waiting.match_digits in page.text
    answer = await chen.post(
        f"/attendances/{waiting.id}/confirmation", shift=str(office.shift.id), here="1"
    )
    assert answer.headers["location"] == f"/shifts/{office.shift.id}?here=1"
    assert "Here now: 1" in await chen.follow(answer)
    again = await chen.post(f"/attendances/{waiting.id}/confirmation", shift=str(office.shift.id))
    assert "Nobody is waiting here any more" in await chen.follow(again)


async def test_not_them_and_not_here_end_it_without_points(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    waiting = await ask(office)
    present = (await came(office, office.li)).attendance
    for row in (waiting, present):
        path = f"/attendances/{row.id}/absence"
        await chen.follow(await chen.post(path, shift=str(office.shift.id)))
    seen = await board.of_shift(office.book_id, office.shift.id)
    assert {row.id for row in seen.rejected} == {waiting.id, present.id}
    assert "Not accepted: 2" in chen.seen


async def test_the_list_is_sent_again_only_when_it_changed(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    path = f"/shifts/{office.shift.id}/people"
    htmx = {"HX-Request": "true"}
    first = await chen.get(path, headers=htmx)
    digest = re.search(r'name="seen" value="(\w+)"', first.text)
    assert digest
    same = await chen.get(f"{path}?seen={digest[1]}", headers=htmx)
    assert same.status_code == 204
    await came(office, office.li)
    changed = await chen.get(f"{path}?seen={digest[1]}", headers=htmx)
    assert changed.status_code == 200
    assert "李*国" in changed.text
    assert (await chen.get(path)).headers["location"] == f"/shifts/{office.shift.id}"


async def test_refused_scans_are_listed_in_words(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    claim = venue_codes.claim(office.book_id, office.shift.id, clock.now())
    with pytest.raises(NotCheckedIn):
        await check_out(office.book_id, office.wang, claim)
    page = await chen.get(f"/shifts/{office.shift.id}")
    assert "Could not check in: 1" in page.text
    assert "Not checked in" in page.text


async def test_check_in_is_closed_and_opened_and_the_budget_changed(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    at = f"/shifts/{office.shift.id}"
    await chen.get(at)
    assert "Check-in is closed" in await chen.follow(await chen.post(f"{at}/state", state="closed"))
    assert (await Shift.get(id=office.shift.id)).state is ShiftState.CLOSED
    assert "open again" in await chen.follow(await chen.post(f"{at}/state", state="open"))
    assert "5,000" in await chen.follow(await chen.post(f"{at}/budget", budget="５,０００"))
    refused = await chen.post(f"{at}/budget", budget="viel")
    assert refused.status_code == 422
    assert 'value="viel"' in refused.text
    assert (await Shift.get(id=office.shift.id)).points_budget == 5000


async def test_another_helper_gets_a_link_to_the_code_screen(database, public_url):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    asked = await chen.get(f"/shifts/{office.shift.id}/helper")
    assert 'class="qr"' not in asked.text
    page = await chen.post(f"/shifts/{office.shift.id}/helper")
    assert f"{PUBLIC}/screens/" in page.text
    assert 'class="qr"' in page.text


async def test_a_shift_that_is_not_there_is_not_found(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    for shift_id in ("0", "abc", "9" * 40, "%00", "-1", "12"):
        for path in ("", "/code", "/people", "/helper"):
            answer = await chen.get(f"/shifts/{shift_id}{path}", headers={"HX-Request": "true"})
            assert answer.status_code == 404, shift_id


async def test_another_communitys_shift_does_not_exist(database):
    office, other = await an_office(), await an_office()
    chen = await browser_of(office, office.chen)
    assert (await chen.get(f"/shifts/{other.shift.id}")).status_code == 404
    await chen.get("/shifts")
    assert (await chen.post(f"/shifts/{other.shift.id}/state", state="closed")).status_code == 404
    waiting = await ask(other)
    answer = await chen.post(f"/attendances/{waiting.id}/confirmation", shift=str(other.shift.id))
    assert answer.status_code == 404
    await waiting.refresh_from_db()
    assert waiting.state is AttendanceState.WAITING


async def test_only_organisers_see_these_pages(database):
    office = await an_office()
    wang = await browser_of(office, office.wang, staff=False)
    stranger = Browser()
    for path in ("/shifts", "/shifts/new", f"/shifts/{office.shift.id}", "/verifications"):
        assert (await wang.get(path)).status_code == 403
        assert (await stranger.get(path)).headers["location"].startswith("/sign-in")

"""Points above the hours, the public notice and cancelled shifts, as a browser without scripts sees them."""

from checkin import rules, shifts, signing
from checkin.back_filling import back_fill
from checkin.models import Attendance
from checkin.rules import Terms
from checkin.verification import verify
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.days import day_of
from people import guardians, registration
from people.lives import ConsentGiven
from people.models import Role
from tests.web.office import Office, an_office, browser_of

ZONE = "Asia/Shanghai"


async def entered(office: Office, person: int) -> Attendance:
    """Half an hour that an organiser entered afterwards, verified: its points are on public notice."""
    terms = Terms(points_per_hour=10, bonus_points_per_shift=20, leader_bonus_points=5)
    await rules.adopt_terms(office.book_id, terms, in_force_from=0)
    row = await back_fill(
        *(office.book_id, office.shift.id, person, office.chen),
        checked_in_at=office.shift.starts_at,
        checked_out_at=office.shift.starts_at + 30 * MINUTE,
        reason="纸质签到表",
    )
    await verify(office.book_id, row.id, office.chen)
    return await Attendance.get(id=row.id)


async def test_a_bonus_is_given_on_the_page_of_the_hours_and_taken_back_there(database):
    office = await an_office()
    row = await entered(office, office.wang)
    zhao = await browser_of(office, office.zhao)
    at = f"/verifications/{row.id}"
    assert "This shift has 20 left to give" in (await zhao.get(at)).text
    give = f"/attendances/{row.id}/bonuses"
    for points, reason, why in (
        ("five", "暴雨应急", "five"),
        ("21", "暴雨应急", "20 are left, 21 were asked for"),
        ("5", " ", "bonus-reason"),
    ):
        wrong = await zhao.post(give, points=points, reason=reason)
        assert wrong.status_code in (409, 422)
        assert why in wrong.text
        assert f'value="{points}"' in wrong.text
    said = await zhao.follow(await zhao.post(give, points="5", reason="暴雨应急"))
    assert "5 bonus points are given." in said
    assert "暴雨应急" in said
    assert "This shift has 15 left to give" in said
    bonus = said.split(f"{give}/")[1].split("/")[0]
    back = await zhao.post(f"{give}/{bonus}/withdrawal", reason="")
    assert back.status_code == 422
    said = await zhao.follow(await zhao.post(f"{give}/{bonus}/withdrawal", reason="给错人了"))
    assert "The bonus is taken back." in said
    assert "给错人了" in said
    rule = (await zhao.get("/shop/rule")).text
    assert "Whoever leads a shift gets 5 points more." in rule
    assert "Organisers may give 20 bonus points at a shift in all" in rule


async def test_what_is_on_public_notice_is_listed_and_an_objection_keeps_its_text(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    assert "Nothing is on public notice" in (await chen.get("/public-notice")).text
    row = await entered(office, office.wang)
    listed = (await chen.get("/public-notice")).text
    assert "王*兰" in listed
    assert "王秀兰" not in listed
    assert f"/attendances/{row.id}/dispute" in listed
    long = "邻居说她没有来" * 40
    refused = await chen.post(f"/attendances/{row.id}/dispute", reason=long)
    assert refused.status_code == 422
    assert long in refused.text
    await chen.follow(await chen.post(f"/attendances/{row.id}/dispute", reason="没有来"))
    again = await chen.post(f"/attendances/{row.id}/dispute", reason="还是没有来")
    assert again.status_code == 409
    assert "Held back" in (await chen.get("/public-notice")).text

    auditor = (await registration.register(office.book_id, "周审计")).person_id
    await registration.grant_role(office.book_id, auditor, Role.AUDITOR, None)
    zhou = await browser_of(office, auditor)
    read = (await zhou.get("/public-notice")).text
    assert "王*兰" in read
    assert "/dispute" not in read


async def test_the_sheet_for_the_wall_shows_no_child_whose_guardian_has_not_agreed(database):
    office = await an_office()
    child = (await registration.register(office.book_id, "李小明")).person_id
    for person in (office.wang, child):
        await entered(office, person)
    year = day_of(clock.now(), ZONE) // 10_000 - 10
    await guardians.set_birth_year(office.book_id, child, year, "户口簿", office.chen)
    zhao = await browser_of(office, office.zhao)
    sheet = (await zhao.get("/public-notice/sheet")).text
    assert "王*兰" in sheet
    assert "李*明" not in sheet
    assert "1 award is left out" in sheet
    await guardians.give(office.book_id, child, office.wang, ConsentGiven.PAPER, 1)
    sheet = (await zhao.get("/public-notice/sheet")).text
    assert "李*明" in sheet
    assert "left out" not in sheet


async def test_a_cancelled_shift_is_told_to_everybody_on_its_sheet(database):
    office = await an_office()
    starts = clock.now() + DAY
    shift, other = [
        await shifts.plan_shift(office.book_id, office.shift.activity_id, at, at + 2 * HOUR)
        for at in (starts, starts + HOUR)
    ]
    await signing.sign_up(office.book_id, shift.id, office.wang)
    wang = await browser_of(office, office.wang, staff=False)
    await wang.get(f"/join/{other.id}")
    said = await wang.follow(await wang.post(f"/join/{other.id}"))
    assert "is at the same time" in said
    zhao = await browser_of(office, office.zhao)
    at = f"/shifts/{shift.id}"
    assert f"{at}/cancellation" in (await zhao.get(at)).text
    assert "王*兰" in (await zhao.get(f"{at}/cancellation")).text
    assert (await zhao.post(f"{at}/cancellation", reason=" ")).status_code == 422
    done = await zhao.follow(await zhao.post(f"{at}/cancellation", reason="暴雨红色预警"))
    assert "Please tell the people below" in done
    assert "Why: 暴雨红色预警" in done
    assert (await zhao.post(f"{at}/cancellation", reason="又一次")).status_code == 409
    for path in (at, f"{at}/sign-ups", f"{at}/code?here=1"):
        assert "This shift does not take place: 暴雨红色预警" in (await zhao.get(path)).text
    assert "Cancelled" in (await zhao.get("/shifts")).text
    assert "Cancelled" in (await wang.get("/")).text
    assert "This shift does not take place" in (await wang.get(f"/join/{shift.id}")).text

"""Reviewing hours over http: the preview, one tap, many at once, and a reason for everything else."""

import re

from checkin import venue_codes
from checkin.attending import check_in, check_out
from checkin.models import Attendance, AttendanceState
from kernel import clock
from kernel.clock import MINUTE
from ledger import chart
from ledger.balances import holding
from tests.web.office import an_office, browser_of


async def served(office, person_id, minutes=50):
    """Have somebody come 55 minutes ago and leave after some minutes."""
    begin = clock.now() - 55 * MINUTE
    for at, act in ((begin, check_in), (begin + minutes * MINUTE, check_out)):
        with clock.frozen(at):
            claim = venue_codes.claim(office.book_id, office.shift.id, at)
            attended = await act(office.book_id, person_id, claim)
    return attended.attendance


async def points_of(office, person_id):
    return (await holding(office.book_id, chart.purse(person_id))).balance


async def test_one_tap_brings_what_the_list_said(database):
    office = await an_office()
    row = await served(office, office.wang)
    chen = await browser_of(office, office.chen)
    page = await chen.get("/verifications")
    assert "王*兰" in page.text
    assert "王秀兰" not in page.text
    assert "member 103" in page.text
    assert "50 min → counts 45 min → <b>7 points</b>" in page.text
    done = await chen.follow(await chen.post(f"/attendances/{row.id}/verification"))
    assert "Verified: 50 min, 7 points." in done
    assert "Nothing waits for you" in done
    assert await points_of(office, office.wang) == 7


async def test_one_refusal_never_stops_the_rest(database):
    office = await an_office()
    wang, li = await served(office, office.wang), await served(office, office.li)
    own = await served(office, office.chen)
    chen = await browser_of(office, office.chen)
    page = await chen.get("/verifications")
    assert page.text.count('name="attendance"') == 2
    assert "somebody else verifies them" in page.text
    ids = [str(own.id), str(wang.id), "0", "x", str(li.id)]
    answer = await chen.post("/verifications", attendance=ids)
    assert answer.status_code == 200
    assert "2 verified: 1 h 40 min, 14 points." in answer.text
    assert "could not be verified" in answer.text
    assert "Your own hours must be confirmed by somebody else." in answer.text
    assert await points_of(office, office.chen) == 0


async def test_own_hours_are_shown_but_not_verifiable(database):
    office = await an_office()
    own = await served(office, office.chen)
    chen = await browser_of(office, office.chen)
    page = await chen.get(f"/verifications/{own.id}")
    assert "These are your own hours" in page.text
    assert f"/attendances/{own.id}/verification" not in page.text
    for act in ("verification", "rejection", "correction"):
        answer = await chen.post(
            f"/attendances/{own.id}/{act}", reason="x", because="x", came="9:00", left="9:30"
        )
        assert answer.status_code == 409
        assert "Your own hours must be confirmed by somebody else" in answer.text


async def test_a_rejection_needs_a_reason_and_keeps_what_was_typed(database):
    office = await an_office()
    row = await served(office, office.wang)
    chen = await browser_of(office, office.chen)
    await chen.get(f"/verifications/{row.id}")
    long = "没有来，" * 60
    for reason in ("", " \0 ", long):
        answer = await chen.post(f"/attendances/{row.id}/rejection", reason=reason)
        assert answer.status_code == 422
        assert "the reason stays with the record" in answer.text
    assert f'value="{long}"' in answer.text
    said = await chen.follow(
        await chen.post(f"/attendances/{row.id}/rejection", reason="只来了，五分钟\0")
    )
    assert "Not accepted" in said
    kept = await Attendance.get(id=row.id)
    assert kept.state is AttendanceState.REJECTED
    assert kept.reason == "只来了，五分钟"


async def test_times_are_corrected_in_the_communitys_zone(database):
    office = await an_office()
    row = await served(office, office.wang)
    chen = await browser_of(office, office.chen)
    page = await chen.get(f"/verifications/{row.id}")
    times = re.findall(r'name="(?:came|left)" type="time" value="(\d\d:\d\d)"', page.text)
    assert len(times) == 2
    wrong = await chen.post(
        f"/attendances/{row.id}/correction", came="late", left="", because="群里说的"
    )
    assert wrong.status_code == 422
    assert 'value="群里说的"' in wrong.text
    answer = await chen.post(
        f"/attendances/{row.id}/correction",
        came=times[0].replace(":", "："),
        left=times[0],
        because="群里说的",
    )
    assert answer.status_code in (303, 422)
    fixed = await chen.post(
        f"/attendances/{row.id}/correction", came=times[0], left=times[1], because="群里说的"
    )
    assert "The times are corrected." in await chen.follow(fixed)
    kept = await Attendance.get(id=row.id)
    assert kept.checked_in_at == row.checked_in_at
    assert kept.minutes_worked == 50
    assert "entered by hand" in (await chen.get("/verifications")).text


async def test_a_verification_is_taken_back_with_a_reason(database):
    office = await an_office()
    row = await served(office, office.wang)
    chen = await browser_of(office, office.chen)
    await chen.follow(await chen.post(f"/attendances/{row.id}/verification"))
    page = await chen.get(f"/verifications/{row.id}")
    assert "Verified by 陈静" in page.text
    assert (await chen.post(f"/attendances/{row.id}/withdrawal")).status_code == 422
    back = await chen.post(f"/attendances/{row.id}/withdrawal", reason="记错了人")
    assert "记错了人" in await chen.follow(back)
    assert await points_of(office, office.wang) == 0
    again = await chen.post(f"/attendances/{row.id}/withdrawal", reason="记错了人")
    assert again.status_code == 409
    # What was once taken back deserves a look: it is not among those verified together.
    assert 'name="attendance"' not in (await chen.get("/verifications")).text


async def test_another_communitys_attendance_does_not_exist(database):
    office, other = await an_office(), await an_office()
    row = await served(other, other.wang)
    chen = await browser_of(office, office.chen)
    await chen.get("/verifications")
    for attendance_id in (row.id, 0, "9" * 40, "abc", "%00"):
        assert (await chen.get(f"/verifications/{attendance_id}")).status_code == 404
        for act in ("verification", "rejection", "correction", "withdrawal", "absence"):
            fields = {"reason": "x", "because": "x", "came": "9:00", "shift": "1"}
            answer = await chen.post(f"/attendances/{attendance_id}/{act}", **fields)
            assert answer.status_code == 404, (attendance_id, act)
    assert await points_of(other, other.wang) == 0

"""Hours that no scan shows, in the browser: asked on the first page, one tap in the list, added by hand, disputed."""

from checkin import attending, closing, rules, venue_codes
from checkin.models import Attendance, Provenance
from checkin.rules import Terms
from kernel import clock
from kernel.clock import HOUR, MINUTE
from tests.web.office import an_office, browser_of
from web.i18n import clock as local_time


async def forgotten(office, person):
    """Somebody who came to a shift that is long over and never checked out."""
    shift = office.shift
    shift.starts_at, shift.ends_at = clock.now() - 5 * HOUR, clock.now() - 3 * HOUR
    await shift.save()
    with clock.frozen(shift.starts_at + MINUTE):
        claim = venue_codes.claim(office.book_id, shift.id, clock.now())
        came = (await attending.check_in(office.book_id, person, claim)).attendance
    assert await closing.close_forgotten(office.book_id) == 1
    return came


async def test_the_first_page_asks_when_somebody_left_and_the_list_takes_it_with_one_tap(database):
    office = await an_office()
    await rules.adopt_terms(office.book_id, Terms(points_per_hour=10), in_force_from=0)
    row = await forgotten(office, office.wang)
    wang = await browser_of(office, office.wang, staff=False)
    home = (await wang.get("/")).text
    assert "When did you leave?" in home
    assert home.count(f"/attendances/{row.id}/leaving") == 4
    zhao = await browser_of(office, office.zhao)
    assert "Left without scanning: planned end" in (await zhao.get("/verifications")).text

    await wang.get("/")
    wrong = await wang.post(f"/attendances/{row.id}/leaving", left="25:00")
    assert (wrong.status_code, "25:00" in wrong.text) == (422, True)
    half_an_hour = office.shift.ends_at - 30 * MINUTE
    said = await wang.follow(
        await wang.post(f"/attendances/{row.id}/leaving", at=str(half_an_hour))
    )
    assert "When did you leave?" not in said
    li = await browser_of(office, office.li, staff=False)
    other = await li.post(f"/attendances/{row.id}/leaving", at=str(half_an_hour))
    assert other.status_code == 404

    assert "Says they left at" in (await zhao.get("/verifications")).text
    await zhao.follow(await zhao.post(f"/attendances/{row.id}/verification"))
    page = (await zhao.get(f"/verifications/{row.id}")).text
    assert "On public notice" in page
    held = await zhao.follow(await zhao.post(f"/attendances/{row.id}/dispute", reason="没有来"))
    assert "Somebody objects: 没有来" in held
    settled = await zhao.follow(await zhao.post(f"/attendances/{row.id}/dispute/settlement"))
    assert "An objection was settled" in settled


async def test_somebody_without_a_scan_is_added_and_breaks_are_taken_off(database):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    at = f"/shifts/{office.shift.id}/addition"
    zone = "Asia/Shanghai"
    from_, to = (local_time(office.shift.starts_at + each * MINUTE, zone) for each in (0, 50))
    await zhao.get(at)
    for typed in ({"number": "9999"}, {"came": "9h"}, {"because": ""}):
        fields = {
            "number": "13800003316",
            "came": from_,
            "left": to,
            "because": "纸质名单",
            **typed,
        }
        wrong = await zhao.post(at, **fields)
        assert wrong.status_code in (404, 422), typed
        assert f'value="{to}"' in wrong.text
    await zhao.follow(
        await zhao.post(at, number="13800003316", came=from_, left=to, because="纸质名单")
    )
    row = await Attendance.get(book_id=office.book_id)
    assert (row.provenance, row.minutes_worked) == (Provenance.BACK_FILLED, 50)

    begins, ends = (local_time(office.shift.starts_at + each * MINUTE, zone) for each in (10, 30))
    fields = {"came": from_, "left": to, "rest_from": begins, "rest_to": ends, "because": "午饭"}
    page = await zhao.follow(await zhao.post(f"/attendances/{row.id}/correction", **fields))
    assert f"{begins}–{ends}" in page
    assert (await Attendance.get(id=row.id)).minutes_worked == 30

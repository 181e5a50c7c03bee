"""Many at once: whoever is plain comes in together, and anybody else gets the answer that one alone would get."""

import asyncio

import pytest

from checkin import gate, shifts, venue_codes
from checkin.attending import check_in, check_out
from checkin.models import Attendance, AttendanceState, CheckinScan, CodeMode
from checkin.sharing import STRANGERS
from kernel import clock
from kernel.clock import HOUR, MINUTE
from kernel.errors import DomainError
from people.registration import register
from tests.checkin.world import a_morning

MANY = 150


@pytest.fixture
async def morning(database):
    """A shift that has just begun."""
    found = await a_morning()
    now = clock.now()
    await found.shift.filter(id=found.shift.id).update(
        starts_at=now - 10 * MINUTE, ends_at=now + HOUR
    )
    return found


async def people_of(morning, count):
    made = [await register(morning.book_id, f"志愿者{n}") for n in range(count)]
    return [each.person_id for each in made]


async def come(morning, person_id, *, shift_id=None, browser=""):
    """Scan the code of this moment; a refusal is returned."""
    claim = venue_codes.claim(morning.book_id, shift_id or morning.shift.id, clock.now())
    try:
        return await check_in(morning.book_id, person_id, claim, browser=browser)
    except DomainError as refusal:
        return refusal.slug


@pytest.mark.concurrency
async def test_a_rush_comes_in_whole_in_a_few_batches_each_with_one_scan(morning, monkeypatch):
    batches = []
    written = gate._written

    async def counted(book_id, arrivals):
        batches.append(len(arrivals))
        return await written(book_id, arrivals)

    monkeypatch.setattr(gate, "_written", counted)
    people = await people_of(morning, MANY)
    done = await asyncio.gather(*(come(morning, each) for each in people))
    assert [each.already for each in done] == [False] * MANY
    rows = await Attendance.filter(shift_id=morning.shift.id, state=AttendanceState.PRESENT)
    assert {row.person_id for row in rows} == set(people)
    assert {row.id for row in rows} == {each.attendance.id for each in done}
    scans = await CheckinScan.filter(shift_id=morning.shift.id)
    assert len(scans) == MANY
    assert {scan.attendance_id for scan in scans} == {row.id for row in rows}
    assert len(batches) < MANY / 10


async def test_those_of_whom_there_is_something_to_be_said_hear_it_in_the_midst_of_a_rush(morning):
    twice, elsewhere, been, left, *others = await people_of(morning, 10)
    other = await shifts.plan_shift(
        morning.book_id, morning.shift.activity_id, clock.now(), clock.now() + HOUR
    )
    await come(morning, elsewhere, shift_id=other.id)
    await come(morning, been)
    await come(morning, left)
    later = venue_codes.claim(morning.book_id, morning.shift.id, clock.now() + 1)
    await check_out(morning.book_id, left, later)
    await shifts.close_shift(morning.book_id, other.id)
    rush = [
        *(come(morning, each) for each in others[:-2]),
        come(morning, twice),
        come(morning, twice),
        come(morning, elsewhere),
        come(morning, been),
        come(morning, left),
        come(morning, others[-2], shift_id=other.id),
        *(come(morning, each, browser="b" * 64) for each in (others[-1], others[-2])),
    ]
    done = await asyncio.gather(*rush)
    plain, (one, two, away, here, gone, shut, first, second) = done[:4], done[4:]
    assert [each.already for each in plain] == [False] * 4
    assert sorted([one.already, two.already]) == [False, True]
    assert (away, gone, shut) == ("present-elsewhere", "already-checked-out", "shift-is-closed")
    assert here.already
    assert [each.already for each in (first, second)] == [False, False]
    flagged = await CheckinScan.filter(browser="b" * 64).order_by("id")
    assert sorted(scan.flag for scan in flagged) == ["", STRANGERS]
    refused = await CheckinScan.filter(shift_id=morning.shift.id).exclude(refusal="")
    assert {scan.person_id for scan in refused} == {elsewhere, left}


async def test_nobody_comes_in_together_where_a_code_is_for_one_alone(morning, monkeypatch):
    await shifts.set_code_mode(morning.book_id, morning.shift.id, CodeMode.STRICT)
    people = await people_of(morning, 3)
    claim = venue_codes.claim(morning.book_id, morning.shift.id, clock.now())
    arrivals = [gate.Arrival(each, claim, "") for each in people]
    assert await asyncio.gather(*map(gate.come_together, arrivals)) == [None] * 3


async def test_a_defect_of_the_batch_lets_everybody_try_alone(morning, monkeypatch):
    async def breaks(*_):
        raise RuntimeError("the statement is wrong")

    monkeypatch.setattr(gate, "_written", breaks)
    people = await people_of(morning, 3)
    done = await asyncio.gather(*(come(morning, each) for each in people))
    assert [each.already for each in done] == [False] * 3

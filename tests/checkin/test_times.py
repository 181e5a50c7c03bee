"""A model of time: whoever comes and goes in whatever order, no minutes are negative and none are served twice.

The night of 31 October 2026 in New York has an hour twice, and every shift there lies about a midnight.
"""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin import attending, awards, rules, shifts, venue_codes
from checkin.closing import close_forgotten
from checkin.hours_errors import BreaksAreImpossible
from checkin.models import Attendance, AttendanceState
from checkin.presence import CLOSES_AFTER, refuse_breaks
from kernel import clock
from kernel.clock import HOUR, MINUTE
from kernel.errors import DomainError
from people.registration import open_community, register

ELEVEN_PM = (
    1_793_502_000_000_000  # 31 October 2026, 23:00 in New York; at 06:00 UTC clocks go back an hour
)
ACTS = (
    attending.check_in,
    attending.check_out,
    None,
)  # None: the job that closes what was forgotten
GONE = (AttendanceState.LEFT, AttendanceState.VERIFIED)


@given(
    st.integers(0, 600), st.lists(st.tuples(st.integers(0, 600), st.integers(0, 600)), max_size=4)
)
def test_breaks_never_make_minutes_negative_or_more_than_the_span(span, breaks):
    try:
        refuse_breaks(0, span * MINUTE, [(a * MINUTE, b * MINUTE) for a, b in breaks])
    except BreaksAreImpossible:
        return
    kept = {each for a, b in breaks for each in range(a, b)}
    served = awards.minutes_served(0, span * MINUTE, [(a * MINUTE, b * MINUTE) for a, b in breaks])
    assert served == span - len(kept) >= 0


@pytest.mark.parametrize(
    "breaks", [[(-5, 5)], [(30, 30)], [(10, 40), (30, 50)], [(100, 130)]], ids=str
)
def test_breaks_lie_apart_within_the_attendance(breaks):
    with pytest.raises(BreaksAreImpossible):
        refuse_breaks(0, 120, breaks)
    with pytest.raises(BreaksAreImpossible):
        refuse_breaks(0, None, [(10, 20)])  # nobody has a break who is still there
    refuse_breaks(0, 120, [(30, 40), (10, 30), (100, 120)])


@given(
    *(st.integers(0, 1000) for _ in range(2)),
    st.integers(1, 60),
    st.none() | st.integers(1, 600),
    st.none() | st.integers(0, 100),
    st.none() | st.integers(0, 100),
)
def test_limits_take_points_and_never_minutes(minutes, rate, step, longest, day, month):
    counting = awards.Counting(step, 0, longest)
    full = awards.award(minutes, rate, 100, counting)
    worth = awards.capped(full, day, month)
    assert worth.minutes_worked == minutes >= worth.minutes_counted
    assert worth.minutes_counted == full.minutes_counted
    assert worth.points == min(each for each in (full.points, day, month) if each is not None)
    assert (worth.points < full.points) == (worth.stopped_by in (awards.DAY_CAP, awards.MONTH_CAP))


@pytest.mark.parametrize("seed", range(4))
async def test_coming_and_going_in_any_order_serves_no_minute_twice(database, seed):
    rng = Random(seed)  # noqa: S311  an order of events, not a secret
    book_id = (await open_community("Jinyuan", "America/New_York")).id
    person = (await register(book_id, "王秀兰")).person_id
    await rules.adopt(book_id, 10, in_force_from=0)
    activity = await shifts.plan_activity(book_id, "夜巡", "安全")
    planned = [
        await shifts.plan_shift(
            book_id, activity.id, ELEVEN_PM + begins, ELEVEN_PM + begins + 2 * HOUR
        )
        for begins in (0, HOUR, 2 * HOUR, 4 * HOUR)
    ]
    now = ELEVEN_PM - 40 * MINUTE
    scanned: dict[int, list[int]] = {}
    while now < ELEVEN_PM + 8 * HOUR:
        shift = rng.choice(planned)
        act = rng.choice(ACTS)
        before = await rows_of(book_id)
        with clock.frozen(now):
            try:
                if act is None:
                    await close_forgotten(book_id)
                else:
                    claim = venue_codes.claim(book_id, shift.id, now - rng.randint(0, 3) * MINUTE)
                    await act(book_id, person, claim)
                    scanned.setdefault(shift.id, []).append(claim.seen_at)
            except DomainError:
                assert await rows_of(book_id) == before
        hold(await rows_of(book_id), planned, scanned)
        now += rng.randint(0, 25) * MINUTE + rng.randint(0, 59) * clock.SECOND
    assert any(row["minutes_worked"] for row in await rows_of(book_id))


async def rows_of(book_id):
    columns = ("shift_id", "state", "checked_in_at", "checked_out_at", "minutes_worked")
    return await Attendance.filter(book_id=book_id).order_by("id").values(*columns)


def hold(rows, planned, scanned):
    """Every end is a scan or the planned end; minutes are what a clock that never jumps says; none meet."""
    ends = {shift.id: shift.ends_at for shift in planned}
    spans = []
    for row in rows:
        came, went, shift_id = row["checked_in_at"], row["checked_out_at"], row["shift_id"]
        assert came in scanned[shift_id]
        if row["state"] in GONE:
            assert went in scanned[shift_id] or went == max(came, ends[shift_id])
            assert came <= went <= ends[shift_id] + CLOSES_AFTER
            assert row["minutes_worked"] == (went - came) // MINUTE >= 0
            spans.append((came, went))
        else:
            spans.append((came, float("inf")))
    for (_, went), (came, _) in zip(sorted(spans), sorted(spans)[1:], strict=False):
        assert went <= came

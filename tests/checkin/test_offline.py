"""Scans made without a network: each is judged once, whatever is in doubt is kept with its reason, nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin import offline
from checkin.code_papers import StoredScan
from checkin.models import Attendance, AttendanceState, CheckinScan, Provenance, Purpose
from checkin.offline import SentScan
from checkin.offline_clocks import Clocks, refuse_doubtful
from checkin.rollcall_errors import DeviceClockIsOff, ScanFromTheFuture, StoredScanNotFound
from checkin.shifts import plan_shift
from kernel import clock
from kernel.clock import HOUR, MINUTE, SECOND
from kernel.errors import DomainError
from people.card_issuing import issue_cards
from people.codes import make_code, member_key
from people.roster import member
from people.sessions import token_hash
from tests.checkin.world import NINE, a_morning, came, went

IN, OUT = Purpose.ARRIVING, Purpose.LEAVING
DEVICE = 20 * SECOND  # the device is twenty seconds behind


def scan(nonce: str, at: int, card: str = "", text: str = "", purpose: Purpose = IN, offset=DEVICE):
    hashed = token_hash(card) if card else ""
    return SentScan(nonce, purpose, hashed, text, at - DEVICE, offset)


async def sent(morning, *scans: SentScan, now: int = NINE + 2 * HOUR, drift: int = 0):
    with clock.frozen(now):
        return await offline.take_in(
            morning.book_id,
            morning.shift.id,
            list(scans),
            now - DEVICE + drift,
            by=morning.organiser,
        )


async def test_a_queue_is_judged_once_and_what_is_doubtful_waits_with_its_reason(database):
    morning = await a_morning()
    book, by = morning.book_id, morning.organiser
    elsewhere = await plan_shift(book, morning.activity.id, NINE, NINE + 2 * HOUR)
    cards = {
        each.member.person_id: each.token
        for each in await issue_cards(book, [morning.wang, morning.li], by)
    }
    await came(morning, morning.li, NINE, elsewhere)
    await went(morning, morning.li, NINE + HOUR, elsewhere)
    second = await member(book, morning.second_organiser)
    code = make_code(member_key(), book, second.id, NINE + 5 * MINUTE)
    queue = [
        scan("out", NINE + HOUR, cards[morning.wang], purpose=OUT),
        scan("in", NINE, cards[morning.wang]),
        scan("again", NINE + 3 * SECOND, cards[morning.wang]),
        scan("overlap", NINE + MINUTE, cards[morning.li]),
        scan("code", NINE + 5 * MINUTE, text=code),
        scan("old-code", NINE + 20 * MINUTE, text=code),
        scan("stranger", NINE, "A" * 29),
        scan("early", NINE - 2 * HOUR, text="104"),
        scan("own", NINE, text="101"),
        scan("clock", NINE, text="104", offset=DEVICE + 10 * MINUTE),
    ]
    first = await sent(morning, *queue)
    reasons = {each.nonce: each.reason for each in first}
    assert reasons == {
        "in": "",
        "out": "",
        "code": "",
        "again": "scanned-twice",
        "overlap": "times-overlap",
        "old-code": "member-code-expired",
        "stranger": "code-unknown",
        "early": "shift-not-yet-open",
        "own": "own-hours",
        "clock": "device-clock-off",
    }
    wang = await Attendance.get(book_id=book, shift_id=morning.shift.id, person_id=morning.wang)
    assert (wang.checked_in_at, wang.checked_out_at) == (NINE, NINE + HOUR)
    assert (wang.provenance, wang.minutes_worked) == (Provenance.OFFLINE, 60)
    before = await _everything()
    again = await sent(morning, *reversed(queue), now=NINE + 2 * HOUR + MINUTE)
    assert {each.nonce: each.reason for each in again} == reasons
    assert await _everything() == before
    waiting = await offline.doubtful(book, morning.shift.id)
    assert {each.nonce for each in waiting} == {name for name, why in reasons.items() if why}


async def _everything():
    return [
        sorted(map(repr, await model.all().values()))
        for model in (Attendance, CheckinScan, StoredScan)
    ]


async def test_a_doubtful_time_is_believed_or_put_aside_by_the_organiser(database):
    morning = await a_morning()
    off = DEVICE + 10 * MINUTE
    kept = await sent(
        morning,
        scan("believed", NINE - 10 * MINUTE, text="103", offset=off),
        scan("aside", NINE, "A" * 29),
    )
    believed, aside = sorted(kept, key=lambda each: each.nonce, reverse=True)[::1]
    ids = {each.nonce: each.id for each in (believed, aside)}
    with clock.frozen(NINE + HOUR):
        with pytest.raises(DomainError):
            await offline.settle(morning.book_id, ids["aside"], by=morning.organiser, take=True)
        await offline.settle(morning.book_id, ids["aside"], by=morning.organiser, take=False)
        await offline.settle(morning.book_id, ids["believed"], by=morning.organiser, take=True)
        with pytest.raises(StoredScanNotFound):
            await offline.settle(morning.book_id, ids["believed"], by=morning.organiser, take=True)
        with pytest.raises(StoredScanNotFound):
            await offline.settle(
                morning.book_id + 1, ids["aside"], by=morning.organiser, take=False
            )
    row = await Attendance.get(book_id=morning.book_id, person_id=morning.wang)
    assert (row.state, row.checked_in_at) == (AttendanceState.PRESENT, NINE)
    assert await offline.doubtful(morning.book_id, morning.shift.id) == []


async def test_what_a_device_keeps_names_nobody_without_a_card(database):
    morning = await a_morning()
    cards = await issue_cards(morning.book_id, [morning.wang], morning.organiser)
    kept = await offline.roster(morning.book_id, morning.shift.id)
    assert kept.names == {token_hash(cards[0].token)[:16]: "王*兰"}
    assert kept.kept_until == NINE + 3 * HOUR


MOMENTS = st.integers(min_value=-(10**17), max_value=10**17)


@given(device_at=MOMENTS, offset=MOMENTS | st.none(), sent_at=MOMENTS)
def test_a_moment_that_is_believed_is_near_what_both_clocks_say(device_at, offset, sent_at):
    clocks = Clocks(NINE, sent_at)
    try:
        refuse_doubtful(clocks, device_at, offset)
    except (DeviceClockIsOff, ScanFromTheFuture):
        return
    assert offset is not None
    assert abs(offset) <= 5 * MINUTE
    assert clocks.moment(device_at, offset) == max(0, device_at + offset) <= NINE + 30 * SECOND


@pytest.mark.parametrize(
    ("device_at", "offset", "sent_at", "doubt"),
    [
        (NINE - HOUR, 0, NINE, None),
        (NINE - HOUR, 5 * MINUTE, NINE - 5 * MINUTE, None),
        (NINE - HOUR, 5 * MINUTE + 1, NINE - 5 * MINUTE, DeviceClockIsOff),
        (NINE - HOUR, None, NINE, DeviceClockIsOff),
        (NINE - HOUR, 0, NINE - 3 * MINUTE, DeviceClockIsOff),
        (NINE + 30 * SECOND, 0, NINE, None),
        (NINE + 31 * SECOND, 0, NINE, ScanFromTheFuture),
    ],
)
def test_a_clock_is_doubted_at_its_limits(device_at, offset, sent_at, doubt):
    if doubt is None:
        refuse_doubtful(Clocks(NINE, sent_at), device_at, offset)
        return
    with pytest.raises(doubt):
        refuse_doubtful(Clocks(NINE, sent_at), device_at, offset)

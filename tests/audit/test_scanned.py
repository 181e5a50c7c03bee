"""Every verified hour leads to its scans or to somebody's word; whatever is altered in between is found."""

import pytest

from audit.reconcile import reconcile
from checkin import clean, closing, errands, offline, receiving, rules, service_cards
from checkin.alone_models import CardKind
from checkin.back_filling import back_fill, bring_in
from checkin.correcting import correct
from checkin.models import Attendance, Provenance, Purpose
from checkin.offline import SentScan
from checkin.rules import Terms
from checkin.service_cards import Shown
from checkin.shifts import plan_activity, plan_shift
from checkin.verification import verify
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.database import execute
from tests.checkin.world import NINE, Morning, a_morning, came, served

pytestmark = pytest.mark.anyio
IN, OUT = Purpose.ARRIVING, Purpose.LEAVING


async def mornings(*seeing) -> tuple[Morning, dict[str, int]]:
    """Mornings of Wang's, each seen in another way, all verified: the attendances by how they were seen."""
    morning = await a_morning()
    terms = Terms(points_per_hour=10, verifies_itself=True, second_above_minutes=None)
    await rules.adopt_terms(morning.book_id, terms, in_force_from=0)
    kinds = {}
    for day, see in enumerate(seeing):
        start = NINE + day * DAY
        shift = await plan_shift(morning.book_id, morning.activity.id, start, start + 2 * HOUR)
        found = await see(morning, shift)
        if see is not by_rule:
            await verify(morning.book_id, found.id, morning.second_organiser)
        kinds[see.__name__] = found.id
    return morning, kinds


async def by_rule(morning, shift):
    found = await served(morning, morning.wang, shift=shift)
    with clock.frozen(shift.ends_at + HOUR):
        assert await clean.verify_clean(morning.book_id) == 1
    return found


async def scanned(morning, shift):
    return await served(morning, morning.wang, shift=shift)


async def confirmed(morning, shift):
    for purpose, at in ((IN, shift.starts_at), (OUT, shift.ends_at)):
        with clock.frozen(at):
            done = await receiving.receive(
                *(morning.book_id, shift.id, morning.wang, purpose),
                by=morning.organiser,
                way="card",
            )
    return done.attendance


async def sent_later(morning, shift):
    queue = [
        SentScan(purpose.value, purpose, "", "103", at, 0)
        for purpose, at in ((IN, shift.starts_at), (OUT, shift.ends_at))
    ]
    with clock.frozen(shift.ends_at + HOUR):
        kept = await offline.take_in(
            *(morning.book_id, shift.id, queue, shift.ends_at + HOUR), by=morning.organiser
        )
    return await Attendance.get(id=kept[1].attendance_id)


async def corrected(morning, shift, ends_at=True):
    found = await came(morning, morning.wang, shift.starts_at, shift)
    with clock.frozen(shift.ends_at + HOUR):
        return await correct(
            *(morning.book_id, found.id, morning.organiser),
            checked_in_at=shift.starts_at - MINUTE,
            checked_out_at=shift.ends_at if ends_at else None,
            reason="came earlier",
        )


async def half_corrected(morning, shift):
    await corrected(morning, shift, ends_at=False)
    with clock.frozen(shift.ends_at + HOUR):
        done = await receiving.receive(
            *(morning.book_id, shift.id, morning.wang, OUT), by=morning.organiser, way="list"
        )
    return done.attendance


async def added(morning, shift):
    with clock.frozen(shift.ends_at + HOUR):
        return await back_fill(
            *(morning.book_id, shift.id, morning.wang, morning.organiser),
            checked_in_at=shift.starts_at,
            checked_out_at=shift.ends_at,
            reason="on the paper list",
        )


async def closed(morning, shift):
    found = await came(morning, morning.wang, shift.starts_at, shift)
    with clock.frozen(shift.ends_at + 2 * HOUR):
        await closing.close_forgotten(morning.book_id)
    return found


async def told(morning, shift):
    found = await closed(morning, shift)
    with clock.frozen(shift.ends_at + 3 * HOUR):
        left = shift.ends_at - 30 * MINUTE
        return await closing.say_when_left(morning.book_id, found.id, morning.wang, left)


async def imported(morning, shift):
    with clock.frozen(shift.ends_at + HOUR):
        times = (shift.starts_at, shift.ends_at)
        who = (shift.id, morning.wang, morning.organiser)
        return await bring_in(morning.book_id, *who, times, "the list of 2025, row 7")


async def two_ended(morning, shift):
    book, by = morning.book_id, morning.organiser
    escort = await plan_activity(book, "陪诊", "助老", usual_minutes=90)
    card = await service_cards.make(book, CardKind.PLACE, "社区食堂", by=by)
    with clock.frozen(shift.starts_at):
        shown = Shown(card.token, shift.starts_at)
        await errands.start(book, morning.wang, escort.id, shown=shown)
    with clock.frozen(shift.starts_at + HOUR):
        shown = Shown(card.token, shift.starts_at + HOUR)
        return (await errands.stop(book, morning.wang, shown=shown)).attendance


async def test_hours_of_every_kind_lead_to_their_scans_or_to_somebodys_word(database):
    morning, kinds = await mornings(
        *(by_rule, scanned, confirmed, sent_later, corrected, half_corrected, added, closed, told),
        *(imported, two_ended),
    )

    assert await reconcile(morning.book_id) == []
    seen = {each.provenance for each in await Attendance.filter(id__in=list(kinds.values()))}
    assert seen == set(Provenance)


ARRIVAL, DEPARTURE = "no scan shows the arrival", "no scan shows the departure"
SCAN = "UPDATE checkin_scan SET {change} WHERE attendance_id = $1 AND purpose = '{end}'"
ROW = "UPDATE attendance SET {change} WHERE id = $1"
ANOTHER = "(SELECT MIN(id) FROM person)"
ALTERED = [
    (scanned, SCAN.format(change="scanned_at = scanned_at - 1", end="in"), ARRIVAL),
    (scanned, SCAN.format(change="scanned_at = scanned_at + 1", end="out"), DEPARTURE),
    (scanned, SCAN.format(change=f"person_id = {ANOTHER}", end="in"), ARRIVAL),
    (scanned, SCAN.format(change="shift_id = (SELECT MIN(id) FROM shift)", end="out"), DEPARTURE),
    (scanned, SCAN.format(change="refusal = 'too-late'", end="out"), DEPARTURE),
    (scanned, SCAN.format(change="way = 'list'", end="out"), DEPARTURE),
    (scanned, SCAN.format(change="purpose = 'out'", end="in"), ARRIVAL),
    (scanned, SCAN.format(change="attendance_id = NULL", end="in"), ARRIVAL),
    (by_rule, SCAN.format(change="way = 'typed'", end="in"), "without a clean scan"),
    (by_rule, SCAN.format(change="flag = 'several-on-one-browser'", end="out"), "without a clean"),
    (confirmed, SCAN.format(change="scanned_at = scanned_at + 1", end="out"), DEPARTURE),
    (confirmed, ROW.format(change="confirmed_by = NULL"), "nobody is named who confirmed it"),
    (confirmed, ROW.format(change="provenance = 'scanned'"), ARRIVAL),
    (sent_later, "DELETE FROM stored_scan WHERE attendance_id = $1", "no device sent"),
    (sent_later, ROW.format(change="confirmed_by = NULL"), "nobody is named who confirmed it"),
    (corrected, ROW.format(change="reason = ''"), "nobody is named who entered its times"),
    (corrected, ROW.format(change="confirmed_by = NULL"), "nobody is named who entered its times"),
    (corrected, ROW.format(change="provenance = 'scanned'"), ARRIVAL),
    (half_corrected, ROW.format(change="minutes_recorded = NULL"), ARRIVAL),
    (half_corrected, "DELETE FROM checkin_scan WHERE attendance_id = $1", None),
    (added, ROW.format(change="reason = ''"), "nobody is named who added it"),
    (added, ROW.format(change="minutes_recorded = 60"), "nobody is named who added it"),
    (imported, ROW.format(change="reason = ''"), "nobody is named who added it"),
    (two_ended, SCAN.format(change="scanned_at = scanned_at + 1", end="out"), DEPARTURE),
    (closed, ROW.format(change="checked_out_at = checked_out_at - 1"), "not the planned one"),
    (closed, SCAN.format(change="scanned_at = scanned_at - 1", end="in"), ARRIVAL),
    (told, SCAN.format(change="refusal = 'too-early'", end="in"), ARRIVAL),
]


@pytest.mark.parametrize(("kind", "change", "says"), ALTERED)
async def test_a_row_altered_between_scan_and_award_is_found(database, kind, change, says):
    morning, kinds = await mornings(kind)

    assert await execute(change, kinds[kind.__name__]) > 0

    said = [str(each) for each in await reconcile(morning.book_id)]
    wanted = [] if says is None else [says]
    assert [word for word in wanted if any(word in each for each in said)] == wanted
    assert bool(said) == bool(wanted)
    assert all(f"Attendance {kinds[kind.__name__]}:" in each for each in said)

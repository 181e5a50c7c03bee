"""The leader's own hours, and what is odd about cards."""

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from audit.reconcile import reconcile
from audit.witnessed import witnessed
from checkin import clean, leading, rules, shifts
from checkin.alone_errors import NoLeader, OnlyThoseHere
from checkin.alone_models import CardKind, Witness
from checkin.card_flags import MANY_PEOPLE, TOO_QUICK, Use, card_flags, flag_of
from checkin.errors import NotCheckedIn, OwnHours
from checkin.hours_errors import AnotherMustVerify
from checkin.models import Attendance, AttendanceState, Provenance
from checkin.rules import Terms
from checkin.verification import verify
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.database import execute
from people.registration import register
from tests.checkin.alone_world import alone_at_work, began, ended
from tests.checkin.world import NINE, a_morning, came, went


@pytest.fixture
async def patrol(database):
    """A shift that the second organiser leads, and Wang is there."""
    morning = await a_morning()
    shift = await shifts.plan_shift(
        morning.book_id, morning.activity.id, NINE + 3 * HOUR, NINE + 5 * HOUR,
        leader_id=morning.second_organiser,
    )  # fmt: skip
    await came(morning, morning.wang, NINE + 3 * HOUR, shift)
    return morning, shift


async def test_another_member_checks_the_leader_in_and_a_third_person_verifies(patrol):
    morning, shift = patrol
    book, leader = morning.book_id, morning.second_organiser
    begins = NINE + 3 * HOUR
    with clock.frozen(begins + MINUTE):
        assert await leading.leader_standing(book, shift, morning.wang) == "in"
        assert await leading.leader_standing(book, shift, leader) == ""
        with pytest.raises(NotCheckedIn):
            await leading.check_leader_out(book, shift.id, morning.wang)
        first = await leading.check_leader_in(book, shift.id, morning.wang)
        again = await leading.check_leader_in(book, shift.id, morning.wang)
        assert (first.already, again.already) == (False, True)
        assert await leading.leader_standing(book, shift, morning.wang) == "out"
        await came(morning, morning.li, begins + MINUTE, shift)
    with clock.frozen(begins + 2 * HOUR):
        done = await leading.check_leader_out(book, shift.id, morning.li)
        assert (await leading.check_leader_out(book, shift.id, morning.li)).already
        assert await leading.leader_standing(book, shift, morning.li) == ""
    row = done.attendance
    assert (row.provenance, row.confirmed_by, row.minutes_worked) == (
        Provenance.CONFIRMED,
        morning.wang,
        119,
    )
    for seen_by in (morning.wang, morning.li):
        with pytest.raises(AnotherMustVerify):
            await verify(book, row.id, seen_by)
    with pytest.raises(OwnHours):
        await verify(book, row.id, leader)
    with pytest.raises(IntegrityError):
        await execute(
            "UPDATE attendance SET state = 'verified', verified_at = 1, verifier_id = $2 WHERE id = $1",
            *(row.id, morning.wang),
        )
    await verify(book, row.id, morning.organiser)
    assert await reconcile(book) == []
    # Who saw them go is beyond the CHECK of one row; the audit sees it.
    await execute("UPDATE attendance SET verifier_id = $2 WHERE id = $1", row.id, morning.li)
    assert len(await witnessed(book)) == 1


async def test_only_who_is_there_can_say_that_the_leader_is(patrol):
    morning, shift = patrol
    with clock.frozen(NINE + 3 * HOUR):
        with pytest.raises(OnlyThoseHere):
            await leading.check_leader_in(morning.book_id, shift.id, morning.li)
        with pytest.raises(OwnHours):
            await leading.check_leader_in(morning.book_id, shift.id, morning.second_organiser)
        with pytest.raises(NoLeader):
            await leading.check_leader_in(morning.book_id, morning.shift.id, morning.wang)


@pytest.mark.concurrency
async def test_fifty_who_check_the_leader_in_at_once_make_one_attendance(patrol):
    morning, shift = patrol
    with clock.frozen(NINE + 3 * HOUR):
        answers = await asyncio.gather(
            *(leading.check_leader_in(morning.book_id, shift.id, morning.wang) for _ in range(50))
        )
    assert sum(not each.already for each in answers) == 1
    assert await Witness.all().count() == 1
    present = Attendance.filter(state=AttendanceState.PRESENT, person_id=morning.second_organiser)
    assert await present.count() == 1


async def test_a_leader_who_scans_their_own_screen_is_not_verified_by_the_rule(patrol):
    morning, shift = patrol
    await rules.adopt_terms(
        morning.book_id, Terms(points_per_hour=10, verifies_itself=True), in_force_from=0
    )
    await came(morning, morning.second_organiser, shift.starts_at, shift)
    await went(morning, morning.second_organiser, shift.ends_at, shift)
    await went(morning, morning.wang, shift.ends_at, shift)
    with clock.frozen(shift.ends_at + HOUR):
        assert await clean.verify_clean(morning.book_id) == 1
    [verified] = await Attendance.filter(verified_by_rule=True)
    assert verified.person_id == morning.wang


@pytest.mark.parametrize(
    ("kind", "minutes", "people", "flag"),
    [
        (CardKind.PERSON, 60, 3, ""),
        (CardKind.PERSON, 60, 4, MANY_PEOPLE),
        (CardKind.PLACE, 60, 15, ""),
        (CardKind.PLACE, 60, 16, MANY_PEOPLE),
        (CardKind.PERSON, 9, 1, TOO_QUICK),
        (CardKind.PERSON, 10, 1, ""),
    ],
)
def test_what_is_odd_about_a_card(kind, minutes, people, flag):
    uses = [Use(each, NINE) for each in range(people)] + [Use(99, NINE + 2 * DAY)]
    assert flag_of(kind, NINE, NINE + minutes * MINUTE, uses) == flag


async def test_the_flags_of_attendances_come_from_their_cards(database):
    world = await alone_at_work()
    book = world.book
    quick = await began(world, world.morning.wang, NINE, world.card.token)
    await ended(world, world.morning.wang, NINE + 5 * MINUTE, world.card.token)
    many = []
    for number in range(3):
        person = (await register(book, f"志愿者{number}", number=300 + number, by=None)).person_id
        many.append(await began(world, person, NINE, world.card.token))
        await ended(world, person, NINE + HOUR, world.card.token)
    word = await began(world, world.morning.wang, NINE + 2 * HOUR)
    flags = await card_flags(book, [quick.id, word.id, *(each.id for each in many)])
    assert flags == {quick.id: TOO_QUICK, **{each.id: MANY_PEOPLE for each in many}}
    assert await card_flags(book, []) == {}

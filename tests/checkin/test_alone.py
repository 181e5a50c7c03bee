"""Work without an organiser on the spot: what a card at both ends is, and what a word alone is."""

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from audit.reconcile import reconcile
from checkin import (
    arriving,
    clean,
    closing,
    errands,
    receiving,
    rules,
    service_cards,
    shifts,
    signup_lists,
    witnessing,
)
from checkin.alone_errors import (
    CardIsImpossible,
    ErrandNeedsSomebody,
    NobodyConfirmed,
    NothingStarted,
    NothingToConfirm,
    OwnServiceCard,
    PlacesSayNothing,
    ServiceCardDead,
    ServiceCardUnknown,
    UsualTimeIsImpossible,
)
from checkin.alone_models import CardKind, Errand, How, ServiceCard, Witness
from checkin.back_filling import back_fill
from checkin.correcting import correct
from checkin.errands import Served
from checkin.errors import (
    AttendanceNotFound,
    ClaimExpired,
    OwnHours,
    PresentElsewhere,
    ReasonIsMissing,
    ScanAgainToLeave,
    ShiftNotFound,
    TimesOverlap,
    TooLate,
    TooManyTries,
)
from checkin.hours_errors import NothingToAnswer
from checkin.models import Attendance, AttendanceState, CheckinScan, Provenance, Shift
from checkin.plan_errors import ActivityNotFound
from checkin.rules import Terms
from checkin.service_cards import Shown
from checkin.verification import unverify, verify
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.database import execute
from ledger.checks import check
from tests.checkin.alone_world import alone_at_work, began, ended
from tests.checkin.world import NINE, came, points_of, served


async def the_books_hold(world):
    assert await check(world.book) == []
    assert [str(each) for each in await reconcile(world.book)] == []


async def test_one_card_at_both_ends_makes_the_minutes_a_fact(database):
    world = await alone_at_work()
    wang = world.morning.wang
    begun = await began(world, wang, NINE, world.card.token)
    assert (begun.state, begun.provenance, begun.needs_word) == ("present", "reported", True)
    done = await ended(world, wang, NINE + 70 * MINUTE, world.card.card.number)
    assert (done.provenance, done.minutes_worked) == (Provenance.TWO_ENDED, 70)
    assert not done.needs_word
    ways = [row.how for row in await Witness.filter(attendance_id=done.id).order_by("said_at")]
    assert ways == [How.CARD, How.NUMBER]
    verified = await verify(world.book, done.id, world.morning.organiser)
    assert (verified.points, await points_of(world.morning, wang)) == (10, 10)
    await the_books_hold(world)


@pytest.mark.parametrize(
    ("first", "last", "needs_word"),
    [
        ("person", "", True),
        ("", "canteen", True),
        ("", "person", False),
        ("canteen", "", True),
        ("canteen", "person", False),
        ("person", "canteen", True),
        ("canteen", "canteen", False),
    ],
)
async def test_less_than_one_card_at_both_ends_is_the_volunteers_own_word(
    database, first, last, needs_word
):
    world = await alone_at_work()
    cards = {"": "", "person": world.card.token, "canteen": world.canteen.token}
    await began(world, world.morning.wang, NINE, cards[first])
    done = await ended(world, world.morning.wang, NINE + HOUR, cards[last])
    two = first == last
    assert done.provenance is (Provenance.TWO_ENDED if two else Provenance.SELF_REPORTED)
    assert done.needs_word == needs_word
    if needs_word:
        with pytest.raises(NobodyConfirmed):
            await verify(world.book, done.id, world.morning.organiser)
        with pytest.raises(IntegrityError):
            await execute(
                "UPDATE attendance SET state = 'verified', verifier_id = $2, verified_at = 1 WHERE id = $1",
                *(done.id, world.morning.organiser),
            )
    else:
        await verify(world.book, done.id, world.morning.organiser)
    await the_books_hold(world)


async def test_the_person_served_confirms_on_their_own_phone_and_nobody_else_does(database):
    world = await alone_at_work()
    m = world.morning
    await began(world, m.wang, NINE)
    with pytest.raises(NothingToConfirm):
        await witnessing.confirm_as_served(world.book, (await Attendance.get()).id, m.li)
    done = await ended(world, m.wang, NINE + HOUR)
    for other in (m.wang, m.organiser):
        with pytest.raises(AttendanceNotFound):
            await witnessing.confirm_as_served(world.book, done.id, other)
    await witnessing.confirm_as_served(world.book, done.id, m.li)
    with pytest.raises(NothingToConfirm):
        await witnessing.confirm_as_served(world.book, done.id, m.li)
    row = await Witness.get(attendance_id=done.id)
    assert (row.how, row.teller_id) == (How.PHONE, m.li)
    with pytest.raises(NothingToAnswer):
        await closing.say_when_left(world.book, done.id, m.wang, NINE + 80 * MINUTE)
    await verify(world.book, done.id, m.organiser)
    await unverify(world.book, done.id, m.organiser, "看错人了")
    await verify(world.book, done.id, m.organiser)
    await the_books_hold(world)


async def test_an_organiser_confirms_with_how_they_know_and_never_their_own(database):
    world = await alone_at_work()
    m = world.morning
    await began(world, m.wang, NINE, name="刘大爷")
    done = await ended(world, m.wang, NINE + HOUR)
    with pytest.raises(ReasonIsMissing):
        await witnessing.confirm_as_organiser(world.book, done.id, m.organiser, " ")
    with pytest.raises(OwnHours):
        await witnessing.confirm_as_organiser(world.book, done.id, m.wang, "我自己")
    await witnessing.confirm_as_organiser(world.book, done.id, m.organiser, "15:20 电话问过刘大爷")
    row = await Witness.get(attendance_id=done.id)
    assert (row.how, row.teller_id, row.note) == ("organiser", m.organiser, "15:20 电话问过刘大爷")
    await verify(world.book, done.id, m.organiser)
    await the_books_hold(world)


async def test_the_card_of_a_person_confirms_afterwards_and_that_of_a_place_does_not(database):
    world = await alone_at_work()
    m = world.morning
    await began(world, m.wang, NINE)
    done = await ended(world, m.wang, NINE + HOUR)
    at = NINE + HOUR + MINUTE
    with clock.frozen(at):
        for text, refusal in [
            (world.canteen.token, PlacesSayNothing),
            ("NONSENSE", ServiceCardUnknown),
        ]:
            with pytest.raises(refusal):
                await witnessing.confirm_by_card(world.book, done.id, m.wang, Shown(text, at))
        with pytest.raises(AttendanceNotFound):
            await witnessing.confirm_by_card(world.book, done.id, m.li, Shown(world.card.token, at))
        await witnessing.confirm_by_card(
            world.book, done.id, m.wang, Shown(world.card.card.number, at)
        )
    assert (await Witness.get(attendance_id=done.id)).how is How.NUMBER
    await verify(world.book, done.id, m.organiser)
    await the_books_hold(world)


async def test_who_was_not_helped_says_so_and_then_only_an_organiser_can_speak(database):
    world = await alone_at_work()
    m = world.morning
    await began(world, m.wang, NINE)
    done = await ended(world, m.wang, NINE + HOUR)
    await witnessing.deny(world.book, done.id, m.li)
    with pytest.raises(AttendanceNotFound):
        await witnessing.confirm_as_served(world.book, done.id, m.li)
    with pytest.raises(PlacesSayNothing):
        await witnessing.confirm_by_card(
            world.book, done.id, m.wang, Shown(world.card.token, clock.now())
        )
    assert (await Attendance.get(id=done.id)).reason == witnessing.DENIED
    with pytest.raises(NobodyConfirmed):
        await verify(world.book, done.id, m.organiser)


async def test_a_forgotten_stop_is_closed_by_itself_and_pays_nobody(database):
    world = await alone_at_work()
    m = world.morning
    begun = await began(world, m.wang, NINE, world.card.token)
    late = NINE + 90 * MINUTE + HOUR + MINUTE
    with clock.frozen(late):
        with pytest.raises(TooLate):
            await errands.stop(world.book, m.wang)
        assert await closing.close_forgotten(world.book) == 1
        row = await Attendance.get(id=begun.id)
        assert (row.provenance, row.minutes_worked) == (Provenance.AUTO_CLOSED, 90)
        with pytest.raises(NothingToConfirm):
            await witnessing.confirm_as_organiser(world.book, row.id, m.organiser, "电话")
        with pytest.raises(NobodyConfirmed):
            await verify(world.book, row.id, m.organiser)
        said = await closing.say_when_left(world.book, row.id, m.wang, NINE + HOUR)
        assert said.provenance is Provenance.SELF_REPORTED
        await witnessing.confirm_as_organiser(world.book, row.id, m.organiser, "电话")
        await verify(world.book, row.id, m.organiser)
    await the_books_hold(world)


async def test_an_errand_and_a_shift_keep_apart(database):
    world = await alone_at_work()
    m = world.morning
    await came(m, m.wang)
    with pytest.raises(PresentElsewhere):
        await began(world, m.wang, NINE + MINUTE)
    await served(m, m.li)
    with pytest.raises(TimesOverlap):
        await began(world, m.li, NINE + HOUR, person_id=m.wang)
    noon = NINE + 3 * HOUR
    await began(world, m.li, noon, person_id=m.wang)
    planned = await shifts.plan_shift(world.book, m.activity.id, noon, noon + HOUR)
    with pytest.raises(PresentElsewhere):
        await came(m, m.li, noon + MINUTE, planned)


async def test_an_errand_is_no_shift_on_any_list_or_screen(database):
    world = await alone_at_work()
    m = world.morning
    begun = await began(world, m.wang, NINE)
    with clock.frozen(NINE + MINUTE):
        lists = [
            await shifts.of_day(world.book),
            await shifts.coming(world.book),
            await receiving.running(world.book),
        ]
        assert [len(found) for found in lists] == [1, 1, 1]
        assert begun.shift_id not in {
            each.shift.id for each in await signup_lists.openings(world.book, m.li)
        }
        for act in (shifts.find, signup_lists.of_shift):
            with pytest.raises(ShiftNotFound):
                await act(world.book, begun.shift_id)
        with pytest.raises(ShiftNotFound):
            await back_fill(
                *(world.book, begun.shift_id, m.li, m.organiser),
                checked_in_at=NINE,
                checked_out_at=NINE + 1,
                reason="纸质",
            )
    with pytest.raises(ActivityNotFound):
        await shifts.plan_shift(world.book, world.escort.id, NINE, NINE + HOUR)
    assert world.escort.id not in {each.id for each in await shifts.activities(world.book)}
    shift = await Shift.get(id=begun.shift_id)
    assert (shift.ends_at - shift.starts_at, shift.points_budget) == (90 * MINUTE, 28)


async def test_the_refusals_of_beginning_and_ending(database):
    world = await alone_at_work()
    m = world.morning
    with clock.frozen(NINE):
        with pytest.raises(NothingStarted):
            await errands.stop(world.book, m.wang)
        with pytest.raises(ErrandNeedsSomebody):
            await errands.start(world.book, m.wang, world.escort.id)
        for text in ("", "长" * 41):
            with pytest.raises(ErrandNeedsSomebody):
                await errands.whom(world.book, text)
        assert await errands.whom(world.book, "104") == Served(m.li)
        assert await errands.whom(world.book, " 刘 大爷 ") == Served(name="刘 大爷")
        with pytest.raises(ActivityNotFound):
            await errands.start(world.book, m.wang, m.activity.id, served=Served(m.li))
        with pytest.raises(OwnServiceCard):
            await errands.start(world.book, m.wang, world.escort.id, served=Served(m.wang))
        with pytest.raises(OwnServiceCard):
            await began(world, m.li, NINE, world.card.token)
        old = Shown(world.card.token, NINE - 6 * MINUTE)
        with pytest.raises(ClaimExpired):
            await errands.start(world.book, m.wang, world.escort.id, shown=old)
        begun = await began(world, m.wang, NINE)
        with pytest.raises(ScanAgainToLeave):
            await errands.stop(world.book, m.wang)
    with pytest.raises(AttendanceNotFound):
        await errands.stop(world.book, m.li, attendance_id=begun.id)
    for minutes in (0, 1441):
        with pytest.raises(UsualTimeIsImpossible):
            await shifts.plan_activity(world.book, "送餐", "助老", usual_minutes=minutes)
    for kind, label, person in (
        ("place", "", None),
        ("place", "食堂", m.li),
        ("person", "长" * 41, None),
    ):
        with pytest.raises(CardIsImpossible):
            await service_cards.make(
                world.book, CardKind(kind), label, by=m.organiser, person_id=person
            )


async def test_hours_of_two_ends_wait_as_scanned_ones_do_and_words_as_entries_by_hand(database):
    world = await alone_at_work()
    m = world.morning
    await rules.adopt_terms(
        world.book,
        Terms(points_per_hour=10, notice_days_by_hand=7, verifies_itself=True),
        in_force_from=0,
    )
    await began(world, m.wang, NINE, world.card.token)
    two = await ended(world, m.wang, NINE + HOUR, world.card.token)
    await began(world, m.wang, NINE + 2 * HOUR)
    word = await ended(world, m.wang, NINE + 3 * HOUR)
    await witnessing.confirm_as_served(world.book, word.id, m.li)
    with clock.frozen(NINE + 4 * HOUR):
        assert await clean.verify_clean(world.book) == 0
        assert (await verify(world.book, two.id, m.organiser)).arrives_at is None
        told = await verify(world.book, word.id, m.organiser)
    assert told.arrives_at == NINE + 4 * HOUR + 7 * DAY


async def test_an_organisers_correction_is_a_word_with_a_name(database):
    world = await alone_at_work()
    m = world.morning
    await began(world, m.wang, NINE)
    done = await ended(world, m.wang, NINE + HOUR)
    row = await correct(
        *(world.book, done.id, m.organiser),
        checked_in_at=NINE,
        checked_out_at=NINE + 30 * MINUTE,
        reason="问过了",
    )
    assert (row.needs_word, row.provenance) == (False, Provenance.CORRECTED)
    await verify(world.book, done.id, m.second_organiser)
    await the_books_hold(world)


@pytest.mark.concurrency
async def test_start_pressed_fifty_times_at_once_begins_one_errand(database):
    world = await alone_at_work()
    m = world.morning
    answers = await asyncio.gather(
        *(
            errands.start(world.book, m.wang, world.escort.id, served=Served(m.li))
            for _ in range(50)
        )
    )
    assert sum(not each.already for each in answers) == 1
    assert await Attendance.all().count() == await Errand.all().count() == 1
    assert await Shift.filter(on_call=True).count() == 1
    assert await CheckinScan.filter(way="own").count() == 1


@pytest.mark.concurrency
async def test_a_card_that_is_stopped_while_fifty_scan_it_begins_nothing_afterwards(database):
    world = await alone_at_work()
    m = world.morning
    members = [m.wang, m.organiser, m.second_organiser]
    shown = Shown(world.card.token, clock.now())

    async def begin(person):
        try:
            return (await errands.start(world.book, person, world.escort.id, shown=shown)).already
        except ServiceCardDead:
            return None

    acts = [begin(members[each % 3]) for each in range(50)]
    acts.insert(25, service_cards.revoke(world.book, world.card.card.id, m.organiser))
    answers = await asyncio.gather(*acts)
    stopped = (await ServiceCard.get(id=world.card.card.id)).revoked_at
    begun = sum(each is False for each in answers)
    assert begun == await Attendance.all().count() == await Witness.all().count() <= 3
    assert stopped is not None
    assert await begin(m.wang) is None
    assert (
        await service_cards.revoke(world.book, world.card.card.id, m.wang)
    ).revoked_by == m.organiser


async def test_numbers_are_not_guessed(database):
    world = await alone_at_work()
    m = world.morning
    wrong = f"{(int(world.card.card.number) + 1) % 10**8:08d}"
    for _ in range(arriving.TRIES):
        with pytest.raises(ServiceCardUnknown):
            await service_cards.look(world.book, wrong, m.wang)
    with pytest.raises(TooManyTries):
        await service_cards.look(world.book, world.card.card.number, m.wang)
    card = await service_cards.look(world.book, world.card.card.number, m.organiser)
    assert card.label == "李奶奶家"
    assert await Attendance.filter(state=AttendanceState.PRESENT).count() == 0

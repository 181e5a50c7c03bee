"""Sheets of shifts: the last place is given once, the line keeps its order, offers lapse, absence is counted."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError

from checkin import rules, shifts, signing, signup_lists
from checkin.errors import NotAMember, ShiftNotFound
from checkin.places import ANSWER_BEFORE, TAKEN, InLine, answer_by, settle
from checkin.signup_errors import CapacityIsImpossible, NotSignedUp, SignUpIsOver
from checkin.signup_models import SignUp, Standing
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from people.registration import register
from tests.checkin.world import NINE, a_morning, came, served

EARLY = NINE - 3 * DAY
STATES = st.sampled_from([Standing.SIGNED, Standing.OFFERED, Standing.WAITING])


def lines(*states: Standing, answer: int = NINE) -> list[InLine]:
    return [
        InLine(place, state, place, answer if state is Standing.OFFERED else None)
        for place, state in enumerate(states, 1)
    ]


def test_an_offer_waits_a_day_but_ends_twelve_hours_before_the_start():
    assert answer_by(EARLY, NINE) == EARLY + DAY
    assert answer_by(NINE - 13 * HOUR, NINE) == NINE - ANSWER_BEFORE
    assert answer_by(NINE - 12 * HOUR, NINE) is None


@given(st.integers(0, 6), st.lists(STATES, max_size=9), st.integers(-40, 40))
def test_settling_fills_the_places_in_order_and_settles_once(capacity, states, hours):
    now = NINE + hours * HOUR
    before = lines(*states, answer=NINE - 20 * HOUR)
    due = settle(capacity, NINE, before, now)
    after = [
        InLine(each.sign_up_id, Standing.OFFERED, each.turn, due.answer_by)
        if each.sign_up_id in due.offered
        else each
        for each in before
        if each.sign_up_id not in due.lapsed
    ]
    taken = [each for each in after if each.state in TAKEN]
    waiting = [each.turn for each in after if each.state is Standing.WAITING]
    had = sum(each.state in TAKEN for each in before)
    assert capacity == 0 or len(taken) <= max(capacity, had)
    assert all(turn > offered for offered in due.offered for turn in waiting)
    if due.answer_by is None:
        assert not due.offered
    else:
        assert now < due.answer_by <= NINE - ANSWER_BEFORE
        assert not waiting or len(taken) >= capacity > 0
    assert settle(capacity, NINE, after, now) == settle(capacity, NINE, [], now)


async def several(book_id: int, count: int) -> list[int]:
    return [(await register(book_id, f"志愿者{place}")).person_id for place in range(count)]


async def standing(shift_id: int) -> list[tuple[int, str]]:
    rows = await SignUp.filter(shift_id=shift_id).order_by("turn")
    return [(row.person_id, row.state.value) for row in rows]


async def test_of_fifty_at_once_one_gets_the_last_place_and_the_others_wait_in_order(database):
    morning = await a_morning()
    people = await several(morning.book_id, 50)
    with clock.frozen(EARLY):
        await signing.set_capacity(morning.book_id, morning.shift.id, 1)
        answers = await asyncio.gather(
            *(signing.sign_up(morning.book_id, morning.shift.id, each) for each in people)
        )
    assert sum(each.state is Standing.SIGNED for each in answers) == 1
    rows = await SignUp.filter(shift_id=morning.shift.id).order_by("turn")
    assert [row.turn for row in rows] == list(range(1, 51))
    assert [row.state for row in rows] == [Standing.SIGNED] + [Standing.WAITING] * 49
    assert len({row.person_id for row in rows}) == 50


async def test_a_place_that_becomes_free_goes_down_the_line_until_somebody_answers(database):
    morning = await a_morning()
    book, shift = morning.book_id, morning.shift.id
    wang, li, organiser = morning.wang, morning.li, morning.organiser
    with clock.frozen(EARLY):
        await signing.set_capacity(book, shift, 1)
        for person in (wang, li, organiser):
            await signing.sign_up(book, shift, person)
        await signing.withdraw(book, shift, wang)
        assert await standing(shift) == [
            *((wang, "withdrawn"), (li, "offered"), (organiser, "waiting"))
        ]
        # Whoever had withdrawn queues anew, behind the others.
        assert (await signing.sign_up(book, shift, wang)).state is Standing.WAITING
    with clock.frozen(EARLY + DAY + MINUTE):
        assert await signing.settle_due(book) == 1
        assert await standing(shift) == [
            *((li, "lapsed"), (organiser, "offered"), (wang, "waiting"))
        ]
        assert (await signing.sign_up(book, shift, organiser)).state is Standing.SIGNED
        assert await signing.settle_due(book) == 0
    with clock.frozen(NINE - HOUR):
        # In the last hours nobody is asked: the first who comes forward has the place.
        await signing.withdraw(book, shift, organiser)
        assert (await signing.sign_up(book, shift, li)).state is Standing.SIGNED
        assert (await signing.sign_up(book, shift, wang)).state is Standing.WAITING
    with clock.frozen(NINE):
        for verb in (signing.sign_up, signing.withdraw):
            with pytest.raises(SignUpIsOver):
                await verb(book, shift, wang)


async def test_signing_up_twice_is_once_and_strangers_are_refused(database):
    morning, other = await a_morning(), await a_morning()
    book, shift = morning.book_id, morning.shift.id
    with clock.frozen(EARLY):
        first = await signing.sign_up(book, shift, morning.wang)
        assert (await signing.sign_up(book, shift, morning.wang)).id == first.id
        with pytest.raises(NotAMember):
            await signing.sign_up(book, shift, other.wang)
        with pytest.raises(ShiftNotFound):
            await signing.sign_up(book, other.shift.id, morning.wang)
        with pytest.raises(NotSignedUp):
            await signing.withdraw(book, shift, morning.li)
        with pytest.raises(CapacityIsImpossible):
            await signing.set_capacity(book, shift, -1)
    with pytest.raises(IntegrityError):
        await SignUp.create(
            book_id=book, shift_id=shift, person_id=morning.li, state=Standing.OFFERED,
            turn=9, signed_at=1,
        )  # fmt: skip


async def test_who_signed_up_and_stayed_away_is_counted_softly(database):
    morning = await a_morning()
    book, shift = morning.book_id, morning.shift.id
    with clock.frozen(EARLY):
        for person in (morning.wang, morning.li):
            await signing.sign_up(book, shift, person)
        cancelled = await shifts.plan_shift(book, morning.activity.id, NINE - DAY, NINE - 20 * HOUR)
        await signing.sign_up(book, cancelled.id, morning.wang)
    await came(morning, morning.wang)
    assert [row.person_id for row in await signup_lists.not_come(book, shift)] == [morning.li]
    with clock.frozen(NINE + HOUR):
        assert await signup_lists.absences(book, [morning.wang, morning.li]) == {}
    with clock.frozen(NINE + 3 * HOUR):
        assert await signup_lists.absences(book, [morning.wang, morning.li]) == {morning.li: 1}
        sheet = await signup_lists.of_shift(book, shift)
        assert [(line.absences, line.came) for line in sheet.coming] == [(0, True), (1, False)]


async def test_nobody_needs_a_sign_up_to_check_in(database):
    morning = await a_morning()
    with clock.frozen(EARLY):
        await signing.set_capacity(morning.book_id, morning.shift.id, 1)
        await signing.sign_up(morning.book_id, morning.shift.id, morning.wang)
    assert (await served(morning, morning.li)).minutes_worked == 120


async def test_an_hours_worth_is_known_before_signing_up(database):
    morning = await a_morning(multiplier_percent=130)
    with clock.frozen(EARLY):
        await signing.set_capacity(morning.book_id, morning.shift.id, 2)
        await signing.sign_up(morning.book_id, morning.shift.id, morning.li)
        (seen,) = await signup_lists.openings(morning.book_id, morning.wang)
        assert (seen.points_per_hour, seen.places_left, seen.standing) == (13, 1, None)
        (mine,) = await signup_lists.own(morning.book_id, morning.li)
        assert mine.standing is Standing.SIGNED
    await rules.adopt(morning.book_id, 20, in_force_from=NINE)
    await shifts.close_shift(morning.book_id, morning.shift.id)
    with clock.frozen(EARLY):
        assert await signup_lists.openings(morning.book_id, morning.wang) == []
        again = await signup_lists.opening(morning.book_id, morning.wang, morning.shift.id)
        assert again.points_per_hour == 26

"""One claimant a code, a queue with time, and a screen that one helper takes."""

import asyncio
from dataclasses import replace

import pytest

from checkin import asking, board, lending, queueing, shifts, venue_codes
from checkin.arriving import look, type_in
from checkin.attending import check_in
from checkin.errors import CodeExpired
from checkin.models import Attendance, AttendanceState, CodeMode
from checkin.rollcall_errors import CodeIsUsed, ScreenNotLent
from kernel import clock
from kernel.clock import HOUR, SECOND
from people.registration import register
from tests.checkin.world import NINE, a_morning

CLAIMANTS = 50


async def test_one_code_and_fifty_claimants_are_one(database):
    morning = await a_morning()
    await shifts.set_code_mode(morning.book_id, morning.shift.id, CodeMode.STRICT)
    people = [
        (await register(morning.book_id, f"志愿者{n}", number=200 + n, by=None)).person_id
        for n in range(CLAIMANTS)
    ]
    now = clock.now()
    await morning.shift.filter(id=morning.shift.id).update(starts_at=now, ends_at=now + HOUR)
    code = venue_codes.issue(morning.book_id, morning.shift.id, now)
    claims = [await look(code) for _ in people]

    async def come(person_id, claim):
        try:
            return await check_in(morning.book_id, person_id, claim)
        except CodeIsUsed:
            return None

    done = await asyncio.gather(*map(come, people, claims))
    [first] = [each for each in done if each is not None]
    assert await Attendance.filter(state=AttendanceState.PRESENT).count() == 1
    # Who was first may act on it again, and nobody else may even look.
    winner = claims[people.index(first.attendance.person_id)]
    assert (await check_in(morning.book_id, first.attendance.person_id, winner)).already
    with pytest.raises(CodeIsUsed):
        await look(code)


async def test_a_strict_code_is_kept_when_its_act_was_refused_and_digits_are_one_code_too(database):
    morning = await a_morning()
    book, shift = morning.book_id, morning.shift.id
    await shifts.set_code_mode(book, shift, CodeMode.STRICT)
    with clock.frozen(NINE):
        claim = await look(venue_codes.issue(book, shift, NINE))
        await shifts.close_shift(book, shift)
        with pytest.raises(Exception, match="closed"):
            await check_in(book, morning.wang, claim)
        await shifts.open_shift(book, shift)
        assert not (await check_in(book, morning.wang, claim)).already
        digits = venue_codes.typed(book, shift, NINE)
        first, second = await type_in(book, digits), await type_in(book, digits)
        await asking.ask_by_number(first, "104")
        with pytest.raises(CodeIsUsed):
            await asking.ask_by_number(second, "102")
        with pytest.raises(CodeIsUsed):
            await type_in(book, digits)


async def test_in_a_queue_a_code_lives_a_minute_and_ticked_names_come_in_together(database):
    morning = await a_morning()
    book, shift = morning.book_id, morning.shift.id
    code = venue_codes.issue(book, shift, NINE)
    with clock.frozen(NINE + 55 * SECOND):
        with pytest.raises(CodeExpired):
            await look(code)
        await shifts.set_code_mode(book, shift, CodeMode.QUEUE)
        claims = [await look(code), await type_in(book, venue_codes.typed(book, shift, NINE))]
        asked = [
            (await asking.ask_by_number(claim, number)).attendance.id
            for claim, number in zip(claims, ("103", "104"), strict=True)
        ]
        assert await asking.confirm_all(book, [*asked, 1, asked[0]], morning.organiser) == 2
    with clock.frozen(NINE + 61 * SECOND), pytest.raises(CodeExpired):
        await look(code)
    assert await Attendance.filter(state=AttendanceState.PRESENT).count() == 2


@pytest.mark.parametrize(
    ("mode", "asking", "lately", "offered"),
    [
        (CodeMode.SHARED, 5, 5, False),
        (CodeMode.SHARED, 6, 0, True),
        (CodeMode.SHARED, 0, 6, True),
        (CodeMode.QUEUE, 9, 9, False),
        (CodeMode.STRICT, 9, 9, False),
    ],
)
def test_a_queue_is_offered_where_more_than_five_share_a_code(mode, asking, lately, offered):
    assert queueing.is_offered(mode, asking, lately) is offered


async def test_a_queue_is_offered_while_six_scans_lie_within_the_life_of_one_code(database):
    morning = await a_morning()
    book, shift = morning.book_id, morning.shift.id
    with clock.frozen(NINE):
        for n in range(6):
            assert not await queueing.is_offered_at(await board.of_shift(book, shift))
            person = (await register(book, f"志愿者{n}", number=300 + n, by=None)).person_id
            await check_in(book, person, await look(venue_codes.issue(book, shift, NINE)))
    for seconds, offered in ((24, True), (25, False)):
        with clock.frozen(NINE + seconds * SECOND):
            seen = await board.of_shift(book, shift)
            assert await queueing.is_offered_at(seen) is offered, seconds
    assert seen.shift.code_mode is CodeMode.SHARED


async def test_a_screen_is_taken_by_one_helper_until_the_shift_is_over(database):
    morning = await a_morning()
    book, shift = morning.book_id, morning.shift.id
    with clock.frozen(NINE):
        token = await lending.lend(book, shift, morning.organiser)
        with pytest.raises(ScreenNotLent):
            await lending.lent_to(book, shift, morning.wang)
        taken = await asyncio.gather(
            *(lending.take(book, token, who) for who in (morning.wang, morning.li)),
            return_exceptions=True,
        )
        assert sorted(isinstance(each, ScreenNotLent) for each in taken) == [False, True]
        winner = (morning.wang, morning.li)[isinstance(taken[0], ScreenNotLent)]
        assert (await lending.take(book, token, winner)).id == shift
        assert (await lending.lent_to(book, shift, winner)).id == shift
        await lending.take(book, await lending.lend(book, shift, morning.organiser), winner)
        assert [each.person_id for each in await lending.helpers(book, shift)] == [winner]
        for wrong in (lending.take(book + 1, token, winner), lending.take(book, "x", winner)):
            with pytest.raises(ScreenNotLent):
                await wrong
    with clock.frozen(NINE + 4 * HOUR), pytest.raises(ScreenNotLent):
        await lending.lent_to(book, shift, winner)


def test_a_claim_knows_its_code():
    claim = venue_codes.claim(7, 8, NINE, code=b"12345678")
    assert venue_codes.opened_claim(venue_codes.make_claim(claim)) == claim
    assert replace(claim, code=b"12345679").fingerprint != claim.fingerprint

"""Coming and going: by scan, by typed digits, by number and the organiser's tap."""

import pytest

from checkin import board, shifts, venue_codes
from checkin.arriving import BOOK_TRIES, TRIES, held, look, type_in
from checkin.asking import answer_to, ask_by_number, confirm, enrol, not_here
from checkin.attending import check_in, check_out
from checkin.correcting import correct, reject
from checkin.errors import (
    AlreadyAsking,
    AlreadyLeft,
    AlreadyVerified,
    ClaimExpired,
    CodeExpired,
    CodeNotRecognised,
    NobodyAsks,
    NotAMember,
    NotCheckedIn,
    OtherCommunity,
    OwnHours,
    PresentElsewhere,
    ReasonIsMissing,
    ScanAgainToLeave,
    ShiftIsClosed,
    TimesAreImpossible,
    TimesOverlap,
    TooEarly,
    TooLate,
    TooManyTries,
    WasRejected,
)
from checkin.models import Attendance, AttendanceState, CheckinScan, Provenance
from checkin.verification import verify
from kernel import clock
from kernel.clock import HOUR, MINUTE, SECOND
from people.errors import NoSuchMember
from tests.checkin.world import NINE, a_morning, came, claim_of, served, went


async def test_a_fresh_code_earns_a_claim_and_writes_nothing(database):
    morning = await a_morning()
    code = venue_codes.issue(morning.book_id, morning.shift.id, NINE)
    with clock.frozen(NINE + 20 * SECOND):
        claim = await look(code)
        assert (claim.book_id, claim.shift_id) == (morning.book_id, morning.shift.id)
        assert held(venue_codes.make_claim(claim)) == claim
    assert await CheckinScan.all().count() == 0


async def test_an_old_or_foreign_code_is_refused_with_its_reason(database):
    morning = await a_morning()
    code = venue_codes.issue(morning.book_id, morning.shift.id, NINE)
    with clock.frozen(NINE + 26 * SECOND), pytest.raises(CodeExpired):
        await look(code)
    for garbage in ("", "HELLO", code[:-1], venue_codes.issue(1, morning.shift.id, NINE)):
        with clock.frozen(NINE), pytest.raises(CodeNotRecognised):
            await look(garbage)
    with pytest.raises(CodeNotRecognised):
        held(None)


async def test_slow_thumbs_spend_the_claims_five_minutes(database):
    morning = await a_morning()
    claim = claim_of(morning, NINE)
    with clock.frozen(NINE + 5 * MINUTE):
        attended = await check_in(morning.book_id, morning.wang, claim)
    assert attended.attendance.checked_in_at == NINE
    with clock.frozen(NINE + 5 * MINUTE + 1), pytest.raises(ClaimExpired):
        await check_in(morning.book_id, morning.li, claim)


async def test_typed_digits_do_what_a_scan_does_and_cannot_be_guessed(database):
    morning = await a_morning()
    digits = venue_codes.typed(morning.book_id, morning.shift.id, NINE)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in digits)
    with clock.frozen(NINE):
        claim = await type_in(morning.book_id, f" {wide} ", morning.wang)
        await check_in(morning.book_id, morning.wang, claim)
        for _ in range(TRIES):
            with pytest.raises(CodeNotRecognised):
                await type_in(morning.book_id, "abc", morning.li)
        with pytest.raises(TooManyTries):
            await type_in(morning.book_id, digits, morning.li)
        await type_in(morning.book_id, digits, morning.wang)


async def test_a_second_check_in_answers_with_the_first(database):
    morning = await a_morning()
    first = await came(morning, morning.wang, NINE)
    with clock.frozen(NINE + MINUTE):
        again = await check_in(morning.book_id, morning.wang, claim_of(morning, NINE + MINUTE))
    assert again.already
    assert again.attendance.id == first.id
    assert again.attendance.checked_in_at == NINE


async def test_the_second_scan_checks_out_and_minutes_become_a_fact(database):
    morning = await a_morning()
    await came(morning, morning.wang, NINE)
    left = await went(morning, morning.wang, NINE + 119 * MINUTE + 59 * SECOND)
    assert (left.state, left.minutes_worked) == (AttendanceState.LEFT, 119)
    with clock.frozen(NINE + 2 * HOUR):
        claim = claim_of(morning, NINE + 2 * HOUR)
        assert (await check_out(morning.book_id, morning.wang, claim)).already
        with pytest.raises(AlreadyLeft):
            await check_in(morning.book_id, morning.wang, claim)
    scans = (await board.explain(morning.book_id, left.id)).scans
    assert [(scan.purpose.value, scan.way, scan.refusal) for scan in scans] == [
        ("in", "code", ""),
        ("out", "code", ""),
    ]


async def test_the_scan_that_checked_in_does_not_check_out(database):
    morning = await a_morning()
    claim = claim_of(morning, NINE)
    with clock.frozen(NINE + MINUTE):
        await check_in(morning.book_id, morning.wang, claim)
        with pytest.raises(ScanAgainToLeave):
            await check_out(morning.book_id, morning.wang, claim)
        with pytest.raises(NotCheckedIn):
            await check_out(morning.book_id, morning.li, claim)


@pytest.mark.parametrize(
    ("minutes", "refusal"),
    [(-31, TooEarly), (-30, None), (0, None), (180, None), (181, TooLate)],
)
async def test_check_in_is_open_from_half_an_hour_before_to_an_hour_after(
    database, minutes, refusal
):
    morning = await a_morning()
    if refusal is None:
        await came(morning, morning.wang, NINE + minutes * MINUTE)
        return
    with pytest.raises(refusal):
        await came(morning, morning.wang, NINE + minutes * MINUTE)
    refused = (await board.of_shift(morning.book_id, morning.shift.id)).refused
    assert [(scan.person_id, scan.refusal) for scan in refused] == [(morning.wang, refusal.slug)]


async def test_a_closed_shift_takes_nobody_in_and_lets_everybody_go(database):
    morning = await a_morning()
    await came(morning, morning.wang)
    await shifts.close_shift(morning.book_id, morning.shift.id)
    with pytest.raises(ShiftIsClosed):
        await came(morning, morning.li)
    await went(morning, morning.wang, NINE + HOUR)
    await shifts.open_shift(morning.book_id, morning.shift.id)
    await came(morning, morning.li)


async def test_nobody_is_in_two_places_at_once(database):
    morning = await a_morning()
    other = await shifts.plan_shift(morning.book_id, morning.activity.id, NINE, NINE + HOUR)
    await came(morning, morning.wang)
    with pytest.raises(PresentElsewhere):
        await came(morning, morning.wang, NINE + MINUTE, other)
    await went(morning, morning.wang, NINE + HOUR)
    with pytest.raises(TimesOverlap):
        await came(morning, morning.wang, NINE + HOUR - MINUTE, other)
    await came(morning, morning.wang, NINE + HOUR, other)


async def test_a_claim_of_another_community_is_refused(database):
    morning, elsewhere = await a_morning(), await a_morning()
    with clock.frozen(NINE):
        with pytest.raises(OtherCommunity):
            await check_in(elsewhere.book_id, elsewhere.wang, claim_of(morning, NINE))
        with pytest.raises(NotAMember):
            await check_in(morning.book_id, elsewhere.wang, claim_of(morning, NINE))


async def test_a_visitor_comes_in_by_number_and_the_organisers_tap(database):
    morning = await a_morning()
    claim = claim_of(morning, NINE)
    with clock.frozen(NINE + MINUTE):
        asked = (await ask_by_number(claim, "１０３")).attendance
        assert (asked.state, asked.person_id) == (AttendanceState.WAITING, morning.wang)
        assert len(asked.match_digits) == 2
        assert (await ask_by_number(claim, "103")).already
        assert await enrol(claim) is None
        with pytest.raises(AlreadyAsking):
            await ask_by_number(claim_of(morning, NINE), "103")
        with pytest.raises(NoSuchMember):
            await ask_by_number(claim_of(morning, NINE), "999")
        with pytest.raises(OwnHours):
            await confirm(morning.book_id, asked.id, by=morning.wang)
        shown = await board.of_shift(morning.book_id, morning.shift.id)
        assert [each.person.name for each in shown.asking] == ["王秀兰"]
        confirmed = await confirm(morning.book_id, asked.id, by=morning.organiser)
        assert (confirmed.state, confirmed.checked_in_at) == (AttendanceState.PRESENT, NINE)
        assert confirmed.provenance is Provenance.CONFIRMED
        with pytest.raises(NobodyAsks):
            await confirm(morning.book_id, asked.id, by=morning.organiser)
        answer = await answer_to(claim)
        assert answer is not None
        assert answer.person.name == "王秀兰"
        assert await enrol(claim) == morning.wang
        assert await enrol(claim) is None


async def test_a_visitor_leaves_by_number_too(database):
    morning = await a_morning()
    attendance = await came(morning, morning.wang)
    with clock.frozen(NINE + HOUR):
        await ask_by_number(claim_of(morning, NINE + HOUR), "103")
        assert (
            await not_here(morning.book_id, attendance.id, morning.organiser)
        ).checked_out_at is None
        await ask_by_number(claim_of(morning, NINE + HOUR), "103")
        left = await confirm(morning.book_id, attendance.id, by=morning.organiser)
    assert (left.state, left.minutes_worked) == (AttendanceState.LEFT, 60)


async def test_a_wrong_number_that_was_sent_away_does_not_keep_its_owner_out(database):
    morning = await a_morning()
    with clock.frozen(NINE):
        asked = (await ask_by_number(claim_of(morning, NINE), "103")).attendance
        await not_here(morning.book_id, asked.id, by=morning.organiser)
    attendance = await came(morning, morning.wang, NINE + MINUTE)
    assert attendance.id == asked.id
    with clock.frozen(NINE + 2 * MINUTE):
        await not_here(morning.book_id, attendance.id, by=morning.organiser)
        with pytest.raises(WasRejected):
            await came(morning, morning.wang, NINE + 2 * MINUTE)


async def test_one_browser_asks_for_one_person_and_numbers_cannot_be_guessed(database):
    morning = await a_morning()
    claim = claim_of(morning, NINE)
    with clock.frozen(NINE + 1 * SECOND):
        first = await ask_by_number(claim, "101")
        with pytest.raises(AlreadyAsking):
            await ask_by_number(claim, "102")
    assert [row.id for row in await Attendance.all()] == [first.attendance.id]
    with clock.frozen(NINE + 2 * SECOND):
        for number in range(BOOK_TRIES):
            with pytest.raises(NoSuchMember):
                await ask_by_number(claim_of(morning, NINE), f"{900 + number}")
        with pytest.raises(TooManyTries):
            await ask_by_number(claim_of(morning, NINE), "102")
    with clock.frozen(NINE + 6 * MINUTE):
        await ask_by_number(claim_of(morning, NINE + 6 * MINUTE), "102")


async def test_the_organiser_corrects_times_with_a_reason(database):
    morning = await a_morning()
    attendance = await came(morning, morning.wang)

    async def corrected(came_at: int, went_at: int | None, reason: str = "忘了签退", by: int = 0):
        with clock.frozen(NINE + 5 * HOUR):
            return await correct(
                morning.book_id,
                attendance.id,
                by or morning.organiser,
                checked_in_at=came_at,
                checked_out_at=went_at,
                reason=reason,
            )

    for came_at, went_at in [
        (NINE, NINE - 1),
        (NINE - HOUR, NINE),
        (NINE, NINE + 4 * HOUR),
    ]:
        with pytest.raises(TimesAreImpossible):
            await corrected(came_at, went_at)
    with pytest.raises(ReasonIsMissing):
        await corrected(NINE, NINE + HOUR, reason=" ")
    with pytest.raises(OwnHours):
        await corrected(NINE, NINE + HOUR, by=morning.wang)
    put_right = await corrected(NINE, NINE + HOUR)
    assert (put_right.state, put_right.minutes_worked) == (AttendanceState.LEFT, 60)
    assert (put_right.provenance, put_right.reason) == (Provenance.CORRECTED, "忘了签退")
    await verify(morning.book_id, attendance.id, by=morning.organiser)
    with pytest.raises(AlreadyVerified):
        await corrected(NINE, NINE + 2 * HOUR)


async def test_a_rejected_attendance_can_be_corrected_back(database):
    morning = await a_morning()
    attendance = await served(morning, morning.wang)
    await reject(morning.book_id, attendance.id, morning.organiser, "没来")
    with clock.frozen(NINE + 5 * HOUR):
        await correct(
            morning.book_id,
            attendance.id,
            morning.organiser,
            checked_in_at=NINE,
            checked_out_at=NINE + HOUR,
            reason="看错人了",
        )
    assert (await verify(morning.book_id, attendance.id, morning.organiser)).points == 10


async def test_a_volunteer_sees_where_they_are_and_were(database):
    morning = await a_morning()
    assert await board.open_one(morning.book_id, morning.wang) is None
    await came(morning, morning.wang)
    now = await board.open_one(morning.book_id, morning.wang)
    assert now is not None
    assert now.shift.activity.title == "周六清洁家园"
    await went(morning, morning.wang, NINE + HOUR)
    assert [each.id for each in await board.to_verify(morning.book_id)] == [now.id]
    assert [each.id for each in await board.of_volunteer(morning.book_id, morning.wang)] == [now.id]
    assert await Attendance.all().count() == 1

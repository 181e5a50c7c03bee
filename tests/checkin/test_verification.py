"""From verified hours to minutes and points: one entry, once, by somebody else."""

import asyncio

import pytest

from checkin import awards, board, shifts
from checkin.correcting import reject
from checkin.errors import (
    AlreadyVerified,
    AttendanceNotFound,
    BudgetExceeded,
    NoMinutes,
    NotCheckedOut,
    NotVerified,
    OwnHours,
    WasRejected,
)
from checkin.models import Attendance, AttendanceState, Shift
from checkin.plan_errors import BudgetIsImpossible
from checkin.verification import unverify, verify, verify_all
from kernel import clock
from kernel.clock import HOUR
from ledger import chart
from ledger.balances import holding
from ledger.chart import Kind
from ledger.checks import check
from ledger.desk import post
from ledger.entries import entries_of, entry, entry_lines
from ledger.post import Decision, Fact, Line, Post, RequestKey
from tests.checkin.world import NINE, a_morning, came, holds, minutes_of, points_of, served


async def test_verified_hours_become_minutes_and_points_in_one_entry(database):
    morning = await a_morning(multiplier_percent=150)
    attendance = await served(morning, morning.wang, minutes=119)
    verified = await verify(morning.book_id, attendance.id, by=morning.organiser)
    assert (verified.minutes, verified.points) == (119, 26)
    assert await points_of(morning, morning.wang) == 26
    assert await minutes_of(morning, morning.wang) == 119
    lots = (await holding(morning.book_id, chart.purse(morning.wang))).lots
    assert [(lot.expires_on, lot.amount) for lot in lots] == [(20281130, 26)]
    posted = await entry(morning.book_id, verified.entry_id)
    assert (posted["kind"], posted["actor_id"]) == ("HOURS_EARNED", morning.organiser)
    assert (posted["document_type"], posted["document_id"]) == ("attendance", attendance.id)
    assert (posted["rule_version"], posted["occurred_at"]) == (1, attendance.checked_out_at)
    assert (await Shift.get(id=morning.shift.id)).points_awarded == 26
    why = await board.explain(morning.book_id, attendance.id)
    assert why.attendance.verifier is not None
    assert why.attendance.verifier.name == "陈组织"
    assert why.rule is not None
    assert (why.rule.version, why.attendance.minutes_counted) == (1, 105)
    assert await check(morning.book_id) == []


async def test_verifying_twice_is_verifying_once(database):
    morning = await a_morning()
    attendance = await served(morning, morning.wang)
    first = await verify(morning.book_id, attendance.id, by=morning.organiser)
    assert await verify(morning.book_id, attendance.id, by=morning.organiser) == first
    with pytest.raises(AlreadyVerified):
        await verify(morning.book_id, attendance.id, by=morning.second_organiser)
    assert await points_of(morning, morning.wang) == 20


@pytest.mark.concurrency
async def test_two_verifications_at_once_make_one_entry(database):
    morning = await a_morning()
    attendance = await served(morning, morning.wang)
    verifiers = [morning.organiser, morning.second_organiser] * 4
    answers = await asyncio.gather(
        *(verify(morning.book_id, attendance.id, by=each) for each in verifiers),
        return_exceptions=True,
    )
    done = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert len(done) == 4
    assert len({each.entry_id for each in done}) == 1
    assert all(isinstance(each, AlreadyVerified) for each in answers if each not in done)
    assert len(await entries_of(morning.book_id, "attendance", attendance.id)) == 1
    assert await points_of(morning, morning.wang) == 20


@pytest.mark.concurrency
async def test_a_budget_is_not_overspent_by_verifications_at_once(database):
    morning = await a_morning(points_budget=30)
    both = [await served(morning, each) for each in (morning.wang, morning.li)]
    answers = await asyncio.gather(
        *(verify(morning.book_id, each.id, by=morning.organiser) for each in both),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in answers) == ["BudgetExceeded", "Verified"]
    assert (await Shift.get(id=morning.shift.id)).points_awarded == 20
    await shifts.set_budget(morning.book_id, morning.shift.id, 40)
    again = await verify_all(morning.book_id, [each.id for each in both], by=morning.organiser)
    assert all(each.verified for each in again)
    with pytest.raises(BudgetIsImpossible):
        await shifts.set_budget(morning.book_id, morning.shift.id, 39)


async def test_hours_without_points_still_count_as_minutes_with_the_reason(database):
    morning = await a_morning()
    attendance = await served(morning, morning.wang, minutes=14)
    verified = await verify(morning.book_id, attendance.id, by=morning.organiser)
    assert (verified.minutes, verified.points) == (14, 0)
    posted = await entry(morning.book_id, verified.entry_id)
    assert posted["reason_code"] == awards.SHORT_OF_A_QUARTER
    assert len(await entry_lines(morning.book_id, verified.entry_id)) == 1
    await unverify(morning.book_id, attendance.id, morning.organiser, "没到")
    assert await minutes_of(morning, morning.wang) == 0


async def test_what_cannot_be_verified_says_why_and_stops_no_other(database):
    morning = await a_morning()
    present = await came(morning, morning.wang)
    own = await served(morning, morning.organiser)
    rejected = await served(morning, morning.second_organiser)
    await reject(morning.book_id, rejected.id, morning.organiser, "没来")
    fine = await served(morning, morning.li)
    ids = [present.id, own.id, rejected.id, 12345, fine.id]
    answers = await verify_all(morning.book_id, ids, by=morning.organiser)
    assert [type(each.refusal) for each in answers] == [
        NotCheckedOut,
        OwnHours,
        WasRejected,
        AttendanceNotFound,
        type(None),
    ]
    assert answers[-1].verified is not None
    assert all(str(each.refusal) for each in answers)


async def test_less_than_a_minute_cannot_be_verified(database):
    morning = await a_morning()
    attendance = await served(morning, morning.wang, minutes=1)
    await Attendance.filter(id=attendance.id).update(minutes_worked=0)
    with pytest.raises(NoMinutes):
        await verify(morning.book_id, attendance.id, by=morning.organiser)


async def test_an_attendance_of_another_community_is_not_found(database):
    morning, elsewhere = await a_morning(), await a_morning()
    attendance = await served(morning, morning.wang)
    with pytest.raises(AttendanceNotFound):
        await verify(elsewhere.book_id, attendance.id, by=elsewhere.organiser)


async def spend(morning, person: int, amount: int) -> None:
    def decide(facts, balances):
        lots = balances[chart.purse(person)].lots
        return Decision((Line(chart.purse(person), chart.redeemed(1), amount, lots[0].expires_on),))

    await post(
        Post(
            book_id=morning.book_id,
            kind=Kind.GOODS_REDEEMED,
            key=RequestKey("test", f"spend-{person}-{amount}"),
            document=Fact("redemption", 1),
            accounts=(chart.purse(person), chart.redeemed(1)),
            decide=decide,
        )
    )


async def test_hours_taken_back_leave_a_debt_that_later_hours_pay_first(database):
    morning = await a_morning()
    attendance = await served(morning, morning.wang)
    await verify(morning.book_id, attendance.id, by=morning.organiser)
    await spend(morning, morning.wang, 15)
    with pytest.raises(OwnHours):
        await unverify(morning.book_id, attendance.id, morning.wang, "看错人了")
    entry_id = await unverify(morning.book_id, attendance.id, morning.organiser, "看错人了")
    posted = await entry(morning.book_id, entry_id)
    assert (posted["kind"], posted["reason"]) == ("HOURS_UNVERIFIED", "看错人了")
    assert await points_of(morning, morning.wang) == 0
    assert await holds(morning, chart.owed(morning.wang)) == 15
    assert await minutes_of(morning, morning.wang) == 0
    row = await Attendance.get(id=attendance.id)
    assert (row.state, row.revision, row.verifier_id) == (AttendanceState.LEFT, 2, None)
    assert (await Shift.get(id=morning.shift.id)).points_awarded == 0
    with pytest.raises(NotVerified):
        await unverify(morning.book_id, attendance.id, morning.organiser, "看错人了")

    again = await verify(morning.book_id, attendance.id, by=morning.second_organiser)
    assert again.points == 20
    assert await points_of(morning, morning.wang) == 5
    assert await holds(morning, chart.owed(morning.wang)) == 0
    assert (await Attendance.get(id=attendance.id)).points_to_debt == 15
    await unverify(morning.book_id, attendance.id, morning.organiser, "还是不对")
    assert await points_of(morning, morning.wang) == 0
    assert await holds(morning, chart.owed(morning.wang)) == 15
    assert await check(morning.book_id) == []


async def test_points_come_back_from_the_lot_that_the_award_made(database):
    morning = await a_morning()
    early = await served(morning, morning.wang)
    december = NINE + 20 * 24 * HOUR
    with clock.frozen(december - HOUR):
        shift = await shifts.plan_shift(
            morning.book_id, morning.activity.id, december, december + HOUR
        )
    late = await served(morning, morning.wang, minutes=60, shift=shift)
    for each in (early, late):
        await verify(morning.book_id, each.id, by=morning.organiser)
    await unverify(morning.book_id, late.id, morning.organiser, "看错人了")
    lots = (await holding(morning.book_id, chart.purse(morning.wang))).lots
    assert [(lot.expires_on, lot.amount) for lot in lots if lot.amount] == [(20281130, 20)]


async def test_a_shift_without_points_left_says_how_many_it_has(database):
    morning = await a_morning(points_budget=19)
    attendance = await served(morning, morning.wang)
    with pytest.raises(BudgetExceeded) as refused:
        await verify(morning.book_id, attendance.id, by=morning.organiser)
    assert refused.value.members == {"needed": 20, "left": 19, "budget": 19}
    assert await entries_of(morning.book_id, "attendance", attendance.id) == []

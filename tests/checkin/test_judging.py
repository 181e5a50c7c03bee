"""The decisions on hours, without a database: who may, what changed meanwhile, what it brings."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.caps import Caps
from checkin.errors import AttendanceChanged, BudgetExceeded, OwnHours
from checkin.hours_models import AwardRule
from checkin.judging import Seen, TakingBack, Verification
from checkin.models import AttendanceState
from kernel.clock import MINUTE
from ledger import chart
from ledger.post import Change, Decision, Holding, Lot

NINE = 1_795_222_800_000_000


def left(minutes: int = 120, **columns) -> dict:
    row = {
        "id": 1, "book_id": 9, "shift_id": 2, "person_id": 3, "state": "left", "revision": 1,
        "checked_in_at": NINE, "checked_out_at": NINE + minutes * MINUTE, "minutes_worked": minutes,
        "points_awarded": 0, "points_to_debt": 0, "leader_bonus": 0, "bonus_points": 0, "bonus_to_debt": 0,
        "expires_on": None, "reason": "", "provenance": "scanned", "needs_word": False,
        "arrives_at": None, "arrived_at": None, "served_on": None, "needs_second": False, "confirmed_by": None,
    }  # fmt: skip
    return row | columns


def seen(row: dict) -> Seen:
    return Seen(**{each.name: row[each.name] for each in fields(Seen)})


def written(decision: Decision) -> list[dict]:
    return [dict(write.values) for write in decision.writes if isinstance(write, Change)]


def judged(row: dict, by: int = 4) -> Verification:
    rule = AwardRule(book_id=9, version=1, points_per_hour=10, in_force_from=0)
    return Verification(seen(row), Caps(None), rule, by, NINE, "Asia/Shanghai")


def balances(purse: int = 0, owed: int = 0) -> dict:
    lots = (Lot(20281130, purse),) if purse else ()
    return {
        chart.purse(3): Holding(purse, lots),
        chart.owed(3): Holding(owed),
        chart.minutes(3): Holding(10_000),
    }


def facts(judge, row: dict, budget: int = 1000, awarded: int = 0) -> dict:
    shift = {
        "points_budget": budget, "points_awarded": awarded, "multiplier_percent": 100,
        "leader_id": None, "bonus_awarded": 0,
    }  # fmt: skip
    return {judge.attendance: row, judge.shift: shift}


@pytest.mark.parametrize(
    "change", [{"revision": 2}, {"minutes_worked": 60}, {"checked_out_at": NINE + 1}]
)
def test_what_changed_since_it_was_read_is_not_verified(change):
    judge = judged(left())
    with pytest.raises(AttendanceChanged):
        judge.decide(facts(judge, left() | change), balances())


def test_nobody_verifies_their_own_hours():
    judge = judged(left(), by=3)
    with pytest.raises(OwnHours):
        judge.decide(facts(judge, left()), balances())


@given(
    minutes=st.integers(min_value=1, max_value=1440),
    owed=st.integers(min_value=0, max_value=300),
    budget=st.integers(min_value=0, max_value=300),
)
def test_points_pay_debts_first_and_stay_within_the_budget(minutes, owed, budget):
    judge = judged(left(minutes))
    points = minutes // 15 * 15 * 10 // 60
    given_facts = facts(judge, left(minutes), budget)
    if points > budget:
        with pytest.raises(BudgetExceeded):
            judge.decide(given_facts, balances(owed=owed))
        return
    decision = judge.decide(given_facts, balances(owed=owed))
    moved = {line.credit: line.amount for line in decision.lines}
    assert moved.pop(chart.minutes(3)) == minutes
    assert moved.get(chart.owed(3), 0) == min(owed, points)
    assert sum(moved.values()) == points
    attendance, _ = written(decision)
    assert (attendance["points_awarded"], attendance["points_to_debt"]) == (
        points,
        min(owed, points),
    )


@given(
    points=st.integers(min_value=0, max_value=300),
    purse=st.integers(min_value=0, max_value=300),
    data=st.data(),
)
def test_taking_back_returns_every_minute_and_point_and_the_budget(points, purse, data):
    to_debt = data.draw(st.integers(min_value=0, max_value=points))
    row = left(
        state=AttendanceState.VERIFIED.value,
        points_awarded=points,
        points_to_debt=to_debt,
        expires_on=20281130 if points else None,
    )
    judge = TakingBack(seen(row), Caps(None), 4, "看错人了")
    decision = judge.decide(facts(judge, row, awarded=points), balances(purse=purse))
    back = {line.debit: line.amount for line in decision.lines}
    assert back.pop(chart.minutes(3)) == 120
    assert back.get(chart.purse(3), 0) == min(points, purse)
    assert sum(back.values()) == points
    attendance, shift = written(decision)
    assert (attendance["revision"], shift["points_awarded"]) == (2, 0)

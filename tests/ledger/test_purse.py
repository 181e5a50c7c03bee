"""Lots of points: which go first, which come back, and what becomes of those that lapsed meanwhile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import chart, purse
from ledger.errors import WouldOverdraw
from ledger.post import Holding, Line, Lot

ANN, SHOP, HOLD = chart.purse(1), chart.redeemed(1), chart.hold(7)
OCT, NOV, DEC = 20_281_031, 20_281_130, 20_281_231
TODAY = 20_281_115  # October has lapsed; 30 days of grace end in December.

lots = st.lists(
    st.builds(Lot, st.sampled_from([OCT, NOV, DEC, 20_290_131]), st.integers(1, 50)),
    unique_by=lambda lot: lot.expires_on,
)


def test_a_lapsed_lot_is_not_available():
    assert purse.available(Holding(30, (Lot(OCT, 10), Lot(NOV, 20))), TODAY) == 20


def test_a_part_comes_back_latest_first_and_goes_on_where_it_stopped():
    taken = [Lot(NOV, 30), Lot(DEC, 20)]

    assert purse.latest(taken, 0, 15) == [Lot(DEC, 15)]
    assert purse.latest(taken, 15, 15) == [Lot(DEC, 5), Lot(NOV, 10)]
    with pytest.raises(WouldOverdraw):
        purse.latest(taken, 40, 11)


def test_a_part_goes_on_in_the_middle_of_an_earlier_lot():
    assert purse.latest([Lot(NOV, 10), Lot(DEC, 10)], 12, 8) == [Lot(NOV, 8)]


@pytest.mark.parametrize(
    ("today", "until"), [(20_281_201, DEC), (20_281_202, 20_290_131), (20_290_130, 20_290_331)]
)
def test_the_grace_is_thirty_days_and_then_to_the_months_end(today, until):
    assert purse.given_back(SHOP, ANN, [Lot(OCT, 1)], today) == [Line(SHOP, ANN, 1, until)]


@pytest.mark.parametrize(("today", "gone"), [(NOV, []), (20_281_201, [Lot(NOV, 5)])])
def test_a_lot_lapses_the_day_after_its_last(today, gone):
    held = Holding(8, (Lot(NOV, 5), Lot(DEC, 3)))

    assert purse.lapsed(ANN, held, today) == [
        Line(ANN, chart.POINTS_EXPIRED, lot.amount, lot.expires_on) for lot in gone
    ]
    assert purse.available(held, today) == 8 - sum(lot.amount for lot in gone)


def test_a_single_point_that_is_missing_is_owed():
    balances = {ANN: Holding(9, (Lot(NOV, 9),)), chart.owed(1): Holding()}

    assert purse.taken_back(1, [Lot(DEC, 10)], 10, balances) == [
        Line(ANN, chart.POINTS_ISSUED, 9, NOV),
        Line(chart.owed(1), chart.POINTS_ISSUED, 1),
    ]


def test_a_lot_that_lapsed_comes_back_with_grace():
    back = purse.given_back(SHOP, ANN, [Lot(OCT, 10), Lot(NOV, 5)], TODAY)

    assert back == [Line(SHOP, ANN, 5, NOV), Line(SHOP, ANN, 10, DEC)]


def test_a_held_lot_that_lapsed_expires_and_comes_back_with_grace():
    freed = purse.released(HOLD, ANN, [Lot(OCT, 10), Lot(NOV, 5)], TODAY)

    assert freed == [
        Line(HOLD, chart.POINTS_EXPIRED, 10, OCT),
        Line(chart.POINTS_EXPIRED, ANN, 10, DEC),
        Line(HOLD, ANN, 5, NOV),
    ]


def test_a_reversal_after_a_lot_lapsed_gives_it_back_with_grace():
    sale = [Line(ANN, SHOP, 10, OCT), Line(ANN, SHOP, 5, NOV)]

    assert purse.swapped(sale, TODAY) == [Line(SHOP, ANN, 5, NOV), Line(SHOP, ANN, 10, DEC)]


def test_a_reversal_on_a_lots_last_day_gives_it_back_as_it_was():
    assert purse.swapped([Line(ANN, SHOP, 5, NOV)], NOV) == [Line(SHOP, ANN, 5, NOV)]


def test_what_returns_to_a_hold_or_waits_again_keeps_its_lot():
    captured = [Line(HOLD, SHOP, 10, OCT)]
    ended = [Line(chart.pending(1), ANN, 10, OCT)]

    assert purse.swapped(captured, TODAY) == [Line(SHOP, HOLD, 10, OCT)]
    assert purse.swapped(ended, TODAY) == [Line(ANN, chart.pending(1), 10, OCT)]


def test_when_the_notice_ends_the_earliest_points_pay_what_is_owed():
    waited = chart.pending(1)
    awarded = [Lot(OCT, 5), Lot(DEC, 10), Lot(OCT, 5)]

    def ended(owed):
        return purse.notice_ended(1, awarded, {chart.owed(1): Holding(owed)}, TODAY)

    assert ended(0) == [
        Line(waited, chart.POINTS_EXPIRED, 10, OCT),
        Line(chart.POINTS_EXPIRED, ANN, 10, DEC),
        Line(waited, ANN, 10, DEC),
    ]
    assert ended(12) == [
        Line(waited, chart.owed(1), 5, OCT),
        Line(waited, chart.owed(1), 5, OCT),
        Line(waited, chart.owed(1), 2, DEC),
        Line(waited, ANN, 8, DEC),
    ]


@pytest.mark.parametrize(
    ("owed", "lines"),
    [
        (0, [Line(chart.POINTS_ISSUED, ANN, 10, NOV)]),
        (4, [Line(chart.POINTS_ISSUED, chart.owed(1), 4), Line(chart.POINTS_ISSUED, ANN, 6, NOV)]),
        (10, [Line(chart.POINTS_ISSUED, chart.owed(1), 10)]),
        (11, [Line(chart.POINTS_ISSUED, chart.owed(1), 10)]),
    ],
)
def test_what_is_earned_pays_what_is_owed_and_is_good_until_the_months_end(owed, lines):
    assert purse.earned(1, 10, 20_281_102, {chart.owed(1): Holding(owed)}) == lines


@given(lots, st.integers(1, 200))
def test_the_earliest_lots_make_up_the_amount_or_all_there_is(held, amount):
    taken = purse.earliest(held, amount)

    assert sum(lot.amount for lot in taken) == min(amount, sum(lot.amount for lot in held))
    assert taken == sorted(taken)
    left = {lot.expires_on for lot in held} - {lot.expires_on for lot in taken}
    assert not taken or all(day >= taken[-1].expires_on for day in left)


@given(lots, st.lists(st.integers(1, 30), max_size=8))
def test_parts_that_come_back_never_exceed_what_was_taken_from_a_lot(taken, parts):
    back: dict[int, int] = {}
    already = 0
    for part in parts:
        if already + part > sum(lot.amount for lot in taken):
            break
        for lot in purse.latest(taken, already, part):
            back[lot.expires_on] = back.get(lot.expires_on, 0) + lot.amount
        already += part

    assert sum(back.values()) == already
    assert all(back.get(lot.expires_on, 0) <= lot.amount for lot in taken)


@given(lots, st.integers(1, 300))
def test_what_cannot_be_taken_back_is_owed(held, amount):
    balances = {
        chart.purse(1): Holding(sum(lot.amount for lot in held), tuple(sorted(held))),
        chart.owed(1): Holding(),
    }

    lines = purse.taken_back(1, [Lot(NOV, amount)], amount, balances)

    assert sum(line.amount for line in lines) == amount
    owed = sum(line.amount for line in lines if line.debit == chart.owed(1))
    assert owed == max(amount - balances[chart.purse(1)].balance, 0)

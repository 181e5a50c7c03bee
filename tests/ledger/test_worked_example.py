"""The worked example of the books, step by step, as an accountant would check it.

Each row: what happens, the answer, and then Ann's lots, what she owes, and the money still on her voucher.
"""

import pytest

from kernel.errors import DomainError
from ledger import balances, chart, checks
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import Line, Lot
from ledger.purse import given_back, latest
from ledger.trial_balance import trial_balance
from tests.ledger import world
from tests.ledger.world import ANN, COMPANY

NOV, DEC = 20_281_130, 20_281_231  # The two lots: end of November and end of December 2028.
LATER = 20_281_201  # The day after the earlier lot lapsed.
GRACE = 20_281_231  # 30 days of grace from then, to the month's end: the same day as the later lot.
HOLD, VOUCHER, BATCH = 7, 9, 1

SOLD = (Lot(NOV, 30),)
PAID_FOR_VOUCHER = (Lot(NOV, 70), Lot(DEC, 30))


def void_rest(book_id):
    """Void the rest of the voucher: 20 yuan and the 40 points they cost come back, latest lots first."""
    lots = latest(PAID_FOR_VOUCHER, 0, 40)
    money = Line(chart.voucher(VOUCHER), chart.vouchers(COMPANY, "void"), 2_000)
    back = given_back(chart.POINTS_FOR_VOUCHERS, chart.purse(ANN), lots, LATER)
    return world.fixed(book_id, Kind.VOUCHER_VOIDED, money, *back)


STORY = [
    (
        "earn 100 until November",
        lambda b: world.an_award(b, ANN, 100, NOV),
        "posted",
        {NOV: 100},
        0,
        0,
    ),
    (
        "earn 60 until December",
        lambda b: world.an_award(b, ANN, 60, DEC),
        "posted",
        {NOV: 100, DEC: 60},
        0,
        0,
    ),
    (
        "hold 40 for rice",
        lambda b: world.a_hold(b, ANN, HOLD, 40),
        "posted",
        {NOV: 60, DEC: 60},
        0,
        0,
    ),
    (
        "capture 30 of it",
        lambda b: world.a_capture(b, HOLD, 30),
        "posted",
        {NOV: 60, DEC: 60},
        0,
        0,
    ),
    (
        "release the other 10",
        lambda b: world.a_release(b, ANN, HOLD),
        "posted",
        {NOV: 70, DEC: 60},
        0,
        0,
    ),
    (
        "buy goods for 131",
        lambda b: world.a_sale(b, ANN, 131),
        "not-enough-points",
        {NOV: 70, DEC: 60},
        0,
        0,
    ),
    (
        "a 50 yuan voucher",
        lambda b: world.a_voucher(b, ANN, VOUCHER, 100, 5_000),
        "posted",
        {DEC: 30},
        0,
        5_000,
    ),
    (
        "the property desk takes 30 yuan",
        lambda b: world.fixed(
            b, Kind.VOUCHER_USED, Line(chart.voucher(VOUCHER), chart.payable(COMPANY), 3_000)
        ),
        *("posted", {DEC: 30}, 0, 2_000),
    ),
    (
        "the earlier lot lapses",
        lambda b: world.an_expiry(b, ANN, LATER),
        "nothing-to-post",
        {DEC: 30},
        0,
        2_000,
    ),
    (
        "refund 10 of the rice",
        lambda b: world.a_refund(b, ANN, SOLD, 0, 10, LATER),
        *("posted", {DEC: 30 + 10}, 0, 2_000),
    ),
    ("void the rest of the voucher", void_rest, "posted", {DEC: 80}, 0, 0),
    (
        "give 20 to a fund",
        lambda b: world.fixed(
            b, Kind.POINTS_DONATED, Line(chart.purse(ANN), chart.fund(1), 20, DEC)
        ),
        *("posted", {DEC: 60}, 0, 0),
    ),
    (
        "un-verify the 100 with 60 in the purse",
        lambda b: world.an_unverification(b, ANN, (Lot(NOV, 100),), 100),
        *("posted", {}, 40, 0),
    ),
    ("spend while 40 are owed", lambda b: world.a_sale(b, ANN, 1), "points-are-owed", {}, 40, 0),
    ("earn 25 more", lambda b: world.an_award(b, ANN, 25, DEC), "posted", {}, 15, 0),
    (
        "settle the month",
        lambda b: world.fixed(
            b,
            Kind.SETTLEMENT_OPENED,
            Line(chart.payable(COMPANY), chart.settling(COMPANY, BATCH), 3_000),
        ),
        *("posted", {}, 15, 0),
    ),
    (
        "the bank pays the property company",
        lambda b: world.fixed(
            b,
            Kind.SETTLEMENT_PAID,
            Line(chart.settling(COMPANY, BATCH), chart.BANK_PAID_OUT, 3_000),
        ),
        *("posted", {}, 15, 0),
    ),
]

# Balances at the end, each on its account's normal side.
ENDS_WITH = {
    "points:issued": 160 - 100 + 25,
    f"volunteer:{ANN}:points": 0,
    f"volunteer:{ANN}:points-owed": 15,
    f"hold:{HOLD}": 0,
    "fund:1:points": 20,
    "shop:1:redeemed": 20,
    "points:for-vouchers": 60,
    "vouchers:1:issued": 5_000,
    "vouchers:1:void": 2_000,
    f"voucher:{VOUCHER}": 0,
    "property:1:payable": 0,
    "property:1:settling:1": 0,
    "bank:paid-out": -3_000,
}


async def answer(act):
    """Return how the desk answered, as the table writes it."""
    try:
        await post(act)
    except DomainError as refusal:
        return refusal.slug
    return "posted"


@pytest.mark.anyio
async def test_the_worked_example_of_the_books(database):
    book_id = await world.a_book()

    for step, act, expected, lots, owed, on_voucher in STORY:
        assert await answer(act(book_id)) == expected, step
        held = await balances.holdings(
            book_id, [chart.purse(ANN), chart.owed(ANN), chart.voucher(VOUCHER)]
        )
        assert {lot.expires_on: lot.amount for lot in held[chart.purse(ANN)].lots} == lots, step
        assert held[chart.owed(ANN)].balance == owed, step
        assert held[chart.voucher(VOUCHER)].balance == on_voucher, step
        assert await checks.check(book_id) == [], step

    totals = {total.name.path: total.balance for total in await trial_balance(book_id)}
    assert {path: totals.get(path, 0) for path in ENDS_WITH} == ENDS_WITH

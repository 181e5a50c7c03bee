"""The decisions of counter and property desk over plain values, without a database."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.days import from_date
from ledger import chart
from ledger.chart import Kind, class_of, is_allowed
from ledger.post import Balances, Change, Fact, Facts, Holding, Insert, Line, Lot
from redemption.errors import AlreadyUndone, OutOfStock, QuantityIsOdd, ServesOneself, VoucherIsVoid
from redemption.new_item_errors import AddedItOneself
from redemption.serving import MOST_ITEMS, Sale, ShelfLot, in_turn, merged, picked, served
from redemption.states import Source
from redemption.taking_back import Return, Undo, returned, undone
from redemption.voucher_rules import in_yuan, points_for_rest, use_undone, voided

SHOP, MEMBER, CLERK, RICE, SALE = 1, 2, 3, 4, 5
TODAY = 20261115
LATE = 20281130
ITEM = {"id": RICE, "name": "rice", "state": "on_sale", "price_points": 30, "unconfirmed_by": None}

days = st.none() | st.integers(-400, 400).map(
    lambda far: from_date(date(2026, 11, 15) + timedelta(days=far))
)
lots = st.builds(
    ShelfLot,
    item_id=st.just(RICE),
    lot_id=st.integers(1, 1000),
    source=st.sampled_from([each.value for each in Source]),
    received_at=st.integers(0, 10),
    use_by=days,
)
shelves = st.lists(lots, max_size=8, unique_by=lambda lot: lot.lot_id)


def may_move(kind, line):
    return is_allowed(kind, class_of(line.debit), class_of(line.credit))


def sale_of(quantity: int, *shelf: ShelfLot, clerk: int = CLERK) -> Sale:
    return Sale(SALE, SHOP, MEMBER, clerk, ((RICE, quantity),), shelf, now=1, today=TODAY)


def facts(**more) -> Facts:
    return {
        Fact("item", RICE): ITEM,
        Fact("shop", SHOP): {"receipts_issued": 6},
        Fact("redemption", SALE): {
            "state": "done",
            "points_refunded": 0,
            "points_counted": 0,
            "first_sold_at": None,
            "redeemed_at": 0,
            **more,
        },
        Fact("redemption_line", 9): {
            "id": 9,
            "item_id": RICE,
            "lot_id": 7,
            "quantity": 5,
            "quantity_refunded": 0,
            "price_points": 30,
        },
    }


def balances(points: int, pieces: int) -> Balances:
    return {
        chart.purse(MEMBER): Holding(points, (Lot(LATE, points),)),
        chart.owed(MEMBER): Holding(),
        chart.stock_lot(SHOP, RICE, 7): Holding(pieces),
    }


LOT = ShelfLot(RICE, 7, "purchased", 0, None, line_id=9)


def test_a_sale_is_points_pieces_and_papers():
    decision = served(sale_of(2, LOT), facts(), balances(100, 5))
    assert decision.lines == (
        Line(chart.purse(MEMBER), chart.redeemed(SHOP), 60, LATE),
        Line(
            chart.handed_out(SHOP, RICE, "for-points"),
            chart.stock_lot(SHOP, RICE, 7),
            2,
        ),
    )
    counted, paper, line = decision.writes
    assert counted == Change("shop", SHOP, {"receipts_issued": 7})
    assert isinstance(paper, Insert)
    assert (paper.row["number"], paper.row["points_total"]) == (7, 60)
    assert isinstance(line, Insert)
    assert (line.row["id"], line.row["quantity"], line.row["price_points"]) == (9, 2, 30)
    assert all(may_move(Kind.GOODS_REDEEMED, each) for each in decision.lines)


@pytest.mark.parametrize(
    ("by", "refused"), [(None, False), (CLERK, False), (MEMBER, True), (77, True)]
)
def test_what_somebody_of_the_household_added_goes_home_once_it_is_confirmed(by, refused):
    sale = replace(sale_of(2, LOT), near=frozenset({MEMBER, 77}))
    known = {**facts(), Fact("item", RICE): ITEM | {"unconfirmed_by": by}}
    with pytest.raises(AddedItOneself) if refused else nullcontext():
        served(sale, known, balances(100, 5))


def test_a_decision_made_again_is_the_same():
    sale = sale_of(2, LOT)
    first = served(sale, facts(), balances(100, 5))
    assert served(sale, facts(), balances(100, 5)) == first


def test_the_decision_itself_refuses_to_serve_oneself():
    with pytest.raises(ServesOneself):
        served(sale_of(1, LOT, clerk=MEMBER), facts(), balances(100, 5))


def test_the_decision_itself_refuses_a_second_undo():
    with pytest.raises(AlreadyUndone):
        undone(Undo(SALE, (), 1), facts(state="undone"), {})
    use = {"undone_at": 5, "used_at": 0, "company_id": 3}
    papers: Facts = {Fact("voucher_use", 1): use, Fact("voucher", 2): {"state": "issued"}}
    owed = {chart.payable(3): Holding(0)}
    with pytest.raises(AlreadyUndone):
        use_undone(1, 2, (), 1, TODAY, papers, owed)


@given(shelves, st.integers(1, 40), st.dictionaries(st.integers(1, 1000), st.integers(0, 12)))
def test_what_is_picked_is_there_in_turn_and_never_relief_or_past_its_day(shelf, quantity, pieces):
    on_shelf = {lot.lot_id: pieces.get(lot.lot_id, 3) for lot in shelf}
    going = in_turn(shelf, TODAY)
    there = sum(on_shelf[lot.lot_id] for lot in going)
    if there < quantity:
        with pytest.raises(OutOfStock, match=f"only {there} are left"):
            picked(ITEM, quantity, going, on_shelf)
        return
    picks = picked(ITEM, quantity, going, on_shelf)
    assert sum(part for _, part in picks) == quantity
    assert all(0 < part <= on_shelf[lot.lot_id] for lot, part in picks)
    assert all(lot.source != "donated-relief" for lot, _ in picks)
    assert all(lot.use_by is None or lot.use_by >= TODAY for lot, _ in picks)
    # Only the last lot picked may keep pieces: every lot before it was emptied first.
    assert all(part == on_shelf[lot.lot_id] for lot, part in picks[:-1])
    order = [lot.use_by or 99991231 for lot, _ in picks]
    assert order == sorted(order)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_returns_in_any_parts_bring_back_just_what_was_paid(parts):
    taken = (Lot(20261231, 40), Lot(LATE, 110))
    line = dict(facts()[Fact("redemption_line", 9)])
    paper = {"state": "done", "points_refunded": 0, "points_counted": 0}
    back = {20261231: 0, LATE: 0}
    for part in parts:
        pieces = min(part, line["quantity"] - line["quantity_refunded"])
        if not pieces:
            break
        asked = Return(*(SALE, SHOP, MEMBER, ((9, pieces),), {MEMBER: taken}, TODAY), sold_on=TODAY)
        papers = {Fact("redemption", SALE): paper, Fact("redemption_line", 9): line}
        decision = returned(asked, papers, {})
        for each in decision.lines:
            assert may_move(Kind.GOODS_RETURNED, each)
            if each.expires_on:
                back[each.expires_on] += each.amount
        for write in decision.writes:
            assert isinstance(write, Change)
            (line if write.table == "redemption_line" else paper).update(write.values)
    assert sum(back.values()) == paper["points_refunded"] == 30 * line["quantity_refunded"]
    assert all(back[lot.expires_on] <= lot.amount for lot in taken)
    if line["quantity_refunded"] == 5:
        assert back == {20261231: 40, LATE: 110}


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 50)), min_size=1, max_size=12))
def test_a_cart_names_each_thing_once(cart):
    together = merged(cart)
    assert len({thing for thing, _ in together}) == len(together)
    assert sum(pieces for _, pieces in together) == sum(pieces for _, pieces in cart)


def test_an_absurd_cart_is_refused():
    with pytest.raises(QuantityIsOdd):
        merged([(1, 999), (1, 1)])
    with pytest.raises(QuantityIsOdd):
        merged([(thing, 1) for thing in range(MOST_ITEMS + 1)])


@given(st.integers(1, 10_000), st.integers(1, 1_000_000), st.data())
def test_points_and_money_given_back_are_never_worth_more_than_was_paid(paid, face, data):
    rest = data.draw(st.integers(0, face))
    points = points_for_rest(paid, rest, face)
    assert 0 <= points <= paid
    assert points * face <= paid * rest < (points + 1) * face
    assert points_for_rest(paid, face, face) == paid


def test_a_void_voucher_is_not_voided_again():
    papers = {Fact("voucher", 1): {"state": "void", "expires_on": LATE}}
    with pytest.raises(VoucherIsVoid):
        voided(1, MEMBER, (), (Fact("voucher_year", 2), 2026), TODAY, papers, {})


@pytest.mark.parametrize(("fen", "yuan"), [(1, "0.01"), (2000, "20.00"), (12345, "123.45")])
def test_money_is_written_as_people_write_it(fen: int, yuan: str):
    assert in_yuan(fen) == yuan

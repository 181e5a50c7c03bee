"""The report proves a day's work, and finds whatever was altered behind the verbs' back."""

from dataclasses import dataclass

import pytest

from audit.reconcile import reconcile
from audit.report import report
from checkin.verification import unverify, verify
from kernel.database import execute
from people.registration import open_company
from redemption import counter, property_desk, refunds, stock, vouchers
from redemption.states import Source
from tests.checkin import world

pytestmark = pytest.mark.anyio


@dataclass
class Day:
    """The ids that a day left behind."""

    book: int
    attendance: int
    redemption: int
    voucher: int
    use: int


async def a_day() -> Day:
    """Wang and Li earn; Wang takes soap and returns some, buys a voucher that is used in part; Li is un-verified."""
    morning = await world.a_morning(multiplier_percent=200)
    book, wang, clerk = morning.book_id, morning.wang, morning.organiser
    wangs = await world.served(morning, wang, 120)
    lis = await world.served(morning, morning.li, 60)
    await verify(book, wangs.id, morning.organiser)
    await verify(book, lis.id, morning.organiser)
    await unverify(book, lis.id, morning.organiser, "left early")
    shop = await stock.open_shop(book, "慈善超市")
    soap = await stock.add_item(book, shop.id, "香皂", 4)
    await stock.receive(book, soap.id, Source.SPONSOR, 10, by=clerk, key="lot")
    await stock.receive(book, soap.id, Source.SPONSOR, 5, by=clerk, key="lot2")
    sale = await counter.redeem(book, shop.id, wang, [(soap.id, 3)], clerk, "sale")
    await refunds.return_goods(
        book, sale.redemption_id, [(sale.lines[0].line_id, 1)], clerk, "back"
    )
    other = await counter.redeem(book, shop.id, wang, [(soap.id, 1)], clerk, "sale2")
    await refunds.undo(book, other.redemption_id, clerk, "undo")
    company = await open_company(book, "安和物业")
    await open_company(book, "邻里物业")
    offer = await vouchers.offer(book, 1_000, 20)
    paper = await vouchers.issue(book, wang, offer.id, company.id, wang, "voucher")
    use = await property_desk.use(book, paper.id, 300, clerk, company.id, "use")
    again = await property_desk.use(book, paper.id, 100, clerk, company.id, "use2")
    await property_desk.undo_use(book, again.id, clerk, company.id, "undo-use")
    return Day(book, wangs.id, sale.redemption_id, paper.id, use.id)


async def test_a_days_work_is_proved(database):
    day = await a_day()

    found = await report(day.book)

    assert found.findings == []
    assert found.is_sound
    assert {proof.asset: (proof.left, proof.right) for proof in found.proofs} == {
        "points": (40 - 8 - 20, 40 - 8 - 20),
        "minutes": (120, 120),
        "item": (13, 13),
        "fen": (1_000, 1_000),
    }


async def test_an_empty_book_is_sound(database):
    morning = await world.a_morning()

    assert (await report(morning.book_id)).is_sound


SOMEBODY = (
    "(SELECT MAX(person_id) FROM membership WHERE person_id NOT IN (SELECT person_id FROM attendance) "
    "AND person_id NOT IN (SELECT clerk_id FROM redemption))"
)
RIVAL = "(SELECT MAX(id) FROM property_company)"
ALTERED = [
    "UPDATE attendance SET points_awarded = points_awarded + 1 WHERE book_id = $1 AND state = 'verified'",
    "UPDATE attendance SET minutes_worked = minutes_worked + 1 WHERE book_id = $1 AND state = 'verified'",
    "UPDATE attendance SET state = 'left' WHERE book_id = $1 AND state = 'verified'",
    "UPDATE redemption SET points_total = points_total + 1 WHERE book_id = $1",
    "UPDATE redemption SET state = 'undone' WHERE book_id = $1",
    "UPDATE redemption_line SET quantity = quantity + 1 WHERE book_id = $1",
    "UPDATE stock_lot SET quantity_received = 100 WHERE book_id = $1",
    "UPDATE voucher SET remaining_fen = remaining_fen - 1 WHERE book_id = $1",
    "UPDATE voucher SET face_fen = face_fen + 1 WHERE book_id = $1",
    "UPDATE voucher_use SET undone_at = NULL WHERE book_id = $1",
    "DELETE FROM voucher_use WHERE book_id = $1",
    "UPDATE shift SET points_awarded = 0 WHERE book_id = $1",
    "UPDATE redemption SET points_total = points_total + 1, points_refunded = points_refunded + 1 WHERE book_id = $1",
    "UPDATE shop SET receipts_issued = receipts_issued + 1 WHERE book_id = $1",
    "UPDATE voucher SET uses = uses + 1 WHERE book_id = $1",
    f"UPDATE attendance SET person_id = {SOMEBODY} WHERE book_id = $1 AND state = 'verified'",
    f"UPDATE redemption SET person_id = {SOMEBODY} WHERE book_id = $1",
    f"UPDATE voucher SET person_id = {SOMEBODY} WHERE book_id = $1",
    "UPDATE redemption_line SET lot_id = (SELECT MAX(id) FROM stock_lot) WHERE book_id = $1",
    "UPDATE stock_lot SET source = 'purchased' WHERE book_id = $1",
    f"UPDATE voucher SET company_id = {RIVAL} WHERE book_id = $1",
    f"UPDATE voucher_use SET company_id = {RIVAL} WHERE book_id = $1",
]


@pytest.mark.parametrize("altered", ALTERED)
async def test_a_document_altered_behind_the_books_is_found(database, altered):
    day = await a_day()
    assert await reconcile(day.book) == []

    await execute(altered, day.book)

    assert await reconcile(day.book) != []
    assert not (await report(day.book)).is_sound

"""What an inspection asks for: the goods that came in, those that went out by day, and who received what."""

from dataclasses import dataclass

from kernel.database import Row, fetch
from kernel.days import plus_days, start_of
from people import roster
from people.masks import masked_name
from redemption.models import StockLot

ISSUED = """
SELECT e.booked_on AS day, i.name, i.unit, l.source, o.path, SUM(t.amount) AS pieces,
SUM(t.amount * l.unit_cost_fen) AS fen FROM stock_lot l
JOIN item i ON i.book_id = l.book_id AND i.id = l.item_id
JOIN account a ON a.book_id = l.book_id AND a.path = 'shop:' || i.shop_id || ':lot:' || l.id
JOIN (SELECT entry_id, debit_id AS other_id, credit_id AS account_id, amount FROM transfer WHERE book_id = $1
    UNION ALL SELECT entry_id, credit_id, debit_id, -amount FROM transfer WHERE book_id = $1) t ON t.account_id = a.id
JOIN journal_entry e ON e.book_id = $1 AND e.id = t.entry_id
JOIN account o ON o.book_id = $1 AND o.id = t.other_id
WHERE l.book_id = $1 AND i.shop_id = $2 AND e.booked_on >= $3 AND e.booked_on <= $4
AND (o.path LIKE '%:handed-out:%' OR o.path LIKE '%:written-off')
GROUP BY e.booked_on, i.name, i.unit, l.source, o.path HAVING SUM(t.amount) <> 0
ORDER BY e.booked_on, i.name, l.source, o.path
"""
REGISTER = """
SELECT r.redeemed_at AS at, r.number, r.person_id, i.name, i.unit, s.source,
l.quantity - l.quantity_refunded AS pieces, (l.quantity - l.quantity_refunded) * l.price_points AS points
FROM redemption r JOIN redemption_line l ON l.book_id = r.book_id AND l.redemption_id = r.id
JOIN item i ON i.book_id = l.book_id AND i.id = l.item_id
JOIN stock_lot s ON s.book_id = l.book_id AND s.id = l.lot_id
WHERE r.book_id = $1 AND r.shop_id = $2 AND r.redeemed_at >= $3 AND r.redeemed_at < $4
AND r.state = 'done' AND l.quantity > l.quantity_refunded
UNION ALL
SELECT r.handed_at, NULL, r.person_id, i.name, i.unit, s.source, l.quantity, 0
FROM relief_handout r JOIN relief_line l ON l.book_id = r.book_id AND l.handout_id = r.id
JOIN item i ON i.book_id = l.book_id AND i.id = l.item_id
JOIN stock_lot s ON s.book_id = l.book_id AND s.id = l.lot_id
WHERE r.book_id = $1 AND r.shop_id = $2 AND r.handed_at >= $3 AND r.handed_at < $4 AND r.state = 'done'
ORDER BY 1, 4
"""


@dataclass(frozen=True, slots=True)
class Received:
    """Who received what, at what points; the name is masked, the number is the member's."""

    at: int
    number: int | None
    name: str
    member: str
    item: str
    unit: str
    source: str
    pieces: int
    points: int


async def came_in(book_id: int, shop_id: int, ends_on: int, zone: str) -> list[StockLot]:
    """Return the lots that came into a shop in a month, in the order in which they came."""
    first, end = _moments(ends_on, zone)
    lots = StockLot.filter(
        book_id=book_id, item__shop_id=shop_id, received_at__gte=first, received_at__lt=end
    )
    return await lots.order_by("received_at", "id").select_related("item")


async def went_out(book_id: int, shop_id: int, ends_on: int) -> list[Row]:
    """Return what a shop handed out or wrote off in a month: by day, item, source and way, with pieces and fen."""
    return await fetch(ISSUED, book_id, shop_id, ends_on // 100 * 100 + 1, ends_on)


async def register(book_id: int, shop_id: int, ends_on: int, zone: str) -> list[Received]:
    """Return who received goods in a month, in the order of the days; what came back is left out."""
    rows = await fetch(REGISTER, book_id, shop_id, *_moments(ends_on, zone))
    known = await roster.memberships(book_id, {row["person_id"] for row in rows})
    return [
        Received(
            at=row["at"],
            number=row["number"],
            name=masked_name(known[row["person_id"]].person.name),
            member=known[row["person_id"]].shown_number,
            item=row["name"],
            unit=row["unit"],
            source=row["source"],
            pieces=row["pieces"],
            points=row["points"],
        )
        for row in rows
    ]


def _moments(ends_on: int, zone: str) -> tuple[int, int]:
    first = ends_on // 100 * 100 + 1
    return start_of(first, zone), start_of(plus_days(ends_on, 1), zone)

"""What was handed out: a receipt, and the last few of a shop or a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from tortoise.queryset import QuerySet

from kernel import clock
from kernel.database import Dialect, Row
from kernel.days import day_of, start_of
from kernel.direct import Ask, Steps
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together
from ledger.books import zone_of
from ledger.entries import document_posted
from ledger.post import RequestKey
from redemption.entries import SALES
from redemption.errors import RedemptionNotFound
from redemption.models import UNDO_WITHIN, Redemption
from redemption.states import RedemptionState

LAST_FEW = 3


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """Pieces of one item from one lot."""

    line_id: int
    item_id: int
    name: str
    unit: str
    quantity: int
    quantity_refunded: int
    quantity_damaged: int
    price_points: int

    @property
    def points(self) -> int:
        """Return what these pieces cost."""
        return self.quantity * self.price_points


@dataclass(frozen=True, slots=True)
class Receipt:
    """A redemption as it stands now, with the journal entry that proves it and its leaf."""

    redemption_id: int
    number: int
    shop_id: int
    shop: str
    person_id: int
    person: str
    clerk_id: int
    clerk: str
    state: RedemptionState
    redeemed_at: int
    undo_until: int
    points_total: int
    points_refunded: int
    lines: tuple[ReceiptLine, ...]
    entry_id: int
    leaf: bytes
    points_back: int = 0  # of the receipt that it follows
    moved_here: bool = False  # from another member
    follows: tuple[int, int] | None = None  # the receipt (id, number) in whose place this one came
    followers: tuple[tuple[int, int], ...] = ()  # and those that came in the place of this one

    @property
    def swapped_points(self) -> int:
        """Return the points that came back first, of goods that were swapped for these."""
        return 0 if self.moved_here else self.points_back

    @property
    def was_moved(self) -> bool:
        """Say whether it pays from another purse now."""
        return self.state == RedemptionState.UNDONE and bool(self.followers)

    def may_be_undone(self, now: int) -> bool:
        """Say whether an undo would still be taken."""
        return (
            self.state == RedemptionState.DONE
            and not self.points_refunded
            and self.follows is None
            and now <= self.undo_until
        )


async def receipt(book_id: int, redemption_id: int) -> Receipt:
    """Return a redemption's receipt. Raises: RedemptionNotFound."""
    found = await _together.ask(book_id, redemption_id)
    if found is None:
        raise RedemptionNotFound
    return found


async def recent(book_id: int, shop_id: int, limit: int = LAST_FEW) -> list[Receipt]:
    """Return a shop's last receipts, latest first."""
    own = Redemption.filter(book_id=book_id, shop_id=shop_id)
    return await _latest_first(book_id, own.limit(limit))


async def today(book_id: int, shop_id: int) -> list[Receipt]:
    """Return what a shop handed out today, latest first."""
    zone = await zone_of(book_id)
    midnight = start_of(day_of(clock.now(), zone), zone)
    own = Redemption.filter(book_id=book_id, shop_id=shop_id, redeemed_at__gte=midnight)
    return await _latest_first(book_id, own)


async def of_key(book_id: int, clerk_id: int, key: str) -> Receipt | None:
    """Return what a clerk's form has already handed out, or None: a page that never saw the answer asks this.

    Raises: KeyIsInvalid.
    """
    found = await document_posted(book_id, RequestKey(f"person:{clerk_id}", key))
    return None if found is None else await receipt(book_id, found)


async def of_person(book_id: int, person_id: int, limit: int = 20) -> list[Receipt]:
    """Return what a person was handed, latest first."""
    own = Redemption.filter(book_id=book_id, person_id=person_id)
    return await _latest_first(book_id, own.limit(limit))


async def _latest_first(book_id: int, wanted: QuerySet[Redemption]) -> list[Receipt]:
    rows = await wanted.order_by("-redeemed_at", "-id").only("id")
    return [found for found in await _read_many(book_id, [row.id for row in rows]) if found]


_SALES = ", ".join(f"'{kind}'" for kind in SALES)
_WHOLE = f"""
SELECT r.id, r.number, r.shop_id, s.name AS shop, r.person_id, p.name AS person, r.clerk_id, c.name AS clerk,
       r.state, r.redeemed_at, r.first_sold_at, r.points_total, r.points_refunded, r.points_back, b.id AS before_id,
       b.number AS before_number, b.person_id AS before_person, e.id AS entry_id, e.leaf
  FROM redemption r JOIN shop s ON s.book_id = r.book_id AND s.id = r.shop_id
  JOIN person p ON p.id = r.person_id JOIN person c ON c.id = r.clerk_id
  LEFT JOIN redemption b ON b.book_id = r.book_id AND b.id = r.follows_id
  JOIN journal_entry e ON e.book_id = r.book_id AND e.document_id = r.id AND e.document_type = 'redemption'
       AND e.kind IN ({_SALES})
 WHERE r.book_id = $1 AND r.id """  # noqa: S608  words of our own
_LINES = """
SELECT l.redemption_id, l.id AS line_id, l.item_id, i.name, i.unit, l.quantity, l.quantity_refunded,
       l.quantity_damaged, l.price_points
  FROM redemption_line l JOIN item i ON i.book_id = l.book_id AND i.id = l.item_id
 WHERE l.book_id = $1 AND l.redemption_id """
_OF_LINE = tuple(each.name for each in fields(ReceiptLine))
_FOLLOWERS = "SELECT follows_id, id, number FROM redemption WHERE book_id = $1 AND follows_id "


def _read(book_id: int, ids: Sequence[int], kind: Dialect) -> Steps[list[Receipt | None]]:
    """Return many receipts in the order of their ids; whoever asks at one moment is answered together."""
    wanted, some = (book_id, as_list(kind, ids)), among(kind, 2)
    whole = yield Ask(_WHOLE + some, wanted)
    rows = {row["id"]: row for row in whole}
    lines: dict[int, list[ReceiptLine]] = {}
    for row in (yield Ask(f"{_LINES}{some} ORDER BY l.id", wanted)):
        line = ReceiptLine(*(row[name] for name in _OF_LINE))
        lines.setdefault(row["redemption_id"], []).append(line)
    followers: dict[int, list[tuple[int, int]]] = {}
    for row in (yield Ask(f"{_FOLLOWERS}{some} ORDER BY number", wanted)):
        followers.setdefault(row["follows_id"], []).append((row["id"], row["number"]))
    return [
        _receipt(rows[one], lines.get(one, ()), followers.get(one, ())) if one in rows else None
        for one in ids
    ]


_read_many = talked(_read)
_together = Together(_read_many)


def _receipt(
    row: Row, lines: Iterable[ReceiptLine], followers: Iterable[tuple[int, int]]
) -> Receipt:
    before = row["before_id"] is not None
    return Receipt(
        redemption_id=row["id"],
        number=row["number"],
        shop_id=row["shop_id"],
        shop=row["shop"],
        person_id=row["person_id"],
        person=row["person"],
        clerk_id=row["clerk_id"],
        clerk=row["clerk"],
        state=RedemptionState(row["state"]),
        redeemed_at=row["redeemed_at"],
        undo_until=(row["first_sold_at"] or row["redeemed_at"]) + UNDO_WITHIN,
        points_total=row["points_total"],
        points_refunded=row["points_refunded"],
        lines=tuple(lines),
        entry_id=row["entry_id"],
        leaf=bytes(row["leaf"]),
        points_back=row["points_back"],
        follows=(row["before_id"], row["before_number"]) if before else None,
        moved_here=before and row["before_person"] != row["person_id"],
        followers=tuple(followers),
    )

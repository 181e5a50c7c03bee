"""What was handed out: a receipt, and the last few of a shop or a person."""

from dataclasses import dataclass

from kernel import clock
from kernel.days import day_of, start_of
from ledger.books import zone_of
from ledger.entries import document_posted
from ledger.post import Fact, RequestKey
from redemption.entries import HANDED_OVER, entry_about
from redemption.errors import RedemptionNotFound
from redemption.models import UNDO_WITHIN, Redemption, RedemptionLine
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

    def may_be_undone(self, now: int) -> bool:
        """Say whether an undo would still be taken."""
        return (
            self.state == RedemptionState.DONE
            and not self.points_refunded
            and now <= self.undo_until
        )


async def receipt(book_id: int, redemption_id: int) -> Receipt:
    """Return a redemption's receipt. Raises: RedemptionNotFound."""
    found = await Redemption.get_or_none(book_id=book_id, id=redemption_id).prefetch_related(
        "shop", "person", "clerk"
    )
    if found is None:
        raise RedemptionNotFound
    return await _receipt(found)


async def recent(book_id: int, shop_id: int, limit: int = LAST_FEW) -> list[Receipt]:
    """Return a shop's last receipts, latest first."""
    found = (
        await Redemption.filter(book_id=book_id, shop_id=shop_id)
        .order_by("-redeemed_at", "-id")
        .limit(limit)
        .prefetch_related("shop", "person", "clerk")
    )
    return [await _receipt(each) for each in found]


async def today(book_id: int, shop_id: int) -> list[Receipt]:
    """Return what a shop handed out today, latest first."""
    zone = await zone_of(book_id)
    midnight = start_of(day_of(clock.now(), zone), zone)
    found = (
        await Redemption.filter(book_id=book_id, shop_id=shop_id, redeemed_at__gte=midnight)
        .order_by("-redeemed_at", "-id")
        .prefetch_related("shop", "person", "clerk")
    )
    return [await _receipt(each) for each in found]


async def of_key(book_id: int, clerk_id: int, key: str) -> Receipt | None:
    """Return what a clerk's form has already handed out, or None: a page that never saw the answer asks this.

    Raises: KeyIsInvalid.
    """
    found = await document_posted(book_id, RequestKey(f"person:{clerk_id}", key))
    return None if found is None else await receipt(book_id, found)


async def of_person(book_id: int, person_id: int, limit: int = 20) -> list[Receipt]:
    """Return what a person was handed, latest first."""
    found = (
        await Redemption.filter(book_id=book_id, person_id=person_id)
        .order_by("-redeemed_at", "-id")
        .limit(limit)
        .prefetch_related("shop", "person", "clerk")
    )
    return [await _receipt(each) for each in found]


async def _receipt(found: Redemption) -> Receipt:
    entry = await entry_about(found.book_id, Fact("redemption", found.id), *HANDED_OVER)
    lines = (
        await RedemptionLine.filter(book_id=found.book_id, redemption_id=found.id)
        .order_by("id")
        .prefetch_related("item")
    )
    return Receipt(
        redemption_id=found.id,
        number=found.number,
        shop_id=found.shop_id,
        shop=found.shop.name,
        person_id=found.person_id,
        person=found.person.name,
        clerk_id=found.clerk_id,
        clerk=found.clerk.name,
        state=found.state,
        redeemed_at=found.redeemed_at,
        undo_until=found.redeemed_at + UNDO_WITHIN,
        points_total=found.points_total,
        points_refunded=found.points_refunded,
        lines=tuple(_line(line) for line in lines),
        entry_id=entry["id"],
        leaf=bytes(entry["leaf"]),
    )


def _line(line: RedemptionLine) -> ReceiptLine:
    return ReceiptLine(
        line_id=line.id,
        item_id=line.item_id,
        name=line.item.name,
        unit=line.item.unit,
        quantity=line.quantity,
        quantity_refunded=line.quantity_refunded,
        price_points=line.price_points,
    )

"""What became of gifts: for each donor the goods that came, and where they went, read from the books."""

from dataclasses import dataclass

from audit.stock_months import LATER, Sums, lot_sums
from kernel.errors import NotFound
from redemption.models import StockLot


@dataclass(frozen=True, slots=True)
class GiftLine:
    """One item of a donor: all of it that ever came, and what became of it."""

    item: str
    unit: str
    pieces: Sums

    @property
    def left(self) -> int:
        """Return how many pieces still stand on the shelf."""
        return self.pieces.closing


@dataclass(frozen=True, slots=True)
class Gifts:
    """A donor's gifts; `lot_id` is the first of them, by which a page names the donor."""

    donor: str
    lot_id: int
    lines: tuple[GiftLine, ...]

    @property
    def pieces(self) -> int:
        """Return how many pieces came in all."""
        return sum(line.pieces.received for line in self.lines)

    @property
    def reached(self) -> int:
        """Return how many pieces residents have by now."""
        return sum(line.pieces.handed_out for line in self.lines)


async def gifts(book_id: int, shop_id: int) -> list[Gifts]:
    """Return what became of the gifts of every donor of a shop, by name."""
    found = StockLot.filter(book_id=book_id, item__shop_id=shop_id).exclude(donor="")
    lots = await found.order_by("donor", "received_at", "id").select_related("item")
    sums = await lot_sums(book_id, 0, LATER)
    of_donor: dict[str, list[StockLot]] = {}
    for lot in lots:
        of_donor.setdefault(lot.donor, []).append(lot)
    return [Gifts(donor, own[0].id, _lines(own, sums)) for donor, own in of_donor.items()]


async def gifts_of(book_id: int, shop_id: int, lot_id: int) -> Gifts:
    """Return what became of the gifts of a lot's donor. Raises: NotFound."""
    lot = await StockLot.get_or_none(book_id=book_id, id=lot_id)
    for each in await gifts(book_id, shop_id):
        if lot is not None and each.donor == lot.donor:
            return each
    raise NotFound


def _lines(lots: list[StockLot], sums: dict[int, Sums]) -> tuple[GiftLine, ...]:
    lines: dict[int, GiftLine] = {}
    for lot in lots:
        line = lines.setdefault(lot.item_id, GiftLine(lot.item.name, lot.item.unit, Sums()))
        line.pieces.add(sums.get(lot.id, Sums()))
    return tuple(lines.values())

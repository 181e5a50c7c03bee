"""What the counter's screen says of goods that come back for others, and of sales that wait."""

from dataclasses import dataclass

from people import roster
from people.masks import masked_name
from people.permissions import Viewer
from redemption import parking
from redemption.receipts import receipt
from web.baskets import Basket
from web.i18n import gettext


@dataclass(frozen=True, slots=True)
class Swapped:
    """What comes back of a receipt: (name, pieces, points, whether damaged)."""

    redemption_id: int
    number: str
    goods: tuple[tuple[str, int, int, bool], ...]

    @property
    def points(self) -> int:
        """Return what comes back in points."""
        return sum(points for _, _, points, _ in self.goods)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parked sale: whose, of how many pieces, by whom and since when."""

    parked_id: int
    place: int
    name: str
    pieces: int
    clerk: str
    parked_at: int


async def swap_on(viewer: Viewer, basket: Basket) -> Swapped | None:
    """Return what comes back on this counter, or None if nothing is swapped. Raises: RedemptionNotFound."""
    if not basket.swaps:
        return None
    old = await receipt(viewer.book_id, basket.swaps)
    lines = {line.line_id: line for line in old.lines}
    goods = [
        (lines[line].name, pieces, lines[line].price_points * pieces, bool(broken))
        for line, pieces, broken in basket.back
        if line in lines
    ]
    return Swapped(old.redemption_id, f"{old.number:05d}", tuple(goods))


async def waiting(viewer: Viewer, shop_id: int) -> list[Waiting]:
    """Return what is parked at a shop today, by place."""
    found = await parking.parked(viewer.book_id, shop_id)
    names = await roster.names(viewer.book_id, [each.parked_by for each in found]) if found else {}
    return [
        Waiting(
            each.id,
            each.place,
            masked_name(each.person.name) if each.person else gettext("no member yet"),
            sum(pieces for _, pieces in each.lines),
            masked_name(names.get(each.parked_by, "")),
            each.parked_at,
        )
        for each in found
    ]

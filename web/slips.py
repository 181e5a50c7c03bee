"""An exchange as pages and paper show it: masked, with each item once, however many lots it came from."""

from dataclasses import dataclass

from kernel import clock
from people.masks import masked_name
from redemption.receipts import Receipt
from redemption.sheet_papers import SheetRow
from redemption.states import RedemptionState
from web.i18n import gettext

LENGTHS = ((4, "short"), (12, "medium"), (30, "long"))  # the most goods on it


@dataclass(frozen=True, slots=True)
class Slip:
    """What a receipt says; `goods` are (name, pieces, points). `leaf` is short enough to compare by eye."""

    receipt: Receipt
    name: str
    number: str
    goods: tuple[tuple[str, int, int], ...]
    pieces: int
    leaf: str
    undoable: bool
    follows: str = ""

    @property
    def undone(self) -> bool:
        """Say whether the whole was undone."""
        return self.receipt.state == RedemptionState.UNDONE

    @property
    def length(self) -> str:
        """Return how long a strip of paper it takes, in words of the style sheet."""
        return next((word for most, word in LENGTHS if len(self.goods) <= most), "longest")

    @property
    def returnable(self) -> bool:
        """Say whether any piece can still come back."""
        open_lines = (line for line in self.receipt.lines if line.quantity_refunded < line.quantity)
        return not self.undone and any(open_lines)


def slip(receipt: Receipt) -> Slip:
    """Return a receipt as it is shown."""
    goods: dict[int, tuple[str, int, int]] = {}
    for line in receipt.lines:
        name, pieces, points = goods.get(line.item_id, (line.name, 0, 0))
        goods[line.item_id] = (name, pieces + line.quantity, points + line.points)
    short = receipt.leaf.hex()[:12].upper()
    return Slip(
        receipt=receipt,
        name=masked_name(receipt.person),
        number=f"{receipt.number:05d}",
        goods=tuple(goods.values()),
        pieces=sum(line.quantity for line in receipt.lines),
        leaf="-".join((short[:4], short[4:8], short[8:])),
        undoable=receipt.may_be_undone(clock.now()),
        follows=f"{receipt.follows[1]:05d}" if receipt.follows else "",
    )


def by_hand(row: SheetRow) -> str:
    """Return where an exchange was written by hand."""
    said = {"number": row.sheet.number, "row": row.place}
    return gettext("sheet %(number)s, row %(row)s", **said)

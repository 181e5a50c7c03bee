"""What lies on the counter before it is confirmed: who is served and which goods, kept in a signed cookie.

It holds ids and quantities alone, so prices, names and points always come from the books. The key is that of the sale
to come: as long as the basket lives, sending it twice sells once.
"""

import json
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import Response

from people.permissions import Viewer
from people.recognition import Way
from redemption.serving import merged
from web import cookies
from web.render import new_key

COOKIE = "basket"
PURPOSE = "basket/5"  # counts up with what is packed: a basket of an older program is empty
SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Basket:
    """One exchange under way; 0 stands for nobody. `just` is the item touched last.

    `family` are those who pay with the customer; `code_id` is the code by which somebody else collects. With `swaps`,
    a receipt, what comes back of it is in `back`: (line id, pieces, 1 if damaged).
    """

    person_id: int = 0
    lines: tuple[tuple[int, int], ...] = ()
    just: int = 0
    other: int = 0  # Somebody else's code was read in between; the clerk has not decided yet.
    way: Way = (
        Way.NAME
    )  # What the clerk went by; whether a code was read is known from the code itself.
    other_way: Way = Way.NAME
    key: str = field(default_factory=new_key)
    family: tuple[int, ...] = ()
    code_id: int = 0
    swaps: int = 0
    back: tuple[tuple[int, int, int], ...] = ()
    shop_id: int = 0  # whose goods these are, once the counter has shown them

    @property
    def pieces(self) -> int:
        """Return how many pieces there are."""
        return sum(quantity for _, quantity in self.lines)

    @property
    def is_open(self) -> bool:
        """Say whether somebody's goods lie here unconfirmed."""
        return bool(self.person_id and (self.lines or self.swaps))

    @property
    def parts(self) -> tuple[tuple[int, int], ...]:
        """Return the (line id, pieces) that come back."""
        return tuple((line, pieces) for line, pieces, _ in self.back)

    @property
    def damaged(self) -> frozenset[int]:
        """Return the lines of which what comes back is damaged."""
        return frozenset(line for line, _, broken in self.back if broken)

    def scanned(self, item_id: int) -> "Basket":
        """Return the basket with one more piece; what was scanned last stands last. Raises: QuantityIsOdd."""
        before = dict(self.lines).get(item_id, 0)
        rest = tuple(line for line in self.lines if line[0] != item_id)
        lines = merged((*rest, (item_id, before + 1)))
        return replace(self, lines=lines, just=item_id)

    def changed(self, item_id: int, step: int) -> "Basket":
        """Return the basket with more or fewer pieces of a line; none left takes it off. Raises: QuantityIsOdd."""
        pairs = [
            (thing, count + step if thing == item_id else count) for thing, count in self.lines
        ]
        left = [(thing, count) for thing, count in pairs if thing != item_id or count > 0]
        return replace(self, lines=merged(left) if left else (), just=item_id)

    def without_last(self) -> "Basket":
        """Return the basket without its last line."""
        return replace(self, lines=self.lines[:-1], just=0)

    def serving(self, person_id: int, way: Way) -> "Basket":
        """Return the basket for a person; with somebody else's goods in it, the question whose they are."""
        if self.is_open and person_id != self.person_id:
            return replace(self, other=person_id, other_way=way)
        family = self.family if person_id == self.person_id else ()
        return replace(self, person_id=person_id, way=way, other=0, family=family, code_id=0)

    def collected(self, person_id: int, code_id: int) -> "Basket":
        """Return the basket for a person for whom somebody else collects: with the person's own points alone."""
        return replace(self, person_id=person_id, other=0, family=(), code_id=code_id)

    def ticked(self, person_id: int) -> "Basket":
        """Return the basket with one of the family paying too, or no longer."""
        rest = tuple(each for each in self.family if each != person_id)
        return replace(self, family=rest if rest != self.family else (*rest, person_id))

    def renewed(self) -> "Basket":
        """Return the same under a fresh key: a refusal is remembered under the old one."""
        return replace(self, key=new_key())


def packed(basket: Basket, viewer: Viewer) -> str:
    """Return a basket as a signed text that is good for this clerk's own pages only."""
    said = [basket.person_id, basket.lines, basket.just, basket.other, basket.key]
    said += [basket.way, basket.other_way, basket.family, basket.code_id]
    said += [basket.swaps, basket.back, basket.shop_id]
    text = json.dumps([viewer.book_id, viewer.person_id, *said], separators=(",", ":"))
    return cookies.sign(PURPOSE, text, seconds=SECONDS)


def unpacked(value: str | None, viewer: Viewer) -> Basket | None:
    """Return a basket that came back, or None if it is late, altered or another clerk's."""
    text = cookies.unsign(PURPOSE, value) if value else None
    if text is None:
        return None
    book_id, clerk_id, person_id, lines, just, other, key, *rest = json.loads(text)
    if (book_id, clerk_id) != (viewer.book_id, viewer.person_id):
        return None
    pairs = tuple((int(item), int(count)) for item, count in lines)
    way, other_way, family, code_id, swaps, back, shop_id = rest
    return Basket(
        *(int(person_id), pairs, int(just), int(other), Way(way), Way(other_way), str(key)),
        family=tuple(int(each) for each in family),
        code_id=int(code_id),
        swaps=int(swaps),
        back=tuple((int(line), int(pieces), int(broken)) for line, pieces, broken in back),
        shop_id=int(shop_id),
    )


def basket_of(request: Request, viewer: Viewer) -> Basket:
    """Return what lies on this clerk's counter."""
    return unpacked(cookies.read_cookie(request, COOKIE), viewer) or Basket()


def keep(request: Request, response: Response, viewer: Viewer, basket: Basket) -> Response:
    """Let the browser keep the basket; a power cut does not lose it."""
    cookies.set_cookie(request, response, COOKIE, packed(basket, viewer), seconds=SECONDS)
    return response

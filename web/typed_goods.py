"""Who and which goods a hand-written row means: member numbers, names, barcodes and pieces as people type them."""

import re

from kernel.errors import N_, Invalid
from people import lookup
from people.errors import NoSuchMember
from people.models import Membership
from people.naming import folded
from people.permissions import Viewer
from redemption import barcodes, stock
from redemption.errors import ItemNotHere, QuantityIsOdd
from redemption.serving import MOST_PIECES

BETWEEN = re.compile(r"[\n,，;；、]+")
PIECES = re.compile(r"(.*?)[ ]*[×xX*＊ ][ ]*([0-9]{1,4})")


class WhichPerson(Invalid):
    """A name fits several people."""

    slug = "which-person"
    title = N_("Which of them?")
    detail = N_("Several people fit: %(names)s. Please type the member number.")


class WhichGoods(Invalid):
    """A name fits several things, or nothing."""

    slug = "which-goods"
    title = N_("Which goods?")
    detail = N_("“%(text)s” fits %(names)s. Please type the barcode, or more of the name.")


async def person_of(viewer: Viewer, text: str) -> Membership:
    """Return the one member that a number or name means. Raises: NoSuchMember, WhichPerson, and as `find_member`."""
    try:
        found = await lookup.find_member(viewer.book_id, text, viewer.person_id)
    except NoSuchMember as refusal:
        refusal.members["field"] = "who"
        raise
    if len(found) > 1:
        names = "、".join(f"{each.shown_number} {each.person.masked_name}" for each in found)
        raise WhichPerson(names=names, field="who")
    return found[0]


async def goods_of(viewer: Viewer, shop_id: int, text: str) -> list[tuple[int, int]]:
    """Return the (item id, pieces) of what was typed, such as `rice ×2, 6901234567892`.

    Raises: WhichGoods, QuantityIsOdd.
    """
    cart = []
    for part in BETWEEN.split(text):
        if said := folded(part):
            name, pieces = _pieces(said)
            cart.append((await _item(viewer, shop_id, name), pieces))
    return cart


def _pieces(said: str) -> tuple[str, int]:
    found = PIECES.fullmatch(said)
    if found is None or not found[1]:
        return said, 1
    if not 1 <= int(found[2]) <= MOST_PIECES:
        raise QuantityIsOdd(most=MOST_PIECES, field="goods")
    return found[1], int(found[2])


async def _item(viewer: Viewer, shop_id: int, text: str) -> int:
    if barcodes.read(text):
        try:
            return int((await stock.find_item(viewer.book_id, shop_id, text)).id)
        except ItemNotHere:
            raise WhichGoods(text=text, names="–", field="goods") from None
    found = await stock.by_name(viewer.book_id, shop_id, text)
    exact = [each for each in found if each.name == text] or found
    if len(exact) != 1:
        raise WhichGoods(
            text=text, names="、".join(each.name for each in exact[:5]) or "–", field="goods"
        )
    return int(exact[0].id)

"""What a text at the counter means: goods by barcode or name, or a person by code, number, phone or name."""

import re

from people import lookup
from people.errors import NoSuchMember
from people.models import Membership
from people.permissions import Viewer
from redemption import barcodes, stock
from redemption.errors import BarcodeIsWrong, ItemNotHere
from redemption.models import Item

BARCODE = re.compile(r"[0-9]{8}|[0-9]{12,14}")


async def recognise(viewer: Viewer, shop_id: int, text: str) -> list[Item] | list[Membership]:
    """Return the one thing that was scanned, or the several that a typed text can mean; all goods or all people.

    Raises: NoSuchMember, CodeIsUnknown, MemberCodeExpired, MemberCodeUsed, ItemNotHere, BarcodeIsWrong.
    """
    if barcodes.read(text):
        return await _goods_first(viewer, shop_id, text)
    try:
        return await lookup.find_member(viewer.book_id, text, viewer.person_id)
    except NoSuchMember:
        if goods := await stock.by_name(viewer.book_id, shop_id, text):
            return goods
        if BARCODE.fullmatch(barcodes.folded(text)):
            raise BarcodeIsWrong from None
        raise


async def _goods_first(viewer: Viewer, shop_id: int, text: str) -> list[Item] | list[Membership]:
    try:
        return [await stock.find_item(viewer.book_id, shop_id, text)]
    except ItemNotHere as not_here:
        # Eight digits that happen to add up may also be the end of a phone number.
        try:
            return await lookup.find_member(viewer.book_id, text, viewer.person_id)
        except NoSuchMember:
            raise not_here from None

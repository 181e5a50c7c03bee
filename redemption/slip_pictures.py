"""Keep a picture of a lot's slip, and show it: bare, encrypted, with the SHA-256 by which anybody proves it.

A slip belongs to the books and stays as long as they do. Another picture replaces the one before on the lot's paper;
the one before stays beside it, with who brought which when.
"""

import asyncio
from collections.abc import Collection
from hashlib import sha256

from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.ciphers import decrypted, encrypted
from kernel.database import is_duplicate
from people.pictures import readable_picture
from redemption.models import StockLot
from redemption.slip_papers import SlipPicture
from redemption.stock_errors import LotNotHere, SlipPictureNotHere

PURPOSE = "slip"
TOLD = ("id", "book_id", "lot_id", "number", "sha256", "kept_by", "kept_at")
TRIES = 5


async def lot_of(book_id: int, lot_id: int) -> StockLot:
    """Return a lot with its item. Raises: LotNotHere."""
    found = await StockLot.get_or_none(book_id=book_id, id=lot_id).select_related("item")
    if found is None:
        raise LotNotHere
    return found


async def keep_picture(book_id: int, lot_id: int, data: bytes, by: int) -> SlipPicture:
    """Keep a picture of a lot's slip; the same one again changes nothing.

    Raises:
        LotNotHere, PhotoIsUnreadable, PhotoIsTooLarge
    """
    await lot_of(book_id, lot_id)
    shown = await asyncio.to_thread(readable_picture, data)
    digest = sha256(shown).hexdigest()
    for _ in range(TRIES):
        before = (await pictures_of(book_id, [lot_id])).get(lot_id, [])
        if before and before[-1].sha256 == digest:
            return before[-1]
        try:
            return await SlipPicture.create(
                book_id=book_id,
                lot_id=lot_id,
                number=len(before) + 1,
                picture=encrypted(PURPOSE, lot_id, shown),
                sha256=digest,
                kept_by=by,
                kept_at=clock.now(),
            )
        except IntegrityError as error:
            if not is_duplicate(error):  # else another one came this very moment
                raise
    raise AssertionError("pictures of one slip come faster than they can be numbered")


async def pictures_of(book_id: int, lot_ids: Collection[int]) -> dict[int, list[SlipPicture]]:
    """Return what is known of the pictures of some lots, without the dots; the last of each is the one that stands."""
    found: dict[int, list[SlipPicture]] = {}
    if not lot_ids:
        return found
    own = SlipPicture.filter(book_id=book_id, lot_id__in=sorted(set(lot_ids)))
    for each in await own.order_by("lot_id", "number").only(*TOLD):
        found.setdefault(each.lot_id, []).append(each)
    return found


async def standing(book_id: int, lot_ids: Collection[int]) -> dict[int, SlipPicture]:
    """Return the picture that stands for each of some lots that has one, without the dots."""
    every = await pictures_of(book_id, lot_ids)
    return {lot_id: pictures[-1] for lot_id, pictures in every.items()}


async def picture(book_id: int, picture_id: int) -> tuple[SlipPicture, bytes]:
    """Return a picture and its JPEG. Raises: SlipPictureNotHere, Undecipherable."""
    found = await SlipPicture.get_or_none(book_id=book_id, id=picture_id)
    if found is None:
        raise SlipPictureNotHere
    return found, decrypted(PURPOSE, found.lot_id, bytes(found.picture))

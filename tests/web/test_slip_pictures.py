"""Pictures of slips: bare and readable, kept for good with a digest, for those who read the papers of the shelves."""

import io
from hashlib import sha256

import asyncpg
import httpx
import pytest
from PIL import Image
from tortoise.exceptions import IntegrityError, OperationalError

from kernel.database import execute, fetch
from ledger.periods import month_words
from people.models import Role
from people.pictures import PAPER_BYTES, PAPER_SIDE
from people.privacy_errors import PhotoIsTooLarge, PhotoIsUnreadable
from redemption import slip_pictures
from redemption.models import StockLot
from redemption.slip_papers import SlipPicture
from redemption.stock_errors import LotNotHere, SlipPictureNotHere
from tests.people.test_photos import a_photo
from tests.redemption.world import make_world, today
from tests.web.counter_world import Visitor, day, forms, own_key, signed_in  # noqa: F401

BROKEN = (IntegrityError, OperationalError, asyncpg.IntegrityConstraintViolationError)


async def the_lot(world) -> StockLot:
    """The lot of rice."""
    return await StockLot.get(item_id=world.rice.id)


async def sent(visitor: Visitor, lot: StockLot, data: bytes, name: str = "photo") -> httpx.Response:
    """Send a file with the form of the lot's page."""
    page = await visitor.get(f"/shop/lots/{lot.id}")
    fields = forms(page, "/slip-pictures")[0].fields
    plain = {key: value for key, value in fields.items() if key in ("csrf", "lot")}
    return await visitor.http.post("/slip-pictures", data=plain, files={name: ("a.jpg", data)})


async def test_a_slip_is_kept_whole_and_bare_and_a_second_picture_leaves_the_first(
    own_key,  # noqa: F811
    database,
):
    world, elsewhere = await make_world(points=0), await make_world(points=0)
    lot = await the_lot(world)
    large = a_photo((3000, 1200))
    kept = await slip_pictures.keep_picture(world.book, lot.id, large, world.clerk)
    again = await slip_pictures.keep_picture(world.book, lot.id, large, world.other)
    assert again.id == kept.id
    _, dots = await slip_pictures.picture(world.book, kept.id)
    assert sha256(dots).hexdigest() == kept.sha256
    assert b"SecretCamera" not in dots
    with Image.open(io.BytesIO(dots)) as whole:
        assert (whole.format, whole.size) == ("JPEG", (PAPER_SIDE, PAPER_SIDE * 2 // 5))
    [row] = await fetch("SELECT picture FROM slip_picture")
    assert b"JFIF" not in bytes(row["picture"])  # encrypted
    second = await slip_pictures.keep_picture(world.book, lot.id, a_photo((300, 400)), world.other)
    assert (second.number, second.kept_by) == (2, world.other)
    assert (await slip_pictures.standing(world.book, [lot.id]))[lot.id].id == second.id
    assert (await slip_pictures.picture(world.book, kept.id))[0].kept_by == world.clerk
    for change in ("UPDATE slip_picture SET kept_by = 1", "DELETE FROM slip_picture"):
        with pytest.raises(BROKEN, match="slip_picture_stays"):
            await execute(change)
    for data, refusal in (
        (b"no picture", PhotoIsUnreadable),
        (b"\xff" * (PAPER_BYTES + 1), PhotoIsTooLarge),
    ):
        with pytest.raises(refusal):
            await slip_pictures.keep_picture(world.book, lot.id, data, world.clerk)
    with pytest.raises(LotNotHere):
        await slip_pictures.keep_picture(elsewhere.book, lot.id, large, world.clerk)
    with pytest.raises(SlipPictureNotHere):
        await slip_pictures.picture(elsewhere.book, kept.id)
    assert await SlipPicture.all().count() == 2


async def test_the_office_photographs_a_slip_and_the_auditor_sees_it_on_the_paper(day):  # noqa: F811
    world = day.world
    office = await signed_in(world.book, world.other, Role.ORGANISER)
    auditor = await signed_in(world.book, world.member, Role.AUDITOR)
    lot = await the_lot(world)
    item = f"/shop/items/{world.rice.id}"
    assert f"/shop/lots/{lot.id}" in (await office.get(item)).text
    for data in (b"", b"no picture", b"\xff" * (PAPER_BYTES + 1)):
        wrong = await sent(office, lot, data)
        assert wrong.status_code == 422
        assert "JPEG" in wrong.text
    huge = await sent(office, lot, b"\xff" * (PAPER_BYTES + 100_000))
    assert huge.status_code == 413
    shown = await sent(office, lot, a_photo((2000, 1500)), "chosen")
    kept = await SlipPicture.get(book_id=world.book)
    assert kept.sha256 in shown.text
    assert kept.sha256[:12] in (await office.get(item)).text
    paper = await auditor.get(f"/shop/months/{month_words(today())}/received")
    assert kept.sha256 in paper.text
    seen = await auditor.get(f"/shop/lots/{lot.id}")
    assert seen.status_code == 200
    assert forms(seen, "/slip-pictures") == []
    dots = await auditor.get(f"/slip-pictures/{kept.id}")
    assert dots.headers["content-type"] == "image/jpeg"
    assert sha256(dots.content).hexdigest() == kept.sha256
    assert "no-store" in dots.headers["cache-control"]
    for who in (day.clerk, day.desk):
        for address in (f"/shop/lots/{lot.id}", f"/slip-pictures/{kept.id}"):
            assert (await who.get(address)).status_code == 403
    for each in (office, auditor):
        await each.http.aclose()

"""Photos: made small and bare, kept with consent alone, encrypted, and gone when they are not wanted."""

import io

import pytest
from PIL import Image

from kernel.database import fetch
from people import photographing
from people.erased import is_erased
from people.photographing import keep_photo, photo_of, remove_photo
from people.pictures import BYTES, DOTS, SIDE, small_picture
from people.privacy import Consent, Way
from people.privacy_errors import (
    PhotoIsTooLarge,
    PhotoIsUnreadable,
    PhotoNeedsConsent,
    PhotoNotHere,
)

PLACE = 0x8825  # EXIF: where it was taken


def a_photo(size: tuple[int, int] = (640, 480), form: str = "JPEG", turned: int = 1) -> bytes:
    """A picture, its left half red, that says where and with what it was taken."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = picture.getexif()
    exif[0x0112] = turned
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(PLACE)[1] = "N"
    written = io.BytesIO()
    picture.save(written, form, exif=exif)
    return written.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_whatever_comes_in_a_small_bare_jpeg_goes_on(form):
    data = a_photo(form=form)
    assert b"SecretCamera" in data

    with Image.open(io.BytesIO(small_picture(data))) as small:
        assert (small.format, small.size) == ("JPEG", (SIDE, SIDE))
        assert not small.getexif()
        assert "exif" not in small.info
        assert b"SecretCamera" not in small_picture(data)


def test_a_picture_taken_sideways_is_kept_upright():
    with Image.open(io.BytesIO(small_picture(a_photo(turned=6)))) as small:
        top = small.crop((20, 10, SIDE - 20, 20)).resize((1, 1)).tobytes()  # its left is there now
        assert top[0] > 200
        assert max(top[1], top[2]) < 100


def a_bomb() -> bytes:
    """Very many dots in very few bytes."""
    written = io.BytesIO()
    Image.new("1", (DOTS // 4000 + 1, 4000)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", PhotoIsUnreadable),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PhotoIsUnreadable),
        (a_photo()[:400], PhotoIsUnreadable),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", PhotoIsUnreadable),
        (b"\xff" * (BYTES + 1), PhotoIsTooLarge),
        (a_bomb(), PhotoIsTooLarge),
    ],
)
def test_what_is_no_photo_is_refused(data, refusal):
    with pytest.raises(refusal):
        small_picture(data)


async def test_a_photo_is_kept_with_consent_encrypted_and_removed_with_it(town):
    book, wang, chen = town.book, town.wang.person_id, town.chen.person_id
    for way, by in [(None, chen), (Way.OWN, chen), (Way.SPOKEN, wang)]:
        with pytest.raises(PhotoNeedsConsent):
            await keep_photo(book, wang, a_photo(), way, by)
    assert await Consent.all().count() == 0

    await keep_photo(book, wang, a_photo(), Way.SPOKEN, chen)
    await keep_photo(book, wang, a_photo((300, 300)), Way.OWN, wang)

    assert (await photo_of(book, wang))[:3] == b"\xff\xd8\xff"
    (row,) = await fetch("SELECT picture FROM photo")
    assert b"JFIF" not in bytes(row["picture"])
    consents = [
        (each.way, each.recorded_by, each.withdrawn_at is None)
        for each in await Consent.all().order_by("id")
    ]
    assert consents == [(Way.SPOKEN, chen, False), (Way.OWN, wang, True)]

    await remove_photo(book, wang)
    await remove_photo(book, wang)

    assert await photographing.photographed(book, [wang, chen]) == frozenset()
    with pytest.raises(PhotoNotHere):
        await photo_of(book, wang)
    assert await Consent.filter(withdrawn_at__isnull=True).count() == 0
    assert not await is_erased(book, wang)

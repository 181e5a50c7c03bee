"""Keep a member's photo with their consent, show it, and take it away again."""

import asyncio

from kernel import clock
from kernel.ciphers import decrypted, encrypted
from kernel.database import transaction
from people import roster
from people.erased import require_not_erased
from people.pictures import small_picture
from people.privacy import Consent, Photo, Subject, Way
from people.privacy_errors import PhotoNeedsConsent, PhotoNotHere

PURPOSE = "photo"


async def keep_photo(book_id: int, person_id: int, data: bytes, way: Way | None, by: int) -> Photo:
    """Keep a picture of a member in place of any before it, with the consent that `by` records.

    Raises:
        NoSuchMember, PersonIsErased, PhotoNeedsConsent, PhotoIsUnreadable, PhotoIsTooLarge
    """
    await roster.member(book_id, person_id)
    await require_not_erased(book_id, person_id)
    if way is None or (way is Way.OWN) != (by == person_id):
        raise PhotoNeedsConsent(field="way")
    small = await asyncio.to_thread(small_picture, data)
    now = clock.now()
    async with transaction():
        await _drop(book_id, person_id, now)
        consent = await Consent.create(
            book_id=book_id,
            person_id=person_id,
            subject=Subject.PHOTO,
            way=way,
            recorded_by=by,
            given_at=now,
        )
        return await Photo.create(
            book_id=book_id,
            person_id=person_id,
            consent=consent,
            picture=encrypted(PURPOSE, person_id, small),
            taken_at=now,
        )


async def photo_of(book_id: int, person_id: int) -> bytes:
    """Return a member's picture as JPEG. Whether the reader may see it now is for the caller to say.

    Raises:
        PhotoNotHere, Undecipherable
    """
    found = await Photo.get_or_none(book_id=book_id, person_id=person_id)
    if found is None:
        raise PhotoNotHere
    return decrypted(PURPOSE, person_id, bytes(found.picture))


async def photographed(book_id: int, person_ids: list[int]) -> frozenset[int]:
    """Return who of these people has a picture."""
    if not person_ids:
        return frozenset()
    found = Photo.filter(book_id=book_id, person_id__in=sorted(set(person_ids)))
    return frozenset([photo.person_id for photo in await found.only("id", "person_id")])


async def remove_photo(book_id: int, person_id: int) -> None:
    """Delete a member's picture; the consent to it is withdrawn. Without a picture nothing happens."""
    async with transaction():
        await _drop(book_id, person_id, clock.now())


async def _drop(book_id: int, person_id: int, now: int) -> None:
    await Photo.filter(book_id=book_id, person_id=person_id).delete()
    await Consent.filter(
        book_id=book_id, person_id=person_id, subject=Subject.PHOTO, withdrawn_at__isnull=True
    ).update(withdrawn_at=now)

"""Hand the code screen of one shift to a helper: a link that one signed-in person takes, until the shift is over."""

import secrets

from checkin.code_papers import LentScreen
from checkin.models import Shift
from checkin.presence import CLOSES_AFTER
from checkin.rollcall_errors import ScreenNotLent
from checkin.shifts import find
from kernel import clock
from people.sessions import token_hash


async def lend(book_id: int, shift_id: int, by: int) -> str:
    """Make a link for one helper and return its token, which is kept nowhere else. Raises: ShiftNotFound."""
    shift = await find(book_id, shift_id)
    token = secrets.token_urlsafe(24)
    await LentScreen.create(
        book_id=book_id,
        shift_id=shift.id,
        token_hash=token_hash(token),
        lent_by=by,
        lent_at=clock.now(),
    )
    return token


async def offered(book_id: int, token: str, person_id: int) -> Shift:
    """Return the shift whose screen a link offers, and change nothing. Raises: ScreenNotLent."""
    lent = await LentScreen.get_or_none(book_id=book_id, token_hash=token_hash(token))
    if lent is None or lent.person_id not in (None, person_id):
        raise ScreenNotLent
    return await _running(book_id, lent.shift_id)


async def take(book_id: int, token: str, person_id: int) -> Shift:
    """Take the screen that a link offers; one person can, who may come back. Raises: ScreenNotLent."""
    shift = await offered(book_id, token, person_id)
    lent = LentScreen.filter(book_id=book_id, token_hash=token_hash(token))
    free = lent.filter(person_id__isnull=True)
    if not await free.update(person_id=person_id, taken_at=clock.now()):
        await offered(book_id, token, person_id)
    return shift


async def lent_to(book_id: int, shift_id: int, person_id: int) -> Shift:
    """Return the shift whose screen this person was lent. Raises: ScreenNotLent."""
    lent = LentScreen.filter(book_id=book_id, shift_id=shift_id, person_id=person_id)
    if not await lent.exists():
        raise ScreenNotLent
    return await _running(book_id, shift_id)


async def helpers(book_id: int, shift_id: int) -> list[LentScreen]:
    """Return who has taken a shift's screen, each with their `person` and once, the latest first."""
    lent = LentScreen.filter(book_id=book_id, shift_id=shift_id, person_id__isnull=False)
    taken = await lent.order_by("taken_at", "id").select_related("person")
    latest = {each.person_id: each for each in taken}
    return sorted(latest.values(), key=lambda each: each.taken_at or 0, reverse=True)


async def _running(book_id: int, shift_id: int) -> Shift:
    shift = await find(book_id, shift_id)
    if clock.now() > shift.ends_at + CLOSES_AFTER:
        raise ScreenNotLent
    return shift

"""One claimant a code, where a shift wants that: the first act on a code uses it up, and looking never does."""

from checkin.code_papers import UsedVenueCode
from checkin.models import CodeMode, Shift
from checkin.rollcall_errors import CodeIsUsed
from checkin.venue_codes import CODE_LIVES, QUEUE_CODE_LIVES, Claim
from kernel import clock
from kernel.database import fetch
from kernel.ids import new_id


def code_lives(shift: Shift) -> int:
    """Return how long a shift's code is accepted, in microseconds."""
    return QUEUE_CODE_LIVES if shift.code_mode is CodeMode.QUEUE else CODE_LIVES


async def is_used(shift: Shift, code: bytes) -> bool:
    """Say whether somebody has acted on a code of a shift."""
    used = UsedVenueCode.filter(book_id=shift.book_id, shift_id=shift.id, code=code.hex())
    return await used.exists()


async def refuse_used(shift: Shift, code: bytes) -> None:
    """Tell whoever looks at a code that is used, before they sign in for nothing. Raises: CodeIsUsed."""
    if shift.code_mode is CodeMode.STRICT and await is_used(shift, code):
        raise CodeIsUsed


async def use_up(shift: Shift, claim: Claim) -> None:
    """Let a claim use its code up, in the transaction of its act; the same claim may act again. Raises: CodeIsUsed."""
    if shift.code_mode is not CodeMode.STRICT:
        return
    rows = await fetch(
        "INSERT INTO used_venue_code (id, book_id, shift_id, code, used_with, used_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (book_id, shift_id, code)"
        " DO UPDATE SET used_with = used_venue_code.used_with RETURNING used_with",
        *(new_id(), shift.book_id, shift.id, claim.code.hex(), claim.fingerprint, clock.now()),
    )
    if rows[0]["used_with"] != claim.fingerprint:
        raise CodeIsUsed

"""From a code to a claim: what the first look at a code, or six typed digits, is worth. A look writes nothing."""

import unicodedata
from collections.abc import Sequence

from checkin import single_use, venue_codes
from checkin.errors import ClaimExpired, CodeExpired, CodeNotRecognised, TooManyTries
from checkin.models import CheckinScan, Purpose, Shift
from checkin.presence import CLOSES_AFTER, OPENS_BEFORE
from checkin.single_use import code_lives
from checkin.venue_codes import Claim
from kernel import clock
from kernel.together import Together

TRIES, TRIES_WITHIN = 10, 5 * clock.MINUTE
BOOK_TRIES = 60  # by people without a session, together: a million codes stay out of reach


async def look(code: str) -> Claim:
    """Return the claim that a fresh code earns; make it a cookie with `venue_codes.make_claim`.

    Raises: CodeNotRecognised, CodeExpired, CodeIsUsed.
    """
    shift_id = venue_codes.shift_named_by(code)
    shift = None if shift_id is None else await _together.ask(None, shift_id)
    if shift is None:
        raise CodeNotRecognised
    now = clock.now()
    seen = venue_codes.opened(code, shift.book_id, shift.id)
    if seen is None:
        raise CodeNotRecognised
    if not seen.is_fresh(now, code_lives(shift)):
        raise CodeExpired
    await single_use.refuse_used(shift, seen.id)
    return venue_codes.claim(shift.book_id, shift.id, now, code=seen.id)


async def _shifts(_: None, ids: Sequence[int]) -> list[Shift | None]:
    """Return the shifts that codes name; a code does not say in which community."""
    found = {shift.id: shift for shift in await Shift.filter(id__in=set(ids))}
    return [found.get(each) for each in ids]


_together = Together(_shifts)


async def type_in(book_id: int, digits: str, person_id: int | None = None) -> Claim:
    """Return the claim that six typed digits earn at one of the community's shifts of the hour.

    Raises: CodeNotRecognised, CodeIsUsed, TooManyTries. A wrong try is kept, and a few of them end the guessing.
    """
    now = clock.now()
    await refuse_guessing(book_id, person_id, now)
    plain = unicodedata.normalize("NFKC", digits).strip().replace(" ", "")
    running = Shift.filter(
        book_id=book_id,
        on_call=False,
        starts_at__lte=now + OPENS_BEFORE,
        ends_at__gte=now - CLOSES_AFTER,
    )
    for shift in await running:
        code = venue_codes.typed_code(plain, book_id, shift.id, now, code_lives(shift))
        if code is not None:
            await single_use.refuse_used(shift, code)
            return venue_codes.claim(book_id, shift.id, now, was_typed=True, code=code)
    await CheckinScan.create(
        book_id=book_id,
        person_id=person_id,
        purpose=Purpose.ARRIVING,
        way="typed",
        refusal=CodeNotRecognised.slug,
        scanned_at=now,
    )
    raise CodeNotRecognised


def held(text: str | None) -> Claim:
    """Return the claim in a cookie. Raises: CodeNotRecognised, ClaimExpired."""
    claim = venue_codes.opened_claim(text or "")
    if claim is None:
        raise CodeNotRecognised
    refuse_lapsed(claim)
    return claim


def refuse_lapsed(claim: Claim) -> None:
    """Refuse a claim whose five minutes are over. Raises: ClaimExpired."""
    if not venue_codes.claim_holds(claim, clock.now()):
        raise ClaimExpired


async def refuse_guessing(book_id: int, person_id: int | None, now: int) -> None:
    """Let nobody try number after number. Raises: TooManyTries."""
    wrong = CheckinScan.filter(
        book_id=book_id,
        shift_id=None,
        attendance_id=None,
        person_id=person_id,
        scanned_at__gt=now - TRIES_WITHIN,
    )
    if await wrong.count() >= (BOOK_TRIES if person_id is None else TRIES):
        raise TooManyTries

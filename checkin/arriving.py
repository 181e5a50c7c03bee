"""From a code to a claim: what the first look at a code, or six typed digits, is worth. A look writes nothing."""

import unicodedata

from checkin import venue_codes
from checkin.errors import ClaimExpired, CodeExpired, CodeNotRecognised, TooManyTries
from checkin.models import CheckinScan, Purpose, Shift
from checkin.presence import CLOSES_AFTER, OPENS_BEFORE
from checkin.venue_codes import Claim
from kernel import clock

TRIES, TRIES_WITHIN = 10, 5 * clock.MINUTE
KNOWN_MAX = 1_000
_books: dict[int, int] = {}
BOOK_TRIES = 60  # by people without a session, together: a million codes stay out of reach


async def look(code: str) -> Claim:
    """Return the claim that a fresh code earns; make it a cookie with `venue_codes.make_claim`.

    Raises: CodeNotRecognised, CodeExpired.
    """
    shift_id = venue_codes.shift_named_by(code)
    book_id = None if shift_id is None else await _book_of(shift_id)
    if shift_id is None or book_id is None:
        raise CodeNotRecognised
    now = clock.now()
    seen = venue_codes.opened(code, book_id, shift_id)
    if seen is None:
        raise CodeNotRecognised
    if not seen.is_fresh(now):
        raise CodeExpired
    return venue_codes.claim(book_id, shift_id, now)


async def _book_of(shift_id: int) -> int | None:
    """Return whose shift it is; shifts do not move, and a shift's code is looked at by many."""
    if (known := _books.get(shift_id)) is not None:
        return known
    shift = await Shift.get_or_none(id=shift_id)
    if shift is None:
        return None
    while len(_books) >= KNOWN_MAX:
        _books.pop(next(iter(_books)))
    _books[shift_id] = shift.book_id
    return int(shift.book_id)


async def type_in(book_id: int, digits: str, person_id: int | None = None) -> Claim:
    """Return the claim that six typed digits earn at one of the community's shifts of the hour.

    Raises: CodeNotRecognised, TooManyTries. A wrong try is kept, and a few of them end the guessing.
    """
    now = clock.now()
    await _refuse_guessing(book_id, person_id, now)
    plain = unicodedata.normalize("NFKC", digits).strip().replace(" ", "")
    running = Shift.filter(
        book_id=book_id, starts_at__lte=now + OPENS_BEFORE, ends_at__gte=now - CLOSES_AFTER
    )
    for shift in await running:
        if venue_codes.typed_is_valid(plain, book_id, shift.id, now):
            return venue_codes.claim(book_id, shift.id, now, was_typed=True)
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


async def _refuse_guessing(book_id: int, person_id: int | None, now: int) -> None:
    wrong = CheckinScan.filter(
        book_id=book_id,
        shift_id=None,
        attendance_id=None,
        person_id=person_id,
        scanned_at__gt=now - TRIES_WITHIN,
    )
    if await wrong.count() >= (BOOK_TRIES if person_id is None else TRIES):
        raise TooManyTries

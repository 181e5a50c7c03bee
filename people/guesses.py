"""Wrong codes and PINs are counted for each person, wherever they are typed, and make the next try wait."""

import hashlib
from collections.abc import Callable
from typing import NoReturn

from kernel import clock
from kernel.clock import DAY, MINUTE
from kernel.database import fetch, transaction
from kernel.errors import Refused
from people.factor_errors import TooManyWrongCodes, TooManyWrongPins
from people.factors import Guesses

FREE_TRIES = 5
FORGOTTEN_AFTER = DAY
LONGEST_FOR_CODES, LONGEST_FOR_PINS = 15 * MINUTE, 12 * 60 * MINUTE
FIRST_FOR_PINS = 15 * MINUTE
DOUBLINGS = 8


def wait_for_codes(failures: int) -> int:
    """Return how long (microseconds) codes rest after so many wrong ones: 1, 2, 4, 8, then 15 minutes."""
    return _doubling(failures, MINUTE, LONGEST_FOR_CODES)


def wait_for_pins(failures: int) -> int:
    """Return how long (microseconds) a PIN rests: 15 minutes after the fifth, then 30, 60 … to twelve hours."""
    return _doubling(failures, FIRST_FOR_PINS, LONGEST_FOR_PINS)


def _doubling(failures: int, first: int, longest: int) -> int:
    if failures < FREE_TRIES:
        return 0
    return min(first << min(failures - FREE_TRIES, DOUBLINGS), longest)


def code_subject(person_id: int) -> str:
    """Return under which name wrong codes of a person are counted."""
    return f"code/{person_id}"


def pin_subject(book_id: int, person_id: int) -> str:
    """Return under which name wrong PINs of a clerk are counted."""
    return f"pin/{book_id}/{person_id}"


async def count_code(person_id: int) -> None:
    """Count a try at a person's codes before it is judged.

    Raises:
        TooManyWrongCodes
    """
    await _count(code_subject(person_id), wait_for_codes, TooManyWrongCodes)


async def count_pin(book_id: int, person_id: int) -> None:
    """Count a try at a clerk's PIN before it is judged.

    Raises:
        TooManyWrongPins
    """
    await _count(pin_subject(book_id, person_id), wait_for_pins, TooManyWrongPins)


async def forgive(subject: str) -> None:
    """Forget the wrong tries once the right one was given."""
    await Guesses.filter(subject=_key(subject)).delete()


async def _count(subject: str, wait_after: Callable[[int], int], refusal: type[Refused]) -> None:
    """Count first and judge later, so that many tries at once do not all go free."""
    key, now = _key(subject), clock.now()
    async with transaction():
        await fetch(
            "INSERT INTO guesses (subject, failures, locked_until, tried_at) VALUES ($1, 0, 0, $2)"
            " ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject RETURNING subject",
            *(key, now),
        )
        tries = await Guesses.get(subject=key)  # Ours alone until commit: the row is locked.
        if tries.locked_until > now:
            _refuse(refusal, tries.locked_until - now)
        before = 0 if now - tries.tried_at > FORGOTTEN_AFTER else tries.failures
        tries.failures, tries.tried_at = before + 1, now
        tries.locked_until = now + wait_after(tries.failures)
        await tries.save(update_fields=["failures", "tried_at", "locked_until"])


def _refuse(refusal: type[Refused], wait: int) -> NoReturn:
    raise refusal(minutes=-(-wait // MINUTE))


def _key(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()

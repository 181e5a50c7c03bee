"""Phone numbers as the database keeps them: encrypted, and found again by the whole number or its last four digits."""

import base64
import logging
from dataclasses import dataclass

from kernel.ciphers import Undecipherable, decrypted, encrypted, keyed_index

log = logging.getLogger("caihong.people")

PURPOSE = "phone"
TAIL_DIGITS = 4
PADDED = 16  # More than any number has, so that the length of what is kept tells nothing.


@dataclass(frozen=True, slots=True)
class KeptPhone:
    """What stands in the row of a person: the number encrypted, and the two signs it is found by."""

    sealed: str = ""
    index: str = ""
    tail_index: str = ""


def kept_phone(person_id: int, phone: str) -> KeptPhone:
    """Return how a number (digits alone, folded) is kept; no number is kept as nothing."""
    if not phone:
        return KeptPhone()
    sealed = encrypted(PURPOSE, person_id, phone.ljust(PADDED).encode())
    text = base64.urlsafe_b64encode(sealed).decode()
    return KeptPhone(text, whole_index(phone), tail_index(phone))


def read_phone(person_id: int, sealed: str) -> str:
    """Return the number that is kept.

    Raises:
        Undecipherable
    """
    if not sealed:
        return ""
    try:
        kept = base64.urlsafe_b64decode(sealed)
    except ValueError:
        raise Undecipherable from None
    return decrypted(PURPOSE, person_id, kept).decode().rstrip()


def shown_phone(person_id: int, sealed: str) -> str:
    """Return the number, or nothing where it cannot be read: a wrong key must not stop a counter or a shift."""
    try:
        return read_phone(person_id, sealed)
    except Undecipherable:
        log.warning("the phone of person %s was encrypted with another key", person_id)
        return ""


def whole_index(phone: str) -> str:
    """Return the sign under which a whole number is found."""
    return keyed_index(PURPOSE, f"whole {phone}")


def tail_index(digits: str) -> str:
    """Return the sign under which numbers that end in these last four digits are found."""
    return keyed_index(PURPOSE, f"tail {digits[-TAIL_DIGITS:]}")

"""What a service card says: `0x32 | random 16` in upper-case base32, and beside it eight digits to type."""

import re
import secrets

from kernel.keys import base32
from people.codes import kind_of, read_scanned

SERVICE_CARD = 0x32
RANDOM_BYTES, SIGNS, DIGITS = 16, 28, 8


def new_token() -> str:
    """Return the token of a new card; it is on the printed card and nowhere else."""
    return base32(bytes((SERVICE_CARD,)) + secrets.token_bytes(RANDOM_BYTES))


def new_number() -> str:
    """Return the eight digits beside a new card's code; they name no host and tell nothing."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def is_service_card(token: str) -> bool:
    """Say whether a token has the form of a service card's; nothing is proved by it yet."""
    return len(token) == SIGNS and kind_of(token) == SERVICE_CARD


def number_in(text: str) -> str | None:
    """Return the eight digits that were typed, spaces forgiven; None for anything else."""
    digits = re.sub(r"[\s\-]", "", read_scanned(text))
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else None

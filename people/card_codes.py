"""What a printed card says: `0x31 | version 1 | random 16` in upper-case base32, 29 signs. Pure but for the randomness.

The version is which of the person's cards it is, modulo 256; what counts is that the token's SHA-256 is known.
"""

import secrets

from kernel.keys import base32
from people.codes import kind_of

CARD = 0x31
CARD_SIGNS = 29
RANDOM_BYTES = 16


def new_card_token(version: int) -> str:
    """Return the token of a new card; it is on the printed sheet and nowhere else."""
    return base32(bytes((CARD, version % 256)) + secrets.token_bytes(RANDOM_BYTES))


def is_card(token: str) -> bool:
    """Say whether a token has the form of a card's; nothing is proved by it yet."""
    return len(token) == CARD_SIGNS and kind_of(token) == CARD

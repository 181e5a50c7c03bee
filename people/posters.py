"""The code on a wall poster: it says which community, and nothing else. Pure.

A poster code is `0x51 | kind 1 | community id 8` in upper-case base32: 16 signs.
"""

import struct

from kernel.keys import base32

POSTER = 0x51
OWN_POINTS = 1

_PAYLOAD = struct.Struct(">BBQ")


def own_points_token(book_id: int) -> str:
    """Return the code of the poster that leads everybody to their own points."""
    return base32(_PAYLOAD.pack(POSTER, OWN_POINTS, book_id))

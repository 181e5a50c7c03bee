"""Keyset pages: an opaque `after` that names the last row seen, so that new rows never shift a page."""

import base64
import binascii
from typing import Annotated

from fastapi import Query

from kernel.errors import N_, Invalid

CURSOR_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"
LARGEST = 2**63 - 1

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.", examples=[50])]
After = Annotated[
    str | None,
    Query(
        pattern=CURSOR_PATTERN, description="The `next` of the page before.", examples=["MTcuMQ"]
    ),
]


class CursorUnreadable(Invalid):
    """An `after` is taken from the `next` of a page, never made up."""

    slug = "cursor-unreadable"
    title = N_("This page marker cannot be read")
    detail = N_("Please take `after` from the `next` of the page before, or leave it out.")


def write(*place: int) -> str:
    """Return the marker of a row."""
    text = ".".join(str(number) for number in place).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def read(after: str | None, *parts: int) -> tuple[int, ...] | None:
    """Return the place that a marker names, in that many numbers; None without one. Raises: CursorUnreadable."""
    if after is None:
        return None
    try:
        text = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode("ascii")
        place = tuple(int(number) for number in text.split("."))
    except (binascii.Error, ValueError):
        raise CursorUnreadable(field="after") from None
    if len(place) not in parts or not all(0 <= number <= LARGEST for number in place):
        raise CursorUnreadable(field="after")
    return place

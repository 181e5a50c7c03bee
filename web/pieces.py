"""How many pieces of each line were typed, where a page has a box beside every line."""

import re

from starlette.requests import Request

from people.naming import folded
from redemption.errors import QuantityIsOdd
from redemption.serving import MOST_PIECES
from web.fields import read_id

LINE = "line-"
BROKEN = "broken-"  # what comes back of this line cannot be handed out any more
PIECES = re.compile(r"[0-9]{1,6}")


async def typed_lines(request: Request, line: str = LINE) -> dict[int, str]:
    """Return what was typed beside each line, by the line's id; `line` begins the names of the boxes."""
    async with request.form() as form:
        return {
            read_id(name.removeprefix(line)): folded(str(value)[:20])
            for name, value in form.items()
            if name.startswith(line)
        }


def pieces_of(typed: dict[int, str]) -> list[tuple[int, int]]:
    """Return (line, pieces) of the lines where some were typed. Raises: QuantityIsOdd."""
    given = {line: text for line, text in typed.items() if text.strip("0")}
    if not all(PIECES.fullmatch(text) for text in given.values()):
        raise QuantityIsOdd(most=MOST_PIECES)
    return [(line, int(text)) for line, text in given.items()]

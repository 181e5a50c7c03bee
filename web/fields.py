"""What readers type and what stands in addresses, read in one place: nothing in it can break a page."""

import re
from typing import Annotated

from pydantic import BeforeValidator

from people.naming import folded

LARGEST_ID = (1 << 63) - 1
DIGITS = 19
TEXT_LIMIT = 2000


def read_id(text: object) -> int:
    """Return an id from an address or a form; 0, which nothing has, for anything that is none."""
    plain = folded(str(text)[:TEXT_LIMIT])
    if not re.fullmatch(rf"[0-9]{{1,{DIGITS}}}", plain):
        return 0
    return int(plain) if int(plain) <= LARGEST_ID else 0


def read_text(text: object) -> object:
    """Return typed text with full-width signs folded, unseen signs out and blanks trimmed."""
    return folded(text[:TEXT_LIMIT]) if isinstance(text, str) else text


# A garbled id is no error of form: it names nothing, and the verb says that nothing was found.
Id = Annotated[int, BeforeValidator(read_id)]
Typed = Annotated[str, BeforeValidator(read_text)]

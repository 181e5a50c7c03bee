"""How somebody was recognised at a desk: by the code on their phone, a printed card, a number, or a name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kernel import clock
from kernel.clock import MINUTE
from kernel.database import Dialect
from kernel.direct import Ask, Steps
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together
from people.card_codes import is_card
from people.codes import CODE_SIGNS, read_scanned
from people.lookup import by_card, find_member, owner_of_code, use_code
from people.models import Membership

# As long as one service may take: who stands there is not asked again for every towel.
CODE_HOLDS = 15 * MINUTE


class Way(StrEnum):
    """What the recognising rested on. Only the code changes by itself, so only it counts as the phone's own word."""

    CODE = "code"
    CARD = "card"
    NUMBER = "number"
    NAME = "name"
    SHEET = "sheet"  # their signature on a paper sheet


@dataclass(frozen=True, slots=True)
class Look:
    """A scanned code or card that was looked at and not used yet; `step` is the code's, None for a card."""

    member: Membership
    way: Way
    step: int | None = None


def way_of(text: str) -> Way:
    """Return what a scanned or typed text can recognise somebody by."""
    token = read_scanned(text)
    if is_card(token):
        return Way.CARD
    if len(token) == CODE_SIGNS:
        return Way.CODE
    return Way.NUMBER if re.fullmatch(r"[0-9\s\-]+", token) else Way.NAME


def way_said(text: str) -> Way:
    """Return what a form says the clerk went by; whether a code was read, or a sheet signed, is not a form's to say."""
    return Way(text) if text in (Way.CARD, Way.NAME) else Way.NUMBER


async def look(book_id: int, text: str, at: int) -> Look:
    """Return whose code or card this is, as of the moment it was scanned, and leave it unused.

    Raises:
        CodeIsUnknown, MemberCodeExpired, CardIsDead
    """
    token = read_scanned(text)
    if is_card(token):
        return Look(await by_card(book_id, token), Way.CARD)
    member, step = await owner_of_code(book_id, token, at)
    return Look(member, Way.CODE, step)


async def look_for(book_id: int, text: str, at: int, by: int) -> list[Look]:
    """Return everybody whom a scanned or typed text can mean, and leave a code unused.

    Raises:
        NoSuchMember, CodeIsUnknown, MemberCodeExpired, CardIsDead
    """
    way = way_of(text)
    if way in (Way.CODE, Way.CARD):
        return [await look(book_id, text, at)]
    return [Look(found, way) for found in await find_member(book_id, text, by)]


async def use(book_id: int, seen: Look, by: int) -> None:
    """Let a code that was looked at open one service. A card stays as it is.

    Raises:
        MemberCodeUsed
    """
    if seen.step is not None:
        await use_code(book_id, seen.member.person_id, seen.step, by)


async def code_read(book_id: int, person_id: int, by: int) -> int | None:
    """Return the rotating code (its row's id) that `by` read of this person last, a short while ago, and not spent yet.

    The row was written when the code was read, so neither a form nor a program can claim it.
    """
    return await _lately.ask(book_id, (person_id, by, clock.now() - CODE_HOLDS))


_USED = """
SELECT id, person_id, used_by, used_at, spent_at FROM used_member_code
 WHERE book_id = $1 AND used_at > $2 AND person_id """


def _read(
    book_id: int, asked: Sequence[tuple[int, int, int]], kind: Dialect
) -> Steps[list[int | None]]:
    people = as_list(kind, {person for person, _, _ in asked})
    first = min(since for _, _, since in asked)
    rows = yield Ask(f"{_USED}{among(kind, 3)} ORDER BY used_at, id", (book_id, first, people))
    latest = {(row["person_id"], row["used_by"]): row for row in rows}
    found = [(latest.get((person, by)), since) for person, by, since in asked]
    return [
        row["id"] if row and row["used_at"] > since and row["spent_at"] is None else None
        for row, since in found
    ]


_lately = Together(talked(_read))

"""The counter's second screen: what the clerk's page said last, for the customer to read along.

It says totals, the goods of a moment ago and a masked name; it is written only while a screen is watching.
"""

import json
import secrets
from dataclasses import asdict, dataclass

from kernel import clock
from kernel.clock import HOUR, MINUTE, SECOND
from kernel.database import execute
from kernel.errors import N_, Invalid
from kernel.ids import new_id
from people.limits import Purpose
from people.sessions import token_hash
from people.tallies import count
from redemption.display_papers import SHOWN_LENGTH, CounterDisplay

CODE_LIVES = 5 * MINUTE
PAIRED_FOR = 12 * HOUR  # a shift
WATCHING = MINUTE  # a screen that asked within this time is there
NOTED = 10 * SECOND
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """What a second screen says: totals in points, what was scanned last, and whose exchange it is, masked."""

    name: str = ""
    total: int = 0
    left: int = 0
    missing: int = 0
    just: str = ""
    pieces: int = 0
    points: int = 0
    thanks: bool = False


WELCOME = Shown()


class DisplayCodeUnknown(Invalid):
    """The code of a second screen is good for five minutes and one screen."""

    slug = "display-code-unknown"
    title = N_("This code is not known")
    detail = N_("This code is wrong or too old. Please show a new one on the counter.")


async def own(book_id: int, clerk_id: int) -> CounterDisplay:
    """Return the second screen of a clerk's counter, which watches from now on."""
    await execute(
        "INSERT INTO counter_display (id, book_id, clerk_id, shown, shown_at, watched_at, code_hash, code_until, "
        "token_hash, paired_until) VALUES ($1, $2, $3, '', 0, 0, '', 0, '', 0) "
        "ON CONFLICT (book_id, clerk_id) DO NOTHING",
        *(new_id(), book_id, clerk_id),
    )
    return await _watched(await CounterDisplay.get(book_id=book_id, clerk_id=clerk_id))


async def new_code(book_id: int, clerk_id: int) -> str:
    """Return a short code by which one other device becomes this counter's second screen; an earlier one ends."""
    screen = await own(book_id, clerk_id)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    await CounterDisplay.filter(book_id=book_id, id=screen.id).update(
        code_hash=token_hash(code), code_until=clock.now() + CODE_LIVES, token_hash=""
    )
    return code


async def pair(code: str, network: str) -> str:
    """Let the device that typed a code be that counter's second screen, and return its token.

    Raises: DisplayCodeUnknown, TooManyTries.
    """
    await count(Purpose.DISPLAY_NETWORK, network)
    now, token = clock.now(), secrets.token_urlsafe(32)
    good = CounterDisplay.filter(code_hash=token_hash(code), code_until__gt=now)
    fresh = {"code_hash": "", "code_until": 0, "paired_until": now + PAIRED_FOR}
    if not await good.update(token_hash=token_hash(token), **fresh):
        raise DisplayCodeUnknown(field="code")
    return token


async def of_token(token: str | None) -> CounterDisplay | None:
    """Return the second screen that a paired device is, or None once that is over."""
    if not token:
        return None
    found = await CounterDisplay.get_or_none(
        token_hash=token_hash(token), paired_until__gt=clock.now()
    )
    return None if found is None else await _watched(found)


async def show(book_id: int, clerk_id: int, shown: Shown) -> None:
    """Let the second screen of a counter show this, if one watches."""
    since = clock.now() - WATCHING
    here = CounterDisplay.filter(book_id=book_id, clerk_id=clerk_id, watched_at__gt=since)
    if await here.exists():
        text = json.dumps(asdict(shown), ensure_ascii=False, separators=(",", ":"))
        if len(text) <= SHOWN_LENGTH:
            await here.update(shown=text, shown_at=clock.now())


async def part(book_id: int, clerk_id: int) -> None:
    """Let no other device be the second screen of a clerk's counter any more: the clerk went to another shop."""
    nobody = {"shown": "", "token_hash": "", "paired_until": 0, "code_hash": "", "code_until": 0}
    await CounterDisplay.filter(book_id=book_id, clerk_id=clerk_id).update(**nobody)


def said(screen: CounterDisplay) -> Shown:
    """Return what a second screen shows; nothing is left there once the counter has been quiet for ten minutes."""
    if not screen.shown or screen.shown_at < clock.now() - 10 * MINUTE:
        return WELCOME
    return Shown(**json.loads(screen.shown))


async def _watched(screen: CounterDisplay) -> CounterDisplay:
    now = clock.now()
    if screen.watched_at < now - NOTED:
        await CounterDisplay.filter(book_id=screen.book_id, id=screen.id).update(watched_at=now)
    return screen

"""Telling a chat group of tomorrow's shifts through its robot: once a shift, off unless an address is set."""

import asyncio
import json
import logging
from http.client import HTTPException
from urllib.parse import urlsplit

from checkin import reminding
from checkin.models import Shift
from checkin.reminding import Due
from kernel import clock
from kernel.days import day_of
from kernel.settings import settings
from ledger.books import zone_of
from people import roster
from people.code_senders import CodeNotSent, in_template, post_json
from web.group_texts import cancellation, reminder

log = logging.getLogger("caihong")


async def remind_group(book_id: int) -> int:
    """Send what is due tomorrow and was not sent yet as one text, and return how many shifts it names.

    A text that was not taken is told in the log and tried again; the text has masked names and no phone numbers.
    """
    now, zone = clock.now(), await zone_of(book_id)
    if not is_set() or not reminding.may_remind(now, day_of(now, zone), zone):
        return 0
    due = await reminding.due_tomorrow(book_id)
    told = Due(
        due.day, [each for each in due.sheets if await reminding.claim(book_id, each.shift.id)]
    )
    if not told.sheets:
        return 0
    community = await roster.community(book_id)
    if not await _sent(reminder(told, zone, community.name)):
        for sheet in told.sheets:
            await reminding.give_back(book_id, sheet.shift.id)
        return 0
    return len(told.sheets)


async def tell_cancelled(book_id: int, shift: Shift) -> bool:
    """Tell the group of a shift that was cancelled, at once; say whether its robot took the text."""
    if not is_set():
        return False
    community = await roster.community(book_id)
    return await _sent(cancellation(shift, await zone_of(book_id), community.name))


async def _sent(text: str) -> bool:
    try:
        await send(text)
    except (CodeNotSent, OSError, HTTPException, ValueError) as error:
        said = str(error) if isinstance(error, CodeNotSent) else type(error).__name__
        log.warning("a text was not sent to the group: %s", said)
        return False
    return True


def is_set() -> bool:
    """Say whether a group's address is set."""
    return bool(settings().group_webhook_url.get_secret_value())


async def send(text: str) -> None:
    """Post a text to the group's robot. Raises: CodeNotSent, OSError, HTTPException, ValueError."""
    chosen = settings()
    address = urlsplit(chosen.group_webhook_url.get_secret_value())
    if address.scheme != "https" or address.hostname not in chosen.group_webhook_hosts:
        raise CodeNotSent("the group's host is not among group_webhook_hosts, or not https")
    body = in_template(json.loads(chosen.group_webhook_body), "", text)
    await asyncio.to_thread(post_json, address, body)

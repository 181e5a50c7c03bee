"""Browsers that stand at a counter: set up by an administrator or organiser, named, listed, taken off the list."""

import secrets
from collections.abc import Sequence

from kernel import clock
from kernel.clock import HOUR
from kernel.database import transaction
from people.events import Happening, happened
from people.factor_errors import NoSuchDevice, NotAtACounter
from people.factors import ClerkPin, CounterDevice
from people.models import Membership, Role, RoleGrant
from people.naming import folded_name
from people.sessions import end_at_device, token_hash

NOTED = HOUR  # A visit is noted at most this often.


async def enrol(book_id: int, name: str, by: int) -> str:
    """Make a browser a counter's, under a name that tells it from others, and return its token for the cookie.

    Raises:
        NameIsEmpty, TextTooLong
    """
    name, token, now = folded_name(name), secrets.token_urlsafe(32), clock.now()
    async with transaction():
        device = await CounterDevice.create(
            book_id=book_id,
            token_hash=token_hash(token),
            name=name,
            enrolled_by=by,
            enrolled_at=now,
            seen_at=now,
        )
        await happened(Happening.COUNTER_SET_UP, book_id, by=by, detail=str(device.id))
    return token


async def devices_of(book_id: int) -> list[CounterDevice]:
    """Return the counters' browsers of a community, by name."""
    return await CounterDevice.filter(book_id=book_id, revoked_at__isnull=True).order_by(
        "name", "id"
    )


async def revoke(book_id: int, device_id: int, by: int) -> None:
    """Take a browser off the list: whoever is in on it is out, and no PIN opens it any more.

    Raises:
        NoSuchDevice
    """
    async with transaction():
        listed = CounterDevice.filter(book_id=book_id, id=device_id, revoked_at__isnull=True)
        if not await listed.update(revoked_at=clock.now()):
            raise NoSuchDevice
        await end_at_device(book_id, device_id)
        await happened(Happening.COUNTER_REMOVED, book_id, by=by, detail=str(device_id))


async def device_of(token: str | None) -> CounterDevice | None:
    """Return the counter's browser that a cookie's token names, unless it was taken off the list."""
    if not token:
        return None
    found = await CounterDevice.get_or_none(token_hash=token_hash(token), revoked_at__isnull=True)
    if found is not None and clock.now() - found.seen_at > NOTED:
        await CounterDevice.filter(book_id=found.book_id, id=found.id).update(seen_at=clock.now())
    return found


async def this_device(token: str | None) -> CounterDevice:
    """Return the counter's browser that is asking.

    Raises:
        NotAtACounter
    """
    found = await device_of(token)
    if found is None:
        raise NotAtACounter
    return found


async def clerks_at(book_id: int) -> Sequence[Membership]:
    """Return the clerks of a community who have a PIN, by number, with their persons."""
    clerks = RoleGrant.filter(book_id=book_id, role=Role.CLERK, revoked_at__isnull=True)
    with_pin = set(await ClerkPin.filter(book_id=book_id).values_list("person_id", flat=True))
    ids = sorted(with_pin & set(await clerks.values_list("person_id", flat=True)))
    found = Membership.filter(book_id=book_id, person_id__in=ids)
    return await found.order_by("number").select_related("person")

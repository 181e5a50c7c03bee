"""Browsers that stand at a counter, set up by the office, or at a partner's desk: named, listed, taken off the list."""

import secrets
from collections.abc import Sequence

from kernel import clock
from kernel.clock import HOUR
from kernel.database import transaction
from people.events import Happening, happened
from people.factor_errors import NoSuchDevice, NotAtACounter
from people.factors import ClerkPin, CounterDevice
from people.models import DESKS, Membership, Role, RoleGrant
from people.naming import folded_name
from people.sessions import end_at_device, token_hash

NOTED = HOUR  # A visit is noted at most this often.


async def enrol(book_id: int, name: str, by: int, company_id: int | None = None) -> str:
    """Make a browser a counter's, or a partner's desk's, under a name that tells it from others.

    Returns its token for the cookie.

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
            company_id=company_id,
        )
        await happened(Happening.COUNTER_SET_UP, book_id, by=by, detail=str(device.id))
    return token


async def devices_of(book_id: int, company_id: int | None = None) -> list[CounterDevice]:
    """Return the browsers at the counters of a community, or at a partner's desk, by name."""
    listed = CounterDevice.filter(book_id=book_id, revoked_at__isnull=True)
    at_desk = {"company_id__isnull": True} if company_id is None else {"company_id": company_id}
    return await listed.filter(**at_desk).order_by("name", "id")


async def revoke(book_id: int, device_id: int, by: int, company_id: int | None = None) -> None:
    """Take a counter's or desk's browser off its list: whoever is in on it is out, and no PIN opens it any more.

    Raises:
        NoSuchDevice
    """
    if device_id not in {each.id for each in await devices_of(book_id, company_id)}:
        raise NoSuchDevice
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


async def this_device(token: str | None, *, desk: bool = False) -> CounterDevice:
    """Return the counter's browser that is asking; `desk`: a partner's desk's.

    Raises:
        NotAtACounter
    """
    found = await device_of(token)
    if found is None or (found.company_id is not None) is not desk:
        raise NotAtACounter
    return found


async def takers(book_id: int, company_id: int | None) -> Sequence[Membership | RoleGrant]:
    """Return who may take a turn at a counter, or at a partner's desk, with their persons."""
    if company_id is None:
        return await clerks_at(book_id)
    return await with_pin(book_id, company_id)


async def desk_people(book_id: int, company_id: int) -> list[RoleGrant]:
    """Return who works at a partner's desk, by name, with their persons."""
    held = RoleGrant.filter(book_id=book_id, company_id=company_id, revoked_at__isnull=True)
    found = held.filter(role__in=list(DESKS)).order_by("person__name", "id")
    return await found.select_related("person")


async def with_pin(book_id: int, company_id: int) -> list[RoleGrant]:
    """Return those of a partner's people who have a PIN, by name."""
    known = {each.person_id for each in await ClerkPin.filter(book_id=book_id)}
    people = await desk_people(book_id, company_id)
    return [each for each in people if each.person_id in known]


async def clerks_at(book_id: int) -> Sequence[Membership]:
    """Return the clerks of a community who have a PIN, by number, with their persons."""
    clerks = RoleGrant.filter(book_id=book_id, role=Role.CLERK, revoked_at__isnull=True)
    with_pin = set(await ClerkPin.filter(book_id=book_id).values_list("person_id", flat=True))
    ids = sorted(with_pin & set(await clerks.values_list("person_id", flat=True)))
    found = Membership.filter(book_id=book_id, person_id__in=ids)
    return await found.order_by("number").select_related("person")

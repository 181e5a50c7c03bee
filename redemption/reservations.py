"""Reservations as they stand: one by its code or number, a person's own, and the list that a shop prepares."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kernel import clock
from kernel.days import day_of
from ledger.books import zone_of
from people.codes import read_scanned
from redemption import pickup_codes
from redemption.models import Item
from redemption.reservation_errors import ReservationNotFound
from redemption.reservation_papers import Reservation
from redemption.states import ReservationState

LATEST = 20


async def reservation(book_id: int, reservation_id: int) -> Reservation:
    """Return a reservation with its lines, its person and its shop. Raises: ReservationNotFound."""
    found = await Reservation.get_or_none(book_id=book_id, id=reservation_id).prefetch_related(
        "lines__item", "lines__lot", "person", "shop"
    )
    if found is None:
        raise ReservationNotFound
    return found


async def own_reservation(book_id: int, reservation_id: int, person_id: int) -> Reservation:
    """Return a reservation of one's own. Raises: ReservationNotFound, also for another's."""
    found = await reservation(book_id, reservation_id)
    if found.person_id != person_id:
        raise ReservationNotFound
    return found


async def of_person(book_id: int, person_id: int) -> list[Reservation]:
    """Return a person's reservations with their lines, latest first."""
    own = Reservation.filter(book_id=book_id, person_id=person_id)
    return (
        await own.order_by("-reserved_at", "-id")
        .limit(LATEST)
        .prefetch_related("lines__item", "person")
    )


async def by_code(book_id: int, text: str) -> Reservation | None:
    """Return the reservation that a scanned code or an open one's typed number names, or None.

    Raises: ReservationNotFound for a code that is ours by its form, and is not here.
    """
    token = read_scanned(text)
    if pickup_codes.is_token(token):
        named = pickup_codes.read_code(book_id, token)
        if named is None:
            raise ReservationNotFound
        return await reservation(book_id, named)
    number = pickup_codes.read_number(text)
    if number is None:
        return None
    standing = Reservation.filter(book_id=book_id, number=number, state=ReservationState.OPEN)
    found = await standing.first()
    return None if found is None else await reservation(book_id, found.id)


@dataclass(frozen=True, slots=True)
class ToPrepare:
    """What a shop puts aside: every open reservation, the first to lapse first, and the pieces of each item in all."""

    reservations: Sequence[Reservation]
    items: Sequence[tuple[Item, int]]


async def to_prepare(book_id: int, shop_id: int) -> ToPrepare:
    """Return what is reserved in a shop now."""
    found = (
        await Reservation.filter(book_id=book_id, shop_id=shop_id, state=ReservationState.OPEN)
        .order_by("expires_at", "reserved_at", "id")
        .prefetch_related("lines__item", "person")
    )
    pieces: Counter[int] = Counter()
    items: dict[int, Item] = {}
    for each in found:
        for line in each.lines:
            pieces[line.item_id] += line.quantity
            items[line.item_id] = line.item
    named = sorted(items.values(), key=lambda item: (item.name, item.id))
    return ToPrepare(found, [(item, pieces[item.id]) for item in named])


async def not_collected(book_id: int, person_id: int) -> int:
    """Return how many reservations of a person lapsed because nobody came."""
    lapsed = Reservation.filter(
        book_id=book_id, person_id=person_id, state=ReservationState.EXPIRED
    )
    return await lapsed.count()


async def last_day(found: Reservation) -> int:
    """Return the last day (yyyymmdd) on which a reservation can be collected."""
    return day_of(found.expires_at - clock.SECOND, await zone_of(found.book_id))

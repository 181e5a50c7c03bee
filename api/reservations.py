"""Goods reserved for points: set aside by the bearer, prepared and handed out by a clerk, or let go."""

from typing import Annotated

from fastapi import Query

from api.asking import Clerk, Volunteer
from api.routing import Id, Key
from api.routing import router as _router
from api.schemas.reservations import Collect, Reservation, Reservations, Reserve, ToPrepare
from api.schemas.shop import Redemption
from api.schemas.types import Scanned, SentId
from redemption import picking_up
from redemption import reservations as kept
from redemption.reservation_errors import ReservationNotFound
from redemption.reserving import reserve
from redemption.shops import shop_of

router = _router("shop")


@router.get("/me/reservations")
async def my_reservations(viewer: Volunteer) -> Reservations:
    """List the bearer's reservations, latest first."""
    found = await kept.of_person(viewer.book_id, viewer.person_id)
    return Reservations(items=[Reservation.of(each) for each in found])


@router.post("/me/reservations", status_code=201)
async def reserve_goods(viewer: Volunteer, body: Reserve, key: Key) -> Reservation:
    """Set goods aside for the bearer: points and pieces are held in one entry."""
    made = await reserve(
        *(viewer.book_id, body.shop_id, viewer.person_id, body.pairs, viewer.person_id, key),
        expected_total=body.expected_points,
    )
    return Reservation.of(made)


@router.post("/me/reservations/{reservation_id}/cancellation", status_code=201)
async def cancel_reservation(viewer: Volunteer, reservation_id: Id, key: Key) -> Reservation:
    """Let one's own reservation go: points and goods go back."""
    await kept.own_reservation(viewer.book_id, reservation_id, viewer.person_id)
    done = await picking_up.cancel(viewer.book_id, reservation_id, viewer.person_id, key)
    return Reservation.of(done)


@router.get("/reservations")
async def goods_to_prepare(viewer: Clerk, shop_id: Annotated[SentId, Query()]) -> ToPrepare:
    """List what is reserved in a shop now, the first to lapse first."""
    await shop_of(viewer.book_id, shop_id)
    return ToPrepare.of(await kept.to_prepare(viewer.book_id, shop_id))


@router.get("/reservations/by-code")
async def find_reservation(
    viewer: Clerk, code: Annotated[Scanned, Query(examples=["204 815"])]
) -> Reservation:
    """Find a reservation by its scanned code, or an open one by its typed number."""
    found = await kept.by_code(viewer.book_id, code)
    if found is None:
        raise ReservationNotFound
    return Reservation.of(found)


@router.post("/reservations/{reservation_id}/pick-up", status_code=201)
async def hand_reserved_out(
    viewer: Clerk, reservation_id: Id, body: Collect, key: Key
) -> Redemption:
    """Hand out what is reserved, in whole or in part, in one entry; what is not taken goes back."""
    done = await picking_up.collect(
        viewer.book_id, reservation_id, viewer.person_id, key, parts=body.pairs
    )
    return Redemption.of(done)


@router.post("/reservations/{reservation_id}/cancellation", status_code=201)
async def let_reservation_go(viewer: Clerk, reservation_id: Id, key: Key) -> Reservation:
    """Let a reservation go for somebody who asks at the counter."""
    return Reservation.of(
        await picking_up.cancel(viewer.book_id, reservation_id, viewer.person_id, key)
    )

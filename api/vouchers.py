"""Vouchers off the property fee: had for points, looked up and used at the property desk."""

from typing import Annotated

from fastapi import Query

from api.asking import Desk, LimitSetter, SignedIn, Volunteer
from api.routing import Id, Key
from api.routing import router as _router
from api.schemas.types import SentId
from api.schemas.vouchers import (
    Company,
    Issue,
    Limit,
    LookUp,
    Offer,
    Offers,
    Seen,
    SetLimit,
    Use,
    Used,
    Uses,
    Voucher,
    Vouchers,
)
from people import roster
from people.errors import RoleNeeded
from people.models import Role
from people.permissions import Permission, Viewer, require
from redemption import property_desk, spending, voucher_limits, vouchers

router = _router("vouchers")


@router.get("/voucher-offers")
async def voucher_offers(viewer: SignedIn) -> Offers:
    """List what can be had for points, and which property companies take it."""
    return Offers(
        items=[Offer.of(offer) for offer in await vouchers.offers(viewer.book_id)],
        companies=[Company.of(company) for company in await roster.taking_vouchers(viewer.book_id)],
    )


@router.get("/vouchers")
async def list_vouchers(
    viewer: SignedIn, person_id: Annotated[SentId | None, Query()] = None
) -> Vouchers:
    """List the bearer's vouchers, or for a clerk those of a member."""
    found = await vouchers.of_person(viewer.book_id, await _owner(viewer, person_id))
    return Vouchers(items=[Voucher.of(voucher) for voucher in found])


@router.post("/vouchers", status_code=201)
async def issue_voucher(viewer: SignedIn, body: Issue, key: Key) -> Voucher:
    """Issue a voucher for points: to the bearer, or by a clerk to a member."""
    owner, by = await _owner(viewer, body.person_id), viewer.person_id
    known = spending.BY_CODE
    if owner != by:
        known = await spending.recognised(viewer.book_id, owner, by, body.way, body.pin or "")
    return Voucher.of(
        await vouchers.issue(
            *(viewer.book_id, owner, body.offer_id, body.company_id, by, key), recognised=known
        )
    )


@router.post("/vouchers/{voucher_id}/void", status_code=201)
async def void_voucher(viewer: Volunteer, voucher_id: Id, key: Key) -> Voucher:
    """Give what is left on one's own voucher back for its points."""
    await vouchers.own_voucher(viewer.book_id, voucher_id, viewer.person_id)
    return Voucher.of(await vouchers.void_rest(viewer.book_id, voucher_id, viewer.person_id, key))


@router.get("/voucher-limit")
async def voucher_limit(viewer: SignedIn) -> Limit:
    """Return what a household may have in vouchers in a calendar year."""
    return Limit(fen_a_year=await voucher_limits.limit_of(viewer.book_id))


@router.put("/voucher-limit")
async def set_voucher_limit(viewer: LimitSetter, body: SetLimit) -> Limit:
    """Set what a household may have in vouchers in a calendar year; null is no limit."""
    await voucher_limits.set_limit(viewer.book_id, body.fen_a_year, viewer.person_id)
    return Limit(fen_a_year=body.fen_a_year)


@router.post("/voucher-lookups")
async def look_up_voucher(viewer: Desk, body: LookUp) -> Seen:
    """Return the good voucher that a scanned code or a typed serial names, at its own company's desk."""
    found = await property_desk.look_up(viewer.book_id, _company(viewer), body.code)
    return Seen.of(found)


@router.post("/vouchers/{voucher_id}/uses", status_code=201)
async def use_voucher(viewer: Desk, voucher_id: Id, body: Use, key: Key) -> Used:
    """Take an amount off a bill; the company is owed it from now on."""
    return Used.of(
        await property_desk.use(
            viewer.book_id, voucher_id, body.amount_fen, viewer.person_id, _company(viewer), key
        )
    )


@router.get("/voucher-uses")
async def voucher_uses_today(viewer: Desk) -> Uses:
    """List what the bearer's company took today."""
    found = await property_desk.uses_today(viewer.book_id, _company(viewer))
    return Uses(items=[Used.of(use) for use in found])


@router.post("/voucher-uses/{use_id}/undo", status_code=201)
async def undo_voucher_use(viewer: Desk, use_id: Id, key: Key) -> Used:
    """Undo a use until it is in a settlement, at the desk of the same company."""
    return Used.of(
        await property_desk.undo_use(
            viewer.book_id, use_id, viewer.person_id, _company(viewer), key
        )
    )


async def _owner(viewer: Viewer, person_id: int | None) -> int:
    """Return whose vouchers are meant: one's own, or, for a clerk, those of a member here."""
    if person_id is None or person_id == viewer.person_id:
        return require(viewer, Permission.EARN_AND_SPEND).person_id
    require(viewer, Permission.SERVE)
    return (await roster.member(viewer.book_id, person_id)).person_id


def _company(viewer: Viewer) -> int:
    if viewer.company_id is None:
        raise RoleNeeded(role=Role.PROPERTY_DESK.value)
    return viewer.company_id

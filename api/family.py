"""One's own family and PIN: who may spend one's points, codes to collect with, and whose purses pay at the counter."""

from api.asking import Clerk, Volunteer
from api.routing import Id
from api.routing import router as _router
from api.schemas.family import (
    CollectCode,
    Consent,
    Family,
    FamilyPurse,
    FamilyPurses,
    GiveConsent,
    MakeCollectCode,
    NewCollectCode,
    SetOwnPin,
)
from people import collecting, consents, pins
from people.roster import member
from redemption.family import family_purses

router = _router("me")


@router.get("/me/family")
async def my_family(viewer: Volunteer) -> Family:
    """Show who may spend the bearer's points, whose the bearer may spend, and the codes that are open."""
    book, own = viewer.book_id, viewer.person_id
    return Family(
        given=[Consent.of(each) for each in await consents.given_by(book, own)],
        had=[Consent.of(each) for each in await consents.had_by(book, own)],
        codes=[CollectCode.of(each) for each in await collecting.open_codes(book, own)],
    )


@router.post("/me/consents", status_code=201)
async def give_consent(viewer: Volunteer, body: GiveConsent) -> Consent:
    """Let somebody of the household spend the bearer's points, up to so many a month."""
    own = viewer.person_id
    made = await consents.give(viewer.book_id, own, body.spender_id, body.points_a_month, own)
    return Consent.of(made)


@router.delete("/me/consents/{consent_id}", status_code=204)
async def withdraw_consent(viewer: Volunteer, consent_id: Id) -> None:
    """Withdraw a permission, from the next exchange on."""
    await consents.withdraw_own(viewer.book_id, consent_id, viewer.person_id)


@router.post("/me/collect-codes", status_code=201)
async def make_collect_code(viewer: Volunteer, body: MakeCollectCode) -> NewCollectCode:
    """Make a code with which somebody else collects for the bearer today, once."""
    own = viewer.person_id
    return NewCollectCode.of(await collecting.make(viewer.book_id, own, body.points_limit, own))


@router.delete("/me/collect-codes/{code_id}", status_code=204)
async def cancel_collect_code(viewer: Volunteer, code_id: Id) -> None:
    """Cancel a code: it opens nothing any more."""
    await collecting.revoke(viewer.book_id, viewer.person_id, code_id)


@router.put("/me/pin", status_code=204)
async def set_own_pin(viewer: Volunteer, body: SetOwnPin) -> None:
    """Set the PIN that the bearer types at the counter."""
    await pins.set_own_pin(viewer.book_id, viewer.person_id, body.pin, body.pin, old=body.old_pin)


@router.get("/members/{person_id}/family-purses")
async def purses_of_family(viewer: Clerk, person_id: Id) -> FamilyPurses:
    """List whose purses may pay with a member's own."""
    await member(viewer.book_id, person_id)
    found = await family_purses(viewer.book_id, person_id)
    return FamilyPurses(items=[FamilyPurse.of(each) for each in found])

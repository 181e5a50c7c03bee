"""Work without an organiser on the spot: errands, whose word they rest on, service cards, the leader's own hours."""

from typing import Any

from fastapi import Response

from api.asking import ShiftRunner, Verifier, Volunteer
from api.attendances import shown
from api.routing import Id
from api.routing import router as _router
from api.schemas.alone import (
    BeginErrand,
    Confirmation,
    EndErrand,
    Errand,
    Errands,
    MakeServiceCard,
    NewServiceCard,
    OwnWord,
    ServiceCard,
    ServiceCards,
    ShowCard,
)
from api.schemas.checkin import Attendance
from checkin import errands, leading, on_call, service_cards, witnessing
from checkin.service_cards import Shown
from kernel import clock
from people.permissions import Viewer

router = _router("errands")
BEFORE: dict[int | str, dict[str, Any]] = {
    200: {"model": Attendance, "description": "So before; nothing was done."}
}


@router.get("/errands")
async def errands_out(viewer: ShiftRunner) -> Errands:
    """List the errands that have begun and not ended."""
    found = await on_call.out_now(viewer.book_id)
    return Errands(items=[Errand.of(each) for each in found])


@router.post("/errands", status_code=201, responses=BEFORE)
async def begin_errand(viewer: Volunteer, body: BeginErrand, response: Response) -> Attendance:
    """Begin work on call; without one card at both ends it waits for somebody's word."""
    card = await _card(viewer, body.code)
    served = None if body.whom is None else await errands.whom(viewer.book_id, body.whom)
    done = await errands.start(
        viewer.book_id, viewer.person_id, body.activity_id, served=served, shown=card
    )
    response.status_code = 200 if done.already else 201
    return await shown(viewer, done.attendance.id)


@router.get("/errands/asked")
async def errands_asked(viewer: Volunteer) -> Errands:
    """List the errands that the bearer is asked to confirm, because they were for them."""
    found = await on_call.asked_of(viewer.book_id, viewer.person_id)
    return Errands(items=[Errand.of(each) for each in found])


@router.post("/errands/{attendance_id}/end", status_code=201)
async def end_errand(viewer: Volunteer, attendance_id: Id, body: EndErrand) -> Attendance:
    """End the bearer's errand."""
    card = await _card(viewer, body.code)
    await errands.stop(viewer.book_id, viewer.person_id, attendance_id=attendance_id, shown=card)
    return await shown(viewer, attendance_id)


@router.post("/errands/{attendance_id}/card", status_code=201)
async def show_card(viewer: Volunteer, attendance_id: Id, body: ShowCard) -> Attendance:
    """Confirm the bearer's errand by the card of the person served."""
    card = Shown(body.code, clock.now())
    await service_cards.look(viewer.book_id, body.code, viewer.person_id)
    await witnessing.confirm_by_card(viewer.book_id, attendance_id, viewer.person_id, card)
    return await shown(viewer, attendance_id)


@router.post("/errands/{attendance_id}/word", status_code=201)
async def give_word(viewer: Volunteer, attendance_id: Id, body: OwnWord) -> Attendance:
    """Say, as the member who was helped, whether it was so."""
    say = witnessing.confirm_as_served if body.agrees else witnessing.deny
    await say(viewer.book_id, attendance_id, viewer.person_id)
    return await shown(viewer, attendance_id)


@router.post("/errands/{attendance_id}/confirmation", status_code=201)
async def confirm_errand(viewer: Verifier, attendance_id: Id, body: Confirmation) -> Attendance:
    """Say, as an organiser, that it was so, and how one knows; verifying is another act."""
    await witnessing.confirm_as_organiser(
        viewer.book_id, attendance_id, viewer.person_id, body.note
    )
    return await shown(viewer, attendance_id)


@router.get("/service-cards")
async def list_service_cards(viewer: ShiftRunner) -> ServiceCards:
    """List the community's service cards."""
    found = await service_cards.cards(viewer.book_id)
    return ServiceCards(items=[ServiceCard.of(card) for card in found])


@router.post("/service-cards", status_code=201)
async def make_service_card(viewer: ShiftRunner, body: MakeServiceCard) -> NewServiceCard:
    """Make a card; its code is told this once."""
    made = await service_cards.make(
        *(viewer.book_id, body.kind, body.label), by=viewer.person_id, person_id=body.person_id
    )
    return NewServiceCard.of(made)


@router.delete("/service-cards/{card_id}")
async def stop_service_card(viewer: ShiftRunner, card_id: Id) -> ServiceCard:
    """Stop a card for good."""
    return ServiceCard.of(await service_cards.revoke(viewer.book_id, card_id, viewer.person_id))


@router.post("/shifts/{shift_id}/leader-attendance", status_code=201, responses=BEFORE)
async def check_leader_in(viewer: Volunteer, shift_id: Id, response: Response) -> Attendance:
    """Check the leader of a shift in, as a member who is checked in there."""
    done = await leading.check_leader_in(viewer.book_id, shift_id, viewer.person_id)
    response.status_code = 200 if done.already else 201
    return await shown(viewer, done.attendance.id)


@router.post("/shifts/{shift_id}/leader-attendance/check-out", status_code=201, responses=BEFORE)
async def check_leader_out(viewer: Volunteer, shift_id: Id, response: Response) -> Attendance:
    """Check the leader out."""
    done = await leading.check_leader_out(viewer.book_id, shift_id, viewer.person_id)
    response.status_code = 200 if done.already else 201
    return await shown(viewer, done.attendance.id)


async def _card(viewer: Viewer, code: str | None) -> Shown | None:
    if code is None:
        return None
    await service_cards.look(viewer.book_id, code, viewer.person_id)
    return Shown(code, clock.now())

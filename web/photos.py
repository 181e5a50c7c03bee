"""Photos: taken in on one route, and shown to staff only while they serve that member or lead the shift."""

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from checkin import board
from people import roster
from people.permissions import Permission, Viewer, require
from people.photographing import keep_photo, photo_of, remove_photo
from people.pictures import BYTES
from people.privacy import Way
from people.privacy_errors import PhotoIsUnreadable, PhotoNotHere
from web import entered
from web.asking import Anyone, Clerk, MemberKeeper, ShiftRunner
from web.baskets import basket_of
from web.fields import Id, Typed
from web.i18n import gettext
from web.members import member_page
from web.own_data import own_page
from web.render import redirect
from web.shifts import standing

router = APIRouter(include_in_schema=False)
UPLOADS = "/photos"
BODY_LIMIT = BYTES + 64 * 1024  # the picture and the rest of its form


@router.post(UPLOADS)
async def keep(
    request: Request,
    viewer: Anyone,
    person: Annotated[Id, Form()] = 0,
    way: Annotated[Typed, Form()] = "",
    photo: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Keep a photo: the reader's own, or a member's whose consent the office has."""
    own = person == viewer.person_id
    if not own:
        require(viewer, Permission.KEEP_MEMBERS)
    try:
        if photo is None or not photo.size:
            raise PhotoIsUnreadable(field="photo")
        data = await photo.read(BYTES + 1)
        await keep_photo(viewer.book_id, person, data, _way(way), viewer.person_id)
    except entered.REFUSALS as refusal:
        if own:
            return await own_page(request, viewer, refusal=refusal)
        return await member_page(request, viewer, person, refusal=refusal, act="photo")
    to = "/my-data" if own else f"/members/{person}"
    return redirect(request, to, gettext("The photo is kept."))


def _way(text: str) -> Way | None:
    return Way(text) if text in set(Way) else None


@router.post("/members/{person_id}/photo/removal")
async def remove(request: Request, viewer: MemberKeeper, person_id: Id) -> Response:
    """Delete a member's photo for them."""
    await roster.member(viewer.book_id, person_id)
    await remove_photo(viewer.book_id, person_id)
    return redirect(request, f"/members/{person_id}", gettext("The photo is deleted."))


@router.get("/photos/own")
async def own_photo(viewer: Anyone) -> Response:
    """Send the reader's own photo."""
    return await _jpeg(viewer, viewer.person_id)


@router.get("/counter/photo")
async def at_the_counter(request: Request, viewer: Clerk) -> Response:
    """Send the photo of whoever is served at this counter now."""
    return await _jpeg(viewer, basket_of(request, viewer).person_id)


@router.get("/shifts/{shift_id}/photos/{person_id}")
async def at_the_shift(viewer: ShiftRunner, shift_id: Id, person_id: Id) -> Response:
    """Send the photo of somebody who is here, or asks to come in, while the shift goes on."""
    seen = await board.of_shift(viewer.book_id, shift_id)
    here = {row.person_id for row in (*seen.asking, *seen.present)}
    if person_id not in here or standing(seen.shift) == "over":
        raise PhotoNotHere
    return await _jpeg(viewer, person_id)


async def _jpeg(viewer: Viewer, person_id: int) -> Response:
    return Response(await photo_of(viewer.book_id, person_id), media_type="image/jpeg")

"""My data: what is held about the reader, to look at and take along; the office prints it for others."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people import own_data, roster
from people.own_data_file import own_data_text
from people.permissions import Viewer
from people.photographing import photographed, remove_photo
from people.privacy import Consent
from web import entered
from web.asking import Anyone
from web.confirming import ConfirmedMemberKeeper
from web.fields import Id
from web.i18n import gettext
from web.personal_words import sheets_of
from web.render import page, redirect

router = APIRouter(include_in_schema=False)
FILE_NAME = "caihong-{number}.json"


@router.get("/my-data")
async def mine(request: Request, viewer: Anyone) -> Response:
    """Show who the reader is here, the photo and the consents, and the ways to see everything."""
    return await own_page(request, viewer)


async def own_page(
    request: Request, viewer: Viewer, *, refusal: DomainError | None = None
) -> Response:
    """Show the reader's own page, or show it again with what the photo was refused for."""
    book_id, person_id = viewer.book_id, viewer.person_id
    consents = Consent.filter(book_id=book_id, person_id=person_id).order_by("-given_at", "-id")
    return page(
        request,
        "members/me.html",
        status=entered.status(refusal),
        member=await roster.member(book_id, person_id),
        community=await roster.community(book_id),
        consents=await consents,
        has_photo=bool(await photographed(book_id, [person_id])),
        refusal=refusal,
        zone=viewer.zone,
    )


@router.post("/my-data/whole")
async def read_mine(request: Request, viewer: Anyone) -> Response:
    """Show the reader everything that is held about them."""
    return await _sheets(request, viewer, viewer.person_id)


@router.post("/my-data/file")
async def take_mine(viewer: Anyone) -> Response:
    """Give the reader everything that is held about them as one file."""
    return await _file(viewer, viewer.person_id)


@router.post("/my-data/photo/removal")
async def remove_mine(request: Request, viewer: Anyone) -> Response:
    """Delete the reader's own photo."""
    await remove_photo(viewer.book_id, viewer.person_id)
    return redirect(request, "/my-data", gettext("The photo is deleted."))


@router.post("/members/{person_id}/data")
async def read_for(request: Request, viewer: ConfirmedMemberKeeper, person_id: Id) -> Response:
    """Show everything that is held about a member, to be printed for them."""
    return await _sheets(request, viewer, person_id)


@router.post("/members/{person_id}/file")
async def take_for(viewer: ConfirmedMemberKeeper, person_id: Id) -> Response:
    """Give everything that is held about a member as one file, for them."""
    return await _file(viewer, person_id)


async def _sheets(request: Request, viewer: Viewer, person_id: int) -> Response:
    data = await own_data.own_data(viewer.book_id, person_id, by=viewer.person_id)
    return page(
        request,
        "members/data.html",
        data=data,
        sheets=sheets_of(data),
        back="/my-data" if person_id == viewer.person_id else f"/members/{person_id}",
        zone=viewer.zone,
    )


async def _file(viewer: Viewer, person_id: int) -> Response:
    data = await own_data.own_data(viewer.book_id, person_id, by=viewer.person_id)
    number = (await roster.member(viewer.book_id, person_id)).shown_number
    name = FILE_NAME.format(number=number)
    return Response(
        own_data_text(data),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

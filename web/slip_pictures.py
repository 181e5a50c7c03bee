"""A lot with the picture of its receipt or donation slip: shown to whoever reads the papers, taken in by the office."""

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import DomainError
from people.permissions import Permission, Viewer
from people.pictures import PAPER_BYTES
from people.privacy_errors import PhotoIsUnreadable
from redemption import slip_pictures
from web import entered
from web.asking import BookReader, ShopKeeper
from web.fields import Id
from web.i18n import gettext
from web.render import page, redirect
from web.shop_admin import SOURCES
from web.signers import signers

router = APIRouter(include_in_schema=False)
UPLOADS = "/slip-pictures"
BODY_LIMIT = PAPER_BYTES + 64 * 1024  # the picture and the rest of its form


@router.get("/shop/lots/{lot_id}")
async def show(request: Request, viewer: BookReader, lot_id: Id) -> Response:
    """Show how goods came in, with the picture of their slip and those before it."""
    return await _page(request, viewer, lot_id)


@router.post(UPLOADS)
async def keep(
    request: Request,
    viewer: ShopKeeper,
    lot: Annotated[Id, Form()] = 0,
    photo: Annotated[UploadFile | None, File()] = None,
    chosen: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Keep a picture of a slip; the one before stays beside it."""
    try:
        sent = next((each for each in (photo, chosen) if each is not None and each.size), None)
        if sent is None:
            raise PhotoIsUnreadable(field="photo")
        data = await sent.read(PAPER_BYTES + 1)
        await slip_pictures.keep_picture(viewer.book_id, lot, data, viewer.person_id)
    except entered.REFUSALS as refusal:
        return await _page(request, viewer, lot, refusal)
    return redirect(request, f"/shop/lots/{lot}", gettext("The picture is kept."))


@router.get("/slip-pictures/{picture_id}")
async def jpeg(viewer: BookReader, picture_id: Id) -> Response:
    """Send a picture of a slip."""
    _, dots = await slip_pictures.picture(viewer.book_id, picture_id)
    return Response(dots, media_type="image/jpeg")


async def _page(
    request: Request, viewer: Viewer, lot_id: int, refusal: DomainError | None = None
) -> Response:
    lot = await slip_pictures.lot_of(viewer.book_id, lot_id)
    kept = (await slip_pictures.pictures_of(viewer.book_id, [lot_id])).get(lot_id, [])
    people = [lot.receiver_id, lot.buyer_id, *(each.kept_by for each in kept)]
    return page(
        request,
        "shop/lot.html",
        status=entered.status(refusal),
        lot=lot,
        source=SOURCES[lot.source],
        pictures=kept,
        names=await signers(viewer, people),
        keeps=viewer.may(Permission.KEEP_SHOP),
        most=PAPER_BYTES // (1024 * 1024),
        refusal=refusal,
        zone=viewer.zone,
    )

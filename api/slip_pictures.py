"""Pictures of receipts and donation slips: sent in base64, listed by lot, and read again as they are kept."""

from api.asking import BookReader, ShopKeeper
from api.routing import Id
from api.routing import router as _router
from api.schemas.slip_pictures import KeepPicture, SlipPicture, SlipPictures, SlipPictureShown
from redemption import slip_pictures

router = _router("stock")


@router.post("/slip-pictures", status_code=201)
async def keep_slip_picture(viewer: ShopKeeper, body: KeepPicture) -> SlipPicture:
    """Keep a picture of a lot's slip; the one before stays beside it, and the same one again changes nothing."""
    made = await slip_pictures.keep_picture(
        viewer.book_id, body.lot_id, body.picture, viewer.person_id
    )
    return SlipPicture.of(made)


@router.get("/lots/{lot_id}/slip-pictures")
async def slip_pictures_of_lot(viewer: BookReader, lot_id: Id) -> SlipPictures:
    """List the pictures of a lot's slip, the one that stands last."""
    await slip_pictures.lot_of(viewer.book_id, lot_id)
    found = (await slip_pictures.pictures_of(viewer.book_id, [lot_id])).get(lot_id, [])
    return SlipPictures(items=[SlipPicture.of(each) for each in found])


@router.get("/slip-pictures/{picture_id}")
async def one_slip_picture(viewer: BookReader, picture_id: Id) -> SlipPictureShown:
    """Return a picture of a slip with its JPEG in base64."""
    return SlipPictureShown.whole(*await slip_pictures.picture(viewer.book_id, picture_id))

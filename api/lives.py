"""Moving, and leaving a household: open vouchers go along to the new flat.

Closing, joining and reopening a record take two of the staff at one form, the second with their own password, and are
of pages alone.
"""

from api.asking import MemberKeeper
from api.routing import Id
from api.routing import router as _router
from api.schemas.lives import MoveFlat
from people import leaving, moving_out
from redemption import moving

router = _router("members")


@router.post("/members/{person_id}/moving", status_code=204)
async def move_flat(viewer: MemberKeeper, person_id: Id, body: MoveFlat) -> None:
    """Record a member's new flat; their open vouchers are good for it."""
    await moving.move_within(viewer.book_id, person_id, body.flat, viewer.person_id)


@router.post("/members/{person_id}/moving-out", status_code=204)
async def move_out(viewer: MemberKeeper, person_id: Id) -> None:
    """Record that a member moved out of the community; points can be spent until they lapse."""
    await moving_out.move_out(viewer.book_id, person_id, viewer.person_id)


@router.delete("/members/{person_id}/moving-out", status_code=204)
async def come_back(viewer: MemberKeeper, person_id: Id) -> None:
    """Take moving out back."""
    await moving_out.come_back(viewer.book_id, person_id, viewer.person_id)


@router.post("/members/{person_id}/leaving", status_code=204)
async def leave_household(viewer: MemberKeeper, person_id: Id) -> None:
    """Record that a member left the household; what the family allowed with them ends."""
    await leaving.leave(viewer.book_id, person_id, viewer.person_id)

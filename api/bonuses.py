"""Points above the hours of an attendance: given with a reason out of the shift's budget, and taken back."""

from typing import Annotated

from fastapi import Query

from api.asking import AttendanceReader, Verifier
from api.routing import Id
from api.routing import router as _router
from api.schemas.bonuses import Bonus, Bonuses, GiveBonus
from api.schemas.judged import TakenBack
from api.schemas.types import Reason
from checkin import board, bonuses

router = _router("hours")


@router.get("/attendances/{attendance_id}/bonuses")
async def bonuses_of_attendance(viewer: AttendanceReader, attendance_id: Id) -> Bonuses:
    """List every bonus of an attendance, also what was taken back."""
    told = await board.explain(viewer.book_id, attendance_id)
    return Bonuses(items=[Bonus.of(each, told.attendance.revision) for each in told.bonuses])


@router.post("/attendances/{attendance_id}/bonuses", status_code=201)
async def give_bonus(viewer: Verifier, attendance_id: Id, body: GiveBonus) -> Bonus:
    """Give points above verified hours; the same once more answers with the first."""
    bonus = await bonuses.give_bonus(
        *(viewer.book_id, attendance_id, viewer.person_id),
        points=body.points,
        reason=body.reason,
    )
    return Bonus.of(bonus, bonus.revision)


@router.delete("/bonuses/{bonus_id}")
async def take_bonus_back(
    viewer: Verifier, bonus_id: Id, reason: Annotated[Reason, Query(examples=["给错人了"])]
) -> TakenBack:
    """Take a bonus back; what was spent of it is owed, and the hours stay."""
    entry_id = await bonuses.take_bonus_back(viewer.book_id, bonus_id, viewer.person_id, reason)
    return TakenBack(entry_id=entry_id)

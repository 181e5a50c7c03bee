"""Come and go on a code, and what an organiser says about it: verified, corrected, rejected."""

from typing import Annotated

from fastapi import Query, Response

from api.asking import AttendanceReader, Verifier, Volunteer
from api.me import attendance_page
from api.paging import After, Limit
from api.routing import Id
from api.routing import router as _router
from api.schemas.checkin import Attendance, Attendances, CheckIn
from api.schemas.judged import Correction, Rejection, TakenBack, Verification
from api.schemas.types import Reason, SentId
from checkin import board, correcting, verification
from checkin.arriving import look, type_in
from checkin.attending import check_in, check_out
from checkin.errors import AttendanceNotFound
from checkin.models import AttendanceState
from checkin.venue_codes import Claim
from ledger.periods import month_words
from people.codes import read_scanned
from people.permissions import Viewer

router = _router("attendances")


@router.get("/attendances")
async def attendances(
    viewer: AttendanceReader,
    state: Annotated[AttendanceState | None, Query()] = None,
    shift_id: Annotated[SentId | None, Query()] = None,
    limit: Limit = 50,
    after: After = None,
) -> Attendances:
    """List the community's attendances, in a state or at a shift, in the order in which they began."""
    return await attendance_page(viewer.book_id, limit, after, state=state, shift_id=shift_id)


@router.post(
    "/attendances",
    status_code=201,
    responses={200: {"model": Attendance, "description": "Checked in before; nothing was done."}},
)
async def begin_attendance(viewer: Volunteer, body: CheckIn, response: Response) -> Attendance:
    """Check the bearer in with the code on the organiser's screen; it is judged at once."""
    done = await check_in(viewer.book_id, viewer.person_id, await _claim(viewer, body))
    if done.already:
        response.status_code = 200
    return await shown(viewer, done.attendance.id)


@router.post("/attendances/{attendance_id}/check-out", status_code=201)
async def end_attendance(viewer: Volunteer, attendance_id: Id, body: CheckIn) -> Attendance:
    """Check the bearer out with a code of the same shift, newer than the one they came in with."""
    claim = await _claim(viewer, body)
    own = await board.at_shift(viewer.book_id, viewer.person_id, claim.shift_id)
    if own is None or own.id != attendance_id:
        raise AttendanceNotFound
    await check_out(viewer.book_id, viewer.person_id, claim)
    return await shown(viewer, attendance_id)


@router.post("/attendances/{attendance_id}/verification", status_code=201)
async def verify_attendance(viewer: Verifier, attendance_id: Id) -> Verification:
    """Verify hours: minutes and points are posted in one entry, once; asked again, the answer is the same."""
    done = await verification.verify(viewer.book_id, attendance_id, viewer.person_id)
    return Verification(
        attendance_id=done.attendance_id,
        entry_id=done.entry_id,
        minutes_worked=done.minutes,
        points_awarded=done.points,
        booked_on=done.booked_on,
        closed_month=month_words(done.happened_on) if done.is_late else None,
    )


@router.delete("/attendances/{attendance_id}/verification")
async def take_verification_back(
    viewer: Verifier, attendance_id: Id, reason: Annotated[Reason, Query(examples=["时间记错"])]
) -> TakenBack:
    """Take a verification back: minutes and points return, and what was spent is owed."""
    entry_id = await verification.unverify(viewer.book_id, attendance_id, viewer.person_id, reason)
    return TakenBack(entry_id=entry_id)


@router.post("/attendances/{attendance_id}/rejection", status_code=201)
async def reject_attendance(viewer: Verifier, attendance_id: Id, body: Rejection) -> Attendance:
    """Say that these hours do not count, and why."""
    await correcting.reject(viewer.book_id, attendance_id, viewer.person_id, body.reason)
    return await shown(viewer, attendance_id)


@router.post("/attendances/{attendance_id}/correction", status_code=201)
async def correct_attendance(viewer: Verifier, attendance_id: Id, body: Correction) -> Attendance:
    """Enter the times that an organiser knows."""
    await correcting.correct(
        viewer.book_id,
        attendance_id,
        viewer.person_id,
        checked_in_at=body.checked_in_at,
        checked_out_at=body.checked_out_at,
        reason=body.reason,
        breaks=[(each.begins_at, each.ends_at) for each in body.breaks],
    )
    return await shown(viewer, attendance_id)


async def _claim(viewer: Viewer, body: CheckIn) -> Claim:
    if body.code is not None:
        return await look(read_scanned(body.code))
    return await type_in(viewer.book_id, body.digits or "", viewer.person_id)


async def shown(viewer: Viewer, attendance_id: int) -> Attendance:
    """Return an attendance as it is now."""
    return Attendance.of_row(await board.told(viewer.book_id, attendance_id))

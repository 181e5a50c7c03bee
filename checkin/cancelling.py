"""Cancel a shift that nobody has come to: who signed up is told, and nobody can come in any more."""

from checkin.correcting import given
from checkin.models import Attendance, AttendanceState, Shift, ShiftState
from checkin.shifts import find
from checkin.signing import alone_on_sheet
from checkin.signup_errors import ShiftHasBegun, ShiftIsCancelled
from checkin.signup_models import SignUp, Standing
from kernel import clock
from kernel.database import transaction

CAME = (AttendanceState.PRESENT, AttendanceState.LEFT, AttendanceState.VERIFIED)


async def cancel_shift(book_id: int, shift_id: int, by: int, reason: str) -> Shift:
    """Cancel a shift, for good; its sheet stays, so that everybody on it can be told.

    Raises: ShiftNotFound, ReasonIsMissing, ShiftIsCancelled, ShiftHasBegun.
    """
    reason = given(reason)
    async with transaction():
        shift, _ = await alone_on_sheet(book_id, shift_id)
        if shift.state is ShiftState.CANCELLED:
            raise ShiftIsCancelled(reason=shift.cancelled_because)
        came = Attendance.filter(book_id=book_id, shift_id=shift_id, state__in=CAME)
        if await came.exists():
            raise ShiftHasBegun
        shift.state, shift.cancelled_at = ShiftState.CANCELLED, clock.now()
        shift.cancelled_by, shift.cancelled_because = by, reason
        await shift.save(
            update_fields=["state", "cancelled_at", "cancelled_by", "cancelled_because"]
        )
        # Nobody is asked for an answer about a shift that does not take place.
        offered = SignUp.filter(book_id=book_id, shift_id=shift_id, state=Standing.OFFERED)
        await offered.update(state=Standing.WAITING, answer_by=None)
    return await find(book_id, shift_id)

"""What pages show of work on call: the activities, who is out now, and whose word is still missing."""

from collections.abc import Collection
from dataclasses import dataclass

from checkin.alone_models import Errand, Witness
from checkin.board import with_shift
from checkin.models import Activity, Attendance, AttendanceState, Provenance


@dataclass(frozen=True, slots=True)
class Out:
    """An errand with its attendance, which carries person, shift and activity."""

    attendance: Attendance
    errand: Errand


async def activities(book_id: int) -> list[Activity]:
    """Return the activities that are on call, by title."""
    return await Activity.filter(book_id=book_id, on_call=True).order_by("title")


async def out_now(book_id: int) -> list[Out]:
    """Return the errands that have begun and not ended, latest first."""
    rows = Attendance.filter(book_id=book_id, state=AttendanceState.PRESENT, shift__on_call=True)
    return await _with_errands(book_id, await with_shift(rows).order_by("-checked_in_at"))


async def own_waiting(book_id: int, person_id: int) -> list[Out]:
    """Return a volunteer's errands that are over and that nobody else has spoken for, latest first."""
    rows = Attendance.filter(
        book_id=book_id,
        person_id=person_id,
        state=AttendanceState.LEFT,
        provenance=Provenance.SELF_REPORTED,
        needs_word=True,
        shift__on_call=True,
    )
    return await _with_errands(book_id, await with_shift(rows).order_by("-checked_in_at"))


async def asked_of(book_id: int, served_id: int) -> list[Out]:
    """Return the errands that a member is asked to confirm because they were helped, latest first."""
    mine = await Errand.filter(book_id=book_id, served_id=served_id, denied_at__isnull=True)
    rows = Attendance.filter(
        book_id=book_id,
        shift_id__in=[each.shift_id for each in mine],
        state=AttendanceState.LEFT,
        provenance=Provenance.SELF_REPORTED,
        needs_word=True,
    )
    return await _with_errands(book_id, await with_shift(rows).order_by("-checked_in_at"))


async def errands_of(book_id: int, shift_ids: Collection[int]) -> dict[int, Errand]:
    """Return the errands of some shifts by shift, with the member served."""
    rows = Errand.filter(book_id=book_id, shift_id__in=sorted(shift_ids))
    return {row.shift_id: row for row in await rows.select_related("served")}


async def witnesses(book_id: int, attendance_id: int) -> list[Witness]:
    """Return who and what speaks for an attendance, in the order in which they spoke."""
    rows = Witness.filter(book_id=book_id, attendance_id=attendance_id)
    return await rows.order_by("said_at", "id").select_related("card", "teller")


async def _with_errands(book_id: int, rows: list[Attendance]) -> list[Out]:
    errands = await errands_of(book_id, {row.shift_id for row in rows})
    return [Out(row, errands[row.shift_id]) for row in rows if row.shift_id in errands]

"""What is on public notice: verified hours whose points have not arrived, and what of it may hang on a wall."""

from dataclasses import dataclass

from tortoise.expressions import Q

from checkin.models import Attendance, AttendanceState
from people.guardians import without_guardian

Place = tuple[int, int]  # when points arrive, and the attendance


@dataclass(frozen=True, slots=True)
class WallNotice:
    """What may be shown to everybody, the first to arrive first; `left_out` children have no guardian's consent."""

    rows: list[Attendance]
    left_out: int


async def on_notice(
    book_id: int, *, after: Place | None = None, limit: int | None = None
) -> list[Attendance]:
    """Return what is on public notice with person, shift and activity, the first to arrive first."""
    found = Attendance.filter(
        book_id=book_id,
        state=AttendanceState.VERIFIED,
        arrives_at__isnull=False,
        arrived_at__isnull=True,
    )
    if after is not None:
        arrives_at, attendance_id = after
        found = found.filter(
            Q(arrives_at__gt=arrives_at) | Q(arrives_at=arrives_at, id__gt=attendance_id)
        )
    found = found.order_by("arrives_at", "id").select_related("person", "shift__activity")
    return await (found if limit is None else found.limit(limit))


async def for_the_wall(book_id: int) -> WallNotice:
    """Return what may be shown to everybody: nothing of a child whose guardian has not agreed."""
    rows = await on_notice(book_id)
    alone = await without_guardian(book_id, {row.person_id for row in rows})
    shown = [row for row in rows if row.person_id not in alone]
    return WallNotice(shown, len(rows) - len(shown))

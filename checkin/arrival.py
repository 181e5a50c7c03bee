"""Points on public notice arrive when it ends, unless somebody has objected: a dispute holds them back."""

from collections.abc import Mapping
from typing import Any

from checkin.asking import held
from checkin.correcting import given
from checkin.errors import NotVerified
from checkin.hours_errors import IsDisputed, NotDisputed, NoticeStillRuns, NotOnNotice
from checkin.models import Attendance, AttendanceState
from kernel import clock
from kernel.database import transaction
from kernel.days import day_of
from ledger import chart
from ledger.at_once import post_many
from ledger.books import zone_of
from ledger.notice import Notice, to_end
from ledger.post import Balances, Change, DocumentKey, Fact, Facts, Lot, Post
from people.joined import for_survivors

AT_ONCE = 200


async def let_points_arrive(book_id: int) -> int:
    """Give the points whose notice has ended and that nobody disputes, debts first; return of how many awards."""
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    due = Attendance.filter(
        book_id=book_id,
        state=AttendanceState.VERIFIED,
        arrives_at__lte=now,
        arrived_at__isnull=True,
        disputed_at__isnull=True,
    )
    arrived, after = 0, 0
    while rows := await due.filter(id__gt=after).order_by("id").limit(AT_ONCE):
        after = rows[-1].id
        posts = [_arrival(book_id, each, now, today) for each in rows]
        arrived += await post_many(await for_survivors(posts), unless=NoticeStillRuns)
    return arrived


def _arrival(book_id: int, seen: Attendance, now: int, today: int) -> Post:
    paper = Fact("attendance", seen.id)
    given = seen.points_awarded + seen.bonus_points
    awarded = (Lot(seen.expires_on or 0, given),)

    def require(facts: Facts, balances: Balances) -> tuple[Change, ...]:
        row = facts[paper]
        refuse_arriving(row, seen, now)
        debt = min(balances[chart.owed(seen.person_id)].balance, given)
        of_hours = min(debt, seen.points_awarded)
        written = {
            "arrived_at": now,
            "points_to_debt": of_hours,
            "bonus_to_debt": debt - of_hours,
        }
        return (Change(paper.table, paper.id, written),)

    return to_end(
        book_id,
        Notice(paper, seen.person_id, awarded),
        today,
        DocumentKey(f"attendance:{seen.id}:arrived:{seen.revision}"),
        facts=(paper,),
        require=require,
    )


def refuse_arriving(row: Mapping[str, Any], seen: Attendance, now: int) -> None:
    """Refuse points that are not due, or no longer as they were read. Raises: NoticeStillRuns, IsDisputed."""
    if row["disputed_at"] is not None:
        raise IsDisputed
    named = ("revision", "points_awarded", "bonus_points")
    as_read = all(row[each] == getattr(seen, each) for each in named)
    due = row["arrives_at"] is not None and row["arrives_at"] <= now
    if not (as_read and due and row["arrived_at"] is None):
        raise NoticeStillRuns


async def dispute(book_id: int, attendance_id: int, by: int, reason: str) -> Attendance:
    """Hold an award back because somebody objects: its points do not arrive until that is settled.

    Raises: AttendanceNotFound, OwnHours, NotVerified, NotOnNotice, IsDisputed, ReasonIsMissing.
    """
    reason = given(reason)
    async with transaction():
        found = await _held(book_id, attendance_id, by)
        if found.disputed_at is not None:
            raise IsDisputed
        if not found.is_on_notice:
            raise NotOnNotice
        found.disputed_at, found.disputed_by, found.dispute = clock.now(), by, reason
        await found.save(update_fields=["disputed_at", "disputed_by", "dispute"])
    return found


async def settle(book_id: int, attendance_id: int, by: int) -> Attendance:
    """Let a disputed award stand: its points arrive when their notice ends, or now if it has.

    If it should not stand, take the verification back. Raises: AttendanceNotFound, OwnHours, NotVerified, NotDisputed.
    """
    async with transaction():
        found = await _held(book_id, attendance_id, by)
        if found.disputed_at is None:
            raise NotDisputed
        found.disputed_at = None
        await found.save(update_fields=["disputed_at"])
    return found


async def _held(book_id: int, attendance_id: int, by: int) -> Attendance:
    found = await held(book_id, attendance_id, by)
    if found.state is not AttendanceState.VERIFIED:
        raise NotVerified
    return found

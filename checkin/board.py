"""What pages show of check-in: the shift's board, what waits for verification, and why an award is what it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.queryset import QuerySet

from checkin import shifts
from checkin.errors import AttendanceNotFound
from checkin.hours_models import AwardRule, Bonus, Break
from checkin.models import Attendance, AttendanceState, CheckinScan, Shift
from checkin.sharing import sharing_at
from kernel.database import Dialect, Row
from kernel.direct import Ask, Steps
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together

MOST_REFUSALS = 50


@dataclass(frozen=True, slots=True)
class Board:
    """One shift as its organiser sees it; attendances carry their `person`, refused scans too where known.

    `together` says by attendance with whom somebody shared a browser, as names to be shown, and `flags` what is odd.
    """

    shift: Shift
    asking: list[Attendance]
    present: list[Attendance]
    left: list[Attendance]
    verified: list[Attendance]
    rejected: list[Attendance]
    refused: list[CheckinScan]
    together: dict[int, list[str]]
    flags: dict[int, str]

    @property
    def nobody_came(self) -> bool:
        """Say whether nobody has been here yet."""
        return not (self.present or self.left or self.verified)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an attendance brought what it brought: scans, breaks, verifier, the version of the rule, and any bonus."""

    attendance: Attendance
    scans: list[CheckinScan]
    rule: AwardRule | None
    breaks: list[Break]
    bonuses: list[Bonus]


async def of_shift(book_id: int, shift_id: int) -> Board:
    """Return a shift's board. Raises: ShiftNotFound."""
    shift = await shifts.find(book_id, shift_id)
    rows = await (
        Attendance.filter(book_id=book_id, shift_id=shift_id)
        .order_by("checked_in_at", "id")
        .select_related("person", "verifier")
    )
    refused = await (
        CheckinScan.filter(book_id=book_id, shift_id=shift_id)
        .exclude(refusal="")
        .order_by("-scanned_at")
        .limit(MOST_REFUSALS)
        .select_related("person")
    )

    shared = await sharing_at(book_id, [shift_id])
    named = {row.id: row.person.masked_name for row in rows}

    def of(*states: AttendanceState) -> list[Attendance]:
        return [row for row in rows if row.state in states]

    return Board(
        shift=shift,
        asking=[row for row in rows if row.is_asking],
        present=of(AttendanceState.PRESENT),
        left=of(AttendanceState.LEFT),
        verified=of(AttendanceState.VERIFIED),
        rejected=of(AttendanceState.REJECTED),
        refused=refused,
        together={
            each: [named[other] for other in one.attendance_ids if other in named]
            for each, one in shared.items()
        },
        flags={each: one.flag for each, one in shared.items() if one.flag},
    )


async def to_verify(book_id: int, limit: int = 200) -> list[Attendance]:
    """Return the attendances that have ended and wait for verification, oldest first."""
    waiting = Attendance.filter(book_id=book_id, state=AttendanceState.LEFT)
    return await with_shift(waiting).order_by("checked_out_at", "id").limit(limit)


async def attendances(
    book_id: int,
    *,
    state: AttendanceState | None = None,
    shift_id: int | None = None,
    person_id: int | None = None,
    after_id: int = 0,
    limit: int = 50,
) -> list[Attendance]:
    """Return a community's attendances in the order in which they were begun, a page after an id."""
    found = Attendance.filter(book_id=book_id, id__gt=after_id)
    if person_id is not None:
        found = found.filter(person_id=person_id)
    if state is not None:
        found = found.filter(state=state)
    if shift_id is not None:
        found = found.filter(shift_id=shift_id)
    return await with_shift(found).order_by("id").limit(limit)


async def of_volunteer(book_id: int, person_id: int, limit: int = 50) -> list[Attendance]:
    """Return a volunteer's attendances with shift and activity, latest first."""
    own = Attendance.filter(book_id=book_id, person_id=person_id)
    return await with_shift(own).order_by("-shift__starts_at", "-id").limit(limit)


async def open_one(book_id: int, person_id: int) -> Attendance | None:
    """Return the attendance at which a volunteer is present now, with shift and activity."""
    own = Attendance.filter(book_id=book_id, person_id=person_id, state=AttendanceState.PRESENT)
    return await with_shift(own).first()


async def at_shift(book_id: int, person_id: int, shift_id: int) -> Attendance | None:
    """Return a volunteer's attendance at one shift, for the landing page of a code."""
    own = Attendance.filter(book_id=book_id, person_id=person_id, shift_id=shift_id)
    return await with_shift(own).first()


# The ORM takes longer to write this statement than the database to answer it; every check-in is answered with it.
TOLD = """
SELECT a.id, a.shift_id, a.person_id, a.state, a.provenance, a.checked_in_at, a.checked_out_at, a.minutes_worked,
       a.minutes_counted, a.points_awarded, a.stopped_by, a.verified_by_rule, a.needs_second, a.needs_word, a.reason,
       CASE WHEN a.arrived_at IS NULL THEN a.arrives_at END AS arrives_at, a.disputed_at IS NOT NULL AS disputed,
       p.name, t.title AS activity
  FROM attendance a JOIN person p ON p.id = a.person_id
  JOIN shift s ON s.id = a.shift_id AND s.book_id = a.book_id
  JOIN activity t ON t.id = s.activity_id AND t.book_id = s.book_id
 WHERE a.book_id = $1 AND a.id """


async def told(book_id: int, attendance_id: int) -> Row:
    """Return an attendance with the `name` of its person and its `activity`, as a row. Raises: AttendanceNotFound."""
    row = await _together.ask(book_id, attendance_id)
    if row is None:
        raise AttendanceNotFound
    return row


def _told_together(
    book_id: int, attendance_ids: Sequence[int], kind: Dialect
) -> Steps[list[Row | None]]:
    rows = yield Ask(TOLD + among(kind, 2), (book_id, as_list(kind, attendance_ids)))
    by_id = {row["id"]: dict(row) for row in rows}
    return [by_id.get(each) for each in attendance_ids]


_together = Together(talked(_told_together))


async def explain(book_id: int, attendance_id: int) -> Explanation:
    """Return why an attendance brought its minutes and points. Raises: AttendanceNotFound."""
    attendance = await with_shift(Attendance.filter(book_id=book_id, id=attendance_id)).first()
    if attendance is None:
        raise AttendanceNotFound
    scans = await CheckinScan.filter(book_id=book_id, attendance_id=attendance_id).order_by(
        "scanned_at", "id"
    )
    rule = await AwardRule.get_or_none(book_id=book_id, version=attendance.rule_version or 0)
    breaks = Break.filter(book_id=book_id, attendance_id=attendance_id).order_by("begins_at")
    bonuses = Bonus.filter(book_id=book_id, attendance_id=attendance_id).order_by("given_at")
    return Explanation(attendance, scans, rule, await breaks, await bonuses)


def with_shift(found: QuerySet[Attendance]) -> QuerySet[Attendance]:
    """Let attendances carry their person, verifier, shift, activity and leader."""
    return found.select_related("person", "verifier", "shift__activity", "shift__leader")

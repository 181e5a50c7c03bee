"""What pages show of sign-ups: a shift's list, what a volunteer can join, who has not come, who stays away."""

from collections.abc import Collection
from dataclasses import dataclass

from checkin import awards, rules, shifts
from checkin.hours_models import AwardRule
from checkin.models import Attendance, AttendanceState, Shift
from checkin.places import LIVE, TAKEN
from checkin.signup_models import SignUp, SignUpSheet, Standing
from kernel import clock
from kernel.database import fetch
from people import roster
from people.models import Membership

CAME = (AttendanceState.PRESENT, AttendanceState.LEFT, AttendanceState.VERIFIED)
REMEMBERED = 365 * clock.DAY

# Who stayed away is never written down: it follows from the sheet and the attendances, corrected hours included.
# A shift to which nobody came did not take place, and nobody stayed away from it.
ABSENCES = """
SELECT s.person_id, count(*) AS times FROM sign_up s
  JOIN shift h ON h.book_id = s.book_id AND h.id = s.shift_id
 WHERE s.book_id = $1 AND s.state = 'signed' AND h.ends_at > $2 AND h.ends_at <= $3
   AND NOT EXISTS (SELECT 1 FROM attendance a WHERE a.book_id = s.book_id AND a.shift_id = s.shift_id
                   AND a.person_id = s.person_id AND a.state IN ('present', 'left', 'verified'))
   AND EXISTS (SELECT 1 FROM attendance o WHERE o.book_id = s.book_id AND o.shift_id = s.shift_id
               AND o.state IN ('present', 'left', 'verified'))
 GROUP BY s.person_id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One person on a sheet as the organiser sees them: how often they signed up and stayed away in a year."""

    sign_up: SignUp
    member: Membership
    absences: int
    came: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A shift's sheet: who is coming, who is asked and who waits, in the order of the line."""

    shift: Shift
    capacity: int
    coming: list[Line]
    offered: list[Line]
    waiting: list[Line]

    @property
    def places_left(self) -> int | None:
        """Return how many places are free; None if there is no limit."""
        return left(self.capacity, len(self.coming) + len(self.offered))


@dataclass(frozen=True, slots=True)
class Opening:
    """A shift that a volunteer may join, the rule for it (None without one), and where they stand.

    `place` counts from 1 for somebody who waits.
    """

    shift: Shift
    capacity: int
    taken: int
    waiting: int
    rule: AwardRule | None
    own: SignUp | None
    place: int | None

    @property
    def places_left(self) -> int | None:
        """Return how many places are free; None if there is no limit."""
        return left(self.capacity, self.taken)

    @property
    def points_per_hour(self) -> int | None:
        """Return what an hour of it brings; None without a rule."""
        return worth(self.shift, self.rule)

    @property
    def standing(self) -> Standing | None:
        """Return where the volunteer stands; None if they are not on the sheet."""
        return self.own.state if self.own and self.own.state in LIVE else None


def left(capacity: int, taken: int) -> int | None:
    """Return how many places are free of a capacity; None if there is no limit."""
    return None if capacity == 0 else max(0, capacity - taken)


async def of_shift(book_id: int, shift_id: int) -> Sheet:
    """Return a shift's sheet. Raises: ShiftNotFound."""
    shift = await shifts.find(book_id, shift_id)
    rows = await SignUp.filter(book_id=book_id, shift_id=shift_id, state__in=LIVE).order_by("turn")
    people = [row.person_id for row in rows]
    members = await roster.memberships(book_id, people)
    away = await absences(book_id, people)
    here = await _came(book_id, shift_id)
    lines = [
        Line(row, members[row.person_id], away.get(row.person_id, 0), row.person_id in here)
        for row in rows
        if row.person_id in members
    ]

    def of(state: Standing) -> list[Line]:
        return [line for line in lines if line.sign_up.state is state]

    capacity = (await capacities(book_id, [shift_id])).get(shift_id, 0)
    return Sheet(shift, capacity, of(Standing.SIGNED), of(Standing.OFFERED), of(Standing.WAITING))


async def not_come(book_id: int, shift_id: int) -> list[SignUp]:
    """Return who signed up for a shift and has not come, with their `person`, in the order of the sheet."""
    rows = SignUp.filter(book_id=book_id, shift_id=shift_id, state=Standing.SIGNED)
    here = await _came(book_id, shift_id)
    found = await rows.order_by("turn").select_related("person")
    return [row for row in found if row.person_id not in here]


async def absences(book_id: int, person_ids: Collection[int]) -> dict[int, int]:
    """Return how often, within a year, each of some people signed up for a shift that is over and did not come."""
    if not person_ids:
        return {}
    now, wanted = clock.now(), set(person_ids)
    rows = await fetch(ABSENCES, book_id, now - REMEMBERED, now)
    return {
        int(row["person_id"]): int(row["times"]) for row in rows if int(row["person_id"]) in wanted
    }


async def openings(book_id: int, person_id: int, days: int = 14) -> list[Opening]:
    """Return the shifts that have not begun and start within some days, with their places and where one stands."""
    now = clock.now()
    found = [each for each in await shifts.coming(book_id, days) if each.starts_at > now]
    return await _opened(book_id, person_id, [each for each in found if each.state == "open"])


async def opening(book_id: int, person_id: int, shift_id: int) -> Opening:
    """Return one shift as a volunteer sees it. Raises: ShiftNotFound."""
    return (await _opened(book_id, person_id, [await shifts.find(book_id, shift_id)]))[0]


async def own(book_id: int, person_id: int) -> list[Opening]:
    """Return what a volunteer signed up for and has not begun, earliest first; also what is cancelled."""
    rows = SignUp.filter(
        book_id=book_id, person_id=person_id, state__in=LIVE, shift__starts_at__gt=clock.now()
    )
    mine = await rows.order_by("shift__starts_at").prefetch_related(
        "shift__activity", "shift__leader"
    )
    return await _opened(book_id, person_id, [row.shift for row in mine])


async def capacities(book_id: int, shift_ids: Collection[int]) -> dict[int, int]:
    """Return the places of some shifts; those without a sheet have no limit and are left out."""
    rows = SignUpSheet.filter(book_id=book_id, shift_id__in=sorted(shift_ids))
    return {row.shift_id: row.capacity for row in await rows}


async def hourly(book_id: int, shift: Shift) -> int | None:
    """Return what an hour of a shift (with its activity) brings; None without a rule."""
    found = await rules.of_shifts(book_id, [shift])
    return worth(shift, found[shift.id])


def worth(shift: Shift, rule: AwardRule | None) -> int | None:
    """Return what an hour of a shift brings by a rule; None without one."""
    if rule is None:
        return None
    return awards.award(60, rule.points_per_hour, shift.multiplier_percent).points


async def _opened(book_id: int, person_id: int, found: list[Shift]) -> list[Opening]:
    if not found:
        return []
    ids = [shift.id for shift in found]
    rows = await SignUp.filter(book_id=book_id, shift_id__in=ids, state__in=LIVE).order_by("turn")
    places, brings = await capacities(book_id, ids), await rules.of_shifts(book_id, found)
    shown = []
    for shift in found:
        lines = [row for row in rows if row.shift_id == shift.id]
        waiting = [row for row in lines if row.state is Standing.WAITING]
        mine = next((row for row in lines if row.person_id == person_id), None)
        shown.append(
            Opening(
                shift=shift,
                capacity=places.get(shift.id, 0),
                taken=sum(row.state in TAKEN for row in lines),
                waiting=len(waiting),
                rule=brings[shift.id],
                own=mine,
                place=waiting.index(mine) + 1 if mine in waiting else None,
            )
        )
    return shown


async def _came(book_id: int, shift_id: int) -> set[int]:
    rows = Attendance.filter(book_id=book_id, shift_id=shift_id, state__in=CAME)
    return {row.person_id for row in await rows}

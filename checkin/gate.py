"""Many come at once: those about whom there is nothing to be said come in together, in one transaction.

There is nothing to be said about a member with a claim that holds, at an open shift in its window whose codes may be
shared, who has not been there and is nowhere else, on a browser that nobody else of that shift has used. Everybody
else goes the way of one alone (`attending`), which knows what to answer. While one batch is written, the next gathers.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from checkin.models import Attendance, AttendanceState, CheckinScan, CodeMode, Provenance, Purpose
from checkin.presence import is_in_window
from checkin.venue_codes import Claim, claim_holds
from kernel import clock
from kernel.database import dialect, fetch, in_a_transaction, transaction
from kernel.listing import among, as_list
from kernel.together import Together

logger = logging.getLogger("caihong")

MEMBERS = (
    "SELECT person_id FROM membership WHERE book_id = $1 AND person_id {people} ORDER BY id{locked}"
)
SHIFTS = (
    "SELECT id, state, starts_at, ends_at, code_mode FROM shift WHERE book_id = $1 AND id {shifts}"
)
# Whoever has anything to do with the moment or the shift.
ELSEWHERE = """
SELECT DISTINCT person_id FROM attendance WHERE book_id = $1 AND person_id {people}
   AND (state = 'present' OR shift_id {shifts} OR checked_out_at > $4)
"""
BROWSERS = """
SELECT DISTINCT shift_id, browser FROM checkin_scan
 WHERE book_id = $1 AND shift_id {shifts} AND browser {browsers}
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who comes on a claim; `browser` is the hash of the scanning browser's mark, or empty."""

    person_id: int
    claim: Claim
    browser: str

    @property
    def screen(self) -> tuple[int, str]:
        """Return at which shift on which browser."""
        return self.claim.shift_id, self.browser


async def come_together(arrival: Arrival) -> Attendance | None:
    """Check somebody in together with whoever else comes at this moment; None if they have to come alone."""
    return None if in_a_transaction() else await _gate.ask(arrival.claim.book_id, arrival)


async def _let_in(book_id: int, arrivals: Sequence[Arrival]) -> list[Attendance | None]:
    """Let a group in; a defect lets each of them try alone, and meet it there if it is theirs."""
    came: dict[int, Attendance] = {}
    try:
        came = await _written(book_id, arrivals)
    except Exception:
        # Whatever it was, the way alone says it to whom it concerns.
        logger.exception("%s arrivals could not come in together", len(arrivals))
    return [came.get(place) for place in range(len(arrivals))]


_gate = Together(_let_in)


async def _written(book_id: int, arrivals: Sequence[Arrival]) -> dict[int, Attendance]:
    """Write the plain ones of some arrivals, and return their attendances by place in the list."""
    async with transaction():
        plain = await _plain(book_id, arrivals)
        rows = {
            place: Attendance(
                book_id=book_id,
                shift_id=each.claim.shift_id,
                person_id=each.person_id,
                state=AttendanceState.PRESENT,
                provenance=Provenance.SCANNED,
                checked_in_at=each.claim.seen_at,
            )
            for place, each in plain.items()
        }
        await Attendance.bulk_create(rows.values())
        await CheckinScan.bulk_create(
            CheckinScan(
                book_id=book_id,
                shift_id=each.claim.shift_id,
                person_id=each.person_id,
                attendance_id=rows[place].id,
                purpose=Purpose.ARRIVING,
                way=each.claim.way,
                browser=each.browser,
                scanned_at=each.claim.seen_at,
            )
            for place, each in plain.items()
        )
    return rows


async def _plain(book_id: int, arrivals: Sequence[Arrival]) -> dict[int, Arrival]:
    """Return those about whom there is nothing to be said, by place in the list; these members' acts are held back."""
    now, least = clock.now(), min(each.claim.seen_at for each in arrivals)
    kind = dialect()
    locked = " FOR UPDATE" if kind == "postgresql" else ""
    people = as_list(kind, (each.person_id for each in arrivals))
    there = as_list(kind, {each.claim.shift_id for each in arrivals})
    sql = MEMBERS.format(people=among(kind, 2), locked=locked)
    members = {row["person_id"] for row in await fetch(sql, book_id, people)}
    sql = SHIFTS.format(shifts=among(kind, 2))
    shifts = {row["id"]: row for row in await fetch(sql, book_id, there)}
    sql = ELSEWHERE.format(people=among(kind, 2), shifts=among(kind, 3))
    elsewhere = {row["person_id"] for row in await fetch(sql, book_id, people, there, least)}
    used = await _used(book_id, arrivals)
    found: dict[int, Arrival] = {}
    waiting = members - elsewhere
    for place, each in enumerate(arrivals):
        shift = shifts.get(each.claim.shift_id)
        if (
            shift is not None
            and shift["code_mode"] != CodeMode.STRICT
            and each.person_id in waiting
            and claim_holds(each.claim, now)
            and is_in_window(
                shift["state"], shift["starts_at"], shift["ends_at"], each.claim.seen_at
            )
            and each.screen not in used
        ):
            found[place] = each
            waiting.discard(each.person_id)
            used |= {each.screen} if each.browser else set()
    return found


async def _used(book_id: int, arrivals: Sequence[Arrival]) -> set[tuple[int, str]]:
    """Return which of their browsers have been used at which of their shifts already."""
    browsers = {each.browser for each in arrivals} - {""}
    if not browsers:
        return set()
    kind = dialect()
    sql = BROWSERS.format(shifts=among(kind, 2), browsers=among(kind, 3, "text"))
    there = {each.claim.shift_id for each in arrivals}
    rows = await fetch(sql, book_id, as_list(kind, there), as_list(kind, browsers, "text"))
    return {(row["shift_id"], row["browser"]) for row in rows}

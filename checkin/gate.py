"""Many come at once: those about whom there is nothing to be said come in together, in one transaction.

There is nothing to be said about a member with a claim that holds, at an open shift in its window whose codes may be
shared, who has not been there and is nowhere else, on a browser that nobody else of that shift has used. Everybody
else goes the way of one alone (`attending`), which knows what to answer. While one batch is written, the next gathers.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from checkin.models import Attendance, AttendanceState, CheckinScan, CodeMode, Provenance, Purpose
from checkin.presence import is_in_window
from checkin.venue_codes import Claim, claim_holds
from kernel import clock
from kernel.database import connection, dialect, fetch, in_a_transaction, transaction

logger = logging.getLogger("caihong")
MOST = 64
GATE = "_gate"

MEMBERS = "SELECT person_id FROM membership WHERE book_id = $1 AND person_id IN ({people}) ORDER BY id{locked}"
SHIFTS = "SELECT id, state, starts_at, ends_at, code_mode FROM shift WHERE book_id = $1 AND id IN ({shifts})"
# Whoever has anything to do with the moment or the shift.
ELSEWHERE = """
SELECT DISTINCT person_id FROM attendance WHERE book_id = $1 AND person_id IN ({people})
   AND (state = 'present' OR shift_id IN ({shifts}) OR checked_out_at > $2)
"""
BROWSERS = """
SELECT DISTINCT shift_id, browser FROM checkin_scan
 WHERE book_id = $1 AND shift_id IN ({shifts}) AND browser IN ({browsers})
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


@dataclass(slots=True)
class Gate:
    """Those who wait before it on one engine, by community."""

    waiting: dict[int, deque[tuple[Arrival, Any]]] = field(default_factory=dict)
    opener: "asyncio.Task[None] | None" = None

    async def come(self, arrival: Arrival) -> Attendance | None:
        """Come in with whoever else is there now; None if one has to come alone."""
        answer: asyncio.Future[Attendance | None] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(arrival.claim.book_id, deque()).append((arrival, answer))
        if self.opener is None:
            self.opener = asyncio.create_task(self._open())
        return await answer

    async def _open(self) -> None:
        try:
            while self.waiting:
                book_id = next(iter(self.waiting))
                queue = self.waiting.pop(book_id)
                group = [queue.popleft() for _ in range(min(MOST, len(queue)))]
                if queue:
                    self.waiting[book_id] = queue
                await _let_in(book_id, group)
        finally:
            self.opener = None


async def come_together(arrival: Arrival) -> Attendance | None:
    """Check somebody in together with whoever else comes at this moment; None if they have to come alone."""
    if in_a_transaction():
        return None
    engine = connection()
    gate: Gate | None = vars(engine).get(GATE)
    if gate is None:
        gate = Gate()
        setattr(engine, GATE, gate)
    return await gate.come(arrival)


async def _let_in(book_id: int, group: Sequence[tuple[Arrival, Any]]) -> None:
    """Answer everybody of a group; a defect lets each of them try alone, and meet it there if it is theirs."""
    came: dict[int, Attendance] = {}
    try:
        came = await _written(book_id, [arrival for arrival, _ in group])
    except Exception:
        # Whatever it was, the way alone says it to whom it concerns.
        logger.exception("%s arrivals could not come in together", len(group))
    finally:
        for place, (_, answer) in enumerate(group):
            if not answer.done():
                answer.set_result(came.get(place))


async def _written(book_id: int, arrivals: list[Arrival]) -> dict[int, Attendance]:
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


async def _plain(book_id: int, arrivals: list[Arrival]) -> dict[int, Arrival]:
    """Return those about whom there is nothing to be said, by place in the list; these members' acts are held back."""
    now, least = clock.now(), min(each.claim.seen_at for each in arrivals)
    names = {
        "people": _listed(each.person_id for each in arrivals),
        "shifts": _listed(each.claim.shift_id for each in arrivals),
        "locked": " FOR UPDATE" if dialect() == "postgresql" else "",
    }
    members = {row["person_id"] for row in await fetch(MEMBERS.format(**names), book_id)}
    shifts = {row["id"]: row for row in await fetch(SHIFTS.format(**names), book_id)}
    elsewhere = {row["person_id"] for row in await fetch(ELSEWHERE.format(**names), book_id, least)}
    used = await _used(book_id, arrivals, names["shifts"])
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


async def _used(book_id: int, arrivals: list[Arrival], shifts: str) -> set[tuple[int, str]]:
    """Return which of their browsers have been used at which of their shifts already."""
    browsers = sorted({each.browser for each in arrivals} - {""})
    if not browsers:
        return set()
    marks = ", ".join(f"${place + 2}" for place in range(len(browsers)))
    rows = await fetch(BROWSERS.format(shifts=shifts, browsers=marks), book_id, *browsers)
    return {(row["shift_id"], row["browser"]) for row in rows}


def _listed(ids: Iterable[int]) -> str:
    """Return ids for an IN: they are numbers of ours, and there are few of them."""
    return ", ".join(str(int(each)) for each in dict.fromkeys(ids))

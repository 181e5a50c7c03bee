"""Clean scans verify themselves where the rule says so: scanned at both ends, nothing odd, nothing too long."""

from collections.abc import Iterable

from checkin import rules
from checkin.hours_at_hand import all_at_hand
from checkin.hours_models import AwardRule
from checkin.models import Attendance, AttendanceState, CheckinScan, Provenance, Purpose, Shift
from checkin.sharing import sharing_at
from checkin.verification import verify_by_rule
from kernel import clock
from kernel.clock import DAY, MINUTE
from kernel.errors import Refused

AT_ONCE, LOOKS_BACK = 200, 7 * DAY
BOTH_ENDS = {Purpose.ARRIVING, Purpose.LEAVING}


def is_clean(
    attendance: Attendance,
    shift: Shift,
    rule: AwardRule,
    scans: Iterable[CheckinScan],
    flag: str = "",
) -> bool:
    """Say whether nothing about an attendance asks for a person: its scans are those that were accepted."""
    if not rule.verifies_itself or flag:
        return False
    kept = list(scans)
    ends = {scan.purpose for scan in kept if scan.way == "code"}
    untouched = (
        attendance.state is AttendanceState.LEFT
        and attendance.provenance is Provenance.SCANNED
        and attendance.revision == 1
        and not attendance.is_asking
        # Who leads a shift shows its code: somebody else says that they were there.
        and attendance.person_id != shift.leader_id
    )
    latest = shift.ends_at + rule.grace_minutes * MINUTE
    longest = (shift.ends_at - shift.starts_at) // MINUTE + rule.grace_minutes
    return (
        untouched
        and ends == BOTH_ENDS
        and not any(scan.flag or scan.way != "code" for scan in kept)
        and 0 < attendance.minutes_worked <= longest
        and (attendance.checked_out_at or latest + 1) <= latest
    )


async def verify_clean(book_id: int) -> int:
    """Verify every attendance of the last days that is clean, and return how many; the others wait for a person."""
    if not await rules.verify_themselves(book_id):
        return 0
    verified, after = 0, 0
    while rows := await _waiting(book_id, after):
        after = rows[-1].id
        for each in await all_at_hand(book_id, await _clean(book_id, rows)):
            try:
                await verify_by_rule(each)
            except Refused:
                continue  # a used-up budget, a rival: a person sees to it
            verified += 1
    return verified


async def _waiting(book_id: int, after: int) -> list[Attendance]:
    found = Attendance.filter(
        book_id=book_id,
        state=AttendanceState.LEFT,
        provenance=Provenance.SCANNED,
        revision=1,
        checked_out_at__gt=clock.now() - LOOKS_BACK,
        id__gt=after,
    )
    return await found.select_related("shift__activity").order_by("id").limit(AT_ONCE)


async def _clean(book_id: int, rows: list[Attendance]) -> list[Attendance]:
    scans: dict[int | None, list[CheckinScan]] = {}
    ids = [each.id for each in rows]
    for scan in await CheckinScan.filter(book_id=book_id, attendance_id__in=ids, refusal=""):
        scans.setdefault(scan.attendance_id, []).append(scan)
    shared = await sharing_at(book_id, sorted({each.shift_id for each in rows}))
    brings = await rules.of_shifts(book_id, [each.shift for each in rows])
    found = []
    for each in rows:
        rule = brings[each.shift_id]
        flag = shared[each.id].flag if each.id in shared else ""
        if rule and is_clean(each, each.shift, rule, scans.get(each.id, ()), flag):
            found.append(each)
    return found

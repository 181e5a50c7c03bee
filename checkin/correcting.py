"""Put an attendance right, with a reason: forgotten scans, wrong times, breaks, hours that were not served."""

from collections.abc import Sequence

from checkin import awards, rules
from checkin.asking import held
from checkin.attending import refuse_elsewhere
from checkin.errors import AlreadyVerified, ReasonIsMissing
from checkin.hours_models import AwardRule, Break
from checkin.models import Attendance, AttendanceState, Provenance, Shift
from checkin.presence import refuse_breaks, refuse_times
from kernel import clock
from kernel.clock import DAY
from kernel.database import transaction

LONGEST_REASON = 200
Breaks = Sequence[tuple[int, int]]


async def correct(
    book_id: int,
    attendance_id: int,
    by: int,
    *,
    checked_in_at: int,
    checked_out_at: int | None,
    reason: str,
    breaks: Breaks = (),
) -> Attendance:
    """Enter the times that an organiser knows (UTC microseconds); without an end, the person is still present.

    Breaks replace those that were entered before. Raises: AttendanceNotFound, OwnHours, AlreadyVerified,
    ReasonIsMissing, TimesAreImpossible, BreaksAreImpossible, PresentElsewhere, TimesOverlap.
    """
    reason = given(reason)
    async with transaction():
        found = await held(book_id, attendance_id, by)
        if found.state is AttendanceState.VERIFIED:
            raise AlreadyVerified
        shift = await Shift.get(book_id=book_id, id=found.shift_id).select_related("activity")
        times = (checked_in_at, checked_out_at)
        refuse_times(shift.starts_at, shift.ends_at, *times, clock.now())
        refuse_breaks(*times, breaks)
        await refuse_elsewhere(book_id, found.person_id, found.shift_id, *times)
        if found.minutes_recorded is None:
            # What a planned end stood in for was never recorded.
            closed = found.provenance is Provenance.AUTO_CLOSED
            found.minutes_recorded = 0 if closed else found.minutes_worked
        if found.provenance not in (Provenance.BACK_FILLED, Provenance.IMPORTED):
            found.provenance = Provenance.CORRECTED
        await enter(found, shift, times, breaks, by, reason)
    return found


async def enter(
    found: Attendance,
    shift: Shift,
    times: tuple[int, int | None],
    breaks: Breaks,
    by: int,
    reason: str,
) -> None:
    """Write times that an organiser knows, and whether the rule of the day asks for a second person to verify them."""
    came, went = times
    found.state = AttendanceState.PRESENT if went is None else AttendanceState.LEFT
    found.checked_in_at, found.checked_out_at = times
    found.minutes_worked = awards.minutes_served(came, came if went is None else went, breaks)
    found.confirmed_by, found.reason = by, reason
    found.verifier_id, found.verified_at = None, None
    found.asked_at, found.asked_with = None, ""
    found.needs_word = False  # it is the organiser's word now, with the reason
    rule = (await rules.of_shifts(shift.book_id, [shift]))[shift.id]
    # Once two are needed, a smaller step afterwards does not do away with the second.
    found.needs_second = found.needs_second or takes_two(
        rule,
        found.minutes_worked - (found.minutes_recorded or 0),
        clock.now() - shift.ends_at,
    )
    await found.save()
    await Break.filter(book_id=found.book_id, attendance_id=found.id).delete()
    for begins, ends in breaks:
        await Break.create(book_id=found.book_id, attendance=found, begins_at=begins, ends_at=ends)


def takes_two(rule: AwardRule | None, minutes_added: int, late: int) -> bool:
    """Say whether somebody else than the one who enters times must verify them; `late` is since the shift's end."""
    if rule is None:
        return False
    above, after = rule.second_above_minutes, rule.second_after_days
    return (above is not None and minutes_added > above) or (
        after is not None and late > after * DAY
    )


async def reject(book_id: int, attendance_id: int, by: int, reason: str) -> Attendance:
    """Say that these hours do not count, and why; a correction can take that back.

    Raises: AttendanceNotFound, OwnHours, AlreadyVerified, ReasonIsMissing.
    """
    reason = given(reason)
    async with transaction():
        found = await held(book_id, attendance_id, by)
        if found.state is AttendanceState.VERIFIED:
            raise AlreadyVerified
        found.state, found.reason = AttendanceState.REJECTED, reason
        found.verifier_id, found.verified_at = by, clock.now()
        found.asked_at, found.asked_with = None, ""
        await found.save()
    return found


def given(reason: str) -> str:
    """Return a reason that says something. Raises: ReasonIsMissing."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonIsMissing(field="reason")
    return reason

"""Points rules by version, hours that no scan shows, and awards that somebody objects to."""

from api.asking import AttendanceReader, RuleSetter, ShiftRunner, SignedIn, Verifier, Volunteer
from api.attendances import shown
from api.paging import After, Limit, read, write
from api.routing import Id
from api.routing import router as _router
from api.schemas.checkin import Attendance
from api.schemas.hours import AdoptRule, BackFill, Dispute, Leaving, Rule, Rules
from api.schemas.public_notice import OnNotice, PublicNotice
from checkin import arrival, closing, rules
from checkin.back_filling import back_fill
from checkin.public_notice import on_notice

router = _router("hours")


@router.get("/award-rules")
async def award_rules(viewer: SignedIn) -> Rules:
    """List every version of the points rules, latest first."""
    return Rules(items=[Rule.of(rule) for rule in await rules.versions(viewer.book_id)])


@router.post("/award-rules", status_code=201)
async def adopt_award_rule(viewer: RuleSetter, body: AdoptRule) -> Rule:
    """Adopt the next version of a rule; what was served before keeps its own."""
    return Rule.of(
        await rules.adopt_from(viewer.book_id, body.terms(), body.in_force_on, by=viewer.person_id)
    )


@router.get("/public-notice")
async def on_public_notice(
    viewer: AttendanceReader, limit: Limit = 50, after: After = None
) -> PublicNotice:
    """List the hours whose points have not arrived, the first to arrive first; names are masked."""
    place = read(after, 2)
    since = None if place is None else (place[0], place[1])
    rows = await on_notice(viewer.book_id, after=since, limit=limit + 1)
    shown = rows[:limit]
    more = write(shown[-1].arrives_at or 0, shown[-1].id) if len(rows) > limit else None
    return PublicNotice(items=[OnNotice.of(row) for row in shown], next=more)


@router.post("/shifts/{shift_id}/attendances", status_code=201)
async def back_fill_attendance(viewer: ShiftRunner, shift_id: Id, body: BackFill) -> Attendance:
    """Enter a member who was at a shift and was never checked in; it waits for verification."""
    done = await back_fill(
        *(viewer.book_id, shift_id, body.person_id, viewer.person_id),
        checked_in_at=body.checked_in_at,
        checked_out_at=body.checked_out_at,
        reason=body.reason,
    )
    return await shown(viewer, done.id)


@router.post("/attendances/{attendance_id}/leaving", status_code=201)
async def say_when_left(viewer: Volunteer, attendance_id: Id, body: Leaving) -> Attendance:
    """Say when the bearer left a shift that was closed without their check-out; it waits for verification."""
    await closing.say_when_left(viewer.book_id, attendance_id, viewer.person_id, body.left_at)
    return await shown(viewer, attendance_id)


@router.post("/attendances/{attendance_id}/dispute", status_code=201)
async def dispute_award(viewer: Verifier, attendance_id: Id, body: Dispute) -> Attendance:
    """Hold an award's points back while they are on public notice, because somebody objects."""
    await arrival.dispute(viewer.book_id, attendance_id, viewer.person_id, body.reason)
    return await shown(viewer, attendance_id)


@router.delete("/attendances/{attendance_id}/dispute")
async def settle_dispute(viewer: Verifier, attendance_id: Id) -> Attendance:
    """Let a disputed award stand: its points arrive when their notice ends."""
    await arrival.settle(viewer.book_id, attendance_id, viewer.person_id)
    return await shown(viewer, attendance_id)

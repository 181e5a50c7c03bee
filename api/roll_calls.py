"""Roll-calls, devices without a network, and the screens that show a shift's code."""

from fastapi import Response

from api.asking import ShiftRunner, SignedIn
from api.routing import Id
from api.routing import router as _router
from api.schemas.checkin import Attendance, Shift
from api.schemas.roll_calls import (
    Called,
    CodeUse,
    CodeUseSet,
    Departures,
    DeviceRoster,
    LeftBehind,
    OfflineScans,
    RollCall,
    ScreenLink,
    Settlement,
    StoredScan,
    StoredScans,
    TakeScreen,
)
from checkin import board, lending, offline, rollcall, shifts
from kernel import clock
from people.permissions import Viewer

router = _router("roll-calls")


@router.post(
    "/shifts/{shift_id}/roll-call",
    status_code=201,
    responses={200: {"model": Called, "description": "Stood so before; nothing was done."}},
)
async def call_roll(
    viewer: ShiftRunner, shift_id: Id, body: RollCall, response: Response
) -> Called:
    """Let whoever's card, code or number was read come in, or go."""
    done = await rollcall.call(
        viewer.book_id, shift_id, body.code, body.purpose, by=viewer.person_id
    )
    if done.already:
        response.status_code = 200
    return Called(already=done.already, attendance=await _shown(viewer, done.attendance.id))


@router.post("/attendances/{attendance_id}/departure", status_code=201)
async def check_one_out(viewer: ShiftRunner, attendance_id: Id) -> Attendance:
    """Check one person of the list out."""
    await rollcall.let_go(viewer.book_id, attendance_id, viewer.person_id)
    return await _shown(viewer, attendance_id)


@router.post("/shifts/{shift_id}/departures", status_code=201)
async def check_everybody_out(viewer: ShiftRunner, shift_id: Id) -> Departures:
    """Check everybody out who is present; whoever cannot be stays."""
    done = await rollcall.everybody_out(viewer.book_id, shift_id, viewer.person_id)
    stayed = [LeftBehind(person_id=who, code=why.slug) for who, why in done.left_behind]
    return Departures(count=done.count, left_behind=stayed)


@router.get("/shifts/{shift_id}/device-roster")
async def device_roster(viewer: ShiftRunner, shift_id: Id) -> DeviceRoster:
    """Return what a device may keep of the community during a shift, and our clock."""
    kept = await offline.roster(viewer.book_id, shift_id)
    return DeviceRoster(names=kept.names, kept_until=kept.kept_until, now=clock.now())


@router.post("/shifts/{shift_id}/stored-scans")
async def store_scans(viewer: ShiftRunner, shift_id: Id, body: OfflineScans) -> StoredScans:
    """Judge scans made without a network; each once, however often it is sent."""
    done = await offline.take_in(
        viewer.book_id,
        shift_id,
        [each.plain() for each in body.scans],
        body.sent_at,
        by=viewer.person_id,
    )
    return StoredScans(items=[StoredScan.of(each) for each in done])


@router.get("/shifts/{shift_id}/stored-scans")
async def doubtful_scans(viewer: ShiftRunner, shift_id: Id) -> StoredScans:
    """List the scans of a shift that are in doubt and wait for somebody."""
    await shifts.find(viewer.book_id, shift_id)
    found = await offline.doubtful(viewer.book_id, shift_id)
    return StoredScans(items=[StoredScan.of(each) for each in found])


@router.post("/stored-scans/{scan_id}/settlement", status_code=201)
async def settle_scan(viewer: ShiftRunner, scan_id: Id, body: Settlement) -> StoredScan:
    """Believe a doubtful scan, or put it aside."""
    settled = await offline.settle(viewer.book_id, scan_id, by=viewer.person_id, take=body.take)
    return StoredScan.of(settled)


@router.put("/shifts/{shift_id}/code-mode")
async def set_code_mode(viewer: ShiftRunner, shift_id: Id, body: CodeUse) -> CodeUseSet:
    """Say who may use one code: several people, one alone, or a queue."""
    shift = await shifts.set_code_mode(viewer.book_id, shift_id, body.mode)
    return CodeUseSet(shift_id=shift.id, mode=shift.code_mode)


@router.post("/shifts/{shift_id}/screen-links", status_code=201)
async def lend_screen(viewer: ShiftRunner, shift_id: Id) -> ScreenLink:
    """Make a link by which one helper shows the code of this shift."""
    return ScreenLink(token=await lending.lend(viewer.book_id, shift_id, viewer.person_id))


@router.post("/lent-screens", status_code=201)
async def take_screen(viewer: SignedIn, body: TakeScreen) -> Shift:
    """Take a lent screen; from then on the bearer may show this shift's code."""
    shift = await lending.take(viewer.book_id, body.token, viewer.person_id)
    return Shift.of(shift)


async def _shown(viewer: Viewer, attendance_id: int) -> Attendance:
    return Attendance.of((await board.explain(viewer.book_id, attendance_id)).attendance)

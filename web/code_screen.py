"""The code of a shift on a screen: what shows a fresh one, and when the one that is shown has had its day."""

from typing import Any

from starlette.requests import Request

from checkin import single_use, venue_codes
from checkin.board import Board
from checkin.models import CodeMode, Shift, ShiftState
from checkin.venue_codes import CODE_ID_BYTES, STEP_SECONDS
from kernel import clock
from kernel.clock import SECOND
from kernel.settings import settings
from people.permissions import Viewer
from web.addresses import code_on_screen, on_this_computer
from web.shifts import standing


async def code_of(request: Request, viewer: Viewer, seen: Board, here: str) -> dict[str, Any]:
    """Return what shows a fresh code, or why there is none."""
    shift, now = seen.shift, clock.now()
    token = venue_codes.issue(viewer.book_id, shift.id, now)
    issued = venue_codes.opened(token, viewer.book_id, shift.id)
    shown = code_on_screen(request, token, here=here == "1")
    digits = venue_codes.typed(viewer.book_id, shift.id, now)
    return {
        "shift": shift,
        "zone": viewer.zone,
        "standing": standing(shift),
        "may_cancel": seen.nobody_came and shift.state is not ShiftState.CANCELLED,
        "code": shown,
        "mark": issued.id.hex() if issued else "",
        "strict": shift.code_mode is CodeMode.STRICT,
        "typed": f"{digits[:3]} {digits[3:]}",
        "asking_count": len(seen.asking),
        "same_pc": "1" if here == "1" else "",
        "may_show_here": shown is None and on_this_computer(request),
        "only_here": shown is not None and not settings().phones_can_open,
    }


def shift_address(shift_id: int, here: str) -> str:
    """Return where a shift's screen is; `here` keeps the code that only this computer can open."""
    return f"/shifts/{shift_id}" + ("?here=1" if here == "1" else "")


async def is_still_good(shift: Shift, mark: str) -> bool:
    """Say whether the single-use code on a screen, by its mark, was neither used nor shown for long."""
    try:
        code = bytes.fromhex(mark)
    except ValueError:
        return False
    if len(code) != CODE_ID_BYTES:
        return False
    step = int.from_bytes(code[:4], "big")
    if not venue_codes.is_fresh(step, clock.now(), STEP_SECONDS * SECOND):
        return False
    return not await single_use.is_used(shift, code)

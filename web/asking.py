"""Who is asking: the viewer of each request, and what a route asks of them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.alarms import open_alarms
from people import sessions
from people.permissions import Permission, Viewer, require
from people.request_board import board
from web.acts import ACTS
from web.cookies import (
    PRACTICE,
    bring_session,
    drop_cookie,
    read_cookie,
    read_session_cookie,
    renew_session,
)

WITHOUT_VIEWER = ("/static/", "/api/", "/healthz", "/readyz", "/metrics")


class Viewers:
    """Looks up the session once a request and leaves the viewer in `request.state`, with what staff must know."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the roles anew each time: a role taken away is gone with the next request."""
        if scope["type"] != "http" or scope["path"].startswith(WITHOUT_VIEWER):
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        request = Request(scope)
        token = read_session_cookie(request)
        viewer = request.state.viewer = await sessions.viewer_of(token)
        if viewer is None and read_cookie(request, PRACTICE):
            await practice_is_over(request)(scope, receive, send)
            return
        if viewer is not None and viewer.is_staff:
            request.state.alarms = await open_alarms(viewer.book_id)
            request.state.board = await board(ACTS, viewer)
        if token and viewer is not None and viewer.prolonged_seconds:
            renew_session(request, token, viewer.prolonged_seconds)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                bring_session(request, MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, answer)


def practice_is_over(request: Request) -> Response:
    """Lead back to where it counts: the book for practice was thrown away meanwhile."""
    response = RedirectResponse("/", status_code=303)
    drop_cookie(request, response, PRACTICE)
    return response


def viewer_of(request: Request) -> Viewer | None:
    """Return who is asking, or None for a visitor."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    return viewer


@dataclass(frozen=True, slots=True)
class Must:
    """A dependency that lets in whoever may do one kind of work. Raises: SignInNeeded, RoleNeeded."""

    permission: Permission

    def __call__(self, request: Request) -> Viewer:
        """Return who asks."""
        return require(viewer_of(request), self.permission)


def anybody() -> None:
    """Let everybody in; a route that is open says so."""


OPEN = Depends(anybody)
COME_IN = Depends(Must(Permission.COME_IN))

Anyone = Annotated[Viewer, Depends(Must(Permission.COME_IN))]
Volunteer = Annotated[Viewer, Depends(Must(Permission.EARN_AND_SPEND))]
ShiftRunner = Annotated[Viewer, Depends(Must(Permission.RUN_SHIFTS))]
Verifier = Annotated[Viewer, Depends(Must(Permission.VERIFY_HOURS))]
MemberKeeper = Annotated[Viewer, Depends(Must(Permission.KEEP_MEMBERS))]
ShopKeeper = Annotated[Viewer, Depends(Must(Permission.KEEP_SHOP))]
StockCounter = Annotated[Viewer, Depends(Must(Permission.COUNT_STOCK))]
Clerk = Annotated[Viewer, Depends(Must(Permission.SERVE))]
SheetWriter = Annotated[Viewer, Depends(Must(Permission.WRITE_SHEETS))]
Decider = Annotated[Viewer, Depends(Must(Permission.DECIDE_REQUESTS))]
ReceiptReader = Annotated[Viewer, Depends(Must(Permission.READ_RECEIPTS))]
DayCloser = Annotated[Viewer, Depends(Must(Permission.CLOSE_DAYS))]
Desk = Annotated[Viewer, Depends(Must(Permission.TAKE_VOUCHERS))]
AttendanceReader = Annotated[Viewer, Depends(Must(Permission.READ_ATTENDANCES))]
Merchant = Annotated[Viewer, Depends(Must(Permission.RENDER_SERVICES))]
DeskKeeper = Annotated[Viewer, Depends(Must(Permission.KEEP_DESK))]
PartnerWorker = Annotated[Viewer, Depends(Must(Permission.WORK_AT_DESK))]
OwnSettlements = Annotated[Viewer, Depends(Must(Permission.READ_OWN_SETTLEMENTS))]
SettlementReader = Annotated[Viewer, Depends(Must(Permission.READ_SETTLEMENTS))]
Settler = Annotated[Viewer, Depends(Must(Permission.SETTLE))]
BookReader = Annotated[Viewer, Depends(Must(Permission.READ_BOOKS))]
BookTaker = Annotated[Viewer, Depends(Must(Permission.EXPORT_BOOKS))]
MonthCloser = Annotated[Viewer, Depends(Must(Permission.CLOSE_MONTHS))]
EventReader = Annotated[Viewer, Depends(Must(Permission.READ_EVENTS))]
DisclosureReader = Annotated[Viewer, Depends(Must(Permission.READ_DISCLOSURES))]
Eraser = Annotated[Viewer, Depends(Must(Permission.ERASE_PEOPLE))]
RoleGiver = Annotated[Viewer, Depends(Must(Permission.GIVE_ROLES))]
Staff = Annotated[Viewer, Depends(Must(Permission.FOLLOW_REQUESTS))]
AnyDesk = Annotated[Viewer, Depends(Must(Permission.HELP_WITH_LOSS))]
LimitSetter = Annotated[Viewer, Depends(Must(Permission.SET_LIMITS))]
CounterKeeper = Annotated[Viewer, Depends(Must(Permission.SET_UP_COUNTERS))]
SignInKeeper = Annotated[Viewer, Depends(Must(Permission.KEEP_SIGN_IN))]
RuleSetter = Annotated[Viewer, Depends(Must(Permission.SET_RULES))]

"""Who is asking: the bearer of an access token, with the roles that the database gives for this very request."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api import access_tokens
from api.access_tokens import TokenNotAccepted
from people import sessions
from people.permissions import Permission, Viewer, require

bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", scheme_name="access", description="From `POST /tokens`."
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


async def viewer_of(credentials: HTTPAuthorizationCredentials | None) -> Viewer | None:
    """Return the token's bearer, or None without a token. Raises: TokenNotAccepted."""
    if credentials is None:
        return None
    said = access_tokens.read(credentials.credentials)
    viewer = await sessions.viewer_of_session(said.session_id)
    if viewer is None or (viewer.person_id, viewer.book_id) != (said.person_id, said.book_id):
        raise TokenNotAccepted
    return viewer


@dataclass(frozen=True, slots=True)
class Must:
    """A dependency that lets in whoever may do one kind of work. Raises: SignInNeeded, TokenNotAccepted, RoleNeeded."""

    permission: Permission

    async def __call__(self, credentials: Bearer) -> Viewer:
        """Return whose token it is."""
        return require(await viewer_of(credentials), self.permission)


SignedIn = Annotated[Viewer, Depends(Must(Permission.COME_IN))]
Volunteer = Annotated[Viewer, Depends(Must(Permission.EARN_AND_SPEND))]
ShiftRunner = Annotated[Viewer, Depends(Must(Permission.RUN_SHIFTS))]
Verifier = Annotated[Viewer, Depends(Must(Permission.VERIFY_HOURS))]
Clerk = Annotated[Viewer, Depends(Must(Permission.SERVE))]
MemberKeeper = Annotated[Viewer, Depends(Must(Permission.KEEP_MEMBERS))]
ShopKeeper = Annotated[Viewer, Depends(Must(Permission.KEEP_SHOP))]
StockCounter = Annotated[Viewer, Depends(Must(Permission.COUNT_STOCK))]
Finder = Annotated[Viewer, Depends(Must(Permission.FIND_MEMBERS))]
DayCloser = Annotated[Viewer, Depends(Must(Permission.CLOSE_DAYS))]
ReceiptReader = Annotated[Viewer, Depends(Must(Permission.READ_RECEIPTS))]
Desk = Annotated[Viewer, Depends(Must(Permission.TAKE_VOUCHERS))]
Merchant = Annotated[Viewer, Depends(Must(Permission.RENDER_SERVICES))]
DeskKeeper = Annotated[Viewer, Depends(Must(Permission.KEEP_DESK))]
OwnSettlements = Annotated[Viewer, Depends(Must(Permission.READ_OWN_SETTLEMENTS))]
SettlementReader = Annotated[Viewer, Depends(Must(Permission.READ_SETTLEMENTS))]
Settler = Annotated[Viewer, Depends(Must(Permission.SETTLE))]
AttendanceReader = Annotated[Viewer, Depends(Must(Permission.READ_ATTENDANCES))]
BookReader = Annotated[Viewer, Depends(Must(Permission.READ_BOOKS))]
LimitSetter = Annotated[Viewer, Depends(Must(Permission.SET_LIMITS))]
RuleSetter = Annotated[Viewer, Depends(Must(Permission.SET_RULES))]
MonthCloser = Annotated[Viewer, Depends(Must(Permission.CLOSE_MONTHS))]
Staff = Annotated[Viewer, Depends(Must(Permission.FOLLOW_REQUESTS))]
SheetWriter = Annotated[Viewer, Depends(Must(Permission.WRITE_SHEETS))]
Decider = Annotated[Viewer, Depends(Must(Permission.DECIDE_REQUESTS))]

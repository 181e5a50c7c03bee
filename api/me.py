"""What the bearer may know of themselves: who, how many points, and why."""

from api import paging
from api.asking import SignedIn
from api.days import AskedDays, Days
from api.paging import After, CursorUnreadable, Limit
from api.routing import router as _router
from api.schemas.checkin import Attendance, Attendances
from api.schemas.people import Balance, Community, Me, PointsLot
from api.schemas.statements import Statement
from checkin import board
from checkin.models import AttendanceState
from kernel import clock
from kernel.days import day_of
from ledger import chart, purse
from ledger.accounts import find_accounts
from ledger.balances import wallet
from ledger.dated_statements import statement_between
from ledger.statements import SEALED_PLACE, statement
from people.permissions import Viewer

router = _router("me")


@router.get("/me")
async def me(viewer: SignedIn) -> Me:
    """Say who is signed in, where, and as what."""
    community = Community(community_id=viewer.book_id, name=viewer.community, zone=viewer.zone)
    return Me(
        person_id=viewer.person_id,
        name=viewer.name,
        number=viewer.number,
        roles=sorted(viewer.roles),
        company_id=viewer.company_id,
        community=community,
    )


@router.get("/me/balance")
async def my_balance(viewer: SignedIn) -> Balance:
    """Return the bearer's points and minutes, all of one moment."""
    held = await wallet(viewer.book_id, viewer.person_id)
    lots = [PointsLot(expires_on=lot.expires_on, points=lot.amount) for lot in held.purse.lots]
    return Balance(
        points_available=purse.available(held.purse, day_of(clock.now(), viewer.zone)),
        points_pending=held.pending.balance,
        points_owed=held.owed.balance,
        points_earned_ever=held.points_earned,
        points_spent_ever=held.points_spent,
        minutes_served=held.minutes.balance,
        lots=lots,
    )


@router.get("/me/statement")
async def my_statement(
    viewer: SignedIn, asked: AskedDays, limit: Limit = 50, after: After = None
) -> Statement:
    """Return the movements of the bearer's points, latest first."""
    name = chart.purse(viewer.person_id)
    found = await find_accounts(viewer.book_id, [name])
    if name not in found:
        return Statement.of_nothing(asked.between)
    return await statement_page(viewer, found[name].id, asked, limit, after)


@router.get("/me/attendances")
async def my_attendances(viewer: SignedIn, limit: Limit = 50, after: After = None) -> Attendances:
    """Return where the bearer has helped, in the order in which they came."""
    return await attendance_page(viewer.book_id, limit, after, person_id=viewer.person_id)


async def attendance_page(
    book_id: int,
    limit: int,
    after: str | None,
    *,
    state: AttendanceState | None = None,
    shift_id: int | None = None,
    person_id: int | None = None,
) -> Attendances:
    """Return a page of attendances, and where the next one goes on."""
    (last,) = paging.read(after, 1) or (0,)
    rows = await board.attendances(
        book_id,
        state=state,
        shift_id=shift_id,
        person_id=person_id,
        after_id=last,
        limit=limit + 1,
    )
    more = paging.write(rows[limit - 1].id) if len(rows) > limit else None
    return Attendances(items=[Attendance.of(row) for row in rows[:limit]], next=more)


async def statement_page(
    viewer: Viewer, account_id: int, asked: Days, limit: int, after: str | None
) -> Statement:
    """Return a page of an account's statement, and where the next one goes on."""
    before = paging.read(after, 1, SEALED_PLACE)
    book_id, between = viewer.book_id, asked.between
    if between == (None, None):
        page = await statement(book_id, account_id, before=before, limit=limit)
    else:
        page = await statement_between(book_id, account_id, *between, before=before, limit=limit)
    if before and len(before) != (1 if page.floored else SEALED_PLACE):
        raise CursorUnreadable(field="after")
    more = paging.write(*page.next) if page.next else None
    return Statement.of(page, viewer.zone, between, more)

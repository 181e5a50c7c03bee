"""The front door: for a visitor what this is, for a volunteer the own points; and the code to show."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from checkin import board, closing, leading, on_call, shifts, signup_lists
from checkin.models import (
    Activity,
    Attendance,
    AttendanceState,
    Provenance,
    Shift,
    ShiftState,
)
from checkin.on_call import Out
from checkin.presence import CLOSES_AFTER
from checkin.signup_lists import Opening
from kernel import clock
from kernel.days import day_of
from kernel.errors import DomainError
from ledger import chart
from ledger.balances import holdings
from ledger.post import Lot
from people import codes, roster
from people.lapsing import about_to_lapse
from people.permissions import Permission, Viewer
from redemption import happened
from web import entered, together
from web.addresses import code_text
from web.asking import OPEN, Volunteer, viewer_of
from web.record_words import Record, records_of
from web.records import earned_since, page_of
from web.render import page, redirect
from web.signin import first_page

router = APIRouter(include_in_schema=False)

LATEST, COMING = 4, 3
RENEWED_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Alone:
    """Work on call: what can be started, what waits for a word, whose word one is asked for, and the leader's part.

    `leader` says what may be done for the leader of the shift where one is: `in`, `out`, or nothing.
    """

    activities: list[Activity]
    waiting: list[Attendance]
    asked: list[Out]
    leader: str


@dataclass(frozen=True, slots=True)
class Home:
    """What a volunteer's first page shows; every part but the points may be empty."""

    points: int
    minutes: int
    this_month: int
    owed: int
    on_notice: int
    waiting: list[Attendance]
    asked: list[tuple[Attendance, Sequence[int]]]
    expiring: list[tuple[Lot, int]]
    new: int
    present: Attendance | None
    forgotten: bool
    records: list[Record]
    coming: list[Shift]
    signed: list[Opening]
    office_phone: str
    alone: Alone


@router.get("/", dependencies=[OPEN])
async def front(request: Request) -> Response:
    """Show the front door."""
    viewer = viewer_of(request)
    if viewer is None:
        return page(request, "front.html", communities=await roster.communities())
    if not viewer.may(Permission.EARN_AND_SPEND):
        return redirect(request, first_page(viewer.roles))
    return await home_page(request, viewer)


async def home_page(
    request: Request,
    viewer: Viewer,
    refusal: DomainError | None = None,
    answered: tuple[int, str] = (0, ""),
) -> Response:
    """Show a volunteer's first page; with a refusal, beside the answer that was `answered` for an attendance."""
    others = await together.sharers(request)
    response = page(
        request,
        "home.html",
        status=entered.status(refusal),
        zone=viewer.zone,
        home=await home_of(viewer),
        sharers=others,
        refusal=refusal,
        answered=answered,
    )
    if not viewer.is_staff:
        together.renew(request, response)
    return response


@router.get("/code")
async def code(request: Request, viewer: Volunteer) -> Response:
    """Show the viewer's own code, alone on the screen; the page asks for the next one by itself."""
    member = await roster.member(viewer.book_id, viewer.person_id)
    token = codes.make_code(codes.member_key(), viewer.book_id, member.id, clock.now())
    return page(
        request,
        "code.html",
        block="image",
        code=code_text(token),
        number=member.shown_number,
        every=RENEWED_SECONDS,
    )


async def home_of(viewer: Viewer) -> Home:
    """Gather a volunteer's first page."""
    book, person, now = viewer.book_id, viewer.person_id, clock.now()
    purse, minutes, owed, pending = (
        name(person) for name in (chart.purse, chart.minutes, chart.owed, chart.pending)
    )
    held = await holdings(book, [purse, minutes, owed, pending])
    today = day_of(now, viewer.zone)
    latest = await page_of(book, purse)
    own = await board.of_volunteer(book, person)
    present = next((each for each in own if each.state is AttendanceState.PRESENT), None)
    been = {each.shift_id for each in own if each.checked_in_at is not None}
    signed = await signup_lists.own(book, person)
    been |= {each.shift.id for each in signed}
    coming = [each for each in await shifts.coming(book) if each.id not in been]
    return Home(
        points=held[purse].balance,
        minutes=held[minutes].balance,
        this_month=await earned_since(book, purse, today // 100 * 100 + 1),
        owed=held[owed].balance,
        on_notice=held[pending].balance,
        waiting=[each for each in own if each.state is AttendanceState.LEFT],
        asked=[(each, closing.guesses(each)) for each in own if closing.asks(each)],
        expiring=about_to_lapse(held[purse].lots, today),
        new=sum(each.is_new for each in await happened.happened(book, person)),
        present=present,
        forgotten=present is not None and now > present.shift.ends_at + CLOSES_AFTER,
        records=(await records_of(book, latest.lines, viewer.zone))[:LATEST],
        coming=[each for each in coming if each.state is ShiftState.OPEN][:COMING],
        signed=signed,
        office_phone=(await roster.community(book)).office_phone,
        alone=await _alone(viewer, own, present),
    )


async def _alone(viewer: Viewer, own: list[Attendance], present: Attendance | None) -> Alone:
    book, person = viewer.book_id, viewer.person_id
    over = [each for each in own if each.needs_word and each.state is AttendanceState.LEFT]
    return Alone(
        activities=await on_call.activities(book),
        waiting=[each for each in over if each.provenance is Provenance.SELF_REPORTED],
        asked=await on_call.asked_of(book, person),
        leader=await leading.leader_standing(book, present.shift, person) if present else "",
    )

"""What a scanned code opens, for whoever scans it. Looking changes nothing; the token leaves the address at once.

A points card or code opens the home of its owner; at a running shift it is received, at the counter it is served; for
anybody else it is somebody else's. A voucher opens for its owner, is used at its company's desk, and for anybody else
says where it is taken. A pick-up code opens its owner's reservation, and hands it out at the counter. A shift's code
checks in, a service card begins or ends an errand, an invite welcomes, a poster leads everybody to their own points.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from checkin import arriving, receiving, venue_codes
from checkin.errors import CodeExpired
from checkin.rollcall_errors import CodeIsUsed
from checkin.service_card_codes import SERVICE_CARD
from kernel import clock
from kernel.errors import N_
from kernel.keys import signing_key
from people import codes, collecting, posters, roster
from people.card_codes import CARD, is_card
from people.card_issuing import card_of
from people.permissions import Permission, Viewer
from redemption import pickup_codes, reservations, voucher_codes, vouchers
from web.asking import OPEN, viewer_of
from web.claims import keep_claim
from web.errors import status_of
from web.i18n import gettext
from web.render import page, redirect
from web.scans import keep_scan

router = APIRouter(include_in_schema=False, dependencies=[OPEN])

INVITE_SIGNS = 26
NOT_FOUND = 404


class Token(Enum):
    """What a code is, by its first byte or its length."""

    SHIFT = venue_codes.CODE_TYPE
    MEMBER = codes.MEMBER_CODE
    CARD = CARD
    POSTER = posters.POSTER
    VOUCHER = voucher_codes.TYPE
    SERVICE = SERVICE_CARD
    COLLECT = collecting.COLLECT_CODE
    PICKUP = pickup_codes.PICKUP
    INVITE = "invite"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """One big answer: its colour, word and sentence, and where to go on from there."""

    kind: str
    word: str
    sentence: str
    status: int = 200
    next_label: str = N_("To the first page")
    next_path: str = "/"


STRANGERS_CODE = Answer(
    "orange",
    N_("This is somebody else's points code"),
    N_("Please give it back, or hand it to the staff. Nothing has been done with it."),
)
STRANGERS_CARD = Answer(
    "orange",
    N_("This is somebody else's points card"),
    N_("Please hand it to the staff of the community. Nothing has been done with it."),
)
A_CARD = Answer(
    "orange",
    N_("This is a points card"),
    N_(
        "If it is yours, show it at a shift or at the exchange counter; a card signs nobody in. If you found it, "
        "please hand it to the staff of the community."
    ),
)
OWN_POINTS = Answer(
    "grey",
    N_("This phone does not know you yet"),
    N_(
        "Ask the staff for a sign-in code or a number slip; it takes a minute, and then this poster leads to your own "
        "points."
    ),
    next_label=N_("I have a number slip"),
    next_path="/slip",
)
STRANGERS_VOUCHER = Answer(
    "orange",
    N_("This is a property-fee voucher"),
    N_("Please show it at the front desk of the property company. Nothing has been taken off it."),
)
COLLECT_AT_THE_SHOP = Answer(
    "orange",
    N_("With this code you collect for somebody"),
    N_("Please show it at the counter of the charity shop today. Nothing has been taken off."),
)
RESERVED_GOODS = Answer(
    "orange",
    N_("This is a pick-up code for reserved goods"),
    N_(
        "Please show it at the counter of the charity shop. Nothing has been handed out or taken off."
    ),
)
NOTHING_OF_OURS = Answer(
    "orange",
    N_("We do not know this code"),
    N_("Part of it may be missing. Please scan it again, closer and in good light."),
    status=NOT_FOUND,
)


def what_is(token: str) -> Token:
    """Say what a scanned token is; nothing is proved by it yet."""
    first = codes.kind_of(token)
    if first is None:
        return Token.UNKNOWN
    # A link has no type byte: its length alone tells it, whatever its first byte happens to be.
    if len(token) == INVITE_SIGNS:
        return Token.INVITE
    return Token(first) if first in (each.value for each in Token) else Token.UNKNOWN


@router.get("/Q/{token}")
@router.get("/q/{token}", include_in_schema=False)
async def land(request: Request, token: str) -> Response:
    """Open what a code stands for."""
    token = codes.read_scanned(token)
    opens = OPENS.get(what_is(token))
    return await opens(request, token) if opens else show(request, NOTHING_OF_OURS)


async def _to_collect(request: Request, token: str) -> Response:
    """Lead a clerk to the counter with the code, and anybody else to the shop."""
    viewer = viewer_of(request)
    if viewer is not None and viewer.may(Permission.SERVE):
        return keep_scan(request, redirect(request, "/counter"), token)
    return show(request, COLLECT_AT_THE_SHOP)


def show(request: Request, answer: Answer, **members: Any) -> Response:
    """Show one big answer."""
    return page(
        request,
        "answer.html",
        status=answer.status,
        kind=answer.kind,
        word=gettext(answer.word),
        sentence=gettext(answer.sentence, **members),
        next_label=gettext(answer.next_label),
        next_path=answer.next_path,
    )


async def _at_a_shift(request: Request, token: str) -> Response:
    try:
        claim = await arriving.look(token)
    except (CodeExpired, CodeIsUsed) as refusal:
        status, again = status_of(refusal), N_("Scan again, or type the number")
        old = Answer("red", refusal.title, refusal.detail, status, again, "/scan")
        return show(request, old)
    response = redirect(request, "/check-in")
    keep_claim(request, response, claim)
    return response


async def _member(request: Request, token: str) -> Response:
    viewer = viewer_of(request)
    if viewer is None:
        return show(request, STRANGERS_CODE)
    key, now = codes.member_key(), clock.now()
    code = codes.read_code(key, viewer.book_id, token, now)
    if code is None:
        return show(request, NOTHING_OF_OURS)
    own = await roster.member(viewer.book_id, viewer.person_id)
    if code.membership_id == own.id:
        return redirect(request, "/")
    return await _to_a_desk(request, token, viewer) or show(request, STRANGERS_CODE)


async def _card(request: Request, token: str) -> Response:
    viewer = viewer_of(request)
    if viewer is None or not is_card(token):
        return show(request, A_CARD if is_card(token) else NOTHING_OF_OURS)
    card = await card_of(viewer.book_id, token)
    if card is None:
        return show(request, NOTHING_OF_OURS)
    if card.person_id == viewer.person_id:
        return redirect(request, "/")
    return await _to_a_desk(request, token, viewer) or show(request, STRANGERS_CARD)


async def _to_a_desk(request: Request, token: str, viewer: Viewer) -> Response | None:
    """Lead somebody who works here on to where the code or card is asked about and used; None for anybody else."""
    organises = viewer.may(Permission.RUN_SHIFTS)
    if organises and await receiving.running(viewer.book_id):
        return keep_scan(request, redirect(request, "/arrivals"), token)
    if viewer.may(Permission.SERVE):
        return keep_scan(request, redirect(request, "/counter"), token)
    if organises:
        return keep_scan(request, redirect(request, "/arrivals"), token)
    return None


async def _voucher(request: Request, token: str) -> Response:
    viewer = viewer_of(request)
    if viewer is None:
        return show(request, STRANGERS_VOUCHER)
    key = signing_key("voucher").public_key()
    code = voucher_codes.read(token, viewer.book_id, key)
    if code is None:
        return show(request, NOTHING_OF_OURS)
    found = await vouchers.voucher(viewer.book_id, code.voucher_id)
    if found.person_id == viewer.person_id:
        return redirect(request, f"/vouchers/{found.id}")
    if viewer.may(Permission.TAKE_VOUCHERS) and viewer.company_id == found.company_id:
        return redirect(request, f"/desk/vouchers/{voucher_codes.grouped(found.serial)}")
    at = Answer(
        "orange",
        STRANGERS_VOUCHER.word,
        N_("Please show it at the front desk of %(company)s. Nothing has been taken off it."),
    )
    return show(request, at, company=found.company.name)


async def _own_points(request: Request, _: str) -> Response:
    return redirect(request, "/") if viewer_of(request) else show(request, OWN_POINTS)


async def _at_a_door(request: Request, token: str) -> Response:
    """Whoever is not signed in does so there, while the scan is kept."""
    return keep_scan(request, redirect(request, "/errands/card"), token)


async def _reserved(request: Request, token: str) -> Response:
    """Lead its owner to the reservation, a clerk to the counter with the code, and anybody else to the shop."""
    viewer = viewer_of(request)
    if viewer is None:
        return show(request, RESERVED_GOODS)
    reservation_id = pickup_codes.read_code(viewer.book_id, token)
    if reservation_id is None:
        return show(request, NOTHING_OF_OURS)
    found = await reservations.reservation(viewer.book_id, reservation_id)
    if found.person_id == viewer.person_id:
        return redirect(request, f"/reservations/{found.id}")
    if viewer.may(Permission.SERVE):
        return keep_scan(request, redirect(request, "/counter"), token)
    return show(request, RESERVED_GOODS)


async def _invite(request: Request, token: str) -> Response:
    return redirect(request, f"/welcome/{token}")


OPENS: dict[Token, Callable[[Request, str], Awaitable[Response]]] = {
    Token.SHIFT: _at_a_shift,
    Token.MEMBER: _member,
    Token.CARD: _card,
    Token.VOUCHER: _voucher,
    Token.INVITE: _invite,
    Token.POSTER: _own_points,
    Token.COLLECT: _to_collect,
    Token.PICKUP: _reserved,
    Token.SERVICE: _at_a_door,
}

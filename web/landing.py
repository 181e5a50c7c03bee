"""What a scanned code opens, for whoever scans it. Looking changes nothing; the token leaves the address at once."""

from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from checkin import arriving, venue_codes
from checkin.errors import CodeExpired
from kernel import clock
from kernel.errors import N_
from kernel.keys import signing_key
from people import codes, collecting, roster
from people.models import Role
from people.permissions import Viewer
from redemption import voucher_codes, vouchers
from web.asking import viewer_of
from web.claims import keep_claim
from web.errors import status_of
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False)

INVITE_SIGNS = 26
NOT_FOUND = 404


class Token(Enum):
    """What a code is, by its first byte or its length."""

    SHIFT = venue_codes.CODE_TYPE
    MEMBER = codes.MEMBER_CODE
    VOUCHER = voucher_codes.TYPE
    COLLECT = collecting.COLLECT_CODE
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
    match what_is(token):
        case Token.SHIFT:
            return await _at_a_shift(request, token)
        case Token.MEMBER:
            return await _member(request, token, viewer_of(request))
        case Token.VOUCHER:
            return await _voucher(request, token, viewer_of(request))
        case Token.COLLECT:
            return _to_collect(request, token, viewer_of(request))
        case Token.INVITE:
            return redirect(request, f"/welcome/{token}")
    return show(request, NOTHING_OF_OURS)


def _to_collect(request: Request, token: str, viewer: Viewer | None) -> Response:
    """Lead a clerk to the counter with the code, and anybody else to the shop."""
    if viewer is not None and viewer.has(Role.CLERK):
        return redirect(request, f"/counter?code={token}")
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
    except CodeExpired as refusal:
        status, again = status_of(refusal), N_("Scan again, or type the number")
        old = Answer("red", refusal.title, refusal.detail, status, again, "/scan")
        return show(request, old)
    response = redirect(request, "/check-in")
    keep_claim(request, response, claim)
    return response


async def _member(request: Request, token: str, viewer: Viewer | None) -> Response:
    if viewer is None:
        return show(request, STRANGERS_CODE)
    key, now = codes.member_key(), clock.now()
    code = codes.read_code(key, viewer.book_id, token, now)
    if code is None:
        return show(request, NOTHING_OF_OURS)
    own = await roster.member(viewer.book_id, viewer.person_id)
    if code.membership_id == own.id:
        return redirect(request, "/")
    if viewer.has(Role.CLERK):
        return redirect(request, f"/counter?code={quote(token)}")
    return show(request, STRANGERS_CODE)


async def _voucher(request: Request, token: str, viewer: Viewer | None) -> Response:
    if viewer is None:
        return show(request, STRANGERS_VOUCHER)
    key = signing_key("voucher").public_key()
    code = voucher_codes.read(token, viewer.book_id, key)
    if code is None:
        return show(request, NOTHING_OF_OURS)
    found = await vouchers.voucher(viewer.book_id, code.voucher_id)
    if found.person_id == viewer.person_id:
        return redirect(request, f"/vouchers/{found.id}")
    if viewer.has(Role.PROPERTY_DESK):
        return redirect(request, f"/desk?code={quote(token)}")
    at = Answer(
        "orange",
        STRANGERS_VOUCHER.word,
        N_("Please show it at the front desk of %(company)s. Nothing has been taken off it."),
    )
    return show(request, at, company=found.company.name)

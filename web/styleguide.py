"""Every component and state as a page, with made-up figures: looked at in both modes before anything is wired."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kernel import clock
from kernel.errors import N_, NotFound
from kernel.settings import settings
from people.models import Role
from people.permissions import Viewer
from web import nav
from web.asking import OPEN
from web.errors import error_page
from web.i18n import gettext
from web.render import page, redirect

router = APIRouter(prefix="/styleguide", include_in_schema=False, dependencies=[OPEN])

SHEETS = {
    "components": N_("Components"),
    "home": N_("Volunteer's first page"),
    "first-visit": N_("Volunteer's first visit"),
    "code": N_("The code on the whole screen"),
    "answers": N_("Answers to a scan"),
    "scan": N_("Scanning"),
    "counter": N_("Exchange counter"),
    "counter-states": N_("What the counter says"),
    "shift": N_("Shift screen"),
    "reviews": N_("Review hours"),
    "voucher": N_("Voucher"),
    "desk": N_("Property desk"),
    "books": N_("Points ledger"),
    "notice": N_("Public notice"),
    "paper": N_("Card and slip"),
}
STAFF = {
    "counter": "clerk",
    "counter-states": "clerk",
    "shift": "organiser",
    "reviews": "organiser",
    "desk": "property_desk",
    "books": "auditor",
}
WEEKS = (
    ("9/7", 610, 410),
    ("9/14", 705, 520),
    ("9/21", 540, 480),
    ("9/28", 820, 600),
    ("10/5", 760, 700),
    ("10/12", 905, 640),
    ("10/19", 690, 560),
    ("10/26", 940, 720),
)


@router.get("")
def contents(request: Request) -> Response:
    """List the sheets."""
    return page(request, "styleguide/contents.html", sheets=SHEETS)


@router.get("/{name}")
def sheet(request: Request, name: str) -> Response:
    """Show one sheet as its audience would see it."""
    if name not in SHEETS:
        return error_page(request, 404, NotFound())
    role = STAFF.get(name, "volunteer")
    who = gettext("Wang Xiulan") if role == "volunteer" else gettext("Ms Chen")
    viewer = Viewer(
        person_id=1,
        book_id=1,
        name=who,
        roles=frozenset({Role(role)}),
        session_id=1,
        zone=settings().zone,
    )
    care = request.cookies.get("care") == "1"
    return page(
        request,
        f"styleguide/{name}.html",
        scan=name in ("scan", "counter", "desk"),
        viewer=viewer,
        tabs=nav.menu(nav.TABS, viewer, care=care),
        side=nav.menu(nav.SIDE, viewer),
        **_figures(),
    )


@router.post("/{name}")
async def try_out(request: Request, name: str) -> Response:
    """Say what a form of a sheet sent; nothing is kept."""
    form = await request.form()
    sent = [str(text) for field, text in form.items() if field in ("code", "voucher", "amount")]
    to = f"/styleguide/{name}" if name in SHEETS else "/styleguide"
    return redirect(request, to, gettext("Sent: %(text)s", text=" · ".join(sent)))


def _figures() -> dict[str, Any]:
    """Return made-up figures that agree with each other."""
    return {
        "sample": "HTTPS://CAIHONG.EXAMPLE.CN/Q/AEBAGBAFAYDQQCIK",
        "now": clock.now(),
        "weeks": [
            {"label": label, "a": a, "b": b, "href": f"#{label}", "said": _said(label, a, b)}
            for label, a, b in WEEKS
        ],
        "issued": sum(week[1] for week in WEEKS),
        "redeemed": sum(week[2] for week in WEEKS),
    }


def _said(label: str, issued: int, redeemed: int) -> str:
    text = gettext("Week from %(day)s: issued %(issued)s, exchanged %(redeemed)s")
    return text % {"day": label, "issued": issued, "redeemed": redeemed}

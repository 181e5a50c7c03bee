"""What happened at the doors, for the administrator: who came in, who was refused, which role was given."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import N_
from people import roster
from people.events import Happening, events_of
from web.asking import EventReader
from web.fields import Id
from web.member_words import ROLES
from web.render import page

router = APIRouter(include_in_schema=False)
PAGE = 50
WORDS = {
    Happening.SIGNED_IN: N_("Signed in"),
    Happening.REFUSED: N_("Wrong password or code"),
    Happening.LOCKED: N_("Has to wait after many wrong tries"),
    Happening.SESSION_ENDED: N_("Signed out"),
    Happening.INVITE_MADE: N_("Sign-in code made"),
    Happening.INVITE_USED: N_("Sign-in code used"),
    Happening.RECOGNISED: N_("Phone recognised by staff"),
    Happening.PASSWORD_SET: N_("Password set"),
    Happening.CODE_SENT: N_("Code sent to the phone"),
    Happening.CODE_NOT_SENT: N_("Code could not be sent"),
    Happening.ROLE_GIVEN: N_("Role given"),
    Happening.ROLE_TAKEN: N_("Role taken away"),
    Happening.SUSPENDED: N_("All roles taken away"),
    Happening.APP_SET: N_("Authenticator app set up"),
    Happening.SHEET_MADE: N_("Sheet of codes made"),
    Happening.PASSKEY_ADDED: N_("Passkey added"),
    Happening.PASSKEY_REMOVED: N_("Passkey removed"),
    Happening.CLERK_PIN_SET: N_("Counter PIN set"),
    Happening.COUNTER_SET_UP: N_("Browser made a counter"),
    Happening.COUNTER_REMOVED: N_("Browser is a counter no longer"),
    Happening.RESET: N_("Password and second proof taken away"),
    Happening.SETUP_CODE_USED: N_("Set up with the code of the console"),
    Happening.RECOVERY_SHEET_MADE: N_("Recovery sheet printed"),
    Happening.RECOVERY_SHEET_USED: N_("Recovery sheet used"),
}
DETAILS = {
    "password": N_("staff password"),
    "staff": N_("staff password"),
    "own-password": N_("own password"),
    "own": N_("own password"),
    "code": N_("code to the phone"),
    "second-code": N_("password and a code"),
    "app": N_("authenticator app set up"),
    "sheet": N_("sheet of codes set up"),
    "passkey": N_("password and passkey"),
    "clerk-pin": N_("PIN at the counter"),
    "console": N_("on the server’s console"),
    "all": N_("on every phone and computer"),
    **{role.value: words for role, words in ROLES.items()},
}


@router.get("/events")
async def events(request: Request, viewer: EventReader, of: str = "", before: Id = 0) -> Response:
    """List the events, the latest first."""
    what = Happening(of) if of in set(Happening) else None
    found = await events_of(viewer.book_id, what=what, before_id=before or None, limit=PAGE + 1)
    shown = found[:PAGE]
    people = {each for event in shown for each in (event.person_id, event.by_id) if each}
    return page(
        request,
        "members/events.html",
        zone=viewer.zone,
        events=shown,
        more=shown[-1].id if len(found) > PAGE else None,
        names=await roster.memberships(viewer.book_id, people),
        words=WORDS,
        details=DETAILS,
        of=of if what else "",
    )

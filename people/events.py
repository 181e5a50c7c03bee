"""What happened at the doors: who came in, who was refused, which role and session was given or taken. Ids only."""

import logging
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from kernel import clock
from kernel.ids import new_id

log = logging.getLogger("caihong.security")


class Happening(StrEnum):
    """The events that an administrator may have to ask about."""

    SIGNED_IN = "signed-in"
    REFUSED = "refused"
    LOCKED = "locked"
    SESSION_ENDED = "session-ended"
    INVITE_MADE = "invite-made"
    INVITE_USED = "invite-used"
    RECOGNISED = "recognised"
    PASSWORD_SET = "password-set"  # noqa: S105  a word, no password
    CODE_SENT = "code-sent"
    CODE_NOT_SENT = "code-not-sent"
    ROLE_GIVEN = "role-given"
    ROLE_TAKEN = "role-taken"
    SUSPENDED = "suspended"
    APP_SET = "app-set"
    SHEET_MADE = "sheet-made"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    CLERK_PIN_SET = "clerk-pin-set"
    CLERK_PIN_DROPPED = "clerk-pin-dropped"
    DESK_CODE_MADE = "desk-code-made"
    COUNTER_SET_UP = "counter-set-up"
    COUNTER_REMOVED = "counter-removed"
    RESET = "reset"
    SETUP_CODE_USED = "setup-code-used"
    RECOVERY_SHEET_MADE = "recovery-sheet-made"
    RECOVERY_SHEET_USED = "recovery-sheet-used"


# What changes who can get in at all: told on the console of a command too, where nothing else is logged.
GRAVE = frozenset(
    {
        Happening.RESET,
        Happening.SETUP_CODE_USED,
        Happening.RECOVERY_SHEET_MADE,
        Happening.RECOVERY_SHEET_USED,
    }
)


class SecurityEvent(Model):
    """One such event: of whom, by whom. `book_id` is empty where the name that was tried belongs to nobody."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField(null=True)
    happening = fields.CharField(max_length=20)  # a Happening; new ones need no change of the table
    person_id = fields.BigIntField(null=True)
    by_id = fields.BigIntField(null=True)
    session_id = fields.BigIntField(null=True)
    detail = fields.CharField(max_length=40, default="")  # a role or a way in, a word of ours
    happened_at = fields.BigIntField()

    class Meta:
        table = "security_event"
        indexes = (("book_id", "id"),)


async def happened(
    what: Happening,
    book_id: int | None = None,
    person_id: int | None = None,
    *,
    by: int | None = None,
    session_id: int | None = None,
    detail: str = "",
) -> None:
    """Write an event down, within the transaction of the verb where there is one, and to the log."""
    event = await SecurityEvent.create(
        book_id=book_id,
        happening=what,
        person_id=person_id,
        by_id=by,
        session_id=session_id,
        detail=detail,
        happened_at=clock.now(),
    )
    log.log(
        logging.WARNING if what in GRAVE else logging.INFO,
        "%s event=%s book=%s person=%s by=%s session=%s detail=%s",
        *(what.value, event.id, book_id, person_id, by, session_id, detail),
    )


async def events_of(
    book_id: int, *, what: Happening | None = None, before_id: int | None = None, limit: int = 50
) -> list[SecurityEvent]:
    """Return a community's events, the latest first, a page before an id."""
    found = SecurityEvent.filter(book_id=book_id)
    if what is not None:
        found = found.filter(happening=what.value)
    if before_id is not None:
        found = found.filter(id__lt=before_id)
    return await found.order_by("-id").limit(limit)

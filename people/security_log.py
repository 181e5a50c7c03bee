"""What happened at the doors, for whoever watches over them: one line each in the log, ids and words of ours only."""

import logging

log = logging.getLogger("caihong.security")
# What changes who can get in at all: told on the console of a command too, where nothing else is logged.
GRAVE = frozenset({"reset", "recovery-sheet-made", "recovery-sheet-used", "setup-code-used"})


async def happened(
    what: str,
    book_id: int | None = None,
    person_id: int | None = None,
    *,
    by: int | None = None,
    session_id: int | None = None,
    detail: str = "",
) -> None:
    """Write an event down."""
    log.log(
        logging.WARNING if what in GRAVE else logging.INFO,
        "%s book=%s person=%s by=%s session=%s detail=%s",
        *(what, book_id, person_id, by, session_id, detail),
    )

"""What happened at the doors, for whoever watches over them: one line each in the log, ids and words of ours only."""

import logging

log = logging.getLogger("caihong.security")


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
    log.info(
        "%s book=%s person=%s by=%s session=%s detail=%s",
        *(what, book_id, person_id, by, session_id, detail),
    )

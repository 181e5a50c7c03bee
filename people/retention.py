"""How long what is over is kept, and the tidying that deletes it. The books and attendances are never touched."""

from dataclasses import dataclass

from kernel import clock
from kernel.clock import DAY
from kernel.database import execute, fetch
from kernel.errors import N_

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of a table that are over (`over`, with $1 the moment before which they count) stay so long, and why."""

    table: str
    title: str
    days: int
    over: str
    why: str
    key: str = "id"


RETENTION: tuple[Kept, ...] = (
    # What points at another table comes before it.
    Kept(
        "refresh_token", N_("Spent keys of programs, and those of programs signed out"), 30,
        "(spent_at < $1 OR session_id IN (SELECT id FROM session WHERE COALESCE(ended_at, ends_at) < $1))",
        N_("so that a stolen one is noticed when it comes back"),
    ),
    Kept(
        "session", N_("Browsers that were signed out or ran out"), 30,
        "COALESCE(ended_at, ends_at) < $1",
        N_("so that a strange sign-in can still be looked into"),
    ),
    Kept(
        "invite", N_("Sign-in codes that were used or ran out"), 180,
        "COALESCE(used_at, expires_at) < $1",
        N_("they say who vouched for a browser"),
    ),
    Kept(
        "try_tally", N_("Counted tries"), 2,
        "tried_at < $1 AND rests_until < $1",
        N_("no rule remembers longer"), "subject_hash",
    ),
    Kept(
        "half_session", N_("Sign-ins that were begun"), 7,
        "COALESCE(ended_at, expires_at) < $1",
        N_("they are good for minutes only"),
    ),
    Kept(
        "setup_token", N_("Set-up codes of the console"), 7,
        "COALESCE(ended_at, expires_at) < $1",
        N_("they are good for a day"),
    ),
    Kept(
        "passkey_challenge", N_("Questions put to passkeys"), 1,
        "expires_at < $1",
        N_("they are good for minutes only"), "challenge_hash",
    ),
    Kept(
        "code_recipient", N_("To whom codes were sent"), 1,
        "code_id IN (SELECT id FROM one_time_code WHERE expires_at < $1)",
        N_("they are good for minutes only"),
    ),
    Kept(
        "one_time_code", N_("Codes sent to phones"), 1,
        "expires_at < $1",
        N_("they are good for minutes only"),
    ),
    Kept(
        "browser_question", N_("Questions of browsers at the counter"), 180,
        "asked_at < $1",
        N_("they say who vouched for a browser"),
    ),
    Kept(
        "known_browser", N_("Browsers that somebody signed in on"), 400,
        "known_since < $1",
        N_("the next sign-in makes one known again"),
    ),
    Kept(
        "parked_sale", N_("Exchanges that were parked"), 1,
        "parked_at < $1",
        N_("they are over with their day; nothing was taken off"),
    ),
    Kept(
        "collect_code", N_("Codes to collect that nobody used"), 180,
        "used_at IS NULL AND made_at < $1",
        N_("for complaints; those that an exchange rests on stay"),
    ),
    Kept(
        "security_event", N_("Sign-ins and roles"), 730,
        "happened_at < $1",
        N_("so that an abuse can still be looked into"),
    ),
    Kept(
        "used_member_code", N_("Points codes that were scanned"), 7,
        "used_at < $1",
        N_("a code is good for a minute; the redemption says the rest"),
    ),
    Kept(
        "checkin_scan", N_("Scans that were refused"), 180,
        "refusal <> '' AND scanned_at < $1",
        N_("for complaints about a shift; scans that an attendance rests on stay"),
    ),
)  # fmt: skip


async def tidy(*, dry_run: bool = False) -> dict[str, int]:
    """Delete what has been kept long enough and return how many rows of each table; with `dry_run` only count them."""
    now = clock.now()
    return {
        kept.table: await (_count if dry_run else _delete)(kept, now - kept.days * DAY)
        for kept in RETENTION
    }


async def _count(kept: Kept, before: int) -> int:
    sql = f"SELECT count(*) AS count FROM {kept.table} WHERE {kept.over}"  # noqa: S608  our own words
    return int((await fetch(sql, before))[0]["count"])


async def _delete(kept: Kept, before: int) -> int:
    """Delete in parts, so that nobody waits long for the lock."""
    sql = (
        f"DELETE FROM {kept.table} WHERE {kept.key} IN "  # noqa: S608  our own words
        f"(SELECT {kept.key} FROM {kept.table} WHERE {kept.over} LIMIT {AT_ONCE})"
    )
    total = 0
    while True:
        count = await execute(sql, before)
        total += count
        if count < AT_ONCE:
            return total

"""Browsers that are signed in. The token is the browser's secret; the database keeps its SHA-256.

A staff session ends after 12 idle hours and after 24 in any case; a clerk who came in by PIN at a counter has one shift
of 12 hours, as a clerk and nothing else. A volunteer's lasts 400 days from the last visit and
carries no staff role, because it was opened by a scan and not by a password.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE, SECOND
from kernel.database import Dialect, Row, fetch, transaction
from kernel.direct import Ask, Steps
from kernel.listing import Kind, among, as_list
from kernel.talking import talked
from kernel.together import Together
from people.events import Happening, happened
from people.models import DESKS, Role, Session
from people.permissions import Viewer

STAFF_IDLE = 12 * HOUR
STAFF_LIFE = 24 * HOUR
SHIFT_LIFE = 12 * HOUR
VOLUNTEER_LIFE = 400 * DAY
BROWSERS = 4  # A volunteer's phone alone has two: the camera's browser and WeChat's.

# A visit is noted at most this often, so that reading a page is not a write.
STAFF_NOTED = 5 * MINUTE
VOLUNTEER_NOTED = DAY

# A session that still lives, for a statement that calls it `s`.
LIVING = "s.ended_at IS NULL AND s.ends_at > {now} AND (NOT s.staff OR s.seen_at > {idle})"


_CONFIRMED = """
UPDATE session AS s SET token_hash = $1, confirmed_at = $2
 WHERE s.id = $3 AND s.person_id = $4 AND {living}
RETURNING book_id, ends_at
""".format(living=LIVING.format(now="$2", idle="$5"))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token for the browser's cookie and how many seconds it may live."""

    token: str
    session_id: int
    person_id: int
    book_id: int
    seconds: int


def living_since(now: int) -> int:
    """Return the moment since which a staff session must have been used to be alive now."""
    return now - STAFF_IDLE


def token_hash(token: str) -> str:
    """Return what the database keeps of a secret that has too many possibilities to be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


async def begin(
    book_id: int, person_id: int, *, staff: bool, device_id: int | None = None
) -> SignedIn:
    """Sign a browser in, `device_id` naming the counter's where a clerk takes a turn.

    A volunteer's fifth browser signs out the one unused for longest.
    """
    token, now = secrets.token_urlsafe(32), clock.now()
    life = SHIFT_LIFE if device_id else STAFF_LIFE if staff else VOLUNTEER_LIFE
    async with transaction():
        if not staff:
            await _make_room(book_id, person_id, now)
        session = await Session.create(
            token_hash=token_hash(token),
            book_id=book_id,
            person_id=person_id,
            staff=staff,
            device_id=device_id,
            begun_at=now,
            seen_at=now,
            ends_at=now + life,
            # A PIN is no password: what asks for one asks anew.
            confirmed_at=now if staff and device_id is None else None,
        )
    return SignedIn(token, session.id, person_id, book_id, life // SECOND)


async def _make_room(book_id: int, person_id: int, now: int) -> None:
    living = Session.filter(
        book_id=book_id, person_id=person_id, staff=False, ended_at__isnull=True, ends_at__gt=now
    )
    ids = [session.id for session in await living.order_by("-seen_at", "-id")]
    if len(ids) >= BROWSERS:
        await Session.filter(book_id=book_id, id__in=ids[BROWSERS - 1 :]).update(ended_at=now)


async def confirm(session_id: int, person_id: int) -> SignedIn | None:
    """Note that the person was asked again, and give the session a new token; the old one opens nothing any more.

    None if the session has ended.
    """
    fresh, now = secrets.token_urlsafe(32), clock.now()
    rows = await fetch(_CONFIRMED, token_hash(fresh), now, session_id, person_id, living_since(now))
    if not rows:
        return None
    seconds = (rows[0]["ends_at"] - now) // SECOND
    return SignedIn(fresh, session_id, person_id, rows[0]["book_id"], seconds)


async def name_browser(book_id: int, session_id: int, browser: str) -> None:
    """Remember in a word which browser a session is in, so that its owner can tell it from others."""
    await Session.filter(book_id=book_id, id=session_id).update(browser=browser)


_VIEWER = """
SELECT s.id, s.token_hash, s.book_id, s.person_id, s.staff, s.device_id, s.seen_at, s.confirmed_at,
       p.name, p.language, c.zone, c.name AS community, m.number, g.role, g.company_id,
       b.practice, d.company_id AS desk_id, CASE WHEN d.id IS NULL THEN s.shop_id ELSE d.shop_id END AS shop_id
  FROM session s
  JOIN person p ON p.id = s.person_id
  JOIN community c ON c.id = s.book_id
  JOIN book b ON b.id = s.book_id
  JOIN role_grant g ON g.book_id = s.book_id AND g.person_id = s.person_id AND g.revoked_at IS NULL
  LEFT JOIN membership m ON m.book_id = s.book_id AND m.person_id = s.person_id
  LEFT JOIN counter_device d ON d.book_id = s.book_id AND d.id = s.device_id
 WHERE {living} AND s.{by} """
_LIVING = LIVING.format(now="$1", idle="$2")
_KINDS: dict[str, Kind] = {"token_hash": "text", "id": "bigint"}


async def viewer_of(token: str | None) -> Viewer | None:
    """Return who is signed in with this token, with the roles of this moment, or None."""
    return await _viewer("token_hash", token_hash(token)) if token else None


async def viewer_of_session(session_id: int) -> Viewer | None:
    """Return the same for a session named by an access token of the API."""
    return await _viewer("id", session_id)


def _read(by: str, keys: Sequence[str | int], kind: Dialect) -> Steps[list[list[Row]]]:
    """Return the rows of each session that lives, one for each of its person's roles."""
    now = clock.now()
    sql = _VIEWER.format(by=by, living=_LIVING) + among(kind, 3, _KINDS[by])
    found: dict[str | int, list[Row]] = {key: [] for key in keys}
    wanted = as_list(kind, found, _KINDS[by])
    for row in (yield Ask(sql, (now, living_since(now), wanted))):
        found[row[by]].append(row)
    return [found[key] for key in keys]


_together = Together(talked(_read))


async def _viewer(by: str, key: str | int) -> Viewer | None:
    rows, now = await _together.ask(by, key), clock.now()
    if rows and rows[0]["desk_id"]:
        # At a partner's desk a person is there for that partner alone.
        rows = [row for row in rows if row["company_id"] == rows[0]["desk_id"]]
    roles = {Role(row["role"]) for row in rows}
    if rows and not rows[0]["staff"]:
        roles &= {Role.VOLUNTEER}
    elif rows and rows[0]["device_id"]:
        roles &= set(DESKS) if rows[0]["desk_id"] else {Role.CLERK}
    if not roles:
        return None
    noted = await _note_visit(rows[0], now)
    desk = [row["company_id"] for row in rows if Role(row["role"]) in roles and row["company_id"]]
    viewer = _as_viewer(rows[0], frozenset(roles), desk[0] if desk else None)
    rolls = noted and not rows[0]["staff"]
    return replace(viewer, prolonged_seconds=VOLUNTEER_LIFE // SECOND) if rolls else viewer


def _as_viewer(row: Row, roles: frozenset[Role], company_id: int | None) -> Viewer:
    return Viewer(
        person_id=row["person_id"],
        book_id=row["book_id"],
        name=row["name"],
        roles=roles,
        session_id=row["id"],
        zone=row["zone"],
        company_id=company_id,
        number=row["number"],
        community=row["community"],
        language=row["language"],
        confirmed_at=row["confirmed_at"],
        device_id=row["device_id"],
        practice=bool(row["practice"]),
        shop_id=row["shop_id"],
    )


async def _note_visit(row: Row, now: int) -> bool:
    if now - row["seen_at"] < (STAFF_NOTED if row["staff"] else VOLUNTEER_NOTED):
        return False
    living = Session.filter(id=row["id"], ended_at__isnull=True)
    if row["staff"]:
        await living.update(seen_at=now)
    else:
        await living.update(seen_at=now, ends_at=now + VOLUNTEER_LIFE)
    return True


async def sessions_of(book_id: int, person_id: int) -> list[Session]:
    """Return the browsers in which a person is signed in, the last used first."""
    now = clock.now()
    living = Session.filter(
        book_id=book_id, person_id=person_id, ended_at__isnull=True, ends_at__gt=now
    )
    found = await living.order_by("-seen_at", "-id")
    return [one for one in found if not one.staff or one.seen_at > now - STAFF_IDLE]


async def end(token: str) -> None:
    """Sign this browser out; an unknown token is out already."""
    rows = await fetch(
        "UPDATE session SET ended_at = $1 WHERE token_hash = $2 AND ended_at IS NULL"
        " RETURNING id, book_id, person_id",
        *(clock.now(), token_hash(token)),
    )
    for row in rows:
        await happened(
            Happening.SESSION_ENDED,
            *(row["book_id"], row["person_id"]),
            by=row["person_id"],
            session_id=row["id"],
        )


async def end_one(book_id: int, person_id: int, session_id: int, *, by: int | None = None) -> None:
    """Sign out one of a person's browsers."""
    async with transaction():
        living = Session.filter(
            book_id=book_id, person_id=person_id, id=session_id, ended_at__isnull=True
        )
        if await living.update(ended_at=clock.now()):
            await happened(
                Happening.SESSION_ENDED, book_id, person_id, by=by, session_id=session_id
            )


async def end_at_device(book_id: int, device_id: int) -> None:
    """Sign out whoever is in on a counter's browser."""
    await Session.filter(book_id=book_id, device_id=device_id, ended_at__isnull=True).update(
        ended_at=clock.now()
    )


async def end_turns(book_id: int, person_id: int) -> None:
    """Sign a person out of every browser that a PIN let them in on."""
    await Session.filter(
        book_id=book_id, person_id=person_id, device_id__isnull=False, ended_at__isnull=True
    ).update(ended_at=clock.now())


async def end_everywhere(person_id: int) -> int:
    """Sign a person out in every community and return how many browsers that were."""
    return await Session.filter(person_id=person_id, ended_at__isnull=True).update(
        ended_at=clock.now()
    )


async def end_others(book_id: int, person_id: int, session_id: int) -> int:
    """Sign out every browser of a person but this one, and return how many that were."""
    others = Session.filter(book_id=book_id, person_id=person_id, ended_at__isnull=True)
    return await others.exclude(id=session_id).update(ended_at=clock.now())


async def end_all(book_id: int, person_id: int, *, by: int | None = None) -> int:
    """Sign a person out everywhere in this community and return how many browsers that were."""
    async with transaction():
        living = Session.filter(book_id=book_id, person_id=person_id, ended_at__isnull=True)
        count = await living.update(ended_at=clock.now())
        if count:
            await happened(Happening.SESSION_ENDED, book_id, person_id, by=by, detail="all")
    return count

"""Several members on one browser: one acts, the others wait in a second cookie of opaque tokens, at most four.

A staff session lies on top of the members' and is never kept among them: going over to somebody else ends it.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from people import sessions
from people.browser_errors import NotOnThisBrowser
from people.permissions import Viewer
from people.sessions import SignedIn
from web.asking import viewer_of
from web.cookies import (
    OTHERS,
    YEAR,
    drop_cookie,
    drop_session_cookie,
    read_cookie,
    read_session_cookie,
    set_cookie,
    set_session_cookie,
)

MOST = 4


@dataclass(frozen=True, slots=True)
class Sharer:
    """Somebody who is signed in on this browser beside the one who acts."""

    token: str
    viewer: Viewer


def other_tokens(request: Request) -> list[str]:
    """Return the tokens that wait; whether they still open anything is another question."""
    held = (read_cookie(request, OTHERS) or "").split(".")
    return [token for token in dict.fromkeys(held) if token][:MOST]


async def sharers(request: Request) -> list[Sharer]:
    """Return who else is signed in on this browser, each person once and never the one who acts."""
    acting, found = viewer_of(request), dict[tuple[int, int], Sharer]()
    for each in await _living(request):
        found.setdefault((each.viewer.book_id, each.viewer.person_id), each)
    if acting is not None:
        found.pop((acting.book_id, acting.person_id), None)
    return list(found.values())


async def everybody_at(request: Request, book_id: int) -> list[Viewer]:
    """Return those on this browser who are of a community, the one who acts first; them alone if nobody else is."""
    acting = viewer_of(request)
    if acting is None:
        return []
    people = [acting, *(each.viewer for each in await sharers(request))]
    return [each for each in people if each.book_id == book_id] or [acting]


async def join(request: Request, response: Response, signed: SignedIn) -> None:
    """Let a new session act, and keep those of the other members of this browser beside it."""
    new = await sessions.viewer_of(signed.token)
    acting, token = viewer_of(request), read_session_cookie(request)
    kept = other_tokens(request)
    if token and acting is not None and not acting.is_staff:
        kept.insert(0, token)
    elif token:
        await sessions.end(token)
    staff = new is not None and new.is_staff
    staying: list[str] = []
    for each in kept:
        viewer = await sessions.viewer_of(each)
        same = viewer is not None and viewer.person_id == signed.person_id
        if viewer is None or (same and not staff) or len(staying) == MOST:
            await sessions.end(each)
        else:
            staying.append(each)
    set_session_cookie(request, response, signed.token, seconds=signed.seconds)
    _keep(request, response, staying)


async def go_over(request: Request, response: Response, session_id: int) -> Viewer:
    """Let another one of this browser's members act.

    Raises: NotOnThisBrowser.
    """
    chosen = [each for each in await _living(request) if each.viewer.session_id == session_id]
    if not chosen:
        raise NotOnThisBrowser
    acting, token = viewer_of(request), read_session_cookie(request)
    waiting = [each for each in other_tokens(request) if each != chosen[0].token]
    if token and acting is not None and not acting.is_staff:
        waiting.insert(0, token)
    elif token:
        await sessions.end(token)
    set_session_cookie(request, response, chosen[0].token)
    _keep(request, response, waiting)
    return chosen[0].viewer


async def leave(request: Request, response: Response, *, everybody: bool) -> Viewer | None:
    """Sign out the one who acts, or everybody; return who acts from now on."""
    await sessions.end(read_session_cookie(request) or "")
    staying = [] if everybody else await _living(request)
    if everybody:
        for token in other_tokens(request):
            await sessions.end(token)
    if not staying:
        drop_session_cookie(request, response)
        drop_cookie(request, response, OTHERS)
        return None
    set_session_cookie(request, response, staying[0].token)
    _keep(request, response, [each.token for each in staying[1:]])
    return staying[0].viewer


def renew(request: Request, response: Response) -> None:
    """Let this browser keep its sessions for another while: a visit prolongs what it knows."""
    if token := read_session_cookie(request):
        set_session_cookie(request, response, token)
    if waiting := other_tokens(request):
        _keep(request, response, waiting)


async def _living(request: Request) -> list[Sharer]:
    found = [(token, await sessions.viewer_of(token)) for token in other_tokens(request)]
    return [Sharer(token, viewer) for token, viewer in found if viewer is not None]


def _keep(request: Request, response: Response, tokens: list[str]) -> None:
    if tokens:
        set_cookie(request, response, OTHERS, ".".join(tokens[:MOST]), seconds=YEAR)
    else:
        drop_cookie(request, response, OTHERS)

"""Who is asking: the viewer of each request, and what a route asks of them."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ledger.alarms import open_alarms
from people import sessions
from people.models import Role
from people.permissions import Viewer, require
from people.request_board import board
from web.acts import ACTS
from web.cookies import read_session_cookie

WITHOUT_VIEWER = ("/static/", "/api/", "/healthz", "/readyz", "/metrics")


class Viewers:
    """Looks up the session once a request and leaves the viewer in `request.state`, with what staff must know."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the roles anew each time: a role taken away is gone with the next request."""
        if scope["type"] == "http" and not scope["path"].startswith(WITHOUT_VIEWER):
            token = read_session_cookie(Request(scope))
            viewer = await sessions.viewer_of(token)
            state = scope.setdefault("state", {})
            state["viewer"] = viewer
            if viewer is not None and viewer.is_staff:
                state["alarms"] = await open_alarms(viewer.book_id)
                state["board"] = await board(ACTS, viewer)
        await self.app(scope, receive, send)


def viewer_of(request: Request) -> Viewer | None:
    """Return who is asking, or None for a visitor."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    return viewer


def must(*roles: Role) -> Callable[[Request], Viewer]:
    """Return a dependency that lets only these roles in; without roles, anybody who is signed in.

    Raises: SignInNeeded, RoleNeeded.
    """

    def check(request: Request) -> Viewer:
        return require(viewer_of(request), *roles)

    return check

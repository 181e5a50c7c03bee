"""Who is asking: the viewer of each request, and what a route asks of them."""

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.alarms import open_alarms
from people import sessions
from people.models import Role
from people.permissions import Viewer, require
from web.cookies import bring_session, read_session_cookie, renew_session

WITHOUT_VIEWER = ("/static/", "/api/", "/healthz", "/readyz", "/metrics")


class Viewers:
    """Looks up the session once a request and leaves the viewer in `request.state`, with the alarms for staff."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the roles anew each time: a role taken away is gone with the next request."""
        if scope["type"] != "http" or scope["path"].startswith(WITHOUT_VIEWER):
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        request = Request(scope)
        token = read_session_cookie(request)
        viewer = request.state.viewer = await sessions.viewer_of(token)
        if viewer is not None and viewer.is_staff:
            request.state.alarms = await open_alarms(viewer.book_id)
        if token and viewer is not None and viewer.prolonged_seconds:
            renew_session(request, token, viewer.prolonged_seconds)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                bring_session(request, MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, answer)


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

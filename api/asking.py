"""Who is asking: the bearer of an access token, with the roles that the database gives for this very request."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api import access_tokens
from api.access_tokens import TokenNotAccepted
from people import sessions
from people.models import Role
from people.permissions import STAFF, Viewer, require

bearer = HTTPBearer(
    auto_error=False, bearerFormat="JWT", scheme_name="access", description="From `POST /tokens`."
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


async def viewer_of(credentials: HTTPAuthorizationCredentials | None) -> Viewer | None:
    """Return the token's bearer, or None without a token. Raises: TokenNotAccepted."""
    if credentials is None:
        return None
    said = access_tokens.read(credentials.credentials)
    viewer = await sessions.viewer_of_session(said.session_id)
    if viewer is None or (viewer.person_id, viewer.book_id) != (said.person_id, said.book_id):
        raise TokenNotAccepted
    return viewer


def must(*roles: Role) -> Callable[[HTTPAuthorizationCredentials | None], Awaitable[Viewer]]:
    """Return a dependency that lets only these roles in; without roles, anybody who is signed in.

    Raises: SignInNeeded, TokenNotAccepted, RoleNeeded.
    """

    async def check(credentials: Bearer) -> Viewer:
        return require(await viewer_of(credentials), *roles)

    return check


SignedIn = Annotated[Viewer, Depends(must())]
Volunteer = Annotated[Viewer, Depends(must(Role.VOLUNTEER))]
Organiser = Annotated[Viewer, Depends(must(Role.ORGANISER, Role.ADMIN))]
Clerk = Annotated[Viewer, Depends(must(Role.CLERK))]
Finder = Annotated[Viewer, Depends(must(Role.CLERK, Role.ORGANISER, Role.ADMIN))]
Desk = Annotated[Viewer, Depends(must(Role.PROPERTY_DESK))]
Reader = Annotated[Viewer, Depends(must(Role.AUDITOR, Role.ORGANISER, Role.ADMIN))]
Staff = Annotated[Viewer, Depends(must(*sorted(STAFF)))]
Admin = Annotated[Viewer, Depends(must(Role.ADMIN))]

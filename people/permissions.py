"""Who is asking, and whether they may."""

from dataclasses import dataclass

from people.errors import RoleNeeded, SignInNeeded
from people.models import Role

STAFF = frozenset(Role) - {Role.VOLUNTEER}


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person in one community, with the roles that the database gave for this very request."""

    person_id: int
    book_id: int
    name: str
    roles: frozenset[Role]
    session_id: int
    zone: str
    company_id: int | None = None
    number: int | None = None
    community: str = ""
    language: str = ""
    device_id: int | None = None  # the counter's browser, for a clerk who came in by PIN

    @property
    def is_staff(self) -> bool:
        """Say whether this person works here as more than a volunteer."""
        return bool(self.roles & STAFF)

    def has(self, *roles: Role) -> bool:
        """Say whether this person has any of the roles."""
        return not self.roles.isdisjoint(roles)


def require(viewer: Viewer | None, *roles: Role) -> Viewer:
    """Return the viewer if signed in and, where roles are named, having at least one of them.

    Raises:
        SignInNeeded, RoleNeeded
    """
    if viewer is None:
        raise SignInNeeded
    if roles and not viewer.has(*roles):
        raise RoleNeeded(role=roles[0].value)
    return viewer

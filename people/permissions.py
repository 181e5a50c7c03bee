"""Who may do what: one table, read for the roles that a person has in one community at this very moment.

A route names a permission and no role; what belongs to another community is not found, whatever the permission.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from people.errors import RoleNeeded, SignInNeeded
from people.factor_errors import FullSignInNeeded
from people.models import DESKS, Role

STAFF = frozenset(Role) - {Role.VOLUNTEER}


class Permission(StrEnum):
    """One kind of work, as a community would name it."""

    COME_IN = "come in"  # whoever is signed in
    EARN_AND_SPEND = "earn and spend one's own points"
    RUN_SHIFTS = "plan and run shifts"
    VERIFY_HOURS = "verify hours"
    KEEP_MEMBERS = "take members in and keep what is known of them"
    KEEP_SHOP = "keep goods, prices, vouchers and rules"
    COUNT_STOCK = "count the shelves and ask for goods to be written off"
    FIND_MEMBERS = "find a member for a service"
    HELP_WITH_LOSS = "help somebody whose phone or card is lost"
    KEEP_SIGN_IN = "see and keep one's own staff sign-in"
    SET_UP_COUNTERS = "set a counter's browser up"
    SERVE = "serve at the counter"
    WRITE_SHEETS = "print paper sheets and type them in"
    READ_RECEIPTS = "read receipts"
    CLOSE_DAYS = "sign off a day of the shop"
    KEEP_DESK = "keep a partner's code, and the PINs of its people"
    WORK_AT_DESK = "work at a partner's own desk"
    TAKE_VOUCHERS = "take vouchers off a property fee"
    RENDER_SERVICES = "render a service at an agreed price"
    READ_OWN_SETTLEMENTS = "read what one's own company is paid"
    READ_SETTLEMENTS = "read what companies and merchants are paid"
    SETTLE = "settle a month with a company or a merchant"
    READ_ATTENDANCES = "read who was there, and when"
    READ_BOOKS = "read the books"
    EXPORT_BOOKS = "take the books away as a file"
    SET_LIMITS = "set what may be spent in a day without one's own code"
    SET_RULES = "set the points rules, and what becomes of the points of a closed record"
    CLOSE_MONTHS = "close a month"
    FOLLOW_REQUESTS = "ask for and follow what takes two persons"
    DECIDE_REQUESTS = "decide what takes two persons"
    ADJUST_POINTS = "ask for points to be put right"
    READ_EVENTS = "read who came in, and who was given what"
    READ_DISCLOSURES = "read what personal data was shown, handed out or taken in"
    ERASE_PEOPLE = "remove a person's data for good"
    GIVE_ROLES = "give and take roles and sign-in names"


_LEADERS = (Role.ORGANISER, Role.ADMIN)
_READERS = (Role.AUDITOR, *_LEADERS)
_DESKS = tuple(DESKS)
_STAFF = (*_LEADERS, Role.CLERK, *_DESKS, Role.AUDITOR)

# The first role of a row is whose work it is; a refusal names it.
TABLE: Mapping[Permission, tuple[Role, ...]] = {
    Permission.COME_IN: tuple(Role),
    Permission.EARN_AND_SPEND: (Role.VOLUNTEER,),
    Permission.RUN_SHIFTS: _LEADERS,
    Permission.VERIFY_HOURS: _LEADERS,
    Permission.KEEP_MEMBERS: _LEADERS,
    Permission.KEEP_SHOP: _LEADERS,
    Permission.COUNT_STOCK: (Role.CLERK, *_LEADERS),
    Permission.FIND_MEMBERS: (Role.CLERK, *_LEADERS),
    Permission.HELP_WITH_LOSS: (*_LEADERS, Role.CLERK),
    Permission.KEEP_SIGN_IN: _STAFF,
    Permission.SET_UP_COUNTERS: _LEADERS,
    Permission.SERVE: (Role.CLERK,),
    Permission.WRITE_SHEETS: (Role.CLERK, *_LEADERS),
    Permission.READ_RECEIPTS: (Role.CLERK, *_READERS),
    Permission.CLOSE_DAYS: (Role.CLERK, *_LEADERS),
    Permission.KEEP_DESK: (*_LEADERS, *_DESKS),
    Permission.WORK_AT_DESK: _DESKS,
    Permission.TAKE_VOUCHERS: (Role.PROPERTY_DESK,),
    Permission.RENDER_SERVICES: (Role.MERCHANT,),
    Permission.READ_OWN_SETTLEMENTS: _DESKS,
    Permission.READ_SETTLEMENTS: (*_LEADERS, Role.AUDITOR),
    Permission.SETTLE: _LEADERS,
    Permission.READ_ATTENDANCES: _READERS,
    Permission.READ_BOOKS: _READERS,
    Permission.EXPORT_BOOKS: (Role.AUDITOR, Role.ADMIN),
    Permission.SET_LIMITS: (Role.ADMIN,),
    Permission.SET_RULES: (Role.ADMIN,),
    Permission.CLOSE_MONTHS: (Role.ADMIN,),
    Permission.FOLLOW_REQUESTS: _STAFF,
    Permission.DECIDE_REQUESTS: _LEADERS,
    Permission.ADJUST_POINTS: _LEADERS,
    Permission.READ_EVENTS: (Role.ADMIN,),
    Permission.READ_DISCLOSURES: (Role.ADMIN, Role.AUDITOR),
    Permission.ERASE_PEOPLE: (Role.ADMIN,),
    Permission.GIVE_ROLES: (Role.ADMIN,),
}


# What a PIN opens at a partner's desk: its work, and nothing else of the house.
AT_DESK = frozenset({Permission.WORK_AT_DESK, Permission.TAKE_VOUCHERS, Permission.RENDER_SERVICES})


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
    confirmed_at: int | None = None  # when the password was last asked for
    prolonged_seconds: int = (
        0  # how long the browser may keep its session from now, if that has just changed
    )
    device_id: int | None = None  # the counter's browser, for a clerk who came in by PIN
    practice: bool = False  # in a book that does not count
    shop_id: int | None = None  # which of several shops this browser works for

    @property
    def is_staff(self) -> bool:
        """Say whether this person works here as more than a volunteer."""
        return bool(self.roles & STAFF)

    def has(self, *roles: Role) -> bool:
        """Say whether this person has any of the roles."""
        return not self.roles.isdisjoint(roles)

    def may(self, permission: Permission) -> bool:
        """Say whether this person may do a kind of work here; by PIN at a partner's desk that desk's work alone."""
        if self.at_desk and permission not in AT_DESK:
            return False
        return not self.roles.isdisjoint(TABLE[permission])

    @property
    def at_desk(self) -> bool:
        """Say whether this person came in by PIN at a partner's desk."""
        return self.device_id is not None and self.roles <= set(DESKS)


def require(viewer: Viewer | None, permission: Permission = Permission.COME_IN) -> Viewer:
    """Return the viewer if signed in and allowed to do this work.

    Raises:
        SignInNeeded, RoleNeeded, FullSignInNeeded
    """
    if viewer is None:
        raise SignInNeeded
    if viewer.at_desk and permission not in AT_DESK:
        raise FullSignInNeeded
    if not viewer.may(permission):
        raise RoleNeeded(role=TABLE[permission][0].value)
    return viewer

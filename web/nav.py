"""Where each role can go."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from kernel.errors import N_
from people.permissions import Permission, Viewer


@dataclass(frozen=True)
class NavItem:
    """One place in a menu; `care` marks the few that stay in care mode's bar, `count` what waits there."""

    url: str
    icon: str
    label: str
    permission: Permission
    care: bool = False
    count: int = 0


APPROVALS = "/approvals"


# Phone bar: four at most, three in care mode, or the labels no longer fit a narrow phone.
TABS = (
    NavItem("/", "house", N_("Home"), Permission.EARN_AND_SPEND, care=True),
    NavItem("/code", "qr-code", N_("My code"), Permission.EARN_AND_SPEND, care=True),
    NavItem("/statement", "scroll-text", N_("Records"), Permission.EARN_AND_SPEND, care=True),
    NavItem("/vouchers", "ticket", N_("Vouchers"), Permission.EARN_AND_SPEND),
)

# The auditor's menu is short and only reads; but for how they sign in, no settings belong in it.
SIDE = (
    NavItem("/shifts", "calendar-days", N_("Shifts"), Permission.RUN_SHIFTS),
    NavItem("/verifications", "list-checks", N_("Review hours"), Permission.VERIFY_HOURS),
    NavItem("/public-notice", "scroll-text", N_("Public notice"), Permission.READ_ATTENDANCES),
    NavItem("/members", "users", N_("Members"), Permission.KEEP_MEMBERS),
    NavItem("/cards", "id-card", N_("Points cards"), Permission.KEEP_MEMBERS),
    NavItem(APPROVALS, "user-check", N_("Approvals"), Permission.DECIDE_REQUESTS),
    NavItem("/cases", "circle-question-mark", N_("“Not me”"), Permission.KEEP_MEMBERS),
    NavItem("/lapsing", "clock", N_("Points about to lapse"), Permission.KEEP_MEMBERS),
    NavItem("/events", "shield-check", N_("Sign-ins and roles"), Permission.READ_EVENTS),
    NavItem("/disclosures", "file-search", N_("Data shown"), Permission.READ_DISCLOSURES),
    NavItem("/shop", "package", N_("Goods and rules"), Permission.KEEP_SHOP),
    NavItem("/shop/counts", "list-checks", N_("Count the shelves"), Permission.COUNT_STOCK),
    NavItem("/counter", "store", N_("Exchange counter"), Permission.SERVE),
    NavItem("/counter/redemptions", "receipt-text", N_("Today's exchanges"), Permission.SERVE),
    NavItem("/counter/days/today", "badge-check", N_("Close the day"), Permission.SERVE),
    NavItem("/counter/reservations", "package", N_("Reserved goods"), Permission.SERVE),
    NavItem("/counter/queue", "users", N_("Call numbers"), Permission.SERVE),
    NavItem("/counter/relief", "gift", N_("Relief goods"), Permission.SERVE),
    NavItem("/counter/gifts", "hand-heart", N_("Points for a fund"), Permission.SERVE),
    NavItem("/counter/sheets", "scroll-text", N_("Paper sheets"), Permission.WRITE_SHEETS),
    NavItem("/practice", "store", N_("Practice"), Permission.SERVE),
    NavItem("/help", "smartphone", N_("Phone or card lost"), Permission.HELP_WITH_LOSS),
    NavItem("/desk", "ticket-check", N_("Use a voucher"), Permission.TAKE_VOUCHERS),
    NavItem("/services", "scan-line", N_("Render a service"), Permission.RENDER_SERVICES),
    NavItem(
        "/desk/settlements", "receipt-text", N_("My settlements"), Permission.READ_OWN_SETTLEMENTS
    ),
    NavItem("/desks", "lock", N_("Desks and PINs"), Permission.KEEP_DESK),
    NavItem("/merchants", "store", N_("Merchants"), Permission.KEEP_SHOP),
    NavItem("/funds", "hand-heart", N_("Funds"), Permission.KEEP_SHOP),
    NavItem("/settlements", "receipt-text", N_("Settlements"), Permission.READ_SETTLEMENTS),
    NavItem("/shop/days", "badge-check", N_("Closed days"), Permission.READ_BOOKS),
    NavItem("/shop/clerks", "users", N_("Clerks’ figures"), Permission.READ_BOOKS),
    NavItem("/shop/months", "file-spreadsheet", N_("Stock papers"), Permission.READ_BOOKS),
    NavItem("/books", "scale", N_("Points ledger"), Permission.READ_BOOKS),
    NavItem("/my-sign-in", "lock", N_("My sign-in"), Permission.KEEP_SIGN_IN),
)


def place_of(items: Iterable[NavItem], path: str) -> str:
    """Return the address of the place in a menu where a page is; of a place inside another, the inner one."""
    inside = (each.url for each in items if path == each.url or path.startswith(f"{each.url}/"))
    return max(inside, key=len, default="")


def menu(
    items: Collection[NavItem],
    viewer: Viewer | None,
    *,
    care: bool = False,
    counts: Mapping[str, int] | None = None,
) -> list[NavItem]:
    """Return the places this person may go to, in order, with what waits there."""
    if viewer is None:
        return []
    waiting = counts or {}
    return [
        replace(item, count=waiting.get(item.url, 0))
        for item in items
        if viewer.may(item.permission) and (item.care or not care)
    ]

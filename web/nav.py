"""Where each role can go."""

from collections.abc import Collection
from dataclasses import dataclass

from kernel.errors import N_
from people.permissions import Viewer


@dataclass(frozen=True)
class NavItem:
    """One place in a menu; `care` marks the few that stay in care mode's bar."""

    url: str
    icon: str
    label: str
    roles: frozenset[str]
    care: bool = False


def _item(url: str, icon: str, label: str, *roles: str, care: bool = False) -> NavItem:
    return NavItem(url, icon, label, frozenset(roles), care)


# Phone bar: four at most, three in care mode, or the labels no longer fit a narrow phone.
TABS = (
    _item("/", "house", N_("Home"), "volunteer", care=True),
    _item("/code", "qr-code", N_("My code"), "volunteer", care=True),
    _item("/statement", "scroll-text", N_("Records"), "volunteer", care=True),
    _item("/vouchers", "ticket", N_("Vouchers"), "volunteer"),
)

# The auditor's menu is short and only reads; nobody else's settings belong in it.
SIDE = (
    _item("/shifts", "calendar-days", N_("Shifts"), "organiser", "admin"),
    _item("/verifications", "list-checks", N_("Review hours"), "organiser", "admin"),
    _item("/members", "users", N_("Members"), "organiser", "admin"),
    _item("/shop", "package", N_("Goods and rules"), "organiser", "admin"),
    _item("/counter", "store", N_("Exchange counter"), "clerk"),
    _item("/counter/redemptions", "receipt-text", N_("Today's exchanges"), "clerk"),
    _item("/desk", "ticket-check", N_("Use a voucher"), "property_desk"),
    _item("/disclosures", "shield-check", N_("Data shown"), "auditor", "admin"),
    _item("/books", "scale", N_("Points ledger"), "auditor", "organiser", "admin"),
)


def menu(items: Collection[NavItem], viewer: Viewer | None, *, care: bool = False) -> list[NavItem]:
    """Return the places this person may go to, in order."""
    if viewer is None:
        return []
    return [item for item in items if item.roles & viewer.roles and (item.care or not care)]

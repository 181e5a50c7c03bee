"""A member as the counter's screen may show them, and what their purse says before anything is taken."""

import re
from dataclasses import dataclass

from kernel import clock
from kernel.days import day_of, month_end
from ledger import chart
from ledger.balances import holding
from people.models import Membership
from people.permissions import Viewer
from people.photographing import photographed
from people.roster import member
from web.i18n import gettext

TAIL = 4


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is served, masked; `expiring` points lapse at the end of this month (`expires_on`)."""

    person_id: int
    name: str
    initial: str
    number: str
    home: str
    tail: str
    expiring: int
    expires_on: int
    photo: bool


def home_of(flat: str) -> str:
    """Return the building of a flat and nothing more precise: others can read the screen."""
    building = re.split(r"[-－—号栋幢#]", flat, maxsplit=1)[0].strip()
    return gettext("Building %(building)s", building=building) if building else ""


def tail_of(phone: str) -> str:
    """Return the last four digits of a phone number."""
    return phone[-TAIL:]


async def customer(viewer: Viewer, person_id: int) -> Customer:
    """Return the person at the counter. Raises: NoSuchMember."""
    found = await member(viewer.book_id, person_id)
    today = day_of(clock.now(), viewer.zone)
    lots = (await holding(viewer.book_id, chart.purse(person_id))).lots
    last = month_end(today)
    lapsing = [lot for lot in lots if today <= lot.expires_on <= last]
    return Customer(
        person_id=person_id,
        name=found.person.masked_name,
        initial=found.person.name[:1],
        number=found.shown_number,
        home=home_of(found.flat),
        tail=tail_of(found.person.phone),
        expiring=sum(lot.amount for lot in lapsing),
        expires_on=last,
        photo=bool(await photographed(viewer.book_id, [person_id])),
    )


def listed(found: Membership) -> dict[str, object]:
    """Return one of several people a text can mean, with enough to tell them apart by two facts."""
    return {
        "person_id": found.person_id,
        "name": found.person.masked_name,
        "number": found.shown_number,
        "home": home_of(found.flat),
        "phone": found.person.masked_phone,
    }

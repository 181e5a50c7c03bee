"""Everything that is held about one person, for that person to read and to take along."""

import base64
from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.database import fetch, snapshot
from ledger import chart
from ledger.accounts import find_accounts
from ledger.chart import AccountName
from ledger.statements import statement
from people import roster
from people.disclosing import note_disclosure
from people.personal_tables import TABLES
from people.photographing import photo_of
from people.privacy import Purpose, Told
from people.privacy_errors import PhotoNotHere

AT_ONCE = 500
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one kind. `name` is for machines, `title` (a message) for people."""

    name: str
    title: str
    rows: list[Values]


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of an account of the person's own; positive where the account grew."""

    occurred_at: int
    booked_on: int
    kind: str
    amount: int
    balance_after: int
    expires_on: int | None


@dataclass(frozen=True, slots=True)
class OwnData:
    """What is held about a person, as of one moment; `accounts` are their statements, earliest line first."""

    person_id: int
    community: str
    zone: str
    taken_at: int
    person: Values
    sections: list[Section]
    accounts: dict[AccountName, list[Movement]]
    photo: bytes | None

    @property
    def photo_text(self) -> str:
        """Return the picture (JPEG) in base64, for a file that is text; empty where there is none."""
        return base64.b64encode(self.photo).decode() if self.photo else ""


async def own_data(book_id: int, person_id: int, *, by: int | None) -> OwnData:
    """Gather what is held about a member, for them; who asked for it is written down.

    Raises:
        NoSuchMember
    """
    member = await roster.member(book_id, person_id)
    await note_disclosure(book_id, Told.OWN_DATA, Purpose.OWN_REQUEST, by=by, about=person_id)
    community = await roster.community(book_id)
    person = member.person
    async with snapshot():
        return OwnData(
            person_id=person_id,
            community=community.name,
            zone=community.zone,
            taken_at=clock.now(),
            person={
                "name": person.name,
                "phone": person.phone,
                "language": person.language,
                "registered_at": person.registered_at,
            },
            sections=[
                Section(
                    table.name,
                    table.title,
                    [table.told(row) for row in await fetch(table.rows, book_id, person_id)],
                )
                for table in TABLES
                if table.rows
            ],
            accounts=await _accounts(book_id, person_id),
            photo=await _photo(book_id, person_id),
        )


async def _photo(book_id: int, person_id: int) -> bytes | None:
    try:
        return await photo_of(book_id, person_id)
    except PhotoNotHere:
        return None


async def _accounts(book_id: int, person_id: int) -> dict[AccountName, list[Movement]]:
    names = [name(person_id) for name in (chart.purse, chart.pending, chart.owed, chart.minutes)]
    found = await find_accounts(book_id, names)
    return {name: await _movements(book_id, found[name].id) for name in names if name in found}


async def _movements(book_id: int, account_id: int) -> list[Movement]:
    """Return every line of an account, earliest first, read a page at a time."""
    lines: list[Movement] = []
    place = None
    while True:
        page = await statement(book_id, account_id, before=place, limit=AT_ONCE)
        lines += [
            Movement(
                line.occurred_at,
                line.booked_on,
                line.kind,
                line.amount,
                line.balance_after,
                line.expires_on,
            )
            for line in page.lines
        ]
        if page.next is None:
            return lines[::-1]
        place = page.next

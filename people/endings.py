"""What ends for a person when a record is closed or left behind: roles, browsers, household, consents, codes.

All that ends at once ends at one moment, so that taking the event back finds exactly these rows again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.database import execute, fetch
from ledger.post import Change, Fact, Insert
from people.models import Role


@dataclass(frozen=True, slots=True)
class Ends:
    """Rows of one table that belong to a person, and the column that says when such a row ended."""

    table: str
    person: str
    column: str
    only: str = ""
    again: bool = True  # whether it goes on when the event is taken back


# A table of cards, devices or PINs joins by one line here.
ROLES = Ends("role_grant", "person_id", "revoked_at")
STAFF_ROLES = Ends("role_grant", "person_id", "revoked_at", f" AND role <> '{Role.VOLUNTEER}'")
BROWSERS = Ends("session", "person_id", "ended_at", again=False)
LINKS = Ends("invite", "person_id", "used_at", again=False)
LIVES_IN = Ends("household_member", "person_id", "left_at")
MAY_SPEND = Ends("spending_consent", "spender_id", "withdrawn_at", again=False)
# Given anew by those who still live together.
LETS_SPEND = Ends("spending_consent", "giver_id", "withdrawn_at", again=False)
GUARDS = Ends("guardian_consent", "guardian_id", "withdrawn_at")
COLLECTS = Ends("collect_code", "person_id", "revoked_at", " AND used_at IS NULL", again=False)

ALL = (ROLES, BROWSERS, LINKS, LIVES_IN, MAY_SPEND, LETS_SPEND, GUARDS, COLLECTS)
ON_LEAVING = (LIVES_IN, MAY_SPEND, LETS_SPEND)
ON_MOVING_OUT = (STAFF_ROLES, *ON_LEAVING)


@dataclass(frozen=True, slots=True)
class Ending:
    """One row that ends, or goes on again."""

    fact: Fact
    column: str


async def open_rows(book_id: int, person_id: int, what: Iterable[Ends]) -> list[Ending]:
    """Return the rows of a person that are open now."""
    found = []
    for each in what:
        rows = await fetch(
            f"SELECT id FROM {each.table} WHERE book_id = $1 AND {each.person} = $2 "  # noqa: S608  constants
            f"AND {each.column} IS NULL{each.only} ORDER BY id",
            *(book_id, person_id),
        )
        found += [Ending(Fact(each.table, row["id"]), each.column) for row in rows]
    return list(dict.fromkeys(found))


async def ended_rows(book_id: int, person_id: int, what: Iterable[Ends], at: int) -> list[Ending]:
    """Return the rows of a person that ended at one moment and go on when that is taken back."""
    found = []
    for each in what:
        if not each.again:
            continue
        rows = await fetch(
            f"SELECT id FROM {each.table} WHERE book_id = $1 AND {each.person} = $2 "  # noqa: S608  constants
            f"AND {each.column} = $3 ORDER BY id",
            *(book_id, person_id, at),
        )
        found += [Ending(Fact(each.table, row["id"]), each.column) for row in rows]
    return list(dict.fromkeys(found))


def ended(rows: Iterable[Ending], at: int | None) -> tuple[Change, ...]:
    """Return the changes that end rows at a moment; with None they go on."""
    return tuple(Change(row.fact.table, row.fact.id, {row.column: at}) for row in rows)


async def write(book_id: int, writes: Iterable[Insert | Change]) -> None:
    """Write documents of an event that moves nothing of value; the caller holds the transaction."""
    for each in writes:
        if isinstance(each, Insert):
            row = {**each.row, "book_id": book_id}
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join(f"${place}" for place in range(1, len(row) + 1))
            await execute(f'INSERT INTO "{each.table}" ({names}) VALUES ({marks})', *row.values())  # noqa: S608
        else:
            new = ", ".join(f'"{name}" = ${place}' for place, name in enumerate(each.values, 3))
            await execute(
                f'UPDATE "{each.table}" SET {new} WHERE book_id = $1 AND id = $2',  # noqa: S608
                *(book_id, each.id, *each.values.values()),
            )

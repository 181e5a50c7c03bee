"""A member's printed booklet: the movements of the purse that are not printed yet wait for the next visit."""

from kernel import clock
from kernel.database import fetch
from kernel.errors import N_, Refused
from kernel.ids import new_id
from ledger import chart
from ledger.accounts import find_accounts
from ledger.statements import StatementLine, statement
from redemption.counter_papers import Passbook

MOST_LINES = 200  # that one printing reads; who prints at every visit has a few


class AlreadyPrinted(Refused):
    """Another counter printed these lines."""

    slug = "already-printed"
    title = N_("Already printed")
    detail = N_("These lines were printed meanwhile. Please open the passbook again.")


async def booklet(book_id: int, person_id: int) -> Passbook:
    """Return a member's booklet as it is printed so far; an empty one if there is none yet."""
    found = await Passbook.get_or_none(book_id=book_id, person_id=person_id)
    return found or Passbook(book_id=book_id, person_id=person_id)


async def not_printed(book_id: int, person_id: int) -> list[StatementLine]:
    """Return the movements of a member's purse that are not in the booklet yet, latest first."""
    printed_to = (await booklet(book_id, person_id)).printed_to
    name = chart.purse(person_id)
    account = (await find_accounts(book_id, [name])).get(name)
    if account is None:
        return []
    page = await statement(book_id, account.id, limit=MOST_LINES)
    return [line for line in page.lines if place_of(line) > printed_to]


async def mark_printed(book_id: int, person_id: int, before: int, printed_to: int, by: int) -> None:
    """Remember that the lines up to a movement are in the booklet that stood at `before`. Raises: AlreadyPrinted."""
    fresh = await not_printed(book_id, person_id)
    shown = [line for line in fresh if place_of(line) <= printed_to]
    if not shown or place_of(shown[0]) != printed_to:
        raise AlreadyPrinted
    lines = len({line.entry_id for line in shown})
    values = (book_id, person_id, printed_to, lines, by, clock.now())
    done = await fetch(
        "INSERT INTO passbook (id, book_id, person_id, printed_to, lines_printed, printed_by, printed_at) "
        "VALUES ($8, $1, $2, $3, $4, $5, $6) ON CONFLICT (book_id, person_id) DO UPDATE SET printed_to = $3, "
        "lines_printed = passbook.lines_printed + $4, printed_by = $5, printed_at = $6 "
        "WHERE passbook.printed_to = $7 RETURNING id",
        *(*values, before, new_id()),
    )
    if not done:
        raise AlreadyPrinted


def place_of(line: StatementLine) -> int:
    """Return where a movement stands in its purse, counted from 1 without a gap."""
    return line.place[0] if line.place else 0

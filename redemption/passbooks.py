"""A member's printed booklet: the movements of the purse that are not printed yet wait for the next visit."""

from collections.abc import Sequence

from kernel import clock
from kernel.database import execute
from kernel.errors import N_, Refused
from kernel.ids import new_id
from ledger import chart
from ledger.statements import StatementLine, statement
from redemption.counter_papers import Passbook

MOST_LINES = 200  # what a new booklet begins with at most; who prints at every visit has a few


class AlreadyPrinted(Refused):
    """Another counter printed these lines."""

    slug = "already-printed"
    title = N_("Already printed")
    detail = N_("These lines were printed meanwhile. Please open the passbook again.")


async def booklet(book_id: int, person_id: int) -> Passbook:
    """Return a member's booklet as it is printed so far; a new one if there is none."""
    found = await Passbook.get_or_none(book_id=book_id, person_id=person_id)
    return found or Passbook(book_id=book_id, person_id=person_id, printed_to=0, lines_printed=0)


async def not_printed(book_id: int, person_id: int) -> list[StatementLine]:
    """Return the movements of a member's purse that are not in the booklet yet, earliest first."""
    printed_to = (await booklet(book_id, person_id)).printed_to
    found: list[StatementLine] = []
    after = None
    while len(found) < MOST_LINES:
        page = await statement(book_id, chart.purse(person_id), after=after)
        fresh = [line for line in page.lines if place_of(line) > printed_to]
        found += fresh
        after = page.next
        if after is None or len(fresh) < len(page.lines):
            break
    return found[::-1]


async def printed(
    book_id: int, person_id: int, seen_to: int, lines: Sequence[StatementLine] | int, by: int, before: int
) -> Passbook:
    """Record it."""
    raise NotImplementedError


def place_of(line: StatementLine) -> int:
    """Return where a movement stands in its purse: movements count up without a gap."""
    return line.place[0] if line.place else 0

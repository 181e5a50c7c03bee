"""How many points a member may spend on one day by card, number or name: what a community has set."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel import clock
from kernel.database import Dialect
from kernel.direct import Ask, Steps
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together
from redemption.allowances import WITH_PIN, WITHOUT_PIN, SpendingLimit
from redemption.limit_errors import LimitsAreOdd

MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """A community's limits of a day, in points."""

    without_pin: int = WITHOUT_PIN
    with_pin: int = WITH_PIN


async def limits_of(book_id: int) -> Limits:
    """Return a community's limits."""
    return await _limits.ask(None, book_id)


_LIMITS = "SELECT book_id, points_without_pin, points_with_pin FROM spending_limit WHERE book_id "


def read_limits(_: None, books: Sequence[int], kind: Dialect) -> Steps[list[Limits]]:
    """Return the limits of each of some communities."""
    rows = yield Ask(_LIMITS + among(kind, 1), (as_list(kind, set(books)),))
    own = {
        row["book_id"]: Limits(row["points_without_pin"], row["points_with_pin"]) for row in rows
    }
    return [own.get(book_id, Limits()) for book_id in books]


_limits = Together(talked(read_limits))


async def set_limits(book_id: int, without_pin: int, with_pin: int, by: int) -> None:
    """Give a community other limits of a day.

    Raises:
        LimitsAreOdd
    """
    if not 0 <= without_pin <= with_pin <= MOST:
        raise LimitsAreOdd(most=MOST, field="with_pin")
    await SpendingLimit.update_or_create(
        book_id=book_id,
        defaults={
            "points_without_pin": without_pin,
            "points_with_pin": with_pin,
            "changed_by": by,
            "changed_at": clock.now(),
        },
    )

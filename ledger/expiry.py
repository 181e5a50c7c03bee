"""Expiry: lots whose day has passed leave the purse, and a person sees beforehand what will expire when."""

from dataclasses import dataclass

from kernel import clock
from kernel.database import fetch, snapshot
from kernel.days import day_of
from ledger import chart, purse
from ledger.at_once import post_many
from ledger.balances import holding
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.errors import NothingToPost
from ledger.holds import Held, held_by
from ledger.post import Balances, Decision, DocumentKey, Fact, Facts, Lot, Post

AT_ONCE = 100

# Purses in the order of their ids, and of each only the lots before a day: both by primary key.
LAPSED = (
    "SELECT a.id, a.path FROM account a WHERE a.book_id = $1 AND a.id > $2 AND a.lots = 1 "
    "AND a.path LIKE 'volunteer:%:points' AND EXISTS (SELECT 1 FROM lot_balance l "
    "WHERE l.book_id = a.book_id AND l.account_id = a.id AND l.expires_on < $3 AND l.credits > l.debits) "
    "ORDER BY a.id LIMIT $4"
)

LAPSING = (
    "SELECT a.path, l.expires_on, l.credits - l.debits AS points FROM account a "
    "JOIN lot_balance l ON l.book_id = a.book_id AND l.account_id = a.id "
    "WHERE a.book_id = $1 AND a.lots = 1 AND a.path LIKE 'volunteer:%:points' AND l.expires_on >= $2 "
    "AND l.expires_on <= $3 AND l.credits > l.debits ORDER BY l.expires_on, a.id"
)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What of a person's points expires when, earliest first, and what is set aside until when.

    Points set aside do not expire meanwhile; what of them comes back keeps its day, or gets 30 days of grace.
    """

    lots: tuple[Lot, ...]
    held: tuple[Held, ...]

    @property
    def points_held(self) -> int:
        """Return the points set aside in all."""
        return sum(each.points for each in self.held)


async def timeline(book_id: int, person_id: int, today: int) -> Timeline:
    """Return what of a person's points expires when, from today (yyyymmdd) on, and what is set aside; of one moment."""
    async with snapshot():
        own = await holding(book_id, chart.purse(person_id))
        held = await held_by(book_id, person_id)
    living = tuple(lot for lot in own.lots if lot.expires_on >= today)
    return Timeline(living, tuple(held))


async def lapsing(book_id: int, first: int, last: int) -> list[tuple[int, Lot]]:
    """Return (person, lot) of all that would expire on the days from `first` to `last` (yyyymmdd), earliest first."""
    return [
        (int(row["path"].split(":")[1]), Lot(row["expires_on"], int(row["points"])))
        for row in await fetch(LAPSING, book_id, first, last)
    ]


async def expire_lots(book_id: int) -> int:
    """Expire every lot whose day has passed, one entry for each purse and day, and return how many purses it was.

    Several may do so at once: what expires is what each entry finds, and each purse's entry of the day has one key.
    """
    today = day_of(clock.now(), await zone_of(book_id))
    expired, after = 0, 0
    while rows := await fetch(LAPSED, book_id, after, today, AT_ONCE):
        after = rows[-1]["id"]
        posts = [to_expire(book_id, int(row["path"].split(":")[1]), today) for row in rows]
        expired += await post_many(posts, unless=NothingToPost)
    return expired


def to_expire(book_id: int, person_id: int, today: int) -> Post:
    """Return the post that expires what has lapsed in a purse when it is decided."""
    own = chart.purse(person_id)

    def decide(_: Facts, balances: Balances) -> Decision:
        return Decision(tuple(purse.lapsed(own, balances[own], today)))

    return Post(
        book_id=book_id,
        kind=Kind.POINTS_EXPIRED,
        key=DocumentKey(f"volunteer:{person_id}:expired:{today}"),
        document=Fact("person", person_id),
        accounts=(own, chart.POINTS_EXPIRED),
        decide=decide,
    )

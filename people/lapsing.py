"""Points about to lapse: who loses how many on which day if nobody tells them, 60, 30 and 7 days before."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel import clock
from kernel.days import day_of, plus_days, to_date
from ledger.books import zone_of
from ledger.expiry import lapsing
from ledger.post import Lot
from people import roster
from people.closed import closed_among
from people.models import Membership
from people.privacy import Erasure

STAGES = (7, 30, 60)  # days before, the most urgent first


@dataclass(frozen=True, slots=True)
class Lapse:
    """Points of one member that lapse on a day: how many days are left, and which of the three warnings it is."""

    member: Membership
    day: int
    points: int
    days_left: int
    stage: int


def stage_of(day: int, today: int) -> int | None:
    """Return which warning is due for points good until a day, in days before; None if it is too early or late."""
    left = days_left(day, today)
    return next((stage for stage in STAGES if 0 <= left <= stage), None)


def days_left(day: int, today: int) -> int:
    """Return how many days there are from today to a day."""
    return (to_date(day) - to_date(today)).days


def about_to_lapse(lots: Iterable[Lot], today: int) -> list[tuple[Lot, int]]:
    """Return the lots of a purse that a warning is due for, with the warning, earliest first."""
    found = ((lot, stage_of(lot.expires_on, today)) for lot in sorted(lots) if lot.amount)
    return [(lot, stage) for lot, stage in found if stage is not None]


async def lapses(book_id: int) -> list[Lapse]:
    """Return who is to be told, by day and then number; a closed or removed record is never told anything."""
    today = day_of(clock.now(), await zone_of(book_id))
    found = await lapsing(book_id, today, plus_days(today, STAGES[-1]))
    people = {person_id for person_id, _ in found}
    gone = await closed_among(book_id, people)
    erased = Erasure.filter(book_id=book_id, person_id__in=sorted(people - gone))
    gone |= {each.person_id for each in await erased}
    known = await roster.memberships(book_id, people - gone)
    told = [
        Lapse(known[who], lot.expires_on, lot.amount, days_left(lot.expires_on, today), stage)
        for who, lot in found
        if who in known and (stage := stage_of(lot.expires_on, today)) is not None
    ]
    return sorted(told, key=lambda each: (each.day, each.member.number))

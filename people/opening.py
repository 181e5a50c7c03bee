"""Bring members and what they own into a book that begins: registration, then one OPENING_BALANCE entry.

Two commits, each all or nothing. The first takes everybody in and writes down the list (`opening`) with the number its
newcomers begin at; the second posts their balances under the list's own key. Whatever happens between them, the same
list again finds who was taken in and posts what is still to be posted; afterwards it changes nothing. Until the entry
stands, the audit says that this list and the books disagree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from kernel import clock
from kernel.database import Row, execute, transaction
from kernel.days import month_end
from kernel.ids import new_id
from ledger import chart
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import Balances, Decision, DocumentKey, Fact, Facts, Line, Post
from people.disclosing import note_disclosure
from people.errors import NoSuchCommunity
from people.models import Community, Membership, Person, Role, RoleGrant
from people.opening_list import Newcomer, OpeningList
from people.opening_plan import (
    AT_ONCE,
    ListHasProblems,
    by_number,
    paper_of,
    parts,
    plan,
    require_clear,
)
from people.privacy import Purpose, Told
from people.registration import FIRST_NUMBER

TABLE = "opening"


@dataclass(frozen=True, slots=True)
class Opened:
    """What an import came to. `entry_id` is None where nobody brought anything; `replayed`: it was so before."""

    opening_id: int
    people: int
    points: int
    minutes: int
    entry_id: int | None
    replayed: bool


async def carry_in(
    book_id: int,
    wanted: OpeningList,
    *,
    expires_by_rule: int | None,
    by: int | None = None,
    namesakes_are_others: bool = False,
) -> Opened:
    """Register a list's people and post what they bring, once however often it is asked.

    `by=None` is the server's own console. Raises: ListHasProblems, NamesakesUnclear, ListIsTooLong, NoSuchCommunity,
    and what the desk refuses: then everybody is registered, and the same list again posts the entry.
    """
    planned = await plan(book_id, wanted)
    require_clear(planned, namesakes_are_others=namesakes_are_others)
    paper = await _registered(book_id, wanted, by)
    if not (wanted.points or wanted.minutes):
        return _opened(paper, None, planned.imported_before)
    people = await _people_of(book_id, wanted.people, paper["first_number"])
    lines = tuple(_lines(wanted.people, people, expires_by_rule))
    document = Fact(TABLE, paper["id"])

    def decide(_: Facts, __: Balances) -> Decision:
        return Decision(lines)

    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.OPENING_BALANCE,
            key=DocumentKey(f"opening:{paper['id']}", wanted.digest),
            document=document,
            facts=(document,),
            accounts=tuple({name for line in lines for name in (line.debit, line.credit)}),
            decide=decide,
            actor_id=paper["imported_by"],
            reason_code="opening",
        )
    )
    return _opened(paper, posted.entry_id, posted.replayed)


def _opened(paper: Row, entry_id: int | None, replayed: bool) -> Opened:
    amounts = (paper["people"], paper["points"], paper["minutes"])
    return Opened(paper["id"], *amounts, entry_id, replayed)


async def _registered(book_id: int, wanted: OpeningList, by: int | None) -> Row:
    """Take everybody in and write the list down, or return the list as it was written down before."""
    async with transaction():
        # One registration at a time in a community, as everywhere: numbers are given out in order.
        if await Community.filter(id=book_id).select_for_update().first() is None:
            raise NoSuchCommunity
        if (paper := await paper_of(book_id, wanted)) is not None:
            return paper
        last = await Membership.filter(book_id=book_id).order_by("-number").first()
        first_number = FIRST_NUMBER if last is None else max(last.number + 1, FIRST_NUMBER)
        await _take_in(book_id, wanted.people, first_number, by)
        await execute(
            "INSERT INTO opening "
            "(book_id, id, points, minutes, imported_by, imported_at, people, first_number, digest) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            *(book_id, new_id(), wanted.points, wanted.minutes, by, clock.now()),
            *(len(wanted.people), first_number, wanted.digest),
        )
        people = len(wanted.people)
        await note_disclosure(book_id, Told.OPENING_LIST, Purpose.OFFICE, by=by, people=people)
        paper = await paper_of(book_id, wanted)
        if paper is None:
            raise AssertionError("a list was written down and is not there")
        return paper


def _numbers(people: Sequence[Newcomer], first_number: int) -> dict[int, int]:
    """Return each row's short number: its own, or the next that nobody in the list has."""
    given = {each.number for each in people}
    free = (number for number in count(first_number) if number not in given)
    return {each.row: next(free) if each.number is None else each.number for each in people}


async def _take_in(
    book_id: int, people: Sequence[Newcomer], first_number: int, by: int | None
) -> None:
    now = clock.now()
    numbers = _numbers(people, first_number)
    members, taken = await by_number(book_id, people)
    if taken:  # since the plan was made
        raise ListHasProblems(count=len(taken))
    new = [each for each in people if each.row not in members]
    persons = [Person.new(each.name, each.phone, now) for each in new]
    pairs = list(zip(new, persons, strict=True))
    await Person.bulk_create(persons, batch_size=AT_ONCE)
    memberships = [
        Membership(
            id=new_id(),
            book_id=book_id,
            person_id=person.id,
            number=numbers[each.row],
            flat=each.flat,
            joined_at=now,
        )
        for each, person in pairs
    ]
    await Membership.bulk_create(memberships, batch_size=AT_ONCE)
    roles = [
        RoleGrant(
            id=new_id(),
            book_id=book_id,
            person_id=person.id,
            role=Role.VOLUNTEER,
            granted_by=by,
            granted_at=now,
        )
        for person in persons
    ]
    await RoleGrant.bulk_create(roles, batch_size=AT_ONCE)


async def _people_of(book_id: int, people: Sequence[Newcomer], first_number: int) -> dict[int, int]:
    """Return each row's person, found again by the numbers they were given."""
    numbers = _numbers(people, first_number)
    owners: dict[int, int] = {}
    for some in parts(sorted(numbers.values())):
        members = Membership.filter(book_id=book_id, number__in=some)
        owners |= {member.number: member.person_id for member in await members}
    return {row: owners[number] for row, number in numbers.items()}


def _lines(
    people: Sequence[Newcomer], owners: dict[int, int], expires_by_rule: int | None
) -> Iterator[Line]:
    for each in people:
        person_id = owners[each.row]
        if each.points:
            day = month_end(each.expires_on or expires_by_rule or 0)
            yield Line(chart.POINTS_OPENING, chart.purse(person_id), each.points, day)
        if each.minutes:
            yield Line(chart.MINUTES_OPENING, chart.minutes(person_id), each.minutes)

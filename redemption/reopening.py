"""Taking back that a record was closed or joined: what passed on returns in one reversal, while it is still there."""

from collections.abc import Iterable

from kernel import clock
from kernel.days import day_of
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.entries import entries_of, entry_lines
from ledger.post import Balances, Decision, DocumentKey, Fact, Facts, Post
from people import endings
from people.closed import CLOSING
from people.erased import require_not_erased
from people.event_undo import TakingBack, taken_back
from people.household_errors import NoSuchEvent
from people.joined import MEMBERSHIP, joins
from people.lives import LifeEvent
from people.recording import TABLE, require_two
from people.roster import member
from redemption.family_papers import Rebinding
from redemption.moving import post_or_record
from redemption.rebinding import rebindings_undone


async def take_back(book_id: int, event_id: int, made_by: int, approved_by: int) -> LifeEvent:
    """Take a closing or a joining back: what went over returns while it is there, roles and household go on.

    Browsers and codes stay ended. Raises: NoSuchEvent, PersonIsErased, SecondPersonNeeded, TooLateToTakeBack,
    UsedMeanwhile.
    """
    event = await LifeEvent.get_or_none(
        book_id=book_id, id=event_id, kind__in=CLOSING, reversed_at__isnull=True
    )
    if event is None:
        raise NoSuchEvent
    await require_not_erased(book_id, event.person_id)
    concerned = {event.person_id} | ({event.other_id} if event.other_id else set())
    require_two(made_by, approved_by, concerned)
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    entry = await _entry_of(book_id, event_id)
    lines = await entry_lines(book_id, entry) if entry else ()
    rows = await endings.ended_rows(book_id, event.person_id, endings.ALL, event.recorded_at)
    back = TakingBack(event_id, lines, tuple(rows), made_by, approved_by, now, today)
    rebindings = await Rebinding.filter(
        book_id=book_id, event_id=event_id, undone_at__isnull=True
    ).order_by("id")
    paper = Fact(TABLE, event_id)
    old = Fact(MEMBERSHIP, (await member(book_id, event.person_id)).id)

    def decide(facts: Facts, balances: Balances) -> Decision:
        returning, writes = taken_back(back, facts[paper], balances)
        papers = rebindings_undone(rebindings, facts, now)
        return Decision(tuple(returning), (*writes, joins(old, None), *papers))

    asked = Post(
        book_id=book_id,
        kind=Kind.REVERSAL,
        key=DocumentKey(f"life:{event_id}:taken-back"),
        document=paper,
        facts=(paper, old, *(row.fact for row in rows), *_papers_of(rebindings)),
        accounts=tuple({name for line in lines for name in (line.debit, line.credit)}),
        decide=decide,
        actor_id=made_by,
        approver_id=approved_by,
        reverses_id=entry,
        occurred_at=now,
    )
    await post_or_record(asked)
    return await LifeEvent.get(book_id=book_id, id=event_id)


def _papers_of(rebindings: Iterable[Rebinding]) -> list[Fact]:
    facts = []
    for each in rebindings:
        facts += [Fact("voucher", each.voucher_id), Fact("voucher", each.successor_id)]
        facts.append(Fact("voucher_rebinding", each.id))
    return facts


async def _entry_of(book_id: int, event_id: int) -> int | None:
    """Return the entry that an event posted, or None if it moved nothing."""
    for entry in await entries_of(book_id, TABLE, event_id):
        if entry["kind"] in (Kind.PURSE_PASSED_ON, Kind.PURSE_MERGED):
            return int(entry["id"])
    return None

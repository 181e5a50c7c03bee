"""Moving within the community: the flat changes, and open vouchers pass to the new one in one entry."""

from kernel import clock
from kernel.days import day_of
from kernel.ids import new_id
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.errors import NothingToPost
from ledger.post import Balances, Change, Decision, DocumentKey, Fact, Facts, Insert, Post
from people.closed import require_open
from people.household_errors import NothingChanges
from people.lives import LifeEvent, LifeKind
from people.naming import folded_flat
from people.recording import TABLE, event_row, record_without_value
from people.roster import member
from redemption.rebinding import open_vouchers, rebind_all, rebound


async def move_within(book_id: int, person_id: int, flat: str, made_by: int) -> LifeEvent:
    """Record a member's new flat; points, hours and roles stay, open vouchers are good for the new flat.

    Raises: TextTooLong, NoSuchMember, RecordIsClosed, NothingChanges.
    """
    flat = folded_flat(flat)
    found = await member(book_id, person_id)
    await require_open(book_id, person_id)
    if flat == found.flat:
        raise NothingChanges(field="flat")
    now, event_id = clock.now(), new_id()
    today = day_of(now, await zone_of(book_id))
    vouchers = await open_vouchers(book_id, person_id, today)
    rebind = rebind_all(event_id, vouchers, person_id, flat, (now, today))
    home = Fact("membership", found.id)
    facts = (home, *rebind.facts)

    def decide(known: Facts, _: Balances) -> Decision:
        before = known[home]["flat"]
        if before == flat:
            raise NothingChanges(field="flat")
        lines, papers = rebound(rebind, known)
        kind = LifeKind.MOVED_WITHIN
        row = event_row(
            event_id, kind, person_id, now, flat_before=before, flat_after=flat, made_by=made_by
        )
        moved = Change("membership", found.id, {"flat": flat})
        return Decision(tuple(lines), (Insert(TABLE, row), moved, *papers))

    asked = Post(
        book_id=book_id,
        kind=Kind.VOUCHER_REBOUND,
        key=DocumentKey(f"life:{event_id}"),
        document=Fact(TABLE, event_id),
        facts=facts,
        accounts=rebind.accounts,
        decide=decide,
        actor_id=made_by,
        reason_code="moved-within",
        occurred_at=now,
    )
    await post_or_record(asked)
    return await LifeEvent.get(book_id=book_id, id=event_id)


async def post_or_record(asked: Post) -> None:
    """Post an event, or if nothing of value moves, write its documents alone. Raises: what its decision refuses."""
    if asked.accounts:
        try:
            await post(asked)
        except NothingToPost:
            pass
        else:
            return
    done = await record_without_value(asked.book_id, asked.facts, asked.accounts, asked.decide)
    if not done:  # something came in between the two: now there is something to post
        await post(asked)

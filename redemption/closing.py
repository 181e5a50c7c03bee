"""Closing a record for good, and joining two records of one person: points and vouchers pass on in one entry.

Holds are let go first, each in an entry of its own, so that their points are in the purse that is passed on. Neither
verb knows a page: whoever keeps approvals calls them with the two people.
"""

from contextlib import suppress
from dataclasses import dataclass

from kernel import clock
from kernel.database import transaction
from kernel.days import day_of
from kernel.ids import new_id
from ledger import holds
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.errors import DocumentAlreadyExists, HoldHasEnded
from ledger.post import Balances, Decide, Decision, DocumentKey, Fact, Facts, Post
from people import endings, merging, passing
from people.closed import require_open
from people.household_errors import ProofIsMissing, RecordIsClosed, SameRecord
from people.joined import MEMBERSHIP, joins, require_apart
from people.lives import LifeEvent
from people.naming import within
from people.recording import TABLE, require_two
from people.roster import member
from redemption import picking_up
from redemption.giving import require_open as require_open_fund
from redemption.moving import post_or_record
from redemption.rebinding import Rebind, open_vouchers, rebind_all, rebound

PROOF_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Word:
    """On whose word a record is closed or joined: who recorded it, who approved it, and which proof they saw."""

    made_by: int
    approved_by: int
    proof: str


async def close_record(
    book_id: int, person_id: int, word: Word, *, heir_id: int | None = None
) -> LifeEvent:
    """Close a record for good: codes and browsers end at once, points go by the rule, vouchers to the heir.

    Raises: SecondPersonNeeded, ProofIsMissing, TextTooLong, NoSuchMember, RecordIsClosed, HeirNeeded, PointsOnNotice.
    """
    proof = await _may_be(book_id, person_id, word)
    home = await member(book_id, person_id)
    bequest = await passing.bequest_of(book_id, person_id, heir_id)
    await _let_go(book_id, person_id, word.made_by)
    now, event_id = clock.now(), new_id()
    today = day_of(now, await zone_of(book_id))
    heir = bequest.heir
    vouchers = await open_vouchers(book_id, person_id, today) if heir else []
    to = heir.person_id if heir else person_id
    rebind = rebind_all(event_id, vouchers, to, home.flat, (now, today))
    rows = await endings.open_rows(book_id, person_id, endings.ALL)
    closing = passing.Closing(
        *(event_id, person_id, bequest, proof, word.made_by, word.approved_by, now, today),
        tuple(rows),
    )

    def decide(facts: Facts, balances: Balances) -> Decision:
        for each in closing.funds:
            require_open_fund(facts[each])
        lines, event = passing.closed(closing, balances)
        vouchers_go, papers = rebound(rebind, facts)
        ends = endings.ended(closing.endings, now)
        return Decision((*lines, *vouchers_go), (*event, *ends, *papers))

    return await _recorded(book_id, Kind.PURSE_PASSED_ON, closing, rebind, decide, closing.funds)


async def join_records(book_id: int, person_id: int, survivor_id: int, word: Word) -> LifeEvent:
    """Join a record into the surviving one of the same person: points lot by lot, hours, debts and vouchers go over.

    Raises: SecondPersonNeeded, ProofIsMissing, TextTooLong, SameRecord, NoSuchMember, RecordIsClosed, PointsOnNotice.
    """
    if person_id == survivor_id:
        raise SameRecord(field="survivor")
    proof = await _may_be(book_id, person_id, word, survivor_id)
    home, old = await member(book_id, survivor_id), await member(book_id, person_id)
    await require_open(book_id, survivor_id)
    await _let_go(book_id, person_id, word.made_by)
    both = Fact(MEMBERSHIP, old.id), Fact(MEMBERSHIP, home.id)
    now, event_id = clock.now(), new_id()
    today = day_of(now, await zone_of(book_id))
    vouchers = await open_vouchers(book_id, person_id, today)
    rebind = rebind_all(event_id, vouchers, survivor_id, home.flat, (now, today))
    rows = await endings.open_rows(book_id, person_id, endings.ALL)
    joining = merging.Merging(
        *(event_id, person_id, survivor_id, proof, word.made_by, word.approved_by, now),
        tuple(rows),
    )

    def decide(facts: Facts, balances: Balances) -> Decision:
        require_apart(facts, *both)
        lines, event = merging.merged(joining, balances)
        vouchers_go, papers = rebound(rebind, facts)
        ends = endings.ended(joining.endings, now)
        goes_on = joins(both[0], survivor_id)
        return Decision((*lines, *vouchers_go), (*event, goes_on, *ends, *papers))

    return await _recorded(book_id, Kind.PURSE_MERGED, joining, rebind, decide, both)


async def _may_be(book_id: int, person_id: int, word: Word, *others: int) -> str:
    """Return the proof as it is kept, if this record may be closed on this word."""
    require_two(word.made_by, word.approved_by, (person_id, *others))
    proof = within(word.proof, PROOF_LIMIT, "proof")
    if not proof:
        raise ProofIsMissing(field="proof")
    await member(book_id, person_id)
    await require_open(book_id, person_id)
    return proof


async def _let_go(book_id: int, person_id: int, by: int) -> None:
    """Free what is set aside for a person, so that its points are in the purse."""
    await picking_up.let_go_of(book_id, person_id, by)
    for held in await holds.held_by(book_id, person_id):
        key = DocumentKey(f"hold:{held.hold_id}:let-go:{held.points}")
        with suppress(HoldHasEnded):  # a rival was quicker
            await holds.release(book_id, held.hold_id, key=key, actor_id=by)


async def _recorded(
    book_id: int,
    kind: Kind,
    acting: passing.Closing | merging.Merging,
    rebind: Rebind,
    decide: Decide,
    facts: tuple[Fact, ...] = (),
) -> LifeEvent:
    """Post what closes a record, or write it alone where nothing of value moves."""
    asked = Post(
        book_id=book_id,
        kind=kind,
        key=DocumentKey(f"life:{acting.event_id}"),
        document=Fact(TABLE, acting.event_id),
        facts=(*(row.fact for row in acting.endings), *rebind.facts, *facts),
        accounts=(*acting.accounts, *rebind.accounts),
        decide=decide,
        actor_id=acting.made_by,
        approver_id=acting.approved_by,
        reason_code="closed" if kind is Kind.PURSE_PASSED_ON else "joined",
        occurred_at=acting.now,
    )
    try:
        await post_or_record(asked)
    except DocumentAlreadyExists:
        raise RecordIsClosed from None
    await _sweep(book_id, acting.person_id)
    return await LifeEvent.get(book_id=book_id, id=acting.event_id)


async def _sweep(book_id: int, person_id: int) -> None:
    """End what began between looking and closing, such as a browser that signed in meanwhile."""
    async with transaction():
        rows = await endings.open_rows(book_id, person_id, endings.ALL)
        await endings.write(book_id, endings.ended(rows, clock.now()))

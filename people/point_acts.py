"""Points put right by two persons: more or fewer in a member's purse, and debts written off."""

from collections.abc import Callable, Sequence

from kernel import clock
from kernel.days import day_of
from kernel.errors import N_, DomainError
from ledger import adjustments, chart, debts
from ledger.adjustments import Adjustment
from ledger.balances import holdings
from ledger.books import zone_of
from ledger.hold_rules import require_amount
from ledger.post import Balances, Line
from people import roster
from people.approval_rules import Verdict
from people.approvals import Act, Approval
from people.closed import survivor_of
from people.joined import post_for_survivors
from people.models import Role
from people.permissions import Viewer
from people.requesting import ask, reason_of
from people.two_persons import Acts, Effect, Outlook, TwoPersonAct, key_of, paper_of

OFFICE = frozenset({Role.ORGANISER, Role.ADMIN})


async def ask_adjustment(
    acts: Acts, viewer: Viewer, person_id: int, points: int, reason: str, *, expires_on: int
) -> Approval:
    """Ask for more points for a member, or fewer (negative); more of them last until a day (yyyymmdd).

    Raises: NoSuchMember, GrantAmountInvalid, RequestNeedsReason, TextTooLong, NotEnoughPoints, and as `ask`.
    """
    await roster.member(viewer.book_id, person_id)
    adjustments.require_adjustable(points)
    payload = {
        "person_id": person_id,
        "points": points,
        "expires_on": expires_on,
        "reason": reason_of(reason),
    }
    return await ask(acts, viewer, Act.ADJUSTMENT, payload, beneficiary_id=person_id, points=points)


async def ask_write_off(
    acts: Acts, viewer: Viewer, person_id: int, points: int, reason: str
) -> Approval:
    """Ask that a part of what a member owes, or all of it, is written off.

    Raises: NoSuchMember, AmountIsOdd, RequestNeedsReason, TextTooLong, NothingIsOwed, OwesLess, and as `ask`.
    """
    await roster.member(viewer.book_id, person_id)
    require_amount(points)
    payload = {"person_id": person_id, "points": points, "reason": reason_of(reason)}
    return await ask(
        acts, viewer, Act.DEBT_WRITE_OFF, payload, beneficiary_id=person_id, points=points
    )


async def adjust(request: Approval, verdict: Verdict) -> None:
    """Post an adjustment; the decision commits with it."""
    told = request.told
    wanted = Adjustment(
        person_id=told["person_id"],
        points=told["points"],
        expires_on=told["expires_on"],
        made_by=request.made_by,
        approved_by=verdict.by,
        reason=told["reason"],
    )
    today = day_of(clock.now(), await zone_of(request.book_id))
    paper = paper_of(request, verdict)
    await post_for_survivors(
        adjustments.to_adjust(request.book_id, wanted, today, key_of(request), paper)
    )


async def write_off(request: Approval, verdict: Verdict) -> None:
    """Post the writing off of a debt; the decision commits with it."""
    told = request.told
    await post_for_survivors(
        debts.to_write_off(
            request.book_id,
            told["person_id"],
            told["points"],
            (request.made_by, verdict.by),
            told["reason"],
            key_of(request),
            paper_of(request, verdict),
        )
    )


async def look_at_adjustment(request: Approval) -> Outlook:
    """Say how purse and debt would stand after an adjustment."""
    told = request.told
    today = day_of(clock.now(), await zone_of(request.book_id))

    def lines(balances: Balances) -> Sequence[Line]:
        return adjustments.adjusted(
            told["person_id"], told["points"], told["expires_on"], balances, today
        )

    return await _looked(request.book_id, told["person_id"], lines)


async def look_at_write_off(request: Approval) -> Outlook:
    """Say what would still be owed after a debt is written off."""
    told = request.told

    def lines(balances: Balances) -> Sequence[Line]:
        return (debts.written_off(told["person_id"], told["points"], balances),)

    return await _looked(request.book_id, told["person_id"], lines)


async def _looked(
    book_id: int, person_id: int, lines: Callable[[Balances], Sequence[Line]]
) -> Outlook:
    """Decide without posting: the same lines that would be posted now."""
    wallet, debt = chart.purse(person_id), chart.owed(person_id)
    whose = await survivor_of(book_id, person_id)
    names = {wallet: chart.purse(whose), debt: chart.owed(whose)}
    held = await holdings(book_id, names.values())
    balances = {name: held[to] for name, to in names.items()}
    refusal: DomainError | None = None
    moved: Sequence[Line] = ()
    try:
        moved = lines(balances)
    except DomainError as refused:
        refusal = refused
    came = sum(line.amount for line in moved if line.credit == wallet)
    went = sum(line.amount for line in moved if line.debit == wallet)
    paid = sum(line.amount for line in moved if line.credit == debt)
    had, owed = balances[wallet].balance, balances[debt].balance
    effects = [Effect(N_("Points in the purse"), had, had + came - went, "points")]
    if owed:
        effects.append(Effect(N_("Points owed"), owed, owed - paid, "points"))
    return Outlook(tuple(effects), refusal)


ACTS = (
    TwoPersonAct(
        Act.ADJUSTMENT,
        N_("Put points right"),
        asked_by=OFFICE,
        decided_by=OFFICE,
        look=look_at_adjustment,
        carry_out=adjust,
        limited=True,
    ),
    TwoPersonAct(
        Act.DEBT_WRITE_OFF,
        N_("Write off what is owed"),
        asked_by=OFFICE,
        decided_by=OFFICE,
        look=look_at_write_off,
        carry_out=write_off,
        limited=True,
    ),
)

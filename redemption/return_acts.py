"""Returns that take two persons: after the day of the sale, or of many points."""

from collections.abc import Iterable

from kernel.errors import N_, DomainError
from ledger import chart
from ledger.balances import holding
from people.approval_rules import Verdict
from people.approvals import Act, Approval
from people.closed import survivor_of
from people.joined import post_for_survivors
from people.models import Role
from people.permissions import Viewer
from people.requesting import ask, reason_of
from people.two_persons import Acts, Effect, Outlook, TwoPersonAct, key_of, paper_of
from redemption.errors import AlreadyUndone, ReturnsTooMuch
from redemption.models import Redemption, RedemptionLine
from redemption.returning import lines_of, redemption_for, to_return
from redemption.serving import Cart, merged
from redemption.states import RedemptionState


async def ask_return(
    acts: Acts,
    viewer: Viewer,
    redemption_id: int,
    parts: Iterable[tuple[int, int]],
    reason: str,
    damaged: Iterable[int] = (),
) -> Approval:
    """Ask that pieces of some lines, (line id, pieces), may come back although it is late, or much; some damaged.

    Raises: CartIsEmpty, QuantityIsOdd, RedemptionNotFound, ServesOneself, RequestNeedsReason, TextTooLong,
        AlreadyUndone, ReturnsTooMuch, and as `ask`.
    """
    wanted = merged(parts)
    redemption = await redemption_for(viewer.book_id, redemption_id, viewer.person_id)
    lines = await lines_of(redemption, wanted)
    payload = {
        "redemption_id": redemption_id,
        "person_id": redemption.person_id,
        "parts": sorted(list(pair) for pair in wanted),
        "damaged": sorted(set(damaged)),
        "reason": reason_of(reason),
    }
    return await ask(
        *(acts, viewer, Act.GOODS_RETURN, payload),
        beneficiary_id=redemption.person_id,
        points=_points(lines, wanted),
    )


async def take_back(request: Approval, verdict: Verdict) -> None:
    """Post the return; the decision commits with it."""
    redemption = await redemption_of(request)
    await post_for_survivors(
        await to_return(
            redemption,
            _parts(request),
            request.made_by,
            key_of(request),
            approval=paper_of(request, verdict),
            approver_id=verdict.by,
            damaged=frozenset(request.told.get("damaged", ())),
        )
    )


async def look_at_return(request: Approval) -> Outlook:
    """Say which pieces would come back, and how the purse would stand then."""
    redemption, parts = await redemption_of(request), _parts(request)
    lines = await lines_of(redemption, parts)
    whose = await survivor_of(request.book_id, redemption.person_id)
    wallet = await holding(request.book_id, chart.purse(whose))
    refusal: DomainError | None = None
    effects = []
    if redemption.state is RedemptionState.UNDONE:
        refusal = AlreadyUndone()
    for line_id, pieces in parts:
        line = lines[line_id]
        out = line.quantity - line.quantity_refunded
        if pieces > out:
            refusal = refusal or ReturnsTooMuch(left=out)
        words = N_("Pieces handed out of %(about)s")
        effects.append(Effect(words, out, max(out - pieces, 0), "pieces", line.item.name))
    after = wallet.balance + (0 if refusal else _points(lines, parts))
    effects.append(Effect(N_("Points in the purse"), wallet.balance, after, "points"))
    return Outlook(tuple(effects), refusal)


def _parts(request: Approval) -> Cart:
    return tuple((line_id, pieces) for line_id, pieces in request.told["parts"])


def _points(lines: dict[int, RedemptionLine], parts: Cart) -> int:
    return sum(lines[line_id].price_points * pieces for line_id, pieces in parts)


async def redemption_of(request: Approval) -> Redemption:
    """Return the receipt that a request is about, for its maker. Raises: as `redemption_for`."""
    return await redemption_for(request.book_id, request.told["redemption_id"], request.made_by)


ACTS = (
    TwoPersonAct(
        Act.GOODS_RETURN,
        N_("Take goods back late, or many"),
        asked_by=frozenset({Role.CLERK}),
        decided_by=frozenset({Role.ORGANISER, Role.ADMIN}),
        look=look_at_return,
        carry_out=take_back,
    ),
)

"""Swaps of many points: asked for at the counter, booked by one tap of somebody else; the customer need not wait."""

from kernel import clock
from kernel.days import day_of
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
from redemption.counter import quote
from redemption.errors import AlreadyUndone, ReturnsTooMuch
from redemption.exchange_errors import ExchangeIsOver
from redemption.exchanging import Swap, to_exchange
from redemption.return_acts import redemption_of
from redemption.returning import lines_of, redemption_for
from redemption.states import RedemptionState


async def ask_exchange(acts: Acts, viewer: Viewer, swap: Swap, reason: str) -> Approval:
    """Ask that goods be swapped although they are of many points; what was shown to the customer is what is asked.

    Raises: RedemptionNotFound, ServesOneself, ServesOwnFamily, RequestNeedsReason, TextTooLong, AlreadyUndone,
        ReturnsTooMuch, ExchangeIsOver, what `quote` finds against the new goods, and as `ask`.
    """
    redemption = await redemption_for(viewer.book_id, swap.redemption_id, viewer.person_id)
    today = day_of(clock.now(), viewer.zone)
    if day_of(redemption.redeemed_at, viewer.zone) != today:
        raise ExchangeIsOver
    lines = await lines_of(redemption, swap.parts)
    points = sum(lines[line].price_points * pieces for line, pieces in swap.parts)
    costs = await quote(viewer.book_id, redemption.shop_id, redemption.person_id, swap.cart)
    payload = {
        "redemption_id": redemption.id,
        "person_id": redemption.person_id,
        "parts": [list(pair) for pair in swap.parts],
        "cart": [list(pair) for pair in swap.cart],
        "damaged": sorted(swap.damaged),
        "expected_total": costs.total,
        "asked_on": today,
        "reason": reason_of(reason),
    }
    return await ask(
        *(acts, viewer, Act.GOODS_EXCHANGE, payload),
        beneficiary_id=redemption.person_id,
        points=points,
    )


async def swap_goods(request: Approval, verdict: Verdict) -> None:
    """Post the swap; the decision commits with it."""
    redemption = await redemption_of(request)
    await post_for_survivors(
        await to_exchange(
            *(redemption, _swap(request), request.made_by, key_of(request)),
            request.told["asked_on"],
            approval=paper_of(request, verdict),
            approver_id=verdict.by,
        )
    )


async def look_at_swap(request: Approval) -> Outlook:
    """Say which pieces would come back and go out, and how the purse would stand then."""
    redemption, swap = await redemption_of(request), _swap(request)
    lines = await lines_of(redemption, swap.parts)
    costs = await quote(request.book_id, redemption.shop_id, redemption.person_id, swap.cart)
    refusal: DomainError | None = None
    if redemption.state is RedemptionState.UNDONE:
        refusal = AlreadyUndone()
    effects = []
    for line_id, pieces in swap.parts:
        line = lines[line_id]
        out = line.quantity - line.quantity_refunded
        if pieces > out:
            refusal = refusal or ReturnsTooMuch(left=out)
        words = N_("Pieces handed out of %(about)s")
        effects.append(Effect(words, out, max(out - pieces, 0), "pieces", line.item.name))
    for new in costs.lines:
        refusal = refusal or new.refusal
        words = N_("Pieces of %(about)s on the shelf")
        left = max(new.on_shelf - new.quantity, 0)
        effects.append(Effect(words, new.on_shelf, left, "pieces", new.item.name))
    whose = await survivor_of(request.book_id, redemption.person_id)
    wallet = await holding(request.book_id, chart.purse(whose))
    after = wallet.balance + (0 if refusal else int(request.points) - costs.total)
    effects.append(Effect(N_("Points in the purse"), wallet.balance, after, "points"))
    return Outlook(tuple(effects), refusal)


def _swap(request: Approval) -> Swap:
    told = request.told
    parts, cart = (
        tuple((int(thing), int(pieces)) for thing, pieces in told[name])
        for name in ("parts", "cart")
    )
    damaged = frozenset(told["damaged"])
    return Swap(told["redemption_id"], parts, cart, damaged, told["expected_total"])


ACTS = (
    TwoPersonAct(
        Act.GOODS_EXCHANGE,
        N_("Swap goods of many points"),
        asked_by=frozenset({Role.CLERK}),
        decided_by=frozenset({Role.ORGANISER, Role.ADMIN}),
        look=look_at_swap,
        carry_out=swap_goods,
    ),
)

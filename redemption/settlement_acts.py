"""Settlements that two persons sign, and corrections of what is settled."""

from dataclasses import dataclass, replace
from functools import partial

from kernel import clock
from kernel.errors import N_, DomainError
from ledger import chart
from ledger.chart import AccountName, Kind
from ledger.desk import post
from ledger.paper import Paper
from ledger.periods import month_words
from ledger.post import Decide, Fact, Post
from people.approval_rules import Verdict
from people.approvals import Act, Approval
from people.joined import post_for_survivors
from people.models import Trade
from people.permissions import TABLE, Permission, Viewer
from people.point_acts import OFFICE
from people.requesting import ask, reason_of
from people.two_persons import Acts, Effect, Outlook, TwoPersonAct, key_of, paper_of
from redemption.dues import Due, due, slip_of, whose
from redemption.entries import entry_about
from redemption.errors import VoucherNotFound
from redemption.models import VoucherUse
from redemption.rendering import taking_back
from redemption.rendering_rules import corrected as service_corrected
from redemption.service_papers import ServiceUse
from redemption.settlement_errors import SettlementHasChanged
from redemption.settlement_rules import (
    SETTLEMENT,
    USES,
    Lock,
    corrected,
    locked,
    require_correctable,
)
from redemption.settling import company_here, content_of, drafted, require_settleable
from redemption.voucher_rules import in_yuan


async def ask_lock(acts: Acts, viewer: Viewer, company_id: int, month: int) -> Approval:
    """Sign the settlement of a month (its last day) first, and ask a second person to sign what was seen.

    Raises: CompanyNotHere, MonthNotOver, SettlementIsLocked, EarlierMonthUnsettled, NothingToSettle, and as `ask`.
    """
    company = await company_here(viewer.book_id, company_id)
    content = await require_settleable(viewer.book_id, company_id, month)
    draft = await drafted(viewer.book_id, company_id, month, viewer.person_id)
    payload = {
        "settlement_id": draft.id,
        "company_id": company_id,
        "company": company.name,
        "month": month,
        "month_words": month_words(month),
        "uses": len(content.uses),
        "used_fen": content.used_fen,
        "owed_back_fen": content.owed_back_fen,
        "amount": in_yuan(content.amount_fen),
        "lines": content.digest,
    }
    return await ask(acts, viewer, Act.SETTLEMENT_LOCK, payload, beneficiary_id=None)


async def lock(request: Approval, verdict: Verdict) -> None:
    """Post the lock; both signatures commit with it. Raises: SettlementHasChanged, and as `locked`."""
    told = request.told
    company_id, settlement_id = told["company_id"], told["settlement_id"]
    content = await content_of(request.book_id, company_id, told["month"])
    if content.digest != told["lines"]:
        raise SettlementHasChanged
    approval, now = paper_of(request, verdict), clock.now()
    act = Lock(settlement_id, company_id, content, approval, request.made_by, verdict.by, now)
    paper = Fact(SETTLEMENT, settlement_id)
    await post(
        Post(
            book_id=request.book_id,
            kind=Kind.SETTLEMENT_OPENED,
            key=key_of(request),
            document=paper,
            facts=(paper, *content.facts, *approval.facts),
            accounts=act.accounts,
            decide=partial(locked, act),
            actor_id=request.made_by,
            approver_id=verdict.by,
            occurred_at=now,
        )
    )


async def look_at_lock(request: Approval) -> Outlook:
    """Say what the company would be paid, and whether it is still what was signed."""
    told = request.told
    refusal: DomainError | None = None
    try:
        content = await require_settleable(request.book_id, told["company_id"], told["month"])
        if content.digest != told["lines"]:
            refusal = SettlementHasChanged()
    except DomainError as against:
        refusal = against
    waits, signed = N_("not settled"), N_("locked with both signatures")
    effects = (
        Effect(N_("Settlement"), waits, signed, "state"),
        Effect(N_("To be paid"), "¥0.00", f"¥{told['amount']}", "state"),
    )
    return Outlook(effects, refusal)


async def ask_correction(acts: Acts, viewer: Viewer, use_id: int, reason: str) -> Approval:
    """Ask that a settled use goes back onto its voucher, or a service is taken back; the next settlement is smaller.

    Raises: VoucherNotFound, AlreadyUndone, NotSettledYet, VoucherIsVoid, RequestNeedsReason, TextTooLong, and as `ask`.
    """
    use = await settled_use(viewer.book_id, use_id)
    payload = {
        "use_id": use_id,
        "slip": slip_of(use),
        "amount": in_yuan(use.amount_fen),
        "reason": reason_of(reason),
    }
    beneficiary = whose(use).id
    return await ask(acts, viewer, Act.USE_CORRECTION, payload, beneficiary_id=beneficiary)


async def settled_use(book_id: int, use_id: int) -> Due:
    """Return a use or a service with whose it is, its company and who took it. Raises: VoucherNotFound."""
    found = await due(book_id, use_id)
    if found is None:
        raise VoucherNotFound
    return found


async def correct(request: Approval, verdict: Verdict) -> None:
    """Post the correction; the decision commits with it."""
    use = await settled_use(request.book_id, request.told["use_id"])
    approval, now = paper_of(request, verdict), clock.now()
    if isinstance(use, ServiceUse):
        how = await _service_back(use, approval, now)
    else:
        how = _use_back(use, approval, now)
    await post_for_survivors(
        Post(
            book_id=request.book_id,
            kind=how.kind,
            key=key_of(request),
            document=Fact(USES[use.company.trade], use.id),
            facts=(*how.facts, *approval.facts),
            accounts=how.accounts,
            decide=how.decide,
            actor_id=request.made_by,
            approver_id=verdict.by,
            reason=request.why,
            occurred_at=now,
        )
    )


@dataclass(frozen=True, slots=True)
class _Back:
    """How what is settled is taken back: a use to its voucher, a service's points to their lots."""

    kind: Kind
    facts: tuple[Fact, ...]
    accounts: tuple[AccountName, ...]
    decide: Decide


def _use_back(use: VoucherUse, approval: Paper, now: int) -> _Back:
    return _Back(
        Kind.VOUCHER_CORRECTED,
        (Fact(USES[Trade.PROPERTY], use.id), Fact("voucher", use.voucher_id)),
        (chart.owed_back(use.company_id), chart.voucher(use.voucher_id)),
        partial(corrected, use.id, use.voucher_id, approval, now),
    )


async def _service_back(use: ServiceUse, approval: Paper, now: int) -> _Back:
    entry = await entry_about(
        use.book_id, Fact(USES[Trade.MERCHANT], use.id), Kind.SERVICE_RENDERED
    )
    back = replace(await taking_back(use, entry["id"]), now=now)
    moved = {name for line in back.lines for name in (line.debit, line.credit)}
    accounts = (*moved, chart.owed_back(use.company_id, Trade.MERCHANT.value))
    decide = partial(service_corrected, back, approval)
    return _Back(Kind.SERVICE_CORRECTED, back.facts, accounts, decide)


async def look_at_correction(request: Approval) -> Outlook:
    """Say what would stand on the voucher again, or which points the person would have back."""
    use = await settled_use(request.book_id, request.told["use_id"])
    refusal: DomainError | None = None
    row = {"undone_at": use.undone_at, "settled_in_id": use.settled_in_id}
    try:
        require_correctable(
            row, {"state": use.voucher.state} if isinstance(use, VoucherUse) else None
        )
    except DomainError as against:
        refusal = against
    if isinstance(use, ServiceUse):
        effect = Effect(N_("Points given back"), 0, 0 if refusal else use.points, "points")
        return Outlook((effect,), refusal)
    left = use.voucher.remaining_fen
    after = left + (0 if refusal else use.amount_fen)
    before, then = f"¥{in_yuan(left)}", f"¥{in_yuan(after)}"
    return Outlook((Effect(N_("Left on the voucher"), before, then, "state"),), refusal)


ACTS = (
    TwoPersonAct(
        Act.SETTLEMENT_LOCK,
        N_("Settle a month with a company or a merchant"),
        asked_by=frozenset(TABLE[Permission.SETTLE]),
        decided_by=OFFICE,
        look=look_at_lock,
        carry_out=lock,
    ),
    TwoPersonAct(
        Act.USE_CORRECTION,
        N_("Take back a use that is settled"),
        asked_by=frozenset(TABLE[Permission.SETTLE]),
        decided_by=OFFICE,
        look=look_at_correction,
        carry_out=correct,
    ),
)

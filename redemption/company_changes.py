"""Another property company: all open vouchers of the one become vouchers of the other, once two persons have signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from kernel import clock
from kernel.days import day_of
from kernel.errors import N_, DomainError
from kernel.ids import new_id
from ledger import chart
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.errors import OutcomeIsUnknown
from ledger.paper import Paper
from ledger.post import Balances, Change, Decision, Fact, Facts, Insert, Line, Post
from people.approval_rules import Verdict
from people.approvals import Act, Approval
from people.models import PropertyCompany, Trade
from people.permissions import TABLE, Permission, Viewer
from people.point_acts import OFFICE
from people.requesting import ask
from people.two_persons import Acts, Effect, Outlook, TwoPersonAct, key_of, paper_of
from redemption.change_errors import (
    CompanyIsReplaced,
    NoOpenVouchers,
    SameCompany,
    VouchersHaveChanged,
)
from redemption.change_papers import CompanyChange
from redemption.family_papers import Rebinding
from redemption.models import Voucher
from redemption.rebinding import Rebind, rebind_to_company, rebound
from redemption.settlement_errors import CompanyNotHere
from redemption.states import VoucherState
from redemption.voucher_rules import in_yuan

COMPANY = "property_company"


async def passing_on(book_id: int, company_id: int) -> list[Voucher]:
    """Return a company's vouchers with money on them that are still good, by flat, with their persons."""
    today = day_of(clock.now(), await zone_of(book_id))
    good = Voucher.filter(
        book_id=book_id, company_id=company_id, state=VoucherState.ISSUED, expires_on__gte=today
    )
    return await good.order_by("flat", "serial").prefetch_related("person")


async def two_companies(
    book_id: int, before_id: int, after_id: int
) -> tuple[PropertyCompany, PropertyCompany]:
    """Return the company that leaves and the one that takes its place. Raises: SameCompany, CompanyNotHere."""
    if before_id == after_id:
        raise SameCompany(field="after")
    both = []
    for company_id in (before_id, after_id):
        found = await PropertyCompany.get_or_none(
            book_id=book_id, id=company_id, trade=Trade.PROPERTY
        )
        if found is None:
            raise CompanyNotHere
        both.append(found)
    return both[0], both[1]


async def ask_change(acts: Acts, viewer: Viewer, before_id: int, after_id: int) -> Approval:
    """Sign first that one company takes another's place, and ask a second person.

    Raises: SameCompany, CompanyNotHere, CompanyIsReplaced, NoOpenVouchers, and as `ask`.
    """
    before, after = await two_companies(viewer.book_id, before_id, after_id)
    if after.ended_at is not None:
        raise CompanyIsReplaced
    vouchers = await passing_on(viewer.book_id, before_id)
    if not vouchers:
        raise NoOpenVouchers
    payload = {
        "before_id": before.id,
        "before": before.name,
        "after_id": after.id,
        "after": after.name,
        **Listed({each.id: each.remaining_fen for each in vouchers}).told,
    }
    return await ask(acts, viewer, Act.COMPANY_CHANGE, payload, beneficiary_id=None)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of vouchers as it is signed: fen left by voucher id."""

    left: Mapping[int, int]

    @property
    def words(self) -> str:
        """Return number and amount as they are shown."""
        return f"{len(self.left)} · ¥{in_yuan(sum(self.left.values()))}"

    @property
    def told(self) -> dict[str, Any]:
        """Return what a request says of it."""
        amount = in_yuan(sum(self.left.values()))
        left = {str(voucher_id): fen for voucher_id, fen in sorted(self.left.items())}
        return {"vouchers": len(left), "amount": amount, "left": left}


def signed_list(request: Approval) -> Listed:
    """Return the list that was signed first."""
    return Listed({int(voucher_id): fen for voucher_id, fen in request.told["left"].items()})


def require_signed(signed: Listed, now: Listed) -> None:
    """Refuse to pass on more than was signed first. What was used meanwhile is less. Raises: VouchersHaveChanged."""
    if any(fen > signed.left.get(voucher_id, 0) for voucher_id, fen in now.left.items()):
        raise VouchersHaveChanged(told=signed.words, now=now.words)


@dataclass(frozen=True, slots=True)
class Changing:
    """A change about to be posted: what passes on, which list was signed first, and the paper that says so."""

    change_id: int
    before_id: int
    after_id: int
    rebind: Rebind
    signed: Listed
    approval: Paper
    approval_id: int
    asked_by: int
    signed_by: int | None
    now: int

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the vouchers, both companies and the request."""
        both = (Fact(COMPANY, self.before_id), Fact(COMPANY, self.after_id))
        return (*self.rebind.facts, *both, *self.approval.facts)


def changed(changing: Changing, facts: Facts, balances: Balances) -> Decision:
    """Decide a change: what is still left on each voucher passes on.

    Raises: CompanyIsReplaced, NoOpenVouchers, VouchersHaveChanged, and as `judged`.
    """
    decided = changing.approval.require(facts, balances)
    if facts[Fact(COMPANY, changing.after_id)]["ended_at"] is not None:
        raise CompanyIsReplaced
    lines, papers = rebound(changing.rebind, facts)
    if not lines:
        raise NoOpenVouchers
    void = chart.vouchers(changing.before_id, "void")
    left = {_voucher(each): each.amount for each in lines if each.credit == void}
    require_signed(changing.signed, Listed(left))
    row = {
        "id": changing.change_id,
        "before_id": changing.before_id,
        "after_id": changing.after_id,
        "vouchers": len(left),
        "amount_fen": sum(left.values()),
        "approval_id": changing.approval_id,
        "asked_by": changing.asked_by,
        "signed_by": changing.signed_by,
        "changed_at": changing.now,
    }
    ends = Change(COMPANY, changing.before_id, {"ended_at": changing.now})
    # The paper stands before the rows that name it.
    return Decision(tuple(lines), (*decided, Insert("company_change", row), ends, *papers))


def _voucher(line: Line) -> int:
    """Read whose money a line moves, `voucher:{id}`."""
    return int(line.debit.path.rpartition(":")[2])


async def change(request: Approval, verdict: Verdict) -> None:
    """Post the change; both signatures commit with it. Raises: as `changed`."""
    told, now = request.told, clock.now()
    before_id, after_id = told["before_id"], told["after_id"]
    # From here on nothing is issued there, and what is being issued is waited for: the list that passes on is whole.
    left = PropertyCompany.filter(book_id=request.book_id, id=before_id)
    leaves = bool(await left.filter(ended_at__isnull=True).update(ended_at=now))
    try:
        await _pass_on(request, verdict, before_id, after_id, now)
    except OutcomeIsUnknown:
        raise  # it may have passed on: `take_again` opens the company if it has not
    except DomainError:
        if leaves:
            await left.update(ended_at=None)
        raise


async def _pass_on(
    request: Approval, verdict: Verdict, before_id: int, after_id: int, now: int
) -> None:
    today = day_of(now, await zone_of(request.book_id))
    vouchers = await passing_on(request.book_id, before_id)
    change_id = new_id()
    rebind = rebind_to_company(change_id, vouchers, after_id, (now, today))
    changing = Changing(
        *(change_id, before_id, after_id, rebind, signed_list(request), paper_of(request, verdict)),
        *(request.id, request.made_by, verdict.by, now),
    )
    await post(
        Post(
            book_id=request.book_id,
            kind=Kind.VOUCHER_REBOUND,
            key=key_of(request),
            document=Fact("company_change", change_id),
            facts=changing.facts,
            accounts=(
                *rebind.accounts,
                *(chart.vouchers(before_id, "void"), chart.vouchers(after_id, "issued")),
            ),
            decide=partial(changed, changing),
            actor_id=request.made_by,
            approver_id=verdict.by,
            reason_code="company-changed",
            occurred_at=now,
        )
    )


async def look(request: Approval) -> Outlook:
    """Say how many vouchers would pass on, with how much left on them."""
    told = request.told
    vouchers = await passing_on(request.book_id, told["before_id"])
    now = Listed({each.id: each.remaining_fen for each in vouchers})
    refusal: DomainError | None = None if vouchers else NoOpenVouchers()
    try:
        require_signed(signed_list(request), now)
    except DomainError as changed_since:
        refusal = refusal or changed_since
    words = N_("Open vouchers of %(about)s")
    return Outlook(
        (
            Effect(words, now.words, "0 · ¥0.00", "state", told["before"]),
            Effect(N_("They become vouchers of"), told["before"], told["after"], "state"),
        ),
        refusal,
    )


async def take_again(book_id: int, company_id: int) -> None:
    """Let a company that left take new vouchers again. Raises: CompanyNotHere."""
    left = PropertyCompany.filter(book_id=book_id, id=company_id, ended_at__isnull=False)
    if not await left.update(ended_at=None):
        raise CompanyNotHere


async def one(book_id: int, change_id: int) -> CompanyChange | None:
    """Return a change with its companies, or None."""
    return await CompanyChange.get_or_none(book_id=book_id, id=change_id).prefetch_related(
        "before", "after"
    )


async def changes(book_id: int) -> list[CompanyChange]:
    """Return the changes, the latest first, with their companies."""
    found = CompanyChange.filter(book_id=book_id)
    return await found.order_by("-changed_at", "-id").prefetch_related("before", "after")


async def passed_on(book_id: int, change_id: int) -> list[Rebinding]:
    """Return what passed on in a change, by flat, with both vouchers and their persons."""
    found = Rebinding.filter(book_id=book_id, change_id=change_id)
    return await found.order_by("voucher__flat", "voucher__serial").prefetch_related(
        "voucher__person", "successor"
    )


ACTS = (
    TwoPersonAct(
        Act.COMPANY_CHANGE,
        N_("Put one property company in another's place"),
        asked_by=frozenset(TABLE[Permission.SETTLE]),
        decided_by=OFFICE,
        look=look,
        carry_out=change,
    ),
)

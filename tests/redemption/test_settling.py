"""Settling a month with a property company: two signatures, the bank, late corrections, and what is refused."""

import asyncio
from dataclasses import dataclass

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError

from audit.reconcile import reconcile
from audit.settled import figures
from kernel import clock
from kernel.clock import HOUR
from kernel.database import execute
from kernel.days import start_of
from kernel.errors import DomainError
from ledger import chart
from ledger.balances import holding
from ledger.checks import Finding
from people.approvals import Approval
from people.deciding import approve
from people.models import Role
from people.permissions import Viewer
from redemption import settlement_acts, settling, voucher_limits, vouchers
from redemption.errors import AlreadySettled, AlreadyUndone, VoucherIsVoid
from redemption.models import VoucherUse
from redemption.property_desk import undo_use, use
from redemption.settlement_errors import (
    BankReferenceIsMissing,
    EarlierMonthUnsettled,
    MonthNotOver,
    NothingToSettle,
    NotSettledYet,
    SettlementHasChanged,
    SettlementIsLocked,
    SettlementIsPaid,
    SettlementNotFound,
    SettlementNotLocked,
)
from redemption.settlement_papers import Settlement, SettlementState
from redemption.settlement_rules import Content, fitting
from tests.redemption.approving import somebody
from tests.redemption.world import ZONE, World, key, make_world
from web.acts import ACTS

SEPTEMBER, OCTOBER, NOVEMBER = 20_260_930, 20_261_031, 20_261_130


def at(day: int, hour: int = 12) -> int:
    """A moment of a local day."""
    return start_of(day, ZONE) + hour * HOUR


@dataclass
class Office:
    """A community with two leaders and a member with vouchers of ¥50."""

    world: World
    maker: Viewer
    checker: Viewer

    async def used(self, day: int, *amounts: int) -> list[VoucherUse]:
        """Amounts taken off bills on a day, each off a voucher of its own."""
        world, taken = self.world, []
        with clock.frozen(at(day)):
            for fen in amounts:
                voucher = await vouchers.issue(
                    *(world.book, world.member, world.offer.id, world.company, world.member, key())
                )
                taken.append(
                    await use(world.book, voucher.id, fen, world.desk_clerk, world.company, key())
                )
        return taken

    async def undo(self, taken: VoucherUse) -> VoucherUse:
        """The desk's own undo."""
        world = self.world
        return await undo_use(world.book, taken.id, world.desk_clerk, world.company, key())

    async def sign(self, month: int) -> Approval:
        """The first signature."""
        return await settlement_acts.ask_lock(ACTS, self.maker, self.world.company, month)

    async def lock(self, month: int) -> Settlement:
        """Both signatures."""
        request = await self.sign(month)
        await approve(ACTS, self.checker, request.id, request.digest)
        return await settling.settlement(self.world.book, self.world.company, month)

    async def pay(self, month: int, reference: str = "ICBC20261002001") -> Settlement:
        """The bank's reference."""
        world = self.world
        return await settling.pay(
            world.book, world.company, month, reference, self.maker.person_id, key()
        )

    async def correct(self, taken: VoucherUse) -> None:
        """A correction with both signatures."""
        request = await settlement_acts.ask_correction(ACTS, self.maker, taken.id, "扣错了户")
        await approve(ACTS, self.checker, request.id, request.digest)

    async def findings(self) -> list[Finding]:
        """What the audit finds; the points of this small community stand on no list."""
        found = await reconcile(self.world.book)
        return [
            each
            for each in found
            if each.members.get("table") != "opening" and each.entry_id is None
        ]

    async def holds(self, name: chart.AccountName) -> int:
        """What an account holds."""
        return (await holding(self.world.book, name)).balance

    async def payable(self) -> int:
        """What the company is owed and nothing settles yet."""
        return await self.holds(chart.payable(self.world.company))

    async def owed_back(self) -> int:
        """What the company owes back."""
        return await self.holds(chart.owed_back(self.world.company))

    async def settling(self, found: Settlement) -> int:
        """What stands in a settlement."""
        return await self.holds(chart.settling(self.world.company, found.id))


@pytest.fixture
async def office(database):
    """The office in the first days of November."""
    with clock.frozen(at(20_260_901)):
        world = await make_world(points=2000, rice=0, soap=0)
        maker = await somebody(world.book, "赵敏", Role.ORGANISER)
        checker = await somebody(world.book, "钱主任", Role.ADMIN)
        await voucher_limits.set_limit(world.book, None, checker.person_id)
    with clock.frozen(at(20_261_102)):
        yield Office(world, maker, checker)


async def test_a_month_is_signed_by_two_and_paid_and_then_nothing_is_left_in_it(office):
    await office.used(20_260_928, 3000, 5000)
    await office.used(20_261_001, 700)
    request = await office.sign(SEPTEMBER)
    assert (request.told["uses"], request.told["amount"]) == (2, "80.00")
    draft = await settling.settlement(office.world.book, office.world.company, SEPTEMBER)
    assert (draft.state, await office.payable()) == (SettlementState.DRAFT, 8700)
    await approve(ACTS, office.checker, request.id, request.digest)
    locked = await settling.settlement(office.world.book, office.world.company, SEPTEMBER)
    assert (locked.state, locked.uses, locked.amount_fen) == (SettlementState.LOCKED, 2, 8000)
    assert (locked.made_by, locked.checked_by) == (
        office.maker.person_id,
        office.checker.person_id,
    )
    assert (await office.settling(locked), await office.payable()) == (8000, 700)
    assert await office.findings() == []
    paid = await office.pay(SEPTEMBER, " ICBC 2026 1002 ")
    assert (paid.state, paid.bank_reference) == (SettlementState.PAID, "ICBC20261002")
    assert await office.settling(paid) == 0
    assert (await office.world.totals())["bank:paid-out"] == -8000
    lines, corrections = await settling.lines_of(paid)
    assert ([each.amount_fen for each in lines], corrections) == ([3000, 5000], [])
    assert await office.findings() == []


async def test_what_became_of_the_vouchers_adds_up_month_by_month(office):
    first, second = await office.used(20_260_928, 3000, 5000)
    with clock.frozen(at(20_261_005)):
        await office.undo(second)
        await vouchers.void_rest(office.world.book, second.voucher_id, office.world.member, key())
    await office.used(20_261_020, 1000)
    found = await figures(office.world.book)
    company = office.world.company
    september, october = found[company, SEPTEMBER], found[company, OCTOBER]
    assert (september.issued, september.used, september.outstanding) == (10_000, 8000, 2000)
    assert (october.before, october.issued, october.used) == (2000, 5000, 1000 - 5000)
    assert (october.void, october.outstanding) == (5000, 2000 + 4000)
    locked = await office.lock(SEPTEMBER)
    assert (locked.uses, locked.amount_fen) == (1, first.amount_fen)
    assert await office.findings() == []


async def test_a_month_is_refused_before_it_is_over_out_of_turn_empty_and_twice(office):
    with pytest.raises(NothingToSettle):
        await office.sign(OCTOBER)
    await office.used(20_260_928, 3000)
    await office.used(20_261_020, 1000)
    with pytest.raises(MonthNotOver):
        await office.sign(NOVEMBER)
    with pytest.raises(EarlierMonthUnsettled, match="2026-09"):
        await office.sign(OCTOBER)
    await office.lock(SEPTEMBER)
    with pytest.raises(SettlementIsLocked):
        await office.sign(SEPTEMBER)
    with pytest.raises(SettlementNotFound):
        await settling.settlement(office.world.book, office.world.rival, SEPTEMBER)


async def test_whoever_signs_second_signs_what_the_first_saw(office):
    one, _ = await office.used(20_260_928, 3000, 5000)
    request = await office.sign(SEPTEMBER)
    await office.undo(one)
    with pytest.raises(SettlementHasChanged):
        await approve(ACTS, office.checker, request.id, request.digest)
    assert await office.payable() == 5000
    again = await office.sign(SEPTEMBER)
    await approve(ACTS, office.checker, again.id, again.digest)
    assert await office.payable() == 0


async def test_nobody_signs_twice(office):
    await office.used(20_260_928, 3000)
    request = await office.sign(SEPTEMBER)
    with pytest.raises(DomainError) as told:
        await approve(ACTS, office.maker, request.id, request.digest)
    assert told.value.slug == "own-request"


async def test_a_draft_is_not_paid_and_a_settlement_only_once(office):
    await office.used(20_260_928, 3000)
    await office.sign(SEPTEMBER)
    with pytest.raises(SettlementNotLocked):
        await office.pay(SEPTEMBER)
    await office.lock(SEPTEMBER)
    for odd in ("", "  ", "9" * 41):
        with pytest.raises(BankReferenceIsMissing):
            await office.pay(SEPTEMBER, odd)
    await office.pay(SEPTEMBER)
    with pytest.raises(SettlementIsPaid, match="ICBC20261002001"):
        await office.pay(SEPTEMBER)


async def test_a_use_corrected_after_the_lock_goes_back_and_makes_the_next_month_smaller(office):
    wrong, _ = await office.used(20_260_928, 3000, 5000)
    with pytest.raises(NotSettledYet):
        await office.correct(wrong)
    await office.lock(SEPTEMBER)
    with pytest.raises(AlreadySettled):
        await office.undo(wrong)
    await office.correct(wrong)
    with pytest.raises(AlreadyUndone):
        await office.correct(wrong)
    assert await office.owed_back() == 3000
    assert await office.holds(chart.voucher(wrong.voucher_id)) == 5000
    assert await office.findings() == []
    await office.used(20_261_020, 4000)
    october = await office.lock(OCTOBER)
    assert (october.amount_fen, october.owed_back_fen) == (1000, 3000)
    assert await office.owed_back() == 0
    lines, corrections = await settling.lines_of(october)
    assert [each.amount_fen for each in lines] == [4000]
    assert [each.id for each in corrections] == [wrong.id]
    assert await office.findings() == []


async def test_where_all_is_owed_back_nothing_is_left_for_the_bank(office):
    (wrong,) = await office.used(20_260_928, 3000)
    await office.lock(SEPTEMBER)
    await office.correct(wrong)
    await office.used(20_261_020, 3000)
    october = await office.lock(OCTOBER)
    assert (october.state, october.amount_fen) == (SettlementState.PAID, 0)
    with pytest.raises(SettlementIsPaid):
        await office.pay(OCTOBER)
    assert await office.findings() == []


async def test_a_use_of_a_void_voucher_is_not_corrected(office):
    (taken,) = await office.used(20_260_928, 3000)
    await office.lock(SEPTEMBER)
    await vouchers.void_rest(office.world.book, taken.voucher_id, office.world.member, key())
    with pytest.raises(VoucherIsVoid):
        await office.correct(taken)


@pytest.mark.concurrency
async def test_a_lock_and_undos_at_once_leave_no_use_both_paid_and_undone(office):
    taken = await office.used(20_260_928, *[100] * 10)
    request = await office.sign(SEPTEMBER)
    told = await asyncio.gather(
        approve(ACTS, office.checker, request.id, request.digest),
        *(office.undo(each) for each in taken[:3]),
        return_exceptions=True,
    )
    undone = sum(not isinstance(each, Exception) for each in told[1:])
    assert isinstance(told[0], SettlementHasChanged) or undone == 0
    found = await settling.settlement(office.world.book, office.world.company, SEPTEMBER)
    assert await office.settling(found) == found.amount_fen == (0 if undone else 1000)
    assert await office.findings() == []


@pytest.mark.concurrency
async def test_a_settlement_signed_and_paid_by_fifty_at_once_is_paid_once(office):
    await office.used(20_260_928, 3000)
    await office.lock(SEPTEMBER)
    told = await asyncio.gather(
        *(office.pay(SEPTEMBER, f"B{number}") for number in range(50)), return_exceptions=True
    )
    assert sum(isinstance(each, SettlementIsPaid) for each in told) == 49
    assert (await office.world.totals())["bank:paid-out"] == -3000


BROKEN = [
    "UPDATE settlement SET amount_fen = -1",
    "UPDATE settlement SET state = 'draft'",
    "UPDATE settlement SET checked_by = made_by",
    "UPDATE settlement SET state = 'paid'",
    "UPDATE settlement SET paid_by = 1",
    "UPDATE settlement SET bank_reference = 'x'",
    "UPDATE voucher_use SET deducted_in_id = settled_in_id",
    "UPDATE voucher_use SET settled_in_id = 1",
    "DELETE FROM settlement",
]


async def test_raw_sql_breaks_no_rule_of_a_settlement(office):
    await office.used(20_260_928, 3000)
    await office.lock(SEPTEMBER)
    for statement in BROKEN:
        with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
            await execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE settlement SET month = 20260831",
        "UPDATE settlement SET amount_fen = amount_fen + 1",
        "UPDATE settlement SET uses = 2",
        "UPDATE voucher_use SET amount_fen = amount_fen + 1",
        "UPDATE voucher_use SET settled_in_id = NULL",
    ],
)
async def test_the_audit_finds_a_settlement_that_was_altered(office, statement):
    await office.used(20_260_928, 3000)
    await office.lock(SEPTEMBER)
    assert await office.findings() == []
    await execute(statement)
    assert await office.findings() != []


FEN = st.integers(1, 30_000)


@given(uses=st.lists(FEN, max_size=6), back=st.lists(FEN, max_size=6))
def test_a_settlement_is_never_less_than_nothing_and_takes_corrections_in_turn(uses, back):
    lines = tuple(enumerate(uses))
    due = [(100 + place, fen) for place, fen in enumerate(back)]
    content = fitting(lines, due)
    assert content.amount_fen >= 0
    taken = len(content.corrected)
    assert list(content.corrected) == due[:taken]
    assert taken == len(due) or content.amount_fen < due[taken][1]


def test_a_signature_is_for_these_lines_and_no_others():
    one = Content(((1, 100), (2, 200)), ((3, 50),))
    others = (
        Content(((1, 100), (2, 201)), ((3, 50),)),
        Content(((1, 100),), ((3, 50),)),
        Content(((1, 100), (2, 200), (3, 50))),
    )
    assert one.digest not in {each.digest for each in others}

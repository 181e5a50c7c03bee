"""Another property company: what is left on open vouchers passes on in one act of two persons, and both add up."""

import asyncio
from dataclasses import dataclass

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from audit.reconcile import reconcile
from audit.settled import figures
from kernel.database import execute
from kernel.days import month_end
from kernel.errors import DomainError
from ledger import chart
from ledger.balances import holding
from people import roster
from people.approval_errors import OwnRequest
from people.deciding import approve
from people.models import Role
from people.permissions import Viewer
from redemption import company_changes, property_desk, voucher_limits, vouchers
from redemption.change_errors import (
    CompanyIsReplaced,
    NoOpenVouchers,
    SameCompany,
    VouchersHaveChanged,
)
from redemption.change_papers import CompanyChange
from redemption.errors import VoucherIsVoid, VoucherNotFound
from redemption.family_papers import Rebinding
from redemption.models import Voucher
from redemption.settlement_errors import CompanyNotHere
from redemption.states import VoucherState
from tests.redemption.approving import somebody
from tests.redemption.world import World, key, make_world, today
from web.acts import ACTS


@dataclass
class Town:
    """Two companies, two leaders, and a member with vouchers of 50 yuan at the first company."""

    world: World
    maker: Viewer
    checker: Viewer

    async def issue(self, company: int = 0) -> Voucher:
        """A voucher for 100 points."""
        world = self.world
        return await vouchers.issue(
            *(world.book, world.member, world.offer.id, company or world.company, world.member),
            key(),
        )

    async def use(self, voucher: int, fen: int, company: int = 0):
        """An amount taken off a bill."""
        world = self.world
        return await property_desk.use(
            world.book, voucher, fen, world.desk_clerk, company or world.company, key()
        )

    async def change(self, before: int = 0, after: int = 0) -> CompanyChange:
        """The rival in the company's place, with both signatures."""
        world = self.world
        request = await company_changes.ask_change(
            ACTS, self.maker, before or world.company, after or world.rival
        )
        await approve(ACTS, self.checker, request.id, request.digest)
        return (await company_changes.changes(world.book))[0]

    async def successor(self, voucher: int) -> Voucher:
        """The voucher that took another's place."""
        paper = await Rebinding.get(book_id=self.world.book, voucher_id=voucher)
        return await vouchers.voucher(self.world.book, paper.successor_id)

    async def adds_up(self) -> None:
        """Nothing is found; for each company, issued = used + void + expired + outstanding."""
        found = await reconcile(self.world.book)
        assert [
            each
            for each in found
            if each.members.get("table") != "opening" and each.entry_id is None
        ] == []
        for each in (await figures(self.world.book)).values():
            gone = each.used - each.corrected + each.void + each.expired
            assert each.before + each.issued == gone + each.outstanding


@pytest.fixture
async def town(database) -> Town:
    world = await make_world(points=1000, rice=0, soap=0)
    await voucher_limits.set_limit(world.book, None, world.clerk)
    maker = await somebody(world.book, "陈静", Role.ORGANISER)
    return Town(world, maker, await somebody(world.book, "赵敏", Role.ADMIN))


async def test_what_is_left_passes_on_and_nothing_else(town):
    world = town.world
    whole, part, used, void = [await town.issue() for _ in range(4)]
    other = await town.issue(world.rival)
    await town.use(part.id, 2000)
    await town.use(used.id, 5000)
    await vouchers.void_rest(world.book, void.id, world.clerk, key())
    before = await world.points()
    change = await town.change()
    assert (change.vouchers, change.amount_fen) == (2, 8000)
    assert (change.asked_by, change.signed_by) == (town.maker.person_id, town.checker.person_id)
    new = await town.successor(part.id)
    assert (new.company_id, new.face_fen, new.remaining_fen) == (world.rival, 3000, 3000)
    assert (new.person_id, new.flat, new.expires_on) == (part.person_id, part.flat, part.expires_on)
    assert new.serial != part.serial
    old = await vouchers.voucher(world.book, part.id)
    assert (old.state, old.remaining_fen) == (VoucherState.VOID, 0)
    assert (await vouchers.voucher(world.book, other.id)).remaining_fen == 5000
    assert await world.points() == before
    month = month_end(today())
    first, second = [(await figures(world.book))[c, month] for c in (world.company, world.rival)]
    assert (first.issued, first.used, first.void, first.outstanding) == (20_000, 7000, 13_000, 0)
    assert (second.issued, second.outstanding) == (13_000, 13_000)
    assert [each.voucher_id for each in await company_changes.passed_on(world.book, change.id)]
    assert (await town.successor(whole.id)).points_paid == 100
    await town.adds_up()


async def test_the_old_company_takes_nothing_any_more_and_the_new_one_takes_the_rest(town):
    world = town.world
    voucher = await town.issue()
    done = await town.use(voucher.id, 2000)
    await town.change()
    new = await town.successor(voucher.id)
    for refused, act in (
        (VoucherIsVoid, town.use(voucher.id, 100)),
        (VoucherNotFound, town.use(new.id, 100)),
        (CompanyIsReplaced, town.issue()),
        (
            VoucherIsVoid,
            property_desk.undo_use(world.book, done.id, world.desk_clerk, world.company, key()),
        ),
    ):
        with pytest.raises(refused):
            await act
    assert [each.id for each in await roster.taking_vouchers(world.book)] == [world.rival]
    await town.use(new.id, 3000, world.rival)
    payable = [await holding(world.book, chart.payable(c)) for c in (world.company, world.rival)]
    assert [each.balance for each in payable] == [2000, 3000]
    await town.adds_up()
    with pytest.raises((IntegrityError, asyncpg.CheckViolationError)):
        await execute(
            "UPDATE voucher_rebinding SET change_id = NULL WHERE book_id = $1", world.book
        )


async def test_a_void_after_two_changes_gives_the_points_of_the_first_voucher_back(town):
    world = town.world
    await voucher_limits.set_limit(world.book, 30_000, world.clerk)
    lot = (await world.points()).lots
    voucher = await town.issue()
    await town.use(voucher.id, 2000)
    await town.change()
    second = await town.successor(voucher.id)
    with pytest.raises(CompanyIsReplaced):
        await town.change(world.rival, world.company)
    await company_changes.take_again(world.book, world.company)
    await town.change(world.rival, world.company)
    third = await town.successor(second.id)
    assert await vouchers.origin_of(world.book, third.id) == voucher.id
    await vouchers.void_rest(world.book, third.id, world.clerk, key())
    after = (await world.points()).lots
    assert sum(each.amount for each in lot) - sum(each.amount for each in after) == 40
    assert [each.expires_on for each in after] == [each.expires_on for each in lot]
    assert await vouchers.voucher(world.book, (await town.issue()).id)  # it takes them again
    await town.adds_up()


async def test_one_person_is_not_enough_and_there_must_be_something_to_pass_on(town):
    world = town.world
    with pytest.raises(NoOpenVouchers):
        await town.change()
    with pytest.raises(SameCompany):
        await town.change(world.company, world.company)
    with pytest.raises(CompanyNotHere):
        await town.change(world.company, world.book)
    voucher = await town.issue()
    request = await company_changes.ask_change(ACTS, town.maker, world.company, world.rival)
    with pytest.raises(OwnRequest):
        await approve(ACTS, town.maker, request.id, request.digest)
    outlook = await company_changes.look(request)
    assert outlook.effects[0].before == "1 · ¥50.00"
    await town.use(voucher.id, 5000)
    with pytest.raises(NoOpenVouchers):
        await approve(ACTS, town.checker, request.id, request.digest)
    await town.adds_up()


async def test_no_more_passes_on_than_was_signed_first(town):
    """One more voucher, or a use that was undone, is more, with the same sum too; what was used is less."""
    world = town.world
    first, second = await town.issue(), await town.issue()
    early = await town.use(first.id, 1000)

    async def given_back() -> None:
        await town.use(second.id, 1000)
        await property_desk.undo_use(world.book, early.id, world.desk_clerk, world.company, key())

    for act, now in ((town.issue, "3 · ¥140.00"), (given_back, "3 · ¥140.00")):
        request = await company_changes.ask_change(ACTS, town.maker, world.company, world.rival)
        await act()
        for refused in (
            approve(ACTS, town.checker, request.id, request.digest),
            _refuse((await company_changes.look(request)).refusal),
        ):
            with pytest.raises(VouchersHaveChanged) as told:
                await refused
            signed = f"{request.told['vouchers']} · ¥{request.told['amount']}"
            assert told.value.members == {"told": signed, "now": now}
    assert await CompanyChange.filter(book_id=world.book).count() == 0
    assert (await town.issue()).id, "the company takes vouchers as before"
    request = await company_changes.ask_change(ACTS, town.maker, world.company, world.rival)
    assert request.told["amount"] == "190.00"
    await town.use(first.id, 5000)
    await town.use(second.id, 500)
    await approve(ACTS, town.checker, request.id, request.digest)
    [change] = await company_changes.changes(world.book)
    assert (change.vouchers, change.amount_fen) == (3, 13_500)
    await town.adds_up()


async def _refuse(refusal: DomainError | None) -> None:
    assert refusal is not None
    raise refusal


async def test_fifty_uses_and_issues_against_one_change_lose_no_fen(town):
    """Whatever comes before it, the change refuses, and nothing passed on; signed again, all that is left does."""
    world = town.world
    await world.give_points(2000)
    open_ones = [await town.issue() for _ in range(5)]
    request = await company_changes.ask_change(ACTS, town.maker, world.company, world.rival)

    async def changes():
        return await approve(ACTS, town.checker, request.id, request.digest)

    rivals = [town.use(open_ones[n % 5].id, 400) for n in range(45)]
    rivals += [town.issue() for _ in range(5)]
    answers = await asyncio.gather(*rivals[:20], changes(), *rivals[20:], return_exceptions=True)
    refused = [each for each in answers if isinstance(each, Exception)]
    assert not [each for each in refused if not isinstance(each, DomainError)]
    assert {type(answers[20]), len(await company_changes.changes(world.book))} <= {
        *(VouchersHaveChanged, 0),
        *(type(request), 1),
    }
    if isinstance(answers[20], VouchersHaveChanged):
        await town.change()
    change = await CompanyChange.get(book_id=world.book)
    took = sum(1 for each in answers[:20] + answers[21:46] if not isinstance(each, Exception))
    issued = 5 + sum(1 for each in answers[46:] if not isinstance(each, Exception))
    assert await company_changes.passing_on(world.book, world.company) == []
    assert change.amount_fen == issued * 5000 - took * 400
    await town.adds_up()

"""A merchant's month is settled as a property company's is: two signatures, the bank, a late correction."""

from dataclasses import dataclass

import pytest

from audit import settlement_pack
from audit.reconcile import reconcile
from audit.settled import figures
from kernel import clock
from kernel.clock import HOUR
from kernel.database import execute
from kernel.days import start_of
from ledger import chart
from ledger.balances import holding
from people.deciding import approve
from people.models import Role
from people.permissions import Viewer
from redemption import property_desk, settlement_acts, settling, vouchers
from redemption.dues import slip_of
from redemption.errors import AlreadySettled, AlreadyUndone
from redemption.settlement_errors import NotSettledYet
from redemption.settlement_papers import Settlement, SettlementState
from tests.redemption.approving import somebody
from tests.redemption.service_world import Street, make_street
from tests.redemption.world import ZONE, key
from web.acts import ACTS

SEPTEMBER, OCTOBER = 20_260_930, 20_261_031


def at(day: int) -> int:
    return start_of(day, ZONE) + 12 * HOUR


@dataclass
class Office:
    """A street with two leaders, in the first days of November."""

    street: Street
    maker: Viewer
    checker: Viewer

    async def lock(self, month: int) -> Settlement:
        book, barber = self.street.world.book, self.street.barber
        request = await settlement_acts.ask_lock(ACTS, self.maker, barber, month)
        await approve(ACTS, self.checker, request.id, request.digest)
        return await settling.settlement(book, barber, month)

    async def correct(self, use) -> None:
        request = await settlement_acts.ask_correction(ACTS, self.maker, use.id, "剪给了别人")
        assert [effect.after for effect in (await ACTS[request.act].look(request)).effects] == [20]
        await approve(ACTS, self.checker, request.id, request.digest)

    async def holds(self, name: chart.AccountName) -> int:
        return (await holding(self.street.world.book, name)).balance

    async def findings(self):
        found = await reconcile(self.street.world.book)
        return [
            each
            for each in found
            if each.members.get("table") != "opening" and each.entry_id is None
        ]


@pytest.fixture
async def office(database):
    with clock.frozen(at(20_260_928)):
        street = await make_street(points=500)
        maker = await somebody(street.world.book, "赵敏", Role.ORGANISER)
        checker = await somebody(street.world.book, "钱主任", Role.ADMIN)
    with clock.frozen(at(20_261_102)):
        yield Office(street, maker, checker)


async def rendered(office, day):
    with clock.frozen(at(day)):
        return await office.street.render()


async def test_a_merchants_month_is_signed_by_two_paid_and_corrected_in_the_next(office):
    street, world, barber = office.street, office.street.world, office.street.barber
    wrong, _ = await rendered(office, 20_260_928), await rendered(office, 20_260_929)
    undone = await rendered(office, 20_261_001)
    await street.undo(undone)
    with pytest.raises(NotSettledYet):
        await office.correct(wrong)
    locked = await office.lock(SEPTEMBER)
    assert (locked.state, locked.uses, locked.amount_fen) == (SettlementState.LOCKED, 2, 2000)
    settled = chart.settling(barber, locked.id, "merchant")
    assert (await office.holds(settled), await office.holds(chart.payable(barber, "merchant"))) == (
        2000,
        0,
    )
    with pytest.raises(AlreadySettled):
        await street.undo(wrong)
    paid = await settling.pay(world.book, barber, SEPTEMBER, "ICBC1", office.maker.person_id, key())
    assert (paid.state, await office.holds(settled)) == (SettlementState.PAID, 0)
    before = (await world.points()).balance
    await office.correct(wrong)
    with pytest.raises(AlreadyUndone):
        await office.correct(wrong)
    assert (await world.points()).balance == before + 20
    assert await office.holds(chart.owed_back(barber, "merchant")) == 1000
    assert await office.findings() == []
    await rendered(office, 20_261_020)
    october = await office.lock(OCTOBER)
    assert (october.state, october.amount_fen, october.owed_back_fen) == ("paid", 0, 1000)
    assert await office.holds(chart.owed_back(barber, "merchant")) == 0
    assert await office.findings() == []


async def test_the_pack_says_who_paid_what_and_agrees_with_the_books(office):
    first = await rendered(office, 20_260_928)
    await office.lock(SEPTEMBER)
    book, barber = office.street.world.book, office.street.barber
    pack = await settlement_pack.pack(book, barber, SEPTEMBER)
    assert pack.agrees
    said = dict(settlement_pack.sums(pack))
    assert (said["Services at list prices"], said["Paid by residents"]) == (2500, -1000)
    assert said["To be paid"] == said["Owed by the books"] == 1000
    table = settlement_pack.sheet(pack, str)
    rows = [row async for row in table.rows]
    assert rows[0][0] == slip_of(first) == "F01-0001"
    assert {len(row) for row in rows[:1]} == {len(table.heads)}
    assert (await figures(book))[barber, SEPTEMBER].residents == 1000


async def test_a_merchants_settlement_and_a_companys_stand_beside_each_other(office):
    world = office.street.world
    with clock.frozen(at(20_260_928)):
        voucher = await vouchers.issue(
            *(world.book, world.member, world.offer.id, world.company, world.member, key())
        )
        await property_desk.use(
            world.book, voucher.id, 3000, world.desk_clerk, world.company, key()
        )
    await rendered(office, 20_260_928)
    await office.lock(SEPTEMBER)
    company = await settlement_pack.pack(world.book, world.company, SEPTEMBER)
    assert (company.amount_fen, company.month.state) == (3000, "open")
    months = await settlement_pack.months(world.book)
    assert {
        (each.company.trade.value, each.state) for each in months if each.ends_on == SEPTEMBER
    } == {
        ("property", "open"),
        ("merchant", "locked"),
    }
    own = await settlement_pack.months(world.book, office.street.barber)
    assert {each.company.id for each in own} == {office.street.barber}
    assert await office.findings() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE settlement SET month = 20260831",
        "UPDATE settlement SET uses = 2",
        "UPDATE service_use SET settled_in_id = NULL",
    ],
)
async def test_the_audit_finds_a_merchants_settlement_that_was_altered(office, statement):
    await rendered(office, 20_260_928)
    await office.lock(SEPTEMBER)
    assert await office.findings() == []
    await execute(statement)
    assert await office.findings() != []

"""The real room on a database of its own, acted upon by small numbers, and read back as plain values."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass, field

from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext

from audit.proofs import proofs
from audit.reconcile import reconcile
from kernel import clock
from kernel.clock import MINUTE
from kernel.database import fetch, tortoise_config
from kernel.days import day_of, start_of
from kernel.errors import DomainError
from ledger import chart, expiry
from ledger.balances import holding, holdings
from ledger.trial_balance import trial_balance
from people import funds, hardship, households
from people.deciding import approve
from people.lives import ConsentGiven
from people.models import Role, Trade
from people.registration import open_company
from redemption import (
    agreeing,
    counter,
    counts,
    day_limits,
    giving,
    picking_up,
    refunds,
    relief,
    rendering,
    return_acts,
    settlement_acts,
    settling,
    stock,
    voucher_expiry,
    vouchers,
    write_offs,
)
from redemption.cost_shares import Terms, shared
from redemption.counts import Pile
from redemption.exchanging import exchange, move_sale, swap_of
from redemption.models import RedemptionLine, Voucher, VoucherUse
from redemption.property_desk import undo_use, use
from redemption.reservation_papers import ReservationLine
from redemption.reserving import reserve
from redemption.service_papers import ServiceUse
from redemption.settlement_papers import Settlement, SettlementState
from redemption.states import Source
from redemption.stock_papers import Cause
from tests.harness.databases import scratch_database
from tests.ledger.world import faults
from tests.redemption.approving import somebody, viewer
from tests.redemption.world import ZONE, key, make_world
from web.acts import ACTS

BEGIN = 20_260_828
KINDS = (
    *("lot", "receipt", "handout", "voucher", "use", "settled", "reservation"),
    *("row", "closing"),
)
HAIRCUT = Terms(list_fen=2500, subsidy_fen=500, discount_fen=500, points=20, points_fen=500)
BARBER = 2  # the third partner
WHY = "点货"


@dataclass
class Standing:
    """What stands in the rows and in the books."""

    purses: dict[int, dict[int, int]] = field(default_factory=dict)
    shelf: dict[int, int] = field(default_factory=dict)
    receipts: dict[int, tuple[int, int, bool]] = field(default_factory=dict)
    vouchers: dict[int, tuple[int, int, int, int, str]] = field(default_factory=dict)
    settlements: dict[int, tuple[int, int, int, bool]] = field(default_factory=dict)
    companies: dict[int, tuple[int, int]] = field(default_factory=dict)
    reservations: dict[int, str] = field(default_factory=dict)
    fund: int = 0


class Room:
    """The verbs of the room, each once with a fresh key; an answer is a number, or the word of the refusal."""

    def __init__(self, dialect):
        EXECUTOR_CACHE.clear()  # it keeps each model's INSERT in the dialect it was first made for
        self.stack = ExitStack()
        scratch = self.stack.enter_context(scratch_database(dialect))
        self.runner = asyncio.Runner()
        self.context = TortoiseContext()
        self.context.__enter__()  # before the first run: a Runner copies the context once
        self.runner.run(self.context.init(config=tortoise_config(scratch.url)))
        self.at = start_of(BEGIN, ZONE) + 12 * 60 * MINUTE
        self.ids: dict[str, dict[int, int]] = {name: {} for name in KINDS}
        self.runner.run(self._open())

    @property
    def today(self):
        return day_of(self.at, ZONE)

    async def _open(self):
        with clock.frozen(self.at):
            self.world = world = await make_world(points=0, rice=0, soap=0)
            self.book = world.book
            self.people = (world.member, world.other)
            self.items = (world.rice, world.soap)
            self.offers = (world.offer, await vouchers.offer(world.book, 10_000, 60))
            barber = await open_company(world.book, "老张理发", Trade.MERCHANT)
            self.companies = (world.company, world.rival, barber.id)
            self.maker = await somebody(world.book, "赵敏", Role.ORGANISER)
            self.checker = await somebody(world.book, "钱主任", Role.ADMIN)
            self.clerk = await viewer(world.book, world.clerk, Role.CLERK)
            self.home = await households.make(world.book, "1-101", world.member, None)
            self.hardship_until = self.today + 10_000
            agreed = (ConsentGiven.IN_PERSON, self.hardship_until, self.maker.person_id)
            await hardship.mark(world.book, world.member, *agreed)
            # How the customer of a swap was recognised is not what these histories are about.
            by = self.checker.person_id
            await day_limits.set_limits(world.book, day_limits.MOST, day_limits.MOST, by)
            self.fund = await funds.open_fund(world.book, "敬老基金", self.maker.person_id)
            self.haircut = await agreeing.offer_service(world.book, barber.id, "理发")
            await agreeing.agree(world.book, self.haircut.id, HAIRCUT, self.maker.person_id)

    def run(self, work):
        """Return what a verb answers, or the word of its refusal."""

        async def answered():
            with clock.frozen(self.at):
                try:
                    return await work
                except DomainError as refusal:
                    return refusal.slug

        return self.runner.run(answered())

    def new(self, kind, work):
        """Run a verb that makes something, and know it by the next number."""
        made = self.run(work)
        if isinstance(made, str):
            return made
        number = len(self.ids[kind])
        self.ids[kind][number] = getattr(made, "redemption_id", None) or made.id
        return number

    async def _both_sign(self, asked):
        request = await asked
        await approve(ACTS, self.checker, request.id, request.digest)

    def give(self, person, points, last_day):
        wanted = self.world.give_points(points, person=self.people[person], expires_on=last_day)
        return self.run(wanted)

    def receive(self, item, pieces, use_by, *, relief):
        source = Source.DONATED_RELIEF if relief else Source.SPONSOR
        work = stock.receive(
            *(self.book, self.items[item].id, source, pieces),
            by=self.clerk.person_id,
            key=key(),
            use_by=use_by,
        )
        return self.new("lot", work)

    def _cart(self, cart):
        return [(self.items[item].id, pieces) for item, pieces in cart]

    def redeem(self, person, cart):
        where = (self.book, self.world.shop.id, self.people[person])
        return self.new(
            "receipt", counter.redeem(*where, self._cart(cart), self.clerk.person_id, key())
        )

    def relief(self, person, cart, *, fund):
        where = (self.book, self.world.shop.id, self.people[person])
        by, paid_by = self.clerk.person_id, self.fund.id if fund else None
        work = relief.hand_out(*where, self._cart(cart), by, key(), fund_id=paid_by)
        return self.new("handout", work)

    def give_away(self, person, points):
        who = self.people[person]
        return self.run(giving.give(self.book, who, self.fund.id, points, who, key()))

    def exchange(self, receipt, lot, pieces, cart, *, damaged):
        return self.new("receipt", self._exchange(receipt, lot, pieces, cart, damaged=damaged))

    async def _exchange(self, receipt, lot, pieces, cart, *, damaged):
        known = self.ids["receipt"][receipt]
        line = await RedemptionLine.get(redemption_id=known, lot_id=self.ids["lot"][lot])
        broken = [line.id] if damaged else []
        swap = swap_of(known, [(line.id, pieces)], self._cart(cart), broken)
        return await exchange(self.book, swap, self.clerk.person_id, key())

    def move(self, receipt, person):
        known, by = self.ids["receipt"][receipt], self.clerk.person_id
        return self.new("receipt", move_sale(self.book, known, self.people[person], by, key()))

    def reserve(self, person, cart):
        who = self.people[person]
        where = (self.book, self.world.shop.id, who)
        return self.new("reservation", reserve(*where, self._cart(cart), who, key()))

    def collect(self, reservation, lot, pieces):
        known = self.ids["reservation"][reservation]
        return self.new("receipt", self._collect(known, self.ids["lot"][lot], pieces))

    async def _collect(self, known, lot_id, pieces):
        """Hand out all of it, or so many pieces of one line."""
        parts = None
        if pieces is not None:
            line = await ReservationLine.get(reservation_id=known, lot_id=lot_id)
            parts = [(line.id, pieces)]
        return await picking_up.collect(self.book, known, self.clerk.person_id, key(), parts=parts)

    def cancel(self, reservation):
        known = self.ids["reservation"][reservation]
        return self.run(picking_up.cancel(self.book, known, self.maker.person_id, key()))

    def expire_reservations(self):
        return self.run(picking_up.expire_due(self.book))

    def render(self, person):
        price = shared(HAIRCUT, elder=False)
        who, by = self.people[person], self.world.desk_clerk
        work = rendering.render(
            *(self.book, self.haircut.id, who, by, self.companies[BARBER], key()),
            shown=(price.points, price.resident_fen),
        )
        return self.new("use", work)

    def undo(self, receipt):
        known = self.ids["receipt"][receipt]
        return self.run(refunds.undo(self.book, known, self.clerk.person_id, key()))

    def undo_relief(self, handout):
        known = self.ids["handout"][handout]
        return self.run(relief.undo(self.book, known, self.clerk.person_id, key()))

    def return_goods(self, receipt, lot, pieces, *, approved=False):
        return self.run(self._return(receipt, lot, pieces, approved=approved))

    async def _return(self, receipt, lot, pieces, *, approved):
        known = self.ids["receipt"][receipt]
        line = await RedemptionLine.get(redemption_id=known, lot_id=self.ids["lot"][lot])
        parts = [(line.id, pieces)]
        if approved:
            await self._both_sign(return_acts.ask_return(ACTS, self.clerk, known, parts, WHY))
        else:
            await refunds.return_goods(self.book, known, parts, self.clerk.person_id, key())

    def count(self, item, pieces, *, relief):
        counted = {Pile(self.items[item].id, relief): pieces}
        shop = self.world.shop.id
        return self.run(self._both_sign(counts.ask_count(ACTS, self.clerk, shop, counted, WHY)))

    def write_off(self, lot, pieces):
        known = self.ids["lot"][lot]
        asked = write_offs.ask_write_off(ACTS, self.clerk, known, pieces, Cause.SPOILED, WHY)
        return self.run(self._both_sign(asked))

    def issue(self, person, offer, company):
        who, by = self.people[person], self.people[person]
        wanted = (self.offers[offer].id, self.companies[company])
        return self.new("voucher", vouchers.issue(self.book, who, *wanted, by, key()))

    def void(self, voucher):
        known = self.ids["voucher"][voucher]
        return self.run(vouchers.void_rest(self.book, known, self.maker.person_id, key()))

    def _desk(self, company):
        return (self.world.desk_clerk, self.companies[company], key())

    def use(self, voucher, fen, company):
        return self.new(
            "use", use(self.book, self.ids["voucher"][voucher], fen, *self._desk(company))
        )

    def undo_use(self, number, company):
        verb = rendering.undo_use if company == BARBER else undo_use
        return self.run(verb(self.book, self.ids["use"][number], *self._desk(company)))

    def correct(self, number):
        known = self.ids["use"][number]
        return self.run(
            self._both_sign(settlement_acts.ask_correction(ACTS, self.maker, known, WHY))
        )

    def settle(self, company, month):
        return self.new("settled", self._settle(self.companies[company], month))

    async def _settle(self, company_id, month):
        await self._both_sign(settlement_acts.ask_lock(ACTS, self.maker, company_id, month))
        return await settling.settlement(self.book, company_id, month)

    def pay(self, company, month):
        where = (self.book, self.companies[company], month)
        return self.run(settling.pay(*where, "ICBC1", self.maker.person_id, key()))

    def expire_vouchers(self):
        return self.run(voucher_expiry.expire_vouchers(self.book))

    def expire_points(self):
        return self.run(expiry.expire_lots(self.book))

    def _of(self, company_id):
        return "merchant" if company_id == self.companies[BARBER] else "property"

    def standing(self):
        return self.runner.run(self._standing())

    async def _standing(self):
        found = Standing()
        for number, person in enumerate(self.people):
            lots = (await holding(self.book, chart.purse(person))).lots
            found.purses[number] = {lot.expires_on: lot.amount for lot in lots if lot.amount}
        numbers = {kind: {known: n for n, known in ids.items()} for kind, ids in self.ids.items()}
        for total in await trial_balance(self.book):
            parts = total.name.path.split(":")
            if parts[0] == "shop" and parts[2] == "lot":
                found.shelf[numbers["lot"][int(parts[3])]] = total.balance
        for row in await fetch("SELECT * FROM redemption"):
            told = (row["points_total"], row["points_refunded"], row["state"] == "undone")
            found.receipts[numbers["receipt"][row["id"]]] = told
        for row in await fetch("SELECT id, state FROM reservation"):
            found.reservations[numbers["reservation"][row["id"]]] = row["state"]
        found.fund = await giving.left_in(self.book, self.fund.id)
        await self._with_partners(found, numbers)
        return found

    async def _with_partners(self, found, numbers):
        for each in await Voucher.all():
            found.vouchers[numbers["voucher"][each.id]] = (
                *(each.face_fen, each.points_paid),
                *(each.remaining_fen, each.points_returned, each.state.value),
            )
            held = await holding(self.book, chart.voucher(each.id))
            assert held.balance == each.remaining_fen
        for signed in await Settlement.exclude(state=SettlementState.DRAFT):
            paid = signed.state is SettlementState.PAID
            found.settlements[numbers["settled"][signed.id]] = (
                *(signed.uses, signed.amount_fen, signed.owed_back_fen),
                paid,
            )
            name = chart.settling(signed.company_id, signed.id, self._of(signed.company_id))
            left = 0 if paid else signed.amount_fen
            assert (await holding(self.book, name)).balance == left
        for number, company in enumerate(self.companies):
            of = self._of(company)
            payable, owed = chart.payable(company, of), chart.owed_back(company, of)
            both = await holdings(self.book, (payable, owed))
            found.companies[number] = (both[payable].balance, both[owed].balance)
        taken = await VoucherUse.all().count() + await ServiceUse.all().count()
        assert len(self.ids["use"]) == taken

    def audit(self):
        """Return all that the audit finds; the points of this community stand on no list."""
        return self.runner.run(self._audit())

    async def _audit(self):
        with clock.frozen(self.at):
            found = await reconcile(self.book)
            told = [f for f in found if f.members.get("table") != "opening" and f.entry_id is None]
            wrong = [each for each in proofs(await trial_balance(self.book)) if not each.holds]
            return [*told, *wrong, *await faults(self.book)]

    def close(self):
        self.runner.run(self.context.close_connections())
        self.context.__exit__(None, None, None)
        self.runner.close()
        self.stack.close()

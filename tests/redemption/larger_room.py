"""The real room with its limits, paper sheets, changes of companies and closed days, acted upon by small numbers."""

from kernel import clock
from kernel.database import fetch
from people import households, leaving
from people.recognition import Way
from redemption import (
    company_changes,
    counter,
    day_closing,
    day_limits,
    sheet_cases,
    sheets,
    shop_rules,
    stock,
)
from redemption.family_papers import Rebinding
from redemption.sheet_papers import ROWS, Bearing, RowState
from redemption.sheet_rows import Slip, enter, row_of
from redemption.shop_rules import Rule
from redemption.spending import Recognised
from redemption.stock import Kept
from tests.redemption.naive_home import FIGURES, SUMS
from tests.redemption.room import WHY, Room
from tests.redemption.world import key
from web.acts import ACTS

A_MONTH, PIECES_A_DAY, VISITS_A_DAY, WITHOUT_CODE = {1: 7}, 9, 3, 150
SHEETS = 4


class LargerRoom(Room):
    """The verbs that the small room has not, and what stands because of them."""

    async def _open(self):
        await super()._open()
        with clock.frozen(self.at):
            book, shop, by = self.book, self.world.shop.id, self.maker.person_id
            for item, pieces in A_MONTH.items():
                await stock.keep(book, self.items[item].id, Kept("", pieces))
            rule = Rule(pieces_a_day=PIECES_A_DAY, exchanges_a_day=VISITS_A_DAY)
            await shop_rules.set_rule(book, shop, rule, by)
            await day_limits.set_limits(book, WITHOUT_CODE, day_limits.MOST, by)
            self.sheets = await sheets.print_pack(book, shop, SHEETS, by)

    def redeem_by_number(self, person, cart):
        work = counter.redeem(
            *(self.book, self.world.shop.id, self.people[person], self._cart(cart)),
            *(self.clerk.person_id, key()),
            recognised=Recognised(Way.NUMBER),
        )
        return self.new("receipt", work)

    def moves_in(self):
        return self.run(households.join(self.book, self.home.id, self.people[1], None))

    def moves_out(self):
        return self.run(leaving.leave(self.book, self.people[1], None))

    # Paper.

    def type_in(self, number, person, cart, day, written):
        sheet = self.sheets[number // ROWS]
        slip = Slip(
            *(number % ROWS + 1, self.people[person], tuple(self._cart(cart)), day, written)
        )
        return self._booked(number, enter(self.book, sheet, slip, self.clerk.person_id))

    def decide(self, number, *, given):
        return self._booked(number, self._decide(number, given=given))

    async def _decide(self, number, *, given):
        row = await row_of(self.book, self.ids["row"][number])
        borne = Bearing.COMMUNITY if given else None
        who = (self.book, row.id, self.checker.person_id)
        return await sheet_cases.decide(*who, borne, WHY, seen=row.entered_at)

    def drop(self, number):
        known, by = self.ids["row"][number], self.checker.person_id
        return self._booked(number, sheet_cases.drop(self.book, known, by, WHY))

    def _booked(self, number, work):
        """Run what may book a row; its receipt is known by the next number."""
        row = self.run(work)
        if isinstance(row, str):
            return row
        self.ids["row"][number] = row.id
        receipts = self.ids["receipt"]
        if row.state is RowState.BOOKED and row.redemption_id not in receipts.values():
            receipts[len(receipts)] = row.redemption_id
        return number

    # Companies and days.

    def change_companies(self, before, after):
        return self.run(self._change(self.companies[before], self.companies[after]))

    async def _change(self, before, after):
        """Let both sign; the vouchers that took others' places are known in the order of those."""
        await self._both_sign(company_changes.ask_change(ACTS, self.maker, before, after))
        [latest, *_] = await company_changes.changes(self.book)
        passed = await Rebinding.filter(change_id=latest.id)
        numbers = {known: number for number, known in self.ids["voucher"].items()}
        old = {each.voucher_id: each.successor_id for each in passed}
        for voucher in sorted(old, key=lambda each: numbers[each]):
            self.ids["voucher"][len(self.ids["voucher"])] = old[voucher]

    def take_again(self, company):
        return self.run(company_changes.take_again(self.book, self.companies[company]))

    def close_day(self, day):
        shop, by = self.world.shop.id, self.clerk.person_id
        return self.new("closing", day_closing.close_day(self.book, shop, day, by))

    def papers(self):
        """Return the rows of sheets and the closed days, as they stand."""
        return self.runner.run(self._papers())

    async def _papers(self):
        numbers = {kind: {known: n for n, known in ids.items()} for kind, ids in self.ids.items()}
        rows = {
            numbers["row"][row["id"]]: (row["state"], row["refusal"], row["missing_points"])
            for row in await fetch("SELECT * FROM sheet_row")
        }
        closings = {
            numbers["closing"][row["id"]]: {name: row[name] for name in (*FIGURES, *SUMS)}
            for row in await fetch("SELECT * FROM day_close")
        }
        return rows, closings

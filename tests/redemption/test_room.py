"""Any history of the whole room, against one of dictionaries that imports nothing of it: on both databases."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from kernel.days import month_end, plus_days
from tests.redemption import larger_room
from tests.redemption.histories import PRICES, Histories, carts, companies, people
from tests.redemption.larger_room import LargerRoom
from tests.redemption.room import BARBER

PER_TEST = {"sqlite": (40, 40), "postgresql": (6, 40)}


class WholeHistories(Histories):
    """With limits of households and of days, paper, another property company, and days that are signed off."""

    room = LargerRoom
    real: LargerRoom

    def __init__(self):
        super().__init__()
        home = self.model.home
        home.month_limits = larger_room.A_MONTH
        home.pieces_a_day, home.visits_a_day = larger_room.PIECES_A_DAY, larger_room.VISITS_A_DAY
        home.points_without_code = larger_room.WITHOUT_CODE

    @initialize()
    def people_have_points_and_shelves_have_goods(self):
        """Two rows wait: for more than limits and the purse allow, and with another price beside it."""
        self.fill()
        for person, cart, written in ((0, [(0, 24)], None), (1, [(1, 3)], 1)):
            self._type_in(len(self.model.rows), person, cart, 0, written)

    @rule(person=people, cart=carts)
    def redeem_by_number(self, person, cart):
        self.both(
            lambda: self.real.redeem_by_number(person, cart),
            lambda: self.model.redeem(person, cart, by_number=True),
        )

    @rule()
    def they_live_together_or_part(self):
        if self.model.home.together:
            self.both(self.real.moves_out, self.model.home.moves_out)
        else:
            self.both(self.real.moves_in, self.model.home.moves_in)

    # Paper.

    @rule(
        data=st.data(),
        person=people,
        cart=carts,
        ago=st.sampled_from((0, 0, 0, 0, 1, 2, 15)),
        off=st.sampled_from((None, 0, 1)),
    )
    def type_in(self, data, person, cart, ago, off):
        number, rows = len(self.model.rows), self.model.rows
        if rows and not data.draw(st.integers(0, 2)):
            number = self.drawn(data, rows, self.waits)
            if data.draw(st.booleans()):  # the same once more
                person, cart = rows[number].person, rows[number].cart
        written = None if off is None else sum(PRICES[item] * n for item, n in cart) + off
        self._type_in(number, person, cart, ago, written)

    def _type_in(self, number, person, cart, ago, written):
        day = plus_days(self.real.today, -ago)
        self.both(
            lambda: self.real.type_in(number, person, cart, day, written),
            lambda: self.model.type_in(number, person, cart, ago, written),
        )

    def waits(self, row):
        return row.state == "waiting"

    @precondition(lambda self: any(self.waits(row) for row in self.model.rows.values()))
    @rule(data=st.data(), what=st.sampled_from(("purse pays", "given", "given", "dropped")))
    def decide(self, data, what):
        number, given = self.drawn(data, self.model.rows, self.waits), what == "given"
        if what == "dropped":
            self.both(lambda: self.real.drop(number), lambda: self.model.drop(number))
            return
        self.both(
            lambda: self.real.decide(number, given=given),
            lambda: self.model.decide(number, given=given),
        )

    # Companies and days.

    @precondition(lambda self: self.model.vouchers)
    @rule(data=st.data())
    def change_companies(self, data):
        number = self.drawn(data, self.model.vouchers, lambda each: each.left)
        before = self.model.vouchers[number].company
        self.both(
            lambda: self.real.change_companies(before, 1 - before),
            lambda: self.model.change_companies(before, 1 - before),
        )

    def may_be_corrected(self):
        return {
            n: use
            for n, use in self.model.uses.items()
            if use.company == BARBER and use.settled is not None and not use.undone
        }

    @precondition(lambda self: self.may_be_corrected())
    @rule(data=st.data(), person=people)
    def what_was_wrong_is_deducted_of_the_next_month_and_of_no_other(self, data, person):
        number = self.drawn(data, self.may_be_corrected())
        self.both(lambda: self.real.correct(number), lambda: self.model.correct(number))
        for _ in range(2):
            self._render(person)
            month = month_end(self.real.today)
            self.next_month()
            self.both(
                lambda month=month: self.real.settle(BARBER, month),
                lambda month=month: self.model.settle(BARBER, month),
            )

    @precondition(lambda self: self.model.left)
    @rule(company=companies)
    def take_again(self, company):
        self.both(lambda: self.real.take_again(company), lambda: self.model.take_again(company))

    @precondition(lambda self: self.model.days.done)
    @rule(data=st.data(), ago=st.sampled_from((None, None, 0, -1)))
    def close_day(self, data, ago):
        days = sorted({each.day for each in self.model.days.done})
        day = data.draw(st.sampled_from(days)) if ago is None else plus_days(self.real.today, -ago)
        self.both(
            lambda: self.real.close_day(day),
            lambda: self.model.days.close(day, self.real.today),
        )

    @invariant()
    def sheets_and_closed_days_are_as_the_naive_room_has_them(self):
        rows, closings = self.real.papers()
        assert closings == self.model.days.closings
        given: dict[int | None, int] = {n: each.given for n, each in self.model.receipts.items()}
        assert rows == {
            n: (row.state, row.refusal, given.get(row.receipt, 0))
            for n, row in self.model.rows.items()
        }


@pytest.mark.parametrize("dialect", PER_TEST)
def test_any_history_of_the_room_agrees_with_the_naive_one(dialect):
    count, steps = PER_TEST[dialect]
    machine = type("Histories", (WholeHistories,), {"dialect": dialect})
    thorough = settings().max_examples // settings.get_profile("dev").max_examples
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=count * max(thorough, 1), stateful_step_count=steps, deadline=None
        ),
    )

"""Any history whatever, against a ledger of dictionaries: the same answers, the same balances, nothing lost.

Every rule runs on SQLite and on PostgreSQL; a failing history is shrunk to the few steps that matter.
"""

import asyncio
from collections import defaultdict
from contextlib import ExitStack

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tortoise.context import TortoiseContext

from kernel.database import Dialect, tortoise_config
from kernel.errors import DomainError
from ledger import chart, checks, statements
from ledger.desk import post
from ledger.post import Lot, RequestKey
from ledger.reversals import reverse
from tests.harness.databases import scratch_database
from tests.ledger import world

PEOPLE = (101, 102, 103)
LOTS = (20_281_130, 20_281_231, 20_290_131)
people = st.sampled_from(PEOPLE)
amounts = st.integers(1, 60)


class Naive:
    """The ledger a schoolchild would keep: a purse of lots, a debt, some holds."""

    def __init__(self):
        self.purses: dict[int, defaultdict[int, int]] = {
            person: defaultdict(int) for person in PEOPLE
        }
        self.debts = dict.fromkeys(PEOPLE, 0)
        self.holds = {}
        self.issued = self.redeemed = 0

    def purse(self, person):
        return sum(self.purses[person].values())

    def earn(self, person, amount, lot):
        paid = min(self.debts[person], amount)
        self.debts[person] -= paid
        self.purses[person][lot] += amount - paid
        self.issued += amount

    def take(self, person, amount):
        """Take the earliest lots, or say why not."""
        if self.debts[person]:
            return "points-are-owed"
        if self.purse(person) < amount:
            return "not-enough-points"
        taken: defaultdict[int, int] = defaultdict(int)
        for lot in sorted(self.purses[person]):
            part = min(self.purses[person][lot], amount)
            self.purses[person][lot] -= part
            taken[lot] += part
            amount -= part
        return taken

    def give(self, person, lots):
        for lot, amount in lots.items():
            self.purses[person][lot] += amount

    def unverify(self, person, amount, lot):
        self.issued -= amount
        for each in [lot, *sorted(self.purses[person])]:
            part = min(self.purses[person][each], amount)
            self.purses[person][each] -= part
            amount -= part
        self.debts[person] += amount


class Books(RuleBasedStateMachine):
    """The real ledger and the naive one, side by side."""

    dialect: Dialect = "sqlite"

    def __init__(self):
        super().__init__()
        self.stack = ExitStack()
        scratch = self.stack.enter_context(scratch_database(self.dialect))
        self.runner = asyncio.Runner()
        self.context = TortoiseContext()
        # Before the first run: a Runner copies the context once.
        self.context.__enter__()
        self.run(self.context.init(config=tortoise_config(scratch.url)))
        self.book_id = self.run(world.a_book())
        self.naive = Naive()
        self.sales, self.awards, self.requests = [], [], {}
        self.next = 1

    def run(self, work):
        return self.runner.run(work)

    def number(self):
        self.next += 1
        return self.next

    def answer(self, act):
        """Post and return the entry, or the slug of the refusal."""
        try:
            return self.run(post(act))
        except DomainError as refusal:
            return refusal.slug

    @rule(person=people, amount=amounts, lot=st.sampled_from(LOTS))
    def earn(self, person, amount, lot):
        self.answer(world.an_award(self.book_id, person, amount, lot))
        self.naive.earn(person, amount, lot)
        self.awards.append((person, amount, lot))

    @rule(person=people, amount=amounts)
    def spend(self, person, amount):
        key = f"k{self.number()}"
        got = self.answer(
            world.a_sale(self.book_id, person, amount, RequestKey("p", key, [person, amount]))
        )
        expected = self.naive.take(person, amount)
        if isinstance(expected, str):
            assert got == expected
        else:
            self.naive.redeemed += amount
            self.sales.append((got.entry_id, person, expected))
        self.requests[key] = (person, amount, got)

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def send_it_again(self, data):
        key = data.draw(st.sampled_from(sorted(self.requests)))
        person, amount, first = self.requests[key]
        again = self.answer(
            world.a_sale(self.book_id, person, amount, RequestKey("p", key, [person, amount]))
        )
        assert again == first if isinstance(first, str) else again.entry_id == first.entry_id

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def use_the_key_for_something_else(self, data):
        key = data.draw(st.sampled_from(sorted(self.requests)))
        act = world.a_sale(self.book_id, PEOPLE[0], 1, RequestKey("p", key, ["another"]))
        assert self.answer(act) == "idempotency-key-reused"

    @rule(person=people, amount=amounts)
    def hold(self, person, amount):
        hold_id = self.number()
        got = self.answer(world.a_hold(self.book_id, person, hold_id, amount))
        expected = self.naive.take(person, amount)
        if isinstance(expected, str):
            assert got == expected
        else:
            self.naive.holds[hold_id] = (person, expected)

    @precondition(lambda self: self.naive.holds)
    @rule(data=st.data())
    def capture(self, data):
        hold_id = data.draw(st.sampled_from(sorted(self.naive.holds)))
        person, lots = self.naive.holds.pop(hold_id)
        amount = sum(lots.values())
        part = data.draw(st.integers(1, amount))
        self.answer(world.a_capture(self.book_id, hold_id, part))
        self.naive.redeemed += part
        left = {}
        for lot in sorted(lots):
            taken = min(lots[lot], part)
            part -= taken
            left[lot] = lots[lot] - taken
        if sum(left.values()):
            self.naive.holds[hold_id] = (person, left)

    @precondition(lambda self: self.naive.holds)
    @rule(data=st.data())
    def release(self, data):
        hold_id = data.draw(st.sampled_from(sorted(self.naive.holds)))
        person, lots = self.naive.holds.pop(hold_id)
        self.answer(world.a_release(self.book_id, person, hold_id))
        self.naive.give(person, lots)

    @precondition(lambda self: self.sales)
    @rule(data=st.data())
    def reverse_a_sale(self, data):
        entry_id, person, lots = data.draw(st.sampled_from(self.sales))
        self.sales.remove((entry_id, person, lots))
        for expected in ("posted", "already-reversed"):
            key = RequestKey("p", f"r{self.number()}", [entry_id])
            try:
                self.run(reverse(self.book_id, entry_id, key=key, actor_id=1, reason="undone"))
                got = "posted"
            except DomainError as refusal:
                got = refusal.slug
            assert got == expected
        self.naive.give(person, lots)
        self.naive.redeemed -= sum(lots.values())

    @precondition(lambda self: self.awards)
    @rule(data=st.data())
    def take_an_award_back(self, data):
        person, amount, lot = self.awards.pop(data.draw(st.integers(0, len(self.awards) - 1)))
        lots = (Lot(lot, amount),)
        self.answer(world.an_unverification(self.book_id, person, lots, amount))
        self.naive.unverify(person, amount, lot)

    @rule(person=people, amount=amounts, times=st.integers(2, 4))
    def spend_at_once(self, person, amount, times):
        async def all_at_once():
            acts = [world.a_sale(self.book_id, person, amount) for _ in range(times)]
            return await asyncio.gather(*(post(act) for act in acts), return_exceptions=True)

        answers = self.run(all_at_once())
        expected = [self.naive.take(person, amount) for _ in range(times)]
        taken = [lots for lots in expected if not isinstance(lots, str)]
        self.naive.redeemed += amount * len(taken)
        assert sum(isinstance(each, DomainError) for each in answers) == times - len(taken)
        assert not [
            e for e in answers if isinstance(e, Exception) and not isinstance(e, DomainError)
        ]

    @invariant()
    def the_balances_are_the_same(self):
        names = [chart.purse(p) for p in PEOPLE] + [chart.owed(p) for p in PEOPLE]
        held = self.run(statements.holdings(self.book_id, names))
        for person in PEOPLE:
            lots = {lot.expires_on: lot.amount for lot in held[chart.purse(person)].lots}
            assert lots == {lot: n for lot, n in self.naive.purses[person].items() if n}
            assert held[chart.owed(person)].balance == self.naive.debts[person]

    @invariant()
    def nothing_was_made_or_lost(self):
        totals = self.run(statements.trial_balance(self.book_id))
        assert sum(total.credits - total.debits for total in totals) == 0
        by_path = {total.name.path: total.balance for total in totals}
        assert by_path.get("points:issued", 0) == self.naive.issued
        assert by_path.get("shop:1:redeemed", 0) == self.naive.redeemed

    def teardown(self):
        assert self.run(checks.check(self.book_id)) == []
        self.run(self.context.close_connections())
        self.context.__exit__(None, None, None)
        self.runner.close()
        self.stack.close()


HISTORIES = {"sqlite": 25, "postgresql": 10}


@pytest.mark.parametrize("dialect", HISTORIES)
def test_any_history_agrees_with_the_naive_ledger(dialect):
    machine = type("Books", (Books,), {"dialect": dialect})
    thorough = settings().max_examples // settings.get_profile("dev").max_examples
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=HISTORIES[dialect] * max(thorough, 1),
            stateful_step_count=25,
            deadline=None,
        ),
    )

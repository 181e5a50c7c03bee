"""Any history whatever, against a ledger of dictionaries: the same answers, the same books, nothing made or lost.

One naive model and three drivers: the desk's pure decisions, SQLite, PostgreSQL. A failing history is shrunk to the
few steps that matter.
"""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from kernel.days import plus_days
from ledger import chart, debts, donations, expiry, hold_posts, notice, purse
from ledger.chart import Kind
from ledger.hold_rules import Capturing, Hold, Placing, Releasing
from ledger.post import DocumentKey, Fact, Line, Lot
from ledger.reversals import Undo, reversing
from tests.ledger import model as naive
from tests.ledger import world
from tests.ledger.drivers import Database, InMemory
from tests.ledger.model import Attendance
from tests.ledger.months import noon
from tests.ledger.side_by_side import SideBySide
from tests.ledger.world import FUND, SHOP

PEOPLE = (101, 102)
people = st.sampled_from(PEOPLE)
amounts = st.integers(1, 60)
# Of what may be spent: so many points, all of them, or one too many.
wishes = amounts | st.sampled_from(["all", "one too many"])
parts = st.integers(1, 5) | st.sampled_from(["all", "one too many"])
months = st.integers(-1, 3)
REVERSIBLE = {
    Kind.POINTS_GRANTED,
    Kind.GOODS_REDEEMED,
    Kind.POINTS_DONATED,
    Kind.DEBT_WRITTEN_OFF,
    Kind.POINTS_EXPIRED,
    Kind.HOLD_CAPTURED,
    Kind.REVERSAL,
}


class Histories(SideBySide):
    """Everything that may happen, in any order."""

    # Earning.

    @rule(person=people, points=amounts, ahead=months)
    def grant(self, person, points, ahead):
        lot = self.lot(ahead)
        act = world.a_post(
            *(self.book_id, Kind.POINTS_GRANTED, world.names_of_award(person)),
            lambda b: purse.earned(person, points, lot, b),
            self.key(person, points, lot),
        )
        self.both(act, lambda: self.model.grant(person, points, lot))

    @rule(person=people, points=amounts, ahead=months, waits=st.booleans())
    def verify(self, person, points, ahead, waits):
        seen = Attendance(person, points, self.lot(ahead))
        self._verify(self.number(), seen, waits=waits)

    def _verify(self, number, seen, *, waits):
        hour = Line(chart.SERVICE_RENDERED, chart.minutes(seen.person), 60)

        def lines(balances):
            if waits:
                return [hour, *notice.waiting(seen.person, seen.points, seen.lot)]
            return [hour, *purse.earned(seen.person, seen.points, seen.lot, balances)]

        act = world.a_post(
            *(self.book_id, Kind.HOURS_EARNED, world.names_of_award(seen.person), lines),
            DocumentKey(f"attendance:{number}:earned:{seen.revision}"),
        )
        work = self.model.put_on_notice if waits else self.model.verify
        self.both(act, lambda: work(number, seen))

    def in_state(self, *states):
        return sorted(n for n, seen in self.model.attendances.items() if seen.state in states)

    @precondition(lambda self: self.in_state("left"))
    @rule(data=st.data(), waits=st.booleans())
    def verify_again(self, data, waits):
        number = data.draw(st.sampled_from(self.in_state("left")))
        self._verify(number, self.model.attendances[number], waits=waits)

    @precondition(lambda self: self.in_state("waiting"))
    @rule(data=st.data())
    def end_the_notice(self, data):
        number = data.draw(st.sampled_from(self.in_state("waiting")))
        seen = self.model.attendances[number]
        ended = notice.Notice(
            Fact("attendance", number), seen.person, (Lot(seen.lot, seen.points),)
        )
        key = DocumentKey(f"attendance:{number}:ended:{seen.revision}")
        act = notice.to_end(self.book_id, ended, self.today, key)
        self.both(act, lambda: self.model.end_notice(number))

    @precondition(lambda self: self.in_state("verified", "waiting"))
    @rule(data=st.data())
    def unverify(self, data):
        self._unverify(data.draw(st.sampled_from(self.in_state("verified", "waiting"))))

    def _unverify(self, number):
        seen = self.model.attendances[number]
        hour = Line(chart.minutes(seen.person), chart.SERVICE_RENDERED, 60)
        own = [Lot(seen.lot, seen.points - seen.to_debt)]

        def lines(balances):
            if seen.state == "waiting":
                return [hour, *notice.withdrawn(seen.person, own)]
            return [hour, *purse.taken_back(seen.person, own, seen.points, balances)]

        act = world.a_post(
            *(self.book_id, Kind.HOURS_UNVERIFIED, world.names_of_award(seen.person), lines),
            DocumentKey(f"attendance:{number}:unverified:{seen.revision}"),
        )
        self.both(act, lambda: self.model.unverify(number))

    # Spending.

    def spending(self, what, person, wish):
        """Return one of three ways to spend, for both ledgers."""
        points = wish if isinstance(wish, int) else self.living(person) + (wish == "one too many")
        points = max(points, 1)
        if what == "sale":
            act = world.a_sale(
                self.book_id, person, points, self.key(person, points), today=self.today
            )
            return act, lambda: self.model.sell(person, points)
        if what == "donation":
            act = donations.to_donate(
                self.book_id, person, FUND, points, self.today, self.key(), None
            )
            return act, lambda: self.model.donate(person, FUND, points)
        number, ends_on = self.number(), plus_days(self.today, 1 + points % 40)
        placing = Placing(Hold(number, person), points, self.at, noon(ends_on), self.today)
        act = hold_posts.to_place(self.book_id, placing, self.key(), None)
        return act, lambda: self.model.place(number, person, points, ends_on)

    ways = st.sampled_from(["sale", "donation", "hold"])

    def living(self, person):
        """Return the points of a purse that have not lapsed."""
        kept = self.model.lots[naive.purse(person)]
        return sum(n for day, n in kept.items() if day >= self.today)

    @rule(what=ways, person=people, wish=wishes)
    def spend(self, what, person, wish):
        self.both(*self.spending(what, person, wish))

    @precondition(lambda self: self.in_state("verified"))
    @rule(data=st.data(), what=ways, wish=wishes)
    def spend_and_hear_that_the_hours_do_not_count(self, data, what, wish):
        number = data.draw(st.sampled_from(self.in_state("verified")))
        self.both(*self.spending(what, self.model.attendances[number].person, wish))
        self._unverify(number)

    @rule(
        several=st.lists(st.tuples(ways, people, wishes), min_size=2, max_size=5),
        twice=st.booleans(),
    )
    def spend_at_once(self, several, twice):
        """What all of them get is one of the orders in which they might have come: that of the versions."""
        acts = [self.spending(*each) for each in several]
        if twice:
            acts.append(acts[0])
        answers = self.driver.post(self.at, *(act for act, _ in acts))
        self.now = self.driver.standing()
        in_turn = sorted(range(len(acts)), key=lambda n: self.turn_of(answers[n]))
        for n in in_turn:
            (act, work), got = acts[n], answers[n]
            expected = self.model.book(act.kind, act.key.key, act.key.request, work)
            if isinstance(got, str):
                assert got == expected
            else:
                assert not isinstance(expected, str), expected
                assert self.entry_ids.setdefault(expected, got.entry_id) == got.entry_id
                assert self.lines(got.entry_id) == self.model.entries[expected].lines
        if twice and not isinstance(answers[0], str):
            assert {answers[0].replayed, answers[-1].replayed} == {True, False}

    def turn_of(self, answer):
        """Return the first version that an entry made of its purse; the refused come last: purses only get emptier."""
        if isinstance(answer, str):
            return 2**62
        return min(row[8] for row in self.now.of_entry(answer.entry_id))

    def sales(self, *, refunded):
        return sorted(
            n
            for n, (_, already) in self.model.refunds.items()
            if not self.model.entries[n].final and (refunded or not already)
        )

    @precondition(lambda self: self.sales(refunded=True))
    @rule(data=st.data(), points=amounts, rest=st.booleans())
    def refund(self, data, points, rest):
        sale = data.draw(st.sampled_from(self.sales(refunded=True)))
        days, already = self.model.refunds[sale]
        points = max(1, len(days) - already) if rest else points
        sold = self.lined(self.entry_ids[sale])
        person = int(sold[0].debit.path.split(":")[1])
        taken = [Lot(line.expires_on or 0, line.amount) for line in sold]
        act = world.a_refund(self.book_id, person, taken, already, points, self.today)
        self.both(act, lambda: self.model.refund(sale, person, points))

    def part_of(self, number, wish):
        """Return the points of a hold that are wished for: so many, all that is left, or one too many."""
        if isinstance(wish, int):
            return wish
        return max(1, self.model.holds[number].left + (wish == "one too many"))

    @precondition(lambda self: self.model.holds)
    @rule(data=st.data(), wish=parts)
    def capture(self, data, wish):
        number = data.draw(st.sampled_from(sorted(self.model.holds)))
        points = self.part_of(number, wish)
        hold = Hold(number, self.model.holds[number].person)
        taking = Capturing(hold, points, SHOP, (), self.at)
        act = hold_posts.to_capture(self.book_id, taking, self.key(), None)
        answer = self.both(act, lambda: self.model.capture(number, points))
        if not isinstance(answer, str):
            self.papers[answer] = number

    @precondition(lambda self: self.model.holds)
    @rule(data=st.data(), wish=st.none() | parts)
    def release(self, data, wish):
        number = data.draw(st.sampled_from(sorted(self.model.holds)))
        points = None if wish is None else self.part_of(number, wish)
        hold = Hold(number, self.model.holds[number].person)
        giving = Releasing(hold, points, (), self.at, self.today)
        act = hold_posts.to_release(self.book_id, giving, self.key())
        self.both(act, lambda: self.model.release(number, points))

    # Putting right.

    @rule(person=people, wish=st.none() | parts)
    def write_off(self, person, wish):
        points = wish
        if isinstance(wish, str):
            points = max(1, self.model.held[naive.owed(person)] + (wish == "one too many"))
        act = debts.to_write_off(self.book_id, person, points, (1, 2), "moved away", self.key())
        self.both(act, lambda: self.model.write_off(person, points))

    def reversible(self):
        """Return entries that may be undone; a sale that was refunded in part is none, its paper says so."""
        kept = set(self.model.refunds) - set(self.sales(refunded=False))
        entries = enumerate(self.model.entries)
        return [
            n
            for n, e in entries
            if e.kind in REVERSIBLE and n in self.entry_ids and (e.final or n not in kept)
        ]

    @precondition(lambda self: self.reversible())
    @rule(data=st.data())
    def reverse(self, data):
        self._reverse(data.draw(st.sampled_from(self.reversible())))

    @precondition(lambda self: self.papers)
    @rule(data=st.data())
    def take_a_capture_back(self, data):
        self._reverse(data.draw(st.sampled_from(sorted(self.papers))))

    def _reverse(self, number):
        entry_id, kind = self.entry_ids[number], Kind(self.model.entries[number].kind)
        hold_number = self.papers.get(number)
        paper = Fact("hold", hold_number) if hold_number else Fact("paper", number)
        undo = Undo(entry_id, kind, paper, self.lined(entry_id), self.today)
        if hold_number:
            act = hold_posts.to_take_back(self.book_id, undo, self.key(), 1, "by mistake")
        else:
            act = reversing(self.book_id, undo, self.key(), 1, "by mistake")
        self.both(act, lambda: self.model.reverse(number, hold_number))

    # Keys.

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_it_again(self, data):
        act, asked = data.draw(st.sampled_from(self.sent))
        expected = self.model.book(*asked)
        before = self.now
        (got,) = self.driver.post(self.at, act)
        self.agree(got, expected, len(self.model.entries), act)
        assert self.now == before or expected == "already-reversed"

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def use_the_key_for_something_else(self, data):
        act, _ = data.draw(st.sampled_from(self.sent))
        if self.model.keys.get(act.key.key) is None:
            return  # A refused undo is not remembered.
        before = self.now
        other = replace(act, key=replace(act.key, request=["another"]))
        assert self.driver.post(self.at, other) == ["idempotency-key-reused"]
        self.now = self.driver.standing()
        assert self.now == before

    # Time.

    @rule(days=st.sampled_from([1, 12, 31]))
    def days_pass(self, days):
        self.model.today = plus_days(self.today, days)

    @rule()
    def the_last_day_of_the_month_comes(self):
        self.model.today = self.lot(0)

    @precondition(lambda self: any(h.ends_on > self.today for h in self.model.holds.values()))
    @rule()
    def the_day_comes_on_which_a_hold_ends(self):
        ends = [hold.ends_on for hold in self.model.holds.values()]
        self.model.today = min(day for day in ends if day > self.today)

    @rule(person=people)
    def a_purse_expires(self, person):
        act = expiry.to_expire(self.book_id, person, self.today)
        self.both(act, lambda: self.model.expire(person))

    @rule()
    def the_jobs_run(self):
        new = 0
        for number in self.model.due():
            key = f"hold:{number}:expired:{self.model.holds[number].released}"
            new += self.by_the_job(Kind.HOLD_RELEASED, key, lambda n=number: self.model.release(n))
        assert self.driver.expire_holds(self.at) == new
        new = 0
        for person in self.model.lapsed():
            key = f"volunteer:{person}:expired:{self.today}"
            new += self.by_the_job(Kind.POINTS_EXPIRED, key, lambda p=person: self.model.expire(p))
        assert self.driver.expire_lots(self.at) == new
        self.now = self.driver.standing()

    def by_the_job(self, kind, key, work):
        known = len(self.model.entries)
        request = self.model.keys[key][0][1] if key in self.model.keys else None
        return self.model.book(kind, key, request, work) == known


def on(dialect):
    return lambda: Database(dialect)


DRIVERS = {"in memory": InMemory, "sqlite": on("sqlite"), "postgresql": on("postgresql")}
# How many histories, and of how many steps.
HISTORIES = {"in memory": (150, 50), "sqlite": (25, 40), "postgresql": (8, 40)}


@pytest.mark.parametrize("driver", HISTORIES)
def test_any_history_agrees_with_the_naive_ledger(driver):
    count, steps = HISTORIES[driver]
    machine = type("Histories", (Histories,), {"driver_of": staticmethod(DRIVERS[driver])})
    thorough = settings().max_examples // settings.get_profile("dev").max_examples
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=count * max(thorough, 1),
            stateful_step_count=steps,
            deadline=None,
        ),
    )

"""The real ledger and the naive one, side by side: how their answers and their books are held against each other."""

from collections import Counter
from dataclasses import replace

from hypothesis.stateful import RuleBasedStateMachine, invariant

from kernel.days import plus_months
from ledger.chart import AccountName
from ledger.post import Line, RequestKey
from tests.ledger import model as naive
from tests.ledger.drivers import InMemory
from tests.ledger.faults import faults
from tests.ledger.model import Naive, added_up
from tests.ledger.months import noon


class SideBySide(RuleBasedStateMachine):
    """The real ledger and the naive one, side by side."""

    driver_of = InMemory

    def __init__(self):
        super().__init__()
        self.driver = self.driver_of()
        self.book_id = self.driver.book_id
        self.model = Naive(20_261_121)
        self.now = self.driver.standing()
        self.sent = []  # post, what the model is asked: to be sent again
        self.entry_ids = {}  # number in the model → entry
        self.papers = {}  # number in the model → the hold it captured from
        self.next = 0

    @property
    def today(self):
        return self.model.today

    @property
    def at(self):
        return noon(self.today)

    def number(self):
        self.next += 1
        return self.next

    def key(self, *request):
        return RequestKey("p", f"k{self.number()}", list(request))

    def both(self, act, work):
        """Let both do the same, and hold their answers against each other."""
        remembers = isinstance(act.key, RequestKey)
        asked = (act.kind, act.key.key, act.key.request, work)
        known = len(self.model.entries)
        expected = self.model.book(*asked, remembers=remembers)
        (got,) = self.driver.post(self.at, act)
        self.agree(got, expected, known, act)
        if remembers or not isinstance(expected, str):
            self.sent.append((act, asked))
        return expected

    def agree(self, got, expected, known, act):
        before, self.now = self.now, self.driver.standing()
        if isinstance(expected, str):
            assert got == expected
            assert without_keys(self.now) == without_keys(before)
            return
        assert not isinstance(got, str), got
        assert got.replayed == (expected < known)
        assert self.entry_ids.setdefault(expected, got.entry_id) == got.entry_id
        assert self.lines(got.entry_id) == self.model.entries[expected].lines
        assert self.now.entries[got.entry_id] == self.model.entries[expected].kind == act.kind
        assert got.document_id == act.document.id

    def lines(self, entry_id):
        return added_up(
            (debit, credit, amount, day)
            for _, _, _, debit, credit, amount, day, *_ in self.now.of_entry(entry_id)
        )

    def lined(self, entry_id):
        """Return an entry's lines as the books would hand them out."""
        return tuple(
            Line(AccountName(debit, asset), AccountName(credit, asset), amount, day)
            for _, _, asset, debit, credit, amount, day, *_ in self.now.of_entry(entry_id)
        )

    def lot(self, ahead):
        return plus_months(self.today, ahead)

    # What must hold after every step.

    @invariant()
    def every_account_and_lot_is_the_same(self):
        for path, (debits, credited, _) in self.now.balances.items():
            side = -1 if path.endswith("-owed") else 1
            assert (credited - debits) * side == self.model.held[path], path
        assert {key: c - d for key, (d, c) in self.now.lots.items() if c != d} == {
            (path, day): n for path, kept in self.model.lots.items() for day, n in kept.items() if n
        }

    @invariant()
    def every_entry_and_hold_is_the_same(self):
        real = Counter(
            (self.now.entries[entry], frozenset(self.lines(entry).items()))
            for entry in self.now.entries
        )
        assert real == Counter(
            (each.kind, frozenset(each.lines.items())) for each in self.model.entries
        )
        assert {n: (row[1], row[2], row[3], row[4]) for n, row in self.now.holds.items()} == {
            n: (hold.person, hold.amount, hold.captured, hold.released)
            for n, hold in self.model.holds.items()
        }

    @invariant()
    def the_keys_are_the_same(self):
        refused = sum(isinstance(answer, str) for _, answer in self.model.keys.values())
        posted = len(self.model.keys) - refused
        assert +Counter(self.now.keys) == +Counter(posted=posted, refused=refused)

    @invariant()
    def the_books_hold(self):
        assert faults(self.now, naive.HOUSE) == []
        assert self.driver.check() == []

    @invariant()
    def points_outstanding_are_those_issued_and_not_used(self):
        held = self.model.held
        kept = [path for path in held if path.endswith((":points", "-pending"))]
        kept += [path for path in held if path.startswith("hold:")]
        outstanding = sum(held[path] for path in kept) - sum(
            n for path, n in held.items() if path.endswith("-owed")
        )
        assert outstanding == held[naive.ISSUED] - held[naive.SHOP] - held[naive.EXPIRED]
        served = sum(n for path, n in held.items() if path.endswith(":minutes"))
        assert served == held[naive.SERVICE]

    def teardown(self):
        self.driver.close()


def without_keys(found):
    return replace(found, keys=Counter())

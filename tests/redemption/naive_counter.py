"""The shop as a schoolchild would keep it: dictionaries, written from the rules alone.

It imports nothing of the real room and decides everything a second time: which lots go, which points come back where,
and the word of every refusal. Things are known by small numbers.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.ledger.model import No, days_later, months_end
from tests.redemption.naive_home import NaiveDays, NaiveHome
from tests.redemption.naive_papers import FAR, Lot, Receipt, Reservation, pieces_of, worth_of

UNDO_MINUTES = 15
FREE_RETURN = 300
DAYS_KEPT = 3


@dataclass
class NaiveCounter:
    """Purses, shelves and what goes over the counter. An act returns its number, or raises the word of the refusal."""

    today: int
    minute: int
    prices: dict[int, int]
    purses: defaultdict[int, Counter] = field(default_factory=lambda: defaultdict(Counter))
    lots: dict[int, Lot] = field(default_factory=dict)
    receipts: dict[int, Receipt] = field(default_factory=dict)
    handouts: dict[int, Receipt] = field(default_factory=dict)
    funds: int = 0
    reservations: dict[int, Reservation] = field(default_factory=dict)
    home: NaiveHome = field(default_factory=NaiveHome)
    days: NaiveDays = field(default_factory=NaiveDays)

    # Points.

    def give(self, person, points, last_day):
        self.purses[person][last_day] += points

    def may_spend(self, person, on=None):
        return sum(n for day, n in self.purses[person].items() if day >= (on or self.today))

    def require(self, person, points, on=None):
        if self.may_spend(person, on) < points:
            raise No("not-enough-points")

    def take(self, person, points, on=None):
        """Take points that have not lapsed, the earliest first; return each one's lot, the latest first."""
        self.require(person, points, on)
        living = [
            day
            for day, n in self.purses[person].items()
            if day >= (on or self.today)
            for _ in range(n)
        ]
        days = sorted(living)[:points]
        self.purses[person] -= Counter(days)
        return days[::-1]

    def put_back(self, person, days):
        """Return points to their lots; what has lapsed meanwhile gets thirty days of grace, to the month's end."""
        grace = months_end(days_later(self.today, 30))
        self.purses[person].update(day if day >= self.today else grace for day in days)

    def expire_points(self):
        for purse in self.purses.values():
            for day in [day for day in purse if day < self.today]:
                del purse[day]

    # The shelf.

    def receive(self, item, pieces, use_by, *, relief):
        number = len(self.lots)
        self.lots[number] = Lot(item, pieces, relief, use_by)
        return number

    def pick(self, item, pieces, *, relief=False, on=None):
        """Return (lot, pieces) in the order in which lots go."""
        going = [
            n
            for n, lot in self.lots.items()
            if lot.item == item and lot.goes(on or self.today, relief=relief)
        ]
        going.sort(key=lambda n: (self.lots[n].use_by or FAR, n))
        picks = []
        for number in going:
            part = min(pieces, self.lots[number].left)
            if part:
                picks.append((number, part))
                pieces -= part
        if pieces:
            raise No("out-of-stock")
        return picks

    def count(self, item, counted, *, relief):
        """Missing pieces are missing of the lots that go first, too many are of the one that goes last."""
        lots = [n for n, lot in self.lots.items() if lot.item == item and lot.relief == relief]
        lots.sort(key=lambda n: (self.lots[n].use_by or FAR, n))
        lots = [n for n in lots if self.lots[n].left] or lots[-1:]
        if not lots and counted:
            raise No("count-without-lot")
        more = counted - sum(self.lots[n].left for n in lots)
        if more > 0:
            self.lots[lots[-1]].left += more
        for number in lots:
            gone = min(max(-more, 0), self.lots[number].left)
            self.lots[number].left -= gone
            more += gone

    def write_off(self, lot, pieces):
        if self.lots[lot].left < pieces:
            raise No("out-of-stock")
        self.lots[lot].left -= pieces

    # The counter.

    def priced(self, cart, on=None):
        return [
            (lot, part, self.prices[item])
            for item, n in cart
            for lot, part in self.pick(item, n, on=on)
        ]

    def redeem(self, person, cart, *, by_number=False):
        picks = self.priced(cart)
        points = worth_of(picks)
        self.require(person, points)
        with self.home.trying():
            if by_number:
                self.home.spends(person, points, self.today)
            counted = self.home.have(person, cart, self.today)
        self.days.did("sales", self.today, points, pieces_of(picks))
        days = self.take(person, points)
        return self._handed_out(self.receipts, person, picks, days, counted, by_number)

    def relief(self, person, cart, *, in_hardship, fund=False):
        """Goods for a household in hardship: relief for nothing, or other goods that the fund pays for."""
        if not in_hardship:
            raise No("not-in-hardship")
        prices = self.prices if fund else dict.fromkeys(self.prices, 0)
        picks = [
            (lot, part, prices[item])
            for item, n in cart
            for lot, part in self.pick(item, n, relief=not fund)
        ]
        points = worth_of(picks)
        if points > self.funds:
            raise No("fund-has-too-little")
        self.funds -= points
        self.days.did("reliefs", self.today, points, pieces_of(picks))
        number = self._handed_out(self.handouts, person, picks, [])
        self.handouts[number].by_fund = points
        return number

    def give_away(self, person, points):
        """Points for the fund; there they never lapse."""
        self.funds += len(self.take(person, points))

    def _handed_out(self, papers, person, picks, days, counted=None, without_code=False):
        for lot, part, _ in picks:
            self.lots[lot].left -= part
        lines = [[lot, part, price, 0] for lot, part, price in picks]
        papers[len(papers)] = Receipt(
            person, lines, days, self.today, self.minute, counted, without_code
        )
        return len(papers) - 1

    def undo(self, number):
        receipt = self.receipts[number]
        self._require_paid(receipt)
        if receipt.follows is not None:
            raise No("follows-another")
        self._fresh(receipt)
        self._all_back(receipt)
        self._not_had(receipt, visits=1)
        self.put_back(receipt.person, receipt.days)
        self.days.did("undos", self.today, -receipt.total, -pieces_of(receipt.lines))

    def _require_paid(self, receipt):
        if receipt.given:
            raise No("sheet-sale-stays")

    def _not_had(self, receipt, *, visits):
        self.home.give_back(receipt.counted, self._had(receipt.lines), visits=visits)
        self._spent_less(receipt, receipt.total)

    def _had(self, lines):
        return [(self.lots[lot].item, n) for lot, n, *_ in lines]

    def _spent_less(self, receipt, points):
        if receipt.without_code:
            self.home.spends_less(receipt.person, points, receipt.sold_on)

    def _fresh(self, receipt):
        if receipt.undone:
            raise No("already-undone")
        if receipt.refunded:
            raise No("partly-returned")
        if self.minute - receipt.minute > UNDO_MINUTES:
            raise No("undo-time-is-over")

    def undo_relief(self, number):
        handout = self.handouts[number]
        if handout.undone:
            raise No("handout-is-undone")
        if self.minute - handout.minute > UNDO_MINUTES:
            raise No("handout-is-over")
        self._all_back(handout)
        self.funds += handout.by_fund
        self.days.did("undos", self.today, -handout.by_fund, -pieces_of(handout.lines))

    def _all_back(self, receipt):
        receipt.undone = True
        for lot, pieces, _, _ in receipt.lines:
            self.lots[lot].left += pieces

    def return_goods(self, number, line, pieces, *, approved=False):
        """Take pieces back; of their points the latest lots first, going on where the last return stopped."""
        receipt = self.receipts[number]
        self._require_paid(receipt)
        if receipt.undone:
            raise No("already-undone")
        lot, had, price, came_back = receipt.lines[line]
        if pieces > had - came_back:
            raise No("returns-too-much")
        points = pieces * price
        if not approved and (self.today != receipt.sold_on or points > FREE_RETURN):
            raise No("return-needs-approval")
        receipt.lines[line][3] += pieces
        self.lots[lot].left += pieces
        self.put_back(receipt.person, receipt.days[receipt.refunded : receipt.refunded + points])
        receipt.refunded += points
        self.home.give_back(receipt.counted, [(self.lots[lot].item, pieces)])
        self._spent_less(receipt, points)
        self.days.did("refunds", self.today, -points, -pieces)

    def exchange(self, number, line, pieces, cart, *, damaged):
        """Goods of today for others; what comes back is spent again before the purse is asked."""
        receipt = self.receipts[number]
        self._require_paid(receipt)
        if receipt.sold_on != self.today:
            raise No("exchange-is-over")
        if receipt.undone:
            raise No("already-undone")
        lot, had, price, came_back = receipt.lines[line]
        if pieces > had - came_back:
            raise No("returns-too-much")
        picks = self.priced(cart)
        back, total = pieces * price, worth_of(picks)
        if max(back, total) > FREE_RETURN:
            raise No("exchange-needs-approval")
        self.require(receipt.person, max(0, total - back))
        counted = self._have_instead(receipt, [(self.lots[lot].item, pieces)], cart, total - back)
        returned = sorted(receipt.days[receipt.refunded : receipt.refunded + back])
        days = self.take(receipt.person, max(0, total - back)) + returned[:total]
        self.put_back(receipt.person, returned[total:])
        receipt.lines[line][3] += pieces
        receipt.refunded += back
        if not damaged:
            self.lots[lot].left += pieces
        self.days.did("swaps", self.today, total - back, pieces_of(picks) - pieces)
        days = sorted(days, reverse=True)
        new = self._handed_out(self.receipts, receipt.person, picks, days, counted, True)
        self.receipts[new].follows = number
        return new

    def _have_instead(self, receipt, back, cart, more):
        """The phone is not asked again: what is dearer counts as it does for somebody without one."""
        with self.home.trying():
            if more > 0:
                self.home.spends(receipt.person, more, self.today)
            else:
                self._spent_less(receipt, -more)
            self.home.give_back(receipt.counted, back)
            return self.home.have(receipt.person, cart, self.today, came=0)

    def move(self, number, person):
        """Another purse pays; the goods stay where they are, and nobody has more time for them."""
        receipt = self.receipts[number]
        self._require_paid(receipt)
        self._fresh(receipt)
        self.require(person, len(receipt.days))
        came = 1 if receipt.follows is None else self._came(receipt)
        with self.home.trying():
            self._not_had(receipt, visits=came)
            counted = self.home.have(person, self._had(receipt.lines), self.today)
        days = self.take(person, len(receipt.days))
        receipt.undone = True
        self.put_back(receipt.person, receipt.days)
        lines = [[lot, part, price, 0] for lot, part, price, _ in receipt.lines]
        new = len(self.receipts)
        self.receipts[new] = Receipt(
            person, lines, days, self.today, receipt.minute, counted, follows=number
        )
        self.days.did("moves", self.today, 0, 0)
        return new

    def _came(self, receipt):
        """A swap is no visit of its own; a sale that was moved to somebody is theirs."""
        return int(self.receipts[receipt.follows].person != receipt.person)

    # Reservations.

    def reserve(self, person, cart):
        mine = [each for each in self.reservations.values() if each.person == person]
        if sum(each.state == "open" for each in mine) >= 5:
            raise No("too-many-reservations")
        lines = self.priced(cart)
        self.require(person, worth_of(lines))
        with self.home.trying():
            counted = self.home.have(person, cart, self.today)
        days = self.take(person, worth_of(lines))
        for lot, part, _ in lines:
            self.lots[lot].left -= part
        last = days_later(self.today, DAYS_KEPT)
        self.reservations[len(self.reservations)] = Reservation(
            person, lines, days[::-1], last, counted
        )
        return len(self.reservations) - 1

    def collect(self, number, pieces=None):
        """Hand out all of it, or so many pieces of its first line; the rest goes back."""
        kept = self.reservations[number]
        if kept.state != "open" or kept.last_day < self.today:
            raise No("reservation-has-ended")
        if pieces is not None and pieces > kept.lines[0][1]:
            raise No("returns-too-much")
        taken = kept.lines if pieces is None else [(kept.lines[0][0], pieces, kept.lines[0][2])]
        total = worth_of(taken)
        for lot, part, _ in kept.lines:
            self.lots[lot].left += part
        self.put_back(kept.person, kept.days[total:])
        kept.state = "collected"
        self.home.give_back(kept.counted, self._had(kept.lines))
        self.home.give_back(kept.counted, [(item, -n) for item, n in self._had(taken)])
        self.days.did("pick_ups", self.today, total, pieces_of(taken))
        days = kept.days[:total][::-1]
        return self._handed_out(self.receipts, kept.person, taken, days, kept.counted)

    def cancel(self, number):
        if self.reservations[number].state != "open":
            raise No("reservation-has-ended")
        self._let_go(self.reservations[number], "cancelled")

    def _let_go(self, kept, state):
        kept.state = state
        for lot, part, _ in kept.lines:
            self.lots[lot].left += part
        self.put_back(kept.person, kept.days)
        self.home.give_back(kept.counted, self._had(kept.lines), visits=1)

    def expire_reservations(self):
        due = [
            k for k in self.reservations.values() if k.state == "open" and k.last_day < self.today
        ]
        for kept in due:
            self._let_go(kept, "expired")
        return len(due)

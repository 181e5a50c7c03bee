"""The shop as a schoolchild would keep it: dictionaries, written from the rules alone.

It imports nothing of the real room and decides everything a second time: which lots go, which points come back where,
and the word of every refusal. Things are known by small numbers.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.ledger.model import No, days_later, months_end

FAR = 99_991_231
UNDO_MINUTES = 15
FREE_RETURN = 300
DAYS_KEPT = 3


@dataclass
class Lot:
    """Pieces that came together."""

    item: int
    left: int
    relief: bool
    use_by: int | None

    def goes(self, today, *, relief):
        return self.relief == relief and (self.use_by or FAR) >= today


@dataclass
class Receipt:
    """What somebody took home: (lot, pieces, price, pieces that came back), and the points by lot, latest first."""

    person: int
    lines: list[list[int]]
    days: list[int]
    sold_on: int
    minute: int
    refunded: int = 0
    undone: bool = False
    follows: int | None = None  # the receipt in whose place it came
    by_fund: int = 0


@dataclass
class Reservation:
    """Goods kept aside: (lot, pieces, price), and their points by lot, the earliest first."""

    person: int
    lines: list[tuple[int, int, int]]
    days: list[int]
    last_day: int
    state: str = "open"


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

    # Points.

    def give(self, person, points, last_day):
        self.purses[person][last_day] += points

    def may_spend(self, person):
        return sum(n for day, n in self.purses[person].items() if day >= self.today)

    def take(self, person, points):
        """Take points that have not lapsed, the earliest first; return each one's lot, the latest first."""
        if self.may_spend(person) < points:
            raise No("not-enough-points")
        living = [
            day for day, n in self.purses[person].items() if day >= self.today for _ in range(n)
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

    def pick(self, item, pieces, *, relief=False):
        """Return (lot, pieces) in the order in which lots go."""
        going = [
            n
            for n, lot in self.lots.items()
            if lot.item == item and lot.goes(self.today, relief=relief)
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

    def redeem(self, person, cart):
        picks = [
            (lot, part, self.prices[item]) for item, n in cart for lot, part in self.pick(item, n)
        ]
        days = self.take(person, sum(part * price for _, part, price in picks))
        return self._handed_out(self.receipts, person, picks, days)

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
        points = sum(part * price for _, part, price in picks)
        if points > self.funds:
            raise No("fund-has-too-little")
        self.funds -= points
        number = self._handed_out(self.handouts, person, picks, [])
        self.handouts[number].by_fund = points
        return number

    def give_away(self, person, points):
        """Points for the fund; there they never lapse."""
        self.funds += len(self.take(person, points))

    def _handed_out(self, papers, person, picks, days):
        for lot, part, _ in picks:
            self.lots[lot].left -= part
        lines = [[lot, part, price, 0] for lot, part, price in picks]
        papers[len(papers)] = Receipt(person, lines, days, self.today, self.minute)
        return len(papers) - 1

    def undo(self, number):
        receipt = self.receipts[number]
        if receipt.follows is not None:
            raise No("follows-another")
        self._fresh(receipt)
        self._all_back(receipt)
        self.put_back(receipt.person, receipt.days)

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

    def _all_back(self, receipt):
        receipt.undone = True
        for lot, pieces, _, _ in receipt.lines:
            self.lots[lot].left += pieces

    def return_goods(self, number, line, pieces, *, approved=False):
        """Take pieces back; of their points the latest lots first, going on where the last return stopped."""
        receipt = self.receipts[number]
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

    def exchange(self, number, line, pieces, cart, *, damaged):
        """Goods of today for others; what comes back is spent again before the purse is asked."""
        receipt = self.receipts[number]
        if receipt.sold_on != self.today:
            raise No("exchange-is-over")
        if receipt.undone:
            raise No("already-undone")
        lot, had, price, came_back = receipt.lines[line]
        if pieces > had - came_back:
            raise No("returns-too-much")
        picks = [
            (one, part, self.prices[item]) for item, n in cart for one, part in self.pick(item, n)
        ]
        back, total = pieces * price, sum(part * price for _, part, price in picks)
        if max(back, total) > FREE_RETURN:
            raise No("exchange-needs-approval")
        returned = sorted(receipt.days[receipt.refunded : receipt.refunded + back])
        days = self.take(receipt.person, max(0, total - back)) + returned[:total]
        self.put_back(receipt.person, returned[total:])
        receipt.lines[line][3] += pieces
        receipt.refunded += back
        if not damaged:
            self.lots[lot].left += pieces
        new = self._handed_out(self.receipts, receipt.person, picks, sorted(days, reverse=True))
        self.receipts[new].follows = number
        return new

    def move(self, number, person):
        """Another purse pays; the goods stay where they are."""
        receipt = self.receipts[number]
        self._fresh(receipt)
        days = self.take(person, len(receipt.days))
        receipt.undone = True
        self.put_back(receipt.person, receipt.days)
        lines = [[lot, part, price, 0] for lot, part, price, _ in receipt.lines]
        new = len(self.receipts)
        self.receipts[new] = Receipt(person, lines, days, self.today, self.minute, follows=number)
        return new

    # Reservations.

    def reserve(self, person, cart):
        mine = [each for each in self.reservations.values() if each.person == person]
        if sum(each.state == "open" for each in mine) >= 5:
            raise No("too-many-reservations")
        lines = [
            (lot, part, self.prices[item]) for item, n in cart for lot, part in self.pick(item, n)
        ]
        days = self.take(person, sum(part * price for _, part, price in lines))
        for lot, part, _ in lines:
            self.lots[lot].left -= part
        last = days_later(self.today, DAYS_KEPT)
        self.reservations[len(self.reservations)] = Reservation(person, lines, days[::-1], last)
        return len(self.reservations) - 1

    def collect(self, number, pieces=None):
        """Hand out all of it, or so many pieces of its first line; the rest goes back."""
        kept = self.reservations[number]
        if kept.state != "open" or kept.last_day < self.today:
            raise No("reservation-has-ended")
        if pieces is not None and pieces > kept.lines[0][1]:
            raise No("returns-too-much")
        taken = kept.lines if pieces is None else [(kept.lines[0][0], pieces, kept.lines[0][2])]
        total = sum(part * price for _, part, price in taken)
        for lot, part, _ in kept.lines:
            self.lots[lot].left += part
        self.put_back(kept.person, kept.days[total:])
        kept.state = "collected"
        return self._handed_out(self.receipts, kept.person, taken, kept.days[:total][::-1])

    def cancel(self, number):
        if self.reservations[number].state != "open":
            raise No("reservation-has-ended")
        self._let_go(self.reservations[number], "cancelled")

    def _let_go(self, kept, state):
        kept.state = state
        for lot, part, _ in kept.lines:
            self.lots[lot].left += part
        self.put_back(kept.person, kept.days)

    def expire_reservations(self):
        due = [
            k for k in self.reservations.values() if k.state == "open" and k.last_day < self.today
        ]
        for kept in due:
            self._let_go(kept, "expired")
        return len(due)

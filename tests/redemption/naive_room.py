"""The shop and the vouchers as a schoolchild would keep them: dictionaries, written from the rules alone.

It imports nothing of the real room and decides everything a second time: which lots go, which points come back where,
what a voucher still holds, what a company is owed, and the word of every refusal. Things are known by small numbers.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.ledger.model import No, days_later, months_end

FAR = 99_991_231
UNDO_MINUTES = 15
FREE_RETURN = 300
YEAR_FEN = 30_000


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


@dataclass
class Voucher:
    """Money off a bill."""

    person: int
    company: int
    face: int
    paid: int
    days: list[int]
    year: int
    last_day: int
    left: int = 0
    returned: int = 0
    state: str = "issued"


@dataclass
class Use:
    """A part of a voucher that went off a bill."""

    voucher: int
    fen: int
    day: int
    undone: int = 0  # at which minute
    settled: int | None = None
    deducted: int | None = None


@dataclass
class Settlement:
    """A month that both have signed."""

    company: int
    month: int
    uses: int
    fen: int
    owed_back: int
    paid: bool


@dataclass
class NaiveRoom:
    """Everything there is, and every act upon it. An act returns its number, or raises the word of the refusal."""

    today: int
    minute: int
    prices: dict[int, int]
    offers: dict[int, tuple[int, int]]
    purses: defaultdict[int, Counter] = field(default_factory=lambda: defaultdict(Counter))
    lots: dict[int, Lot] = field(default_factory=dict)
    receipts: dict[int, Receipt] = field(default_factory=dict)
    handouts: dict[int, Receipt] = field(default_factory=dict)
    vouchers: dict[int, Voucher] = field(default_factory=dict)
    uses: dict[int, Use] = field(default_factory=dict)
    settlements: dict[int, Settlement] = field(default_factory=dict)
    had: dict[int, tuple[int, int]] = field(default_factory=dict)

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

    def relief(self, person, cart, *, in_hardship):
        if not in_hardship:
            raise No("not-in-hardship")
        picks = [
            (lot, part, 0) for item, n in cart for lot, part in self.pick(item, n, relief=True)
        ]
        return self._handed_out(self.handouts, person, picks, [])

    def _handed_out(self, papers, person, picks, days):
        for lot, part, _ in picks:
            self.lots[lot].left -= part
        lines = [[lot, part, price, 0] for lot, part, price in picks]
        papers[len(papers)] = Receipt(person, lines, days, self.today, self.minute)
        return len(papers) - 1

    def undo(self, number):
        receipt = self.receipts[number]
        if receipt.undone:
            raise No("already-undone")
        if receipt.refunded:
            raise No("partly-returned")
        if self.minute - receipt.minute > UNDO_MINUTES:
            raise No("undo-time-is-over")
        self._all_back(receipt)
        self.put_back(receipt.person, receipt.days)

    def undo_relief(self, number):
        handout = self.handouts[number]
        if handout.undone:
            raise No("handout-is-undone")
        if self.minute - handout.minute > UNDO_MINUTES:
            raise No("handout-is-over")
        self._all_back(handout)

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

    # Vouchers.

    def issue(self, person, offer, company, last_day):
        face, price = self.offers[offer]
        if self.may_spend(person) < price:
            raise No("not-enough-points")
        year = self.today // 10_000
        row_year, had = self.had.get(person, (year, 0))
        had = had if row_year == year else 0
        if had + face > YEAR_FEN:
            raise No("over-year-limit")
        days = self.take(person, price)
        self.had[person] = (year, had + face)
        number = len(self.vouchers)
        self.vouchers[number] = Voucher(person, company, face, price, days, year, last_day, face)
        return number

    def _good(self, number):
        voucher = self.vouchers[number]
        if voucher.state == "void":
            raise No("voucher-is-void")
        if voucher.state == "used":
            raise No("voucher-is-used-up")
        if voucher.state == "expired" or voucher.last_day < self.today:
            raise No("voucher-has-expired")
        return voucher

    def void(self, number):
        voucher = self._good(number)
        points = voucher.paid * voucher.left // voucher.face
        self.put_back(voucher.person, voucher.days[:points])
        year, had = self.had[voucher.person]
        if year == voucher.year:
            self.had[voucher.person] = (year, max(0, had - voucher.left))
        voucher.left, voucher.returned, voucher.state = 0, points, "void"

    def use(self, number, fen):
        voucher = self._good(number)
        fen = voucher.left if fen is None else fen
        if fen > voucher.left:
            raise No("voucher-has-less")
        voucher.left -= fen
        voucher.state = "issued" if voucher.left else "used"
        self.uses[len(self.uses)] = Use(number, fen, self.today)
        return len(self.uses) - 1

    def undo_use(self, number):
        use = self.uses[number]
        if use.undone:
            raise No("already-undone")
        if use.settled is not None:
            raise No("voucher-use-already-settled")
        self._onto_voucher(use)

    def correct(self, number):
        use = self.uses[number]
        if use.undone:
            raise No("already-undone")
        if use.settled is None:
            raise No("voucher-use-not-settled")
        self._onto_voucher(use, also_expired=True)

    def _onto_voucher(self, use, *, also_expired=False):
        voucher = self.vouchers[use.voucher]
        if voucher.state == "void" or (voucher.state == "expired" and not also_expired):
            raise No("voucher-is-void")
        use.undone = self.minute
        voucher.left += use.fen
        voucher.state = "issued"

    def expire_vouchers(self):
        due = [v for v in self.vouchers.values() if v.state == "issued" and v.last_day < self.today]
        for voucher in due:
            voucher.left, voucher.state = 0, "expired"
        return len(due)

    # Settling with a company.

    def _of(self, company):
        return {
            n: use for n, use in self.uses.items() if self.vouchers[use.voucher].company == company
        }

    def settle(self, company, month):
        own = self._of(company)
        if month >= self.today:
            raise No("settlement-month-not-over")
        if any((s.company, s.month) == (company, month) for s in self.settlements.values()):
            raise No("settlement-is-locked")
        waits = {n: use for n, use in own.items() if use.settled is None and not use.undone}
        if any(months_end(use.day) < month for use in waits.values()):
            raise No("settlement-earlier-month-open")
        pays = [use for use in waits.values() if months_end(use.day) == month]
        if not pays:
            raise No("nothing-to-settle")
        number, left = len(self.settlements), sum(use.fen for use in pays)
        total, back = left, 0
        for use in self.corrected(company):
            if use.fen > left:
                break
            use.deducted, left, back = number, left - use.fen, back + use.fen
        for use in pays:
            use.settled = number
        self.settlements[number] = Settlement(
            company, month, len(pays), total - back, back, not left
        )
        return number

    def corrected(self, company):
        """Return what the company still owes back, in the order in which it was corrected."""
        own = self._of(company).values()
        wrong = [use for use in own if use.undone and use.settled is not None]
        return sorted((use for use in wrong if use.deducted is None), key=lambda use: use.undone)

    def pay(self, number):
        if self.settlements[number].paid:
            raise No("settlement-is-paid")
        self.settlements[number].paid = True

    def payable(self, company):
        """Return what the company is owed and no settlement holds yet."""
        own = self._of(company).values()
        return sum(use.fen for use in own if use.settled is None and not use.undone)

    def owed_back(self, company):
        """Return what the company owes of settled months."""
        return sum(use.fen for use in self.corrected(company))

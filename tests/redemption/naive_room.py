"""The vouchers, the services and the settlements beside the naive counter, kept as a schoolchild would.

It imports nothing of the real room and decides everything a second time: what a voucher still holds, what a company or
a merchant is owed, and the word of every refusal.
"""

from dataclasses import dataclass, field

from tests.ledger.model import No, months_end
from tests.redemption.naive_sheets import NaiveSheets

YEAR_FEN = 30_000


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
    """A part of a voucher that went off a bill, or a service (no voucher) and its points, by lot."""

    company: int
    voucher: int | None
    fen: int
    day: int
    person: int = 0
    days: list[int] = field(default_factory=list)
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
class NaiveRoom(NaiveSheets):
    """The counter, and all that is settled with others: fen a company is owed, and points that were given for it."""

    offers: dict[int, tuple[int, int]] = field(default_factory=dict)  # fen, points
    services: dict[int, tuple[int, int]] = field(default_factory=dict)  # by merchant: fen, points
    vouchers: dict[int, Voucher] = field(default_factory=dict)
    uses: dict[int, Use] = field(default_factory=dict)
    settlements: dict[int, Settlement] = field(default_factory=dict)
    had: dict[int, tuple[int, int]] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)  # companies that take no new vouchers

    # Vouchers.

    def issue(self, person, offer, company, last_day):
        face, price = self.offers[offer]
        if company in self.left:
            raise No("company-is-replaced")
        self.require(person, price)
        year = self.today // 10_000
        if (
            sum(self._had_in(year, each) for each in self.home.living_with(person)) + face
            > YEAR_FEN
        ):
            raise No("over-year-limit")
        days = self.take(person, price)
        self.had[person] = (year, self._had_in(year, person) + face)
        number = len(self.vouchers)
        self.vouchers[number] = Voucher(person, company, face, price, days, year, last_day, face)
        return number

    def _had_in(self, year, person):
        of_year, had = self.had.get(person, (year, 0))
        return had if of_year == year else 0

    def change_companies(self, before, after):
        """All that is good at one company becomes vouchers of the other, and the one takes no new ones."""
        if after in self.left:
            raise No("company-is-replaced")
        good = [
            n
            for n, v in self.vouchers.items()
            if v.company == before and v.state == "issued" and v.last_day >= self.today
        ]
        if not good:
            raise No("no-open-vouchers")
        self.left.add(before)
        for number in good:
            self._passes_on(self.vouchers[number], after)

    def _passes_on(self, old, after):
        paid = old.paid * old.left // old.face
        new = Voucher(
            *(old.person, after, old.left, paid, old.days, old.year, old.last_day),
            left=old.left,
        )
        old.left, old.state = 0, "void"
        self.vouchers[len(self.vouchers)] = new

    def take_again(self, company):
        if company not in self.left:
            raise No("company-not-here")
        self.left.remove(company)

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
        self.uses[len(self.uses)] = Use(voucher.company, number, fen, self.today)
        return len(self.uses) - 1

    def undo_use(self, number):
        use = self.uses[number]
        if use.undone:
            raise No("already-undone")
        if use.settled is not None:
            raise No("voucher-use-already-settled")
        self._take_back(use)

    def correct(self, number):
        use = self.uses[number]
        if use.undone:
            raise No("already-undone")
        if use.settled is None:
            raise No("voucher-use-not-settled")
        self._take_back(use, also_expired=True)

    def _take_back(self, use, *, also_expired=False):
        if use.voucher is None:
            use.undone = self.minute
            self.put_back(use.person, use.days)
            return
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

    # Services.

    def render(self, person, merchant):
        """A service: points leave the purse, the community owes the merchant its share."""
        fen, price = self.services[merchant]
        days = self.take(person, price)
        self.uses[len(self.uses)] = Use(merchant, None, fen, self.today, person, days)
        return len(self.uses) - 1

    # Settling with a company or a merchant.

    def _of(self, company):
        return {n: use for n, use in self.uses.items() if use.company == company}

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

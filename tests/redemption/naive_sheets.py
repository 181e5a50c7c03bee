"""Paper for a day without network beside the naive counter: rows that are typed in later, each of its own day.

It imports nothing of the real room: which rows are booked, which wait and why, and what somebody else may decide.
"""

from dataclasses import dataclass, field

from tests.ledger.model import No, days_later
from tests.redemption.naive_counter import NaiveCounter
from tests.redemption.naive_papers import Receipt, pieces_of, worth_of

A_DAY, TO_NOON = 24 * 60, 12 * 60
MOST_DAYS = 14


@dataclass
class Row:
    """One line of a sheet: who took what on which day, at which minute as near as paper says, for how many points."""

    person: int
    cart: list[tuple[int, int]]
    day: int
    minute: int
    written: int | None
    state: str = "waiting"
    refusal: str = ""
    receipt: int | None = None


@dataclass
class NaiveSheets(NaiveCounter):
    """The counter and its sheets, which were printed at noon of the first day: minute 0."""

    rows: dict[int, Row] = field(default_factory=dict)

    def type_in(self, number, person, cart, days_ago, written):
        """Type one row; another one in its place only while it waits."""
        noon = ((self.minute + TO_NOON) // A_DAY - days_ago) * A_DAY
        if noon < 0 or days_ago > MOST_DAYS:
            raise No("sheet-day-is-odd")
        day = days_later(self.today, -days_ago)
        new = Row(person, cart, day, min(noon, self.minute), written)
        old = self.rows.get(number)
        same = old is not None and (old.person, old.cart, old.day) == (person, cart, day)
        if old is not None and old.state != "waiting":
            if not same:
                raise No("sheet-row-is-taken")
            return number
        if old is None or not same or old.written != written:
            self.rows[number] = new
        try:
            self._book(self.rows[number])
        except No as no:
            self.rows[number].refusal = str(no)
        return number

    def decide(self, number, *, given):
        """Book a row in spite of limits; with `given`, the community gives what the purse lacks."""
        if self.rows[number].state != "waiting":
            raise No("sheet-row-decided")
        self._book(self.rows[number], decided=True, given=given)
        return number

    def drop(self, number):
        if self.rows[number].state != "waiting":
            raise No("sheet-row-decided")
        self.rows[number].state = "dropped"
        return number

    def _book(self, row, *, decided=False, given=False):
        picks = self.priced(row.cart, on=row.day)
        total = worth_of(picks)
        if not decided and row.written not in (None, total):
            raise No("price-has-changed")
        with self.home.trying():
            counted = self.home.have(row.person, row.cart, row.day, free=decided)
            if not given:
                self.require(row.person, total, on=row.day)
        own = min(total, self.may_spend(row.person, on=row.day))
        days = self.take(row.person, own, on=row.day)
        for lot, part, _ in picks:
            self.lots[lot].left -= part
        lines = [[lot, part, price, 0] for lot, part, price in picks]
        row.receipt = len(self.receipts)
        self.receipts[row.receipt] = Receipt(
            *(row.person, lines, days, row.day, row.minute, counted), given=total - own
        )
        self.days.did("sales", row.day, total, pieces_of(picks))
        row.state, row.refusal = "booked", ""

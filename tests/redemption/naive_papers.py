"""The papers of the naive counter: pieces that came together, what somebody took home, and what is kept aside.

Nothing of the real room is imported here. Things are known by small numbers.
"""

from dataclasses import dataclass

from tests.redemption.naive_home import Counted

FAR = 99_991_231


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
    counted: Counted | None = None
    without_code: bool = False
    given: int = 0  # points that the community gave, because the purse lacked them
    refunded: int = 0
    undone: bool = False
    follows: int | None = None  # the receipt in whose place it came
    by_fund: int = 0

    @property
    def total(self):
        return len(self.days) + self.given


@dataclass
class Reservation:
    """Goods kept aside: (lot, pieces, price), and their points by lot, the earliest first."""

    person: int
    lines: list[tuple[int, int, int]]
    days: list[int]
    last_day: int
    counted: Counted
    state: str = "open"


def worth_of(lines):
    return sum(part * price for _, part, price in lines)


def pieces_of(lines):
    return sum(part for _, part, *_ in lines)

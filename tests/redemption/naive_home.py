"""What a household had, and what a shop did on its days, kept as a schoolchild would: lists and sums, from the rules.

It imports nothing of the real room. Person 0 lives in household 1; person 1 lives there too, or in none (0).
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.ledger.model import No

HOME, NONE = 1, 0
ALL_GOODS = "all"
FIGURES = ("sales", "swaps", "moves", "pick_ups", "reliefs", "refunds", "undos")
SUMS = ("points_taken", "points_back", "pieces_out", "pieces_back")
Key = tuple[int, int, int | str, int]  # who, living where, of what, in which month or on which day


@dataclass
class Counted:
    """Where an exchange was written down: by item for the month, and for the day."""

    months: dict[int, Key]
    day: Key


@dataclass
class NaiveHome:
    """Limits, and what was had: pieces of an item in a month, pieces and visits on a day, points without a code."""

    month_limits: dict[int, int] = field(default_factory=dict)
    pieces_a_day: int = 10**9
    visits_a_day: int = 10**9
    points_without_code: int = 10**9
    together: bool = False
    pieces: Counter = field(default_factory=Counter)
    visits: Counter = field(default_factory=Counter)
    without_code: dict[int, tuple[int, int]] = field(default_factory=dict)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Write down what is had; if anything says no, nothing was written."""
        before = self.pieces.copy(), self.visits.copy(), dict(self.without_code)
        try:
            yield
        except No:
            self.pieces, self.visits, self.without_code = before
            raise

    def lives_at(self, person):
        return HOME if person == 0 or self.together else NONE

    def living_with(self, person):
        return (0, 1) if self.together else (person,)

    def moves_in(self):
        if self.together:
            raise No("in-a-household")
        self.together = True

    def moves_out(self):
        if not self.together:
            raise No("no-such-household")
        self.together = False

    def _had(self, book, person, what, when):
        """Sum up what those had who live there now, wherever, and what anybody had while living there."""
        home, people = self.lives_at(person), self.living_with(person)
        return sum(
            n
            for (who, where, thing, then), n in book.items()
            if (thing, then) == (what, when) and (who in people or where == home != NONE)
        )

    def have(self, person, cart, today, *, came=1, free=False):
        """Write a cart down; `free` is somebody's word that no limit holds, and it is written all the same."""
        home, months, month = self.lives_at(person), {}, today // 100
        for item, n in cart:
            if item not in self.month_limits:
                continue
            if (
                not free
                and self._had(self.pieces, person, item, month) + n > self.month_limits[item]
            ):
                raise No("over-month-limit")
            months[item] = (person, home, item, month)
            self.pieces[months[item]] += n
        day, count = (person, home, ALL_GOODS, today), sum(n for _, n in cart)
        if not free:
            if came and self._had(self.visits, person, ALL_GOODS, today) + came > self.visits_a_day:
                raise No("over-exchanges-of-day")
            if self._had(self.pieces, person, ALL_GOODS, today) + count > self.pieces_a_day:
                raise No("over-pieces-of-day")
        self.pieces[day] += count
        self.visits[day] += came
        return Counted(months, day)

    def give_back(self, counted, cart, *, visits=0):
        for item, n in cart:
            if item in counted.months:
                self.pieces[counted.months[item]] -= n
            self.pieces[counted.day] -= n
        self.visits[counted.day] -= visits

    # Points of a day, when neither phone nor code was there.

    def spends(self, person, points, today):
        day, before = self.without_code.get(person, (today, 0))
        before = before if day == today else 0
        if before + points > self.points_without_code:
            raise No("pin-needed")
        self.without_code[person] = (today, before + points)

    def spends_less(self, person, points, on):
        day, before = self.without_code.get(person, (0, 0))
        if day == on:
            self.without_code[person] = (day, max(0, before - points))


@dataclass
class Done:
    """One thing that the shop did on a day: points it took (or gave back), pieces that left (or came back)."""

    what: str
    day: int
    points: int
    pieces: int
    closing: int | None = None


@dataclass
class NaiveDays:
    """What was done, and who signed it off when."""

    done: list[Done] = field(default_factory=list)
    closings: dict[int, dict[str, int]] = field(default_factory=dict)

    def did(self, what, day, points, pieces):
        self.done.append(Done(what, day, points, pieces))

    def close(self, day, today):
        if day > today:
            raise No("day-is-not-over")
        loose = [each for each in self.done if each.day == day and each.closing is None]
        if not loose:
            raise No("nothing-to-close")
        number, told = len(self.closings), dict.fromkeys((*FIGURES, *SUMS), 0)
        for each in loose:
            each.closing = number
            told[each.what] += 1
            told["points_taken"] += max(each.points, 0)
            told["points_back"] += max(-each.points, 0)
            told["pieces_out"] += max(each.pieces, 0)
            told["pieces_back"] += max(-each.pieces, 0)
        self.closings[number] = told
        return number

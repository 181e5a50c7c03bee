"""The ledger a schoolchild would keep: dictionaries, one point at a time. It is written from the rules alone.

It imports nothing of the real ledger and decides everything a second time: which lots go, what comes back where, what
is owed, what a key answered before. Accounts are paths; amounts stand on their account's normal side.
"""

import calendar
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

ISSUED, EXPIRED, SERVICE, SHOP = (
    "points:issued",
    "points:expired",
    "service:rendered",
    "shop:1:redeemed",
)
GROWS_BY_DEBIT = (ISSUED, SERVICE)
HOUSE = (ISSUED, EXPIRED, SERVICE, SHOP)

Line = tuple[str, str, int, int | None]  # debit, credit, amount, the lot's last day


class No(Exception):
    """The rules say no."""


def purse(person):
    return f"volunteer:{person}:points"


def pending(person):
    return f"volunteer:{person}:points-pending"


def owed(person):
    return f"volunteer:{person}:points-owed"


def minutes(person):
    return f"volunteer:{person}:minutes"


def fund(number):
    return f"fund:{number}:points"


def has_lots(path):
    purses = path.startswith("volunteer:") and path.endswith((":points", ":points-pending"))
    return purses or path.startswith("hold:")


def months_end(day, months=0):
    """Return the last day of the month some months later."""
    count = day // 10_000 * 12 + day // 100 % 100 - 1 + months
    year, month = count // 12, count % 12 + 1
    return year * 10_000 + month * 100 + calendar.monthrange(year, month)[1]


def days_later(day, days):
    later = date(day // 10_000, day // 100 % 100, day % 100) + timedelta(days=days)
    return later.year * 10_000 + later.month * 100 + later.day


@dataclass(frozen=True)
class Hold:
    """Points set aside."""

    person: int
    amount: int
    ends_on: int
    captured: int = 0
    released: int = 0

    @property
    def left(self):
        return self.amount - self.captured - self.released


@dataclass(frozen=True)
class Attendance:
    """Hours that somebody verified, took back, or put on notice."""

    person: int
    points: int
    lot: int
    state: str = "verified"
    revision: int = 1
    to_debt: int = 0


@dataclass
class Entry:
    """What was written once: its kind, its lines added up, and whether it was reversed."""

    kind: str
    lines: dict[tuple[str, str, int | None], int]
    final: bool = False


@dataclass
class Naive:
    """Everything there is, and every act upon it."""

    today: int
    held: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    lots: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    holds: dict[int, Hold] = field(default_factory=dict)
    attendances: dict[int, Attendance] = field(default_factory=dict)
    refunds: dict[int, tuple[list[int], int]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    keys: dict[str, tuple[tuple[str, object], int | str]] = field(default_factory=dict)

    def book(self, kind, key, request, work, *, remembers=True):
        """Return the number of the entry, or the word of the refusal; once per key."""
        if key in self.keys:
            asked, answer = self.keys[key]
            return answer if asked == (kind, request) else "idempotency-key-reused"
        try:
            lines, papers = work()
            self._write(kind, lines)
        except No as no:
            answer = str(no)
            if remembers and answer != "already-reversed":
                self.keys[key] = (kind, request), answer
            return answer
        papers()
        answer = len(self.entries) - 1
        self.keys[key] = (kind, request), answer
        return answer

    def _write(self, kind, lines):
        """Write all lines or none; nothing falls below its floor."""
        held, lots = defaultdict(int, self.held), {p: Counter(c) for p, c in self.lots.items()}
        for debit, credit, amount, day in lines:
            for path, sign in ((debit, -1), (credit, 1)):
                grows = -1 if path in GROWS_BY_DEBIT or path.endswith("-owed") else 1
                held[path] += sign * grows * amount
                if has_lots(path):
                    lots.setdefault(path, Counter())[day] += sign * amount
        if not lines:
            raise No("nothing-to-post")
        if any(n < 0 for path, n in held.items() if path not in HOUSE):
            raise No("would-overdraw")
        if any(n < 0 for kept in lots.values() for n in kept.values()):
            raise No("would-overdraw")
        self.held, self.lots = held, defaultdict(Counter, lots)
        self.entries.append(Entry(kind, added_up(lines)))

    # What may be taken, and where it comes back to.

    def take(self, person, to, amount):
        """Take points that have not lapsed, always one of the earliest."""
        if self.held[owed(person)]:
            raise No("points-are-owed")
        living = {d: n for d, n in self.lots[purse(person)].items() if d >= self.today and n}
        if sum(living.values()) < amount:
            raise No("not-enough-points")
        days = sorted(day for day, n in living.items() for _ in range(n))[:amount]
        return [(purse(person), to, n, day) for day, n in Counter(days).items()]

    def graced(self, day):
        """Return where a point of a lot comes back to: 30 days of grace once it has lapsed, to the month's end."""
        return day if day >= self.today else months_end(days_later(self.today, 30))

    def back_from(self, source, person, days):
        """Return points of some lots to a purse from where they were kept with their lots."""
        lines = []
        for day in days:
            if day >= self.today:
                lines.append((source, purse(person), 1, day))
            else:
                lines.append((source, EXPIRED, 1, day))
                lines.append((EXPIRED, purse(person), 1, self.graced(day)))
        return lines

    def days_in(self, path):
        """Return a lot's day for each single point in an account, earliest first."""
        return sorted(day for day, n in self.lots[path].items() for _ in range(n))

    # The acts: each returns its lines, and what it then writes on the papers.

    def grant(self, person, points, lot):
        paid = min(self.held[owed(person)], points)
        lines = [(ISSUED, owed(person), paid, None), (ISSUED, purse(person), points - paid, lot)]
        return [line for line in lines if line[2]], nothing

    def verify(self, number, seen):
        lines, _ = self.grant(seen.person, seen.points, seen.lot)
        to_debt = min(self.held[owed(seen.person)], seen.points)
        now = replace(seen, state="verified", to_debt=to_debt)
        lines.append((SERVICE, minutes(seen.person), 60, None))
        return lines, lambda: self.attendances.update({number: now})

    def put_on_notice(self, number, seen):
        lines = [
            (ISSUED, pending(seen.person), seen.points, seen.lot),
            (SERVICE, minutes(seen.person), 60, None),
        ]
        return lines, lambda: self.attendances.update({number: replace(seen, state="waiting")})

    def end_notice(self, number):
        seen = self.attendances[number]
        source, paid = pending(seen.person), min(self.held[owed(seen.person)], seen.points)
        lines = [(source, owed(seen.person), 1, seen.lot)] * paid
        lines += self.back_from(source, seen.person, [seen.lot] * (seen.points - paid))
        now = replace(seen, state="verified", to_debt=paid)
        return lines, lambda: self.attendances.update({number: now})

    def unverify(self, number):
        """Take back the award's own points, then the earliest others; what is not there is owed. Never from holds."""
        seen = self.attendances[number]
        lines: list[Line] = [(minutes(seen.person), SERVICE, 60, None)]
        if seen.state == "waiting":
            lines.append((pending(seen.person), ISSUED, seen.points, seen.lot))
        else:
            left = self.days_in(purse(seen.person))
            for own in range(seen.points):
                first = (
                    seen.lot
                    if own < seen.points - seen.to_debt and seen.lot in left
                    else min(left, default=None)
                )
                if first is None:
                    lines.append((owed(seen.person), ISSUED, 1, None))
                else:
                    left.remove(first)
                    lines.append((purse(seen.person), ISSUED, 1, first))
        now = replace(seen, state="left", revision=seen.revision + 1, to_debt=0)
        return lines, lambda: self.attendances.update({number: now})

    def sell(self, person, points):
        lines = self.take(person, SHOP, points)
        days = sorted((day for _, _, n, day in lines for _ in range(n)), reverse=True)
        number = len(self.entries)
        return lines, lambda: self.refunds.update({number: (days, 0)})

    def refund(self, sale, person, points):
        """Give back part of what a sale took: of its lots the latest first, going on where the last part stopped."""
        days, already = self.refunds[sale]
        part = days[already : already + points]
        if len(part) < points:
            raise No("would-overdraw")
        lines = [(SHOP, purse(person), 1, self.graced(day)) for day in part]
        return lines, lambda: self.refunds.update({sale: (days, already + points)})

    def donate(self, person, number, points):
        return self.take(person, fund(number), points), nothing

    def write_off(self, person, points):
        debt = self.held[owed(person)]
        if not debt:
            raise No("nothing-is-owed")
        if points is not None and points > debt:
            raise No("owes-less")
        return [(ISSUED, owed(person), points or debt, None)], nothing

    def place(self, number, person, points, ends_on):
        lines = self.take(person, f"hold:{number}", points)
        return lines, lambda: self.holds.update({number: Hold(person, points, ends_on)})

    def capture(self, number, points):
        hold = self._giving(number, points)
        if self.today >= hold.ends_on:
            raise No("hold-has-expired")
        name = f"hold:{number}"
        lines = [(name, SHOP, 1, day) for day in self.days_in(name)[:points]]
        now = replace(hold, captured=hold.captured + points)
        return lines, lambda: self.holds.update({number: now})

    def release(self, number, points=None):
        hold = self._giving(number, points or 0)
        points, name = points or hold.left, f"hold:{number}"
        lines = self.back_from(name, hold.person, self.days_in(name)[-points:])
        now = replace(hold, released=hold.released + points)
        return lines, lambda: self.holds.update({number: now})

    def _giving(self, number, points):
        hold = self.holds[number]
        if not hold.left:
            raise No("hold-has-ended")
        if points > hold.left:
            raise No("hold-gives-no-more")
        return hold

    def expire(self, person):
        gone = [day for day in self.days_in(purse(person)) if day < self.today]
        return [(purse(person), EXPIRED, 1, day) for day in gone], nothing

    def reverse(self, number, hold_number=None):
        """Swap the sides, once; a lapsed point returns to a purse with grace, and to nothing else."""
        entry = self.entries[number]
        if entry.final:
            raise No("already-reversed")
        lines = []
        for (debit, credit, day), amount in entry.lines.items():
            to_purse = debit.startswith("volunteer:") and debit.endswith(":points")
            lines.append((credit, debit, amount, self.graced(day) if to_purse and day else day))

        def papers():
            entry.final = self.entries[-1].final = True
            if hold_number is not None:
                hold = self.holds[hold_number]
                back = sum(entry.lines.values())
                self.holds[hold_number] = replace(hold, captured=hold.captured - back)

        return lines, papers

    # What the jobs find.

    def lapsed(self):
        """Return those whose purse holds a lapsed lot."""
        return [
            int(path.split(":")[1])
            for path, kept in self.lots.items()
            if path.endswith(":points") and any(n for day, n in kept.items() if day < self.today)
        ]

    def due(self):
        """Return the open holds whose time is over."""
        return [n for n, hold in self.holds.items() if hold.left and hold.ends_on <= self.today]


def nothing():
    """Write nothing on any paper."""


def added_up(lines):
    """Add up lines between the same accounts and of the same lot."""
    total: Counter[tuple[str, str, int | None]] = Counter()
    for debit, credit, amount, day in lines:
        total[debit, credit, day] += amount
    return dict(total)

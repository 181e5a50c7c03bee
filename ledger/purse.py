"""Pure decisions over points with expiry: which lots are earned, spent, given back or taken back.

Earliest-expiring lots go first. What comes back goes to the lots it came from, latest-expiring first for a part; a
lot that has lapsed meanwhile comes back with 30 days of grace. Earnings pay what is owed first. What comes back is no
earning: it returns to its lots also while something is owed, and cannot be spent until the debt is paid.
"""

from collections.abc import Iterable, Sequence

from kernel.days import month_end, plus_days
from ledger import chart
from ledger.chart import AccountName
from ledger.errors import NotEnoughPoints, PointsAreOwed, WouldOverdraw
from ledger.post import Balances, Holding, Line, Lot

GRACE_DAYS = 30


def available(holding: Holding, today: int) -> int:
    """Return the points that may be spent today: everything that has not lapsed."""
    return sum(lot.amount for lot in holding.lots if lot.expires_on >= today)


def earliest(lots: Iterable[Lot], amount: int) -> list[Lot]:
    """Return the earliest lots that make up `amount`; less if there is less."""
    taken = []
    for lot in sorted(lots):
        part = min(lot.amount, amount)
        if part > 0:
            taken.append(Lot(lot.expires_on, part))
            amount -= part
    return taken


def spent(
    person_id: int, to: AccountName, amount: int, balances: Balances, today: int
) -> list[Line]:
    """Return the lines that move `amount` points out of a purse, one per lot, earliest first.

    Raises: PointsAreOwed, NotEnoughPoints. `balances` holds the purse and what is owed.
    """
    debt = balances[chart.owed(person_id)].balance
    if debt:
        raise PointsAreOwed(owed=debt)
    return taken_out(person_id, to, amount, balances, today)


def taken_out(
    person_id: int, to: AccountName, amount: int, balances: Balances, today: int
) -> list[Line]:
    """Return the lines that move points out of a purse, whatever is owed, one per lot, earliest first.

    Raises: NotEnoughPoints.
    """
    source = chart.purse(person_id)
    holding = balances[source]
    within = available(holding, today)
    if within < amount:
        raise NotEnoughPoints(available=within, needed=amount, missing=amount - within)
    living = [lot for lot in holding.lots if lot.expires_on >= today]
    return [Line(source, to, lot.amount, lot.expires_on) for lot in earliest(living, amount)]


def spent_again(
    person_id: int,
    to: AccountName,
    amount: int,
    back: Iterable[Line],
    balances: Balances,
    today: int,
) -> list[Line]:
    """Return the lines that spend what has just come back, lot by lot, and from the purse only what that lacks.

    Raises: PointsAreOwed, NotEnoughPoints: only what is spent beyond what came back is held against a debt.
    """
    source = chart.purse(person_id)
    returned = [Lot(line.expires_on or 0, line.amount) for line in back if line.credit == source]
    own = earliest(returned, amount)
    lines = [Line(source, to, lot.amount, lot.expires_on) for lot in own]
    rest = amount - sum(lot.amount for lot in own)
    return lines + (spent(person_id, to, rest, balances, today) if rest else [])


def earned(
    person_id: int,
    amount: int,
    expires_on: int,
    balances: Balances,
    source: AccountName = chart.POINTS_ISSUED,
) -> list[Line]:
    """Return the lines that credit points: what is owed is paid first, the rest is a lot in the purse."""
    debt = min(balances[chart.owed(person_id)].balance, amount)
    lines = []
    if debt:
        lines.append(Line(source, chart.owed(person_id), debt))
    if amount > debt:
        lines.append(Line(source, chart.purse(person_id), amount - debt, month_end(expires_on)))
    return lines


def taken_back(
    person_id: int, earned_lots: Sequence[Lot], amount: int, balances: Balances
) -> list[Line]:
    """Return the lines that take back earned points: the award's own lots, then others, then a debt; never a hold."""
    left = {lot.expires_on: lot.amount for lot in balances[chart.purse(person_id)].lots}
    own = [Lot(lot.expires_on, min(lot.amount, left.get(lot.expires_on, 0))) for lot in earned_lots]
    taken = earliest(own, amount)
    for lot in taken:
        left[lot.expires_on] -= lot.amount
    rest = amount - sum(lot.amount for lot in taken)
    taken += earliest([Lot(day, points) for day, points in left.items()], rest)
    by_lot: dict[int, int] = {}
    for lot in taken:
        by_lot[lot.expires_on] = by_lot.get(lot.expires_on, 0) + lot.amount
    source = chart.purse(person_id)
    lines = [
        Line(source, chart.POINTS_ISSUED, points, day) for day, points in sorted(by_lot.items())
    ]
    debt = amount - sum(by_lot.values())
    if debt:
        lines.append(Line(chart.owed(person_id), chart.POINTS_ISSUED, debt))
    return lines


def notice_ended(
    person_id: int, awarded: Sequence[Lot], balances: Balances, today: int
) -> list[Line]:
    """Return the lines that turn awarded points from pending into points to spend: what is owed is paid first."""
    source, debt = chart.pending(person_id), chart.owed(person_id)
    paid = earliest(awarded, balances[debt].balance)
    left = {lot.expires_on: 0 for lot in awarded}
    for lot in awarded:
        left[lot.expires_on] += lot.amount
    for lot in paid:
        left[lot.expires_on] -= lot.amount
    rest = [Lot(day, points) for day, points in sorted(left.items()) if points]
    settled = [Line(source, debt, lot.amount, lot.expires_on) for lot in paid]
    return settled + released(source, chart.purse(person_id), rest, today)


def latest(lots: Iterable[Lot], already: int, amount: int) -> list[Lot]:
    """Return the part of `lots` that comes back next, latest first, after `already` points came back before."""
    back = []
    for lot in sorted(lots, reverse=True):
        skipped = min(lot.amount, already)
        already -= skipped
        part = min(lot.amount - skipped, amount)
        if part > 0:
            back.append(Lot(lot.expires_on, part))
            amount -= part
    if amount:
        raise WouldOverdraw(available=sum(lot.amount for lot in back), needed=amount)
    return back


def given_back(
    source: AccountName, purse: AccountName, lots: Iterable[Lot], today: int
) -> list[Line]:
    """Return the lines that put lots back into a purse; a lapsed one gets 30 days of grace."""
    lines: dict[int, int] = {}
    for lot in lots:
        day = lot.expires_on if lot.expires_on >= today else _graced(today)
        lines[day] = lines.get(day, 0) + lot.amount
    return [Line(source, purse, points, day) for day, points in sorted(lines.items())]


def _graced(today: int) -> int:
    """Return the lot of what comes back after its own lot has lapsed."""
    return month_end(plus_days(today, GRACE_DAYS))


def released(
    kept_in: AccountName, purse: AccountName, lots: Iterable[Lot], today: int
) -> list[Line]:
    """Return the lines that free lots held or pending; one that lapsed there expires and comes back with grace."""
    lines = []
    for lot in lots:
        if lot.expires_on >= today:
            lines.append(Line(kept_in, purse, lot.amount, lot.expires_on))
        else:
            lines.append(Line(kept_in, chart.POINTS_EXPIRED, lot.amount, lot.expires_on))
            lines += given_back(chart.POINTS_EXPIRED, purse, [lot], today)
    return lines


def lapsed(purse: AccountName, holding: Holding, today: int) -> list[Line]:
    """Return the lines that expire every lot whose day has passed: what the decision finds, nothing else."""
    gone = [lot for lot in holding.lots if lot.expires_on < today and lot.amount]
    return [Line(purse, chart.POINTS_EXPIRED, lot.amount, lot.expires_on) for lot in gone]


def swapped(lines: Iterable[Line], today: int) -> list[Line]:
    """Return the lines of a reversal: sides swapped, order reversed; a lapsed lot returns to a purse with grace.

    Points that return to a hold, or wait for the notice again, keep their lot: they do not expire there.
    """
    back = []
    for line in reversed(list(lines)):
        day = line.expires_on
        to_purse = chart.class_of(line.debit).pattern == chart.PURSE
        # From one purse to another it is the same lot on both sides.
        if day is not None and day < today and to_purse and not chart.class_of(line.credit).lots:
            day = _graced(today)
        back.append(Line(line.credit, line.debit, line.amount, day))
    return back

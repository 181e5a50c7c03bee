"""Limits of a household: pieces of an item in a month, and pieces and exchanges of a shop on one day.

Everybody has a row of their own for each household they lived in, and a decision looks at the rows of all who live
together now and of all who had something while they lived there. So the limit is of people and their household, never
of a flat: whoever moves out takes along what they had, and leaves it behind as well. Nothing is counted for an item
without a limit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kernel.database import Row, fetch
from kernel.ids import new_id
from ledger.accounts import placeholders
from ledger.post import Change, Fact, Facts
from people.closed import joined_into
from people.households import living_in, of_person
from redemption.limit_errors import OverExchangesOfDay, OverMonthLimit, OverPiecesOfDay
from redemption.reservation_papers import HouseholdCount
from redemption.shop_rules import NO_DAY_LIMIT, Rule

TABLE = "household_count"
ALL_GOODS = 0


@dataclass(frozen=True, slots=True)
class Rows:
    """The row that an exchange is counted in, and those of the others that count along."""

    own: Fact
    others: tuple[Fact, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name them all."""
        return (self.own, *self.others)


@dataclass(frozen=True, slots=True)
class Counting:
    """What goods for points are counted against: by item for the month, and for the day if the shop has such a rule."""

    months: Mapping[int, Rows] = field(default_factory=dict)
    day: Rows | None = None
    rule: Rule = NO_DAY_LIMIT

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows."""
        days = self.day.facts if self.day else ()
        return (*(fact for rows in self.months.values() for fact in rows.facts), *days)

    def month_row(self, item_id: int) -> int | None:
        """Return the row that pieces of an item are counted in."""
        return self.months[item_id].own.id if item_id in self.months else None

    @property
    def day_row(self) -> int | None:
        """Return the row that an exchange of today is counted in."""
        return self.day.own.id if self.day else None


NOTHING_COUNTED = Counting()


def counted(
    counting: Counting, cart: Iterable[tuple[int, int]], facts: Facts, *, came: int = 1
) -> tuple[Change, ...]:
    """Return how the rows stand after a cart more; whoever swaps goods did not come once more (`came` 0).

    Raises: OverMonthLimit, OverPiecesOfDay, OverExchangesOfDay.
    """
    changes, pieces = [], 0
    for item_id, quantity in cart:
        pieces += quantity
        if item_id not in counting.months:
            continue
        rows, item = counting.months[item_id], facts[Fact("item", item_id)]
        require_within(item, sum(facts[row]["pieces"] for row in rows.facts), quantity)
        after = {"pieces": facts[rows.own]["pieces"] + quantity}
        changes.append(Change(TABLE, rows.own.id, after))
    if counting.day:
        changes.append(_of_day(counting.day, counting.rule, (pieces, came), facts))
    return tuple(changes)


def require_within(item: Mapping[str, object], had: int, quantity: int) -> None:
    """Refuse more pieces of an item than its limit of a month leaves. Raises: OverMonthLimit."""
    limit = item["household_limit"]
    if isinstance(limit, int) and had + quantity > limit:
        left = max(0, limit - had)
        raise OverMonthLimit(item=item["name"], limit=limit, had=had, left=left, item_id=item["id"])


def _of_day(rows: Rows, rule: Rule, more: tuple[int, int], facts: Facts) -> Change:
    pieces, came = more
    had = sum(facts[row]["pieces"] for row in rows.facts)
    before = sum(facts[row]["exchanges"] for row in rows.facts)
    if came and rule.exchanges_a_day is not None and before + came > rule.exchanges_a_day:
        raise OverExchangesOfDay(limit=rule.exchanges_a_day)
    if rule.pieces_a_day is not None and had + pieces > rule.pieces_a_day:
        raise OverPiecesOfDay(limit=rule.pieces_a_day, left=max(0, rule.pieces_a_day - had))
    own = facts[rows.own]
    after = {"pieces": own["pieces"] + pieces, "exchanges": own["exchanges"] + came}
    return Change(TABLE, rows.own.id, after)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Pieces that are not had after all, by the rows they were counted in; an exchange less if all of it was undone."""

    months: tuple[tuple[int | None, int], ...]
    day: int | None
    exchanges: int = 0

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows."""
        ids = {row for row, _ in self.months} | {self.day}
        return tuple(Fact(TABLE, row) for row in sorted(row for row in ids if row is not None))

    def changes(self, facts: Facts) -> tuple[Change, ...]:
        """Return how the rows stand then."""
        less: dict[int, int] = {}
        for row, pieces in self.months:
            if row is not None:
                less[row] = less.get(row, 0) + pieces
        changes = [
            Change(TABLE, row, {"pieces": facts[Fact(TABLE, row)]["pieces"] - pieces})
            for row, pieces in less.items()
        ]
        if self.day is not None:
            own = facts[Fact(TABLE, self.day)]
            pieces = own["pieces"] - sum(count for _, count in self.months)
            after = {"pieces": pieces, "exchanges": own["exchanges"] - self.exchanges}
            changes.append(Change(TABLE, self.day, after))
        return tuple(changes)


NOTHING_BACK = GivenBack((), None)


def had_instead(
    back: GivenBack, counting: Counting, cart: Iterable[tuple[int, int]], facts: Facts, *, came: int
) -> tuple[Change, ...]:
    """Return how the rows stand when some pieces came back first, and a cart was had in their place. As `counted`."""
    after: dict[int, dict[str, object]] = {}
    seen = dict(facts)
    for change in back.changes(facts):
        after[change.id] = dict(change.values)
        seen[Fact(TABLE, change.id)] = {**facts[Fact(TABLE, change.id)], **change.values}
    for change in counted(counting, cart, seen, came=came):
        after[change.id] = {**after.get(change.id, {}), **change.values}
    return tuple(Change(TABLE, row, values) for row, values in after.items())


async def counting(
    book_id: int, shop_id: int, person_id: int, limited: Sequence[int], today: int, rule: Rule
) -> Counting:
    """Return what goods for a person are counted against today (yyyymmdd) by a shop's rule.

    `limited` are the items with a limit of a month.
    """
    wanted = [(item_id, today // 100) for item_id in sorted(limited)]
    if rule.has_day_limit:
        wanted.append((ALL_GOODS, today))
    if not wanted:
        return NOTHING_COUNTED
    home = await _home(book_id, person_id)
    await _open_rows(book_id, shop_id, home, wanted)
    found: dict[int, tuple[list[Fact], list[Fact]]] = {}
    for row in await _rows(book_id, shop_id, home, wanted):
        mine = row["person_id"] == person_id and row["household_id"] == home.household_id
        found.setdefault(row["item_id"], ([], []))[0 if mine else 1].append(Fact(TABLE, row["id"]))
    rows = {item_id: Rows(own[0], tuple(others)) for item_id, (own, others) in found.items()}
    return Counting(rows, rows.pop(ALL_GOODS, None), rule)


async def had_this_month(
    book_id: int, shop_id: int, person_id: int, items: Sequence[int], today: int
) -> dict[int, int]:
    """Return how many pieces of some items a person's household had this month."""
    if not items:
        return {}
    home = await _home(book_id, person_id)
    wanted = [(item_id, today // 100) for item_id in items]
    had: dict[int, int] = {}
    for row in await _rows(book_id, shop_id, home, wanted):
        had[row["item_id"]] = had.get(row["item_id"], 0) + row["pieces"]
    return had


@dataclass(frozen=True, slots=True)
class Home:
    """A household (0: none), who lives there now, and every record of theirs."""

    household_id: int
    living: tuple[int, ...]
    records: tuple[int, ...]


async def _home(book_id: int, person_id: int) -> Home:
    household = await of_person(book_id, person_id)
    home = household.id if household else 0
    others = await living_in(book_id, home) if home else []
    living = sorted({person_id, *(each.person_id for each in others)})
    joined = [each for person in living for each in await joined_into(book_id, person)]
    return Home(home, tuple(living), tuple(sorted({*living, *joined})))


async def _open_rows(
    book_id: int, shop_id: int, home: Home, wanted: Sequence[tuple[int, int]]
) -> None:
    """Open the rows of all who live together, so that two of them at once meet in each other's."""
    known = {
        (row["person_id"], row["item_id"], row["period"])
        for row in await _rows(book_id, shop_id, home, wanted)
        if row["household_id"] == home.household_id
    }
    fresh = [
        HouseholdCount(
            id=new_id(),
            book_id=book_id,
            shop_id=shop_id,
            person_id=person,
            household_id=home.household_id,
            item_id=item_id,
            period=period,
        )
        for person in home.living
        for item_id, period in wanted
        if (person, item_id, period) not in known
    ]
    if fresh:
        await HouseholdCount.bulk_create(fresh, ignore_conflicts=True)


async def _rows(
    book_id: int, shop_id: int, home: Home, wanted: Sequence[tuple[int, int]]
) -> list[Row]:
    items, periods = sorted({item for item, _ in wanted}), sorted({period for _, period in wanted})
    after_items = 4 + len(items)
    after_periods = after_items + len(periods)
    return await fetch(
        "SELECT id, person_id, household_id, item_id, period, pieces FROM household_count "  # noqa: S608
        "WHERE book_id = $1 AND shop_id = $2 "
        f"AND item_id IN ({placeholders(len(items), 4)}) "
        f"AND period IN ({placeholders(len(periods), after_items)}) "
        f"AND ((household_id = $3 AND household_id <> 0) "
        f"OR person_id IN ({placeholders(len(home.records), after_periods)})) ORDER BY id",
        *(book_id, shop_id, home.household_id, *items, *periods, *home.records),
    )

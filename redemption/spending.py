"""Limits of a day for exchanges by card, number or name. The code on one's own phone knows no limit.

A post counts the day's total in the same row that it changes, the member's `Allowance`: the desk writes it only if it
is still as the decision read it, so two clerks at once cannot pass the limit together. A sum over receipts could not be
guarded that way, because a receipt that somebody else is about to write is no row yet. A code that was read is spent
by the post that it opened, in the same way. A PIN is tried before the post,
because a wrong try must be counted although nothing is posted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.database import Dialect
from kernel.days import day_of
from kernel.direct import Ask, Steps
from kernel.ids import new_id
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together
from ledger.books import zone_of
from ledger.post import Change, Fact, Facts
from people import pins, recognition
from people.errors import MemberCodeUsed
from people.models import Membership
from people.recognition import Way
from redemption.allowances import Allowance
from redemption.day_limits import MOST, Limits, limits_of
from redemption.errors import NotAMember
from redemption.limit_errors import (
    ApproverMissing,
    LimitsAreOdd,
    OverDayLimit,
    PinNeeded,
)
from redemption.models import Redemption
from redemption.service_papers import ServiceUse

BY_FORM = (Way.CARD, Way.NUMBER, Way.NAME)  # what somebody may say that they went by


@dataclass(frozen=True, slots=True)
class Recognised:
    """How the one who is served was recognised: by which code that a clerk read, and whether they typed their PIN."""

    way: Way = Way.CODE
    with_pin: bool = False
    code_id: int | None = None


BY_CODE = Recognised()


@dataclass(frozen=True, slots=True)
class Counted:
    """What a decision closes over to count an exchange against the day."""

    allowance_id: int
    clerk_id: int
    today: int
    limits: Limits
    with_pin: bool

    @property
    def fact(self) -> Fact:
        """Name the row that keeps the day."""
        return Fact("allowance", self.allowance_id)

    def changed(self, points: int, row: Mapping[str, Any]) -> tuple[Change, int | None]:
        """Return how the day stands after so many points more, and who approved what the limits alone would not do.

        Raises:
            PinNeeded, OverDayLimit
        """
        own = self.limits.with_pin if self.with_pin else self.limits.without_pin
        spent = spent_on(row, self.today)
        extra = extra_on(row, self.today, self.clerk_id)
        if spent + points > max(own, extra):
            left = max(0, max(own, extra) - spent)
            if spent + points <= self.limits.with_pin:
                raise PinNeeded(limit=own, left=left)
            raise OverDayLimit(limit=self.limits.with_pin, left=left)
        approver = row["approved_by"] if spent + points > own else None
        change = {"day": self.today, "points": spent + points}
        return Change("allowance", self.allowance_id, change), approver


@dataclass(frozen=True, slots=True)
class OneCode:
    """What a decision closes over to spend the code that was read: two exchanges at once meet in its row."""

    code_id: int
    now: int

    @property
    def fact(self) -> Fact:
        """Name the row of the code."""
        return Fact("used_member_code", self.code_id)

    def changed(self, _: int, row: Mapping[str, Any]) -> tuple[Change, int | None]:
        """Return the code as spent. Raises: MemberCodeUsed."""
        if row["spent_at"] is not None:
            raise MemberCodeUsed
        return Change("used_member_code", self.code_id, {"spent_at": self.now}), None


CountedIn = Counted | OneCode


def spent_on(row: Mapping[str, Any], day: int) -> int:
    """Return what a row says was spent on a day."""
    return int(row["points"]) if row["day"] == day else 0


def extra_on(row: Mapping[str, Any], day: int, clerk_id: int) -> int:
    """Return the total an organiser allowed for a day; nobody serves on their own approval."""
    approved = row["extra_day"] == day and row["approved_by"] not in (None, clerk_id)
    return int(row["extra_points"]) if approved else 0


def uncounted(
    counted_in: tuple[Fact, ...], day: int, points: int, facts: Facts
) -> tuple[Change, ...]:
    """Return what gives points back to the day they were spent on, if that is still the day being counted."""
    return tuple(
        Change(row.table, row.id, {"points": max(0, facts[row]["points"] - points)})
        for row in counted_in
        if facts[row]["day"] == day
    )


async def counting(
    book_id: int, person_id: int, clerk_id: int, today: int, recognised: Recognised
) -> CountedIn | None:
    """Return what an exchange is counted against: the day, or the code that was read; None for whoever acts alone."""
    if recognised.way is Way.CODE:
        return code_spent_by(recognised, clock.now())
    row, limits = await allowance_of(book_id, person_id), await limits_of(book_id)
    return Counted(row.id, clerk_id, today, limits, recognised.with_pin)


def code_spent_by(recognised: Recognised, now: int) -> OneCode | None:
    """Return the code that an exchange spends, if one was read."""
    code_id = recognised.code_id
    return None if code_id is None else OneCode(code_id, now)


async def counted_in(found: Redemption | ServiceUse) -> tuple[Fact, ...]:
    """Return the row that an exchange or a service was counted in, or none."""
    by_code = found.recognised in (Way.CODE, Way.SHEET)
    if by_code if isinstance(found, ServiceUse) else not found.points_counted:
        return ()
    return (await allowance_of(found.book_id, found.person_id),)


async def allowance_of(book_id: int, person_id: int) -> Fact:
    """Name a person's row, which is made on first use."""
    return Fact("allowance", await _rows_of.ask(book_id, person_id))


def _opened(book_id: int, people: Sequence[int], kind: Dialect) -> Steps[list[int]]:
    rows = yield from opened_rows(book_id, people, kind)
    return [rows[person] for person in people]


def opened_rows(book_id: int, people: Collection[int], kind: Dialect) -> Steps[dict[int, int]]:
    """Return the rows of members; those who have none get theirs."""
    known = yield from _known(book_id, people, kind)
    fresh = sorted(set(people) - known.keys())
    if fresh:
        yield Ask(_OPEN, [(new_id(), book_id, person) for person in fresh], many=True)
        known |= yield from _known(book_id, fresh, kind)
    return known


_OPEN = (
    "INSERT INTO allowance (id, book_id, person_id, day, points, extra_day, extra_points) "
    "VALUES ($1, $2, $3, 0, 0, 0, 0) ON CONFLICT DO NOTHING"
)
_KNOWN = "SELECT person_id, id FROM allowance WHERE book_id = $1 AND person_id "


def _known(book_id: int, people: Collection[int], kind: Dialect) -> Steps[dict[int, int]]:
    rows = yield Ask(_KNOWN + among(kind, 2), (book_id, as_list(kind, people)))
    return {row["person_id"]: int(row["id"]) for row in rows}


_rows_of = Together(talked(_opened))


async def recognised(
    book_id: int, person_id: int, clerk_id: int, way: Way, pin: str = ""
) -> Recognised:
    """Return how a person stands at the counter: by their code if this clerk read it lately, and it is not spent.

    Raises:
        PinIsMissing, PinIsLocked, PinIsWrong
    """
    code_id = await recognition.code_read(book_id, person_id, clerk_id)
    if code_id is not None:
        return Recognised(Way.CODE, code_id=code_id)
    if pin:
        await pins.check_pin(book_id, person_id, pin)
    own = way if way in BY_FORM else Way.NUMBER
    return Recognised(own, with_pin=bool(pin))


async def allow_today(book_id: int, person_id: int, points: int, by: int) -> None:
    """Let a member spend up to so many points today by card, number or name, at anybody's counter but the approver's.

    Raises:
        ApproverMissing, LimitsAreOdd, NotAMember
    """
    if by == person_id:
        raise ApproverMissing
    if not 1 <= points <= MOST:
        raise LimitsAreOdd(most=MOST, field="points")
    if not await Membership.exists(book_id=book_id, person_id=person_id):
        raise NotAMember
    row = await allowance_of(book_id, person_id)
    today = day_of(clock.now(), await zone_of(book_id))
    await Allowance.filter(book_id=book_id, id=row.id).update(
        extra_day=today, extra_points=points, approved_by=by
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What the counter may take off for a person without asking anybody else; None knows no limit."""

    left: int | None
    left_with_pin: int | None
    has_pin: bool
    locked: bool

    def asks_pin(self, total: int) -> bool:
        """Say whether the PIN would make this total possible."""
        return (
            self.left is not None
            and self.left_with_pin is not None
            and self.left < total <= self.left_with_pin
        )

    def is_over(self, total: int) -> bool:
        """Say whether even the PIN would not."""
        return self.left_with_pin is not None and total > self.left_with_pin


async def standing(book_id: int, person_id: int, clerk_id: int) -> Standing:
    """Return how a person's day stands at this clerk's counter."""
    if await recognition.code_read(book_id, person_id, clerk_id) is not None:
        return Standing(None, None, has_pin=False, locked=False)
    limits, pin = await limits_of(book_id), await pins.good_pin(book_id, person_id)
    today = day_of(clock.now(), await zone_of(book_id))
    rows = await Allowance.filter(book_id=book_id, person_id=person_id).values()
    row = rows[0] if rows else {"day": 0, "points": 0, "extra_day": 0, "approved_by": None}
    spent, extra = spent_on(row, today), extra_on(row, today, clerk_id)
    return Standing(
        left=max(0, max(limits.without_pin, extra) - spent),
        left_with_pin=max(0, max(limits.with_pin, extra) - spent),
        has_pin=pin is not None,
        locked=pins.is_locked(pin),
    )

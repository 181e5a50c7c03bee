"""Opening times, the rules of a shop, and numbers to wait with, in JSON. Times of day are local, such as 09:30."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.types import Answer, Asked, Day, Id, Line, SentDay, example, one
from redemption import opening_papers, queueing
from redemption.openings import Calendar, Hours, clock_words
from redemption.shop_rules import Rule
from redemption.states import TicketState

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_HOURS = {"opens": "09:00", "closes": "11:30"}


def minutes(text: str) -> int:
    """Return a time of day in minutes after midnight."""
    return int(text[:2]) * 60 + int(text[3:])


class NewHours(Asked):
    """Hours that come round: on a weekday (1 is Monday) or on a day of the month, one of the two."""

    model_config = ConfigDict(json_schema_extra=example(weekday=5, **_HOURS, exchange_day=True))
    weekday: Annotated[int, Field(ge=1, le=7)] | None = None
    month_day: Annotated[int, Field(ge=1, le=31)] | None = None
    opens: Clock
    closes: Clock
    exchange_day: bool = False


class NewSpecialDay(Asked):
    """A day that is otherwise, and why; without hours it is closed."""

    model_config = ConfigDict(json_schema_extra=example(day="2026-12-04", reason="盘点"))
    day: SentDay
    opens: Clock | None = None
    closes: Clock | None = None
    reason: Line

    @property
    def hours(self) -> tuple[int, int] | None:
        """Return the hours in minutes, or None for a closed day; half of them is no time at all."""
        if self.opens is None and self.closes is None:
            return None
        return (minutes(self.opens or "00:00"), minutes(self.closes or "00:00"))


class OpeningHours(Answer):
    """Hours that come round."""

    model_config = ConfigDict(
        json_schema_extra=example(
            opening_id="482915093250080795",
            weekday=5,
            month_day=None,
            opens="9:00",
            closes="11:30",
            exchange_day=True,
        )
    )
    opening_id: Id
    weekday: int | None
    month_day: int | None
    opens: str
    closes: str
    exchange_day: bool

    @classmethod
    def of(cls, time: opening_papers.OpeningTime) -> Self:
        """Show hours."""
        return cls(
            opening_id=time.id,
            weekday=time.weekday,
            month_day=time.month_day,
            opens=clock_words(time.opens),
            closes=clock_words(time.closes),
            exchange_day=time.exchange_day,
        )


class SpecialDay(Answer):
    """A day that is otherwise; without hours it is closed."""

    model_config = ConfigDict(
        json_schema_extra=example(day="2026-12-04", opens=None, closes=None, reason="盘点")
    )
    day: Day
    opens: str | None
    closes: str | None
    reason: str

    @classmethod
    def of(cls, day: opening_papers.SpecialDay) -> Self:
        """Show a day."""
        return cls(
            day=day.day,
            opens=None if day.opens is None else clock_words(day.opens),
            closes=None if day.closes is None else clock_words(day.closes),
            reason=day.reason,
        )


class NextOpening(Answer):
    """The next time a shop is open."""

    model_config = ConfigDict(
        json_schema_extra=example(day="2026-12-04", opens="9:00", closes="11:30", exchange_day=True)
    )
    day: Day
    opens: str
    closes: str
    exchange_day: bool


class Opening(Answer):
    """When a shop is open: is it now, when is it next, and the rows that say so."""

    model_config = ConfigDict(
        json_schema_extra=example(
            open_now=False,
            next=one(NextOpening),
            hours=[one(OpeningHours)],
            special_days=[one(SpecialDay)],
        )
    )
    open_now: bool
    next: NextOpening | None
    hours: list[OpeningHours]
    special_days: list[SpecialDay]

    @classmethod
    def of(cls, calendar: Calendar, coming: Hours | None, *, open_now: bool) -> Self:
        """Show a calendar."""
        later = coming and NextOpening(
            day=coming.day,
            opens=clock_words(coming.opens),
            closes=clock_words(coming.closes),
            exchange_day=coming.exchange_day,
        )
        return cls(
            open_now=open_now,
            next=later,
            hours=[OpeningHours.of(each) for each in calendar.times],
            special_days=[SpecialDay.of(calendar.special[day]) for day in sorted(calendar.special)],
        )


class ShopRule(Asked):
    """A shop's rules: days reserved goods are kept, pieces and exchanges of a household on one day (null: no limit)."""

    model_config = ConfigDict(
        json_schema_extra=example(reservation_days=3, pieces_a_day=None, exchanges_a_day=1)
    )
    reservation_days: Annotated[int, Field(ge=1, le=30)]
    pieces_a_day: Annotated[int, Field(ge=1, le=9999)] | None = None
    exchanges_a_day: Annotated[int, Field(ge=1, le=9999)] | None = None

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """Show rules."""
        return cls(
            reservation_days=rule.reservation_days,
            pieces_a_day=rule.pieces_a_day,
            exchanges_a_day=rule.exchanges_a_day,
        )

    @property
    def rule(self) -> Rule:
        """Return the rules as the shop keeps them."""
        return Rule(self.reservation_days, self.pieces_a_day, self.exchanges_a_day)


class Ticket(Answer):
    """One number of today."""

    model_config = ConfigDict(
        json_schema_extra=example(ticket_id="482915093250080796", number=7, state="waiting")
    )
    ticket_id: Id
    number: int
    state: TicketState

    @classmethod
    def of(cls, ticket: opening_papers.QueueTicket) -> Self:
        """Show a number."""
        return cls(ticket_id=ticket.id, number=ticket.number, state=ticket.state)


class CalledNumber(Answer):
    """The number that is called now; none if the one called before was the last."""

    model_config = ConfigDict(
        json_schema_extra=example(
            ticket={"ticket_id": "482915093250080796", "number": 8, "state": "called"}
        )
    )
    ticket: Ticket | None

    @classmethod
    def of(cls, ticket: opening_papers.QueueTicket | None) -> Self:
        """Show a number, or that nobody waits."""
        return cls(ticket=Ticket.of(ticket) if ticket else None)


class Call(Asked):
    """Which number to call: the next, or one that was skipped; `came` is false if nobody came with the one before."""

    model_config = ConfigDict(json_schema_extra=example(came=True, number=None))
    came: bool = True
    number: Annotated[int, Field(ge=1, le=99_999)] | None = None


class Queue(Answer):
    """A shop's queue today, for everybody to see: numbers alone."""

    model_config = ConfigDict(
        json_schema_extra=example(
            takes_numbers=True,
            numbers_given=12,
            called_number=7,
            waiting=5,
            skipped_numbers=[4],
        )
    )
    takes_numbers: bool
    numbers_given: int
    called_number: int | None
    waiting: int
    skipped_numbers: list[int]

    @classmethod
    def of(cls, queue: queueing.Queue) -> Self:
        """Show a queue."""
        return cls(
            takes_numbers=queue.is_open,
            numbers_given=queue.given,
            called_number=queue.called.number if queue.called else None,
            waiting=queue.waiting,
            skipped_numbers=[each.number for each in queue.skipped],
        )

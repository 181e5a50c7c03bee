"""The papers of opening times: when a shop is open, the days that are otherwise, and the numbers people wait with."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import Person
from redemption.models import Shop
from redemption.states import TicketState

RESTRICT = fields.RESTRICT
HOURS = "opens >= 0 AND closes > opens AND closes <= 1440"


class OpeningTime(Model):
    """Hours of a day that comes round, in minutes after midnight: a weekday (1 is Monday) or a day of the month.

    On an exchange day people wait with numbers. A row is ended, never deleted.
    """

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="opening_times", on_delete=RESTRICT
    )
    shop_id: int
    weekday = fields.IntField(null=True)
    month_day = fields.IntField(null=True)
    opens = fields.IntField()
    closes = fields.IntField()
    exchange_day = fields.BooleanField(default=False)
    made_by = fields.BigIntField()
    made_at = fields.BigIntField()
    ended_by = fields.BigIntField(null=True)
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "opening_time"
        indexes = (("book_id", "shop_id"),)
        constraints = (
            CheckConstraint("(weekday IS NULL) <> (month_day IS NULL)", "opening_time_one_rhythm"),
            CheckConstraint(
                "weekday BETWEEN 1 AND 7 OR month_day BETWEEN 1 AND 31", "opening_time_day"
            ),
            CheckConstraint(HOURS, "opening_time_hours"),
            CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", "opening_time_ended_by"),
        )


class SpecialDay(Model):
    """One day that is otherwise, and why: closed, or open at other hours. The last word about a day stands."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="special_days", on_delete=RESTRICT
    )
    shop_id: int
    day = fields.IntField()
    opens = fields.IntField(null=True)
    closes = fields.IntField(null=True)
    reason = fields.CharField(max_length=80)
    made_by = fields.BigIntField()
    made_at = fields.BigIntField()

    class Meta:
        table = "special_day"
        indexes = (("book_id", "shop_id", "day"),)
        constraints = (
            CheckConstraint("(opens IS NULL) = (closes IS NULL)", "special_day_open_or_closed"),
            CheckConstraint(f"opens IS NULL OR ({HOURS})", "special_day_hours"),
        )


class QueueDay(Model):
    """The queue of one shop on one day: how many numbers were given."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="queue_days", on_delete=RESTRICT
    )
    shop_id: int
    day = fields.IntField()
    numbers_given = fields.IntField(default=0)

    class Meta:
        table = "queue_day"
        unique_together = (("book_id", "shop", "day"),)
        constraints = (CheckConstraint("numbers_given >= 0", "queue_day_numbers_given"),)


class QueueTicket(Model):
    """One number of a day: a member's own, or a paper one that belongs to whoever holds it."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    queue: fields.ForeignKeyRelation[QueueDay] = fields.ForeignKeyField(
        "caihong.QueueDay", related_name="tickets", on_delete=RESTRICT
    )
    queue_id: int
    number = fields.IntField()
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="queue_tickets", on_delete=RESTRICT, null=True
    )
    person_id: int | None
    state = fields.CharEnumField(TicketState, max_length=10, default=TicketState.WAITING)
    taken_at = fields.BigIntField()
    called_at = fields.BigIntField(null=True)
    called_by = fields.BigIntField(null=True)

    class Meta:
        table = "queue_ticket"
        unique_together = (("book_id", "queue", "number"), ("book_id", "queue", "person"))
        constraints = (
            CheckConstraint("number >= 1", "queue_ticket_number"),
            CheckConstraint(
                "state = 'waiting' OR (called_at IS NOT NULL AND called_by IS NOT NULL)",
                "queue_ticket_called",
            ),
        )

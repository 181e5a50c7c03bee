"""Goods reserved for points, limits by household, opening times and the numbers people wait with."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier
from redemption.states import ReservationState, TicketState

COLUMNS = (
    ("Redemption", "redemption", "day_count_id"),
    ("RedemptionLine", "redemption_line", "month_count_id"),
)
HOURS = "opens >= 0 AND closes > opens AND closes <= 1440"
NAME, SAYS = "relief_not_reserved", "goods for relief are never reserved for points"
RELIEF = (
    "SELECT 1 FROM stock_lot l WHERE l.book_id = NEW.book_id AND l.id = NEW.lot_id "
    "AND l.source = 'donated-relief'"
)


async def add_columns(apps, schema_editor) -> None:
    """Let an exchange and its lines name the counts they stand in."""
    for _, table, name in COLUMNS:
        await schema_editor.client.execute_query(f"ALTER TABLE {table} ADD COLUMN {name} BIGINT")


async def keep_rules(apps, schema_editor) -> None:
    """Keep relief off reservations, and one pick-up number for one open reservation, whoever writes."""
    client = schema_editor.client
    await client.execute_query(
        "CREATE UNIQUE INDEX reservation_number_while_open ON reservation (book_id, number) "
        "WHERE state = 'open'"
    )
    if client.capabilities.dialect == "sqlite":
        for suffix, event in (("", "INSERT"), ("_again", "UPDATE OF lot_id")):
            await client.execute_query(
                f"CREATE TRIGGER {NAME}{suffix} BEFORE {event} ON reservation_line WHEN EXISTS ({RELIEF}) "
                f"BEGIN SELECT RAISE(ABORT, '{NAME}: {SAYS}'); END"
            )
        return
    await client.execute_query(
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS ({RELIEF}) THEN "
        f"RAISE EXCEPTION '{NAME}: {SAYS}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    await client.execute_query(
        f"CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE ON reservation_line FOR EACH ROW EXECUTE FUNCTION {NAME}()"
    )


def foreign(name, model, related_name, null=False):
    """Return a foreign key that restricts."""
    more = {"null": True} if null else {}
    field = fields.ForeignKeyField(
        f"caihong.{model}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.RESTRICT,
        **more,
    )
    return (name, field)


def big(name, **more):
    """Return a column of moments, points, or numbers of other rows."""
    return (name, fields.BigIntField(**more))


def small(name, **more):
    """Return a column of days, minutes or pieces."""
    return (name, fields.IntField(**more))


def state(kind, **more):
    """Return the column that says how a paper stands."""
    words = "\n".join(f"{each.name}: {each.value}" for each in kind)
    return (
        "state",
        fields.CharEnumField(description=words, enum_type=kind, max_length=10, **more),
    )


def table(model, name, says, columns, checks, unique=(), indexes=()):
    """Return the making of a table of documents with its CHECKs."""
    options = {
        "table": name,
        "app": "caihong",
        "constraints": [CheckConstraint(rule, check) for rule, check in checks],
        "pk_attr": "id",
        "table_description": says,
    }
    if unique:
        options["unique_together"] = unique
    if indexes:
        options["indexes"] = [Index(fields=list(each)) for each in indexes]
    return CreateChecked(
        name=model,
        fields=[identifier(), big("book_id"), *columns],
        options=options,
        bases=["Model"],
    )


class Migration(checked.Migration):
    dependencies = [("caihong", "0021_counter")]

    initial = False

    operations = [
        ops.RunPython(add_columns),
        *(
            Known(ops.AddField(model, name, fields.BigIntField(null=True)))
            for model, _, name in COLUMNS
        ),
        table(
            *("Reservation", "reservation"),
            "Goods that a member has had kept aside, until when, and what became of them.",
            [
                foreign("shop", "Shop", "reservations"),
                foreign("person", "Person", "reservations"),
                ("number", fields.CharField(max_length=6)),
                state(ReservationState),
                *(big("points_total"), big("reserved_at"), big("expires_at")),
                *(big("ended_at", null=True), big("ended_by", null=True)),
                *(big("redemption_id", null=True), big("day_count_id", null=True)),
            ],
            [
                ("(state = 'open') = (ended_at IS NULL)", "reservation_ended_at"),
                ("(state = 'collected') = (redemption_id IS NOT NULL)", "reservation_collected_as"),
                ("points_total > 0", "reservation_costs_points"),
                ("expires_at > reserved_at", "reservation_is_kept_a_while"),
            ],
            unique=(("book_id", "redemption_id"),),
            indexes=(("book_id", "shop_id", "state"), ("book_id", "person_id")),
        ),
        table(
            *("ReservationLine", "reservation_line"),
            "Pieces of one item from one stock lot in a reservation, at the price of then.",
            [
                foreign("reservation", "Reservation", "lines"),
                foreign("item", "Item", "reservation_lines"),
                foreign("lot", "StockLot", "reservation_lines"),
                *(small("quantity"), small("quantity_collected", default=0), small("price_points")),
                big("month_count_id", null=True),
            ],
            [
                (
                    "quantity > 0 AND quantity_collected >= 0 AND quantity_collected <= quantity",
                    "reservation_line_collected_within",
                ),
                ("price_points > 0", "reservation_line_costs_points"),
            ],
            unique=(("book_id", "reservation", "lot"),),
        ),
        table(
            *("HouseholdCount", "household_count"),
            "What one person had, living in one household (0: in none), of one item in a month, or of all goods on a day.",
            [
                foreign("shop", "Shop", "household_counts"),
                foreign("person", "Person", "household_counts"),
                *(big("household_id", default=0), big("item_id", default=0), small("period")),
                *(big("pieces", default=0), small("exchanges", default=0)),
            ],
            [("pieces >= 0 AND exchanges >= 0", "household_count_not_negative")],
            unique=(("book_id", "shop", "person", "household_id", "item_id", "period"),),
            indexes=(("book_id", "household_id", "period"),),
        ),
        table(
            *("ShopRule", "shop_rule"),
            (
                "A shop's own rules: days a reservation is kept, and what a household may have on one day. "
                "None: no limit."
            ),
            [
                foreign("shop", "Shop", "rules"),
                small("reservation_days", default=3),
                *(small("pieces_a_day", null=True), small("exchanges_a_day", null=True)),
                *(big("changed_by"), big("changed_at")),
            ],
            [
                ("reservation_days >= 1", "shop_rule_keeps_a_day"),
                ("pieces_a_day >= 1 AND exchanges_a_day >= 1", "shop_rule_a_day"),
            ],
            unique=(("book_id", "shop"),),
        ),
        table(
            *("OpeningTime", "opening_time"),
            "Hours of a day that comes round, in minutes after midnight: a weekday (1 is Monday) or a day of the month.",
            [
                foreign("shop", "Shop", "opening_times"),
                *(small("weekday", null=True), small("month_day", null=True)),
                *(small("opens"), small("closes")),
                ("exchange_day", fields.BooleanField(default=False)),
                *(big("made_by"), big("made_at")),
                *(big("ended_by", null=True), big("ended_at", null=True)),
            ],
            [
                ("(weekday IS NULL) <> (month_day IS NULL)", "opening_time_one_rhythm"),
                ("weekday BETWEEN 1 AND 7 OR month_day BETWEEN 1 AND 31", "opening_time_day"),
                (HOURS, "opening_time_hours"),
                ("(ended_at IS NULL) = (ended_by IS NULL)", "opening_time_ended_by"),
            ],
            indexes=(("book_id", "shop_id"),),
        ),
        table(
            *("SpecialDay", "special_day"),
            "One day that is otherwise, and why: closed, or open at other hours. The last word about a day stands.",
            [
                foreign("shop", "Shop", "special_days"),
                *(small("day"), small("opens", null=True), small("closes", null=True)),
                ("reason", fields.CharField(max_length=80)),
                *(big("made_by"), big("made_at")),
            ],
            [
                ("(opens IS NULL) = (closes IS NULL)", "special_day_open_or_closed"),
                (f"opens IS NULL OR ({HOURS})", "special_day_hours"),
            ],
            indexes=(("book_id", "shop_id", "day"),),
        ),
        table(
            *("QueueDay", "queue_day"),
            "The queue of one shop on one day: how many numbers were given.",
            [
                foreign("shop", "Shop", "queue_days"),
                *(small("day"), small("numbers_given", default=0)),
            ],
            [("numbers_given >= 0", "queue_day_numbers_given")],
            unique=(("book_id", "shop", "day"),),
        ),
        table(
            *("QueueTicket", "queue_ticket"),
            "One number of a day: a member's own, or a paper one that belongs to whoever holds it.",
            [
                foreign("queue", "QueueDay", "tickets"),
                small("number"),
                foreign("person", "Person", "queue_tickets", null=True),
                state(TicketState, default=TicketState.WAITING),
                *(big("taken_at"), big("called_at", null=True), big("called_by", null=True)),
            ],
            [
                ("number >= 1", "queue_ticket_number"),
                (
                    "state = 'waiting' OR (called_at IS NOT NULL AND called_by IS NOT NULL)",
                    "queue_ticket_called",
                ),
            ],
            unique=(("book_id", "queue", "number"), ("book_id", "queue", "person")),
        ),
        ops.RunPython(keep_rules),
    ]

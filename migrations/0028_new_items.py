"""Several shops, items that a counter adds, and pictures of slips."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier
from redemption.states import Source

COLUMNS = (
    ("Session", "session", "shop_id"),
    ("CounterDevice", "counter_device", "shop_id"),
    ("Item", "item", "unconfirmed_by"),
)
NEW_ITEM = {
    "new_item_is_cheap": "price_points BETWEEN 1 AND 30",
    "new_item_is_little": "pieces BETWEEN 1 AND 20",
    "new_item_was_given": "source IN ('sponsor', 'donated-free-use')",
    "new_item_confirmed_by": "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
    "new_item_refused_by": "(refused_by IS NULL) = (refused_at IS NULL)",
    "new_item_two_persons": "confirmed_by <> added_by",
}
UNCONFIRMED = "SELECT 1 FROM item i WHERE i.book_id = NEW.book_id AND i.id = NEW.item_id AND i.unconfirmed_by IS NOT NULL"
# After the row: PostgreSQL writes a receipt and its lines in one statement, and shows them to no trigger before it.
RULES = (
    (
        *("new_item_not_for_oneself", "redemption_line"),
        (
            f"{UNCONFIRMED} AND EXISTS (SELECT 1 FROM redemption r WHERE r.book_id = NEW.book_id "
            "AND r.id = NEW.redemption_id AND (r.person_id = i.unconfirmed_by OR EXISTS (SELECT 1 "
            "FROM household_member a JOIN household_member b ON b.book_id = a.book_id "
            "AND b.household_id = a.household_id AND b.left_at IS NULL AND b.person_id = r.person_id "
            "WHERE a.book_id = NEW.book_id AND a.person_id = i.unconfirmed_by AND a.left_at IS NULL)))"
        ),
        "whoever added an item does not take it home before another has confirmed it",
    ),
    (
        *("new_item_not_reserved", "reservation_line", UNCONFIRMED),
        "what nobody has confirmed is exchanged at the counter alone",
    ),
    (
        *("new_item_not_from_a_fund", "relief_line", UNCONFIRMED),
        "what nobody has confirmed is exchanged at the counter alone",
    ),
)

STAYS = "slip_picture_stays: another picture of a slip comes beside the one before"
SLIP_PICTURE = {
    "slip_picture_number": "number >= 1",
    "slip_picture_digest": "length(sha256) = 64",
}


async def add_columns(apps, schema_editor) -> None:
    """Add the columns; none of the rows there are says anything in them."""
    for _, table, name in COLUMNS:
        await schema_editor.client.execute_query(f"ALTER TABLE {table} ADD COLUMN {name} BIGINT")


def triggers(sqlite: bool):
    """Return the statements that refuse what the rules name, and any change of a picture that was kept."""
    if sqlite:
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER slip_picture_stays_{event.lower()} BEFORE {event} ON slip_picture "
                f"BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
            )
    else:
        yield (
            "CREATE FUNCTION slip_picture_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'check_violation'; END $$"
        )
        yield (
            "CREATE TRIGGER slip_picture_stays BEFORE UPDATE OR DELETE ON slip_picture "
            "FOR EACH ROW EXECUTE FUNCTION slip_picture_stays()"
        )
    for name, table, finds, says in RULES:
        if sqlite:
            yield (
                f"CREATE TRIGGER {name} AFTER INSERT ON {table} WHEN EXISTS ({finds}) "
                f"BEGIN SELECT RAISE(ABORT, '{name}: {says}'); END"
            )
            continue
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS ({finds}) THEN "
            f"RAISE EXCEPTION '{name}: {says}' USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END $$"
        )
        yield f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


async def keep_apart(apps, schema_editor) -> None:
    """Keep what somebody added from those who added it, and every picture as it was, whoever writes."""
    client = schema_editor.client
    for statement in triggers(client.capabilities.dialect == "sqlite"):
        await client.execute_query(statement)


def foreign(name, model, related_name):
    """Return a foreign key that restricts."""
    field = fields.ForeignKeyField(
        f"caihong.{model}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.RESTRICT,
    )
    return (name, field)


def big(name, **more):
    """Return a column of moments, or numbers of persons and other rows."""
    return (name, fields.BigIntField(**more))


class Migration(checked.Migration):
    dependencies = [("caihong", "0027_spent_once")]

    initial = False

    operations = [
        ops.RunPython(add_columns),
        *(
            Known(ops.AddField(model, name, fields.BigIntField(null=True)))
            for model, _, name in COLUMNS
        ),
        CreateChecked(
            name="NewItem",
            fields=[
                identifier(),
                big("book_id"),
                foreign("shop", "Shop", "new_items"),
                foreign("item", "Item", "new_items"),
                ("name", fields.CharField(max_length=80)),
                ("price_points", fields.IntField()),
                ("pieces", fields.IntField()),
                (
                    "source",
                    fields.CharEnumField(
                        description="\n".join(f"{each.name}: {each.value}" for each in Source),
                        enum_type=Source,
                        max_length=20,
                    ),
                ),
                ("donor", fields.CharField(max_length=80, default="")),
                ("key", fields.CharField(max_length=64)),
                *(big("added_by"), big("added_at")),
                *(big("confirmed_by", null=True), big("confirmed_at", null=True)),
                *(big("refused_by", null=True), big("refused_at", null=True)),
                big("lapsed_at", null=True),
            ],
            options={
                "table": "new_item",
                "app": "caihong",
                "unique_together": (("book_id", "item"), ("book_id", "added_by", "key")),
                "constraints": [CheckConstraint(rule, name) for name, rule in NEW_ITEM.items()],
                "pk_attr": "id",
                "table_description": (
                    "An item that a counter added, as it was said there: it waits for another person until the next "
                    "day ends."
                ),
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="SlipPicture",
            fields=[
                identifier(),
                big("book_id"),
                foreign("lot", "StockLot", "slip_pictures"),
                ("number", fields.SmallIntField()),
                ("picture", fields.BinaryField()),
                ("sha256", fields.CharField(max_length=64)),
                *(big("kept_by"), big("kept_at")),
            ],
            options={
                "table": "slip_picture",
                "app": "caihong",
                "unique_together": (("book_id", "lot", "number"),),
                "constraints": [CheckConstraint(rule, name) for name, rule in SLIP_PICTURE.items()],
                "pk_attr": "id",
                "table_description": (
                    "A picture (JPEG, encrypted) of a lot's receipt or donation slip, the highest number is the one "
                    "that stands."
                ),
            },
            bases=["Model"],
        ),
        ops.RunPython(keep_apart),
    ]

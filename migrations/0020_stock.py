"""What comes with a lot on paper; relief goods for households in hardship alone; counts and goods written off."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier
from people.lives import ConsentGiven
from redemption.states import RedemptionState
from redemption.stock_papers import Cause

# Model, table, column, its type, its CHECKs by name, and the field; every row there is gets the default.
COLUMNS = (
    (
        *("Item", "item", "category", "VARCHAR(40) NOT NULL DEFAULT ''", ()),
        fields.CharField(default="", max_length=40),
    ),
    (
        *("Item", "item", "household_limit", "INT"),
        (("item_household_limit", "household_limit >= 1"),),
        fields.IntField(null=True),
    ),
    (
        *("StockLot", "stock_lot", "slip", "VARCHAR(40) NOT NULL DEFAULT ''", ()),
        fields.CharField(default="", max_length=40),
    ),
    (
        *("StockLot", "stock_lot", "unit_cost_fen", "INT NOT NULL DEFAULT 0"),
        (("stock_lot_cost_not_negative", "unit_cost_fen >= 0"),),
        fields.IntField(default=0),
    ),
    (
        *("StockLot", "stock_lot", "buyer_id", "BIGINT"),
        (
            ("stock_lot_two_persons", "buyer_id <> receiver_id"),
            (
                "stock_lot_has_a_buyer",
                "source <> 'purchased' OR unit_cost_fen = 0 OR buyer_id IS NOT NULL",
            ),
        ),
        fields.BigIntField(null=True),
    ),
)

# Relief never leaves for points, and leaves only by a mark that stands on the day.
RULES = (
    (
        *("relief_not_for_points", "redemption_line", "INSERT OR UPDATE", "UPDATE OF lot_id"),
        (
            "SELECT 1 FROM stock_lot l WHERE l.book_id = NEW.book_id AND l.id = NEW.lot_id "
            "AND l.source = 'donated-relief'"
        ),
        "goods for relief never leave for points",
    ),
    (
        *("relief_lots_alone", "relief_line", "INSERT OR UPDATE", "UPDATE"),
        (
            "SELECT 1 FROM stock_lot l WHERE l.book_id = NEW.book_id AND l.id = NEW.lot_id "
            "AND l.source <> 'donated-relief'"
        ),
        "only goods for relief are given as relief",
    ),
    (
        *("relief_by_a_mark", "relief_handout", "INSERT", None),
        (
            "SELECT 1 FROM hardship_mark m WHERE m.book_id = NEW.book_id AND m.id = NEW.mark_id "
            "AND (m.ended_at IS NOT NULL OR m.valid_until < NEW.day OR NOT EXISTS (SELECT 1 FROM household_member h "
            "WHERE h.book_id = NEW.book_id AND h.household_id = m.household_id AND h.person_id = NEW.person_id "
            "AND h.left_at IS NULL))"
        ),
        "relief is for households whose mark of hardship stands",
    ),
)


async def add_columns(apps, schema_editor) -> None:
    """Add the columns with their CHECKs."""
    for _, table, name, kind, checks, _ in COLUMNS:
        said = "".join(f" CONSTRAINT {check} CHECK ({rule})" for check, rule in checks)
        await schema_editor.client.execute_query(
            f"ALTER TABLE {table} ADD COLUMN {name} {kind}{said}"
        )


def triggers(sqlite: bool):
    """Return the statements that refuse what the rules name."""
    for name, table, when, again, finds, says in RULES:
        if sqlite:
            for suffix, event in (("", "INSERT"), ("_again", again)):
                if event:
                    yield (
                        f"CREATE TRIGGER {name}{suffix} BEFORE {event} ON {table} WHEN EXISTS ({finds}) "
                        f"BEGIN SELECT RAISE(ABORT, '{name}: {says}'); END"
                    )
            continue
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS ({finds}) THEN "
            f"RAISE EXCEPTION '{name}: {says}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
        )
        yield (
            f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


async def keep_relief(apps, schema_editor) -> None:
    """Keep relief for those it is for, whoever writes; and one mark a household."""
    client = schema_editor.client
    await client.execute_query(
        "CREATE UNIQUE INDEX hardship_mark_one_at_a_time ON hardship_mark (book_id, household_id) "
        "WHERE ended_at IS NULL"
    )
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


def number(null=False):
    """Return a column of days, moments or numbers of persons."""
    return fields.BigIntField(null=True) if null else fields.BigIntField()


class Migration(checked.Migration):
    dependencies = [("caihong", "0019_settlement")]

    initial = False

    operations = [
        ops.RunPython(add_columns),
        *(Known(ops.AddField(model, name, field)) for model, _, name, _, _, field in COLUMNS),
        *(
            Known(ops.AddConstraint(model, CheckConstraint(check=rule, name=name)))
            for model, _, _, _, checks, _ in COLUMNS
            for name, rule in checks
        ),
        CreateChecked(
            name="HardshipMark",
            fields=[
                identifier(),
                ("book_id", number()),
                foreign("household", "Household", "hardship_marks"),
                foreign("agreed", "Person", "hardship_agreed"),
                (
                    "agreed_how",
                    fields.CharEnumField(
                        description="\n".join(
                            f"{each.name}: {each.value}" for each in ConsentGiven
                        ),
                        enum_type=ConsentGiven,
                        max_length=10,
                    ),
                ),
                ("valid_until", fields.IntField()),
                ("marked_by", number()),
                ("marked_at", number()),
                ("ended_by", number(null=True)),
                ("ended_at", number(null=True)),
            ],
            options={
                "table": "hardship_mark",
                "app": "caihong",
                "indexes": [Index(fields=["book_id", "household_id"])],
                "constraints": [
                    CheckConstraint(
                        "(ended_at IS NULL) = (ended_by IS NULL)", "hardship_mark_ended_by"
                    ),
                    CheckConstraint("marked_by <> agreed_id", "hardship_mark_not_by_oneself"),
                ],
                "pk_attr": "id",
                "table_description": "One mark, from when until which day (yyyymmdd). A household has one at a time. A row is ended, never deleted.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="ReliefHandout",
            fields=[
                identifier(),
                ("book_id", number()),
                foreign("shop", "Shop", "relief_handouts"),
                foreign("person", "Person", "relief_had"),
                foreign("mark", "HardshipMark", "handouts"),
                ("clerk_id", number()),
                ("day", fields.IntField()),
                ("handed_at", number()),
                (
                    "state",
                    fields.CharEnumField(
                        description="DONE: done\nUNDONE: undone",
                        enum_type=RedemptionState,
                        max_length=10,
                    ),
                ),
                ("undone_at", number(null=True)),
                ("undone_by", number(null=True)),
            ],
            options={
                "table": "relief_handout",
                "app": "caihong",
                "indexes": [
                    Index(fields=["book_id", "shop_id", "handed_at"]),
                    Index(fields=["book_id", "person_id"]),
                ],
                "constraints": [
                    CheckConstraint("clerk_id <> person_id", "relief_not_served_by_oneself"),
                    CheckConstraint(
                        "(state = 'undone') = (undone_at IS NOT NULL)", "relief_undone_at"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "Relief goods that one person of a household in hardship took home, for nothing.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="ReliefLine",
            fields=[
                identifier(),
                ("book_id", number()),
                foreign("handout", "ReliefHandout", "lines"),
                foreign("item", "Item", "relief_lines"),
                foreign("lot", "StockLot", "relief_lines"),
                ("quantity", fields.IntField()),
            ],
            options={
                "table": "relief_line",
                "app": "caihong",
                "unique_together": (("book_id", "handout", "lot"),),
                "constraints": [CheckConstraint("quantity > 0", "relief_line_has_pieces")],
                "pk_attr": "id",
                "table_description": "Pieces of one relief lot in a hand-out.",
            },
            bases=["Model"],
        ),
        ops.RunPython(keep_relief),
        CreateChecked(
            name="StockTake",
            fields=[
                identifier(),
                ("book_id", number()),
                foreign("shop", "Shop", "stock_takes"),
                foreign("approval", "Approval", "stock_takes"),
                ("counted_by", number()),
                ("counted_at", number()),
                ("signed_by", number(null=True)),
                ("signed_at", number()),
                ("note", fields.CharField(max_length=200)),
            ],
            options={
                "table": "stock_take",
                "app": "caihong",
                "unique_together": (("book_id", "approval"),),
                "indexes": [Index(fields=["book_id", "shop_id", "counted_at"])],
                "constraints": [
                    CheckConstraint("counted_by <> signed_by", "stock_take_two_persons")
                ],
                "pk_attr": "id",
                "table_description": "A count of the shelves that a second person signed, nobody if no other could and nobody objected.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="StockTakeLine",
            fields=[
                identifier(),
                ("book_id", number()),
                foreign("take", "StockTake", "lines"),
                foreign("item", "Item", "take_lines"),
                foreign("lot", "StockLot", "take_lines"),
                ("booked", fields.IntField()),
                ("counted", fields.IntField()),
            ],
            options={
                "table": "stock_take_line",
                "app": "caihong",
                "unique_together": (("book_id", "take", "lot"),),
                "constraints": [
                    CheckConstraint("booked >= 0 AND counted >= 0", "stock_take_line_not_negative")
                ],
                "pk_attr": "id",
                "table_description": "One lot in a count: what the books said, and how many pieces were there.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="WriteOff",
            fields=[
                identifier(),
                ("book_id", number()),
                foreign("shop", "Shop", "write_offs"),
                foreign("item", "Item", "write_offs"),
                foreign("lot", "StockLot", "write_offs"),
                ("quantity", fields.IntField()),
                (
                    "cause",
                    fields.CharEnumField(
                        description="\n".join(f"{each.name}: {each.value}" for each in Cause),
                        enum_type=Cause,
                        max_length=10,
                    ),
                ),
                ("note", fields.CharField(max_length=200)),
                foreign("approval", "Approval", "write_offs"),
                ("asked_by", number()),
                ("signed_by", number(null=True)),
                ("written_at", number()),
            ],
            options={
                "table": "write_off",
                "app": "caihong",
                "unique_together": (("book_id", "approval"),),
                "indexes": [Index(fields=["book_id", "shop_id", "written_at"])],
                "constraints": [
                    CheckConstraint("quantity > 0", "write_off_has_pieces"),
                    CheckConstraint("asked_by <> signed_by", "write_off_two_persons"),
                ],
                "pk_attr": "id",
                "table_description": "Pieces of one lot that were written off, why, and the two who say so.",
            },
            bases=["Model"],
        ),
        CreateChecked(
            name="BoundBarcode",
            fields=[
                identifier(),
                ("book_id", number()),
                foreign("shop", "Shop", "bound_barcodes"),
                foreign("item", "Item", "bound_barcodes"),
                ("barcode", fields.CharField(max_length=20)),
                ("bound_by", number()),
                ("bound_at", number()),
                ("confirmed_by", number(null=True)),
                ("confirmed_at", number(null=True)),
            ],
            options={
                "table": "bound_barcode",
                "app": "caihong",
                "unique_together": (("book_id", "shop", "barcode"),),
                "constraints": [
                    CheckConstraint(
                        "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
                        "bound_barcode_confirmed_by",
                    ),
                    CheckConstraint("confirmed_by <> bound_by", "bound_barcode_two_persons"),
                ],
                "pk_attr": "id",
                "table_description": "Another barcode of an item, bound at the counter, it stands unless the office refuses it.",
            },
            bases=["Model"],
        ),
    ]

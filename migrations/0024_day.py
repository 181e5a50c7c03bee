"""A shop's days as they were signed off; how far members have read, and what they said was not them."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, identifier

COUNTS = ("sales", "swaps", "moves", "pick_ups", "reliefs", "refunds", "undos")
SUMS = ("points_taken", "points_back", "pieces_out", "pieces_back")
CLOSING = (
    ("day_close_number", "number >= 1"),
    ("day_close_figures", " AND ".join(f"{name} >= 0" for name in (*COUNTS, *SUMS, "carts_gone"))),
    ("day_close_of_something", " + ".join(COUNTS) + " >= 1"),
)
CASE = (
    ("points_case_ended", "(ended_at IS NULL) = (ended_by IS NULL)"),
    ("points_case_answered", "ended_at IS NULL OR answer <> ''"),
    ("points_case_not_answered_by_oneself", "ended_by <> person_id"),
)


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
    """Return a column of moments, points, or numbers of other rows."""
    return (name, fields.BigIntField(**more))


def table(model, name, says, columns, unique, checks=(), index=()):
    """Return the making of a table of documents with its CHECKs."""
    options = {
        "table": name,
        "app": "caihong",
        "unique_together": unique,
        "pk_attr": "id",
        "table_description": says,
    }
    if checks:
        options["constraints"] = [CheckConstraint(rule, check) for check, rule in checks]
    if index:
        options["indexes"] = [Index(fields=list(index))]
    return CreateChecked(
        name=model,
        fields=[identifier(), big("book_id"), *columns],
        options=options,
        bases=["Model"],
    )


class Migration(checked.Migration):
    dependencies = [("caihong", "0023_services")]

    initial = False

    operations = [
        table(
            *("DayClose", "day_close"),
            "A shop's day as somebody signed it off: how often what was done, in points and pieces, first time or again.",
            [
                foreign("shop", "Shop", "day_closes"),
                ("day", fields.IntField()),
                ("number", fields.SmallIntField()),
                *(big("closed_by"), big("closed_at")),
                *((name, fields.IntField(default=0)) for name in COUNTS),
                *(big(name, default=0) for name in SUMS),
                ("carts_gone", fields.IntField(default=0)),
                ("note", fields.CharField(max_length=200, default="")),
            ],
            (("book_id", "shop", "day", "number"),),
            CLOSING,
        ),
        table(
            *("DayCloseEntry", "day_close_entry"),
            "A journal entry that one closing stands for.",
            [foreign("closing", "DayClose", "entries"), big("entry_id")],
            (("book_id", "entry_id"),),
            index=("book_id", "closing_id"),
        ),
        table(
            *("SeenMark", "seen_mark"),
            "The journal entry up to which a member has read, later ones are new to them.",
            [foreign("person", "Person", "seen_marks"), big("entry_id", default=0), big("seen_at")],
            (("book_id", "person"),),
        ),
        table(
            *("PointsCase", "points_case"),
            "A member's word that an entry about their points was not them, and what an organiser found.",
            [
                foreign("person", "Person", "points_cases"),
                big("entry_id"),
                ("said", fields.CharField(max_length=200, default="")),
                *(big("opened_at"), big("ended_at", null=True), big("ended_by", null=True)),
                ("answer", fields.CharField(max_length=200, default="")),
            ],
            (("book_id", "person", "entry_id"),),
            CASE,
            ("book_id", "opened_at"),
        ),
    ]

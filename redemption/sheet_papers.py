"""Paper for a day without network: numbered sheets, and the rows that were written on them and typed in later.

Times are UTC microseconds, days are yyyymmdd. A sheet is numbered when it is printed, without gaps in a shop. A row is
typed once; until it is booked nothing of it stands in the books.
"""

import json
from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from kernel.ids import new_id
from people.models import RESTRICT, Person
from redemption.models import Shop

ROWS = 12  # that fit on A4 and can still be written in by hand
CART_LENGTH = 2000


class SheetEnd(StrEnum):
    """What became of a sheet: all its rows were typed in, nothing was written on it, or it cannot be found."""

    ENTERED = "entered"
    UNUSED = "unused"
    LOST = "lost"


class RowState(StrEnum):
    """A row waits until it is booked, or until somebody decides that nothing is to be booked for it."""

    WAITING = "waiting"
    BOOKED = "booked"
    DROPPED = "dropped"


class Bearing(StrEnum):
    """Who bears the points that the purse lacks: the member owes them, or the community gives them."""

    OWED = "owed"
    COMMUNITY = "community"


ROW_RULES = {
    "sheet_row_place": f"place >= 1 AND place <= {ROWS}",
    "sheet_row_booked_as": "(state = 'booked') = (redemption_id IS NOT NULL)",
    "sheet_row_dropped_for_a_reason": (
        "state <> 'dropped' OR (decided_by IS NOT NULL AND note <> '')"
    ),
    "sheet_row_waits_undecided": "state <> 'waiting' OR decided_by IS NULL",
    "sheet_row_decided": "(decided_by IS NULL) = (decided_at IS NULL)",
    "sheet_row_two_persons": "decided_by <> entered_by AND decided_by <> person_id",
    "sheet_row_not_by_oneself": "entered_by <> person_id",
    "sheet_row_missing_is_borne": (
        "missing_points = 0 OR (missing_points > 0 AND borne IS NOT NULL AND decided_by IS NOT NULL)"
    ),
}


class PaperSheet(Model):
    """One numbered sheet that was printed for a day, and what became of it."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    shop: fields.ForeignKeyRelation[Shop] = fields.ForeignKeyField(
        "caihong.Shop", related_name="paper_sheets", on_delete=RESTRICT
    )
    shop_id: int
    number = fields.IntField()
    pack_id = fields.BigIntField()
    day = fields.IntField()
    printed_by = fields.BigIntField()
    printed_at = fields.BigIntField()
    # Tortoise's types do not know that a choice may be missing.
    end: SheetEnd | None = fields.CharEnumField(  # type: ignore[assignment]
        SheetEnd, max_length=10, null=True
    )
    ended_by = fields.BigIntField(null=True)
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "paper_sheet"
        unique_together = (("book_id", "shop", "number"),)
        indexes = (("book_id", "pack_id"),)
        constraints = (
            CheckConstraint(check="number >= 1", name="paper_sheet_number"),
            CheckConstraint(
                check="(ended_at IS NULL) = (ended_by IS NULL)", name="paper_sheet_ended_by"
            ),
            CheckConstraint(
                check="(ended_at IS NULL) = (COALESCE(\"end\", '') = '')",
                name="paper_sheet_ended_as",
            ),
        )


class SheetRow(Model):
    """What one row of a sheet says: who took what home, and when, with what the purse lacked."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    sheet: fields.ForeignKeyRelation[PaperSheet] = fields.ForeignKeyField(
        "caihong.PaperSheet", related_name="rows", on_delete=RESTRICT
    )
    sheet_id: int
    place = fields.IntField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="sheet_rows", on_delete=RESTRICT
    )
    person_id: int
    cart = fields.CharField(max_length=CART_LENGTH)
    points_written = fields.IntField(null=True)
    happened_at = fields.BigIntField()
    state = fields.CharEnumField(RowState, max_length=10, default=RowState.WAITING)
    refusal = fields.CharField(max_length=60, default="")
    entered_by = fields.BigIntField()
    entered_at = fields.BigIntField()
    decided_by = fields.BigIntField(null=True)
    decided_at = fields.BigIntField(null=True)
    borne: Bearing | None = fields.CharEnumField(  # type: ignore[assignment]
        Bearing, max_length=10, null=True
    )
    missing_points = fields.BigIntField(default=0)
    note = fields.CharField(max_length=200, default="")
    redemption_id = fields.BigIntField(null=True)

    class Meta:
        table = "sheet_row"
        unique_together = (("book_id", "sheet", "place"), ("book_id", "redemption_id"))
        indexes = (("book_id", "state"), ("book_id", "person_id"))
        constraints = tuple(
            CheckConstraint(check=rule, name=name) for name, rule in ROW_RULES.items()
        )

    @property
    def lines(self) -> tuple[tuple[int, int], ...]:
        """Return the (item id, pieces) that were taken home."""
        return tuple((int(item), int(pieces)) for item, pieces in json.loads(self.cart))

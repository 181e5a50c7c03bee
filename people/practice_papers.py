"""Books to practise in: thrown away after a day, with made-up people and goods, and in no list of real books."""

from tortoise import fields
from tortoise.models import Model

from kernel.ids import new_id


class PracticeBook(Model):
    """One book to practise in: for whom of which community it was opened, until when, and when it was thrown away."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField(unique=True)
    real_book_id = fields.BigIntField()
    opened_by = fields.BigIntField(null=True)  # nobody signed in: a counter's own browser
    opened_at = fields.BigIntField()
    ends_at = fields.BigIntField()
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "practice_book"
        indexes = (("real_book_id", "ended_at"),)

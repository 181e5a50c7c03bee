"""What a counter's second screen shows: the last that the clerk's page said of totals, and nothing personal."""

from tortoise import fields
from tortoise.models import Model

from kernel.ids import new_id

SHOWN_LENGTH = 600


class CounterDisplay(Model):
    """The second screen of one clerk's counter: what it shows now, and the device that was paired with it, if any."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    clerk_id = fields.BigIntField()
    shown = fields.CharField(max_length=SHOWN_LENGTH, default="")
    shown_at = fields.BigIntField(default=0)
    watched_at = fields.BigIntField(default=0)
    code_hash = fields.CharField(max_length=64, default="")
    code_until = fields.BigIntField(default=0)
    token_hash = fields.CharField(max_length=64, default="")
    paired_until = fields.BigIntField(default=0)

    class Meta:
        table = "counter_display"
        unique_together = (("book_id", "clerk_id"),)
        indexes = (("token_hash",), ("code_hash",))

"""Browsers: which persons one has been signed in for, and the question of one that nobody knows yet.

A browser has a random mark in a cookie that outlives its sessions; the database keeps the mark's SHA-256.
"""

from tortoise import fields
from tortoise.models import Model

from kernel import clock
from kernel.database import execute
from kernel.ids import new_id
from people.models import Person
from people.sessions import token_hash

RESTRICT = fields.RESTRICT


class KnownBrowser(Model):
    """A browser that has had a session of a person: wrong tries made elsewhere do not keep it waiting."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    browser_hash = fields.CharField(max_length=64)
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="known_browsers", on_delete=RESTRICT
    )
    known_since = fields.BigIntField()

    class Meta:
        table = "known_browser"
        unique_together = (("browser_hash", "person"),)
        indexes = (("person_id",),)


class BrowserQuestion(Model):
    """A browser says whose it is, and waits for somebody at the counter who knows that person to say yes."""

    id = fields.BigIntField(primary_key=True, generated=False, default=new_id)
    book_id = fields.BigIntField()
    person_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "caihong.Person", related_name="browser_questions", on_delete=RESTRICT
    )
    asked_with = fields.CharField(max_length=64)
    asked_at = fields.BigIntField()
    answered_at = fields.BigIntField(null=True)
    recognised_by = fields.BigIntField(null=True)
    enrolled_at = fields.BigIntField(null=True)

    class Meta:
        table = "browser_question"
        unique_together = (("book_id", "asked_with"),)
        indexes = (("book_id", "person_id", "asked_at"),)

    @property
    def match_digits(self) -> str:
        """Return the two digits that the asking phone and the counter's screen both show."""
        return match_digits(self.asked_with)


def match_digits(fingerprint: str) -> str:
    """Return two digits drawn from a fingerprint, for two screens to be compared."""
    return f"{int(fingerprint[:8], 16) % 100:02d}"


async def remember(person_id: int, browser: str) -> None:
    """Keep that a browser, by its mark, has had a session of a person."""
    if not browser:
        return
    await execute(
        "INSERT INTO known_browser (id, browser_hash, person_id, known_since) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (browser_hash, person_id) DO NOTHING",
        *(new_id(), token_hash(browser), person_id, clock.now()),
    )


async def knows(browser: str, *person_ids: int) -> bool:
    """Say whether a browser has had a session of one of these persons."""
    found = KnownBrowser.filter(browser_hash=token_hash(browser), person_id__in=list(person_ids))
    return bool(browser) and await found.exists()


async def forget(person_id: int) -> None:
    """Know none of a person's browsers any more: one of them may be lost."""
    await KnownBrowser.filter(person_id=person_id).delete()

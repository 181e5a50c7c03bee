"""Practice at the counter in JSON: the tokens that open it, and who and what is there."""

from typing import Self

from pydantic import ConfigDict

from api.schemas.people import Tokens
from api.schemas.types import Answer, Id, Moment, example, one
from people.models import Membership
from people.practice_papers import PracticeBook
from redemption import models

_SHOP, _ITEM, _PERSON = "482915093250080775", "482915093250080776", "482915093250080772"


class PracticeMember(Answer):
    """A made-up member who can be served."""

    model_config = ConfigDict(
        json_schema_extra=example(person_id=_PERSON, number=201, name="王练习")
    )
    person_id: Id
    number: int
    name: str

    @classmethod
    def of(cls, found: Membership) -> Self:
        """Show one."""
        return cls(person_id=found.person_id, number=found.number, name=found.person.name)


class PracticeItem(Answer):
    """A made-up thing on the shelf."""

    model_config = ConfigDict(
        json_schema_extra=example(
            item_id=_ITEM, shop_id=_SHOP, name="练习大米", barcode="10000014", price_points=60
        )
    )
    item_id: Id
    shop_id: Id
    name: str
    barcode: str | None
    price_points: int

    @classmethod
    def of(cls, item: models.Item) -> Self:
        """Show one."""
        return cls(
            item_id=item.id,
            shop_id=item.shop_id,
            name=item.name,
            barcode=item.barcode,
            price_points=item.price_points,
        )


class Practice(Answer):
    """A book to practise in: nothing of it counts, and it is thrown away when it ends."""

    model_config = ConfigDict(
        json_schema_extra=example(
            community_id="482915093250080768",
            ends_at="2026-11-22T01:30:00Z",
            members=[one(PracticeMember)],
            items=[one(PracticeItem)],
        )
    )
    community_id: Id
    ends_at: Moment
    members: list[PracticeMember]
    items: list[PracticeItem]

    @classmethod
    def of(cls, book: PracticeBook, there: tuple[list[Membership], list[models.Item]]) -> Self:
        """Show a book."""
        people, goods = there
        return cls(
            community_id=book.book_id,
            ends_at=book.ends_at,
            members=[PracticeMember.of(each) for each in people],
            items=[PracticeItem.of(each) for each in goods],
        )


class BegunPractice(Practice):
    """The same, with tokens of a made-up clerk: with these every operation of the counter practises."""

    model_config = ConfigDict(json_schema_extra=example(**one(Practice), tokens=one(Tokens)))
    tokens: Tokens

    @classmethod
    def begun(cls, shown: Practice, tokens: Tokens) -> Self:
        """Show a book that was just opened."""
        return cls(**dict(shown), tokens=tokens)

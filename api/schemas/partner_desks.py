"""The desks of partners in JSON."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.types import Answer, Asked, Id, example, one
from people.models import RoleGrant

_PERSON = "482915093250080772"


class DeskCode(Answer):
    """A partner's new code."""

    model_config = ConfigDict(json_schema_extra=example(code="ACDEFGHJ"))
    code: str


class NewPin(Asked):
    """A PIN about to be set."""

    model_config = ConfigDict(json_schema_extra=example(pin="4071"))
    pin: Annotated[str, Field(max_length=20)]


class DeskPerson(Answer):
    """Somebody who works at a partner's desk."""

    model_config = ConfigDict(
        json_schema_extra=example(person_id=_PERSON, name="李前台", has_pin=True)
    )
    person_id: Id
    name: str
    has_pin: bool

    @classmethod
    def of(cls, found: RoleGrant, has_pin: bool) -> Self:
        """Show somebody."""
        return cls(person_id=found.person_id, name=found.person.name, has_pin=has_pin)


class DeskPeople(Answer):
    """The people of a desk, by name."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(DeskPerson)]))
    items: list[DeskPerson]

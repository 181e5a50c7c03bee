"""The desks of partners in JSON."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.types import Answer, Asked, Id, Moment, example, one
from people.factors import CounterDevice
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


class DeskBrowser(Answer):
    """A browser that opens a partner's desk."""

    model_config = ConfigDict(
        json_schema_extra=example(
            browser_id="482915093250080795",
            name="前台手机",
            enrolled_at="2026-11-01T01:30:00Z",
            seen_at="2026-11-21T01:30:00Z",
        )
    )
    browser_id: Id
    name: str
    enrolled_at: Moment
    seen_at: Moment

    @classmethod
    def of(cls, found: CounterDevice) -> Self:
        """Show a browser."""
        return cls(
            browser_id=found.id,
            name=found.name,
            enrolled_at=found.enrolled_at,
            seen_at=found.seen_at,
        )


class DeskBrowsers(Answer):
    """The browsers of a desk, by name."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(DeskBrowser)]))
    items: list[DeskBrowser]

"""A family's purses in JSON: who may spend whose points, codes to collect with, and one's own PIN."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.types import Answer, Asked, Day, Id, SentId, example, one
from people import lives
from people.collecting import MadeCode
from people.consents import MOST_POINTS
from redemption import family

_PERSON, _CONSENT, _CODE = "482915093250080772", "482915093250080790", "482915093250080791"
Limit = Annotated[int, Field(ge=1, le=MOST_POINTS)]


class GiveConsent(Asked):
    """Who of the household may spend the bearer's points, and how many a month."""

    model_config = ConfigDict(json_schema_extra=example(spender_id=_PERSON, points_a_month=200))
    spender_id: SentId
    points_a_month: Limit


class Consent(Answer):
    """A permission to spend, until withdrawn."""

    model_config = ConfigDict(
        json_schema_extra=example(
            consent_id=_CONSENT, giver_id=_PERSON, spender_id=_PERSON, points_a_month=200
        )
    )
    consent_id: Id
    giver_id: Id
    spender_id: Id
    points_a_month: int

    @classmethod
    def of(cls, found: lives.SpendingConsent) -> Self:
        """Show a permission."""
        return cls(
            consent_id=found.id,
            giver_id=found.giver_id,
            spender_id=found.spender_id,
            points_a_month=found.points_a_month,
        )


class MakeCollectCode(Asked):
    """How many points somebody else may collect for today."""

    model_config = ConfigDict(json_schema_extra=example(points_limit=100))
    points_limit: Limit


class NewCollectCode(Answer):
    """A code with which somebody else collects today, once; told only here."""

    model_config = ConfigDict(
        json_schema_extra=example(
            code_id=_CODE,
            code="EIQCAIBAEAQCAIBAEAQCAIBAEAQA",
            digits="20481536",
            points_limit=100,
            valid_on="2026-11-21",
        )
    )
    code_id: Id
    code: str
    digits: str
    points_limit: int
    valid_on: Day

    @classmethod
    def of(cls, made: MadeCode) -> Self:
        """Show a code that was just made."""
        return cls(
            code_id=made.id,
            code=made.token,
            digits=made.digits,
            points_limit=made.points_limit,
            valid_on=made.valid_on,
        )


class CollectCode(Answer):
    """A code that may still be used today."""

    model_config = ConfigDict(
        json_schema_extra=example(code_id=_CODE, points_limit=100, valid_on="2026-11-21")
    )
    code_id: Id
    points_limit: int
    valid_on: Day

    @classmethod
    def of(cls, found: lives.CollectCode) -> Self:
        """Show a code without what opens it."""
        return cls(code_id=found.id, points_limit=found.points_limit, valid_on=found.valid_on)


class Family(Answer):
    """Who may spend the bearer's points, whose the bearer may spend, and the codes that are open."""

    model_config = ConfigDict(
        json_schema_extra=example(given=[one(Consent)], had=[], codes=[one(CollectCode)])
    )
    given: list[Consent]
    had: list[Consent]
    codes: list[CollectCode]


class FamilyPurse(Answer):
    """Somebody who lets a customer spend, and how much of their points there is for it now."""

    model_config = ConfigDict(
        json_schema_extra=example(
            person_id=_PERSON, name_masked="李*国", points_available=120, owes_points=False
        )
    )
    person_id: Id
    name_masked: str
    points_available: int
    owes_points: bool

    @classmethod
    def of(cls, found: family.FamilyPurse) -> Self:
        """Show a purse."""
        return cls(
            person_id=found.person_id,
            name_masked=found.name,
            points_available=found.points,
            owes_points=found.owes,
        )


class FamilyPurses(Answer):
    """The purses that may pay with a customer's own, in the order in which they would."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(FamilyPurse)]))
    items: list[FamilyPurse]


class SetOwnPin(Asked):
    """A new PIN; the old one is asked for where there is one."""

    model_config = ConfigDict(json_schema_extra=example(pin="2749", old_pin="4071"))
    pin: Annotated[str, Field(min_length=1, max_length=20, repr=False)]
    old_pin: Annotated[str, Field(max_length=20, repr=False)] = ""

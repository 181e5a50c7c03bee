"""Requests that take two persons, in JSON."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from api.schemas.types import Answer, Asked, Id, Moment, Reason, example, one
from people.approvals import Act, Outcome
from people.models import Role
from people.two_persons import Effect as Found
from people.two_persons import Outlook, Unit
from web.approval_words import Said, effect_words
from web.i18n import say

_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Effect(Answer):
    """One thing that would change: points, pieces, roles by code, or a state; words are in the reader's language."""

    model_config = ConfigDict(
        json_schema_extra=example(says="持有积分", unit="points", before=60, after=90)
    )
    says: str
    unit: Unit
    before: int | str | list[Role]
    after: int | str | list[Role]

    @classmethod
    def of(cls, effect: Found) -> Self:
        """Show an effect."""
        before, after = (
            each if isinstance(each, int) else list(each) for each in (effect.before, effect.after)
        )
        return cls(says=effect_words(effect)[0], unit=effect.unit, before=before, after=after)


class Approval(Answer):
    """A request as it stands now. Who approves sends the digest back: it says what was seen."""

    model_config = ConfigDict(
        json_schema_extra=example(
            approval_id="482915093250080781",
            act="adjustment",
            says="给王秀兰增加 30 分",
            points=30,
            reason="漏记一次夜间巡逻",
            digest=_DIGEST,
            made_by_id="482915093250080770",
            made_at="2026-11-21T06:06:00Z",
            beneficiary_id="482915093250080772",
            expires_at="2026-11-24T06:06:00Z",
            is_alone=False,
            outcome=None,
            decided_by_id=None,
            decided_at=None,
            decision_reason="",
        )
    )
    approval_id: Id
    act: Act
    says: str
    points: int
    reason: str
    digest: str
    made_by_id: Id
    made_at: Moment
    beneficiary_id: Id | None
    expires_at: Moment
    is_alone: bool
    outcome: Outcome | None
    decided_by_id: Id | None
    decided_at: Moment | None
    decision_reason: str

    @classmethod
    def of(cls, said: Said) -> Self:
        """Show a request."""
        found = said.request
        return cls(
            approval_id=found.id,
            act=found.act,
            says=said.title,
            points=found.points,
            reason=found.why,
            digest=found.digest,
            made_by_id=found.made_by,
            made_at=found.made_at,
            beneficiary_id=found.beneficiary_id,
            expires_at=found.expires_at,
            is_alone=bool(found.alone),
            outcome=found.outcome,
            decided_by_id=found.decided_by,
            decided_at=found.decided_at,
            decision_reason=found.reason,
        )


class Approvals(Answer):
    """What waits for the bearer's decision, the oldest first, and what the bearer asked for, latest first."""

    model_config = ConfigDict(
        json_schema_extra=example(waiting=[one(Approval)], own=[one(Approval)])
    )
    waiting: list[Approval]
    own: list[Approval]


class LookedAt(Answer):
    """A request with what would change if it were carried out now, and what speaks against it, if anything."""

    model_config = ConfigDict(
        json_schema_extra=example(approval=one(Approval), effects=[one(Effect)], refusal=None)
    )
    approval: Approval
    effects: list[Effect]
    refusal: str | None

    @classmethod
    def of(cls, said: Said, outlook: Outlook) -> Self:
        """Show a request and its outlook."""
        return cls(
            approval=Approval.of(said),
            effects=[Effect.of(each) for each in outlook.effects],
            refusal=say(outlook.refusal) if outlook.refusal else None,
        )


class Decide(Asked):
    """Approve what was seen, by its digest, or refuse it for a reason."""

    model_config = ConfigDict(
        json_schema_extra=example(outcome="approved", digest=_DIGEST, reason=None)
    )
    outcome: Literal["approved", "refused"]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    reason: Reason | None = None

"""What an organiser says about an attendance in JSON: corrected, rejected, verified, taken back."""

from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas.types import Answer, Asked, Day, Id, Reason, SentMoment, example


class Rest(Asked):
    """Time between coming and leaving that was not service."""

    model_config = ConfigDict(
        json_schema_extra=example(begins_at="2026-11-21T01:30:00Z", ends_at="2026-11-21T02:00:00Z")
    )
    begins_at: SentMoment
    ends_at: SentMoment


class Correction(Asked):
    """The times that an organiser knows, without the breaks, and why they are entered by hand."""

    model_config = ConfigDict(
        json_schema_extra=example(
            checked_in_at="2026-11-21T01:00:00Z",
            checked_out_at="2026-11-21T03:00:00Z",
            reason="忘记签退，带队人证明",
        )
    )
    checked_in_at: SentMoment
    checked_out_at: SentMoment | None = None
    breaks: Annotated[tuple[Rest, ...], Field(max_length=10, strict=False)] = ()
    reason: Reason


class Rejection(Asked):
    """Why hours do not count."""

    model_config = ConfigDict(json_schema_extra=example(reason="没有参加活动"))
    reason: Reason


class Verification(Answer):
    """What verified hours brought, and the journal entry that proves it.

    `closed_month` is the month they happened in if its books were closed: they count from `booked_on`, a later day.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            attendance_id="482915093250080771",
            entry_id="482915093250080773",
            minutes_worked=120,
            points_awarded=20,
            booked_on="2026-11-21",
            closed_month=None,
        )
    )
    attendance_id: Id
    entry_id: Id
    minutes_worked: int
    points_awarded: int
    booked_on: Day
    closed_month: str | None


class TakenBack(Answer):
    """The journal entry that took a verification back."""

    model_config = ConfigDict(json_schema_extra=example(entry_id="482915093250080774"))
    entry_id: Id

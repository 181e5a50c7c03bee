"""A shift that does not take place, in JSON."""

from pydantic import ConfigDict

from api.schemas.checkin import Shift
from api.schemas.types import Answer, Asked, Reason, example, one


class CancelShift(Asked):
    """Why a shift does not take place; everybody who signed up reads it."""

    model_config = ConfigDict(json_schema_extra=example(reason="暴雨"))
    reason: Reason


class CancelledShift(Answer):
    """A shift that was cancelled, whether the group's robot was told, and the text to tell others with."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shift={**one(Shift), "state": "cancelled", "cancelled_because": "暴雨"},
            group_told=False,
            text="“周六清洁家园”取消",
        )
    )
    shift: Shift
    group_told: bool
    text: str

"""What happens in a member's life, in JSON."""

from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas.types import TEXT_PATTERN, Asked, example


class MoveFlat(Asked):
    """The flat a member lives in from now on."""

    model_config = ConfigDict(json_schema_extra=example(flat="3-2-601"))
    flat: Annotated[str, Field(max_length=40, pattern=TEXT_PATTERN)]

"""How a clerk knew the member, as a request says it."""

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.types import Asked
from people.recognition import Way

Pin = Annotated[str | None, Field(pattern=r"^[0-9]{4,6}$", repr=False)]


class Recognised(Asked):
    """What the clerk went by when the code on the member's phone was not read: the limits of a day hold then.

    Whether a code was read is not the request's to say: this server knows which codes its clerks looked up.
    """

    recognised_by: Literal["card", "number", "name"] = "number"
    pin: Pin = None

    @property
    def way(self) -> Way:
        """Return what the clerk went by."""
        return Way(self.recognised_by)

"""Pictures of slips in JSON."""

import base64
from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

from api.schemas.types import Answer, Asked, Id, Moment, SentId, example, one
from people.pictures import PAPER_BYTES
from redemption import slip_papers

_LOT, _PICTURE = "482915093250080777", "482915093250080799"
_DIGEST = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
MOST_SIGNS = (PAPER_BYTES + 2) // 3 * 4
SENT_LIMIT = MOST_SIGNS + 64 * 1024


def _read(value: object) -> bytes:
    if not isinstance(value, str) or len(value) > MOST_SIGNS:
        raise ValueError(f"a picture is base64 of at most {MOST_SIGNS} signs")
    return base64.b64decode(value, validate=True)


def _said(value: bytes) -> str:
    return base64.b64encode(value).decode()


_SCHEMA = {"type": "string", "contentEncoding": "base64", "maxLength": MOST_SIGNS}
Sent = Annotated[bytes, BeforeValidator(_read), WithJsonSchema(_SCHEMA)]
Dots = Annotated[bytes, PlainSerializer(_said, return_type=str), WithJsonSchema(_SCHEMA)]


class KeepPicture(Asked):
    """A picture of a lot's receipt or donation slip: JPEG, PNG or WebP in base64."""

    model_config = ConfigDict(json_schema_extra=example(lot_id=_LOT, picture="/9j/4AAQSkZJRg=="))
    lot_id: SentId
    picture: Sent


class SlipPicture(Answer):
    """What is known of a picture of a slip; the SHA-256 is that of the JPEG as it is shown."""

    model_config = ConfigDict(
        json_schema_extra=example(
            picture_id=_PICTURE,
            lot_id=_LOT,
            number=1,
            sha256=_DIGEST,
            kept_by="482915093250080773",
            kept_at="2026-11-21T01:35:00Z",
        )
    )
    picture_id: Id
    lot_id: Id
    number: int
    sha256: str
    kept_by: Id
    kept_at: Moment

    @classmethod
    def of(cls, kept: slip_papers.SlipPicture) -> Self:
        """Show what is known of a picture."""
        return cls(
            picture_id=kept.id,
            lot_id=kept.lot_id,
            number=kept.number,
            sha256=kept.sha256,
            kept_by=kept.kept_by,
            kept_at=kept.kept_at,
        )


class SlipPictureShown(SlipPicture):
    """A picture of a slip with its JPEG in base64."""

    model_config = ConfigDict(
        json_schema_extra=example(
            picture_id=_PICTURE,
            lot_id=_LOT,
            number=1,
            sha256=_DIGEST,
            kept_by="482915093250080773",
            kept_at="2026-11-21T01:35:00Z",
            picture="/9j/4AAQSkZJRg==",
        )
    )
    picture: Dots

    @classmethod
    def whole(cls, kept: slip_papers.SlipPicture, dots: bytes) -> Self:
        """Show a picture."""
        return cls(**dict(SlipPicture.of(kept)), picture=dots)


class SlipPictures(Answer):
    """The pictures of a lot's slip, the one that stands last."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(SlipPicture)]))
    items: list[SlipPicture]

"""Roll-calls, scans made without a network, and who may use one code, in JSON."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.checkin import Attendance
from api.schemas.types import Answer, Asked, Id, Moment, Scanned, SentMoment, example, one
from checkin import code_papers
from checkin.code_papers import Outcome
from checkin.models import CodeMode, Purpose
from checkin.offline import SentScan
from kernel.clock import SECOND

_ID, _OTHER_ID = "482915093250080768", "482915093250080769"
MOST = 200
SentPurpose = Annotated[Purpose, Field(strict=False)]


class RollCall(Asked):
    """A card, code or short number that was read, and whether its owner comes or goes."""

    model_config = ConfigDict(json_schema_extra=example(code="103", purpose="in"))
    code: Scanned
    purpose: SentPurpose = Purpose.ARRIVING


class Called(Answer):
    """Who was read, and whether they stood so already."""

    model_config = ConfigDict(json_schema_extra=example(already=False, attendance=one(Attendance)))
    already: bool
    attendance: Attendance


class LeftBehind(Answer):
    """Somebody who could not be checked out, and the rule that said no."""

    model_config = ConfigDict(json_schema_extra=example(person_id=_ID, code="own-hours"))
    person_id: Id
    code: str


class Departures(Answer):
    """How many were checked out at once, and who was not."""

    model_config = ConfigDict(json_schema_extra=example(count=38, left_behind=[one(LeftBehind)]))
    count: int
    left_behind: list[LeftBehind]


class DeviceRoster(Answer):
    """What a device may keep until check-out ends: masked names by the first 16 signs of their card's SHA-256."""

    model_config = ConfigDict(
        json_schema_extra=example(
            names={"9f86d081884c7d65": "王*兰"},
            kept_until="2026-11-21T04:00:00Z",
            now="2026-11-21T00:55:00Z",
        )
    )
    names: dict[str, str]
    kept_until: Moment
    now: Moment


class OfflineScan(Asked):
    """A scan made without a network: a card's SHA-256 or the text of a code, by the device's clock.

    `offset_seconds` is our clock minus the device's, as the device last knew it; null if it never did.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            nonce="01JD8Z6C3W9YQ1T5",
            purpose="in",
            card_hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            text="",
            device_at="2026-11-21T01:02:03Z",
            offset_seconds=2,
        )
    )
    nonce: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,40}$")]
    purpose: SentPurpose = Purpose.ARRIVING
    card_hash: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    text: Annotated[str, Field(max_length=512)] = ""
    device_at: SentMoment
    offset_seconds: Annotated[int, Field(ge=-(10**9), le=10**9)] | None = None

    def plain(self) -> SentScan:
        """Return it in the domain's words."""
        offset = None if self.offset_seconds is None else self.offset_seconds * SECOND
        return SentScan(self.nonce, self.purpose, self.card_hash, self.text, self.device_at, offset)


class OfflineScans(Asked):
    """What a device sends when the network is back; sent again, nothing changes."""

    model_config = ConfigDict(
        json_schema_extra=example(sent_at="2026-11-21T01:30:00Z", scans=[one(OfflineScan)])
    )
    sent_at: SentMoment
    scans: Annotated[list[OfflineScan], Field(max_length=MOST)]


class StoredScan(Answer):
    """A scan made without a network, and what became of it; `reason` is the rule that is in doubt."""

    model_config = ConfigDict(
        json_schema_extra=example(
            scan_id=_ID,
            nonce="01JD8Z6C3W9YQ1T5",
            purpose="in",
            outcome="doubtful",
            reason="scanned-twice",
            attendance_id=None,
            scanned_at="2026-11-21T01:02:05Z",
            device_at="2026-11-21T01:02:03Z",
            settled_at=None,
        )
    )
    scan_id: Id
    nonce: str
    purpose: Purpose
    outcome: Outcome
    reason: str
    attendance_id: Id | None
    scanned_at: Moment
    device_at: Moment
    settled_at: Moment | None

    @classmethod
    def of(cls, scan: code_papers.StoredScan) -> Self:
        """Show a stored scan."""
        return cls(
            scan_id=scan.id,
            nonce=scan.nonce,
            purpose=scan.purpose,
            outcome=scan.outcome,
            reason=scan.reason,
            attendance_id=scan.attendance_id,
            scanned_at=scan.scanned_at,
            device_at=scan.device_at,
            settled_at=scan.settled_at,
        )


class StoredScans(Answer):
    """Scans made without a network, in the order of their times."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(StoredScan)]))
    items: list[StoredScan]


class Settlement(Asked):
    """Whether a doubtful scan is taken over as it is, or put aside."""

    model_config = ConfigDict(json_schema_extra=example(take=False))
    take: bool


class CodeUse(Asked):
    """Who may use one code of a shift."""

    model_config = ConfigDict(json_schema_extra=example(mode="strict"))
    mode: Annotated[CodeMode, Field(strict=False)]


class CodeUseSet(Answer):
    """Who may use one code of a shift now."""

    model_config = ConfigDict(json_schema_extra=example(shift_id=_OTHER_ID, mode="strict"))
    shift_id: Id
    mode: CodeMode


class ScreenLink(Answer):
    """The token by which one signed-in helper takes the code screen; it is told once."""

    model_config = ConfigDict(json_schema_extra=example(token="q3Yx0b4T9m5h1Zr6kLw2Vf8cNd7pJs0a"))
    token: str


class TakeScreen(Asked):
    """The token of a screen that was lent."""

    model_config = ConfigDict(json_schema_extra=example(token="q3Yx0b4T9m5h1Zr6kLw2Vf8cNd7pJs0a"))
    token: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]

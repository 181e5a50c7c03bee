"""What a device without a network keeps and sends: the roster of a shift, scans as facts, and the doubtful ones."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from checkin import offline
from checkin.code_papers import Outcome, StoredScan
from checkin.models import Purpose
from checkin.offline import SentScan
from checkin.rollcall_errors import ScansAreGarbled
from kernel import clock
from kernel.errors import DomainError, Refused
from people.permissions import Viewer
from web.asking import ShiftRunner
from web.fields import Id, Typed
from web.i18n import clock as time_of_day
from web.i18n import gettext, say
from web.render import redirect

router = APIRouter(include_in_schema=False)
MOST = 200
MOMENT = Field(ge=0, le=1 << 60)


class Sent(BaseModel):
    """One scan as a device writes it; times in UTC microseconds."""

    model_config = ConfigDict(extra="forbid", strict=True)
    nonce: Annotated[str, Field(pattern=r"^[\w-]{8,40}$")]
    purpose: Annotated[str, Field(pattern="^(in|out)$")] = "in"
    card_hash: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""
    text: Annotated[str, Field(max_length=512)] = ""
    device_at: Annotated[int, MOMENT]
    offset: Annotated[int, Field(ge=-(1 << 60), le=1 << 60)] | None = None

    def plain(self) -> SentScan:
        """Return it in the domain's words."""
        return SentScan(
            self.nonce,
            Purpose(self.purpose),
            self.card_hash,
            self.text,
            self.device_at,
            self.offset,
        )


SCANS = TypeAdapter(Annotated[list[Sent], Field(max_length=MOST)])


@router.get("/shifts/{shift_id}/device-roster")
async def device_roster(viewer: ShiftRunner, shift_id: Id) -> Response:
    """Give a device what it may keep for this shift, and our clock."""
    kept = await offline.roster(viewer.book_id, shift_id)
    return JSONResponse({"names": kept.names, "kept_until": kept.kept_until, "now": clock.now()})


@router.post("/shifts/{shift_id}/stored-scans")
async def take_in(
    viewer: ShiftRunner,
    shift_id: Id,
    scans: Annotated[str, Form()] = "",
    sent_at: Annotated[Typed, Form()] = "",
) -> Response:
    """Judge what a device scanned without a network; sent again, the answer is the same."""
    sent, moment = _read(scans, sent_at)
    done = await offline.take_in(viewer.book_id, shift_id, sent, moment, by=viewer.person_id)
    return JSONResponse({"items": [_told(each, viewer) for each in done]})


def _read(scans: str, sent_at: str) -> tuple[list[SentScan], int]:
    try:
        return [each.plain() for each in SCANS.validate_json(scans)], int(sent_at[:18])
    except (ValidationError, ValueError):
        raise ScansAreGarbled from None


def _told(scan: StoredScan, viewer: Viewer) -> dict[str, str]:
    accepted = scan.outcome is Outcome.ACCEPTED
    word = gettext("Taken over") if accepted else title_of(scan)
    kind, at = "green" if accepted else "orange", time_of_day(scan.scanned_at, viewer.zone)
    return {"nonce": scan.nonce, "kind": kind, "word": word, "at": at}


def title_of(scan: StoredScan) -> str:
    """Return why a scan is doubtful, in a word."""
    return gettext(DomainError.by_slug.get(scan.reason, Refused).title)


@router.post("/stored-scans/{scan_id}/settlement")
async def settle(
    request: Request,
    viewer: ShiftRunner,
    scan_id: Id,
    shift: Annotated[Id, Form()] = 0,
    take: Annotated[Typed, Form()] = "",
) -> Response:
    """Believe a doubtful scan, or put it aside."""
    back = f"/shifts/{shift}"
    try:
        await offline.settle(viewer.book_id, scan_id, by=viewer.person_id, take=take == "1")
    except Refused as refusal:
        return redirect(request, back, say(refusal), "bad")
    return redirect(request, back)

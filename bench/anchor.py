"""The baseline over HTTP: `python -m bench.anchor URL PORT`, FastAPI with our access tokens, one query for the session
and one call of a stored function for each act."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

import asyncpg
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel

from api import access_tokens
from api.access_tokens import Access
from checkin import venue_codes
from kernel import clock

POOL = 8  # as many connections as ours
SESSION = """
SELECT s.person_id, s.book_id, p.name, array_agg(g.role) AS roles FROM session s
  JOIN person p ON p.id = s.person_id
  JOIN role_grant g ON g.person_id = s.person_id AND g.book_id = s.book_id AND g.revoked_at IS NULL
 WHERE s.id = $1 AND s.ended_at IS NULL AND s.ends_at > $2 GROUP BY s.person_id, s.book_id, p.name
"""
AN_HOUR = 10
LOT = 20_991_231


class CheckIn(BaseModel):
    """What a phone sends."""

    code: str


class Attendance(BaseModel):
    """What it is answered."""

    attendance_id: str
    state: str
    checked_in_at: int


class Verified(BaseModel):
    """What the organiser is answered."""

    attendance_id: str
    entry_id: str


class Line(BaseModel):
    """So many pieces of an item."""

    item_id: str
    quantity_pieces: int


class Sale(BaseModel):
    """What a clerk hands out."""

    shop_id: str
    person_id: str
    lines: list[Line]
    expected_points: int


class ReceiptLine(BaseModel):
    """Pieces of one item, as they stand on the receipt."""

    line_id: str
    item_id: str
    name: str
    unit: str
    quantity_pieces: int
    price_points: int


class Receipt(BaseModel):
    """What the clerk is answered."""

    redemption_id: str
    number: int
    shop_id: str
    person_id: str
    name_masked: str
    state: str
    points_total: int
    points_returned: int
    redeemed_at: datetime
    undo_until: datetime
    lines: list[ReceiptLine]
    entry_id: str
    leaf: str


async def who_asks(request: Request, authorization: Annotated[str, Header()]) -> Access:
    """Return whose token it is. Raises: 401."""
    said = access_tokens.read(authorization.removeprefix("Bearer "))
    row = await request.state.pool.fetchrow(SESSION, said.session_id, clock.now())
    if row is None or (row["person_id"], row["book_id"]) != (said.person_id, said.book_id):
        raise HTTPException(401)
    return said


Asking = Annotated[Access, Depends(who_asks)]


def create_app(url: str) -> FastAPI:
    """Return the application."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with asyncpg.create_pool(url, min_size=POOL, max_size=POOL) as pool:
            yield {"pool": pool}

    app = FastAPI(lifespan=lifespan)

    @app.get("/healthz")
    def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.post("/api/v1/attendances", status_code=201)
    async def check_in(request: Request, asking: Asking, body: CheckIn) -> Attendance:
        now = clock.now()
        shift_id = venue_codes.shift_named_by(body.code) or 0
        if venue_codes.read(body.code, asking.book_id, shift_id, now) is None:
            raise HTTPException(404)
        found = await request.state.pool.fetchval(
            "SELECT anchor_check_in($1, $2, $3, $4)",
            asking.book_id,
            asking.person_id,
            shift_id,
            now,
        )
        return Attendance(attendance_id=str(found), state="present", checked_in_at=now)

    @app.post("/api/v1/attendances/{attendance_id}/verification", status_code=201)
    async def verify(request: Request, asking: Asking, attendance_id: int) -> Verified:
        entry = await request.state.pool.fetchval(
            "SELECT anchor_verify($1, $2, $3, $4, $5)",
            *(asking.book_id, attendance_id, asking.person_id, AN_HOUR, LOT),
        )
        return Verified(attendance_id=str(attendance_id), entry_id=str(entry))

    @app.post("/api/v1/redemptions", status_code=201)
    async def redeem(
        request: Request, asking: Asking, body: Sale, idempotency_key: Annotated[str, Header()]
    ) -> Receipt:
        receipt = await request.state.pool.fetchval(
            "SELECT anchor_redeem($1, $2, $3, $4, $5, $6, $7, $8)",
            *(asking.book_id, int(body.shop_id), int(body.person_id), asking.person_id),
            [int(line.item_id) for line in body.lines],
            [line.quantity_pieces for line in body.lines],
            *(body.expected_points, idempotency_key),
        )
        return Receipt.model_validate_json(receipt)

    return app


if __name__ == "__main__":
    served = create_app(sys.argv[1])
    uvicorn.run(
        served, host="127.0.0.1", port=int(sys.argv[2]), access_log=False, log_level="warning"
    )

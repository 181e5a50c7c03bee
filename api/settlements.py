"""Settling months with companies and merchants: what is owed, two signatures, the bank's reference, corrections."""

from typing import Annotated

from fastapi import Path

from api.asking import OwnSettlements, SettlementReader, Settler
from api.routing import Id, Key
from api.routing import router as _router
from api.schemas.approvals import Approval
from api.schemas.settlements import (
    Correction,
    Payment,
    SettlementMonth,
    SettlementMonths,
    SettlementPack,
)
from audit import settlement_pack
from ledger.periods import read_month
from people import approvals
from people.errors import CompanyNeeded
from people.permissions import Viewer
from redemption import settlement_acts, settling
from web.acts import ACTS
from web.approval_words import say_all

router = _router("settlements")
Month = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-10"])]


@router.get("/settlements")
async def list_settlements(viewer: SettlementReader) -> SettlementMonths:
    """List the months of every property company, latest first."""
    return await _months(viewer)


@router.get("/own-settlements")
async def own_settlements(viewer: OwnSettlements) -> SettlementMonths:
    """List the months of the bearer's own property company."""
    return await _months(viewer, _company(viewer))


@router.get("/own-settlements/{month}")
async def own_settlement(viewer: OwnSettlements, month: Month) -> SettlementPack:
    """Return a month of the bearer's own property company with its lines."""
    return await _pack(viewer, _company(viewer), month)


@router.get("/settlements/{company_id}/{month}")
async def one_settlement(viewer: SettlementReader, company_id: Id, month: Month) -> SettlementPack:
    """Return a month of one property company with its lines, sums and signatures."""
    return await _pack(viewer, company_id, month)


@router.post("/settlements/{company_id}/{month}/signature", status_code=201)
async def sign_settlement(viewer: Settler, company_id: Id, month: Month) -> Approval:
    """Sign a month first; whoever approves the request signs second, and that locks it."""
    asked = await settlement_acts.ask_lock(ACTS, viewer, company_id, read_month(month))
    return await _said(viewer, asked)


@router.post("/settlements/{company_id}/{month}/payment", status_code=201)
async def pay_settlement(
    viewer: Settler, company_id: Id, month: Month, body: Payment, key: Key
) -> SettlementPack:
    """Note that the bank has paid a locked month; nothing is then left in it."""
    await settling.pay(
        viewer.book_id, company_id, read_month(month), body.reference, viewer.person_id, key
    )
    return await _pack(viewer, company_id, month)


@router.post("/voucher-uses/{use_id}/correction", status_code=201)
async def correct_voucher_use(viewer: Settler, use_id: Id, body: Correction) -> Approval:
    """Ask a second person to take a settled use back; the next settlement is the smaller for it."""
    asked = await settlement_acts.ask_correction(ACTS, viewer, use_id, body.reason)
    return await _said(viewer, asked)


async def _months(viewer: Viewer, company_id: int | None = None) -> SettlementMonths:
    found = await settlement_pack.months(viewer.book_id, company_id)
    return SettlementMonths(items=[SettlementMonth.of(each) for each in found])


async def _pack(viewer: Viewer, company_id: int, month: str) -> SettlementPack:
    found = await settlement_pack.pack(viewer.book_id, company_id, read_month(month))
    return SettlementPack.of(found)


async def _said(viewer: Viewer, asked: approvals.Approval) -> Approval:
    [said] = await say_all(viewer, [asked])
    return Approval.of(said)


def _company(viewer: Viewer) -> int:
    if viewer.company_id is None:
        raise CompanyNeeded
    return viewer.company_id

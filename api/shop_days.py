"""A shop's days: what was done, signing it off, the closings of a month; and the figures of each clerk."""

from typing import Annotated

from fastapi import Query

from api.asking import BookReader, DayCloser, ReceiptReader
from api.periods import WRITTEN
from api.routing import Id
from api.routing import router as _router
from api.schemas.shop_days import (
    ClerkFigures,
    Clerks,
    CloseDay,
    DayClosing,
    ShopDay,
    ShopDays,
    UnlikeOthers,
)
from api.schemas.types import SentDay
from ledger.periods import read_month
from redemption import day_closing
from redemption.clerk_figures import clerk_days
from redemption.outliers import outliers

router = _router("shop")


@router.get("/shops/{shop_id}/days")
async def shop_days(
    viewer: ReceiptReader,
    shop_id: Id,
    month: Annotated[str, Query(pattern=WRITTEN, examples=["2026-11"])],
) -> ShopDays:
    """List the days of a month on which a shop did something, with their closings, latest first."""
    found = await day_closing.days_of_month(viewer.book_id, shop_id, read_month(month))
    return ShopDays(items=[ShopDay.of(each) for each in found])


@router.get("/shops/{shop_id}/day")
async def shop_day(viewer: ReceiptReader, shop_id: Id, day: Annotated[SentDay, Query()]) -> ShopDay:
    """Show a day of a shop: what was done, by whom, and what nobody signed off yet."""
    return ShopDay.of(await day_closing.day_at(viewer.book_id, shop_id, day))


@router.post("/day-closings", status_code=201)
async def close_day(viewer: DayCloser, body: CloseDay) -> DayClosing:
    """Sign off what a shop did on a day and nobody signed off yet; its parked carts are gone."""
    by, note = viewer.person_id, body.note
    made = await day_closing.close_day(viewer.book_id, body.shop_id, body.day, by, note)
    return DayClosing.of(made)


@router.get("/day-closings/{closing_id}")
async def one_closing(viewer: ReceiptReader, closing_id: Id) -> DayClosing:
    """Show what was signed off."""
    made, _ = await day_closing.closing_of(viewer.book_id, closing_id)
    return DayClosing.of(made)


@router.get("/clerk-figures")
async def clerk_figures(viewer: BookReader) -> Clerks:
    """Show what each clerk did in 30 days, and which figures are unlike the others'."""
    clerks, _ = await clerk_days(viewer.book_id)
    return Clerks(
        items=[ClerkFigures.of(each) for each in clerks],
        unlike=[UnlikeOthers.of(each) for each in outliers(clerks)],
    )

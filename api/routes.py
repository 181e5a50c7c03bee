"""Every router of the JSON API."""

from fastapi import APIRouter

from api import approvals, attendances, books, hours, me, periods, shifts, shop, tokens, vouchers

ROUTERS: tuple[APIRouter, ...] = (
    tokens.router,
    me.router,
    shifts.router,
    attendances.router,
    hours.router,
    shop.router,
    vouchers.router,
    approvals.router,
    books.router,
    periods.router,
)

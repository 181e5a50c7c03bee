"""Every router of the JSON API."""

from fastapi import APIRouter

from api import (
    approvals,
    attendances,
    books,
    me,
    periods,
    roll_calls,
    shifts,
    shop,
    tokens,
    vouchers,
)

ROUTERS: tuple[APIRouter, ...] = (
    tokens.router,
    me.router,
    shifts.router,
    attendances.router,
    roll_calls.router,
    shop.router,
    vouchers.router,
    approvals.router,
    books.router,
    periods.router,
)

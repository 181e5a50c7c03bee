"""Every router of the JSON API."""

from fastapi import APIRouter

from api import (
    approvals,
    attendances,
    bindings,
    books,
    hours,
    me,
    periods,
    roll_calls,
    shifts,
    shop,
    signups,
    stock,
    stock_months,
    tokens,
    vouchers,
    weekly_plans,
)

ROUTERS: tuple[APIRouter, ...] = (
    tokens.router,
    me.router,
    shifts.router,
    signups.router,
    weekly_plans.router,
    attendances.router,
    hours.router,
    roll_calls.router,
    shop.router,
    stock.router,
    bindings.router,
    stock_months.router,
    vouchers.router,
    approvals.router,
    books.router,
    periods.router,
)

"""Every router of the JSON API."""

from fastapi import APIRouter

from api import (
    approvals,
    attendances,
    bindings,
    bonuses,
    books,
    counter,
    errands,
    hours,
    me,
    periods,
    roll_calls,
    settlements,
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
    bonuses.router,
    roll_calls.router,
    errands.router,
    shop.router,
    counter.router,
    stock.router,
    bindings.router,
    stock_months.router,
    vouchers.router,
    settlements.router,
    approvals.router,
    books.router,
    periods.router,
)

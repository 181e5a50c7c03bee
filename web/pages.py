"""Every router that serves pages."""

from fastapi import APIRouter

from web import (
    attending,
    books,
    counter,
    desk,
    landing,
    members,
    own_vouchers,
    preferences,
    records,
    redemptions,
    scanning,
    shifts,
    shop_admin,
    signin,
    staff,
    styleguide,
    terms,
    venue,
    verifications,
    volunteer,
)

ROUTERS: tuple[APIRouter, ...] = (
    attending.router,
    books.router,
    counter.router,
    desk.router,
    landing.router,
    members.router,
    own_vouchers.router,
    preferences.router,
    records.router,
    redemptions.router,
    scanning.router,
    shifts.router,
    shop_admin.router,
    signin.router,
    staff.router,
    styleguide.router,
    terms.router,
    venue.router,
    verifications.router,
    volunteer.router,
)

"""Every router that serves pages."""

from fastapi import APIRouter

from web import (
    attending,
    books,
    counter,
    desk,
    landing,
    preferences,
    redemptions,
    scanning,
    shifts,
    signin,
    styleguide,
    venue,
)

ROUTERS: tuple[APIRouter, ...] = (
    attending.router,
    books.router,
    counter.router,
    desk.router,
    landing.router,
    preferences.router,
    redemptions.router,
    scanning.router,
    shifts.router,
    signin.router,
    styleguide.router,
    venue.router,
)

"""Every router that serves pages."""

from fastapi import APIRouter

from web import attending, books, landing, preferences, scanning, signin, styleguide

ROUTERS: tuple[APIRouter, ...] = (
    attending.router,
    books.router,
    landing.router,
    preferences.router,
    scanning.router,
    signin.router,
    styleguide.router,
)

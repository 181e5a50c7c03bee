"""Every router that serves pages."""

from fastapi import APIRouter

from web import books, preferences, styleguide

ROUTERS: tuple[APIRouter, ...] = (books.router, preferences.router, styleguide.router)

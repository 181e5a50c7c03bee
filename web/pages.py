"""Every router that serves pages."""

from fastapi import APIRouter

from web import preferences, styleguide

ROUTERS: tuple[APIRouter, ...] = (preferences.router, styleguide.router)

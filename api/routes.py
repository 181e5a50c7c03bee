"""Every router of the JSON API."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()

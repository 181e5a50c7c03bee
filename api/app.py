"""The composition root: settings, database, middlewares, routers and error answers become one application."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from api import background, documentation, doors, problems, routes
from api.routing import PREFIX
from api.schemas.slip_pictures import SENT_LIMIT
from kernel.database import connected, fetch
from kernel.settings import settings
from ledger.desk import desk
from web import pages, photos, slip_pictures
from web.asking import OPEN, Viewers
from web.render import STATIC
from web.security import shell

# Addresses that take pictures, by how they begin, with the most bytes of a body there.
LARGER = {
    photos.UPLOADS: photos.BODY_LIMIT,
    slip_pictures.UPLOADS: slip_pictures.BODY_LIMIT,
    f"{PREFIX}/slip-pictures": SENT_LIMIT,
}
GARBAGE_AFTER = 50_000  # new objects
SUMMARY = "Volunteer points, charity shop and property-fee vouchers of residential communities."


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Open the database for every request, and let posts under way finish before it closes."""
    async with connected(settings().url, shared=True):
        yield
        await desk().drain()


@asynccontextmanager
async def working_lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The same, with the jobs of the background at work meanwhile."""
    async with lifespan(app), background.at_work():
        yield


def create_serving_app() -> FastAPI:
    """Build the application as `caihong serve` runs it: with its background jobs."""
    app = create_app(working_lifespan)
    gc.collect()
    gc.freeze()  # what is here stays: nobody waits while all of it is looked through for garbage
    # Python's own measure is 700: looked through so often, a sale took a tenth more of the processor.
    gc.set_threshold(GARBAGE_AFTER, *gc.get_threshold()[1:])
    return app


def create_app(lifespan: Callable[[FastAPI], Any] = lifespan) -> FastAPI:
    """Build the application."""
    app = FastAPI(
        title="Caihong",
        version="0.1.0",
        summary=SUMMARY,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=documentation.PATH if settings().allow_docs else None,
        middleware=[*shell(larger=LARGER), Middleware(Viewers)],
    )
    problems.install(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    # Every router before the right one is asked in turn: programs, which ask most often, come first.
    routers = [*routes.ROUTERS, *pages.ROUTERS]
    if settings().allow_docs:
        routers.append(documentation.router)
    for router in routers:
        # Routers of ours carry nothing that their routes do not: included, each route would be worked out a second
        # time, and asked through its router at every request.
        app.router.routes.extend(router.routes)
    # FastAPI's own way to another description; types do not like a method replaced.
    setattr(app, "openapi", partial(documentation.describe, app))  # noqa: B010

    @app.get("/healthz", include_in_schema=False, dependencies=[OPEN])
    async def healthz() -> dict[str, str]:
        """Say that the process answers."""
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False, dependencies=[OPEN])
    async def readyz() -> dict[str, str]:
        """Say that the database answers too."""
        await fetch("SELECT id FROM book LIMIT 1")
        return {"status": "ready"}

    doors.require_declared((app.router,))
    return app

"""The application in this process, for tests that ask it without a network."""

from functools import cache

from fastapi import FastAPI

from api.app import create_app
from kernel.settings import settings


def the_app() -> FastAPI:
    """Return it as the settings of this moment would have it.

    It keeps nothing between requests, but FastAPI works every route out anew for each application: more than half of
    what a page's test used to cost.
    """
    return _app(settings().allow_docs)


@cache
def _app(_allow_docs: bool) -> FastAPI:
    return create_app()

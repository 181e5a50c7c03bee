"""The application on a machine that loses its power: before a sale is taken off, or right after, before the answer."""

import os
from typing import Any

from fastapi import FastAPI

from api.app import create_app
from redemption import counter

DIES = "CAIHONG_TEST_DIES"


def create() -> FastAPI:
    """Return the application whose first sale is its last act."""
    redeem = counter.redeem

    async def last(*args: Any, **more: Any) -> None:
        if os.environ[DIES] == "after":
            await redeem(*args, **more)
        os._exit(9)

    counter.redeem = last  # type: ignore[assignment]
    return create_app()

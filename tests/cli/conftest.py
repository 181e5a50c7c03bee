"""A console on a database of the test's own: commands run in this process, as somebody would type them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kernel.database import connected
from kernel.settings import settings
from web.i18n import speaking

Work = Callable[[], Awaitable[Any]]


@dataclass
class Console:
    """What is typed, and a way behind the counter."""

    url: str
    data: Path
    dialect: str = "sqlite"

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        """Run a command; a defect shows its traceback."""
        from cli.main import app

        settings.cache_clear()
        root = logging.getLogger()
        before = root.handlers[:]
        try:
            return CliRunner().invoke(app, list(arguments), input=typed, catch_exceptions=False)
        finally:
            root.handlers[:] = before  # What the command writes to is closed behind it.
            settings.cache_clear()

    def behind(self, work: Work) -> Any:
        """Do something on the same database without the command line."""

        async def connected_work() -> Any:
            async with connected(self.url):
                return await work()

        return asyncio.run(connected_work())


@pytest.fixture
def at_a_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Console]]:
    """Make a console for any address of a database; without one, for a file in a fresh data folder."""

    def sit_down(url: str = "", dialect: str = "sqlite", data: Path | None = None) -> Console:
        data = data or tmp_path / "data"
        monkeypatch.setenv("CAIHONG_DATA_DIR", str(data))
        for name in ("PORT", "CAIHONG_PUBLIC_URL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("CAIHONG_DATABASE_URL", url)
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        settings.cache_clear()
        return Console(url or f"sqlite://{data / 'caihong.db'}", data, dialect)

    with speaking("en"):
        yield sit_down
    settings.cache_clear()


@pytest.fixture
def console(scratch, at_a_console):
    """A console on a migrated database: once on SQLite, once on PostgreSQL."""
    return at_a_console(scratch.url, scratch.dialect)

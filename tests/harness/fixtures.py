"""The fixtures every test may ask for; tests/README.md shows them in use."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest

from kernel.settings import settings
from tests.harness.databases import DIALECTS, ScratchDatabase, scratch_database
from tests.harness.run import part_is_missing


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run `async def` tests on asyncio, fixtures and body in one task and so in one context."""
    return "asyncio"


@pytest.fixture(params=DIALECTS)
def scratch(request: pytest.FixtureRequest) -> Iterator[ScratchDatabase]:
    """A migrated database, not yet connected to: the test runs once on SQLite and once on PostgreSQL."""
    with ExitStack() as stack:
        try:
            database = stack.enter_context(scratch_database(request.param))
        except RuntimeError as error:
            if request.param != "postgresql" or "No PostgreSQL" not in str(error):
                raise
            part_is_missing(request, "postgresql", str(error))
        yield database


@pytest.fixture
async def database(scratch: ScratchDatabase) -> AsyncIterator[ScratchDatabase]:
    """The same, connected: domain verbs work as they are. A task still running at the end is a failure."""
    from kernel.database import connected

    before = asyncio.all_tasks()
    async with connected(scratch.url):
        yield scratch
    await asyncio.sleep(0)
    left = {task for task in asyncio.all_tasks() - before if not _is_pytests_own(task)}
    for task in left:
        task.cancel()
    assert not left, f"tasks still running after the test: {left}"


def _is_pytests_own(task: asyncio.Task[object]) -> bool:
    """Whether anyio made the task to run this fixture's end."""
    return getattr(task.get_coro(), "__qualname__", "").startswith("TestRunner.")


@pytest.fixture
def by_password_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Staff come in with a password and nothing else: the second step has tests of its own."""
    monkeypatch.setenv("CAIHONG_SECOND_FACTOR", "false")
    settings.cache_clear()
    yield
    settings.cache_clear()

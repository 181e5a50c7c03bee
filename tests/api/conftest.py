"""The application over ASGI, a town to ask it about, and cheap passwords."""

import httpx
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from kernel.settings import settings
from people import passwords
from tests.api.town import Client, Town, make_town
from tests.harness.application import the_app


@pytest.fixture(autouse=True)
def root_key(monkeypatch):
    """Signatures need a root key; a test leaves none behind in the data folder."""
    monkeypatch.setenv("CAIHONG_SECRET_KEY", "5e" * 32)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    """Hashes at full strength are tested elsewhere."""
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))


@pytest.fixture
async def town(database) -> Town:
    """Jinyuan, where somebody has each role."""
    return await make_town()


@pytest.fixture
async def client(town):
    """A program that asks about the town."""
    transport = httpx.ASGITransport(the_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Client(http, town)

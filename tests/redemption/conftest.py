"""Every test of this room signs with a root key of its own."""

import pytest

from kernel.settings import settings


@pytest.fixture(autouse=True)
def root_key(monkeypatch):
    """Signatures need a root key; a test leaves none behind in the data folder."""
    monkeypatch.setenv("CAIHONG_SECRET_KEY", "5e" * 32)
    settings.cache_clear()
    yield
    settings.cache_clear()

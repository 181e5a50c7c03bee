"""An answer goes out in one piece.

uvicorn writes its head and its body each for itself; each write is a call of the system, and for whoever waits a packet
more to wake up for.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

KEPT_AT_MOST = 64 * 1024  # bytes: what streams is not heaped up


class Gathering:
    """A transport that keeps what is written until it is flushed, or the loop comes round, or it is much."""

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        """Take the transport that really writes."""
        self._transport, self._loop = transport, loop
        self._kept = bytearray()

    def write(self, data: bytes) -> None:
        """Keep it."""
        if not self._kept and data:
            self._loop.call_soon(self.flush)
        self._kept += data
        if len(self._kept) > KEPT_AT_MOST:
            self.flush()

    def flush(self) -> None:
        """Write what was kept."""
        if self._kept:
            kept, self._kept = self._kept, bytearray()
            self._transport.write(bytes(kept))

    def close(self) -> None:
        """Write what was kept, and close."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        """Leave all the rest to the transport."""
        return getattr(self._transport, name)


class OneWrite(H11Protocol):
    """uvicorn's HTTP/1.1, an answer a write."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep what is written to this connection."""
        self._gathering = Gathering(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._gathering))

    def on_response_complete(self) -> None:
        """Write the answer."""
        self._gathering.flush()
        super().on_response_complete()

"""A caller over HTTP/1.1 that costs next to nothing itself: kept connections, one request after the other on each."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Self

HOST = "127.0.0.1"
SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Request:
    """One POST with a bearer's token; `body` is sent as JSON, and `key` goes with it where an act asks for one."""

    path: str
    token: str
    body: dict[str, Any] = field(default_factory=dict)
    key: str = ""

    def written(self, port: int) -> bytes:
        """Return it as it goes over the wire."""
        body = json.dumps(self.body).encode()
        key = f"idempotency-key: {self.key}\r\n" if self.key else ""
        head = (
            f"POST {self.path} HTTP/1.1\r\nhost: {HOST}:{port}\r\nauthorization: Bearer {self.token}\r\n"
            f"content-type: application/json\r\n{key}content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True, slots=True)
class Answered:
    """How many requests were answered with a success in how many seconds, and how long each waited (seconds)."""

    seconds: float
    waits: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return len(self.waits) / self.seconds


class Connection:
    """A kept connection."""

    def __init__(
        self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take both ends of what was opened."""
        self.port, self.reader, self.writer = port, reader, writer

    @classmethod
    async def to(cls, port: int) -> Self:
        """Open one."""
        return cls(port, *await asyncio.open_connection(HOST, port))

    async def ask(self, request: Request) -> float:
        """Send one request and return how long its answer took (seconds). Raises: RuntimeError if it was refused."""
        asked = time.perf_counter()
        if self.reader.at_eof():  # the server hangs up on whoever has said nothing for five seconds
            self.reader, self.writer = await asyncio.open_connection(HOST, self.port)
        self.writer.write(request.written(self.port))
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        body = await self.reader.readexactly(_length(head))
        if status not in SUCCESS:
            raise RuntimeError(f"{request.path} answered {status}: {body[:300]!r}")
        return time.perf_counter() - asked

    def close(self) -> None:
        """Hang up."""
        self.writer.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    raise RuntimeError("an answer without its length")


async def closed_loop(
    port: int, requests: Iterator[Request], callers: int, seconds: float
) -> Answered:
    """Let that many callers ask for that long, each one after the other, or until there is nothing left to ask."""
    waits: list[float] = []
    lines = [await Connection.to(port) for _ in range(callers)]
    start = time.perf_counter()

    async def caller(line: Connection) -> None:
        with closing(line):
            for request in requests:
                waits.append(await line.ask(request))
                if time.perf_counter() > start + seconds:
                    break

    await asyncio.gather(*map(caller, lines))
    return Answered(time.perf_counter() - start, tuple(waits))


async def arrivals(
    port: int, requests: Iterator[Request], moments: list[float], callers: int
) -> Answered:
    """Ask once at each of some moments (seconds from now), however long answers take; waits count from that moment."""
    waits: list[float] = []
    coming = iter(sorted(moments))
    lines = [await Connection.to(port) for _ in range(callers)]
    start = time.perf_counter()

    async def caller(line: Connection) -> None:
        with closing(line):
            for moment in coming:
                await asyncio.sleep(max(0.0, start + moment - time.perf_counter()))
                await line.ask(next(requests))
                waits.append(time.perf_counter() - start - moment)

    await asyncio.gather(*map(caller, lines))
    return Answered(time.perf_counter() - start, tuple(waits))

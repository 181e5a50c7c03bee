"""An answer of the server goes out in one piece; what streams goes out as it comes."""

import asyncio

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from cli.one_write import KEPT_AT_MOST, OneWrite

pytestmark = pytest.mark.anyio
PLAIN = (b"content-type", b"text/plain")
HEAD = {"type": "http.response.start", "status": 200, "headers": [PLAIN]}


class Line(asyncio.Transport):
    """A connection that remembers what was written to it, piece by piece."""

    def __init__(self):
        super().__init__()
        self.pieces, self.closed = [], False

    def write(self, data):
        assert not self.closed
        self.pieces.append(bytes(data))

    def close(self):
        self.closed = True

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


async def asked(app, *head):
    """Let an application answer on a line, and return the line."""
    config = Config(app, http=OneWrite, lifespan="off", log_config=None)
    config.load()
    line, protocol = Line(), OneWrite(config, ServerState(), {})
    protocol.connection_made(line)
    protocol.data_received("\r\n".join(["GET / HTTP/1.1", "host: here", *head, "", ""]).encode())
    await asyncio.sleep(0.01)
    protocol.connection_lost(None)
    return line


def answering(*bodies, length=None):
    """An application that answers with these pieces of a body, one a turn of the loop."""

    async def app(_, __, send):
        fixed = [] if length is None else [(b"content-length", str(length).encode())]
        await send({**HEAD, "headers": [PLAIN, *fixed]})
        for place, body in enumerate(bodies, 1):
            await send(
                {"type": "http.response.body", "body": body, "more_body": place < len(bodies)}
            )
            await asyncio.sleep(0)

    return app


async def test_head_and_body_are_one_write():
    line = await asked(answering(b"hello", length=5))
    [whole] = line.pieces
    assert whole.startswith(b"HTTP/1.1 200 ")
    assert whole.endswith(b"\r\n\r\nhello")


async def test_what_streams_is_not_kept_until_its_end():
    line = await asked(answering(b"one", b"two", b"three"))
    assert [b"one" in piece for piece in line.pieces] == [True, False, False]
    assert b"".join(line.pieces).endswith(b"3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n")


async def test_much_is_not_heaped_up():
    much = b"x" * (KEPT_AT_MOST + 1)

    async def app(_, __, send):
        await send(HEAD)
        for _each in range(3):
            await send({"type": "http.response.body", "body": much, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    line = await asked(app)
    assert max(map(len, line.pieces)) < 2 * KEPT_AT_MOST
    assert sum(map(len, line.pieces)) > 3 * KEPT_AT_MOST


async def test_an_answer_is_written_before_its_line_is_closed():
    line = await asked(answering(b"bye", length=3), "connection: close")
    assert b"".join(line.pieces).endswith(b"bye")
    assert line.closed


async def test_what_is_no_request_is_answered_too():
    line = await asked(answering(b"never", length=5), "\x00: bad")
    assert b"".join(line.pieces).startswith(b"HTTP/1.1 400 ")
    assert line.closed

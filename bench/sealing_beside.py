"""A sealer in a process of its own, as a second worker of `caihong serve` would run it: `… URL BOOK`, until stopped."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kernel.database import connected
from ledger.sealing import seal_gently, seal_next

PAUSE_SECONDS = 0.5


async def keep_sealing(url: str, book_id: int) -> None:
    """Seal whatever is in the queue, and look again a moment later."""
    async with connected(url):
        await seal_next(book_id)
        print("at work", flush=True)
        while True:
            await seal_gently(book_id)
            await asyncio.sleep(PAUSE_SECONDS)


@asynccontextmanager
async def sealer(url: str, book_id: int) -> AsyncIterator[None]:
    """Run such a process meanwhile. Raises: RuntimeError if it did not stay to the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.sealing_beside", url, str(book_id)),
        stdout=asyncio.subprocess.PIPE,
    )
    stdout = process.stdout
    try:
        if stdout is None or not await stdout.readline():
            raise RuntimeError("the sealer did not start")
        yield
        if process.returncode is not None:
            raise RuntimeError("the sealer stopped by itself")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(keep_sealing(sys.argv[1], int(sys.argv[2])))

"""Prove one book as `caihong verify` does, in a process of its own: `… URL BOOK` prints what it took."""

import asyncio
import json
import sys
import time

from kernel.database import connected, snapshot
from ledger.verifying import prove


def peak_bytes() -> int:
    """Return the most memory this process ever held; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


async def proved(url: str, book_id: int) -> dict[str, float]:
    """Prove the book and return what it took; the seconds are those of the proof alone."""
    async with connected(url), snapshot():
        start = time.perf_counter()
        proven = await prove(book_id)
        seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "bytes": peak_bytes(),
        "entries": proven.entries,
        "sealed": proven.sealed,
        "findings": len(proven.findings) + proven.left_out,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(proved(sys.argv[1], int(sys.argv[2])))))

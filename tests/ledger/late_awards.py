"""Another process that posts awards for one day until the time is over.

Run as `python -m tests.ledger.late_awards URL BOOK DAY SECONDS`; prints how many were posted, as JSON.
"""

import asyncio
import json
import sys
import time

from kernel.database import connected
from ledger.desk import desk
from tests.ledger.months import award_on

PAUSE_SECONDS = 0.08


async def main(url, book_id, day, seconds):
    """Post one after another, about as fast as somebody who reviews a list of late hours."""
    ends_at = time.monotonic() + seconds
    posted = 0
    async with connected(url):
        while time.monotonic() < ends_at:
            await award_on(book_id, day, 1, 201 + posted % 4)
            posted += 1
            await asyncio.sleep(PAUSE_SECONDS)
        await desk().drain()
    return posted


if __name__ == "__main__":
    _, url, book_id, day, seconds = sys.argv
    answer = asyncio.run(main(url, int(book_id), int(day), float(seconds)))
    sys.stdout.write(json.dumps({"posted": answer}))
